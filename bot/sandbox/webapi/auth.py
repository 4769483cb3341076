"""auth.test and apps.connections.open."""

from __future__ import annotations

from bot.sandbox.personas import HOME_TEAM
from bot.sandbox.webapi.registry import JSON, Call, method
from bot.sandbox.workspace import BOT_ID, BOT_USER


@method("auth.test", tier="special")
def test(call: Call) -> JSON:
    """Who the token belongs to."""
    workspace = call.workspace
    return {
        "url": f"{workspace.base_url}/", "team": workspace.setup.name, "team_id": HOME_TEAM, "user_id": BOT_USER,
        "user": workspace.users[BOT_USER].handle, "bot_id": BOT_ID, "is_enterprise_install": False,
    }  # fmt: skip


@method("apps.connections.open", tier="T4", app_level=True)
def open_connection(call: Call) -> JSON:
    """The address of a new socket, with a ticket that is good once."""
    base = call.workspace.base_url.replace("http", "ws", 1)
    return {"url": f"{base}/ws?ticket={call.workspace.tickets.issue()}"}


@method("assistant.threads.setSuggestedPrompts", scope="assistant:write")
def set_prompts(call: Call) -> JSON:
    """Put prompts above the message box of a DM."""
    channel = call.workspace.channel(call.text("channel_id", required=True))
    prompts = call.parsed("prompts", "invalid_arguments") or []
    channel.prompts = [{"title": prompt["title"], "message": prompt["message"]} for prompt in prompts]
    call.workspace.tell("state")
    return {}
