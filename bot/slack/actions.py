"""Buttons. Anyone who sees one can press it, and a value can be edited on its way: every click is judged anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.slack import replies
from messages import actions, views
from operations import answers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.slack.turn import Turn
    from engine.people import Person


class LineValue(BaseModel):
    """What a button about one line carries."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    v: Literal[1]
    receipt: str = Field(max_length=40)
    line: int = Field(ge=1, lt=2**31)


class PeriodValue(BaseModel):
    """What a button about one rep's period carries; an empty period is the current one."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    v: Literal[1]
    rep: int = Field(ge=0, lt=2**63)
    period: str = Field("", max_length=40)


def why_line(turn: Turn) -> None:
    """Explain one line of a receipted answer; a button of an older version gets a fresh statement instead."""
    value = _line(turn)
    if value is None:
        show_earnings(turn)
    else:
        say_line(turn, value.receipt, value.line)


def say_line(turn: Turn, receipt_id: str, line_no: int) -> None:
    """Explain a line, once its owner is one whom the reader may see."""
    with turn.services.db.read() as conn:
        _, owner = answers.subject_of(conn, receipt_id)
    owner = turn.permitted("see_line", owner)
    turn.say("line", views.line(answers.line(turn.context, receipt_id, line_no), turn.reader), owner)


def show_quota(turn: Turn) -> None:
    """Answer as `/myquota` would for the rep and period in the value."""
    _show(turn, "see_quota", replies.quota)


def show_earnings(turn: Turn) -> None:
    """Answer as `/earnings` would for the rep and period in the value."""
    _show(turn, "see_earnings", replies.earnings)


def explain_statement(turn: Turn) -> None:
    """Show the whole statement of the period in the value: components, then lines that tie to the total."""
    _show(turn, "see_statement", replies.statement)


def open_home_help(turn: Turn) -> None:
    """Say what can be asked."""
    turn.say("help", views.help(turn.reader))


ACTIONS: Mapping[str, Callable[[Turn], None]] = {
    actions.WHY_LINE: why_line,
    actions.SHOW_EARNINGS: show_earnings,
    actions.SHOW_QUOTA: show_quota,
    actions.EXPLAIN_STATEMENT: explain_statement,
    actions.OPEN_HOME_HELP: open_home_help,
}


def _line(turn: Turn) -> LineValue | None:
    try:
        return LineValue.model_validate_json(turn.inbound.value)
    except ValidationError:
        return None


def _show(turn: Turn, action: str, reply: Callable[[Turn, Person, str | None], None]) -> None:
    """`reply` about the rep and period in the value, once the reader may do `action` to them."""
    value = _period(turn)
    reply(turn, turn.permitted(action, turn.person_with(value.rep)), value.period or None)


def _period(turn: Turn) -> PeriodValue:
    """The value of a button about a period; one of an older version asks for the reader's own current period."""
    try:
        return PeriodValue.model_validate_json(turn.inbound.value)
    except ValidationError:
        return PeriodValue(v=1, rep=turn.person.rep_id)
