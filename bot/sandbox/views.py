"""Modals and App Home: a stack of at most three views per person, each with a hash that changes on every write."""

from __future__ import annotations

import copy
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.blocks import merged_state, starting_state, with_ids
from bot.sandbox.errors import SlackError

JSON = dict[str, Any]
STACK = 3
LARGEST = 250_000
_KEPT = ("type", "title", "close", "submit", "private_metadata", "callback_id", "external_id", "clear_on_close",
         "notify_on_close", "submit_disabled")  # fmt: skip


@dataclass
class View:
    """One view as Slack holds it; `cause` is the envelope that led to its last write."""

    id: str
    user: str
    body: JSON
    sent: JSON
    hash: str
    cause: str = ""
    state: JSON = field(default_factory=dict)
    root: str = ""
    previous: str = ""

    @property
    def blocks(self) -> list[JSON]:
        """The blocks, with ids."""
        blocks: list[JSON] = self.body["blocks"]
        return blocks

    def payload(self, app: JSON) -> JSON:
        """The `view` object as the API and interactions carry it; `app` holds ids of our app and team."""
        return copy.deepcopy(self.body) | {
            "id": self.id, "team_id": app["team_id"], "app_id": app["app_id"], "bot_id": app["bot_id"],
            "app_installed_team_id": app["team_id"], "hash": self.hash,
            "state": {"values": copy.deepcopy(self.state)},
            "root_view_id": self.root or self.id, "previous_view_id": self.previous or None,
        }  # fmt: skip


class Views:
    """Every open modal and published home of the workspace."""

    def __init__(self) -> None:
        """Start with nothing open."""
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}

    def stack(self, user: str) -> list[View]:
        """The open modals of a person, the one in front last."""
        return list(self._stacks.get(user, ()))

    def home(self, user: str) -> View | None:
        """The published home of a person, or None."""
        return self._homes.get(user)

    def find(self, view_id: str) -> View | None:
        """The open view with this id, homes included."""
        stacks = [view for stack in self._stacks.values() for view in stack]
        return next((view for view in [*stacks, *self._homes.values()] if view.id == view_id), None)

    def find_external(self, external_id: str) -> View | None:
        """The open modal with this external id, or None."""
        stacks = (view for stack in self._stacks.values() for view in stack)
        return next((view for view in stacks if external_id and view.body["external_id"] == external_id), None)

    def open(self, user: str, sent: JSON, cause: str) -> View:
        """Open a modal over nothing: what was open before is gone."""
        self._refuse_duplicate(sent)
        view = _view(user, sent, cause)
        self._stacks[user] = [view]
        return view

    def push(self, user: str, sent: JSON, cause: str) -> View:
        """Put a modal on top of the stack.

        Raises:
            SlackError: push_limit_reached on a full stack.
        """
        stack = self._stacks.setdefault(user, [])
        if len(stack) >= STACK:
            raise SlackError("push_limit_reached")
        self._refuse_duplicate(sent)
        view = _view(user, sent, cause)
        if stack:
            view.root, view.previous = stack[0].id, stack[-1].id
        stack.append(view)
        return view

    def update(self, view: View, sent: JSON, cause: str, expected: str = "") -> View:
        """Replace a view's content; what a person typed stays where block and action ids are unchanged.

        Raises:
            SlackError: hash_conflict when `expected` is not the current hash.
        """
        if expected and expected != view.hash:
            raise SlackError("hash_conflict")
        if sent.get("external_id") != view.body["external_id"]:
            self._refuse_duplicate(sent)
        typed = view.state
        view.body, view.sent, view.hash, view.cause = _body(sent), sent, _hash(), cause
        view.state = merged_state(view.blocks, typed)
        return view

    def publish(self, user: str, sent: JSON, cause: str, expected: str = "") -> View:
        """Set a person's home.

        Raises:
            SlackError: hash_conflict when `expected` is not the current hash.
        """
        home = self._homes.get(user)
        if home is not None:
            return self.update(home, sent, cause, expected)
        self._homes[user] = _view(user, sent, cause)
        return self._homes[user]

    def close(self, view: View) -> None:
        """Take one modal off its stack."""
        stack = self._stacks.get(view.user, [])
        if view in stack:
            stack.remove(view)

    def clear(self, user: str) -> None:
        """Close every modal of a person."""
        self._stacks.pop(user, None)

    def _refuse_duplicate(self, sent: JSON) -> None:
        if self.find_external(sent.get("external_id", "")) is not None:
            raise SlackError("duplicate_external_id")


def _view(user: str, sent: JSON, cause: str) -> View:
    body = _body(sent)
    number = "V" + secrets.token_hex(5).upper()
    return View(number, user, body, sent, _hash(), cause, starting_state(body["blocks"]))


def _body(sent: JSON) -> JSON:
    if len(json.dumps(sent)) > LARGEST:
        raise SlackError("view_too_large")
    body: JSON = {"title": None, "close": None, "submit": None, "private_metadata": "", "callback_id": "",
                  "external_id": "", "clear_on_close": False, "notify_on_close": False}  # fmt: skip
    body |= {key: sent[key] for key in _KEPT if key in sent}
    body["blocks"] = with_ids(sent.get("blocks") or [])
    return body


def _hash() -> str:
    return f"{secrets.randbelow(10**10)}.{secrets.token_hex(4)}"
