"""The attention budget: NG1 to NG10, one by one, and drawn at random against an independent reading of the rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine import attention
from engine.attention import Budget, Reader, Said, Verdict, Waiting, judge
from engine.notice_kinds import KINDS
from engine.working_hours import Hours

#: A Wednesday, ten in the morning, UTC.
NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)
AFTERNOON = NOW.replace(hour=14)
BUDGET = Budget()


def nudge(number: int = 1, kind: str = "near_tier", **changes: Any) -> Waiting:
    made = {"made_at": NOW - timedelta(hours=1), "topic": f"{kind}:{number}", "state": "a"}
    return Waiting(number, kind, **(made | changes))


def duty(number: int = 1, kind: str = "statement_ready", **changes: Any) -> Waiting:
    return nudge(number, kind, **changes)


def said(kind: str = "near_tier", hours_ago: float = 1, **changes: Any) -> Said:
    return Said(kind, changes.pop("topic", f"{kind}:said"), NOW - timedelta(hours=hours_ago), **changes)


def actions(found: tuple[Verdict, ...]) -> list[str]:
    return [each.action for each in found]


def test_ng1_two_messages_a_day() -> None:
    reader = Reader(said=(said(hours_ago=1), said(hours_ago=1.5)))
    (found,) = judge([duty()], reader, NOW, BUDGET)
    assert (found.action, found.reason) == ("wait", attention.DAY_SPENT)
    assert found.until == datetime(2026, 11, 19, 8, 30, tzinfo=UTC)


def test_ng1_five_nudges_in_seven_days_and_a_sixth_when_the_first_is_a_week_old() -> None:
    reader = Reader(said=tuple(said(hours_ago=24 * days, engaged=True) for days in (6, 5, 4, 3, 2)))
    (found,) = judge([nudge()], reader, NOW, BUDGET)
    assert (found.action, found.reason) == ("wait", attention.WEEK_SPENT)
    assert found.until == datetime(2026, 11, 19, 8, 30, tzinfo=UTC)
    assert actions(judge([duty()], reader, NOW, BUDGET)) == ["send"]
    assert actions(judge([nudge()], reader, NOW + timedelta(days=1), BUDGET)) == ["send"]


def test_ng2_duties_come_first_and_their_overflow_is_one_digest_with_all_nudges() -> None:
    waiting = [nudge(1), *(duty(number) for number in range(2, 6)), nudge(6)]
    assert actions(judge(waiting, Reader(), NOW, BUDGET)) == [
        "digest",
        "send",
        "digest",
        "digest",
        "digest",
        "digest",
    ]


def test_ng2_a_duty_is_never_dropped_however_often_the_day_is_spent() -> None:
    reader = Reader(said=(said("digest", 1, carries_duty=True), said("statement_ready", 1)))
    found = judge([duty(number) for number in range(9)], reader, NOW, BUDGET)
    assert set(actions(found)) == {"wait"}


def test_ng2_nudges_leave_a_message_to_duties_until_the_afternoon() -> None:
    reader = Reader(said=(said(hours_ago=1),))
    (found,) = judge([nudge()], reader, NOW, BUDGET)
    assert (found.action, found.reason, found.until) == ("wait", attention.HELD, NOW.replace(hour=13))
    assert actions(judge([nudge()], reader, AFTERNOON, BUDGET)) == ["send"]
    assert actions(judge([duty()], reader, NOW, BUDGET)) == ["send"]


def test_ng3_of_one_topic_only_the_newest_and_nothing_twice_in_one_state() -> None:
    older = nudge(1, topic="t", made_at=NOW - timedelta(hours=3))
    found = judge([older, nudge(2, topic="t")], Reader(), NOW, BUDGET)
    assert (found[0].action, found[0].reason, found[1].action) == ("suppress", attention.REPLACED, "send")
    reader = Reader(said=(said(topic="t", state="a", hours_ago=30),))
    (same,) = judge([nudge(topic="t")], reader, NOW, BUDGET)
    assert (same.action, same.reason) == ("suppress", attention.UNCHANGED)
    assert actions(judge([nudge(topic="t", state="b")], reader, NOW, BUDGET)) == ["send"]
    assert actions(judge([nudge(topic="t", is_again=True)], reader, NOW, BUDGET)) == ["send"]
    assert actions(judge([nudge(topic="t")], Reader(listed={"t": "a"}), NOW, BUDGET)) == ["suppress"]


def test_ng4_waits_for_the_hours_and_the_period_that_ends_in_the_night_ends_the_nudge() -> None:
    night = NOW.replace(hour=22)
    (found,) = judge([nudge()], Reader(), night, BUDGET)
    assert (found.action, found.until) == ("wait", datetime(2026, 11, 19, 8, 30, tzinfo=UTC))
    (late,) = judge([nudge(expires_at=datetime(2026, 11, 19, tzinfo=UTC))], Reader(), night, BUDGET)
    assert (late.action, late.reason) == ("suppress", f"{attention.TOO_LATE}: {attention.QUIET}")


def test_ng4_what_is_cleared_holds_no_longer_than_the_day() -> None:
    (found,) = judge([nudge()], Reader(), NOW.replace(hour=17, minute=20), BUDGET)
    assert found.until == NOW.replace(hour=17, minute=30)


def test_ng5_nudges_that_are_over_share_a_digest_and_expired_ones_end() -> None:
    found = judge([nudge(number) for number in (1, 2, 3)], Reader(), AFTERNOON, BUDGET)
    assert actions(found) == ["send", "digest", "digest"]
    (gone,) = judge([nudge(expires_at=NOW)], Reader(), NOW, BUDGET)
    assert (gone.action, gone.reason) == ("suppress", attention.EXPIRED)


def test_ng6_mutes_nudges_only_and_snoozes_anything() -> None:
    muted = Reader(muted=frozenset({"near_tier", "statement_ready"}))
    assert actions(judge([nudge(1), duty(2)], muted, NOW, BUDGET)) == ["suppress", "send"]
    until = NOW + timedelta(days=1)
    snoozed = Reader(snoozed={"near_tier:1": until, "statement_ready:2": until})
    found = judge([nudge(1), duty(2)], snoozed, NOW, BUDGET)
    assert [(each.action, each.until) for each in found] == [("wait", until)] * 2


def test_ng8_a_kind_that_is_ignored_three_times_comes_half_as_often_and_says_so_once() -> None:
    ignored = tuple(said(hours_ago=24 * days, topic=f"x{days}") for days in (20, 15, 10))
    (left_out,) = judge([nudge()], Reader(said=ignored), NOW, BUDGET)
    assert (left_out.action, left_out.reason) == ("suppress", attention.IGNORED)
    (comes,) = judge([nudge()], Reader(said=ignored, skipped={"near_tier": 1}), NOW, BUDGET)
    assert (comes.action, comes.says_throttled) == ("send", True)
    told = Reader(said=ignored, skipped={"near_tier": 1}, told=frozenset({"near_tier"}))
    assert [each.says_throttled for each in judge([nudge()], told, NOW, BUDGET)] == [False]
    clicked = Reader(said=(*ignored, said(hours_ago=5, engaged=True)))
    assert actions(judge([nudge()], clicked, AFTERNOON, BUDGET)) == ["send"]


def test_ng8_what_is_too_fresh_is_not_called_ignored_and_duties_never_are() -> None:
    fresh = tuple(said(hours_ago=hours, topic=str(hours)) for hours in (40, 30, 25))
    assert actions(judge([nudge()], Reader(said=fresh), NOW, BUDGET)) == ["send"]
    old = tuple(said("statement_ready", 24 * days, topic=str(days)) for days in (20, 15, 10))
    assert actions(judge([duty()], Reader(said=old), NOW, BUDGET)) == ["send"]


def test_ng9_what_was_asked_for_comes_on_a_spent_day_and_spends_nothing() -> None:
    spent = (said(), said("statement_ready"))
    reader = Reader(said=spent, asked_for=frozenset({"my_week"}))
    assert actions(judge([nudge(kind="my_week")], reader, NOW, BUDGET)) == ["send"]
    asked = Reader(said=(said("my_week"), said("my_week")), asked_for=frozenset({"my_week"}))
    assert actions(judge([duty(1), duty(2)], asked, NOW, BUDGET)) == ["send", "send"]
    (uninvited,) = judge([nudge(kind="my_week")], Reader(), NOW, BUDGET)
    assert (uninvited.action, uninvited.reason) == ("suppress", attention.NOT_ASKED)


def test_ng10_a_nudge_about_a_gap_of_nothing_is_not_sent() -> None:
    (found,) = judge([nudge(has_gap=False)], Reader(), NOW, BUDGET)
    assert (found.action, found.reason) == ("suppress", attention.NOTHING_TO_GO)


def test_a_digest_that_did_not_go_out_takes_up_what_is_over_and_is_the_days_only_one() -> None:
    waiting = [duty(1, "digest", carries_duty=True), *(nudge(number) for number in (2, 3, 4))]
    assert actions(judge(waiting, Reader(), NOW, BUDGET)) == ["send", "digest", "digest", "digest"]
    had = Reader(said=(said("digest", carries_duty=True),))
    assert actions(judge([duty(1, "digest", carries_duty=True)], had, NOW, BUDGET)) == ["wait"]


def test_who_wants_one_message_a_day_gets_one() -> None:
    reader = Reader(digest_only=True)
    assert actions(judge([nudge(1), duty(2)], reader, NOW, BUDGET)) == ["digest", "digest"]
    assert actions(judge([nudge(1)], reader, NOW, BUDGET)) == ["digest"]


KIND_NAMES = [name for name, kind in KINDS.items() if kind.sort in ("duty", "nudge") and name != "digest"]


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Waiting], Reader, datetime]:
    now = datetime(2026, 3, 20, tzinfo=UTC) + timedelta(minutes=draw(st.integers(0, 60 * 24 * 20)))
    zones = st.sampled_from(["UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Pacific/Auckland"])
    kinds, topics = st.sampled_from(KIND_NAMES), st.sampled_from([f"t{number}" for number in range(6)])
    spans = st.integers(-72, 72).map(lambda hours: now + timedelta(hours=hours))
    waiting = [
        Waiting(number, draw(kinds), draw(topics), now - timedelta(hours=draw(st.integers(0, 99))),
                draw(st.sampled_from("ab")), draw(st.none() | spans))
        for number in range(draw(st.integers(0, 7)))
    ]  # fmt: skip
    past = [
        Said(draw(st.sampled_from([*KIND_NAMES, "digest"])), draw(topics),
             now - timedelta(hours=draw(st.integers(0, 400))), draw(st.sampled_from("ab")),
             draw(st.booleans()), draw(st.booleans()))
        for _ in range(draw(st.integers(0, 5)))
    ]  # fmt: skip
    reader = Reader(
        hours=Hours(zone=draw(zones)),
        muted=frozenset(draw(st.lists(kinds, max_size=2))),
        said=tuple(sorted(past, key=lambda each: each.sent_at)),
        digest_only=draw(st.booleans()),
    )
    return waiting, reader, now


@settings(max_examples=150, deadline=None)
@given(cases())
def test_whatever_waits_gets_one_verdict_within_the_budget(case: tuple[list[Waiting], Reader, datetime]) -> None:
    waiting, reader, now = case
    found = judge(waiting, reader, now, BUDGET)
    assert [each.id for each in found] == [each.id for each in waiting]
    kinds = {each.id: KINDS[each.kind] for each in waiting}
    today = reader.hours.today(now)
    spent = sum(each.counts and reader.hours.today(each.sent_at) == today for each in reader.said)
    sent = [each for each in found if each.action == "send" and not kinds[each.id].is_opt_in]
    opened = any(each.action == "digest" for each in found)
    if sent or opened:
        assert len(sent) + opened + spent <= BUDGET.dms_a_day
        assert reader.hours.open_from(now) == now
    for each in found:
        own = next(one for one in waiting if one.id == each.id)
        if each.action == "wait":
            assert each.until is not None
            assert each.until > now
        if each.action == "suppress":
            assert each.reason
            dropped = own.of.sort == "duty" and (own.expires_at is None or own.expires_at > now)
            assert not dropped or each.reason in (attention.REPLACED, attention.UNCHANGED)
