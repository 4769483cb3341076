"""Exchange rates: what one unit of a currency is worth in the account's own, from an instant on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectors.hubspot import listing, whole
from connectors.hubspot.search import instant_of
from connectors.source import Raw, RawPage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connectors.hubspot.client import Client
    from connectors.source import Ask

PAGE = 100
#: What a mapping may name.
FIELDS = ("id", "fromCurrencyCode", "toCurrencyCode", "conversionRate", "effectiveAt")


class Rates:
    """The exchange rates of one account, past ones included: a deal is worth what it was when it closed."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def pages(self, ask: Ask) -> Iterator[RawPage]:
        """All rates: a rate ends where the next one begins."""
        yield from whole.ended(ask, self._listed())

    def read(self, ids: Sequence[str]) -> RawPage:
        """Current values by id."""
        return whole.chosen(self._listed(), ids, self._client.http.server_now())

    def _listed(self) -> Iterator[RawPage]:
        for page in listing.listed(self._client.http, self._client.paths.rates, {"limit": PAGE}):
            yield RawPage(tuple(_raw(row) for row in page.rows), page.date)


def _raw(row: dict[str, Any]) -> Raw:
    body = {name: row.get(name) for name in FIELDS}
    return Raw(str(row["id"]), instant_of(row.get("updatedAt")), deleted=False, body=body)
