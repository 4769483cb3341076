"""Plain questions in a direct message: the words pick the question, operations supply every figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.slack import phrases, replies
from bot.slack.actions import say_line
from bot.slack.commands.attain import say_status
from messages import actions, views
from operations import answers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.slack.phrases import Asked, Question
    from bot.slack.turn import Turn
    from engine.answers import EarningsAnswer, LineSummary
    from messages.reply import View
    from messages.views import Choice

EXPLAINED_AT_ONCE = 3
_LABELS: Mapping[Question, tuple[str, str]] = {
    "quota": ("What's left of my quota?", actions.SHOW_QUOTA),
    "earnings": ("What did I earn?", actions.SHOW_EARNINGS),
    "deal": ("What did I earn, deal by deal?", actions.SHOW_EARNINGS),
    "line": ("Show me my lines", actions.SHOW_EARNINGS),
    "statement": ("Explain my statement", actions.EXPLAIN_STATEMENT),
    "status": ("What can I ask?", actions.OPEN_HOME_HELP),
    "help": ("What can I ask?", actions.OPEN_HOME_HELP),
}


def handle(turn: Turn) -> None:
    """Answer a direct message; words that name no question get the nearest three as buttons, never a guess."""
    asked = phrases.understand(turn.inbound.text)
    if asked is None:
        _offer_nearest(turn)
    else:
        _HANDLERS[asked.question](turn, asked)


def point_to_direct_message(turn: Turn) -> None:
    """Answer a mention in a channel with a private pointer; pay is never discussed where others read."""
    turn.say("help", views.help(turn.reader))


def _quota(turn: Turn, asked: Asked) -> None:
    replies.quota(turn, turn.person, asked.period)


def _earnings(turn: Turn, asked: Asked) -> None:
    replies.earnings(turn, turn.person, asked.period)


def _statement(turn: Turn, asked: Asked) -> None:
    replies.statement(turn, turn.person, asked.period)


def _line(turn: Turn, asked: Asked) -> None:
    """One line by its number; without one, the earnings whose lines carry a button each."""
    if not asked.line:
        _earnings(turn, asked)
        return
    answer = answers.earnings(turn.context, turn.person, "this year")
    say_line(turn, answer.basis.receipt_id, asked.line)


def _deal(turn: Turn, asked: Asked) -> None:
    """What one deal paid, line by line; buttons where several deals have that name."""
    answer = answers.earnings(turn.context, turn.person, "this year")
    names = {line.deal.deal_id: f"{line.deal.name} {line.deal.account}" for line in answer.lines if line.deal}
    found = phrases.deals_like(asked.deal, names)
    lines = [line for line in answer.lines if line.deal and line.deal.deal_id in found]
    if not found:
        turn.say("error", _no_such_deal(asked.deal))
    elif len(found) > 1:
        turn.say("ambiguous", views.ambiguous(asked.deal, _first_lines(answer, lines), about="deal"))
    else:
        for line in lines[:EXPLAINED_AT_ONCE]:
            say_line(turn, answer.basis.receipt_id, line.line_no)


def _help(turn: Turn, _asked: Asked) -> None:
    turn.say("help", views.help(turn.reader))


def _status(turn: Turn, _asked: Asked) -> None:
    say_status(turn)


def _no_such_deal(name: str) -> View:
    return views.error(
        f"None of your lines this year is for a deal called “{name[:60]}”.",
        "Only won deals have lines. Check the name, or send `earnings` to see every line.",
    )


def _first_lines(answer: EarningsAnswer, lines: list[LineSummary]) -> list[Choice]:
    """One choice per deal, leading to its first line."""
    firsts: dict[int, LineSummary] = {}
    for line in lines:
        if line.deal:
            firsts.setdefault(line.deal.deal_id, line)
    return [
        views.Choice(
            line.deal.name if line.deal else "",
            f"{actions.WHY_LINE}:{line.line_no}",
            actions.line_value(answer.basis.receipt_id, line.line_no),
        )
        for line in firsts.values()
    ]


def _offer_nearest(turn: Turn) -> None:
    own = actions.period_value(turn.person.rep_id, "")
    labels = dict.fromkeys(_LABELS[question] for question in phrases.nearest(turn.inbound.text, 4))
    choices = [views.Choice(label, f"{action}:{place}", own) for place, (label, action) in enumerate(labels)]
    turn.say("ambiguous", views.ambiguous(turn.inbound.text[:80], choices[:3]))


_HANDLERS: Mapping[Question, Callable[[Turn, Asked], None]] = {
    "quota": _quota,
    "earnings": _earnings,
    "deal": _deal,
    "line": _line,
    "statement": _statement,
    "help": _help,
    "status": _status,
}
