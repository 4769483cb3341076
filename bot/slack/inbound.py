"""What came in from Slack, reduced to what an answer needs; this is what the inbox keeps and replays.

Labels, message texts of others and whole payloads are left out: routing goes by ids, never by what a button says.
"""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from messages import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Payload = Mapping[str, Any]

Kind = Literal["command", "action", "message", "mention", "home", "user_change", "submission", "closed", "options"]
#: What stands in one field of a form: what was typed or picked, or all that was picked.
Entered = str | tuple[str, ...]
_EVENTS: dict[str, Kind] = {"message": "message", "app_mention": "mention", "app_home_opened": "home"}
TEXT_LENGTH = 5_000


class Inbound(BaseModel):
    """One request of one person. `key` is unique per request: Slack's event id or trigger id, a form's id and hash.

    Attributes:
        name: the command, the action id, the event type, or the callback id of a form.
        team_id: the workspace the request came from; `user_team_id` the person's own, where Slack says it.
        surface: where it was asked: a channel, a direct message with the bot, App Home or a modal.
        text: a command's arguments or a message, entities decoded except Slack's own `<…>` references;
            for options what was typed so far.
        message_ts: the message in which a button was pressed.
        trigger_id: the right to open a modal, for three seconds.
        view_id: the modal or Home that it came from, as it was at `view_hash`.
        private: what the modal carries: ids and a version as JSON.
        entered: what stands in the modal's fields, by block id.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    key: str
    kind: Kind
    name: str
    team_id: str
    user_id: str
    user_team_id: str = ""
    channel_id: str = ""
    surface: Literal["channel", "im", "home", "modal"] = "channel"
    ephemeral: bool = False
    thread_ts: str = ""
    text: str = ""
    value: str = ""
    response_url: str = ""
    message_ts: str = ""
    trigger_id: str = ""
    view_id: str = ""
    view_hash: str = ""
    private: str = ""
    entered: dict[str, Entered] = Field(default_factory=dict)


def parse(body: Payload) -> Inbound | None:
    """The request in `body`, or None where there is nothing to answer (bot posts, edits, unknown events)."""
    if body.get("command"):
        return _command(body)
    if body.get("type") in _OF_FORMS:
        return _OF_FORMS[body["type"]](body)
    if body.get("type") == "event_callback":
        return _event(body)
    return None


def _command(body: Payload) -> Inbound:
    channel = _text(body.get("channel_id"))
    return Inbound(
        key=_text(body.get("trigger_id")),
        kind="command",
        name=_text(body.get("command")),
        team_id=_text(body.get("team_id")),
        user_id=_text(body.get("user_id")),
        channel_id=channel,
        surface=_surface(channel),
        text=_plain(body.get("text")),
        response_url=_text(body.get("response_url")),
        trigger_id=_text(body.get("trigger_id")),
    )


def _action(body: Payload) -> Inbound | None:
    action = body["actions"][0]
    user, team = _part(body, "user"), _part(body, "team")
    container = _part(body, "container")
    channel = _text(_part(body, "channel").get("id") or container.get("channel_id"))
    chosen = action.get("selected_option") or {}
    return Inbound(
        key=f"{_text(body.get('trigger_id'))}:{_text(action.get('action_id'))}",
        kind="action",
        name=_text(action.get("action_id")),
        team_id=_text(team.get("id") or user.get("team_id")),
        user_id=_text(user.get("id")),
        user_team_id=_text(user.get("team_id")),
        channel_id=channel,
        surface=_pressed_on(body, channel),
        ephemeral=bool(container.get("is_ephemeral")),
        message_ts=_text(container.get("message_ts")),
        value=_text(action.get("value") or (chosen.get("value") if isinstance(chosen, dict) else ""))[:2000],
        response_url=_text(body.get("response_url")),
        trigger_id=_text(body.get("trigger_id")),
        **_form(body),
    )


def _submission(body: Payload) -> Inbound:
    """A form that was sent; the key is the form as it was then, so that sending it twice is one request."""
    view = _part(body, "view")
    return _of_view(body, "submission", f"{_text(view.get('id'))}:{_text(view.get('hash'))}")


def _closed(body: Payload) -> Inbound:
    return _of_view(body, "closed", f"{_text(_part(body, 'view').get('id'))}:closed")


def _options(body: Payload) -> Inbound:
    """Options that are asked for: nothing to record, since the answer is the acknowledgement."""
    found = _of_view(body, "options", "")
    return found.model_copy(update={"name": _text(body.get("action_id")), "text": _plain(body.get("value"))})


def _of_view(body: Payload, kind: Kind, key: str) -> Inbound:
    user, team = _part(body, "user"), _part(body, "team")
    return Inbound(
        key=key,
        kind=kind,
        name=_text(_part(body, "view").get("callback_id")),
        team_id=_text(team.get("id") or user.get("team_id")),
        user_id=_text(user.get("id")),
        user_team_id=_text(user.get("team_id")),
        surface="modal",
        trigger_id=_text(body.get("trigger_id")),
        **_form(body),
    )


def _form(body: Payload) -> dict[str, Any]:
    """What the view behind an interaction is, and what stands in its fields; nothing for a message."""
    view = _part(body, "view")
    if not view:
        return {}
    values = _part(_part(view, "state"), "values")
    return {
        "view_id": _text(view.get("id")),
        "view_hash": _text(view.get("hash")),
        "private": _text(view.get("private_metadata")),
        "entered": {_text(block): _entered(held) for block, held in values.items() if isinstance(held, dict)},
    }


def _entered(held: Payload) -> Entered:
    """What one block holds: the value of its one element, however that element calls it."""
    state = next((each for each in held.values() if isinstance(each, dict)), {})
    for name, found in state.items():
        if name.startswith("selected_") and isinstance(found, list):
            return tuple(_picked(each) for each in found)
        if name == "value" or name.startswith("selected_"):
            return escape.unescape(_picked(found))[:TEXT_LENGTH].strip()
    return ""


def _picked(found: object) -> str:
    if isinstance(found, dict):
        return _text(found.get("value"))
    return str(found) if isinstance(found, int) else _text(found)


def _event(body: Payload) -> Inbound | None:
    event = _part(body, "event")
    if event.get("type") == "user_change":
        return _user_change(body, _part(event, "user"))
    kind = _EVENTS.get(_text(event.get("type")))
    if kind is None or not event.get("user") or _is_not_said_by_a_person(event):
        return None
    channel = _text(event.get("channel"))
    if kind == "message" and event.get("channel_type") != "im":
        return None
    if kind == "home" and event.get("tab", "home") != "home":
        return None
    return Inbound(
        key=_text(body.get("event_id")),
        kind=kind,
        name=_text(event.get("type")),
        team_id=_text(body.get("team_id")),
        user_id=_text(event.get("user")),
        user_team_id=_text(event.get("user_team")),
        channel_id=channel,
        surface="home" if kind == "home" else "im" if kind == "message" else "channel",
        thread_ts=_text(event.get("thread_ts")),
        text=_plain(event.get("text")),
    )


def _user_change(body: Payload, user: Payload) -> Inbound | None:
    if not user.get("id"):
        return None
    return Inbound(
        key=_text(body.get("event_id")),
        kind="user_change",
        name="user_change",
        team_id=_text(body.get("team_id")),
        user_id=_text(user.get("id")),
    )


def _is_not_said_by_a_person(event: Payload) -> bool:
    """Whether a message is a bot's, an edit, a join or anything else that nobody typed to us."""
    return bool(event.get("bot_id") or event.get("bot_profile") or event.get("subtype") or event.get("hidden"))


def _pressed_on(body: Payload, channel: str) -> Literal["channel", "im", "home", "modal"]:
    if _part(body, "container").get("type") != "view":
        return _surface(channel)
    return "modal" if _part(body, "view").get("type") == "modal" else "home"


def _surface(channel: str) -> Literal["channel", "im"]:
    """A command in any direct message is private to two people only where the other one is the bot."""
    return "im" if channel.startswith("D") else "channel"


def _part(body: Payload, name: str) -> Payload:
    found = body.get(name)
    return found if isinstance(found, dict) else {}


def _text(found: object) -> str:
    """The words in `found` without NUL, which no database keeps."""
    return found.replace("\0", "") if isinstance(found, str) else ""


def _plain(found: object) -> str:
    """The words as typed: Slack escapes `&`, `<` and `>`; a reference such as `<@U1>` keeps its brackets."""
    return unescape(_text(found)[:TEXT_LENGTH]).strip()


_OF_FORMS: Mapping[str, Callable[[Payload], Inbound | None]] = {
    "block_actions": _action,
    "view_submission": _submission,
    "view_closed": _closed,
    "block_suggestion": _options,
}
