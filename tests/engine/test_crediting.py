"""Who is credited with how much: splits, rules and exchange rates."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.commission import calculate
from engine.dates import day
from engine.frames import Facts
from engine.money import apportion
from engine.plans.load import load
from engine.plans.schema import Plan

FOREVER = date(2030, 1, 1)
SPAN = {"start_on": day(date(2026, 1, 1)), "end_on": day(date(2027, 1, 1))}


def plan_of(crediting: str = "[{rule: owner}]", currency: str = "USD") -> Plan:
    head = (
        f"plan: ae\nversion: 1\neffective: 2026-01-01 .. 2027-01-01\ncurrency: {currency}\ncrediting: {crediting}\n"
    )
    plan = load(head + "components: [{name: flat, rate: 10%}]", "x.yaml")
    assert isinstance(plan, Plan), plan
    return plan


def company(amount: int, shares: list[tuple[int, int]], **more: object) -> Facts:
    row = {"deal_id": 5, "owner_id": 1, "amount_cents": amount, "currency": "USD", "booked_on": SPAN["start_on"] + 9}
    row |= {"deal_type": "new", "product": "A", "stage": "won"} | more
    rates = [{"from_currency": "USD", "to_currency": "JPY", "rate_num": 15_055, "rate_den": 100} | SPAN]
    return Facts.of(
        deals=[row],
        splits=[{"deal_id": 5, "rep_id": rep, "share_ppb": share} for rep, share in shares],
        assignments=[{"rep_id": rep, "plan": "ae"} | SPAN for rep in range(1, 9)],
        rates=rates,
    )


@settings(max_examples=80, deadline=None)
@given(st.integers(-(10**15), 10**15), st.lists(st.integers(1, 10**6), min_size=1, max_size=6))
def test_shares_follow_the_largest_remainder_for_any_number_of_people(amount: int, weights: list[int]) -> None:
    shares = apportion(1_000_000_000, weights)
    facts = company(amount, list(enumerate(shares, start=1)))
    credits_ = calculate(facts, [plan_of()], FOREVER).credits
    assert credits_["amount_cents"].tolist() == apportion(amount, shares)


def test_without_a_split_the_owner_is_credited_whole() -> None:
    credits_ = calculate(company(1_000, []), [plan_of()], FOREVER).credits
    assert credits_[["rep_id", "share_ppb", "amount_cents"]].values.tolist() == [[1, 1_000_000_000, 1_000]]


@pytest.mark.parametrize(
    ("crediting", "shared", "rules"),
    [
        ("[{rule: owner}]", False, ["owner"]),
        ("[{rule: owner}]", True, ["owner", "owner"]),
        ("[{rule: splits}, {rule: owner}]", True, ["splits", "splits"]),
        ("[{rule: splits}, {rule: owner}]", False, ["owner"]),
        ("[{rule: team deals, to: splits}]", False, []),
        ("[{rule: big, to: owner, when: {type: [renewal]}}, {rule: rest, to: owner}]", False, ["rest"]),
    ],
)
def test_the_first_rule_that_a_deal_meets_gives_the_credit(crediting: str, shared: bool, rules: list[str]) -> None:
    facts = company(1_000, [(1, 500_000_000), (2, 500_000_000)] if shared else [])
    calc = calculate(facts, [plan_of(crediting)], FOREVER)
    assert calc.lines["rule"].tolist() == rules
    assert calc.unpaid["reason"].tolist() == ([] if rules else ["no_rule"])


def test_an_amount_is_converted_and_rounded_once_and_then_split() -> None:
    """100.01 USD at 150.55 are 15,056.5 yen: 15,057, of which halves are 7,529 and 7,528."""
    facts = company(10_001, [(1, 500_000_000), (2, 500_000_000)])
    credits_ = calculate(facts, [plan_of(currency="JPY")], FOREVER).credits
    assert credits_["amount_cents"].tolist() == [7_529, 7_528]


@pytest.mark.parametrize("currency", ["EUR", "XXX", "bitcoin"])
def test_without_one_exchange_rate_nothing_is_guessed(currency: str) -> None:
    calc = calculate(company(10_001, [], currency=currency), [plan_of(currency="JPY")], FOREVER)
    assert [(problem.code, problem.deal) for problem in calc.problems] == [("fx_rate_missing", 5)]
    assert calc.lines.empty
    assert calc.unpaid["reason"].tolist() == ["no_exchange_rate"]


def test_two_different_rates_for_one_day_are_no_rate() -> None:
    facts = company(10_001, [])
    rows = facts.rates.to_dict("records")
    others = [row | {"rate_num": row["rate_num"] + 1} for row in rows]
    twice = Facts.of(**dict(facts.frames()) | {"rates": [*rows, *others]})
    calc = calculate(twice, [plan_of(currency="JPY")], FOREVER)
    assert [problem.code for problem in calc.problems] == ["fx_rate_missing"]
