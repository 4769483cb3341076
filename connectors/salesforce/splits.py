"""Splits: all of a deal together, of the split types that the mapping says grant credit.

A split that changed means its whole deal is read again, because the shares of a deal are one statement. Percentages
stay as Salesforce writes them; the mapping says `unit: percent`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from connectors.errors import ConfigRefused, Transient
from connectors.salesforce.errors import LocatorExpired
from connectors.salesforce.soql import Select, among, compare, either
from connectors.salesforce.table import Table, stripped
from connectors.source import Raw

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from connectors.feed import Setup
    from connectors.salesforce.session import Batch, Session
    from connectors.salesforce.table import Row
    from connectors.schema import KindMapping

SPLIT, SPLIT_TYPE = "OpportunitySplit", "OpportunitySplitType"
DEAL = "OpportunityId"

#: Ids in one query: they and the fields stay below what an address may hold.
CHUNK = 200


@dataclass(frozen=True, slots=True)
class Splits:
    """The splits of a mapping: their object and the field that names the deal."""

    table: Table
    deal: str

    def of(self, session: Session, deals: Sequence[str]) -> tuple[list[Raw], datetime | None]:
        """The splits that each of those deals has now, also none, and when they were read."""
        found: dict[str, list[Row]] = {deal: [] for deal in deals}
        read_at: datetime | None = None
        for start in range(0, len(deals), CHUNK):
            chosen = among(self.deal, deals[start : start + CHUNK])
            for batch in session.read(self.table.select(chosen, order=(self.deal, "Id")), deleted=False):
                read_at = min(read_at or batch.read_at, batch.read_at)
                for row in batch.rows:
                    found.setdefault(row[self.deal], []).append(row)
        at = read_at or session.now()
        return [_raw(deal, rows, at) for deal, rows in found.items()], read_at

    def grouped(self, session: Session, after: str) -> Iterator[tuple[Batch, list[Raw], str]]:
        """Every deal's splits after that deal, page by page, and the last deal that is complete.

        The last deal of a page waits for the next one, where more of its splits may be.
        """
        while True:
            before = after
            try:
                for batch, records, reached in self._grouped(session, before):
                    after = reached
                    yield batch, records, reached
            except LocatorExpired:
                if after == before:
                    raise Transient("Salesforce forgets a query before it is read", where=self.table.name) from None
            else:
                return

    def _grouped(self, session: Session, after: str) -> Iterator[tuple[Batch, list[Raw], str]]:
        waiting: list[Row] = []
        where = (compare(self.deal, ">", after),) if after else ()
        for batch in session.read(self.table.select(*where, order=(self.deal, "Id")), deleted=False):
            rows = [*waiting, *batch.rows]
            groups = [(str(deal), list(group)) for deal, group in groupby(rows, key=lambda row: row[self.deal])]
            waiting = groups.pop()[1] if groups and not batch.done else []
            after = groups[-1][0] if groups else after
            yield batch, [_raw(deal, group, batch.read_at) for deal, group in groups], after


def splits(setup: Setup, mapping: KindMapping) -> Splits:
    """The splits of that mapping.

    Raises:
        ConfigRefused: It does not say which split types grant credit.
    """
    deal = mapping.fields["deal"].column or DEAL if "deal" in mapping.fields else DEAL
    name = mapping.object or SPLIT
    columns = ("IsDeleted", deal, *mapping.columns)
    if name != SPLIT:
        return Splits(Table(name, columns), deal)
    types = granting(setup)
    granted = either(among("SplitType.MasterLabel", types), among("SplitType.DeveloperName", types))
    return Splits(Table(name, columns, where=(granted,)), deal)


def granting(setup: Setup) -> tuple[str, ...]:
    """The split types that grant credit, as the mapping lists them.

    Raises:
        ConfigRefused: It lists none.
    """
    listed = setup.source.options.get("split_types", "")
    types = tuple(name.strip() for name in listed.split(",") if name.strip())
    if not types:
        raise ConfigRefused(
            "The mapping does not say which split types grant credit",
            where=setup.source.name,
            remedy="Add `split_types: Revenue` (or several, with commas) to the source; overlays stay out",
        )
    return types


def check_types(session: Session, types: tuple[str, ...]) -> None:
    """Checks that the organisation has those split types.

    Raises:
        ConfigRefused: It names the one that is missing, and those there are.
    """
    rows = session.all(Select(SPLIT_TYPE, ("Id", "MasterLabel", "DeveloperName")))
    names = {str(row[column]) for row in rows for column in ("MasterLabel", "DeveloperName") if row.get(column)}
    for name in types:
        if name not in names:
            raise ConfigRefused(
                f"There is no split type {name!r}",
                where=SPLIT_TYPE,
                remedy=f"List some of {', '.join(sorted(names))}" if names else "Switch on opportunity splits",
            )


def _raw(deal: str, rows: list[Row], read_at: datetime) -> Raw:
    """The deal's splits as one record.

    It is as new as the reading: a split that was purged leaves no stamp behind, and the others are older.
    """
    body: dict[str, Any] = {"deal": deal, "rows": [stripped(row) for row in rows]}
    return Raw(deal, read_at, deleted=False, body=body)
