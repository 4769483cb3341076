"""Who can be impersonated in the sandbox; the caller supplies them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind = Literal["member", "guest", "deactivated", "foreign", "unlinked"]

HOME_TEAM = "T0SANDBOX"
FOREIGN_TEAM = "T0PARTNER"
COLORS = ("4a154b", "1264a3", "2b7a4b", "b3472a", "6b4fbb", "8a6d00", "0f7173", "a23b72")


@dataclass(frozen=True)
class Persona:
    """One person of the workspace, as Slack knows them.

    `kind` says how Slack and the bot see them: a full member, a guest, a deactivated account, somebody of another
    team in a shared channel, or a member whose e-mail the bot does not know. `alias` is what their @name is made of
    where the address will not do.
    """

    name: str
    email: str
    title: str = ""
    tz: str = "America/New_York"
    locale: str = "en-US"
    kind: Kind = "member"
    group: str = "People"
    alias: str = ""

    @property
    def handle(self) -> str:
        """The @name, from the address: `dana.reyes@example.com` is `dana.reyes`, whatever script the name is in."""
        shown = self.alias or self.email.partition("@")[0] or self.name
        return re.sub(r"[^\w.-]+", ".", shown.lower()).strip(".") or "user"


def distinct(personas: Iterable[Persona]) -> tuple[Persona, ...]:
    """The personas, each with an @name of its own: the second `dana.reyes` brings her domain along."""
    told: dict[str, Persona] = {}
    for one in personas:
        apart = replace(one, alias=one.email.replace("@", ".")) if one.handle in told else one
        told[apart.handle] = apart
    return tuple(told.values())


@dataclass
class User:
    """A persona, or the bot, with the ids Slack gave it."""

    id: str
    persona: Persona
    team_id: str = HOME_TEAM
    bot: bool = False
    color: str = field(default="")

    def __post_init__(self) -> None:
        """Give the user a steady colour."""
        self.color = self.color or COLORS[int(self.id.encode().hex(), 16) % len(COLORS)]

    @property
    def name(self) -> str:
        """The display name."""
        return self.persona.name

    @property
    def handle(self) -> str:
        """The @name."""
        return self.persona.handle

    @property
    def outsider(self) -> bool:
        """Whether this is a guest or somebody of another team, who see only the channels they are in."""
        return self.persona.kind in ("guest", "foreign")

    @property
    def active(self) -> bool:
        """Whether this account can still sign in."""
        return self.persona.kind != "deactivated"


def user_id(email: str) -> str:
    """A Slack-like user id that stays the same for this address over restarts, so that identity links hold."""
    return "U" + hashlib.sha256(email.lower().encode()).hexdigest()[:10].upper()


def user_of(persona: Persona) -> User:
    """The Slack account of a persona."""
    team = FOREIGN_TEAM if persona.kind == "foreign" else HOME_TEAM
    return User(id=user_id(persona.email), persona=persona, team_id=team)


def profile(user: User, *, locale: bool, email: bool) -> dict[str, Any]:
    """The `user` object of users.info; `email` only with the scope for it, `locale` only when asked for."""
    person = user.persona
    shown = {"real_name": user.name, "display_name": user.handle, "title": person.title, "team": user.team_id}
    if email and not user.bot:
        shown["email"] = person.email
    body: dict[str, Any] = {
        "id": user.id, "team_id": user.team_id, "name": user.handle, "deleted": not user.active, "color": user.color,
        "real_name": user.name, "tz": person.tz, "profile": shown, "is_bot": user.bot, "is_app_user": False,
        "is_admin": False, "is_owner": False, "is_restricted": person.kind == "guest",
        "is_ultra_restricted": person.kind == "guest", "is_stranger": person.kind == "foreign", "updated": 0,
    }  # fmt: skip
    if locale:
        body["locale"] = person.locale
    return body
