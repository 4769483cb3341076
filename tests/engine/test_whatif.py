"""What open deals would pay: the same calculation over facts in which they are won."""

from __future__ import annotations

from datetime import date

import pytest

from engine.commission import calculate
from engine.dates import day
from engine.errors import DealUnknown
from engine.frames import Facts, integers
from engine.gap import routes
from engine.money import Money
from engine.plans.load import load
from engine.plans.schema import Plan
from engine.whatif import Closing, Question, closed, what_if
from engine.whynot import why_not

AS_OF = date(2026, 5, 1)
YEAR = {"start_on": day(date(2026, 1, 1)), "end_on": day(date(2027, 1, 1))}
PLAN = """
plan: ae
version: 1
effective: 2026-01-01 .. 2027-01-01
currency: USD
components:
  - name: New business
    measure: {where: {type: new}}
    quota: bookings
    accumulate: year_to_date
    table: {by: attainment, behaviour: whole_amount, tiers: [{from: 0%, rate: 5%}, {from: 100%, rate: 10%}]}
"""


def deal(number: int, amount: int, on: date, stage: str, kind: str = "new") -> dict[str, object]:
    return {
        "deal_id": number,
        "owner_id": 1,
        "amount_cents": amount * 100,
        "currency": "USD",
        "booked_on": day(on),
        "deal_type": kind,
        "product": "x",
        "stage": stage,
    }


def question(*deals: dict[str, object], quota: int = 100_000, plan: str = PLAN) -> Question:
    read = load(plan, "plan.yaml")
    assert isinstance(read, Plan), read
    amount = {"rep_id": 1, "name": "bookings", "amount_cents": quota * 100, "currency": "USD", **YEAR}
    facts = Facts.of(deals=list(deals), quotas=[amount], assignments=[{"rep_id": 1, "plan": "ae", **YEAR}])
    return Question(facts, (read,), AS_OF, 1)


WON = deal(1, 60_000, date(2026, 1, 10), "won")
OPEN = [deal(2, 20_000, date(2026, 6, 10), "open"), deal(3, 30_000, date(2026, 6, 20), "open")]
OPEN.append(deal(4, 25_000, date(2026, 7, 10), "open"))
CLOSINGS = [Closing(2, date(2026, 6, 10)), Closing(3, date(2026, 6, 20)), Closing(4, date(2026, 7, 10))]


def dollars(amount: int) -> tuple[Money, ...]:
    return (Money(amount * 100, "USD"),)


def test_the_joint_effect_re_rates_what_was_earned_before() -> None:
    found = what_if(question(WON, *OPEN), CLOSINGS)
    assert (found.before, found.after, found.gain) == (dollars(3_000), dollars(13_500), dollars(10_500))


def test_each_deal_alone_and_as_the_last_are_runs_with_and_without_it() -> None:
    found = what_if(question(WON, *OPEN), CLOSINGS)
    assert [effect.alone for effect in found.effects] == [dollars(1_000), dollars(1_500), dollars(1_250)]
    assert [effect.last for effect in found.effects] == [dollars(2_000), dollars(3_000), dollars(2_500)]


def test_what_would_be_paid_is_what_is_paid_once_it_has_happened() -> None:
    asked = question(WON, *OPEN)
    found = what_if(asked, CLOSINGS)
    happened = closed(asked.facts, CLOSINGS)
    paid = calculate(happened, asked.plans, date(2026, 7, 10))
    assert found.calculation.lines.equals(paid.lines)
    assert found.after[0].minor == int(integers(paid.lines, "amount_cents").sum())


def test_another_amount_and_day_are_thought_of() -> None:
    found = what_if(question(WON, *OPEN), [Closing(2, date(2026, 12, 31), 40_000_00)])
    assert found.gain == dollars(7_000)


def test_a_deal_that_is_not_there_is_named() -> None:
    with pytest.raises(DealUnknown, match="99"):
        what_if(question(WON), [Closing(99, AS_OF)])


def test_the_smallest_set_reaches_quota_with_the_least_overshoot() -> None:
    (route,) = routes(question(WON, *OPEN), CLOSINGS)
    assert (route.reaches, route.deals, route.credit, route.short_by) == ("quota", (2, 4), 45_000_00, 0)
    assert route.effect is not None
    assert route.effect.gain == dollars(7_500)


def test_what_is_out_of_reach_says_how_much_is_missing() -> None:
    (route,) = routes(question(WON, *OPEN, quota=200_000), CLOSINGS)
    assert (route.deals, route.credit, route.short_by) == ((), 75_000_00, 65_000_00)


def test_an_open_deal_is_blocked_by_being_open() -> None:
    asked = question(WON, *OPEN)
    found = why_not(calculate(asked.facts, asked.plans, AS_OF), asked, 2)
    assert found.blocker is not None
    assert (found.blocker.asks, found.blocker.found) == ("The deal is won", "open")


def test_a_deal_that_no_component_counts_says_which_condition_it_misses() -> None:
    asked = question(deal(1, 60_000, date(2026, 1, 10), "won", "renewal"))
    found = why_not(calculate(asked.facts, asked.plans, AS_OF), asked, 1)
    assert found.blocker is not None
    assert found.blocker.found == "its type is renewal, asked for is new"
    assert found.paid == ()


def test_a_deal_that_is_paid_has_no_blocker() -> None:
    asked = question(WON)
    found = why_not(calculate(asked.facts, asked.plans, AS_OF), asked, 1)
    assert found.blocker is None
    assert found.paid == dollars(3_000)


def test_the_rule_that_won_and_those_that_lost_are_told() -> None:
    rates = (
        PLAN[: PLAN.index("    quota")] + "    rates: [{rate: 5%}, {product: x, rate: 7%}, {product: y, rate: 9%}]\n"
    )
    asked = question(WON, plan=rates)
    found = why_not(calculate(asked.facts, asked.plans, AS_OF), asked, 1)
    assert [(rule.rate, rule.won) for rule in found.components[0].rules] == [
        ("5%", False),
        ("7%", True),
        ("9%", False),
    ]
    assert found.components[0].rules[2].why == "its product is x, asked for is y"
    assert found.paid == dollars(4_200)
