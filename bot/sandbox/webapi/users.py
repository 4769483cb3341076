"""users.*: who somebody is."""

from __future__ import annotations

from bot.sandbox.errors import SlackError
from bot.sandbox.personas import HOME_TEAM, profile
from bot.sandbox.webapi.registry import JSON, Call, method


@method("users.info", scope="users:read")
def info(call: Call) -> JSON:
    """Describe one user; the address only with users:read.email, the locale only when asked for."""
    user = call.workspace.user(call.text("user", required=True))
    return {"user": profile(user, locale=call.flag("include_locale"), email=_may_see_email(call))}


@method("users.lookupByEmail", scope="users:read.email", tier="T3")
def lookup(call: Call) -> JSON:
    """Find an active member of this team by address."""
    user = call.workspace.user_by_email(call.text("email", required=True))
    if user is None or not user.active or user.team_id != HOME_TEAM:
        raise SlackError("users_not_found")
    return {"user": profile(user, locale=False, email=True)}


def _may_see_email(call: Call) -> bool:
    return "users:read.email" in call.workspace.manifest.scopes
