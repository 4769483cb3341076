"""Who is paid, who leads them, and who runs the machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from datetime import date

Role = Literal["rep", "manager", "ops", "admin"]
ROLES: tuple[str, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class Person:
    """A person as of a date. `left_on` is the first day on which they are gone; `manager_id` 0 means nobody above."""

    rep_id: int
    external_id: str
    name: str
    email: str
    role: str = "rep"
    title: str = ""
    currency: str = "USD"
    timezone: str = "UTC"
    locale: str = "en-US"
    team: str = ""
    region: str = ""
    manager_id: int = 0
    hired_on: date | None = None
    left_on: date | None = None

    def is_employed(self, on: date) -> bool:
        """Whether the person is with the company on that day."""
        return (self.hired_on is None or self.hired_on <= on) and (self.left_on is None or on < self.left_on)
