"""Plain questions in a direct message: the words pick the question, operations supply every figure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.errors import NotPermittedError
from bot.slack import arguments, outlook, phrases, replies, spifs
from bot.slack.actions import say_line
from bot.slack.arguments import Arguments
from bot.slack.commands import subject
from bot.slack.commands.attain import say_checklist, say_status
from messages import actions, views
from operations import answers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.slack.phrases import Asked, Question
    from bot.slack.turn import Turn
    from engine.answers import EarningsAnswer, LineSummary, Waiting
    from engine.people import Person
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
    own_mention = f"<@{turn.directory.own_account()}>"
    mentioned, email, words = arguments.people_within(turn.inbound.text.replace(own_mention, " "))
    asked = phrases.understand(words)
    if asked is None:
        _offer_nearest(turn)
    elif asked.question in _ABOUT_NOBODY:
        _ABOUT_NOBODY[asked.question](turn)
    else:
        named = Arguments(mentioned=mentioned, email=email)
        person = _subject(turn, asked, named)
        if person is None:
            _offer_nearest(turn)
        else:
            _HANDLERS[asked.question](turn, asked, person)


def point_to_direct_message(turn: Turn) -> None:
    """Answer a mention in a channel with a private pointer; pay is never discussed where others read."""
    turn.say("help", views.help(turn.reader))


def _subject(turn: Turn, asked: Asked, named: Arguments) -> Person | None:
    """Whom the question is about; None where strange words name nobody whom the reader may see.

    Raises:
        NotPermittedError: the reader may not, or nobody is known by that name: the two read alike.
    """
    action = _ACTIONS[asked.question]
    if named.mentioned or named.email:
        return turn.permitted(action, subject.named(turn, named))
    if asked.claim == "sure":
        return turn.permitted(action, turn.directory.named(asked.person))
    if asked.claim != "bare":
        return turn.person
    try:
        return turn.permitted(action, turn.directory.named(asked.person))
    except NotPermittedError:
        return None


def _quota(turn: Turn, asked: Asked, person: Person) -> None:
    replies.quota(turn, person, asked.period)


def _earnings(turn: Turn, asked: Asked, person: Person) -> None:
    replies.earnings(turn, person, asked.period)


def _statement(turn: Turn, asked: Asked, person: Person) -> None:
    replies.statement(turn, person, asked.period)


def _line(turn: Turn, asked: Asked, person: Person) -> None:
    """One line by its number, within the period that was named; without one, the lines with a button each."""
    if asked.line is None:
        _earnings(turn, asked, person)
        return
    answer = answers.earnings(turn.context, person, asked.period or "this year")
    numbers = [line.line_no for line in answer.lines]
    if asked.period and 1 <= asked.line <= len(numbers):
        say_line(turn, answer.basis.receipt_id, numbers[asked.line - 1])
    elif asked.line and not asked.period:
        say_line(turn, answer.basis.receipt_id, asked.line)
    else:
        turn.say("error", _no_such_line(asked.line, len(numbers)))


def _deal(turn: Turn, asked: Asked, person: Person) -> None:
    """What one deal paid, line by line; buttons where several deals have that name, or one is spelled like it."""
    answer = answers.earnings(turn.context, person, asked.period or "this year")
    names = {line.deal.deal_id: f"{line.deal.name} {line.deal.account}" for line in answer.lines if line.deal}
    waiting = phrases.deals_named(asked.deal, {n: held.deal for n, held in enumerate(answer.basis.waiting)})
    found = phrases.deals_named(asked.deal, names)
    if len(found) == 1:
        for line in _lines_of(answer, found)[:EXPLAINED_AT_ONCE]:
            say_line(turn, answer.basis.receipt_id, line.line_no)
    elif found:
        turn.say("ambiguous", views.ambiguous(asked.deal, _first_lines(answer, found), about="deal"))
    elif waiting:
        turn.say("error", _waits(answer.basis.waiting[waiting[0]]))
    elif asked.claim == "deal":
        other = turn.permitted("see_earnings", turn.directory.named(asked.person))
        replies.earnings(turn, other, asked.period)
    else:
        _offer_deals(turn, asked, answer, names)


def _offer_deals(turn: Turn, asked: Asked, answer: EarningsAnswer, names: dict[int, str]) -> None:
    """The deals that each part of "this and that" names, else those spelled alike; that there is none."""
    parts = re.split(r"\s+(?:and|or|&)\s+|\s*,\s*", asked.deal)
    each = [key for part in parts for key in phrases.deals_named(part, names)] if len(parts) > 1 else []
    if each:
        choices = _first_lines(answer, list(dict.fromkeys(each)))
        turn.say("ambiguous", views.ambiguous(asked.deal, choices, about="deal"))
        return
    alike = _first_lines(answer, phrases.deals_like(asked.deal, names))
    if alike:
        turn.say("ambiguous", views.ambiguous(asked.deal, alike))
    else:
        turn.say("error", _no_such_deal(asked))


def _help(turn: Turn) -> None:
    turn.say("help", views.help(turn.reader))


def _waits(held: Waiting) -> View:
    return views.error(f"“{held.deal[:60]}” is waiting, so no line is for it yet. {held.reason}", held.remedy)


def _no_such_line(line: int, lines: int) -> View:
    there = "is 1 line" if lines == 1 else f"are {lines} lines"
    return views.error(f"There is no line {line}.", f"There {there} then. Send `earnings` to see them.")


def _no_such_deal(asked: Asked) -> View:
    when = f"in that period ({asked.period})" if asked.period else "this year"
    return views.error(
        f"None of the lines {when} is for a deal called “{asked.deal[:60]}”.",
        "Only won deals have lines. Check the name, or send `earnings` to see every line.",
    )


def _lines_of(answer: EarningsAnswer, deals: list[int]) -> list[LineSummary]:
    return [line for line in answer.lines if line.deal and line.deal.deal_id in deals]


def _first_lines(answer: EarningsAnswer, deals: list[int]) -> list[Choice]:
    """One choice per deal, leading to its first line."""
    firsts: dict[int, LineSummary] = {}
    for line in _lines_of(answer, deals):
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


_ABOUT_NOBODY: Mapping[Question, Callable[[Turn], None]] = {
    "spif": spifs.say_running,
    "help": _help,
    "status": say_status,
    "checklist": say_checklist,
}
_ACTIONS: Mapping[Question, str] = {
    "quota": "see_quota",
    "earnings": "see_earnings",
    "deal": "see_earnings",
    "line": "see_line",
    "statement": "see_statement",
    "what_if": "see_earnings",
    "gap": "see_quota",
    "why_not": "see_earnings",
    "bridge": "see_earnings",
    "paycheck": "see_earnings",
}
_HANDLERS: Mapping[Question, Callable[[Turn, Asked, Person], None]] = {
    "quota": _quota,
    "earnings": _earnings,
    "deal": _deal,
    "line": _line,
    "statement": _statement,
    "what_if": outlook.what_if,
    "gap": outlook.gap,
    "why_not": outlook.why_not,
    "bridge": outlook.bridge,
    "paycheck": outlook.paycheck,
}
