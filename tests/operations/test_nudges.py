"""Rules find what is due over a real store; the gate says it in fresh figures, once, in the reader's hours."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from engine import attention as budgets
from engine.notices import Notice, Recipient
from engine.preferences import Preferences
from operations import attention, nudges, nudges_told, pay_periods, plans, preferences, recalculate, rehearsals
from operations.context import Context
from operations.errors import HoursUnusable, NoticeUnknown, PlanRefused, UnknownPeriod
from operations.receipts import replay
from store import deliveries, outbox, people, quarantine
from store import preferences as kept
from store.deliveries import Attempt, Hold, Place
from tests.operations.conftest import NOW, PLAN, TODAY, deal, person, quota

if TYPE_CHECKING:
    from engine.people import Person
    from engine.working_hours import Hours
    from store.outbox import Owed
    from tests.operations.conftest import Company

#: Postgres takes its turn in the long runs.
pytestmark = pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.soak)], indirect=True
)
#: Half past ten on the reader's clock in New York, on a Thursday.
MORNING = NOW.replace(hour=14)
MONDAY = datetime(2026, 8, 24, 14, tzinfo=UTC)


@pytest.fixture
def near(company: Company) -> Company:
    """Sam has 30 of 32 thousand and an open deal that would do."""
    company.apply("quota", quota("sam", 3_200_000, date(2026, 7, 1), date(2026, 10, 1)))
    company.apply("deal", deal("s1", "sam", 400_000, date(2026, 9, 10), stage="open", name="Birch Suite"))
    return company


def at(company: Company, now: datetime = MORNING) -> Context:
    return Context(company.db, now.date(), now)


def owed(company: Company, kind: str = "", who: Person | None = None) -> list[Owed]:
    with company.db.read() as conn:
        found = outbox.pending(conn)
    return [
        one
        for one in found
        if (not kind or one.notice.kind == kind) and (who is None or one.notice.to.rep_id == who.rep_id)
    ]


def send(company: Company, now: datetime) -> list[Owed]:
    """Everything that is cleared, sent as the bot would."""
    with company.db.write() as conn:
        claimed = deliveries.claim(conn, "w", now, timedelta(minutes=1))
    for one in claimed:
        hold = Hold(one.outbox_id, "w")
        attempt = Attempt(now + timedelta(minutes=1), "T1", "D1", one.notice.kind, "v", "hash")
        with company.db.write() as conn:
            deliveries.start(conn, hold, attempt, now)
            deliveries.sent(conn, hold, Place("D1", f"{one.outbox_id}.0"), now)
    return list(claimed)


def kinds(found: list[Owed]) -> set[str]:
    return {one.notice.kind for one in found}


def test_near_a_quota_is_said_once_with_the_deal_that_does_it_and_its_receipts(near: Company) -> None:
    assert nudges.due(at(near)).found == {"near_tier": 1}
    assert nudges.due(at(near)).new == 0
    assert attention.gate(at(near)).counts == {"send": 1}
    (sent,) = send(near, MORNING)
    data = sent.notice.data
    assert (data["gap"], data["attained_ppm"]) == ({"minor": 200_000, "currency": "USD"}, 937_500)
    assert [each["name"] for each in data["deals"]] == ["Birch Suite"]
    assert data["gain"] == [{"minor": 16_000 + 24_000, "currency": "USD"}]  # 2,000 at 8 %, then 2,000 at 12 %
    assert data["rate"] == {"num": 3, "den": 25}
    assert len(sent.notice.receipt_ids) == 2
    assert all(replay(at(near), each).matches for each in sent.notice.receipt_ids)
    assert nudges.due(at(near, MORNING + timedelta(days=1))).new == 0
    assert attention.gate(at(near, MORNING + timedelta(days=1))).counts == {}


def test_a_nudge_waits_for_the_readers_morning(near: Company) -> None:
    nudges.due(at(near, NOW))
    (judged,) = attention.gate(at(near, NOW)).judged
    assert (judged.verdict.action, judged.verdict.until) == ("wait", NOW.replace(hour=12, minute=30))
    assert attention.gate(at(near, NOW + timedelta(hours=1))).counts == {}
    assert attention.gate(at(near)).counts == {"send": 1}


def test_a_fact_that_changed_is_said_anew_and_one_that_is_gone_is_not_said(near: Company) -> None:
    nudges.due(at(near))
    near.apply("deal", deal("s2", "sam", 100_000, date(2026, 8, 20)))
    attention.gate(at(near))
    (sent,) = send(near, MORNING)
    assert sent.notice.data["gap"]["minor"] == 100_000


def test_a_gap_that_closed_before_sending_ends_the_nudge(near: Company) -> None:
    nudges.due(at(near))
    near.apply("deal", deal("s2", "sam", 900_000, date(2026, 8, 20)))
    (judged,) = attention.gate(at(near)).judged
    assert (judged.verdict.action, judged.verdict.reason) == ("suppress", budgets.NO_LONGER_TRUE)
    assert send(near, MORNING) == []


def test_a_crash_while_words_are_worked_out_loses_and_repeats_nothing(near: Company) -> None:
    nudges.due(at(near))

    def broken(*_: Any) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        attention.gate(at(near), retell=broken)
    assert len(owed(near)) == 1
    assert attention.gate(at(near)).counts == {"send": 1}
    assert len(send(near, MORNING)) == 1
    assert attention.gate(at(near)).counts == {}


def test_one_that_cannot_be_worked_out_stops_no_other(near: Company) -> None:
    nudges.due(at(near))
    with near.db.write() as conn:
        outbox.put(conn, [Notice("k", "figure_changed", Recipient(near.dana.rep_id))], MORNING)

    def broken(*_: Any) -> None:
        raise UnknownPeriod

    found = attention.gate(at(near), retell=broken)
    assert found.counts == {"suppress": 1, "send": 1}
    assert {each.verdict.reason for each in found.judged} == {"", "could not be worked out: UnknownPeriod"}


def test_what_is_cleared_but_not_sent_yet_spends_the_day(company: Company) -> None:
    with company.db.write() as conn:
        notes = [Notice(f"k{n}", "figure_changed", Recipient(company.dana.rep_id)) for n in range(2)]
        outbox.put(conn, notes, MORNING)
    assert attention.gate(at(company)).counts == {"send": 2}
    with company.db.write() as conn:
        outbox.put(conn, [Notice("k9", "figure_changed", Recipient(company.dana.rep_id))], MORNING)
    assert attention.gate(at(company)).counts == {"wait": 1}
    with company.db.write() as conn:
        deliveries.claim(conn, "other", MORNING, timedelta(minutes=1))
        outbox.put(conn, [Notice("k10", "figure_changed", Recipient(company.dana.rep_id))], MORNING)
    assert attention.gate(at(company)).counts == {"wait": 1}, "what another worker holds counts, too"


def test_duties_that_are_too_many_become_one_digest_that_goes_out_at_once(company: Company) -> None:
    with company.db.write() as conn:
        notes = [Notice(f"k{n}", "figure_changed", Recipient(company.dana.rep_id), {"n": n}) for n in range(5)]
        outbox.put(conn, notes, MORNING)
    assert attention.gate(at(company)).counts == {"send": 1, "digest": 4}
    sent = send(company, MORNING)
    assert Counter(one.notice.kind for one in sent) == {"figure_changed": 1, "digest": 1}
    assert len(next(one for one in sent if one.notice.kind == "digest").notice.data["items"]) == 4


def test_a_tier_that_was_crossed_and_a_goal_with_a_next_step(company: Company) -> None:
    """Dana has 110 of 100 thousand since the fifth of August."""
    on = datetime(2026, 8, 7, 14, tzinfo=UTC)
    nudges.due(at(company, on))
    attention.gate(at(company, on))
    (sent,) = [one for one in send(company, on) if one.notice.kind == "tier_crossed"]
    assert (sent.notice.data["deal"], sent.notice.data["from_ppm"]) == ("Deal d2", 1_000_000)
    later = at(company, on + timedelta(days=14))
    assert "tier_crossed" not in nudges.due(later).found
    # A goal without a tier beyond it has no next step, and nothing is said at a gap of nothing.
    assert "goal_reached" not in nudges.due(later).found


def test_behind_pace_is_said_once_a_week_and_never_at_a_gap_of_nothing(company: Company) -> None:
    company.apply("quota", quota("sam", 30_000_000, date(2026, 7, 1), date(2026, 10, 1)))
    found = [nudges.due(at(company, MORNING + timedelta(days=days))).new for days in range(5)]
    assert [each.notice.data["quota"] for each in owed(company, "behind_pace")] == ["bookings"] * 2
    assert found[0] == 1
    assert {one.notice.to.rep_id for one in owed(company, "behind_pace")} == {company.sam.rep_id}


def test_the_manager_hears_on_monday_and_only_of_direct_reports(company: Company) -> None:
    company.apply("quota", quota("sam", 30_000_000, date(2026, 7, 1), date(2026, 10, 1)))
    assert "team_at_risk" not in nudges.due(at(company)).found
    nudges.due(at(company, MONDAY))
    (notice,) = owed(company, "team_at_risk")
    assert notice.notice.to.rep_id == company.manager.rep_id
    assert [each["name"] for each in notice.notice.data["reports"]] == ["Sam Roe"]
    assert "earned" not in str(notice.notice.data)


def test_overdue_deals_are_said_once_for_each_list_with_what_rides_on_them(near: Company) -> None:
    near.apply("deal", deal("s8", "sam", 100_000, date(2026, 8, 14), stage="open", name="Late One"))
    nudges.due(at(near))
    told = nudges_told.again(at(near), near.sam, "stalled_deals", f"stalled_deals:{near.sam.rep_id}")
    assert told is not None
    assert told.data["deals"] == [
        {
            "name": "Late One",
            "due_on": "2026-08-14",
            "idle_on": "",
            "amount": {"minor": 100_000, "currency": "USD"},
            "rides": [{"minor": 8_000, "currency": "USD"}],
        }
    ]
    assert len(owed(near, "stalled_deals")) == 1
    nudges.due(at(near, MORNING + timedelta(days=1)))
    assert len(owed(near, "stalled_deals")) == 1


def test_while_no_fact_changes_nobody_is_calculated_again_and_the_clock_goes_on(near: Company) -> None:
    assert nudges.due(at(near)).found == {"near_tier": 1}
    with near.db.write() as conn:
        conn.execute(text("UPDATE plan SET text = 'no plan at all'"))  # whoever calculated now would hear of it
    later = MORNING + timedelta(hours=1)
    assert nudges.due(at(near, later)).found == {"near_tier": 1}
    with near.db.write() as conn:
        held = quarantine.Held("crm", "deal", "q1", "amount_missing", "no amount", owner_external_id="sam")
        quarantine.put(conn, [held], later)
    assert nudges.due(at(near, later)).found == {"near_tier": 1, "missing_field": 1}
    near.apply("deal", deal("s8", "sam", 100_000, date(2026, 8, 14), stage="open"))
    with pytest.raises(PlanRefused):
        nudges.due(at(near, later))


def test_a_deal_that_should_close_soon_and_was_left_alone_is_said_too(near: Company) -> None:
    untouched = MORNING - timedelta(days=40)
    near.apply(
        "deal", deal("s9", "sam", 100_000, date(2026, 9, 4), stage="open", name="Left Alone", source_at=untouched)
    )
    near.apply("deal", deal("s7", "sam", 100_000, date(2026, 9, 4), stage="open", name="Fresh", source_at=MORNING))
    near.apply("deal", deal("s6", "sam", 100_000, date(2026, 12, 4), stage="open", name="Far", source_at=untouched))
    told = nudges_told.again(at(near), near.sam, "stalled_deals", f"stalled_deals:{near.sam.rep_id}")
    assert told is not None
    assert [(each["name"], each["idle_on"]) for each in told.data["deals"]] == [("Left Alone", str(untouched.date()))]
    longer = replace(nudges.LIMITS, idle_days=41)
    topic = f"stalled_deals:{near.sam.rep_id}"
    assert nudges_told.again(at(near), near.sam, "stalled_deals", topic, longer) is None
    off = replace(nudges.LIMITS, off=frozenset({"stalled_deals"}))
    assert "stalled_deals" not in nudges.due(at(near), off).found


def test_a_statement_is_owed_until_it_is_confirmed(company: Company) -> None:
    recalculate.drain(at(company))
    actor = replace(company.manager, role="ops")
    july = pay_periods.find(at(company), "monthly", "2026-07")
    for period in [each for each in pay_periods.listed(at(company)) if each.span.start_on < july.span.start_on]:
        assert period.state == "open"
    pay_periods.move(replace(at(company), actor=actor), july.span, "submit")
    nudges.due(at(company))
    (first,) = owed(company, "statement_ready", company.dana)
    told = nudges_told.again(at(company), company.dana, "statement_ready", first.notice.topic)
    assert told is not None
    assert told.data["total"] == [{"minor": 480_000, "currency": "USD"}]
    nudges.due(at(company, MORNING + timedelta(days=2)))
    assert len(owed(company, "statement_ready", company.dana)) == 2
    assert preferences.acknowledge(at(company), company.dana, first.notice.topic)
    assert not preferences.acknowledge(at(company), company.dana, first.notice.topic)
    nudges.due(at(company, MORNING + timedelta(days=4)))
    assert owed(company, "statement_ready", company.dana) == []
    with pytest.raises(NoticeUnknown):
        preferences.acknowledge(at(company), company.sam, first.notice.topic)


def test_an_approval_goes_to_whoever_did_not_ask_for_it(company: Company) -> None:
    runners = (person("olga", "Olga Ops", "ops"), person("omar", "Omar Ops", "ops"), person("ada", "Ada", "admin"))
    company.apply("person", *runners)
    with company.db.read() as conn:
        asker = people.by_email(conn, "olga@example.com")
    july = pay_periods.find(at(company), "monthly", "2026-07")
    pay_periods.move(replace(at(company), actor=asker), july.span, "submit")
    nudges.due(at(company))
    assert nudges.due(at(company)).new == 0
    with company.db.read() as conn:
        names = {person.rep_id: person.name for person in people.all(conn)}
    assert [names[one.notice.to.rep_id] for one in owed(company, "approval_waiting")] == ["Omar Ops"]
    nudges.due(at(company, MORNING + timedelta(days=4)))
    asked = Counter(names[one.notice.to.rep_id] for one in owed(company, "approval_waiting"))
    assert asked == {"Omar Ops": 2, "Ada": 1}


def test_a_new_version_of_a_plan_says_what_changes_for_the_reader(company: Company) -> None:
    published = MORNING + timedelta(days=1)
    assert "plan_changed" not in nudges.due(at(company)).found
    second = PLAN.replace("version: 1", "version: 2").replace("2026-01-01 ..", "2026-10-01 ..").replace("12%", "15%")
    plans.publish(Context(company.db, published.date(), published), second, "ae2.yaml")
    nudges.due(at(company, published))
    (notice,) = owed(company, "plan_changed", company.dana)
    told = nudges_told.again(at(company, published), company.dana, "plan_changed", notice.notice.topic)
    assert told is not None
    assert any("12% -> 15%" in each for each in told.data["changes"])
    assert told.data["examples"][0]["name"] == "Deal d3"
    nudges.due(at(company, published + timedelta(days=3)))
    assert len(owed(company, "plan_changed", company.dana)) == 2


def test_my_week_comes_to_whoever_asked_for_it_on_monday_at_nine(company: Company) -> None:
    assert "my_week" not in nudges.due(at(company, MONDAY)).found
    preferences.unmute(at(company), company.dana, "my_week")
    assert "my_week" not in nudges.due(at(company)).found
    nudges.due(at(company, MONDAY.replace(hour=5)))
    (notice,) = owed(company, "my_week")
    assert notice.notice.not_before_at == datetime(2026, 8, 24, 13, tzinfo=UTC)  # nine in New York
    told = nudges_told.again(at(company, MONDAY), company.dana, "my_week", notice.notice.topic)
    assert told is not None
    assert (told.data["deals_won"], told.data["earned"]["currency"]) == (1, "USD")


def test_people_may_ask_why_snooze_mute_and_undo(near: Company) -> None:
    nudges.due(at(near))
    attention.gate(at(near))
    (sent,) = send(near, MORNING)
    ctx = at(near, MORNING + timedelta(minutes=5))
    why = preferences.why(ctx, near.sam, sent.notice_id)
    assert (why.code, why.receipt_ids) == ("N2", sent.notice.receipt_ids)
    for stranger in (near.dana, near.manager):
        with pytest.raises(NoticeUnknown):
            preferences.why(ctx, stranger, sent.notice_id)
    assert preferences.snooze(ctx, near.sam, sent.notice_id, 1).until == ctx.now + timedelta(days=1)
    assert attention.gate(at(near, MORNING + timedelta(hours=2))).counts == {}
    assert attention.gate(at(near, MORNING + timedelta(days=1, minutes=10))).counts == {"send": 1}
    assert preferences.mute(ctx, near.sam, sent.notice_id) == "near_tier"
    assert preferences.of(ctx, near.sam).muted == {"near_tier"}
    assert preferences.unmute(ctx, near.sam, "near_tier")
    assert preferences.of(ctx, near.sam).muted == frozenset()
    assert not preferences.unmute(ctx, near.sam, "statement_ready")


def test_a_click_on_any_button_of_a_message_is_remembered_for_its_reader_only(near: Company) -> None:
    nudges.due(at(near))
    attention.gate(at(near))
    (sent,) = send(near, MORNING)
    place = ("D1", f"{sent.outbox_id}.0")
    assert not preferences.noted(at(near), near.dana, *place)
    assert preferences.noted(at(near), near.sam, *place)
    assert not preferences.noted(at(near), near.sam, *place)
    with near.db.read() as conn:
        assert kept.engaged(conn, [near.sam.rep_id], MORNING - timedelta(days=1)) == {sent.notice_id}


def test_preferences_are_kept_and_leave_an_hour(company: Company) -> None:
    wanted = Preferences(
        muted=frozenset({"deal_won", "statement_ready"}), opens=600, closes=720, country="DE", digest_only=True,
        away=(TODAY, TODAY + timedelta(days=3)),
    )  # fmt: skip
    saved = preferences.save(at(company), company.dana, wanted)
    assert saved.muted == {"deal_won"}, "what is owed cannot be muted"
    assert preferences.of(at(company), company.dana) == saved
    hours: Hours = saved.hours(company.dana)
    assert hours.open_from(MORNING) == datetime(2026, 8, 24, 14, tzinfo=UTC)
    with pytest.raises(HoursUnusable):
        preferences.save(at(company), company.dana, replace(wanted, opens=700))


def test_a_month_is_replayed_without_writing_anything(near: Company) -> None:
    found = rehearsals.simulate(at(near), 16, clicks_ppm=0)
    assert {one.kind for one in found.outcomes} >= {"near_tier", "tier_crossed"}
    assert owed(near) == []


def test_nobody_hears_anything_after_they_left(near: Company) -> None:
    nudges.due(at(near))
    near.apply("person", person("sam", "Sam Roe", manager="mona") | {"left_on": date(2026, 8, 20)})
    (judged,) = attention.gate(at(near)).judged
    assert (judged.verdict.action, judged.verdict.reason) == ("suppress", attention.GONE)
    assert nudges.due(at(near)).new == 0
