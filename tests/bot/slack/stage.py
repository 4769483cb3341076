"""A whole Slack on loopback with our real app in it, for tests: people act, the stage tells what they then see."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from slack_bolt.request import BoltRequest

from bot import wiring
from bot.clock import MovableClock
from bot.sandbox.channels import ChannelSpec
from bot.sandbox.fake import FakeSlack
from bot.sandbox.gestures import Press
from bot.sandbox.posts import Post
from bot.sandbox.server import SandboxServer
from bot.sandbox.transport import InProcess
from bot.sandbox.workspace import BOT_USER, Setup
from bot.settings import Settings
from bot.slack.app import build_app
from bot.slack.manifest import load
from bot.slack.sending import PATIENCE_SECONDS
from tests.bot.slack.staff import NOW, PERSONAS

if TYPE_CHECKING:
    from slack_bolt import App
    from slack_bolt.response import BoltResponse

    from bot.sandbox.personas import User

JSON = dict[str, Any]


class Stage:
    """One workspace, one running app, one store."""

    def __init__(self, database_url: str, patience: float = PATIENCE_SECONDS, **settings: Any) -> None:
        self.patience = patience
        self.clock = MovableClock()
        self.clock.move_to(NOW)
        channels = (ChannelSpec("general"), ChannelSpec("random", bot=False),
                    ChannelSpec("partners", members=tuple(p.email for p in PERSONAS)))  # fmt: skip
        self.fake = FakeSlack(Setup(PERSONAS, load(), channels, clock=self.clock, burst=50))
        self.server = SandboxServer(self.fake, port=0)
        self.server.start()
        secret = self.fake.workspace.secrets
        self.settings = Settings(
            database_url=database_url, slack_api_url=self.server.api_url, slack_bot_token=secret.bot_token,
            slack_app_token=secret.app_token, slack_signing_secret=secret.signing_secret, **settings,
        )  # fmt: skip
        self.services = wiring.build(self.settings, self.clock)
        self.app: App = self.start()
        self._seen: set[str] = set()

    def start(self) -> App:
        """Build the app anew, as a restarted process does."""
        self.app = build_app(self.services, patience=self.patience)
        self.fake.delivery.attach(InProcess(self.app))
        return self.app

    def restart(self) -> None:
        """A new process over the same store."""
        self.services.pool.close(0.5)
        self.services = wiring.build(self.settings, self.clock)
        self.start()

    def close(self) -> None:
        self.services.close()
        self.server.close()
        self.fake.close()

    # People

    def user(self, email: str) -> User:
        found = self.fake.workspace.user_by_email(email)
        assert found is not None
        return found

    def send(self, email: str, text: str, channel: str = "") -> list[Post]:
        """What the person newly sees after writing `text` to the bot, or into the channel of that name."""
        user, workspace = self.user(email), self.fake.workspace
        place = workspace.channel(channel) if channel else workspace.direct(user.id, BOT_USER)
        if text.startswith("/"):
            self.fake.gestures.command(user, place, text)
        else:
            self.fake.gestures.say(user, place, text)
        return self.new(email)

    def ask(self, email: str, text: str, channel: str = "") -> Post:
        """The one message that answers `text`."""
        posts = self.send(email, text, channel)
        assert len(posts) == 1, [post.text for post in posts]
        return posts[0]

    def press(self, email: str, post: Post, action_id: str, value: str | None = None) -> list[Post]:
        """What the person newly sees after pressing; `value` replaces what the button carries."""
        for block in post.blocks:
            for element in [*block.get("elements", ()), block.get("accessory") or {}]:
                if str(element.get("action_id", "")).startswith(action_id):
                    if value is not None:
                        element["value"] = value
                    press = Press(block["block_id"], element["action_id"], {}, {})
                    self.fake.gestures.press_message(self.user(email), post, press)
                    return self.new(email)
        raise AssertionError(f"no button {action_id} in {post.text}")

    def home(self, email: str) -> JSON:
        """The Home tab after opening it."""
        user = self.user(email)
        self.fake.gestures.open_home(user)
        self.settle()
        view = self.fake.workspace.views.home(user.id)
        assert view is not None
        return view.body

    def settle(self) -> None:
        assert self.fake.delivery.settle(10)
        assert self.services.pool.wait_idle(20)

    def new(self, email: str) -> list[Post]:
        """Messages of the bot that this person can see and that were not returned before."""
        self.settle()
        user, workspace = self.user(email), self.fake.workspace
        posts = [
            post
            for channel in workspace.channels.values() if channel.visible_to(user)
            for post in workspace.posts.seen_by(user.id, channel.id)
            if post.author != user.id and post.id not in self._seen
        ]  # fmt: skip
        self._seen |= {post.id for post in posts}
        return posts

    # Envelopes

    def dispatch(self, body: JSON) -> BoltResponse:
        """Hand an envelope straight to the app, as Socket Mode does."""
        return self.app.dispatch(BoltRequest(mode="socket_mode", body=json.loads(json.dumps(body))))

    def command_body(self, email: str, text: str, **changes: Any) -> JSON:
        """A slash command of this person in their direct message with the bot, without a response address."""
        user = self.user(email)
        name, _, rest = text.partition(" ")
        channel = self.fake.workspace.direct(user.id, BOT_USER).id
        return {
            "command": name, "text": rest, "user_id": user.id, "team_id": user.team_id, "channel_id": channel,
            "trigger_id": secrets.token_hex(8), "response_url": "",
        } | changes  # fmt: skip

    def event_body(self, event: JSON, **changes: Any) -> JSON:
        """An event of our own workspace."""
        return {
            "type": "event_callback", "team_id": self.fake.workspace.app["team_id"],
            "event_id": f"Ev{secrets.token_hex(6)}", "event": event,
        } | changes  # fmt: skip

    def message_body(self, email: str, text: str) -> JSON:
        """A direct message of this person to the bot."""
        user = self.user(email)
        channel = self.fake.workspace.direct(user.id, BOT_USER).id
        return self.event_body(
            {"type": "message", "channel_type": "im", "channel": channel, "user": user.id, "text": text, "ts": "1.1"}
        )

    def later(self, **by: int) -> None:
        """Move the clock."""
        self.clock.advance(timedelta(**by))


def words(post: Post | JSON) -> str:
    """Everything a reader can read in a message or view."""
    blocks = post.blocks if isinstance(post, Post) else post["blocks"]
    return json.dumps(blocks, ensure_ascii=False)
