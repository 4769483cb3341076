"""Which handler answers what: one table per kind of request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import StaleButtonError, StaleFormError
from bot.slack import (
    actions,
    alert_buttons,
    alert_forms,
    home,
    notice_buttons,
    preferences_form,
    questions,
    spif_buttons,
    sync_buttons,
)
from bot.slack.commands import attain, earnings, myquota, spif
from bot.slack.modals import spif as spif_forms
from messages.actions import base

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.slack.inbound import Inbound
    from bot.slack.turn import Turn
    from messages.fields import Option

    Handler = Callable[[Turn], None]
    Check = Callable[[Inbound], Mapping[str, str]]
    Offer = Callable[[Turn, str], Sequence[Option]]

COMMANDS: Mapping[str, Handler] = {
    "/myquota": myquota.handle,
    "/earnings": earnings.handle,
    "/spif": spif.handle,
    "/attain": attain.handle,
}
EVENTS: Mapping[str, Handler] = {
    "message": questions.handle,
    "app_mention": questions.point_to_direct_message,
    "app_home_opened": home.handle,
}
#: What answers a button or a field that tells at once; by the part of the action id before the colon.
ACTIONS: Mapping[str, Handler] = {
    **actions.ACTIONS,
    **notice_buttons.ACTIONS,
    **alert_buttons.ACTIONS,
    **spif_buttons.ACTIONS,
    **sync_buttons.ACTIONS,
}
#: What is done with a form that was sent; by its callback id, which is the name of its template.
SUBMISSIONS: Mapping[str, Handler] = {
    **preferences_form.SUBMISSIONS,
    **alert_forms.SUBMISSIONS,
    **spif_forms.SUBMISSIONS,
}
#: What is wrong with a form as it was entered, by block id. Runs before Slack's acknowledgement: pure, no store.
CHECKS: Mapping[str, Check] = {**preferences_form.CHECKS, **alert_forms.CHECKS, **spif_forms.CHECKS}
#: What happens when a form that wants to hear of it is closed without being sent.
CLOSED: Mapping[str, Handler] = {}
#: What a menu offers for what was typed into it; by action id.
OPTIONS: Mapping[str, Offer] = {**alert_buttons.OPTIONS}


def answer(turn: Turn) -> None:
    """Let the right handler answer.

    Raises:
        StaleButtonError: a button that nothing answers any more.
        StaleFormError: a form that nothing answers any more.
    """
    inbound = turn.inbound
    if inbound.kind == "command":
        COMMANDS[inbound.name](turn)
    elif inbound.kind == "action":
        handler = ACTIONS.get(base(inbound.name))
        if handler is None:
            raise StaleButtonError
        notice_buttons.note(turn)
        handler(turn)
    elif inbound.kind == "submission":
        if inbound.name not in SUBMISSIONS:
            raise StaleFormError
        SUBMISSIONS[inbound.name](turn)
    elif inbound.kind == "closed":
        CLOSED.get(inbound.name, _nothing)(turn)
    else:
        EVENTS[inbound.name](turn)


def _nothing(_turn: Turn) -> None:
    """Most forms leave nothing behind when they are closed."""
