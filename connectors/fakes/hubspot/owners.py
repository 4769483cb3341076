"""Owners of the HubSpot fake. An archived owner has lost the names and the user number, and is listed apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connectors.fakes.hubspot.records import iso

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(slots=True)
class Owner:
    """Whom deals belong to; `kind` is PERSON or QUEUE."""

    id: str
    email: str
    first_name: str
    last_name: str
    user_id: int
    created_at: datetime
    updated_at: datetime
    team: str = ""
    kind: str = "PERSON"
    archived: bool = False

    def shown(self) -> dict[str, Any]:
        """The owner as an answer holds it."""
        body: dict[str, Any] = {
            "id": self.id,
            "email": self.email,
            "type": self.kind,
            "firstName": "" if self.archived else self.first_name,
            "lastName": "" if self.archived else self.last_name,
            "userId": None if self.archived else self.user_id,
            "userIdIncludingInactive": self.user_id,
            "createdAt": iso(self.created_at),
            "updatedAt": iso(self.updated_at),
            "archived": self.archived,
        }
        if self.team and not self.archived:
            body["teams"] = [{"id": str(1000 + sum(self.team.encode())), "name": self.team, "primary": True}]
        return body
