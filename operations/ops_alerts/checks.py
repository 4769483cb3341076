"""One check of the ops alerts: what is found opens, what is gone closes, and the channel is owed the difference.

A kind that cannot be looked for, whatever went wrong, stops none of the others: what stood of it stands, and that it
could not be looked for is an alert of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from engine import alert_states
from engine.alert_kinds import KINDS
from engine.alert_states import NEW, Standing
from engine.ops_alerts import Finding, grouped
from operations.ops_alerts import deals, messages, notices, pay, people, periods, plans, spifs, syncs
from operations.ops_alerts.reading import Limits, Reading
from store import ops_alerts, outbox
from store.ops_alerts import Alert, Move

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from engine.ops_alerts import Condition
    from operations.context import Context
    from operations.ops_alerts.notices import Telling
    from operations.ops_alerts.reading import Finder
    from store.database import Connection

#: Kinds that are found without calculating anybody: these are looked for at once after a fix.
CHEAP = frozenset({"A1", "A3", "A26", "A27", "A28", "A29"})
#: The condition that some kinds could not be looked for.
UNCHECKED = "checks"
#: Who makes the moves that nobody presses.
CHECK = "attain"
FINDERS: Mapping[str, Finder] = {
    code: finder
    for family in (syncs, people, deals, periods, pay, plans, spifs, messages)
    for code, finder in family.FINDERS.items()
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check did: how many alerts opened, opened again, closed, and stand now.

    `failed` are the kinds that could not be looked for, with what went wrong.
    """

    opened: int
    reopened: int
    closed: int
    standing: int
    failed: Mapping[str, Exception] = field(default_factory=dict)


def check(
    ctx: Context, telling: Telling | None = None, codes: Collection[str] | None = None, limits: Limits | None = None
) -> Checked:
    """Every kind looked for, or those in `codes`; the others stay as they are.

    Args:
        ctx: The store, the day and the instant.
        telling: Which channel is told what; None tells nobody.
        codes: Only these kinds.
        limits: Where ordinary ends.
    """
    wanted = sorted(FINDERS if codes is None else codes, key=lambda code: int(code[1:]))
    with ctx.db.read() as conn:
        reading = Reading(ctx, conn, limits or Limits())
        before = {alert.key: alert for alert in ops_alerts.standing(conn)}
        findings, failed = _looked(reading, wanted)
        found = grouped(findings)
        before |= ops_alerts.by_keys(conn, [condition.name for condition in found])
    names = {condition.name for condition in found}
    looked = set(wanted) - set(failed)
    gone = [alert for alert in before.values() if alert.code in looked and alert.key not in names]
    if codes is not None:  # only a look for every kind tells that every kind can be looked for
        gone = [alert for alert in gone if alert.key != f"A21:{UNCHECKED}"]
    moves: list[str] = []
    with ctx.db.write() as conn:
        told = [_found(conn, ctx, condition, before.get(condition.name), moves) for condition in found]
        told += [_gone(conn, ctx, alert, moves) for alert in gone]
        if telling is not None:
            outbox.put(
                conn, notices.owed(conn, telling, [alert for alert in told if alert is not None], ctx.now), ctx.now
            )
        standing = len(ops_alerts.standing(conn))
    return Checked(moves.count("opened"), moves.count("reopened"), moves.count("closed"), standing, failed)


def _looked(reading: Reading, wanted: Collection[str]) -> tuple[list[Finding], dict[str, Exception]]:
    """What every kind found, and what went wrong with those that could not be looked for."""
    findings: list[Finding] = []
    failed: dict[str, Exception] = {}
    for code in wanted:
        try:
            with reading.conn.begin_nested():  # a statement that failed would spoil the others' transaction
                findings += list(FINDERS[code](reading))
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one kind must not hide the other 28
            failed[code] = error
            # The text of an error may hold a figure; what kind it is tells enough to look into the log.
            message = f"{code} {KINDS[code].name} could not be looked for: {type(error).__name__}"
            findings.append(Finding("A21", UNCHECKED, "kinds that could not be looked for", f"check:{code}", message))
    return findings, failed


def _found(
    conn: Connection, ctx: Context, condition: Condition, before: Alert | None, moves: list[str]
) -> Alert | None:
    """The alert of a condition that was found; None where nothing about it changed, or somebody was quicker."""
    if before is None:
        return _opened(conn, ctx, condition, moves)
    standing, seen = alert_states.found(before.standing, condition.marks, ctx.now)
    after = replace(
        before,
        standing=standing,
        subject=condition.subject,
        since_on=condition.since_on,
        count=len(condition.findings),
        risk=condition.risk,
        marks=condition.marks,
    )
    if after == before:
        return None
    if seen in ("reopened", "woken"):
        after = replace(after, reason="", closed_at=None)
    if seen == "reopened":
        after = replace(after, round=before.round + 1, opened_at=ctx.now, owner="", owner_id=0)
    after = replace(after, version=before.version + 1, seen_at=ctx.now)
    if not ops_alerts.change(conn, before, after):
        return None
    ops_alerts.set_items(conn, after.alert_id, condition)
    if seen is not None:
        moves.append(seen)
        ops_alerts.record(conn, after.alert_id, Move(seen, standing.state, CHECK, ctx.now, after.round))
    return after


def _opened(conn: Connection, ctx: Context, condition: Condition, moves: list[str]) -> Alert | None:
    alert = Alert(
        alert_id=0,
        key=condition.name,
        code=condition.code,
        severity=condition.severity,
        standing=Standing("open"),
        subject=condition.subject,
        since_on=condition.since_on,
        count=len(condition.findings),
        risk=condition.risk,
        marks=condition.marks,
        opened_at=ctx.now,
        seen_at=ctx.now,
    )
    stored = ops_alerts.add(conn, alert)
    if stored is None:
        return None
    ops_alerts.set_items(conn, stored.alert_id, condition)
    ops_alerts.record(conn, stored.alert_id, Move("opened", "open", CHECK, ctx.now))
    moves.append("opened")
    return stored


def _gone(conn: Connection, ctx: Context, before: Alert, moves: list[str]) -> Alert | None:
    """The alert of a condition that is gone, closed; its last findings stay readable."""
    standing, seen = alert_states.gone(before.standing)
    if seen is None:
        return None
    after = replace(before, standing=NEW, version=before.version + 1, closed_at=ctx.now)
    if not ops_alerts.change(conn, before, after):
        return None
    moves.append(seen)
    ops_alerts.record(conn, after.alert_id, Move(seen, standing.state, CHECK, ctx.now, after.round))
    return after
