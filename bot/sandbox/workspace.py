"""The state of one Slack workspace: people, channels, messages, views, permissions and time."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from threading import RLock
from typing import TYPE_CHECKING, Any

from bot.clock import MovableClock
from bot.sandbox.channels import Channel, ChannelSpec, channel_id
from bot.sandbox.chaos import Chaos
from bot.sandbox.envelopes import Records
from bot.sandbox.errors import SlackError
from bot.sandbox.feed import Change, ChangeType, Feed
from bot.sandbox.files import Files
from bot.sandbox.personas import HOME_TEAM, Persona, User, user_of
from bot.sandbox.posts import Post, Posts
from bot.sandbox.rates import Rates
from bot.sandbox.triggers import Link, Links, Tickets, Triggers
from bot.sandbox.views import Views

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.sandbox.clock import MovingClock
    from bot.slack.manifest import Manifest

JSON = dict[str, Any]
BOT_USER = "U0ATTAINBOT"
BOT_ID = "B0ATTAIN"
APP_ID = "A0ATTAIN"
SLACKBOT = "USLACKBOT"
DEFAULT_CHANNELS = (
    ChannelSpec("general", topic="Company-wide announcements"),
    ChannelSpec("sales", topic="Wins, pipeline and questions"),
    ChannelSpec("random", topic="Anything else", bot=False),
)


@dataclass(frozen=True)
class Setup:
    """What a workspace starts from."""

    personas: Sequence[Persona]
    manifest: Manifest
    channels: Sequence[ChannelSpec] = DEFAULT_CHANNELS
    name: str = "Attain sandbox"
    clock: MovingClock = field(default_factory=MovableClock)
    burst: int = 1


@dataclass(frozen=True)
class Secrets:
    """The credentials of the installed app; nothing outside this machine accepts them."""

    bot_token: str = field(default_factory=lambda: f"xoxb-sandbox-{secrets.token_hex(12)}")
    app_token: str = field(default_factory=lambda: f"xapp-sandbox-{secrets.token_hex(12)}")
    signing_secret: str = field(default_factory=lambda: secrets.token_hex(16))
    verification_token: str = field(default_factory=lambda: secrets.token_hex(12))


class Workspace:
    """One workspace with our app installed. Every public method may be called from any thread."""

    def __init__(self, setup: Setup) -> None:
        """Build the workspace that `setup` describes."""
        self.lock = RLock()
        self.setup = setup
        self.secrets = Secrets()
        self.feed = Feed()
        self.chaos = Chaos()
        self.clock = setup.clock
        self.tickets = Tickets()
        self.base_url = ""
        self.generation = 0
        self.emit: Callable[[JSON, Channel | None], None] = lambda _event, _channel: None
        self._build()

    @property
    def manifest(self) -> Manifest:
        """What the app was installed with."""
        return self.setup.manifest

    @property
    def app(self) -> JSON:
        """The ids of our app, bot and team."""
        return {"id": BOT_USER, "bot_id": BOT_ID, "app_id": APP_ID, "team_id": HOME_TEAM}

    def reset(self) -> None:
        """Start over: same people and credentials, nothing said, time and chaos back to normal."""
        with self.lock:
            self.clock.reset()
            self.chaos.clear()
            self._build()
        for kind in ("state", "message", "home", "view"):
            self.tell(kind)

    def _build(self) -> None:
        self.generation += 1
        self.turned_away: list[str] = []
        #: Who is not to be disturbed: from and until which second.
        self.pauses: dict[str, tuple[int, int]] = {}
        self.posts, self.views, self.files = Posts(), Views(), Files()
        self.triggers, self.links, self.rates = Triggers(), Links(), Rates(self.setup.burst)
        self.records = Records()
        self._last_ts = 0
        bot = User(BOT_USER, Persona(self.manifest.name, "", "App"), bot=True, color="4a154b")
        slackbot = User(SLACKBOT, Persona("Slackbot", "", "App"), bot=True, color="616061")
        people = [user_of(persona) for persona in self.setup.personas]
        self.users: dict[str, User] = {user.id: user for user in [*people, bot, slackbot]}
        self.people = people
        self.channels: dict[str, Channel] = {}
        for spec in self.setup.channels:
            self._add_channel(spec)
        for user in people:
            self.direct(user.id, BOT_USER)

    def _add_channel(self, spec: ChannelSpec) -> None:
        if spec.members is None:
            members = {user.id for user in self.people if user.persona.kind in ("member", "unlinked", "deactivated")}
        else:
            wanted = {email.lower() for email in spec.members}
            members = {user.id for user in self.people if user.persona.email.lower() in wanted}
        if spec.bot:
            members.add(BOT_USER)
        channel = Channel(channel_id("C", spec.name), spec.name, spec.kind, spec.topic, members)
        self.channels[channel.id] = channel

    def direct(self, one: str, other: str) -> Channel:
        """The DM between two users, made when first asked for."""
        with self.lock:
            pair = sorted((one, other))
            number = channel_id("D", *pair)
            if number not in self.channels:
                kind = "app" if BOT_USER in pair else "im"
                person = one if other == BOT_USER else other
                name = self.manifest.name if kind == "app" else self.users[person].name
                self.channels[number] = Channel(number, name, kind, members=set(pair))  # type: ignore[arg-type]
            return self.channels[number]

    def turn_away(self, where: str) -> None:
        """Note a message that the bot could not send to a person or direct message: the reader is deactivated."""
        self.turned_away.append(where)
        self.tell("state")

    def next_ts(self) -> str:
        """A new message time stamp: unique, increasing, by this workspace's clock."""
        with self.lock:
            self._last_ts = max(self._last_ts + 1, _micros(self.clock))
            return f"{self._last_ts // 10**6}.{self._last_ts % 10**6:06d}"

    def add_post(self, post: Post) -> Post:
        """Keep a message and tell those who may see it."""
        with self.lock:
            self.posts.add(post)
        self.tell("ephemeral" if post.ephemeral else "message", post)
        return post

    def tell(self, kind: ChangeType, about: Post | str = "", text: str = "") -> None:
        """Publish a change: about a message to its readers, about a user id to them alone, else to all."""
        if isinstance(about, Post):
            change = Change(kind, about.channel, text, self.readers(about))
        else:
            change = Change(kind, "", text, frozenset({about}) if about else None)
        self.feed.publish(change)

    def readers(self, post: Post) -> frozenset[str]:
        """Who may see a message: the addressee of an ephemeral, else those who may read the channel."""
        if post.ephemeral:
            return frozenset({post.to})
        channel = self.channels[post.channel]
        return frozenset(user.id for user in self.people if channel.visible_to(user))

    def channel(self, number: str) -> Channel:
        """The channel with this id, or with this #name.

        Raises:
            SlackError: channel_not_found.
        """
        found = self.channels.get(number) or self.channel_named(number.removeprefix("#"))
        if found is None:
            raise SlackError("channel_not_found")
        return found

    def channel_named(self, name: str) -> Channel | None:
        """The public or private channel called `name`, or None."""
        return next((one for one in self.channels.values() if not one.direct and one.name == name), None)

    def user(self, number: str) -> User:
        """The user with this id.

        Raises:
            SlackError: user_not_found.
        """
        if number not in self.users:
            raise SlackError("user_not_found")
        return self.users[number]

    def user_by_email(self, email: str) -> User | None:
        """The user with this address, or None."""
        return next((user for user in self.people if user.persona.email.lower() == email.lower()), None)

    def bot_in(self, channel: Channel) -> bool:
        """Whether the bot is a member, chaos considered."""
        return BOT_USER in channel.members and (channel.direct or not self.chaos.on("bot_removed"))

    def archived(self, channel: Channel) -> bool:
        """Whether nothing can be posted any more, chaos considered."""
        return channel.archived or (not channel.direct and self.chaos.on("archived_channel"))

    def response_url(self, link: Link) -> str:
        """The response_url for `link`."""
        with self.lock:
            return f"{self.base_url}/response/{self.links.issue(link)}"


def _micros(clock: MovingClock) -> int:
    now = clock.now()
    return int(now.timestamp()) * 10**6 + now.microsecond
