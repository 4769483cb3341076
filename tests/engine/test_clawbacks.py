"""What is taken back when a deal goes wrong."""

from __future__ import annotations

import pytest

from tests.engine.settling import deal, event, plan_of, run, shown

MONTHLY = "components: [{name: c, rate: 10%, clawback: {on: churn, months: 6, falls: monthly}}]"


@pytest.mark.parametrize(
    ("churned", "repaid"),
    [
        ("2026-01-15", 150_000),
        ("2026-02-14", 150_000),
        ("2026-02-15", 125_000),
        ("2026-03-15", 100_000),
        ("2026-04-15", 75_000),
        ("2026-05-15", 50_000),
        ("2026-06-15", 25_000),
        ("2026-07-14", 25_000),
        ("2026-07-15", 0),
    ],
)
def test_each_month_that_has_passed_keeps_one_sixth(churned: str, repaid: int) -> None:
    """prowi-clawback-prorata."""
    calc = run(plan_of(MONTHLY), deals=[deal(7, "2026-01-15", "15_000")], events=[event(7, "churn", churned)])
    assert shown(calc, "clawback") == ([("clawback", churned, -repaid)] if repaid else [])
    assert set(calc.lines["deal_id"]) == {7}


def test_an_early_exit_takes_back_half_in_the_period_it_happens() -> None:
    """core8-clawback-adjustment."""
    plan = plan_of("components: [{name: c, rate: 10%, clawback: {on: early_exit, months: 12, share: 50%}}]")
    calc = run(plan, deals=[deal(7, "2026-01-15", "100_000")], events=[event(7, "early_exit", "2026-04-02")])
    assert shown(calc, "clawback") == [("clawback", "2026-04-02", -500_000)]


def test_the_days_that_are_left_are_taken_back() -> None:
    plan = plan_of("components: [{name: c, rate: 10%, clawback: {on: churn, days: 100, falls: daily}}]")
    calc = run(plan, deals=[deal(7, "2026-01-01", "1_000")], events=[event(7, "churn", "2026-01-26")])
    assert shown(calc, "clawback") == [("clawback", "2026-01-26", -7_500)]


def test_only_what_was_paid_is_taken_back_and_the_rest_is_forfeited() -> None:
    plan = plan_of(
        "components: [{name: c, rate: 10%, clawback: {on: churn, months: 12}, "
        "release: [{share: 40%}, {share: 60%, on: event, event: go_live}]}]"
    )
    events = [event(7, "churn", "2026-03-01"), event(7, "go_live", "2026-04-01")]
    calc = run(plan, deals=[deal(7, "2026-01-01", "1_000")], events=events)
    assert shown(calc, "clawback", "release") == [("clawback", "2026-03-01", -4_000)]
    assert sum(calc.lines["amount_cents"]) == 0 + 10_000 - 6_000 - 4_000


def test_refunds_of_parts_never_take_back_more_than_was_paid() -> None:
    plan = plan_of("components: [{name: c, rate: 10%, clawback: {on: [refund, churn], months: 12}}]")
    events = [
        event(7, "refund", "2026-02-01", "333.33"),
        event(7, "refund", "2026-03-01", "500"),
        event(7, "refund", "2026-04-01", "500"),
        event(7, "churn", "2026-05-01"),
    ]
    calc = run(plan, deals=[deal(7, "2026-01-01", "1_000")], events=events)
    assert [amount for *_, amount in shown(calc, "clawback")] == [-3_333, -5_000, -1_667]


def test_an_event_after_the_day_asked_about_takes_nothing() -> None:
    calc = run(
        plan_of(MONTHLY),
        "2026-02-01",
        deals=[deal(7, "2026-01-15", "15_000")],
        events=[event(7, "churn", "2026-02-02")],
    )
    assert shown(calc, "clawback") == []


def test_a_refund_after_a_clawback_takes_nothing_twice() -> None:
    """Of what was released, a part was taken back; what the refund takes back of that part returns the difference."""
    text = "components: [{name: c, rate: 10%, clawback: {on: churn, months: 6}, release: [{share: 100%, on: cash}]}]"
    happened = [
        event(7, "payment", "2026-01-20", "1_000"),
        event(7, "churn", "2026-02-01", "500"),
        event(7, "refund", "2026-03-01", "700"),
        event(7, "payment", "2026-04-01", "700"),
    ]
    deals = [deal(7, "2026-01-15", "1_000")]
    for until, takings in (
        ("2026-02-28", [("clawback", "2026-02-01", -5_000)]),
        ("2026-03-31", [("clawback", "2026-02-01", -5_000), ("clawback", "2026-03-01", 2_000)]),
        (
            "2026-04-30",
            [
                ("clawback", "2026-02-01", -5_000),
                ("clawback", "2026-03-01", 2_000),
                ("clawback", "2026-04-01", -2_000),
            ],
        ),
    ):
        calc = run(plan_of(text), until, deals=deals, events=happened)
        assert shown(calc, "clawback") == takings
    after = run(plan_of(text), "2026-03-31", deals=deals, events=happened).lines
    assert after["amount_cents"].sum() == 0, "what is left of the deal is less than what was lost of it"
