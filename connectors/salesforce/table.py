"""Reading one object: in the order of its stamps between two instants, or whole in the order of its ids.

Stamps are whole seconds and many records share one, so that a read goes on after a stamp *and* an id. When Salesforce
forgets the rest of a query, it is asked again after the last record.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from connectors.errors import Transient
from connectors.salesforce.errors import LocatorExpired
from connectors.salesforce.soql import Condition, Select, compare, either, every
from connectors.source import Raw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from connectors.salesforce.session import Batch, Session

STAMP, KEY = "SystemModstamp", "Id"

Row = dict[str, Any]


def is_deleted(row: Row) -> bool:
    """Whether the record is in the bin."""
    return row.get("IsDeleted") is True


@dataclass(frozen=True, slots=True)
class Table:
    """An object as one kind reads it.

    Attributes:
        name: The object.
        columns: Its fields that are wanted.
        gone: Whether a record counts as deleted.
        tidy: What makes its records readable where Salesforce writes them in its own way.
        where: What its records must fulfil.
    """

    name: str
    columns: tuple[str, ...]
    gone: Callable[[Row], bool] = is_deleted
    tidy: Callable[[Row], Row] | None = None
    where: tuple[Condition, ...] = ()

    def select(self, *where: Condition, order: tuple[str, ...] = (KEY,)) -> Select:
        """The query of its records that fulfil the conditions as well."""
        return Select(self.name, (KEY, STAMP, *self.columns), (*self.where, *where), order)

    def raw(self, row: Row) -> Raw:
        """The record as it is handed over."""
        body = stripped(row)
        return Raw(row[KEY], stamp_of(row), self.gone(row), self.tidy(body) if self.tidy is not None else body)


@dataclass(frozen=True, slots=True)
class Window:
    """Stamps from `since` on and before `until`, in whole seconds."""

    since: datetime | None
    until: datetime

    @property
    def is_empty(self) -> bool:
        """No stamp can be in it."""
        return self.since is not None and self.since >= self.until

    def after(self, key: tuple[datetime, str] | None) -> tuple[Condition, ...]:
        """The stamps in it, and only what comes after the key."""
        end = compare(STAMP, "<", self.until)
        if key is not None:
            stamp, last = key
            same = every(compare(STAMP, "=", stamp), compare(KEY, ">", last))
            return end, either(compare(STAMP, ">", stamp), same)
        return (end,) if self.since is None else (compare(STAMP, ">=", self.since), end)


def changed(session: Session, table: Table, window: Window) -> Iterator[tuple[Batch, datetime | None]]:
    """Pages of what changed in the window, each with the last stamp that was reached in order."""
    if window.is_empty:
        return
    key: tuple[datetime, str] | None = None
    while True:
        before = key
        try:
            for batch in session.read(table.select(*window.after(key), order=(STAMP, KEY))):
                key = _key(batch, key, window)
                yield batch, key[0] if key is not None else None
        except LocatorExpired:
            if key == before:
                raise Transient("Salesforce forgets a query before it is read", where=table.name) from None
        else:
            return


def everything(session: Session, table: Table, after: str) -> Iterator[tuple[Batch, str]]:
    """Pages of every record after that id, in the order of ids, each with the last id."""
    while True:
        before = after
        where = (compare(KEY, ">", after),) if after else ()
        try:
            for batch in session.read(table.select(*where)):
                after = max(after, batch.rows[-1][KEY]) if batch.rows else after
                yield batch, after
        except LocatorExpired:
            if after == before:
                raise Transient("Salesforce forgets a query before it is read", where=table.name) from None
        else:
            return


def stamp_of(row: Row) -> datetime | None:
    """When the record last changed; None where that cannot be read."""
    found = row.get(STAMP)
    try:
        return datetime.fromisoformat(found).astimezone(UTC) if isinstance(found, str) else None
    except (ValueError, OverflowError):
        return None


def stripped(row: Row) -> Row:
    """The record without what Salesforce says about where it came from."""
    return {
        name: stripped(value) if isinstance(value, dict) else value
        for name, value in row.items()
        if name != "attributes"
    }


def _key(batch: Batch, before: tuple[datetime, str] | None, window: Window) -> tuple[datetime, str] | None:
    """The place that a page proves to be reached: of its last record in order that another one comes after.

    A record that changed while its page was read, or whose change showed itself late, stands where it stood before
    but has a newer stamp. Whoever went on after that stamp would skip what lies between.
    """
    least: tuple[datetime, str] | None = None
    for row in reversed(batch.rows):
        stamp = stamp_of(row)
        if stamp is None or stamp >= window.until:
            continue
        key = (stamp, row[KEY])
        if least is not None and key < least and (before is None or key > before):
            return key
        least = key if least is None else min(least, key)
    return least if least is not None and (before is None or least > before) else before
