"""Whom Slack says not to disturb, and in which zone people are: asked when something waits for them, and remembered.

"Do not disturb" is asked for many at once and holds for some minutes; a zone is looked up once a day. Where Slack
does not say, because the scope is missing or it does not answer, what is known of a person holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from slack_sdk import WebClient

from bot.log import Journal
from bot.slack import sending
from engine.attention import Presence
from store import identities

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from bot.settings import Settings
    from bot.slack.sending import Sent
    from operations.context import Context

#: How long an answer about "do not disturb" holds, and one about a zone.
QUIET_FOR, ZONE_FOR = timedelta(minutes=10), timedelta(days=1)
#: Slack answers about so many at once; of zones so few are looked up in one pass, one by one.
AT_ONCE, ZONES_AT_ONCE = 50, 5
#: Seconds after which an answer is not waited for: notices wait behind it.
TIMEOUT = 5
#: So long lies between two questions, as Slack takes twenty of them a minute.
BETWEEN = timedelta(seconds=5)
#: After a refusal nothing is asked for so long; after a failure for the shorter time.
REFUSED_FOR, FAILED_FOR = timedelta(hours=1), timedelta(minutes=1)
_journal = Journal("bot.slack.presence")


@dataclass
class _Known:
    """What is known of one person, and when it was asked."""

    said: Presence = field(default_factory=Presence)
    quiet_at: datetime | None = None
    zone_at: datetime | None = None


@dataclass
class Presences:
    """What Slack says of people, for one workspace; safe to share by threads."""

    client: WebClient
    _known: dict[int, _Known] = field(default_factory=dict)
    _not_before: datetime | None = None
    _lock: Lock = field(default_factory=Lock)

    def of(self, ctx: Context, rep_ids: Collection[int]) -> Mapping[int, Presence]:
        """What is known of these people now; those of whom Slack said nothing are left out."""
        with self._lock:
            if self._not_before is None or not self._not_before - REFUSED_FOR <= ctx.now < self._not_before:
                self._ask(ctx, rep_ids)
            found = {rep_id: self._known[rep_id].said for rep_id in rep_ids if rep_id in self._known}
        return {rep_id: said for rep_id, said in found.items() if said != Presence()}

    def _ask(self, ctx: Context, rep_ids: Collection[int]) -> None:
        due = [each for each in sorted(rep_ids) if _is_due(self._known.get(each), ctx.now)][:AT_ONCE]
        if not due:
            return
        with ctx.db.read() as conn:
            accounts = {rep_id: links[-1].user_id for rep_id in due if (links := identities.of_person(conn, rep_id))}
        for rep_id in due:
            self._known.setdefault(rep_id, _Known()).quiet_at = ctx.now
        if not accounts:
            return
        self._not_before = ctx.now + BETWEEN
        if self._ask_quiet(accounts, ctx.now):
            self._ask_zones(accounts, ctx.now)

    def _ask_quiet(self, accounts: Mapping[int, str], now: datetime) -> bool:
        """Whether Slack said until when each of them is not to be disturbed."""
        users = ",".join(sorted(accounts.values()))
        answer = sending.call(lambda: self.client.dnd_teamInfo(users=users))
        if answer.body is None:
            return self._refused("dnd.teamInfo", answer, now)
        said: Mapping[str, Any] = answer.body.get("users") or {}
        for rep_id, user_id in accounts.items():
            one = self._known[rep_id]
            one.said = replace(one.said, quiet_until=_quiet_until(said.get(user_id) or {}, now))
        return True

    def _ask_zones(self, accounts: Mapping[int, str], now: datetime) -> None:
        """Where those are of whom that was not asked today."""
        asked = [rep_id for rep_id in accounts if _is_old(self._known[rep_id].zone_at, now, ZONE_FOR)]
        for rep_id in asked[:ZONES_AT_ONCE]:
            answer = sending.call(lambda user=accounts[rep_id]: self.client.users_info(user=user))  # type: ignore[misc]
            if answer.body is None:
                self._refused("users.info", answer, now)
                return
            one = self._known[rep_id]
            zone = str((answer.body.get("user") or {}).get("tz") or "")
            one.said, one.zone_at = replace(one.said, zone=zone if _is_zone(zone) else ""), now

    def _refused(self, method: str, answer: Sent, now: datetime) -> bool:
        """False; nothing is asked for a while, and what is known of people holds."""
        self._not_before = now + (REFUSED_FOR if answer.fate == "refused" else FAILED_FOR)
        _journal.warning("Slack does not say who may be disturbed", method=method, code=answer.code)
        return False


def asking(settings: Settings) -> Presences | None:
    """What asks the workspace of the settings; None where none is set."""
    token = settings.slack_bot_token.get_secret_value()
    if not token:
        return None
    return Presences(WebClient(token=token, base_url=settings.slack_api_url, timeout=TIMEOUT, retry_handlers=[]))


def _is_due(known: _Known | None, now: datetime) -> bool:
    return known is None or _is_old(known.quiet_at, now, QUIET_FOR)


def _is_old(at: datetime | None, now: datetime, lasts: timedelta) -> bool:
    """Whether nothing was asked, or too long ago; also where the clock was set back."""
    return at is None or not at <= now < at + lasts


def _quiet_until(said: Mapping[str, Any], now: datetime) -> datetime | None:
    """Until when somebody is not to be disturbed, None where they may be now."""
    try:
        start, end = int(said.get("next_dnd_start_ts") or 0), int(said.get("next_dnd_end_ts") or 0)
        until = datetime.fromtimestamp(end, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
    return until if said.get("dnd_enabled") and start <= now.timestamp() < end else None


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
