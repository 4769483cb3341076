"""The answers about what could be, what is not there, and what changed, said to whoever may see the pay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from messages import views
from operations import bridges
from operations import gap as gaps
from operations import paycheck as paychecks
from operations import what_if as what_ifs
from operations import why_not as why_nots

if TYPE_CHECKING:
    from bot.slack.phrases import Asked
    from bot.slack.turn import Turn
    from engine.people import Person

_THIS = ("this month", "this quarter", "this year")


def what_if(turn: Turn, asked: Asked, person: Person) -> None:
    """Say what the person would earn if the deals that are named closed in the period that is named."""
    answer = what_ifs.spoken(turn.context, person, asked.deal, asked.period)
    turn.say("what_if", views.what_if(answer, turn.reader), person)


def gap(turn: Turn, _asked: Asked, person: Person) -> None:
    """Say which open deals bring the person to quota and to the next tier."""
    turn.say("gap", views.gap(gaps.gap(turn.context, person), turn.reader), person)


def paycheck(turn: Turn, asked: Asked, person: Person) -> None:
    """Say what the person is paid by the day or period that is named, or on the next pay day."""
    after_days = turn.services.settings.pay_after_days
    answer = paychecks.paid_by(turn.context, person, asked.period or "", after_days)
    turn.say("paycheck", views.paycheck(answer, turn.reader), person)


def why_not(turn: Turn, asked: Asked, person: Person) -> None:
    """Say why a deal is, or is not, on the person's statement."""
    turn.say("why_not", views.why_not(why_nots.why_not(turn.context, person, asked.deal), turn.reader), person)


def bridge(turn: Turn, asked: Asked, person: Person) -> None:
    """Say why the person's pay changed: from the period that is named to this one, or from the one before it."""
    span = (None, asked.period) if asked.period in _THIS else (asked.period, None)
    answer = bridges.between_periods(turn.context, person, *span)
    turn.say("bridge", views.bridge(answer, turn.reader), person)
