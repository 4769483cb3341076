"""The three answers about pay, said the same way to a command, a question and a button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from messages import views
from operations import answers

if TYPE_CHECKING:
    from bot.slack.turn import Turn
    from engine.answers import EarningsAnswer, QuotaAnswer
    from engine.people import Person
    from messages.reply import View

_ASK_INSTEAD = {
    "manager": "Ask about a report: /myquota @name.",
    "ops": "Ask about anybody: /myquota @name. /attain status says how fresh the data is.",
    "admin": "Ask about anybody: /myquota @name. /attain status says how fresh the data is.",
}


def quota(turn: Turn, person: Person, period: str | None) -> None:
    """Say what is left of the person's quota in that period (None: the current one)."""
    answer = answers.quota(turn.context, person, period)
    if person.role in _ASK_INSTEAD and not _is_paid(answer, answers.earnings(turn.context, person, period)):
        turn.say("error", carries_none(turn, person))
    else:
        turn.say("quota", views.quota(answer, turn.reader), person)


def earnings(turn: Turn, person: Person, period: str | None) -> None:
    """Say what the person earned in that period (None: the current one)."""
    answer = answers.earnings(turn.context, person, period)
    if person.role in _ASK_INSTEAD and not _is_paid(answers.quota(turn.context, person, period), answer):
        turn.say("error", carries_none(turn, person))
    else:
        turn.say("earnings", views.earnings(answer, turn.reader), person)


def statement(turn: Turn, person: Person, period: str | None) -> None:
    """Say the person's whole statement of that period: components, then lines that tie to the total."""
    answer = answers.earnings(turn.context, person, period)
    if person.role in _ASK_INSTEAD and not _is_paid(answers.quota(turn.context, person, period), answer):
        turn.say("error", carries_none(turn, person))
    else:
        turn.say("statement", views.statement(answer, turn.reader), person)


def home(turn: Turn, person: Person) -> View | None:
    """The Home tab of the person; None where it has nothing to show because they are not paid by a plan."""
    answer = answers.home(turn.context, person)
    if person.role in _ASK_INSTEAD and not _is_paid(answer.quota, answer.earnings):
        return None
    return views.home(answer, turn.reader)


def carries_none(turn: Turn, person: Person) -> View:
    """That somebody who leads or runs things carries no quota, and what to ask instead."""
    who = (
        "You carry no quota yourself." if person.rep_id == turn.person.rep_id else f"{person.name} carries no quota."
    )
    return views.error(who, _ASK_INSTEAD.get(turn.person.role, _ASK_INSTEAD["manager"]))


def _is_paid(quota: QuotaAnswer, earned: EarningsAnswer) -> bool:
    """Whether a plan, a quota or a line says that this person is paid by what they sell."""
    return bool(quota.plan or quota.quotas or earned.plan or earned.lines)
