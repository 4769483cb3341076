"""Replies without figures: help, trouble, who are you, too busy, how fresh, and which one did you mean."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from messages import actions, sync_progress
from messages.basis import SourceView, sources_view
from messages.escape import quotes_kept

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.answers import Freshness
    from messages.reader import Reader

CHOICES = 3


@dataclass(frozen=True, slots=True)
class _Figureless:
    """A view without figures has no receipts."""

    @property
    def receipt_ids(self) -> tuple[str, ...]:
        """None."""
        return ()


@dataclass(frozen=True, slots=True)
class CommandHelp:
    """A command, what may follow it, and what it answers."""

    usage: str
    answers: str


COMMANDS = (
    CommandHelp("/myquota", "what is left of your quota, and whether you are on pace"),
    CommandHelp("/myquota last quarter", "the same for another period"),
    CommandHelp("/earnings", "what you earned, line by line, each with a Why"),
    CommandHelp("/earnings this month", "the same for another period"),
    CommandHelp("/myquota @person", "for managers: someone who reports to you"),
    CommandHelp("/spif", "which SPIFs there are, where you stand, and for managers a new one"),
    CommandHelp("/attain status", "how fresh the data is"),
    CommandHelp("/attain whoami", "whom I take you for"),
    CommandHelp("/attain preferences", "what I tell you unasked, and when"),
    CommandHelp("/attain help", "this page"),
)
QUESTIONS = (
    "What's left of my quota?",
    "How much did I make on Acme?",
    "What is this line?",
    "Explain my statement",
    "When do I get paid?",
    "Which deals get me to quota?",
    "What if I close Acme this month?",
    "Why did my payout change from last month?",
)


@dataclass(frozen=True, slots=True)
class HelpView(_Figureless):
    """What the bot can be asked; `heard` is what it did not understand, `nearest` the closest thing it knows.

    The buttons' values are empty for a reader who is not linked, and then there are no buttons.
    """

    heard: str
    nearest: str
    commands: tuple[CommandHelp, ...]
    questions: tuple[str, ...]
    show_quota: str
    show_earnings: str


@dataclass(frozen=True, slots=True)
class ModalNoteView(_Figureless):
    """A modal that only says something, under a title."""

    title: str
    said: str


@dataclass(frozen=True, slots=True)
class ErrorView(_Figureless):
    """What went wrong in a sentence, what to do, and a reference that ops can look up."""

    sentence: str
    remedy: str
    reference: str


@dataclass(frozen=True, slots=True)
class NotLinkedView(_Figureless):
    """Nobody in the sales data has this Slack account's address."""

    address: str


@dataclass(frozen=True, slots=True)
class BusyView(_Figureless):
    """Too many questions at once; `minutes` until it is worth asking again."""

    wait: str


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that status reports: what, whether it is well, and a few words."""

    name: str
    is_well: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class StatusView(_Figureless):
    """How fresh each source is, what else was checked, and the button that syncs now where the reader may."""

    headline: str
    is_well: bool
    sources: tuple[SourceView, ...]
    checks: tuple[Check, ...]
    button: tuple[str, str, str] = ("", "", "")


@dataclass(frozen=True, slots=True)
class Choice:
    """Something the person may have meant: a label, and the button that answers it."""

    label: str
    action_id: str
    value: str


@dataclass(frozen=True, slots=True)
class AmbiguousView(_Figureless):
    """The nearest questions, or the deals that match; `about` says which, `more` counts those left out."""

    heard: str
    about: str
    choices: tuple[Choice, ...]
    more: str


def help_view(reader: Reader, heard: str = "", nearest: str = "") -> HelpView:
    """Return what the bot can be asked, for an unknown command with what was heard and the nearest known one."""
    own = actions.period_value(reader.rep_id, "") if reader.rep_id is not None else ""
    return HelpView(heard, nearest, COMMANDS, QUESTIONS, own, own)


def error(sentence: str, remedy: str, reference: str = "") -> ErrorView:
    """Return trouble in words: what happened, what to do about it, and the reference in the log."""
    return ErrorView(quotes_kept(sentence), quotes_kept(remedy), reference)


def refused() -> ErrorView:
    """Return the one refusal there is: it reads alike whether or not the person or the figure exists."""
    return ErrorView(
        "I can't show you that.",
        "You can see your own figures and those of people who report to you. If you think you should see this, "
        "ask sales ops.",
        "",
    )


def not_linked(address: str = "") -> NotLinkedView:
    """Return that this Slack account belongs to nobody in the sales data; `address` is the one Slack knows."""
    return NotLinkedView(address)


def busy(minutes: int = 1) -> BusyView:
    """Return that the bot has too much to do, and when to ask again."""
    return BusyView("in a minute" if minutes <= 1 else f"in {minutes} minutes")


def status(
    sources: Sequence[Freshness], checks: Sequence[Check], reader: Reader, *, may_sync: bool = False
) -> StatusView:
    """Return how fresh the data is and whether everything else is well; checks alone are simply told."""
    shown = sources_view(sources, reader)
    if not shown and not checks:
        return StatusView("No data has been synced yet.", False, (), ())
    well = not any(each.stale for each in shown) and all(each.is_well for each in checks)
    headline = "Everything is up to date." if shown else "This is what I know."
    told = tuple(replace(each, detail=each.detail.rstrip(".")) for each in checks)
    offered = sync_progress.button() if may_sync else ("", "", "")
    return StatusView(headline if well else "Something needs attention.", well, shown, told, offered)


def ambiguous(heard: str, choices: Sequence[Choice], about: str = "question") -> AmbiguousView:
    """Return the nearest three questions as choices, or (`about="deal"`) the deals a name may stand for."""
    rest = len(choices) - CHOICES
    return AmbiguousView(heard, about, tuple(choices[:CHOICES]), f"+{rest} more" if rest > 0 else "")


def working(title: str) -> ModalNoteView:
    """Return the view of a modal that is open while its content is being worked out."""
    return ModalNoteView(title, "One moment…")


def apology(said: str) -> ModalNoteView:
    """Return the view of a modal that says why a form was not taken."""
    return ModalNoteView("Not taken", said)
