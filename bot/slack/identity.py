"""Who a Slack account is: linked once by the e-mail address Slack vouches for, and only members of this workspace.

Guests, bots, deactivated accounts and people of other workspaces (Slack Connect) are nobody here, whatever their
e-mail address says.
"""

from __future__ import annotations

from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError

from bot.errors import NotDeliveredError
from bot.log import Journal
from operations import identity, memory
from operations.context import Context
from store import changes, identities, people, touched

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from slack_sdk import WebClient

    from bot.slack.inbound import Inbound
    from bot.wiring import Services
    from engine.people import Person

STRANGER_FOR = timedelta(seconds=5)
REMEMBERED = 10_000
_NOT_ONE_OF_US = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger", "is_workflow_bot")
_journal = Journal("bot.slack.identity")


class Directory:
    """Finds the person behind an account; asks Slack once, then the store knows."""

    def __init__(self, services: Services, client: WebClient) -> None:
        """Look people up through `client`."""
        self._services = services
        self._client = client
        self._lock = Lock()
        self._strangers: dict[tuple[str, str], datetime] = {}
        self._home: dict[str, str] = {}

    def who(self, inbound: Inbound) -> Person | None:
        """The person who asks; None for whoever is not linked and cannot be."""
        if inbound.user_team_id and inbound.user_team_id != inbound.team_id:
            return None
        key = (inbound.team_id, inbound.user_id)
        person = self._linked(*key)
        if person is not None or self._is_stranger(key):
            return person
        email = self._vouched_email(*key)
        person = identity.link(self._context(), *key, email) if email else None
        if person is None:
            self._note_stranger(key)
        else:
            _journal.info("linked", team=inbound.team_id, user=inbound.user_id, rep=person.rep_id)
        return person

    def _linked(self, team_id: str, user_id: str) -> Person | None:
        """The person the account is linked to, worked out once per change of the link, the facts or the day."""
        ctx = self._context()
        with ctx.db.read() as conn:
            seen = touched.account(conn, team_id, user_id)
        known = memory.of(ctx.db, "accounts")
        return known.recall((team_id, user_id, ctx.as_of, *seen), lambda: identity.resolve(ctx, team_id, user_id))

    def mentioned(self, team_id: str, user_id: str) -> Person | None:
        """The person somebody else named; looked up without linking them."""
        person = self._linked(team_id, user_id)
        if person is not None:
            return person
        email = self._vouched_email(team_id, user_id)
        return self.addressed(email) if email else None

    def addressed(self, email: str) -> Person | None:
        """The person with that e-mail address."""
        with self._services.db.read() as conn:
            return people.by_email(conn, email)

    def named(self, name: str) -> Person | None:
        """The one person with that full name, or else the one with that first name; None where nobody or two are."""
        db = self._services.db
        with db.read() as conn:
            known = memory.of(db).recall(("names", changes.watermark(conn)), lambda: _by_name(people.all(conn)))
            holders = known.get(" ".join(name.casefold().split()), ())
            return people.by_id(conn, holders[0]) if len(holders) == 1 else None

    def own_account(self) -> str:
        """The account of the bot itself, whose mention names nobody."""
        return self._authenticated()["user_id"]

    def look_again(self, team_id: str, user_id: str) -> None:
        """Unlink an account that was deactivated, made a guest, or given another address."""
        with self._lock:
            self._strangers.pop((team_id, user_id), None)
        with self._services.db.read() as conn:
            linked = identities.get(conn, team_id, user_id)
        if linked is None:
            return
        email = self._vouched_email(team_id, user_id)
        if email.casefold() == linked.email.casefold():
            return
        with self._services.db.write() as conn:
            identities.unlink(conn, team_id, user_id, self._services.clock.now(), "Slack account changed")
        _journal.info("unlinked", team=team_id, user=user_id)

    def _context(self) -> Context:
        now = self._services.clock.now()
        return Context(self._services.db, now.date(), now)

    def _vouched_email(self, team_id: str, user_id: str) -> str:
        """The address of a full, active, human member of our own workspace; "" for everybody else."""
        if not user_id or team_id != self._home_team():
            return ""
        try:
            user: dict[str, Any] = self._client.users_info(user=user_id)["user"]
        except SlackApiError as error:
            code = str(error.response.get("error", "unknown"))
            if code in ("user_not_found", "user_not_visible"):
                return ""
            raise NotDeliveredError(code) from None
        if any(user.get(mark) for mark in _NOT_ONE_OF_US) or user.get("team_id", team_id) != team_id:
            return ""
        return str((user.get("profile") or {}).get("email") or "")

    def _home_team(self) -> str:
        """The id of the workspace the bot token belongs to."""
        return self._authenticated()["team_id"]

    def _authenticated(self) -> dict[str, str]:
        """Whom the bot token belongs to, asked once."""
        if not self._home:
            try:
                answer = self._client.auth_test()
            except SlackApiError as error:
                raise NotDeliveredError(str(error.response.get("error", "unknown"))) from None
            self._home = {name: str(answer[name]) for name in ("team_id", "user_id")}
        return self._home

    def _is_stranger(self, key: tuple[str, str]) -> bool:
        """Whether Slack told us a few seconds ago that this is nobody we know."""
        with self._lock:
            until = self._strangers.get(key)
        return until is not None and self._services.clock.now() < until

    def _note_stranger(self, key: tuple[str, str]) -> None:
        with self._lock:
            while len(self._strangers) >= REMEMBERED:
                del self._strangers[next(iter(self._strangers))]
            self._strangers[key] = self._services.clock.now() + STRANGER_FOR


def _by_name(everybody: Iterable[Person]) -> dict[str, tuple[int, ...]]:
    """Who has a name: the holders of it in full, and of a first name that is nobody's full name."""
    full: dict[str, tuple[int, ...]] = {}
    first: dict[str, tuple[int, ...]] = {}
    for person in everybody:
        words = person.name.casefold().replace(".", " ").split()
        if words:
            name = " ".join(words)
            full[name] = (*full.get(name, ()), person.rep_id)
            first[words[0]] = (*first.get(words[0], ()), person.rep_id)
    return first | full
