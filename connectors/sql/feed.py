"""A database as a feed: the SELECT of each kind, bound to the window that is asked for, streamed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from connectors.errors import ConfigRefused, SourceError
from connectors.feed import Account, Property
from connectors.flat_rows import FlatRows
from connectors.source import KINDS, RawPage
from connectors.sql.reader import Reader
from connectors.sql.statement import Statement
from engine.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from connectors.feed import Setup
    from connectors.schema import KindMapping
    from connectors.source import Ask

PAGE = 1_000
#: Bounds of a read that has none: SQL wants something to compare with.
FIRST, LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class SqlFeed:
    """One database."""

    def __init__(self, setup: Setup) -> None:
        """Prepare; nothing is asked.

        Raises:
            ConfigRefused: A query is no single SELECT.
        """
        self._setup = setup
        self._kinds = {kind.kind: kind for kind in setup.kinds}
        self._statements = {kind.kind: Statement(kind.kind, kind.options["query"]) for kind in setup.kinds}
        self._reader = Reader(setup)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that the mapping takes from it, in the order of `KINDS`."""
        return tuple(kind for kind in KINDS if kind in self._kinds)

    @property
    def lag(self) -> timedelta:
        """A transaction may commit so long after its rows were stamped."""
        return timedelta(minutes=1)

    @property
    def overlap(self) -> timedelta:
        """What committed later than that is found by reading so much again."""
        return timedelta(minutes=10)

    def now(self) -> datetime:
        """The database's clock where it tells its zone, else this machine's."""
        try:
            return self._reader.now()
        except SourceError:
            return self._setup.wire.clock()

    def calls(self) -> int:
        """Statements so far."""
        return self._reader.calls

    def account(self) -> Account:
        """A database has none; the mapping says zone and currency."""
        return Account()

    def check(self) -> tuple[Problem, ...]:
        """What would stop a sync: the login, a query that fails, columns that it does not have."""
        found: list[Problem] = []
        for kind, mapping in self._kinds.items():
            try:
                known = [one.name for one in self.properties(kind)]
            except SourceError as error:
                found += error.problems
                continue
            found += [_lacks(mapping, name, known) for name in _wanted(mapping) if name not in known]
        return tuple(dict.fromkeys(found))

    def pages(self, ask: Ask) -> Iterator[RawPage]:
        """The rows of the window, or all of them where the query knows none."""
        mapping, statement = self._kinds[ask.kind], self._statements[ask.kind]
        read_at = self.now()
        bounds = (ask.since or FIRST, ask.until or LAST) if statement.is_windowed else None
        rows = self._reader.stream(statement, bounds)
        first = next(rows, None)
        raws = _rows_of(mapping).raws(_checked(mapping, first, rows))
        page = tuple(islice(raws, PAGE))
        while len(page) == PAGE:
            yield RawPage(page, read_at)
            page = tuple(islice(raws, PAGE))
        until = None if ask.mode in ("sweep", "backfill") else min(ask.until or read_at, read_at)
        yield RawPage(page, read_at, complete=True, safe_watermark=until)

    def read(self, kind: str, ids: Sequence[str]) -> RawPage:
        """Current values by key."""
        mapping, statement = self._kinds[kind], self._statements[kind]
        read_at = self.now()
        rows = self._reader.by_key(statement, mapping.options["key"], ids, (FIRST, LAST))
        raws = tuple(_rows_of(mapping).raws(rows))
        found = {raw.external_id for raw in raws}
        return RawPage(raws, read_at, complete=True, missing=tuple(one for one in ids if one not in found))

    def properties(self, kind: str) -> tuple[Property, ...]:
        """The columns that the query of the kind has."""
        names = self._reader.columns(self._statements[kind], (FIRST, LAST))
        return tuple(Property(name, name, "") for name in names)


def _rows_of(mapping: KindMapping) -> FlatRows:
    return FlatRows(
        mapping.kind, mapping.options["key"], mapping.options.get("stamp", ""), lambda row, name: row.get(name)
    )


def _checked(
    mapping: KindMapping, first: Mapping[str, Any] | None, rows: Iterator[Mapping[str, Any]]
) -> Iterator[Mapping[str, Any]]:
    """The rows, once the first shows that every column is there: a missing one must not pass for empty.

    Raises:
        ConfigRefused: A column that the mapping names is not there.
    """
    if first is None:
        return
    lacking = [name for name in _wanted(mapping) if name not in first]
    if lacking:
        raise ConfigRefused(
            f"The query of {mapping.kind} has no column {', '.join(lacking)}",
            where=mapping.source,
            remedy="Add it to the SELECT, or correct the mapping; names are as the database writes them",
        )
    yield first
    yield from rows


def _wanted(mapping: KindMapping) -> list[str]:
    named = [*mapping.columns, mapping.options["key"], mapping.options.get("stamp", "")]
    return [name for name in dict.fromkeys(named) if name]


def _lacks(mapping: KindMapping, name: str, known: list[str]) -> Problem:
    return Problem(
        code="field_missing",
        message=f"The query of {mapping.kind} has no column {name!r}",
        remedy="Add it to the SELECT, or correct the mapping; names are as the database writes them",
        where=f"{mapping.source} {mapping.kind}",
        found=repr(name),
        allowed=", ".join(known),
    )
