"""The forms of ops alerts as they are sent: a fix with what it asks for, and an alert that is put off."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from bot.alerts import telling
from bot.slack.alert_buttons import AlertForm, after
from bot.slack.forms import private
from messages.alert_forms import DAYS
from operations.fixes import presses
from operations.fixes.work import Told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.slack.inbound import Inbound
    from bot.slack.turn import Turn

LEAST_REASON = 4


def send_fix(turn: Turn) -> None:
    """Carry the fix out; whoever was quicker is named to who was not."""
    form, entered = private(AlertForm, turn.inbound), _texts(turn.inbound)
    turn.permitted("fix_alert", turn.person)
    fields = {name: text for name, text in entered.items() if name not in ("item", "reason")}
    if fields.get("user"):
        fields["user"] = f"{turn.inbound.team_id}/{fields['user']}"
    told = Told(entered.get("item", ""), fields, entered.get("reason", ""))
    after(turn, presses.fix(turn.context, form.alert, form.fix, told, telling(turn.services.settings)))


def send_snooze(turn: Turn) -> None:
    """Put the alert off until nine in the morning (UTC) of the day that was chosen."""
    form, entered = private(AlertForm, turn.inbound), _texts(turn.inbound)
    turn.permitted("snooze_alert", turn.person)
    until = datetime.combine(date.fromisoformat(entered["until"]), time(9), UTC)
    told = telling(turn.services.settings)
    after(turn, presses.snooze(turn.context, form.alert, until, entered["reason"], told))


def check_fix(inbound: Inbound) -> Mapping[str, str]:
    """What is wrong with a fix as it was entered: days that are none, and a reason that says nothing."""
    entered = _texts(inbound)
    wrong = {
        name: "Write a day such as 2026-11-01."
        for name in DAYS & entered.keys()
        if entered[name] and _day(entered[name]) is None
    }
    start, end = _day(entered.get("start_on", "")), _day(entered.get("end_on", ""))
    if start and end and end <= start:
        wrong["end_on"] = "This has to be later than the first day."
    if "reason" in entered and len(entered["reason"]) < LEAST_REASON:
        wrong["reason"] = "Say why, so that somebody else understands it in a year."
    return wrong


def check_snooze(inbound: Inbound) -> Mapping[str, str]:
    """What is wrong with the form that puts an alert off."""
    entered = _texts(inbound)
    wrong = {} if _day(entered.get("until", "")) else {"until": "Choose a day."}
    if len(entered.get("reason", "")) < LEAST_REASON:
        wrong["reason"] = "Say why, so that somebody else understands it in a year."
    return wrong


def _texts(inbound: Inbound) -> dict[str, str]:
    return {name: text for name, text in inbound.entered.items() if isinstance(text, str)}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


SUBMISSIONS: Mapping[str, Callable[[Turn], None]] = {"alert_fix": send_fix, "alert_snooze": send_snooze}
CHECKS: Mapping[str, Callable[[Inbound], Mapping[str, str]]] = {"alert_fix": check_fix, "alert_snooze": check_snooze}
