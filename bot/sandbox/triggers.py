"""Short-lived permissions: trigger ids (3 s, one use) and response_urls (30 min, five uses)."""

from __future__ import annotations

import itertools
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox.errors import SlackError

TRIGGER_LIFE = timedelta(seconds=3)
LINK_LIFE = timedelta(minutes=30)
LINK_USES = 5


@dataclass
class Trigger:
    """One gesture's right to open a modal. `view_id` is the modal it came from, if any."""

    id: str
    user: str
    expires_at: datetime
    cause: str
    view_id: str = ""
    used: bool = False


@dataclass
class Link:
    """One response_url: where its answers go and how often it was used."""

    token: str
    user: str
    channel: str
    expires_at: datetime
    cause: str
    post_ts: str = ""
    thread_ts: str = ""
    uses: int = 0


class Triggers:
    """Issues and exchanges trigger ids."""

    def __init__(self) -> None:
        """Start with none issued."""
        self._issued: dict[str, Trigger] = {}
        self._count = itertools.count(1)

    def issue(self, user: str, now: datetime, cause: str, view_id: str = "") -> str:
        """A new trigger id for this user, good for three seconds."""
        number = f"{next(self._count)}.{int(now.timestamp())}.{secrets.token_hex(8)}"
        self._issued[number] = Trigger(number, user, now + TRIGGER_LIFE, cause, view_id)
        return number

    def exchange(self, number: str, now: datetime, *, spoiled: bool = False) -> Trigger:
        """The trigger behind `number`, which is thereby used up.

        Raises:
            SlackError: invalid_trigger_id, expired_trigger_id or exchanged_trigger_id.
        """
        trigger = self._issued.get(number)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if spoiled or now >= trigger.expires_at:
            raise SlackError("expired_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        trigger.used = True
        return trigger


class Tickets:
    """One-use tickets for opening a socket."""

    def __init__(self) -> None:
        """Start with none issued."""
        self._issued: set[str] = set()

    def issue(self) -> str:
        """A new ticket."""
        ticket = secrets.token_urlsafe(24)
        self._issued.add(ticket)
        return ticket

    def punch(self, ticket: str) -> bool:
        """Use a ticket up; False when it was never issued or is used already."""
        known = ticket in self._issued
        self._issued.discard(ticket)
        return known


class Links:
    """Issues response_urls and counts their uses."""

    def __init__(self) -> None:
        """Start with none issued."""
        self._issued: dict[str, Link] = {}

    def issue(self, link: Link) -> str:
        """Keep `link`; returns its token."""
        self._issued[link.token] = link
        return link.token

    def use(self, token: str, now: datetime) -> Link:
        """The link behind `token`, with this use counted.

        Raises:
            SlackError: with status 404, as Slack answers for unknown, expired and used-up URLs.
        """
        link = self._issued.get(token)
        if link is None:
            raise SlackError("invalid_url", status=404)
        if now >= link.expires_at:
            raise SlackError("expired_url", status=404)
        if link.uses >= LINK_USES:
            raise SlackError("used_url", status=404)
        link.uses += 1
        return link
