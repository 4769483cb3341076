"""dnd.*: who is not to be disturbed, and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.webapi.registry import JSON, Call, method

if TYPE_CHECKING:
    from bot.sandbox.personas import User

#: Slack answers about so many at once.
MOST_USERS = 50


@method("dnd.info", scope="dnd:read")
def info(call: Call) -> JSON:
    """Say of one user whether they take pauses, and when the next begins and ends."""
    return _of(call, call.workspace.user(call.text("user", required=True)))


@method("dnd.teamInfo", scope="dnd:read", tier="T2")
def team_info(call: Call) -> JSON:
    """Say the same of up to fifty users; those that do not exist are left out."""
    asked = call.text("users", required=True).split(",")[:MOST_USERS]
    known = call.workspace.users
    return {"users": {user_id: _of(call, known[user_id]) for user_id in asked if user_id in known}}


def _of(call: Call, user: User) -> JSON:
    start, end = call.workspace.pauses.get(user.id, (1, 1))
    return {"dnd_enabled": end > 1, "next_dnd_start_ts": start, "next_dnd_end_ts": end}
