"""What people do about notices: ask why one came, put it off, mute its kind, acknowledge it, say what they want."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from engine.notice_answers import Snoozed, WhyNotice
from engine.notice_kinds import KINDS
from engine.notices import Notice, Recipient
from engine.nudges.rules import RULES
from engine.nudges.table import table
from engine.preferences import MUTABLE, OPT_IN, Preferences, is_usable
from operations.errors import HoursUnusable, NoticeUnknown
from store import outbox, people, preferences

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.nudges.rule import Limits
    from engine.people import Person
    from operations.context import Context
    from store.database import Connection
    from store.outbox import Owed

LIMITS = table().limits
#: Somebody cannot put a notice off for longer at once.
LONGEST_SNOOZE_DAYS = 30


def why(ctx: Context, person: Person, notice_id: str, limits: Limits = LIMITS) -> WhyNotice:
    """Why a notice came to this person, by the rule with these numbers.

    Raises:
        NoticeUnknown: There is no such notice to this person.
    """
    with ctx.db.read() as conn:
        owed = _own(conn, person, notice_id)
    kind, rule = KINDS[owed.notice.kind], RULES.get(owed.notice.kind)
    said = rule.said.worded(limits) if rule else None
    items = [KINDS[each["kind"]].title for each in owed.notice.data.get("items", ())]
    return WhyNotice(
        kind=kind.name,
        title=kind.title,
        code=kind.code,
        found_at=owed.created_at,
        trigger=said.trigger if said else "",
        audience=said.audience if said else "",
        cap=said.cap if said else "",
        ends=said.ends if said else "",
        receipt_ids=owed.notice.receipt_ids,
        items=tuple(dict.fromkeys(items)),
    )


def snooze(ctx: Context, person: Person, notice_id: str, days: int) -> Snoozed:
    """The notice's topic stays away for some days; then it comes once more, if its fact still holds.

    Raises:
        NoticeUnknown: There is no such notice to this person.
    """
    until = ctx.now + timedelta(days=min(max(days, 1), LONGEST_SNOOZE_DAYS))
    with ctx.db.write() as conn:
        owed = _own(conn, person, notice_id)
        for kind, topic, data in _said(owed):
            preferences.put_off(conn, person.rep_id, topic, until)
            outbox.put(conn, [_again(owed, kind, topic, data, until)], ctx.now)
        preferences.engage(conn, notice_id, person.rep_id, "snooze", ctx.now)
    return Snoozed(owed.notice.kind, until)


def mute(ctx: Context, person: Person, notice_id: str) -> str:
    """The kind of the notice, which does not come any more; "" where it is owed and cannot be muted.

    Raises:
        NoticeUnknown: There is no such notice to this person.
    """
    with ctx.db.write() as conn:
        owed = _own(conn, person, notice_id)
        kind = owed.notice.kind
        preferences.engage(conn, notice_id, person.rep_id, "mute", ctx.now)
        if kind in OPT_IN:
            _change(conn, ctx, person, lambda said: replace(said, asked_for=said.asked_for - {kind}))
        elif kind in MUTABLE:
            _change(conn, ctx, person, lambda said: replace(said, muted=said.muted | {kind}))
        else:
            return ""
    return kind


def unmute(ctx: Context, person: Person, kind: str) -> bool:
    """Whether the kind comes again; not one that nobody may turn off or on."""
    if kind not in (*MUTABLE, *OPT_IN):
        return False
    with ctx.db.write() as conn:
        if kind in OPT_IN:
            _change(conn, ctx, person, lambda said: replace(said, asked_for=said.asked_for | {kind}))
        else:
            _change(conn, ctx, person, lambda said: replace(said, muted=said.muted - {kind}))
    return True


def acknowledge(ctx: Context, person: Person, topic: str) -> bool:
    """Whether the person acknowledges this for the first time; it is not said again.

    Raises:
        NoticeUnknown: The person was told nothing on that topic.
    """
    with ctx.db.write() as conn:
        own = [each for each in outbox.of_topic(conn, topic) if each.notice.to.rep_id == person.rep_id]
        if not own:
            raise NoticeUnknown
        for each in own:
            preferences.engage(conn, each.notice_id, person.rep_id, "acknowledge", ctx.now)
        outbox.withdraw(conn, (topic,), "acknowledged", ctx.now)
        return preferences.acknowledge(conn, person.rep_id, topic, ctx.now)


def noted(ctx: Context, person: Person, channel_id: str, ts: str) -> bool:
    """Whether a click on any button of a message is the first on it: then it was not ignored."""
    with ctx.db.read() as conn:
        owed = outbox.by_message(conn, channel_id, ts)
    if owed is None or owed.notice.to.rep_id != person.rep_id:
        return False
    with ctx.db.write() as conn:
        return preferences.engage(conn, owed.notice_id, person.rep_id, "click", ctx.now)


def of(ctx: Context, person: Person) -> Preferences:
    """What the person wants."""
    with ctx.db.read() as conn:
        return preferences.of(conn, person.rep_id)


def save(ctx: Context, person: Person, wanted: Preferences) -> Preferences:
    """What the person wants from now on; kinds that cannot be turned off or on are left out.

    Raises:
        HoursUnusable: The hours leave no time at which anything could be said.
    """
    opens = 0 if wanted.opens is None else wanted.opens
    closes = 24 * 60 if wanted.closes is None else wanted.closes
    if not is_usable(opens, closes, wanted.workdays):
        raise HoursUnusable
    kept = replace(
        wanted,
        muted=wanted.muted & frozenset(MUTABLE),
        asked_for=wanted.asked_for & frozenset(OPT_IN),
    )
    with ctx.db.write() as conn:
        preferences.save(conn, person.rep_id, kept, ctx.now)
    return kept


def _change(conn: Connection, ctx: Context, person: Person, how: Any) -> None:
    preferences.save(conn, person.rep_id, how(preferences.of(conn, person.rep_id)), ctx.now)


def _own(conn: Connection, person: Person, notice_id: str) -> Owed:
    owed = outbox.by_notice_id(conn, notice_id)
    known = people.by_id(conn, person.rep_id)
    if owed is None or known is None or owed.notice.to.rep_id != person.rep_id:
        raise NoticeUnknown
    return owed


def _said(owed: Owed) -> list[tuple[str, str, Mapping[str, Any]]]:
    """The kinds, topics and data that a message was about: those of its items where it is a digest."""
    if owed.notice.kind != "digest":
        return [(owed.notice.kind, owed.notice.topic, owed.notice.data)]
    items = owed.notice.data.get("items", ())
    return [(each["kind"], each["data"]["topic"], each["data"]) for each in items if "topic" in each["data"]]


def _again(owed: Owed, kind: str, topic: str, data: Mapping[str, Any], until: datetime) -> Notice:
    """The same once more at the end of the snooze."""
    ends = owed.notice.expires_at
    return Notice(
        key=f"{topic}:snoozed:{owed.notice_id}:{until:%Y-%m-%d}",
        kind=kind,
        to=Recipient(owed.notice.to.rep_id),
        data={**data, "again": int(data.get("again", 0)) + 1},
        topic=topic,
        not_before_at=until,
        expires_at=None if ends is not None and ends <= until else ends,
        receipt_ids=owed.notice.receipt_ids,
    )
