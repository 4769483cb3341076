"""Each rule over a small company: when it is due, to whom, once for what, until when, and when it is not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from engine.commission import calculate
from engine.dates import day
from engine.frames import Facts
from engine.notice_kinds import KINDS
from engine.nudges.owed import Approval, HeldBack, Kept
from engine.nudges.quotas import workdays_before
from engine.nudges.rule import Limits, Readings
from engine.nudges.rules import RULES, due
from engine.people import Person
from tests.engine.settling import FAR, deal, event, plan_of

if TYPE_CHECKING:
    from engine.nudges.rule import Due
    from engine.plans.schema import Plan

TIERS = """
components:
  - name: New business
    quota: bookings
    accumulate: quarter
    table:
      by: attainment
      behaviour: marginal
      tiers: [{from: 0%, rate: 8%}, {from: 100%, rate: 10%}, {from: 120%, rate: 12%}]
"""
PAID_LATER = "components: [{name: c, rate: 10%, release: [{share: 50%}, {share: 50%, on: cash}]}]"
TAKEN_BACK = "components: [{name: c, rate: 10%, clawback: {on: churn, months: 6}}]"
REP, BOSS, OPS = (
    Person(1, "1", "Ann", "ann@example.com", manager_id=9),
    Person(9, "9", "Bo", "bo@example.com", role="manager"),
    Person(8, "8", "Olga", "olga@example.com", role="ops"),
)
QUARTER = (day(date(2026, 4, 1)), day(date(2026, 7, 1)))


def read(plan: Plan, on: str, deals: list[dict[str, Any]], **more: Any) -> Readings:
    as_of = date.fromisoformat(on)
    quota = {"rep_id": 1, "name": "bookings", "start_on": QUARTER[0], "end_on": QUARTER[1], "currency": "USD"}
    facts = Facts.of(
        deals=deals,
        quotas=[quota | {"amount_cents": 10_000_000}],
        assignments=[{"rep_id": 1, "plan": "p", **FAR}],
        events=more.pop("events", ()),
    )
    calc = calculate(facts, [plan], as_of)
    now = datetime(as_of.year, as_of.month, as_of.day, 9, tzinfo=UTC)
    kept = more.pop("kept", Kept())
    asked = more.pop("asked_for", frozenset())
    return Readings(calc, facts, as_of, now, (REP, BOSS, OPS), kept, asked, Limits())


def found(readings: Readings, kind: str) -> list[Due]:
    return list(due(readings, (kind,)))


def test_near_a_tier_within_a_tenth_or_one_typical_deal() -> None:
    plan = plan_of(TIERS)
    near = found(read(plan, "2026-05-20", [deal(1, "2026-04-10", "91_000")]), "near_tier")
    assert [(one.state, one.data["gap"]["minor"], one.expires_on) for one in near] == [
        ("1000000", 900_000, date(2026, 7, 1))
    ]
    far = [deal(1, "2026-04-10", "40_000"), deal(2, "2026-04-11", "20_000"), deal(3, "2026-04-12", "10_000")]
    assert found(read(plan, "2026-05-20", far), "near_tier") == []  # 30,000 to go, and a typical deal is 20,000
    typical = [deal(n, "2026-04-10", "20_000") for n in range(1, 5)]
    assert len(found(read(plan, "2026-05-20", typical), "near_tier")) == 1
    beyond = found(read(plan, "2026-05-20", [deal(1, "2026-04-10", "115_000")]), "near_tier")
    assert [(one.state, one.data["reaches"]) for one in beyond] == [("1200000", "tier")]
    assert found(read(plan, "2026-05-20", [deal(1, "2026-04-10", "130_000")]), "near_tier") == []


def test_a_tier_is_crossed_for_seven_days() -> None:
    plan, deals = plan_of(TIERS), [deal(1, "2026-04-10", "90_000"), deal(2, "2026-05-12", "15_000")]
    days = [f"2026-05-{number}" for number in (11, 12, 18, 19)]
    assert [len(found(read(plan, on, deals), "tier_crossed")) for on in days] == [0, 1, 1, 0]
    keys = {one.key for on in days for one in found(read(plan, on, deals), "tier_crossed")}
    assert len(keys) == 1


def test_a_goal_says_the_next_step_after_two_working_days_and_only_where_there_is_one() -> None:
    plan, deals = plan_of(TIERS), [deal(1, "2026-05-07", "105_000")]  # a Thursday
    days = {8: 0, 10: 0, 11: 1, 12: 1, 25: 0}
    told = {number: found(read(plan, f"2026-05-{number:02d}", deals), "goal_reached") for number in days}
    assert {number: len(each) for number, each in told.items()} == days
    top = [deal(1, "2026-05-07", "125_000")]
    assert found(read(plan, "2026-05-12", top), "goal_reached") == []


def test_behind_pace_only_in_the_middle_and_never_once_the_quota_is_reached() -> None:
    plan = plan_of(TIERS)
    slow = [deal(1, "2026-04-10", "20_000")]
    days = {"2026-04-20": 0, "2026-05-15": 1, "2026-06-10": 1, "2026-06-25": 0}
    assert {on: len(found(read(plan, on, slow), "behind_pace")) for on in days} == days
    assert found(read(plan, "2026-05-15", [deal(1, "2026-04-10", "100_000")]), "behind_pace") == []
    (one,) = found(read(plan, "2026-05-15", slow), "behind_pace")
    assert one.expires_on == date(2026, 5, 18)


def test_reports_at_risk_are_told_to_their_manager_on_mondays() -> None:
    plan, slow = plan_of(TIERS), [deal(1, "2026-04-10", "20_000")]
    (one,) = found(read(plan, "2026-05-18", slow), "team_at_risk")
    assert (one.rep_id, [each["rep"] for each in one.data["reports"]]) == (9, [1])
    assert one.data["reports"][0]["projected_ppm"] < 750_000
    assert found(read(plan, "2026-05-19", slow), "team_at_risk") == []
    assert found(read(plan, "2026-05-18", [deal(1, "2026-04-10", "60_000")]), "team_at_risk") == []


def test_overdue_deals_are_one_notice_until_their_list_changes() -> None:
    plan = plan_of(TIERS)
    late = [deal(1, "2026-05-01", "5_000", stage="open"), deal(2, "2026-05-11", "9_000", stage="open")]
    one, two = (found(read(plan, on, late), "stalled_deals")[0] for on in ("2026-05-12", "2026-05-13"))
    assert (one.key, one.data["deals"], one.data["count"]) == (two.key, [2, 1], 2)
    (three,) = found(read(plan, "2026-05-13", late[:1]), "stalled_deals")
    assert three.key != one.key
    assert found(read(plan, "2026-08-13", late), "stalled_deals") == []
    assert found(read(plan, "2026-05-11", late[1:]), "stalled_deals") == []


def test_what_waits_for_payment_is_said_after_thirty_days_and_not_once_it_is_paid() -> None:
    plan, deals = plan_of(PAID_LATER), [deal(1, "2026-04-10", "10_000"), deal(2, "2026-05-20", "10_000")]
    (one,) = found(read(plan, "2026-05-25", deals), "waiting_for_payment")
    assert [(each["deal"], each["amount"]["minor"], each["since_on"]) for each in one.data["deals"]] == [
        (1, 50_000, "2026-04-10")
    ]
    assert found(read(plan, "2026-05-09", deals), "waiting_for_payment") == []
    paid = [event(1, "payment", "2026-05-02", "10_000")]
    assert found(read(plan, "2026-05-25", deals, events=paid), "waiting_for_payment") == []


def test_clawback_windows_that_end_within_the_month_are_said_in_its_first_week() -> None:
    plan, deals = plan_of(TAKEN_BACK), [deal(1, "2026-01-15", "10_000"), deal(2, "2026-03-15", "10_000")]
    (one,) = found(read(plan, "2026-07-02", deals), "clawback_exposure")
    assert [(each["deal"], each["until_on"]) for each in one.data["deals"]] == [(1, "2026-07-15")]
    assert one.state == "2026-07"
    assert found(read(plan, "2026-07-09", deals), "clawback_exposure") == []
    assert found(read(plan, "2026-08-02", deals[:1]), "clawback_exposure") == []


def test_a_personal_best_beats_each_of_ten() -> None:
    plan = plan_of(TIERS)
    past = [deal(n, "2026-04-10", "1_000") for n in range(1, 11)]
    best = deal(20, "2026-05-12", "1_500")
    (one,) = found(read(plan, "2026-05-13", [*past, best]), "personal_best")
    assert one.data["credits"] == 11
    assert "minor" not in str(one.data), "no pay"
    assert found(read(plan, "2026-05-13", [*past[:9], best]), "personal_best") == []
    assert found(read(plan, "2026-05-13", [*past, deal(20, "2026-05-12", "1_000")]), "personal_best") == []


def test_a_missing_field_is_said_again_after_three_days() -> None:
    since = datetime(2026, 5, 11, 8, tzinfo=UTC)
    kept = Kept(held_back=(HeldBack(1, "D-9", "Hooli", "Contract type is missing.", "Set it.", since),))
    days = {"2026-05-11": 0, "2026-05-13": 0, "2026-05-14": 1, "2026-06-01": 1}
    again = {on: found(read(plan_of(TIERS), on, [], kept=kept), "missing_field")[0].again for on in days}
    assert again == days


def test_approvals_never_go_to_whoever_asked() -> None:
    since = datetime(2026, 5, 11, 8, tzinfo=UTC)
    own = Kept(approvals=(Approval("monthly:2026-04-01", "pay_period", "olga@example.com", since),))
    other = Kept(approvals=(Approval("monthly:2026-04-01", "pay_period", "else@example.com", since),))
    assert found(read(plan_of(TIERS), "2026-05-12", [], kept=own), "approval_waiting") == []
    (one,) = found(read(plan_of(TIERS), "2026-05-12", [], kept=other), "approval_waiting")
    assert (one.rep_id, one.from_minutes) == (8, 540)


def test_every_rule_is_a_kind_with_its_code_and_nobody_else_is_told() -> None:
    assert {(kind, rule.said.code) for kind, rule in RULES.items()} <= {(kind, KINDS[kind].code) for kind in KINDS}
    gone = Person(1, "1", "Ann", "ann@example.com", left_on=date(2026, 5, 1))
    readings = read(plan_of(TIERS), "2026-05-20", [deal(1, "2026-04-10", "91_000")])
    left = Readings(
        readings.calc, readings.facts, readings.as_of, readings.now, (gone,), Kept(), frozenset(), Limits()
    )
    assert list(due(left)) == []


def test_two_working_days_before_a_monday_is_thursday() -> None:
    monday = date(2026, 5, 11)
    assert workdays_before(monday, 2) == monday - timedelta(days=4)
    assert workdays_before(monday - timedelta(days=1), 2) == monday - timedelta(days=5)
