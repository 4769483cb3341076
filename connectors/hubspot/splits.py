"""Deal splits: one record per deal with all its shares, so that a share that was taken away is seen to be gone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from connectors.hubspot import listing, objects
from connectors.hubspot.objects import Wanted
from connectors.source import Raw, RawPage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from connectors.hubspot.client import Client
    from connectors.source import Ask

BATCH = 100
#: What a mapping may name.
FIELDS = ("deal", "id", "hubspot_owner_id", "hs_deal_split_percentage")


class Splits:
    """The splits of one account's deals."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._deals = Wanted("deals", ())

    def pages(self, ask: Ask) -> Iterator[RawPage]:
        """The splits of the deals that were asked for; of a first read only of those that have any.

        A split moves no stamp of its deal that anybody promises, so the nightly look alone is sure to see it.
        """
        first = ask.mode == "backfill"
        for page in objects.pages(self._client, self._deals, ask):
            live = [raw.external_id for raw in page.records if not raw.deleted]
            found, read_at = self._found(live, page.read_at)
            kept = {one: rows for one, rows in found.items() if rows or not first}
            yield replace(page, records=_raws(kept, read_at), read_at=read_at)

    def read(self, ids: Sequence[str]) -> RawPage:
        """The splits of those deals; a deal that is live and has none is shown without any."""
        deals = objects.read(self._client, self._deals, ids)
        live = [raw.external_id for raw in deals.records if not raw.deleted and raw.external_id in ids]
        found, read_at = self._found(live, deals.read_at)
        return RawPage(
            _raws(found, read_at), read_at, complete=True, missing=tuple(one for one in ids if one not in found)
        )

    def _found(self, ids: Sequence[str], read_at: datetime) -> tuple[Mapping[str, list[dict[str, Any]]], datetime]:
        """The splits by deal, those without any included, and when they were read."""
        found: dict[str, list[dict[str, Any]]] = {one: [] for one in ids}
        for chunk in listing.chunks(ids, BATCH):
            page = listing.shown(self._client.batch(self._client.paths.splits, chunk))
            read_at = min(read_at, page.date)
            for row in page.rows:
                shares = [one for one in row.get("splits") or () if one.get("archived") is not True]
                found[str(row["id"])] = sorted(shares, key=lambda one: str(one.get("id")))
        return found, read_at


def _raws(found: Mapping[str, list[dict[str, Any]]], read_at: datetime) -> tuple[Raw, ...]:
    """One record per deal, as old as its reading: once a share is gone, all that is left is older than the record."""
    return tuple(
        Raw(deal_id, read_at, deleted=False, body={"deal": deal_id, "rows": [_row(one) for one in splits]})
        for deal_id, splits in found.items()
    )


def _row(split: dict[str, Any]) -> dict[str, Any]:
    return {**(split.get("properties") or {}), "id": str(split.get("id"))}
