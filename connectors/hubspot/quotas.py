"""Quotas: HubSpot's goal targets, one record per person and period."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connectors.hubspot import objects, whole
from connectors.hubspot.objects import Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connectors.hubspot.client import Client
    from connectors.schema import KindMapping
    from connectors.source import Ask, RawPage

OBJECT = "goal_targets"
OWN = ("id",)


class Quotas:
    """The goal targets of one account."""

    def __init__(self, client: Client, mapping: KindMapping) -> None:
        self._client = client
        self._is_whole = mapping.is_whole
        self.wanted = Wanted(OBJECT, tuple(name for name in mapping.columns if name not in OWN))

    def pages(self, ask: Ask) -> Iterator[RawPage]:
        """What was asked for; everything where a quota ends when the next one begins."""
        if not self._is_whole or ask.mode in ("sweep", "backfill"):
            yield from objects.pages(self._client, self.wanted, ask)
            return
        for page in objects.pages(self._client, self.wanted, replace(ask, mode="sweep", resume={})):
            yield replace(page, resume={}, safe_watermark=whole.until(ask, page.read_at) if page.complete else None)

    def read(self, ids: Sequence[str]) -> RawPage:
        """Current values by id."""
        return objects.read(self._client, self.wanted, ids)
