"""Something wrong with the data, as a value: it never stops a batch and always says what to do."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from functools import total_ordering


@total_ordering
@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in the data, for whoever has to mend it.

    `code` is stable and for machines; `message` and `remedy` are sentences for people; `where` is a place such as
    `plans/ae.yaml:12 components[0].table` or `deals`; `found` and `allowed` quote the data. `deal` is a deal_id.
    Problems sort by place, rep, deal, then code.
    """

    code: str
    message: str
    remedy: str
    where: str = ""
    rep_id: int | None = None
    deal: int | None = None
    found: str = ""
    allowed: str = ""

    def __lt__(self, other: Problem) -> bool:
        return self._order() < other._order()

    def _order(self) -> tuple[object, ...]:
        return (self.where, self.rep_id or 0, self.deal or 0, self.code, *map(str, astuple(self)))

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        quoted = "".join(
            f" {label} {text}." for label, text in (("Found", self.found), ("Allowed:", self.allowed)) if text
        )
        return f"{place}{self.message}{quoted} {self.remedy}".strip()
