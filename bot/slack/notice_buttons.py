"""The buttons under a notice: why it came, quiet about it, no more of its kind, and that it was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.budget import limits
from bot.errors import StaleButtonError
from bot.slack import preferences_form
from messages import actions, views
from operations import preferences

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.slack.turn import Turn


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    v: Literal[1]


class NoticeValue(_Value):
    """What a button about a notice carries."""

    notice: str = Field(max_length=40)
    days: int = Field(1, ge=1, le=preferences.LONGEST_SNOOZE_DAYS)


class TopicValue(_Value):
    """What a button about a topic carries."""

    topic: str = Field(max_length=400)


class KindValue(_Value):
    """What a button about a kind of notices carries."""

    kind: str = Field(max_length=40)


Carried = TypeVar("Carried", bound=_Value)


def why_this(turn: Turn) -> None:
    """Say by which rule a notice came, and on which receipts its figures rest."""
    turn.permitted("answer_notice", turn.person)
    given = limits(turn.services.settings)
    answer = preferences.why(turn.context, turn.person, _read(NoticeValue, turn).notice, given)
    turn.say("why_notice", views.why_notice(answer, turn.reader), turn.person)


def snooze_notice(turn: Turn) -> None:
    """Keep a topic away for as many days as the button says."""
    turn.permitted("answer_notice", turn.person)
    value = _read(NoticeValue, turn)
    answer = preferences.snooze(turn.context, turn.person, value.notice, value.days)
    turn.say("noted", views.snoozed(answer, turn.reader))


def mute_kind(turn: Turn) -> None:
    """Send no more of a notice's kind; the answer has the button that takes it back."""
    turn.permitted("answer_notice", turn.person)
    kind = preferences.mute(turn.context, turn.person, _read(NoticeValue, turn).notice)
    turn.say("noted", views.muted(kind, turn.reader))


def unmute_kind(turn: Turn) -> None:
    """Send a kind again.

    Raises:
        StaleButtonError: there is no such kind any more.
    """
    turn.permitted("set_preferences", turn.person)
    kind = _read(KindValue, turn).kind
    if not preferences.unmute(turn.context, turn.person, kind):
        raise StaleButtonError
    turn.say("noted", views.unmuted(kind, turn.reader))


def acknowledge_notice(turn: Turn) -> None:
    """Put on record that somebody has seen what was owed to them."""
    turn.permitted("answer_notice", turn.person)
    is_first = preferences.acknowledge(turn.context, turn.person, _read(TopicValue, turn).topic)
    turn.say("noted", views.acknowledged(turn.reader, is_first=is_first))


def note(turn: Turn) -> None:
    """Remember that a message was not ignored, whichever of its buttons was pressed."""
    inbound = turn.inbound
    if inbound.kind == "action" and inbound.message_ts and not inbound.ephemeral:
        preferences.noted(turn.context, turn.person, inbound.channel_id, inbound.message_ts)


ACTIONS: Mapping[str, Callable[[Turn], None]] = {
    actions.WHY_THIS: why_this,
    actions.SNOOZE_NOTICE: snooze_notice,
    actions.MUTE_KIND: mute_kind,
    actions.UNMUTE_KIND: unmute_kind,
    actions.ACKNOWLEDGE_NOTICE: acknowledge_notice,
    actions.EDIT_PREFERENCES: preferences_form.open_form,
}


def _read(kind: type[Carried], turn: Turn) -> Carried:
    try:
        return kind.model_validate_json(turn.inbound.value)
    except ValidationError:
        raise StaleButtonError from None
