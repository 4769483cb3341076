"""What a leadership digest says beside its sums: SPIFs of the quarter, and ops alerts that are open."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from engine.alert_kinds import KINDS
from engine.leadership import SpifReturn
from engine.money import Money
from store import ops_alerts, spif_figures, spif_prizes, spifs

if TYPE_CHECKING:
    from engine.dates import Period
    from engine.spifs.life import State
    from store.database import Connection
    from store.spifs import Kept

#: From the announcement on people know of a SPIF; a hidden one is nobody's news.
TOLD: tuple[State, ...] = (
    "announced", "live", "closed", "verification", "results_proposed", "results_approved", "paid", "clawback",
    "reviewed",
)  # fmt: skip
GRAVEST = 5


def alerts(conn: Connection) -> tuple[tuple[tuple[str, int], ...], tuple[str, ...]]:
    """How many alerts are open by severity, and the gravest in words: what it is, and what it is about."""
    found = ops_alerts.standing(conn)
    counts = Counter(alert.severity for alert in found)
    first = [alert for alert in found if alert.severity == 1][:GRAVEST]
    said = tuple(
        f"{KINDS[alert.code].name}: {alert.subject}" if alert.subject and not KINDS[alert.code].is_private
        else KINDS[alert.code].name
        for alert in first
    )  # fmt: skip
    return tuple((f"sev{severity}", counts[severity]) for severity in sorted(counts)), said


def returns(conn: Connection, period: Period) -> tuple[SpifReturn, ...]:
    """What each SPIF that runs in the period, or has prizes posted, cost of its budget; the newest first."""
    told = [kept for kept in spifs.listed(conn, TOLD) if not kept.rules.is_hidden and _touches(kept, period)]
    return tuple(_return(conn, kept) for kept in sorted(told, key=lambda kept: -kept.spif_id))


def _touches(kept: Kept, period: Period) -> bool:
    window = kept.rules.window
    return window.start_on < period.end_on and period.start_on < window.end_on


def _return(conn: Connection, kept: Kept) -> SpifReturn:
    rules = kept.rules
    spent = spif_prizes.cost(conn, kept.spif_id).get(rules.currency, 0)
    looked_back = spif_figures.latest(conn, kept.spif_id, "review")
    lift = None if looked_back is None else looked_back.body.get("lift_ppm")
    amounts = (Money(spent, rules.currency), Money(rules.budget, rules.currency))
    return SpifReturn(rules.name, kept.state, *amounts, lift)
