"""Answers to the buttons under a notice, and the form in which people say what they want to be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.notice_kinds import KINDS
from engine.preferences import MUTABLE, OPT_IN
from engine.working_hours import Hours
from messages import actions
from messages import format as written
from messages.fields import Option

if TYPE_CHECKING:
    from engine.notice_answers import Snoozed, WhyNotice
    from engine.preferences import Preferences
    from messages.reader import Reader

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HOUR = 60
SINGLE, BUNDLED = "single", "digest"


@dataclass(frozen=True, slots=True)
class WhyNoticeView:
    """Why a notice came; without a rule only when, and what a digest lists."""

    title: str
    trigger: str
    audience: str
    cap: str
    ends: str
    found: str
    items: tuple[str, ...]
    receipts: tuple[str, ...]
    preferences: str

    @property
    def receipt_ids(self) -> tuple[str, ...]:
        """The receipts of the notice's figures."""
        return self.receipts


@dataclass(frozen=True, slots=True)
class NotedView:
    """What was done, and the button that takes it back or leads on; `label` is empty where there is none."""

    said: str
    label: str = ""
    action: str = ""
    value: str = ""

    @property
    def receipt_ids(self) -> tuple[str, ...]:
        """No figures, no receipts."""
        return ()


@dataclass(frozen=True, slots=True)
class PreferencesForm:
    """The form: what can be chosen, and what is chosen now."""

    kinds: tuple[Option, ...]
    muted: tuple[str, ...]
    extras: tuple[Option, ...]
    asked_for: tuple[str, ...]
    opens: str
    closes: str
    days: tuple[Option, ...]
    workdays: tuple[str, ...]
    bundling: tuple[Option, ...]
    bundled: str
    country: str
    away_from: str
    away_until: str
    zone: str

    @property
    def receipt_ids(self) -> tuple[str, ...]:
        """No figures, no receipts."""
        return ()


def why_notice(answer: WhyNotice, reader: Reader) -> WhyNoticeView:
    """Return why a notice came, ready to be shown."""
    return WhyNoticeView(
        title=answer.title,
        trigger=answer.trigger,
        audience=answer.audience,
        cap=answer.cap,
        ends=answer.ends,
        found=written.moment(answer.found_at, reader),
        items=answer.items,
        receipts=answer.receipt_ids,
        preferences=actions.kind_value(answer.kind),
    )


def snoozed(answer: Snoozed, reader: Reader) -> NotedView:
    """Return that a topic stays away, and until when."""
    return NotedView(f"Quiet about this until {written.moment(answer.until, reader)}.")


def muted(kind: str, reader: Reader) -> NotedView:  # noqa: ARG001 - every view is made for a reader
    """Return that a kind comes no more, with the button that takes it back; of what is owed, that it cannot be."""
    if not kind:
        said = "This is owed to you, so it cannot be muted."
        return NotedView(said, "Preferences", actions.EDIT_PREFERENCES, actions.kind_value(""))
    said = f"No more messages about “{KINDS[kind].title}”."
    return NotedView(said, "Undo", actions.UNMUTE_KIND, actions.kind_value(kind))


def unmuted(kind: str, reader: Reader) -> NotedView:  # noqa: ARG001 - every view is made for a reader
    """Return that a kind comes again."""
    return NotedView(f"Messages about “{KINDS[kind].title}” come again.")


def acknowledged(reader: Reader, *, is_first: bool) -> NotedView:  # noqa: ARG001 - every view is made for a reader
    """Return that it is on record."""
    return NotedView("Thank you, that is on record." if is_first else "You had said so already; it is on record.")


def saved(reader: Reader) -> NotedView:  # noqa: ARG001 - every view is made for a reader
    """Return that the preferences hold."""
    return NotedView("Your preferences are saved.", "Change", actions.EDIT_PREFERENCES, actions.kind_value(""))


def preferences(wanted: Preferences, reader: Reader) -> PreferencesForm:
    """Return the form with what a person wants now."""
    usual = Hours()
    away = wanted.away
    return PreferencesForm(
        kinds=tuple(Option(_upper(KINDS[name].title), name) for name in MUTABLE),
        muted=tuple(name for name in MUTABLE if name in wanted.muted),
        extras=tuple(Option(_upper(KINDS[name].title), name) for name in OPT_IN),
        asked_for=tuple(name for name in OPT_IN if name in wanted.asked_for),
        opens=_clock(usual.opens if wanted.opens is None else wanted.opens),
        closes=_clock(usual.closes if wanted.closes is None else wanted.closes),
        days=tuple(Option(name, str(number)) for number, name in enumerate(_DAYS)),
        workdays=tuple(str(number) for number in sorted(wanted.workdays)),
        bundling=(
            Option("As they come, at most two a day", SINGLE),
            Option("All in one message a day", BUNDLED),
        ),
        bundled=BUNDLED if wanted.digest_only else SINGLE,
        country=wanted.country,
        away_from=str(away[0]) if away else "",
        away_until=str(away[1]) if away else "",
        zone=reader.timezone,
    )


def minutes(clock: str) -> int:
    """The minutes after midnight of "08:30".

    Raises:
        ValueError: it is no time of day.
    """
    hour, _, minute = clock.partition(":")
    return int(hour) * _HOUR + int(minute)


def _clock(value: int) -> str:
    """Return "08:30"; the end of the day is its last minute, which a box for a time can hold."""
    value = min(value, 24 * _HOUR - 1)
    return f"{value // _HOUR:02d}:{value % _HOUR:02d}"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
