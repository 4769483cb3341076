"""What one persona's screen shows, as JSON for the page; nobody gets what Slack would not show them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.sandbox.chaos import SWITCHES
from bot.sandbox.files import as_api as file_as_api
from bot.sandbox.workspace import BOT_USER

if TYPE_CHECKING:
    from bot.sandbox.channels import Channel
    from bot.sandbox.fake import FakeSlack
    from bot.sandbox.hooks import GoLive
    from bot.sandbox.personas import User
    from bot.sandbox.posts import Post

JSON = dict[str, Any]
_ORDER = {"app": 0, "channel": 1, "private": 2, "im": 3}
STEPS = (
    "Open https://api.slack.com/apps, choose “Create New App”, then “From a manifest”, and paste the manifest.",
    "Install the app to your workspace and copy the bot token (xoxb-…).",
    "Under “Basic Information”, create an app-level token (xapp-…) with the scope connections:write.",
    "Put both into .env, then run: attain doctor",
    "When the doctor is content, run: attain serve",
)
ENV = "SLACK_BOT_TOKEN=xoxb-…\nSLACK_APP_TOKEN=xapp-…\nDATABASE_URL=sqlite:///attain.db\n"


def state(fake: FakeSlack, me: User) -> JSON:
    """The frame of the page: who, where, which commands, tools and switches."""
    workspace = fake.workspace
    chaos = [
        {"name": one.name, "label": one.label, "description": one.description, "on": workspace.chaos.on(one.name)}
        for one in SWITCHES
    ]
    tools = [{"id": tool.id, "label": tool.label, "description": tool.description} for tool in fake.hooks.tools]
    return {
        "me": person(me), "personas": [person(user) | {"group": user.persona.group} for user in workspace.people],
        "channels": channels(fake, me), "now": workspace.clock.now().isoformat(), "chaos": chaos, "tools": tools,
        "links": [asdict(link) for link in fake.hooks.links],
        "offset_seconds": round(workspace.clock.offset.total_seconds()),
        "commands": [{"command": one.command, "usage_hint": one.usage_hint, "description": one.description}
                     for one in workspace.manifest.commands],
        "bot": {"id": BOT_USER, "name": workspace.manifest.name}, "workspace": {"name": workspace.setup.name},
        "prompts": prompts(fake, me),
    }  # fmt: skip


def person(user: User) -> JSON:
    """A persona as the page lists it."""
    who = user.persona
    return {"id": user.id, "name": user.name, "title": who.title, "tz": who.tz, "locale": who.locale,
            "color": f"#{user.color}", "kind": who.kind, "email": who.email, "handle": user.handle}  # fmt: skip


def channels(fake: FakeSlack, me: User) -> list[JSON]:
    """The sidebar: own DM with the bot, public channels, own private channels and DMs."""
    posts = fake.workspace.posts
    seen = [one for one in fake.workspace.channels.values() if one.visible_to(me)]
    seen.sort(key=lambda one: (_ORDER[one.kind], one.name))
    return [
        {"id": one.id, "name": _title(fake, one, me), "kind": one.kind, "topic": one.topic,
         "member": me.id in one.members, "archived": fake.workspace.archived(one),
         "unread": posts.unread(me.id, one.id, one.read_to.get(me.id, ""))}
        for one in seen
    ]  # fmt: skip


def prompts(fake: FakeSlack, me: User) -> list[JSON]:
    """Suggested prompts of this person's DM: set by the app, else the caller's, else the manifest's."""
    own = fake.workspace.direct(me.id, BOT_USER).prompts
    if own:
        return list(own)
    given = fake.hooks.prompts or fake.workspace.manifest.prompts
    return [{"title": title, "message": message} for title, message in given]


def messages(fake: FakeSlack, me: User, channel: Channel, thread: str = "") -> list[JSON]:
    """What this person sees in a channel or thread, oldest first."""
    shown = fake.workspace.posts.seen_by(me.id, channel.id, thread)
    if shown and not thread:
        channel.read_to[me.id] = max(channel.read_to.get(me.id, ""), shown[-1].ts)
    return [message(fake, post) for post in shown]


def message(fake: FakeSlack, post: Post) -> JSON:
    """One message as the page draws it."""
    workspace = fake.workspace
    author = workspace.users[post.author]
    files = [file for file in map(workspace.files.find, post.files) if file is not None]
    return {
        "id": post.id, "ts": post.ts, "text": post.text, "blocks": post.blocks, "ephemeral": post.ephemeral,
        "from": {"id": author.id, "name": author.name, "bot": author.bot, "color": f"#{author.color}"},
        "edited": bool(post.edited_ts), "thread_ts": post.thread_ts,
        "reply_count": workspace.posts.replies(post.channel, post.ts),
        "files": [file_as_api(file, workspace.base_url) for file in files],
        "at": datetime.fromtimestamp(float(post.ts), UTC).isoformat(),
    }  # fmt: skip


def home(fake: FakeSlack, me: User) -> JSON | None:
    """This person's published home, or None."""
    view = fake.workspace.views.home(me.id)
    return view.payload(fake.workspace.app) if view is not None else None


def views(fake: FakeSlack, me: User) -> list[JSON]:
    """This person's open modals, the one in front last."""
    return [view.payload(fake.workspace.app) for view in fake.workspace.views.stack(me.id)]


def golive(fake: FakeSlack) -> JSON:
    """How to use this in a real workspace."""
    given: GoLive = fake.hooks.golive
    manifest = given.manifest or fake.workspace.manifest.text
    return {"manifest": manifest, "env": given.env or ENV, "steps": list(given.steps or STEPS)}


def _title(fake: FakeSlack, channel: Channel, me: User) -> str:
    if channel.kind != "im":
        return channel.name
    other = next(iter(channel.members - {me.id}), me.id)
    return fake.workspace.users[other].name
