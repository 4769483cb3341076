"""Uses the fake Slack as a person would, from Python: for tests and for `attain ask`."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from bot.sandbox import blocks as kit
from bot.sandbox.errors import RefusedError
from bot.sandbox.gestures import Press
from bot.sandbox.personas import Persona, User
from bot.sandbox.presses import options
from bot.sandbox.sightings import DIRECT, Sighting, element_called, sighting
from bot.sandbox.workspace import BOT_USER

if TYPE_CHECKING:
    from bot.sandbox.channels import Channel
    from bot.sandbox.envelopes import Ack
    from bot.sandbox.fake import FakeSlack
    from bot.sandbox.feed import Change

JSON = dict[str, Any]
Who = User | Persona | str
REPLY_SECONDS = 10.0
QUIET_SECONDS = 0.25


class Driver:
    """A pair of hands. People are named by e-mail, id, handle or display name; channels by name or id."""

    def __init__(self, fake: FakeSlack) -> None:
        """Drive `fake`, whose delivery has a transport attached."""
        self.fake = fake
        self._workspace = fake.workspace
        self._heard = threading.Condition()
        self._changes = 0
        self._stop = fake.workspace.feed.subscribe(self._hear)
        self._reader = ""
        self._before: set[tuple[str, str, str]] = set()
        self._refused = 0

    def user(self, who: Who) -> User:
        """The user somebody means.

        Raises:
            RefusedError: nobody is called that; the message lists who there is.
        """
        if isinstance(who, User):
            return who
        wanted = (who.email if isinstance(who, Persona) else who).lower().lstrip("@")
        for user in self._workspace.people:
            if wanted in (user.id.lower(), user.persona.email.lower(), user.handle, user.name.lower()):
                return user
        known = ", ".join(user.persona.email for user in self._workspace.people)
        raise RefusedError(f"Nobody here is called {wanted!r}. There are: {known}.")

    def channel(self, who: Who, name: str = DIRECT) -> Channel:
        """The channel of that name or id; `dm` is this person's DM with the bot.

        Raises:
            RefusedError: there is no such channel.
        """
        if name == DIRECT:
            return self._workspace.direct(self.user(who).id, BOT_USER)
        found = self._workspace.channels.get(name) or self._workspace.channel_named(name.lstrip("#"))
        if found is None:
            raise RefusedError(f"There is no channel {name!r}.")
        return found

    def slash(self, who: Who, channel: str, command: str, text: str = "") -> Ack:
        """Run a slash command; the answer comes through `wait_for_reply`."""
        user = self._begin(who)
        place = self.channel(user, channel)
        if not place.visible_to(user):
            raise RefusedError(f"{user.name} is not in {channel}.")
        return self.fake.gestures.command(user, place, f"{command} {text}".strip())

    def dm(self, who: Who, text: str, thread_ts: str = "") -> None:
        """Write to the bot; text starting with `/` is a command."""
        self.say(who, DIRECT, text, thread_ts)

    def say(self, who: Who, channel: str, text: str, thread_ts: str = "") -> None:
        """Write into a channel or thread."""
        user = self._begin(who)
        self.fake.gestures.send(user, self.channel(user, channel), text, thread_ts)

    def mention(self, who: Who, channel: str, text: str) -> None:
        """Write into a channel with the bot's name in front."""
        self.say(who, channel, f"@{self._workspace.manifest.name} {text}")

    def click(self, who: Who, on: Sighting | JSON, name: str, choice: Any = None) -> Ack:
        """Press the element with this action_id or label, on a message or on a view.

        `choice` is what a menu, date or text element is set to: an option's value or text, a list of them, a date.
        """
        user = self._begin(who)
        blocks = on.placed if isinstance(on, Sighting) else on["blocks"]
        block_id, element = element_called(blocks, name)
        press = Press(block_id, element["action_id"], chosen(element, choice), {})
        if isinstance(on, Sighting):
            post = self._workspace.posts.find_visible(on.channel_id, on.ts, user.id)
            if post is None:
                raise RefusedError("That message is no longer there.")
            return self.fake.gestures.press_message(user, post, press)
        view = self._workspace.views.find(on["id"])
        if view is None or view.user != user.id:
            raise RefusedError("That window is no longer open.")
        return self.fake.gestures.press_view(user, view, press)

    def open_home(self, who: Who, timeout: float = REPLY_SECONDS) -> JSON | None:
        """Open the Home tab and return what the app publishes; what was there before if it publishes nothing."""
        user = self._begin(who)
        before = self._home_hash(user)
        self.fake.gestures.open_home(user)
        self._wait(lambda: self._home_hash(user) != before, timeout)
        return self.home(user)

    def home(self, who: Who) -> JSON | None:
        """The published Home, or None."""
        view = self._workspace.views.home(self.user(who).id)
        return view.payload(self._workspace.app) if view is not None else None

    def modal(self, who: Who, timeout: float = 0.0) -> JSON | None:
        """The modal in front, waiting up to `timeout` seconds for one to open."""
        user = self.user(who)
        self._wait(lambda: bool(self._workspace.views.stack(user.id)), timeout)
        stack = self._workspace.views.stack(user.id)
        return stack[-1].payload(self._workspace.app) if stack else None

    def submit(self, who: Who, values: JSON | None = None) -> JSON:
        """Submit the modal in front; `values` maps block_id to what is typed or chosen there.

        Returns:
            `{"ok": True}`, or `errors` by block_id, or one `error` line.
        """
        user = self._begin(who)
        view = self._front(user)
        typed: JSON = {}
        for block, element in kit.elements(view["blocks"]):
            if values and block["block_id"] in values and "action_id" in element:
                held = chosen(element, values[block["block_id"]])
                typed[block["block_id"]] = {element["action_id"]: held}
        return self.fake.forms.submit(user, view["id"], typed)

    def close_modal(self, who: Who) -> None:
        """Close the modal in front."""
        user = self._begin(who)
        self.fake.forms.close(user, self._front(user)["id"])

    def suggest(self, who: Who, name: str, typed: str) -> list[str]:
        """What an external menu of the modal in front offers for what was typed."""
        user = self.user(who)
        block_id, element = element_called(self._front(user)["blocks"], name)
        press = Press(block_id, element["action_id"], {}, {})
        return [option["text"]["text"] for option in self.fake.gestures.suggest(user, press, typed)]

    def messages(self, channel: str, as_user: Who, thread_ts: str = "") -> list[Sighting]:
        """What this person sees in a channel or thread, oldest first; nothing where they may not look."""
        user = self.user(as_user)
        place = self.channel(user, channel)
        if not place.visible_to(user):
            return []
        posts = self._workspace.posts.seen_by(user.id, place.id, thread_ts)
        return [sighting(self._workspace, post) for post in posts]

    def wait_for_reply(self, timeout: float = REPLY_SECONDS, quiet: float = QUIET_SECONDS) -> list[Sighting]:
        """What the last person to act came to see since: new or changed messages that are not their own.

        Waits up to `timeout` seconds for the first, then until nothing has changed for `quiet` seconds; not at all
        once Slack refused the bot's message because its reader is deactivated.
        """
        deadline = time.monotonic() + timeout
        self._wait(lambda: self.turned_away or bool(self._fresh()), timeout)
        while time.monotonic() < deadline:
            seen = self._changes
            if not self._fresh() or not self._changed_since(seen, quiet):
                break
        return [seen for _, seen in self._fresh()]

    @property
    def turned_away(self) -> bool:
        """Whether Slack refused a message to the last person to act since they did: they are deactivated."""
        to = (self._reader, self._workspace.direct(self._reader, BOT_USER).id)
        return any(where in to for where in self._workspace.turned_away[self._refused :])

    def reload(self, who: Who) -> None:
        """Reload this person's Slack: ephemerals are gone."""
        self._workspace.posts.drop_ephemerals(self.user(who).id)

    def close(self) -> None:
        """Stop listening."""
        self._stop()

    def _front(self, user: User) -> JSON:
        view = self.modal(user)
        if view is None:
            raise RefusedError(f"{user.name} has no window open.")
        return view

    def _begin(self, who: Who) -> User:
        user = self.user(who)
        self._reader = user.id
        self._refused = len(self._workspace.turned_away)
        self._before = {mark for mark, _ in self._all_seen()}
        return user

    def _fresh(self) -> list[tuple[tuple[str, str, str], Sighting]]:
        me = self._workspace.users[self._reader].name
        return [(mark, seen) for mark, seen in self._all_seen() if mark not in self._before and seen.author != me]

    def _all_seen(self) -> list[tuple[tuple[str, str, str], Sighting]]:
        with self._workspace.lock:
            posts = [
                post
                for channel in self._workspace.channels.values()
                if channel.visible_to(self._workspace.users[self._reader])
                for post in self._workspace.posts.on_screen(self._reader, channel.id)
            ]
            posts.sort(key=lambda post: post.ts)
            return [
                ((post.id, post.edited_ts, str(id(post.sent))), sighting(self._workspace, post)) for post in posts
            ]

    def _home_hash(self, user: User) -> str:
        view = self._workspace.views.home(user.id)
        return view.hash if view is not None else ""

    def _wait(self, happened: Any, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while True:
            seen = self._changes
            if happened():
                return
            left = deadline - time.monotonic()
            if left <= 0:
                return
            self._changed_since(seen, min(left, 0.5))

    def _changed_since(self, seen: int, timeout: float) -> bool:
        """Whether more than `seen` changes were heard of, waiting up to `timeout` seconds for one.

        Whoever publishes may hold the workspace's lock, so that nobody may want that lock while holding `_heard`:
        what has changed is looked at before and after waiting, never inside.
        """
        with self._heard:
            return self._heard.wait_for(lambda: self._changes != seen, timeout)

    def _hear(self, _change: Change) -> None:
        with self._heard:
            self._changes += 1
            self._heard.notify_all()


def chosen(element: JSON, choice: Any) -> JSON:
    """The state of an element once `choice` was made in it."""
    holds = kit.held_by(element)
    if choice is None or not holds:
        return {}
    if holds == "selected_option":
        return {holds: _option(element, choice)}
    if holds == "selected_options":
        return {holds: [_option(element, one) for one in choice]}
    return {holds: choice}


def _option(element: JSON, choice: Any) -> JSON:
    for option in options(element):
        if choice in (option.get("value"), option["text"]["text"]):
            return option
    return {"text": {"type": "plain_text", "text": str(choice)}, "value": str(choice)}
