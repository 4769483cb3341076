"""The button that syncs now: it only asks, the worker syncs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import StaleButtonError
from messages import actions, sync_progress
from operations import sync_progress as progress

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.slack.turn import Turn


class SyncValue(BaseModel):
    """What the button carries."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    v: Literal[1]


def sync_now(turn: Turn) -> None:
    """Ask the worker for a sync of every source, for those who run Attain.

    Raises:
        StaleButtonError: the button is of another version.
    """
    turn.permitted("sync", turn.person)
    try:
        SyncValue.model_validate_json(turn.inbound.value)
    except ValidationError:
        raise StaleButtonError from None
    turn.say("noted", sync_progress.asked(progress.ask(turn.context, "Sync now in Slack"), turn.reader))


ACTIONS: Mapping[str, Callable[[Turn], None]] = {actions.SYNC_NOW: sync_now}
