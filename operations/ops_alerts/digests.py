"""What the ops channel is owed beside single alerts: a digest a day, and what was calculated."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from engine.alert_kinds import KINDS
from engine.notices import Notice, Recipient
from operations import pricing
from operations.ops_alerts.notices import DIGEST_ONLY, LISTED, listed
from store import alert_facts, ops_alerts, outbox, runs
from store.changes import watermark

if TYPE_CHECKING:
    from operations.context import Context
    from operations.ops_alerts.notices import Telling
    from operations.recalculate import RunSummary
    from store.ops_alerts import Alert

#: The digest is owed from that hour on (UTC), once a day.
DIGEST_HOUR = 8
#: How long it is worth saying that people were not told.
LATEST_WORD = timedelta(days=3)


def daily(ctx: Context, telling: Telling) -> bool:
    """Whether the day's digest was owed: alerts left to it, and those that stand for longer than they should."""
    if not telling.channel or ctx.now.hour < DIGEST_HOUR:
        return False
    with ctx.db.write() as conn:
        due = [alert for alert in ops_alerts.standing(conn) if _belongs(ctx, alert)]
        if not due:
            return False
        notice = Notice(
            key=f"ops_digest:{telling.channel}:{ctx.now.date()}",
            kind="ops_digest",
            to=Recipient(channel=telling.channel),
            data={
                "on": ctx.now.date().isoformat(),
                "alerts": [listed(alert) for alert in due[:LISTED]],
                "more": max(len(due) - LISTED, 0),
            },
            expires_at=ctx.now + timedelta(days=1),
        )
        return outbox.put(conn, [notice], ctx.now) == 1


def _belongs(ctx: Context, alert: Alert) -> bool:
    if alert.standing.state not in ("open", "resolved"):
        return False
    overdue = ctx.now - alert.opened_at > timedelta(hours=KINDS[alert.code].sla_hours)
    return alert.severity >= DIGEST_ONLY or overdue


def run_summary(ctx: Context, telling: Telling, summary: RunSummary) -> None:
    """The day's message about calculations, brought up to this one: people, lines and problems, never an amount.

    Where it moved figures for so many that they are not told one by one, a message of its own says so.
    """
    if not telling.channel:
        return
    midnight = datetime.combine(ctx.now.date(), time(), UTC)
    topic = f"run_summary:{telling.channel}:{ctx.now.date()}"
    with ctx.db.write() as conn:
        was_told = bool(outbox.of_topic(conn, topic))
        notice = Notice(
            key=f"{topic}:{summary.runs[-1]}",
            kind="run_summary",
            to=Recipient(channel=telling.channel),
            data={
                "at": ctx.now.isoformat(),
                "runs": alert_facts.runs_since(conn, midnight),
                "reps": summary.reps,
                "lines": summary.lines,
                "plans": sorted({total.plan for total in summary.totals}),
                "problems": len(summary.problems),
            },
            topic=topic,
            edits=topic if was_told else "",
            expires_at=midnight + timedelta(days=1),
        )
        outbox.put(conn, [notice], ctx.now)
        if summary.unsaid:
            data = dict(notice.data) | {"unsaid": summary.unsaid}
            own = Notice(
                f"run_unsaid:{summary.runs[-1]}", notice.kind, notice.to, data, expires_at=ctx.now + LATEST_WORD
            )
            outbox.put(conn, [own], ctx.now)


def run_failed(ctx: Context, why: str) -> None:
    """A calculation on record that failed with that kind of error."""
    with ctx.db.write() as conn:
        opened = runs.RunOpened(ctx.as_of, watermark(conn), (), "", pricing.code_version(), "facts changed", ctx.now)
        runs.failed(conn, opened, why)
