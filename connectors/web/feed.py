"""A service that answers in JSON as a feed: the list at the path of each kind, page by page."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from connectors.errors import SourceError
from connectors.feed import Account, Property
from connectors.flat_rows import FlatRows
from connectors.http import Http
from connectors.source import KINDS, RawPage
from connectors.web.address import Guarded, base_of
from connectors.web.listing import Listing, looked_up

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from connectors.feed import Setup
    from connectors.http import Answer
    from connectors.schema import KindMapping
    from connectors.source import Ask
    from engine.problems import Problem

#: A run that is dripped bytes ends after this.
LONGEST_RUN = timedelta(minutes=30)


class HeaderToken:
    """The token under the header that the service wants it in; looked up when it is first sent."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup

    def headers(self) -> Mapping[str, str]:
        """The token, or nothing where the mapping names none."""
        token = self._setup.option("token").strip()
        name = self._setup.source.options.get("auth_header", "Authorization")
        if not token:
            return {}
        return {name: f"Bearer {token}" if name.lower() == "authorization" and " " not in token else token}

    def renew(self) -> bool:
        """Nobody but people can."""
        return False


class WebFeed:
    """One service."""

    def __init__(self, setup: Setup) -> None:
        """Prepare; nothing is sent.

        Raises:
            ConfigRefused: The address is not https, is not among `allow_hosts`, or paging makes no sense.
        """
        self._kinds = {kind.kind: kind for kind in setup.kinds}
        base = base_of(setup)
        wire = replace(setup.wire, deadline=setup.wire.deadline or LONGEST_RUN)
        if wire.transport is None and not wire.base_url:
            wire = replace(wire, transport=Guarded(setup.source.options.get("allow_hosts", "")))
        self._http = Http(base, wire, HeaderToken(setup))
        self._listings = {kind.kind: Listing.of(kind) for kind in setup.kinds}

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that the mapping takes from it, in the order of `KINDS`."""
        return tuple(kind for kind in KINDS if kind in self._kinds)

    @property
    def lag(self) -> timedelta:
        """A service may show a change so long after it was stamped."""
        return timedelta(minutes=1)

    @property
    def overlap(self) -> timedelta:
        """What it shows later than that is found by reading so much again."""
        return timedelta(minutes=10)

    def now(self) -> datetime:
        """The service's clock, as its last answer said."""
        return self._http.server_now()

    def calls(self) -> int:
        """Requests so far."""
        return self._http.calls

    def account(self) -> Account:
        """There is none; the mapping says zone and currency."""
        return Account()

    def check(self) -> tuple[Problem, ...]:
        """What would stop a sync: the address, the token, a path without a list. The first page is looked at."""
        found: list[Problem] = []
        for kind in self._kinds:
            try:
                self.properties(kind)
            except SourceError as error:
                found += error.problems
        return tuple(dict.fromkeys(found))

    def pages(self, ask: Ask) -> Iterator[RawPage]:
        """The list, or what of it changed where the path can say so; every page that the service has."""
        mapping = self._kinds[ask.kind]
        rows = _rows_of(mapping)
        read_at: datetime | None = None
        for answer, items, last in self._answers(ask.kind, ask.since, ask.until):
            read_at = answer.date if read_at is None else min(read_at, answer.date)
            raws = tuple(rows.raws(items))
            if not last:
                yield RawPage(raws, read_at)
                continue
            until = None if ask.mode in ("sweep", "backfill") else min(ask.until or read_at, read_at)
            yield RawPage(raws, read_at, complete=True, safe_watermark=until)

    def read(self, kind: str, ids: Sequence[str]) -> RawPage:
        """Those records of the whole list: nothing says how one is asked for."""
        wanted, rows = set(ids), _rows_of(self._kinds[kind])
        found, dates = [], []
        for answer, items, _ in self._answers(kind, None, None):
            dates.append(answer.date)
            found += [raw for raw in rows.raws(items) if raw.external_id in wanted]
        there = {raw.external_id for raw in found}
        missing = tuple(one for one in ids if one not in there)
        return RawPage(tuple(found), min(dates, default=self.now()), complete=True, missing=missing)

    def properties(self, kind: str) -> tuple[Property, ...]:
        """The names that the records of the first page have."""
        for _, items, _ in self._answers(kind, None, None):
            names = dict.fromkeys(name for item in items for name in item)
            return tuple(Property(name, name, "") for name in names)
        return ()

    def _answers(
        self, kind: str, since: datetime | None, until: datetime | None
    ) -> Iterator[tuple[Answer, list[dict[str, Any]], bool]]:
        return self._listings[kind].answers(self._http, since, until)


def _rows_of(mapping: KindMapping) -> FlatRows:
    # Shares of a deal may stand on two pages; gathered per page they would hide each other, which FlatRows refuses.
    return FlatRows(mapping.kind, mapping.options["key"], mapping.options.get("stamp", ""), looked_up)
