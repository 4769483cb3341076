"""Commissions that are paid over time: by event, after days, as the customer pays."""

from __future__ import annotations

from tests.engine.settling import deal, event, plan_of, run, shown

CASH = "components: [{name: c, rate: 10%, release: [{share: 100%, on: cash}]}]"


def test_commission_is_paid_in_proportion_to_cash() -> None:
    """siebel-pay-on-cash-prorated."""
    events = [event(7, "payment", "2026-02-10", "500_000"), event(7, "payment", "2026-05-20", "500_000")]
    calc = run(plan_of(CASH), deals=[deal(7, "2026-01-15", "1_000_000")], events=events)
    assert shown(calc) == [
        ("commission", "2026-01-15", 10_000_000),
        ("hold", "2026-01-15", -10_000_000),
        ("release", "2026-02-10", 5_000_000),
        ("release", "2026-05-20", 5_000_000),
    ]


def test_only_payments_up_to_the_day_count() -> None:
    events = [event(7, "payment", "2026-02-10", "500_000"), event(7, "payment", "2026-05-20", "500_000")]
    calc = run(plan_of(CASH), "2026-05-19", deals=[deal(7, "2026-01-15", "1_000_000")], events=events)
    assert shown(calc, "release") == [("release", "2026-02-10", 5_000_000)]


def test_thirds_of_a_payment_sum_exactly_and_never_pass_all_of_it() -> None:
    events = [event(7, "payment", f"2026-0{month}-01", "33.34") for month in (2, 3, 4, 5)]
    calc = run(plan_of(CASH), deals=[deal(7, "2026-01-15", "100.01")], events=events)
    amounts = [amount for *_, amount in shown(calc, "release")]
    assert sum(amounts) == 1_000
    assert amounts[:2] == [333, 334]
    assert len(amounts) == 3


def test_money_that_goes_back_takes_the_commission_back() -> None:
    events = [
        event(7, "payment", "2026-02-10", "1_000"),
        event(7, "refund", "2026-03-10", "250"),
        event(7, "payment", "2026-04-10", "-250"),
        event(7, "payment", "2026-05-10", "9_000"),
    ]
    calc = run(plan_of(CASH), deals=[deal(7, "2026-01-15", "1_000")], events=events)
    assert [amount for *_, amount in shown(calc, "release")] == [10_000, -2_500, -2_500, 5_000]


def test_payments_in_another_currency_count_at_the_rate_of_their_day() -> None:
    rates = [
        {"from_currency": "EUR", "to_currency": "USD", "start_on": 0, "end_on": 40_000, "rate_num": 5, "rate_den": 4}
    ]
    events = [event(7, "payment", "2026-02-10", "400", "EUR"), event(7, "payment", "2026-03-10", "400", "GBP")]
    calc = run(plan_of(CASH), deals=[deal(7, "2026-01-15", "1_000")], events=events, rates=rates)
    assert [amount for *_, amount in shown(calc, "release")] == [5_000]
    assert [(problem.code, problem.deal, problem.found) for problem in calc.problems] == [
        ("fx_rate_missing", 7, "GBP")
    ]


def test_halves_are_paid_at_two_milestones() -> None:
    """vbaexpress-milestones."""
    plan = plan_of(
        "components: [{name: c, fixed: 100, release: "
        "[{share: 50%, on: event, event: setup_paid}, {share: 50%, on: event, event: first_month_paid}]}]"
    )
    events = [event(7, "setup_paid", "2026-02-01"), event(7, "first_month_paid", "2026-03-05")]
    calc = run(plan, deals=[deal(7, "2026-01-15", "100")], events=events)
    assert shown(calc, "release") == [("release", "2026-02-01", 5_000), ("release", "2026-03-05", 5_000)]
    assert sum(calc.lines["amount_cents"]) == 10_000


def test_a_down_payment_invoice_releases_its_part() -> None:
    """oca-down-payment-commission, one agent."""
    plan = plan_of("components: [{name: c, rate: 10%, release: [{share: 100%, on: cash, event: invoice}]}]")
    events = [event(7, "invoice", "2026-01-20", "100"), event(7, "invoice", "2026-04-01", "900")]
    calc = run(plan, deals=[deal(7, "2026-01-15", "1_000")], events=events)
    assert shown(calc, "release") == [("release", "2026-01-20", 1_000), ("release", "2026-04-01", 9_000)]


HOLDBACK = (
    "components: [{name: c, rate: 10%, release: [{share: 75%}, {share: 25%, on: days, days: 90, unless: churn}]}]"
)


def test_a_holdback_is_released_after_90_days() -> None:
    """prowi-holdback."""
    calc = run(plan_of(HOLDBACK), deals=[deal(7, "2026-01-01", "75_000")])
    assert shown(calc) == [
        ("commission", "2026-01-01", 750_000),
        ("hold", "2026-01-01", -187_500),
        ("release", "2026-04-01", 187_500),
    ]


def test_a_holdback_is_forfeited_by_churn_up_to_its_day() -> None:
    for churned, kept in (("2026-03-31", False), ("2026-04-01", False), ("2026-04-02", True)):
        calc = run(plan_of(HOLDBACK), deals=[deal(7, "2026-01-01", "75_000")], events=[event(7, "churn", churned)])
        assert bool(shown(calc, "release")) is kept


def test_what_a_reversal_takes_back_is_not_held() -> None:
    calc = run(plan_of(HOLDBACK), deals=[deal(7, "2026-01-01", "75_000"), deal(8, "2026-02-01", "-75_000")])
    assert sum(calc.lines["amount_cents"]) == 0
    assert [line for line in shown(calc, "hold") if line[1] == "2026-02-01"] == []
