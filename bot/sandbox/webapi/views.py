"""views.*: open, push, update, publish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.errors import SlackError
from bot.sandbox.verdict import require_valid
from bot.sandbox.webapi.registry import JSON, Call, method

if TYPE_CHECKING:
    from bot.sandbox.triggers import Trigger
    from bot.sandbox.views import View
    from messages.reply import Surface


@method("views.open")
def open_view(call: Call) -> JSON:
    """Open a modal with the trigger of a gesture."""
    sent = _view(call, "modal")
    trigger = _exchange(call)
    view = call.workspace.views.open(trigger.user, sent, trigger.cause)
    return _shown(call, view)


@method("views.push")
def push(call: Call) -> JSON:
    """Put a modal on the stack of the modal the gesture was made in."""
    sent = _view(call, "modal")
    trigger = _exchange(call)
    if not trigger.view_id:
        raise SlackError("invalid_arguments", {"response_metadata": {"messages": ["[ERROR] no modal to push onto"]}})
    view = call.workspace.views.push(trigger.user, sent, trigger.cause)
    return _shown(call, view)


@method("views.update")
def update(call: Call) -> JSON:
    """Replace an open view."""
    views = call.workspace.views
    number, external = call.text("view_id"), call.text("external_id")
    if not number and not external:
        raise SlackError("invalid_arguments", {"response_metadata": {"messages": ["[ERROR] missing view_id"]}})
    view = views.find(number) if number else views.find_external(external)
    if view is None:
        raise SlackError("not_found")
    sent = _view(call, "home" if view.body["type"] == "home" else "modal")
    views.update(view, sent, view.cause, call.text("hash"))
    return _shown(call, view)


@method("views.publish")
def publish(call: Call) -> JSON:
    """Set the home of one user."""
    workspace = call.workspace
    sent = _view(call, "home")
    user = call.text("user_id", required=True)
    if user not in workspace.users:
        raise SlackError("invalid_arguments", {"response_metadata": {"messages": ["[ERROR] invalid user_id"]}})
    cause = workspace.records.cause_of(workspace.clock.now(), user=user)
    view = workspace.views.publish(user, sent, cause, call.text("hash"))
    return _shown(call, view)


def _view(call: Call, surface: Surface) -> JSON:
    sent = call.parsed("view", "invalid_arguments")
    if not isinstance(sent, dict) or sent.get("type") != surface:
        line = f"[ERROR] must be a view of type {surface} [json-pointer:/view/type]"
        raise SlackError("invalid_arguments", {"response_metadata": {"messages": [line]}})
    require_valid(sent, surface)
    return sent


def _exchange(call: Call) -> Trigger:
    workspace = call.workspace
    number = call.text("trigger_id", required=True)
    spoiled = workspace.chaos.strikes("expired_trigger", call.method)
    return workspace.triggers.exchange(number, workspace.clock.now(), spoiled=spoiled)


def _shown(call: Call, view: View) -> JSON:
    call.workspace.tell("home" if view.body["type"] == "home" else "view", view.user)
    return {"view": view.payload(call.workspace.app)}
