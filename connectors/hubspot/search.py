"""Ids of what changed in a window, found by key instead of by offset.

HubSpot's offset skips rows when earlier ones leave the window, and ends at 10,000. So each page starts again at the
millisecond where the last one ended, and what was shown there already is left out. Where a page does not get past
its millisecond, that one is drained by id.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from connectors.errors import PagingRepeats, Transient
from connectors.hubspot.listing import Shown, shown
from connectors.hubspot.manners import SEARCH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connectors.hubspot.client import Client

STAMP = "hs_lastmodifieddate"
ID = "hs_object_id"
PAGE = 200
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Found:
    """Ids not shown before, and up to which stamp everything has been shown; None after the last page."""

    ids: tuple[str, ...]
    shown_until: datetime | None
    date: datetime
    total: int | None


@dataclass(slots=True)
class Search:
    """One search for what changed in [since, until).

    Attributes:
        client: The account.
        object: Its object type.
        since: Closed lower bound.
        until: Open upper bound; None for none.
        page_size: Rows per request.
    """

    client: Client
    object: str
    since: datetime
    until: datetime | None = None
    page_size: int = PAGE
    #: Rows of the last page from its key on, which the next page shows again.
    _before: frozenset[tuple[str, int]] = field(default_factory=frozenset)

    def pages(self) -> Iterator[Found]:
        """The ids, oldest change first; the last page has no `shown_until`.

        Raises:
            PagingRepeats: The service does not get past a record.
            Transient: It counts records but shows none.
        """
        key = milliseconds(self.since)
        while True:
            page = self._page([_filter("GTE", key), *self._ceiling()])
            rows = self._kept(page)
            fresh = tuple(dict.fromkeys(row for row, at in rows if (row, at) not in self._before))
            if not page.after:
                yield Found(fresh, None, page.date, page.total)
                return
            if not rows:
                raise Transient("Records change faster than they can be read", where=self.object)
            following = rows[-1][1]
            if following > key:
                key = following
                self._before = frozenset((row, at) for row, at in rows if at >= key)
                yield Found(fresh, instant(key), page.date, page.total)
                continue
            yield Found(fresh, instant(key), page.date, page.total)
            yield from self._drained(key, {row for row, at in rows if at == key})
            key += 1
            self._before = frozenset((row, at) for row, at in rows if at >= key)

    def _drained(self, key: int, shown_before: set[str]) -> Iterator[Found]:
        """Every other id of one millisecond, by number: as many as there are."""
        last = 0
        while True:
            page = self._page([_filter("EQ", key), _filter("GT", last, ID)], ID)
            numbers = [int(str(row["id"])) for row in page.rows if milliseconds_of(row) == key]
            further = [str(number) for number in numbers if number > last]
            if page.after and not further:
                raise PagingRepeats(where=self.object)
            fresh = tuple(one for one in further if one not in shown_before)
            yield Found(fresh, instant(key), page.date, page.total)
            if not page.after:
                return
            last = max(numbers)

    def _page(self, filters: list[dict[str, str]], sort: str = STAMP) -> Shown:
        body = {
            "filterGroups": [{"filters": filters}],
            "sorts": [{"propertyName": sort, "direction": "ASCENDING"}],
            "properties": [STAMP],
            "limit": self.page_size,
        }
        path = self.client.paths.objects.format(self.object) + "/search"
        page = shown(self.client.http.post(path, body, pace=SEARCH))
        if page.rows:
            return page if page.after or (page.total or 0) <= len(page.rows) else _cut(page)
        if page.after or page.total:
            raise Transient("The search counts records but shows none", where=path)
        return page

    def _ceiling(self) -> list[dict[str, str]]:
        return [] if self.until is None else [_filter("LT", milliseconds(self.until, up=True))]

    def _kept(self, page: Shown) -> list[tuple[str, int]]:
        """The rows inside the window. The index is late and shows others too, whose stamps say nothing of order."""
        low = milliseconds(self.since)
        high = None if self.until is None else milliseconds(self.until, up=True)
        stamped = [(str(row["id"]), milliseconds_of(row)) for row in page.rows]
        return [(row, at) for row, at in stamped if at >= low and (high is None or at < high)]


def milliseconds(at: datetime, *, up: bool = False) -> int:
    """Milliseconds since 1970; an upper bound is moved up to the next one, never below its precision."""
    whole, rest = divmod(at - EPOCH, MILLISECOND)
    return whole + (1 if up and rest else 0)


def instant(number: int) -> datetime:
    """The instant of a number of milliseconds."""
    return EPOCH + timedelta(milliseconds=number)


def milliseconds_of(row: dict[str, Any]) -> int:
    """A row's stamp.

    Raises:
        Transient: It has none that can be read: without it nobody can say where to go on.
    """
    at = stamp_of(row)
    if at is None:
        raise Transient("A record found by search has no readable stamp")
    return milliseconds(at)


def stamp_of(row: dict[str, Any]) -> datetime | None:
    """When the service says the record changed, None where it does not."""
    properties = row.get("properties") or {}
    return instant_of(properties.get(STAMP)) or instant_of(row.get("updatedAt"))


def instant_of(text: Any) -> datetime | None:
    """The instant that HubSpot wrote, None where there is none."""
    try:
        found = datetime.fromisoformat(text)
    except (ValueError, TypeError):  # no text at all, too
        return None
    if found.tzinfo is UTC:
        return found
    return found.astimezone(UTC) if found.tzinfo is not None else None


def _cut(page: Shown) -> Shown:
    """A page that leaves rows out without saying where to go on is no last page."""
    return Shown(page.rows, "more", page.date, page.total)


def _filter(operator: str, value: int, name: str = STAMP) -> dict[str, str]:
    return {"propertyName": name, "operator": operator, "value": str(value)}
