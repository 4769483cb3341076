"""CRM records of one object type: what changed, everything, and current values by id.

A search finds ids, a batch read fetches what they hold now: the index of a search is late. Archived records have
their own list, because archiving moves no stamp.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connectors.hubspot import listing
from connectors.hubspot.search import ID, STAMP, Search, instant_of
from connectors.source import Raw, RawPage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from connectors.hubspot.client import Client
    from connectors.hubspot.listing import Shown
    from connectors.source import Ask

LIST_PAGE = 100
BATCH = 100
MERGED = "hs_merged_object_ids"
#: Characters of property names in the address of a list; more are fetched by batch read.
LONGEST_QUERY = 4_000
LIVE, ARCHIVED = "live", "archived"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An object type and the properties that are read of it."""

    object: str
    properties: tuple[str, ...]

    @property
    def asked(self) -> list[str]:
        """The properties and those that say when a record changed and what was merged into it."""
        own = (ID, STAMP, *((MERGED,) if self.object == "deals" else ()))
        return list(dict.fromkeys((*self.properties, *own)))


def pages(client: Client, wanted: Wanted, ask: Ask) -> Iterator[RawPage]:
    """What was asked for: a window by search, everything by list."""
    if ask.mode in ("incremental", "settle") and ask.since is not None:
        return _changed(client, wanted, ask, ask.since)
    return _everything(client, wanted, ask)


def read(client: Client, wanted: Wanted, ids: Sequence[str]) -> RawPage:
    """Current values by id; archived records are deleted, and what nobody has is missing.

    An id that answers with another one was merged away: it is missing, and the survivor comes beside it.
    """
    client.require(wanted.object, wanted.properties)
    found: dict[str, Raw] = {}
    dates = []
    for archived in (False, True):
        open_ids = [one for one in dict.fromkeys(ids) if one not in found]
        for chunk in listing.chunks(open_ids, BATCH):
            path = client.paths.objects.format(wanted.object) + "/batch/read"
            query = "?archived=true" if archived else ""
            page = listing.shown(client.batch(path, chunk, {"properties": wanted.asked}, query))
            dates.append(page.date)
            found |= {raw.external_id: raw for raw in _raws(page)}
    missing = tuple(one for one in dict.fromkeys(ids) if one not in found)
    read_at = min(dates, default=client.http.server_now())
    return RawPage(tuple(found.values()), read_at, complete=True, missing=missing)


def _changed(client: Client, wanted: Wanted, ask: Ask, since: datetime) -> Iterator[RawPage]:
    if ask.mode == "settle":
        yield from _archived_since(client, wanted, since)
    for found in Search(client, wanted.object, since, ask.until).pages():
        current = read(client, wanted, found.ids) if found.ids else RawPage((), found.date)
        read_at = min(found.date, current.read_at)
        last = found.shown_until is None
        safe = (read_at if ask.until is None else min(ask.until, read_at)) if last else found.shown_until
        yield RawPage(current.records, read_at, complete=last, safe_watermark=safe)


def _archived_since(client: Client, wanted: Wanted, since: datetime) -> Iterator[RawPage]:
    """Records that were archived lately; their list has no order of time and must be read whole."""
    for page in _list(client, wanted, ARCHIVED, ""):
        lately = tuple(raw for raw in _raws(page) if (instant_of(raw.body["archivedAt"]) or since) >= since)
        if lately:
            yield RawPage(lately, page.date)


def _everything(client: Client, wanted: Wanted, ask: Ask) -> Iterator[RawPage]:
    """Live records and then archived ones, each by number, from where the last stored page ended."""
    phases = [LIVE, ARCHIVED]
    after = str(ask.resume.get("after") or "")
    if ask.resume.get("phase") == ARCHIVED:
        phases = [ARCHIVED]
    for phase in phases:
        for page in _list(client, wanted, phase, after):
            over = not page.after and phase == ARCHIVED
            resume = {"phase": phase, "after": page.after} if page.after else {"phase": ARCHIVED, "after": ""}
            yield RawPage(_raws(page), page.date, {} if over else resume, complete=over)
        after = ""


def _list(client: Client, wanted: Wanted, phase: str, after: str) -> Iterator[Shown]:
    """The list's pages with their properties, however many are named."""
    client.require(wanted.object, wanted.properties)
    path = client.paths.objects.format(wanted.object)
    asked = ",".join(wanted.asked)
    params = {"limit": LIST_PAGE, "archived": "true" if phase == ARCHIVED else "false"}
    if len(asked) <= LONGEST_QUERY:
        yield from listing.listed(client.http, path, params | {"properties": asked}, after)
        return
    query = f"?archived={params['archived']}"
    for page in listing.listed(client.http, path, params | {"properties": ID}, after):
        ids = [str(row["id"]) for row in page.rows]
        if not ids:
            yield page
            continue
        full = listing.shown(client.batch(path + "/batch/read", ids, {"properties": wanted.asked}, query))
        yield listing.Shown(full.rows, page.after, min(page.date, full.date))


def _raws(page: Shown) -> tuple[Raw, ...]:
    return tuple(map(_raw, page.rows))


def _raw(row: dict[str, Any]) -> Raw:
    """A record with its properties side by side, as a mapping names them."""
    record_id, archived = str(row["id"]), row.get("archived") is True
    properties = row.get("properties") or {}
    body = properties | {"id": record_id}
    if archived:
        body["archivedAt"] = row.get("archivedAt")
    merged = properties.get(MERGED)
    stamp = instant_of(properties.get(STAMP)) or instant_of(row.get("updatedAt"))
    return Raw(record_id, stamp, archived, body, _absorbed(merged, record_id) if merged else ())


def _absorbed(merged: Any, record_id: str) -> tuple[str, ...]:
    """The records that were merged into one, as HubSpot lists them."""
    named = dict.fromkeys(part.strip() for part in str(merged).split(";"))
    return tuple(one for one in named if one and one != record_id)
