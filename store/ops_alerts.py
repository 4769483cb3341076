"""Ops alerts: one row per condition, its findings, and every move of it with who, when and why."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from engine.alert_states import Standing
from engine.money import Money
from store.bulk import among, insert_new
from store.tables.ops_alerts import ops_alert, ops_alert_item, ops_alert_move

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Connection, Row

    from engine.ops_alerts import Condition, Finding

#: So many findings of one alert are kept word by word; all are counted.
MOST_ITEMS = 200


@dataclass(frozen=True, slots=True)
class Alert:
    """One condition as it stands.

    Attributes:
        alert_id: Its number; 0 before it is saved.
        key: The kind and the condition.
        code: The kind.
        severity: 1, 2 or 3.
        standing: Its state and what that needs.
        subject: What it is about.
        since_on: The first day concerned; None where every period is.
        count: How many findings it has.
        risk: What is at risk, per currency.
        marks: What the findings are recognised by.
        owner: The address of who took it, "" while nobody did; `owner_id` their number.
        reason: Why it was put off or accepted.
        round: How often it has opened.
        version: Grows with every change.
        opened_at: Since when it is open this time.
        seen_at: When a check last found something new about it.
        closed_at: When it closed; None while it has not.
    """

    alert_id: int
    key: str
    code: str
    severity: int
    standing: Standing
    subject: str
    since_on: date | None
    count: int
    risk: tuple[Money, ...]
    marks: frozenset[str]
    opened_at: datetime
    seen_at: datetime
    owner: str = ""
    owner_id: int = 0
    reason: str = ""
    round: int = 1
    version: int = 1
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One finding as the last check saw it."""

    item: str
    message: str
    risk: Money | None
    found: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Move:
    """One move: what, to which state, by whom, why; of a fix also which one, of which item, and what it did."""

    move: str
    state: str
    actor: str
    at: datetime
    round: int = 1
    reason: str = ""
    fix: str = ""
    item: str = ""
    detail: str = ""
    change_id: int = 0


def standing(conn: Connection) -> tuple[Alert, ...]:
    """Every alert that is not closed, the most urgent and oldest first."""
    return _alerts(conn, ops_alert.c.state != "closed")


def by_keys(conn: Connection, keys: Iterable[str]) -> dict[str, Alert]:
    """The alerts of those conditions, closed ones too, by key."""
    return {alert.key: alert for alert in _alerts(conn, among(conn, ops_alert.c.key, sorted(set(keys))))}


def by_id(conn: Connection, alert_id: int, *, to_change: bool = False) -> Alert | None:
    """The alert with that number; `to_change` lets nobody else change it before the transaction ends."""
    wanted = select(ops_alert).where(ops_alert.c.alert_id == alert_id)
    row = conn.execute(wanted.with_for_update() if to_change else wanted).first()
    return None if row is None else _alert(row)


def items(conn: Connection, alert_id: int) -> tuple[Item, ...]:
    """The findings of an alert, by item; of very many the first."""
    rows = conn.execute(
        select(ops_alert_item).where(ops_alert_item.c.alert_id == alert_id).order_by(ops_alert_item.c.item)
    )
    return tuple(
        Item(
            row.item,
            row.message,
            None if row.risk_minor is None else Money(row.risk_minor, row.currency),
            json.loads(row.found),
        )
        for row in rows
    )


def moves(conn: Connection, alert_id: int) -> tuple[Move, ...]:
    """Every move of an alert, oldest first."""
    return _moves(conn, ops_alert_move.c.alert_id == alert_id)


def fixes(conn: Connection, alert: Alert) -> tuple[Move, ...]:
    """The fixes of an alert since it opened this time, oldest first."""
    table = ops_alert_move.c
    return _moves(conn, (table.alert_id == alert.alert_id) & (table.round == alert.round) & (table.fix != ""))


def add(conn: Connection, alert: Alert) -> Alert | None:
    """The alert with its number; None where somebody else has just stored the same condition."""
    if not insert_new(conn, ops_alert, _row(alert), ("key",)):
        return None
    found = conn.execute(select(ops_alert.c.alert_id).where(ops_alert.c.key == alert.key)).scalar_one()
    return replace(alert, alert_id=int(found))


def change(conn: Connection, before: Alert, after: Alert) -> bool:
    """Whether the alert was changed; not where it is no longer as it was before. Its version is for the caller."""
    mine = (ops_alert.c.alert_id == before.alert_id) & (ops_alert.c.version == before.version)
    return conn.execute(update(ops_alert).where(mine).values(**_row(after))).rowcount == 1


def set_items(conn: Connection, alert_id: int, condition: Condition) -> None:
    """The findings of the alert are those of the condition from now on."""
    conn.execute(delete(ops_alert_item).where(ops_alert_item.c.alert_id == alert_id))
    kept = [_item(alert_id, finding) for finding in condition.findings[:MOST_ITEMS]]
    if kept:
        conn.execute(insert(ops_alert_item), kept)


def record(conn: Connection, alert_id: int, made: Move) -> None:
    """A move stored.

    Raises:
        IntegrityError: The same fix was made of the same item in this round already.
    """
    row = {name: getattr(made, name) for name in Move.__slots__}
    conn.execute(insert(ops_alert_move), row | {"alert_id": alert_id})


def _alerts(conn: Connection, which: ColumnElement[bool]) -> tuple[Alert, ...]:
    ordered = (ops_alert.c.severity, ops_alert.c.opened_at, ops_alert.c.alert_id)
    return tuple(map(_alert, conn.execute(select(ops_alert).where(which).order_by(*ordered))))


def _moves(conn: Connection, which: ColumnElement[bool]) -> tuple[Move, ...]:
    rows = conn.execute(select(ops_alert_move).where(which).order_by(ops_alert_move.c.move_id))
    return tuple(Move(**{name: getattr(row, name) for name in Move.__slots__}) for row in rows)


def _alert(row: Row[Any]) -> Alert:
    return Alert(
        alert_id=row.alert_id,
        key=row.key,
        code=row.code,
        severity=row.severity,
        standing=Standing(row.state, row.until, bool(row.lifts_lock), frozenset(json.loads(row.accepted))),
        subject=row.subject,
        since_on=row.since_on,
        count=row.findings,
        risk=tuple(Money(minor, currency) for minor, currency in json.loads(row.risk)),
        marks=frozenset(json.loads(row.marks)),
        opened_at=row.opened_at,
        seen_at=row.seen_at,
        owner=row.owner,
        owner_id=row.owner_id,
        reason=row.reason,
        round=row.round,
        version=row.version,
        closed_at=row.closed_at,
    )


def _row(alert: Alert) -> dict[str, Any]:
    held = alert.standing
    plain = ("key", "code", "severity", "subject", "since_on", "opened_at", "seen_at", "owner", "owner_id")
    more = ("reason", "round", "version", "closed_at")
    return {name: getattr(alert, name) for name in (*plain, *more)} | {
        "findings": alert.count,
        "state": held.state,
        "until": held.until,
        "lifts_lock": int(held.lifts_lock),
        "accepted": _listed(held.accepted),
        "risk": json.dumps([[money.minor, money.currency] for money in alert.risk]),
        "marks": _listed(alert.marks),
    }


def _listed(marks: Iterable[str]) -> str:
    return json.dumps(sorted(marks), separators=(",", ":"))


def _item(alert_id: int, finding: Finding) -> dict[str, Any]:
    return {
        "alert_id": alert_id,
        "item": finding.item,
        "message": finding.message,
        "risk_minor": None if finding.risk is None else finding.risk.minor,
        "currency": "" if finding.risk is None else finding.risk.currency,
        "found": json.dumps(dict(finding.found), ensure_ascii=False, sort_keys=True),
    }


def names_of(alerts: Sequence[Alert]) -> str:
    """The kinds and subjects of some alerts in one line, for a sentence."""
    return "; ".join(f"{alert.code} {alert.subject}" for alert in alerts)
