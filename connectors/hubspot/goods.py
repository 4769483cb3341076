"""Companies, products and line items as records of their own; a line item with the deal it stands on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connectors.hubspot import objects, ties
from connectors.hubspot.objects import Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from connectors.hubspot.client import Client
    from connectors.schema import KindMapping
    from connectors.source import Ask, Raw, RawPage

#: The object behind each kind, and the names that a mapping may write of it and that are no properties.
OBJECTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "account": ("companies", ("id",)),
    "product": ("products", ("id",)),
    "line_item": ("line_items", ("id", "deal_id")),
}
DEAL = "deal_id"


class Goods:
    """The records of one kind."""

    def __init__(self, client: Client, mapping: KindMapping) -> None:
        name, own = OBJECTS[mapping.kind]
        self._client = client
        self._lends_deal = DEAL in mapping.columns
        self._wanted = Wanted(name, tuple(column for column in mapping.columns if column not in own))

    def pages(self, ask: Ask) -> Iterator[RawPage]:
        """What was asked for."""
        for page in objects.pages(self._client, self._wanted, ask):
            yield self._tied(page)

    def read(self, ids: Sequence[str]) -> RawPage:
        """Current values by id."""
        return self._tied(objects.read(self._client, self._wanted, ids))

    def _tied(self, page: RawPage) -> RawPage:
        """The page with the deal of each live line item."""
        live = [raw.external_id for raw in page.records if not raw.deleted]
        if not live or not self._lends_deal:
            return page
        found = ties.read(self._client, self._wanted.object, "deals", live)
        deals = {one: tied[0].id for one, tied in found.items() if tied}
        return replace(page, records=tuple(_with(raw, deals) for raw in page.records))


def _with(raw: Raw, deals: Mapping[str, str]) -> Raw:
    return raw if raw.deleted else raw._replace(body=raw.body | {DEAL: deals.get(raw.external_id, "")})
