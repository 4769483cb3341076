"""What a person does in Slack: writes, runs a command, presses, opens the home; for the page and the driver."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.sandbox import blocks as kit
from bot.sandbox.envelopes import Ack, Envelope
from bot.sandbox.errors import RefusedError
from bot.sandbox.mentions import encode_command, encode_message
from bot.sandbox.payloads import CommandCall, Origin, Payloads, home_event, message_event
from bot.sandbox.personas import HOME_TEAM, User
from bot.sandbox.posts import Post
from bot.sandbox.presses import pressed
from bot.sandbox.respond import answer
from bot.sandbox.triggers import LINK_LIFE, Link
from bot.sandbox.workspace import BOT_USER, SLACKBOT, Workspace

if TYPE_CHECKING:
    from bot.sandbox.channels import Channel
    from bot.sandbox.delivery import Delivery
    from bot.sandbox.views import View

JSON = dict[str, Any]
LONGEST = 12_000
_MESSAGES = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}


@dataclass(frozen=True)
class Press:
    """A press on one element: where it stands and what was chosen; `values` is the form around it."""

    block_id: str
    action_id: str
    given: JSON
    values: JSON


class Gestures:
    """The hands of every persona of one workspace."""

    def __init__(self, workspace: Workspace, delivery: Delivery) -> None:
        """Act in `workspace`, reaching the app through `delivery`."""
        self.workspace = workspace
        self.delivery = delivery
        self.payloads = Payloads(workspace)
        workspace.emit = self.emit

    def emit(self, event: JSON, channel: Channel | None) -> None:
        """Send an event to the app if the manifest subscribes to it and the bot may see it."""
        name = event["type"]
        if name == "message":
            name = _MESSAGES[event["channel_type"]]
        if name not in self.workspace.manifest.events:
            return
        if channel is not None and not self.workspace.bot_in(channel):
            return
        payload = self.payloads.event(event, shared=self._shared(channel))
        user = event.get("user", "")
        self.delivery.post(Envelope("events_api", payload, user, event.get("channel", "")))

    def send(self, user: User, channel: Channel, text: str, thread_ts: str = "") -> None:
        """Write `text` into a channel or thread; a first character `/` makes it a command.

        Raises:
            RefusedError: Slack would not let this person write here.
        """
        if not text.strip():
            raise RefusedError("Write something first.")
        if text.startswith("/"):
            self._require_membership(user, channel)
            self.command(user, channel, text, thread_ts)
            return
        self.say(user, channel, text, thread_ts)

    def say(self, user: User, channel: Channel, text: str, thread_ts: str = "") -> Post:
        """Post a message as this person and tell the app of it."""
        self._require_membership(user, channel)
        if self.workspace.archived(channel):
            raise RefusedError("This channel has been archived.")
        if len(text) > LONGEST:
            raise RefusedError(f"Your message is too long: {len(text)} characters, at most {LONGEST}.")
        with self.workspace.lock:
            ts = self.workspace.next_ts()
            encoded = encode_message(self.workspace, text)
            post = Post(channel.id, ts, user.id, encoded, thread_ts=thread_ts, client_msg_id=secrets.token_hex(16))
            channel.read_to[user.id] = ts
            self.workspace.add_post(post)
        event = message_event(self.workspace, post)
        self.emit(event, channel)
        self._mention(user, channel, post, event)
        return post

    def command(self, user: User, channel: Channel, text: str, thread_ts: str = "") -> Ack:
        """Run a slash command as typed and show what comes back at once."""
        name, _, rest = text.partition(" ")
        known = self.workspace.manifest.command(name)
        if thread_ts:
            self._slackbot(user, channel, f"`{name}` is not supported in threads. Sorry!", thread_ts)
            return Ack(ok=False, reason="thread")
        if known is None:
            self._slackbot(
                user, channel, f"`{quotable(name)}` is not a valid command. Type `/` to see those there are."
            )
            return Ack(ok=False, reason="unknown")
        words = encode_command(self.workspace, rest.strip(), should_escape=known.should_escape)
        number = secrets.token_hex(16)
        link = self._link(user, channel, number)
        trigger = self.workspace.triggers.issue(user.id, self.workspace.clock.now(), number)
        call = CommandCall(name, words, channel, trigger, self.workspace.response_url(link))
        envelope = Envelope("slash_commands", dict(self.payloads.command(user, call)), user.id, channel.id, number)
        ack = self.delivery.ask(envelope)
        if not ack.ok:
            code = "operation_timeout" if ack.reason in ("http_timeout", "timeout") else "dispatch_failed"
            self._slackbot(user, channel, f"{name} failed with the error “{code}”")
        elif ack.body:
            answer(self.workspace, link, ack.body if isinstance(ack.body, dict) else {"text": ack.body})
        return ack

    def press_message(self, user: User, post: Post, press: Press) -> Ack:
        """Press an element of a message."""
        element = self._element(post.blocks, press)
        number = secrets.token_hex(16)
        channel = self.workspace.channels[post.channel]
        link = self._link(user, channel, number, post)
        trigger = self.workspace.triggers.issue(user.id, self.workspace.clock.now(), number)
        origin = Origin(user, trigger, self.workspace.response_url(link), post)
        values = kit.merged_state(post.blocks, _with_choice(press, element, press.values))
        action = pressed(element, press.block_id, press.given, self.workspace.next_ts())
        return self._interact(origin, self.payloads.actions(origin, [action], values), number, channel.id)

    def press_view(self, user: User, view: View, press: Press) -> Ack:
        """Press an element of a modal or of the home."""
        element = self._element(view.blocks, press)
        view.state = kit.merged_state(view.blocks, _with_choice(press, element, press.values or view.state))
        number = secrets.token_hex(16)
        at = "" if view.body["type"] == "home" else view.id
        trigger = self.workspace.triggers.issue(user.id, self.workspace.clock.now(), number, at)
        origin = Origin(user, trigger, view=view)
        action = pressed(element, press.block_id, press.given, self.workspace.next_ts())
        return self._interact(origin, self.payloads.actions(origin, [action], {}), number)

    def open_home(self, user: User) -> None:
        """Open the Home tab: the app hears of it and may publish."""
        home = self.workspace.views.home(user.id)
        channel = self.workspace.direct(user.id, BOT_USER)
        view = home.payload(self.workspace.app) if home is not None else None
        self.emit(home_event(user, channel, view), channel)

    def suggest(self, user: User, press: Press, typed: str) -> list[JSON]:
        """The options an external select offers for what was typed."""
        origin = self._holder(user, press)
        payload = self.payloads.suggestion(origin, press.block_id, press.action_id, typed)
        ack = self.delivery.ask(Envelope("interactive", payload, user.id))
        body = ack.body if isinstance(ack.body, dict) else {}
        groups = body.get("option_groups") or [{"options": body.get("options") or []}]
        return [option for group in groups for option in group["options"]]

    def _holder(self, user: User, press: Press) -> Origin:
        views = self.workspace.views
        home = views.home(user.id)
        for view in [*reversed(views.stack(user.id)), *([home] if home else [])]:
            if kit.find(view.blocks, press.block_id, press.action_id):
                return Origin(user, view=view)
        for channel in self.workspace.channels.values():
            if not channel.visible_to(user):
                continue
            for post in reversed(self.workspace.posts.seen_by(user.id, channel.id)):
                if kit.find(post.blocks, press.block_id, press.action_id):
                    return Origin(user, post=post)
        raise RefusedError("That menu is no longer on the screen.")

    def _interact(self, origin: Origin, payload: JSON, number: str, channel: str = "") -> Ack:
        user = origin.user.id
        ack = self.delivery.ask(Envelope("interactive", payload, user, channel, number))
        if not ack.ok:
            self.workspace.tell("toast", user, f"{self.workspace.manifest.name} did not respond. Try again?")
        return ack

    def _element(self, blocks: list[JSON], press: Press) -> JSON:
        element = kit.find(blocks, press.block_id, press.action_id)
        if element is None:
            raise RefusedError("That button is no longer on the screen.")
        return element

    def _link(self, user: User, channel: Channel, cause: str, post: Post | None = None) -> Link:
        expires = self.workspace.clock.now() + LINK_LIFE
        ts, thread = (post.ts, post.thread_ts) if post is not None else ("", "")
        return Link(secrets.token_urlsafe(24), user.id, channel.id, expires, cause, ts, thread)

    def _mention(self, user: User, channel: Channel, post: Post, event: JSON) -> None:
        if f"<@{BOT_USER}>" not in post.text or channel.direct:
            return
        if not self.workspace.bot_in(channel):
            name = self.workspace.manifest.name
            self._slackbot(user, channel, f"You mentioned <@{BOT_USER}>, but {name} is not in this channel.")
            return
        kept = {key: value for key, value in event.items() if key != "channel_type"}
        self.emit(kept | {"type": "app_mention"}, channel)

    def _require_membership(self, user: User, channel: Channel) -> None:
        if not channel.visible_to(user):
            raise RefusedError("You are not in this conversation.")
        if user.id not in channel.members:
            channel.members.add(user.id)

    def _shared(self, channel: Channel | None) -> bool:
        if channel is None:
            return False
        users = self.workspace.users
        return any(users[member].team_id != HOME_TEAM for member in channel.members if member in users)

    def _slackbot(self, user: User, channel: Channel, text: str, thread_ts: str = "") -> None:
        ts = self.workspace.next_ts()
        self.workspace.add_post(Post(channel.id, ts, SLACKBOT, text, to=user.id, thread_ts=thread_ts))


def _with_choice(press: Press, element: JSON, values: JSON) -> JSON:
    """What stands in the fields once this one was set: Slack's state holds the choice that it tells of."""
    if not press.given or not kit.held_by(element):
        return values
    return values | {press.block_id: (values.get(press.block_id) or {}) | {press.action_id: press.given}}


def quotable(text: str) -> str:
    """Typed text as it may stand in a message: entities escaped, no backtick to break out of the code mark."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("`", "'")
