"""Modals from the person's side: submit, see errors, close."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from bot.sandbox import blocks as kit
from bot.sandbox.envelopes import Ack, Envelope
from bot.sandbox.errors import RefusedError, SlackError
from bot.sandbox.payloads import Origin
from bot.sandbox.verdict import require_valid

if TYPE_CHECKING:
    from bot.sandbox.gestures import Gestures
    from bot.sandbox.personas import User
    from bot.sandbox.views import View

JSON = dict[str, Any]
TROUBLE = "We had some trouble connecting. Try again?"


class Forms:
    """Submits and closes modals for every persona."""

    def __init__(self, gestures: Gestures) -> None:
        """Work with the same workspace and delivery as `gestures`."""
        self._gestures = gestures
        self._workspace = gestures.workspace

    def submit(self, user: User, view_id: str, typed: JSON) -> JSON:
        """Submit a modal: `{"ok": True}`, or what stands under the fields, or an error line.

        Raises:
            RefusedError: this person has no such modal open.
        """
        view = self._own(user, view_id)
        view.state = kit.merged_state(view.blocks, typed or view.state)
        empty = kit.missing(view.blocks, view.state)
        if empty:
            return {"ok": False, "errors": empty}
        number = secrets.token_hex(16)
        trigger = self._workspace.triggers.issue(user.id, self._workspace.clock.now(), number, view.id)
        payload = self._gestures.payloads.submission(Origin(user, trigger, view=view))
        ack = self._gestures.delivery.ask(Envelope("interactive", payload, user.id, "", number))
        if not ack.ok:
            return {"ok": False, "error": TROUBLE}
        return self._obey(user, view, ack, number)

    def close(self, user: User, view_id: str) -> None:
        """Close a modal; the app hears of it only where it asked to with notify_on_close."""
        view = self._own(user, view_id)
        stack = self._workspace.views.stack(user.id)
        closing = stack if view.body["clear_on_close"] else stack[stack.index(view) :]
        for one in reversed(closing):
            self._workspace.views.close(one)
            if one.body["notify_on_close"]:
                payload = self._gestures.payloads.closed(Origin(user, view=one), cleared=len(closing) > 1)
                self._gestures.delivery.ask(Envelope("interactive", payload, user.id))
        self._workspace.tell("view", user.id)

    def _own(self, user: User, view_id: str) -> View:
        for view in self._workspace.views.stack(user.id):
            if view.id == view_id:
                return view
        raise RefusedError("That window is no longer open.")

    def _obey(self, user: User, view: View, ack: Ack, cause: str) -> JSON:
        body = ack.body if isinstance(ack.body, dict) else {}
        action = body.get("response_action")
        try:
            if action == "errors":
                return self._errors(view, body.get("errors") or {})
            if action in ("update", "push"):
                self._replace(user, view, body, cause)
            elif action == "clear":
                self._workspace.views.clear(user.id)
            else:
                self._workspace.views.close(view)
        except SlackError:
            return {"ok": False, "error": TROUBLE}
        self._workspace.tell("view", user.id)
        return {"ok": True}

    def _errors(self, view: View, errors: dict[str, str]) -> JSON:
        inputs = {block["block_id"] for block in view.blocks if block.get("type") == "input"}
        if not errors or not set(errors) <= inputs:
            # Slack shows this line when an app reports an error on a block that is not an input of the modal.
            return {"ok": False, "error": TROUBLE}
        return {"ok": False, "errors": errors}

    def _replace(self, user: User, view: View, body: JSON, cause: str) -> None:
        fresh = body["view"]
        require_valid(fresh, "modal")
        if body["response_action"] == "push":
            self._workspace.views.push(user.id, fresh, cause)
        else:
            self._workspace.views.update(view, fresh, cause)
