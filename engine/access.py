"""Who may see or do what to whom: the one place that decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from engine.people import Person

# Reading one person's figures; everything else is running the machine.
READ_ACTIONS = frozenset({"see_quota", "see_earnings", "see_line", "see_statement", "see_home"})
#: What a person does about their own messages.
OWN_ACTIONS = frozenset({"answer_notice", "set_preferences"})
RUN_ACTIONS = frozenset({"sync", "recalculate", "publish_plan", "see_status", "replay"})
ALERT_ACTIONS = frozenset({"see_alerts", "take_alert", "snooze_alert", "fix_alert"})
ADMIN_ACTIONS = frozenset({"lift_lock"})
# A SPIF in which the subject takes part: leading one moves money, so a manager may do it for those below only.
LEAD_ACTIONS = frozenset({"lead_spif"})
_RUNNERS = frozenset({"ops", "admin"})


def can(actor: Person, action: str, subject: Person, chain: Collection[int]) -> bool:
    """Whether `actor` may do `action` to `subject`; `chain` holds the ids of the managers above the subject that day.

    A person reads their own figures, a manager those of everybody below them, ops and admin everybody's. Actions
    that run the machine belong to ops and admin. A manager leads what people below them take part in. An action
    nobody has heard of is refused.
    """
    if action in RUN_ACTIONS or action in ALERT_ACTIONS:
        return actor.role in _RUNNERS
    if action in ADMIN_ACTIONS:
        return actor.role == "admin"
    if action in LEAD_ACTIONS:
        return actor.role in _RUNNERS or (actor.role == "manager" and actor.rep_id in chain)
    if action in OWN_ACTIONS:
        return actor.rep_id == subject.rep_id
    if action not in READ_ACTIONS:
        return False
    if actor.rep_id == subject.rep_id or actor.role in _RUNNERS:
        return True
    return actor.rep_id in chain
