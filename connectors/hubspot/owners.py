"""People: HubSpot's owners. Archived ones come as deleted with their names gone; the last known name is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectors.hubspot import listing, whole
from connectors.hubspot.search import instant_of
from connectors.source import Ask, Raw, RawPage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connectors.hubspot.client import Client

PAGE = 500
#: What a mapping may name.
FIELDS = ("id", "email", "firstName", "lastName", "userId", "type", "team", "teams")


class Owners:
    """The owners of one account."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def pages(self, ask: Ask) -> Iterator[RawPage]:
        """All owners. A scheduled look reads the live ones; who is archived is learnt every hour and night."""
        yield from whole.ended(ask, self._listed(live_only=ask.mode == "incremental"))

    def read(self, ids: Sequence[str]) -> RawPage:
        """Current values by id."""
        return whole.chosen(self._listed(), ids, self._client.http.server_now())

    def _listed(self, *, live_only: bool = False) -> Iterator[RawPage]:
        for archived in ("false",) if live_only else ("false", "true"):
            params: dict[str, str | int] = {"limit": PAGE, "archived": archived}
            for page in listing.listed(self._client.http, self._client.paths.owners, params):
                yield RawPage(tuple(_raw(row) for row in page.rows), page.date)


def by_user(client: Client) -> dict[str, str]:
    """The number of each owner by the number of the user who is it, those who left included."""
    pages = Owners(client).pages(Ask("person", "sweep"))
    return {str(raw.body["userId"]): raw.external_id for page in pages for raw in page.records if raw.body["userId"]}


def _raw(row: dict[str, Any]) -> Raw:
    """An owner; the user number of an archived one stands under another name, its names nowhere."""
    teams = row.get("teams") or ()
    primary = [str(team.get("name") or "") for team in teams if team.get("primary")]
    owner_id = str(row["id"])
    body = {
        "id": owner_id,
        "email": row.get("email") or "",
        "firstName": row.get("firstName") or "",
        "lastName": row.get("lastName") or "",
        "userId": row.get("userId") or row.get("userIdIncludingInactive"),
        "type": row.get("type") or "",
        "team": primary[0] if primary else "",
        "teams": [str(team.get("name") or "") for team in teams],
    }
    return Raw(owner_id, instant_of(row.get("updatedAt")), row.get("archived") is True, body)
