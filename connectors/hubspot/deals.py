"""Deals, with the names of their company and of what they sell, and who changed them, where the mapping wants it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connectors import bodies
from connectors.hubspot import companies, line_items, objects, owners
from connectors.hubspot.objects import Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from connectors.hubspot.client import Client
    from connectors.schema import KindMapping
    from connectors.source import Ask, Raw, RawPage

    Names = Callable[[Client, Sequence[str], dict[str, str]], Mapping[str, str]]

OBJECT = "deals"
#: Names that a mapping may write and that are no properties.
LENT: Mapping[str, Names] = {
    companies.FIELD: companies.names,
    companies.ID_FIELD: companies.ids,
    line_items.FIELD: line_items.names,
}
OWN = ("id", *LENT)
#: The property that names the user who changed a deal last; a person is known by the number of an owner.
CHANGED_BY = "hs_updated_by_user_id"


class Deals:
    """The deals of one account."""

    def __init__(self, client: Client, mapping: KindMapping) -> None:
        self._client = client
        self._lent = [name for name in LENT if name in mapping.columns]
        self._known: dict[str, dict[str, str]] = {name: {} for name in self._lent}
        self._users: dict[str, str] = {}
        self.wanted = Wanted(OBJECT, tuple(name for name in mapping.columns if name not in OWN))

    def pages(self, ask: Ask) -> Iterator[RawPage]:
        """What was asked for."""
        for page in objects.pages(self._client, self.wanted, ask):
            yield self._named(page)

    def read(self, ids: Sequence[str]) -> RawPage:
        """Current values by id."""
        return self._named(objects.read(self._client, self.wanted, ids))

    def _named(self, page: RawPage) -> RawPage:
        """The page with the names that the mapping wants; they belong to the live deals."""
        live = [raw.external_id for raw in page.records if not raw.deleted]
        if live and CHANGED_BY in self.wanted.properties:
            page = replace(page, records=tuple(map(self._signed, page.records)))
        if not live or not self._lent:
            return page
        found = {name: LENT[name](self._client, live, self._known[name]) for name in self._lent}
        return replace(page, records=tuple(_with(raw, found) for raw in page.records))

    def _signed(self, raw: Raw) -> Raw:
        """The record with the owner who changed it, where a user did and is one; owners are asked for once."""
        user = raw.body.get(CHANGED_BY)
        if not user:
            return raw
        if not self._users:
            self._users = owners.by_user(self._client) or {"": ""}
        return raw._replace(body=raw.body | {bodies.CHANGED_BY: self._users.get(str(user), "")})


def _with(raw: Raw, found: Mapping[str, Mapping[str, str]]) -> Raw:
    if raw.deleted:
        return raw
    named = {name: names.get(raw.external_id, "") for name, names in found.items()}
    return raw._replace(body=raw.body | named)
