"""Deals of locked pay periods that changed after the lock: what they were, and what they are now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from store import labels, periods
from store.raw_records import instant
from store.tables.changes import change
from store.tables.facts import deal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Connection

    from store.periods import Moved, Span

_OLD, _NEW = deal.alias("old"), deal.alias("new")
_SHOWN = ("amount_cents", "currency_label", "owner_external_id", "owner_id", "stage_label", "booked_on", "deleted")


@dataclass(frozen=True, slots=True)
class Standing:
    """A deal as it stood: how much, whose, in which stage, booked when."""

    amount_cents: int
    currency: str
    owner: str
    is_owner_known: bool
    stage: str
    booked_on: date
    is_deleted: bool

    @property
    def counts(self) -> bool:
        """Whether somebody may be paid for it."""
        return self.stage == "won" and not self.is_deleted


@dataclass(frozen=True, slots=True)
class Changed:
    """A deal that was won in those locked periods, or is now.

    Attributes:
        source: Its source.
        external_id: Its id there.
        deal_id: Its number here.
        name: What people call it.
        spans: The locked periods.
        before: What it was.
        after: What it is since that change.
        change_id: The change that says so.
        came_at: When it came in here.
        came_by: Who or what brought it, such as `sync crm`.
        source_at: When the source says it was changed there; None where it does not say.
    """

    source: str
    external_id: str
    deal_id: int
    name: str
    spans: tuple[Span, ...]
    before: Standing
    after: Standing
    change_id: int
    came_at: datetime
    came_by: str
    source_at: datetime | None


def newest(conn: Connection) -> int | None:
    """The newest version of any deal; None while no period was ever locked, so that nothing need be watched."""
    if not periods.any_locked(conn):
        return None
    return int(conn.execute(select(func.coalesce(func.max(deal.c.version_id), 0))).scalar_one())


def since(conn: Connection, version_id: int) -> list[Changed]:
    """The deals of locked periods with a version newer than that one, in the order of the versions."""
    return _changed(conn, _locked(conn), _NEW.c.version_id > version_id)


def since_lock(conn: Connection) -> list[Changed]:
    """Every change of a deal after its period was locked, oldest first; takes a look at every replaced version."""
    locked = _locked(conn)
    first = min((moved.change_id for moved in locked), default=0)
    return _changed(conn, locked, _OLD.c.superseded_by > first)


def _locked(conn: Connection) -> list[Moved]:
    """The lock of each period that is locked or paid."""
    if not periods.any_locked(conn):
        return []
    shut = [span for span, last in periods.states(conn).items() if last.state in ("locked", "paid")]
    return [next(one for one in reversed(periods.history(conn, span)) if one.move == "lock") for span in shut]


def _changed(conn: Connection, locked: Sequence[Moved], wanted: ColumnElement[bool]) -> list[Changed]:
    if not locked:
        return []
    sides = [side.c[name].label(f"{side.name}_{name}") for side in (_OLD, _NEW) for name in _SHOWN]
    named = (_NEW.c.source_label, _NEW.c.external_id, _NEW.c.deal_id, _NEW.c.name, _NEW.c.change_id, _NEW.c.source_us)
    told = (change.c.at, change.c.actor, change.c.cause)
    same = (_OLD.c.deal_id == _NEW.c.deal_id) & (_OLD.c.superseded_by == _NEW.c.change_id)
    made = change.c.change_id == _NEW.c.change_id
    found_rows = select(*named, *told, *sides).join(_OLD, same).join(change, made).where(wanted)
    rows = conn.execute(found_rows.order_by(_NEW.c.version_id)).mappings()
    words = labels.words(conn)
    found = (_one(dict(row), words, locked) for row in rows)
    return [one for one in found if one.spans and one.before != one.after]


def _one(row: dict[str, Any], words: Mapping[int, str], locked: Sequence[Moved]) -> Changed:
    before, after = _standing(row, "old", words), _standing(row, "new", words)
    days = [each.booked_on for each in (before, after) if each.counts]
    spans = (moved.span for moved in locked if row["change_id"] > moved.change_id)
    hit = tuple(span for span in spans if any(span.start_on <= on < span.end_on for on in days))
    actor, cause, stamp = row["actor"], row["cause"], row["source_us"]
    return Changed(
        source=words[row["source_label"]],
        external_id=row["external_id"],
        deal_id=row["deal_id"],
        name=row["name"],
        spans=hit,
        before=before,
        after=after,
        change_id=row["change_id"],
        came_at=row["at"],
        came_by=cause if actor == "system" else f"{cause} by {actor}",
        source_at=None if stamp is None else instant(stamp),
    )


def _standing(row: dict[str, Any], side: str, words: Mapping[int, str]) -> Standing:
    said = {name: row[f"{side}_{name}"] for name in _SHOWN}
    return Standing(
        amount_cents=said["amount_cents"],
        currency=words[said["currency_label"]],
        owner=said["owner_external_id"],
        is_owner_known=said["owner_id"] != 0,
        stage=words[said["stage_label"]],
        booked_on=said["booked_on"],
        is_deleted=bool(said["deleted"]),
    )
