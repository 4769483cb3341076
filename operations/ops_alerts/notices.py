"""What the ops channel is owed of alerts: one message per alert, edited as it moves on, and never anybody's pay.

Many that open at once, as at the first check of a company, are one message that lists them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.alert_kinds import KINDS
from engine.notices import Notice, Recipient
from store import ops_alerts, outbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from engine.money import Money
    from store.database import Connection
    from store.ops_alerts import Alert

#: From this severity on an alert is left to the digest.
DIGEST_ONLY = 3
#: Up to so many that open at once have a message each; more of them have one together.
MOST_AT_ONCE = 5
#: So many alerts are listed in one message; all are counted.
LISTED = 20
#: So many findings are quoted in a message.
QUOTED = 5


@dataclass(frozen=True, slots=True)
class Telling:
    """Which channel is told, and whether of credit and pay at risk in all; a single person's never."""

    channel: str
    shows_risk: bool = False


def owed(conn: Connection, telling: Telling, changed: Sequence[Alert], now: datetime) -> list[Notice]:
    """The notices about the alerts that changed: new messages, or one for many, and edits of those that are there."""
    new: list[Alert] = []
    found = []
    for alert in changed:
        if not telling.channel or alert.severity >= DIGEST_ONLY:
            continue
        if outbox.of_topic(conn, topic_of(alert)):
            found.append(_notice(conn, telling, alert, edits=True))
        elif alert.standing.state == "open":  # nobody was told of the others, and they need nobody any more
            new.append(alert)
    if len(new) > MOST_AT_ONCE:
        return [*found, _together(telling, new, now)]
    return [*found, *(_notice(conn, telling, alert, edits=False) for alert in new)]


def _together(telling: Telling, new: Sequence[Alert], now: datetime) -> Notice:
    """One message about many that opened at once, the most urgent first."""
    urgent = sorted(new, key=lambda alert: (alert.severity, -alert.count, alert.alert_id))
    return Notice(
        key=f"ops_digest:{telling.channel}:{now.isoformat()}",
        kind="ops_digest",
        to=Recipient(channel=telling.channel),
        data={
            "on": now.date().isoformat(),
            "alerts": [listed(alert) for alert in urgent[:LISTED]],
            "more": max(len(urgent) - LISTED, 0),
            "opened": len(urgent),
        },
    )


def listed(alert: Alert) -> dict[str, Any]:
    """An alert as a line of a message about several."""
    return {
        "alert": alert.alert_id,
        "code": alert.code,
        "name": KINDS[alert.code].name,
        "severity": alert.severity,
        "subject": alert.subject,
        "count": alert.count,
        "owner": alert.owner,
        "opened_at": alert.opened_at.isoformat(),
    }


def topic_of(alert: Alert) -> str:
    """What the messages about an alert have in common in one round: a closed one is not written over."""
    return f"ops_alert:{alert.alert_id}:{alert.round}"


def _notice(conn: Connection, telling: Telling, alert: Alert, *, edits: bool) -> Notice:
    """The notice of the alert as it stands."""
    topic, to = topic_of(alert), Recipient(channel=telling.channel)
    return Notice(
        key=f"{topic}:{alert.version}",
        kind="ops_alert",
        to=to,
        data=data_of(conn, alert, shows_risk=telling.shows_risk),
        topic=topic,
        edits=topic if edits else "",
    )


def data_of(conn: Connection, alert: Alert, *, shows_risk: bool) -> dict[str, Any]:
    """What the message says: no amount of pay, no name where the kind is private, and how to act."""
    kind = KINDS[alert.code]
    items = [] if kind.is_private else [one.message for one in ops_alerts.items(conn, alert.alert_id)[:QUOTED]]
    fixes = ops_alerts.fixes(conn, alert)
    return {
        "alert": alert.alert_id,
        "code": alert.code,
        "name": kind.name,
        "severity": alert.severity,
        "state": alert.standing.state,
        "subject": alert.subject,
        "count": alert.count,
        "items": items,
        "owner": alert.owner,
        "reason": alert.reason,
        "opened_at": alert.opened_at.isoformat(),
        "until": alert.standing.until.isoformat() if alert.standing.until else "",
        "closed_at": alert.closed_at.isoformat() if alert.closed_at else "",
        "fixes": [fix.name for fix in kind.offered],
        "outside": kind.outside,
        "risk_of": kind.risk_of,
        "risk": [_money(one) for one in alert.risk] if shows_risk and _may_show(alert) else [],
        "done": [f"{one.actor}: {one.detail}" for one in fixes] if not kind.is_private else [],
    }


def _may_show(alert: Alert) -> bool:
    """Whether an amount tells nobody's pay: it is credit, or pay of more than one person or deal."""
    return KINDS[alert.code].risk_of == "credit" or alert.count > 1


def _money(amount: Money) -> dict[str, Any]:
    return {"minor": amount.minor, "currency": amount.currency}
