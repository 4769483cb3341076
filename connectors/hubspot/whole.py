"""Lists that are read whole, whatever was asked for: short ones, of which nothing says what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.source import RawPage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from connectors.source import Ask


def until(ask: Ask, read_at: datetime) -> datetime | None:
    """Up to when such a list is complete: it says nothing about what was asked for of later than it was read."""
    if ask.mode in ("sweep", "backfill"):
        return None
    return read_at if ask.until is None else min(ask.until, read_at)


def ended(ask: Ask, pages: Iterable[RawPage]) -> Iterator[RawPage]:
    """The pages, the last of them complete; at least one."""
    before: RawPage | None = None
    for page in pages:
        if before is not None:
            yield before
        before = page
    if before is not None:
        yield RawPage(before.records, before.read_at, {}, complete=True, safe_watermark=until(ask, before.read_at))


def chosen(pages: Iterable[RawPage], ids: Sequence[str], now: datetime) -> RawPage:
    """Those records of a whole list, and which of them it does not have."""
    wanted = set(ids)
    records, dates = [], []
    for page in pages:
        dates.append(page.read_at)
        records += [raw for raw in page.records if raw.external_id in wanted]
    found = {raw.external_id for raw in records}
    missing = tuple(one for one in dict.fromkeys(ids) if one not in found)
    return RawPage(tuple(records), min(dates, default=now), complete=True, missing=missing)
