"""Statements: sums of lines, and slices that are the line to the last cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.answers import DealName
from engine.commission import calculate
from engine.dates import Period, day
from engine.errors import LineUnknown
from engine.frames import Facts
from engine.money import Money, Rate
from engine.plans.load import load
from engine.plans.schema import Plan
from engine.statements import components, explain, lines
from tests.engine.generated import companies, facts_of, plan_texts

FOREVER = date(2030, 1, 1)
ALWAYS = Period("always", date(2000, 1, 1), FOREVER)
SPAN = {"start_on": day(date(2026, 1, 1)), "end_on": day(date(2027, 1, 1))}


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_slices_are_the_line_and_lines_are_the_statement(data: st.DataObject) -> None:
    plan = load(data.draw(plan_texts()), "x.yaml")
    assert isinstance(plan, Plan)
    facts = facts_of(data.draw(companies(plan)))
    calc = calculate(facts, [plan], FOREVER)
    for rep_id in sorted(set(calc.lines["rep_id"].tolist())):
        found = lines(calc, facts, rep_id, ALWAYS, {})
        sums = components(calc, rep_id, ALWAYS)
        assert sum(line.amount.minor for line in found) == sum(each.amount.minor for each in sums)
        assert [line.line_no for line in found] == list(range(1, len(found) + 1))
        for line in found:
            why = explain(calc, facts, rep_id, line.line_no, {})
            assert why.line == line
            assert sum(each.amount.minor for each in why.slices) + why.rerated.minor == line.amount.minor
            assert line.kind == "cap" or sum(each.basis.minor for each in why.slices) == line.credit.minor
            assert (why.after - why.before) == line.credit


def plan_of(text: str) -> Plan:
    head = "plan: ae\nversion: 1\neffective: 2026-01-01 .. 2027-01-01\ncurrency: USD\ncomponents:\n  - "
    plan = load(head + text, "x.yaml")
    assert isinstance(plan, Plan), plan
    return plan


def company(*amounts: int, **more: object) -> Facts:
    deals = [
        {"deal_id": number, "owner_id": 1, "amount_cents": amount, "currency": "USD", "stage": "won"}
        | {"booked_on": SPAN["start_on"] + 40 * number, "deal_type": "new", "product": "A"}
        for number, amount in enumerate(amounts, start=1)
    ]
    quotas = [{"rep_id": 1, "name": "bookings", "amount_cents": 100_000, "currency": "USD"} | SPAN]
    return Facts.of(**{"deals": deals, "quotas": quotas, "assignments": [{"rep_id": 1, "plan": "ae"} | SPAN]} | more)


TABLE = "{name: new, quota: bookings, accumulate: year_to_date, table: {by: attainment, behaviour: %s, tiers: %s}}"
TIERS = "[{from: 0%, rate: 5%}, {from: 100%, rate: 10%}]"


def test_a_deal_that_crosses_a_tier_is_cut_where_the_tier_begins() -> None:
    facts = company(60_000, 70_000)
    why = explain(calculate(facts, [plan_of(TABLE % ("marginal", TIERS))], FOREVER), facts, 1, 2, {})
    assert [
        (each.from_bound, each.to_bound, each.basis.minor, each.rate, each.amount.minor) for each in why.slices
    ] == [
        (0, 1_000_000, 40_000, Rate(1, 20), 2_000),
        (1_000_000, None, 30_000, Rate(1, 10), 3_000),
    ]
    assert (why.before, why.after, why.quota) == (Money(60_000, "USD"), Money(130_000, "USD"), Money(100_000, "USD"))
    assert why.period.label == "2026"


def test_what_a_reached_tier_does_to_earlier_credit_is_shown_apart() -> None:
    facts = company(60_000, 70_000, -40_000)
    calc = calculate(facts, [plan_of(TABLE % ("whole_amount", TIERS))], FOREVER)
    up, down = (explain(calc, facts, 1, number, {}) for number in (2, 3))
    assert ([each.amount.minor for each in up.slices], up.rerated.minor) == ([7_000], 3_000)
    assert ([each.amount.minor for each in down.slices], down.rerated.minor) == ([-2_000], -6_500)


def test_a_cap_is_a_line_of_its_own_and_says_so() -> None:
    facts = company(60_000, 70_000)
    plan = plan_of("{name: flat, rate: 10%, cap: {per_period: 50}}")
    calc = calculate(facts, [plan], FOREVER)
    found = lines(calc, facts, 1, ALWAYS, {})
    assert [(line.kind, line.amount.minor) for line in found] == [
        ("commission", 6_000),
        ("cap", -1_000),
        ("commission", 7_000),
        ("cap", -2_000),
    ]
    assert "50.00 USD" in explain(calc, facts, 1, 2, {}).note


def test_a_capped_deal_says_how_much_of_it_counts() -> None:
    facts = company(60_000)
    calc = calculate(facts, [plan_of("{name: flat, rate: 10%, cap: {per_deal: 100}}")], FOREVER)
    why = explain(calc, facts, 1, 1, {})
    assert why.line.amount == Money(1_000, "USD")
    assert "600.00 USD" in why.note


def test_the_way_of_a_shared_deal_in_another_currency_is_told() -> None:
    splits = [
        {"deal_id": 1, "rep_id": rep, "share_ppb": share} for rep, share in ((1, 250_000_000), (2, 750_000_000))
    ]
    rates = [{"from_currency": "EUR", "to_currency": "USD", "rate_num": 11, "rate_den": 10} | SPAN]
    facts = company(10_001, splits=splits, rates=rates)
    facts.deals["currency"] = facts.deals["currency"].cat.rename_categories({"USD": "EUR"})
    calc = calculate(facts, [plan_of("{name: flat, rate: 10%}")], FOREVER)
    names = {1: DealName(1, "Acme renewal", "Acme", "006", "crm")}
    why = explain(calc, facts, 1, 1, names)
    assert (why.deal_amount, why.converted_at, why.share_ppb) == (Money(10_001, "EUR"), Rate(11, 10), 250_000_000)
    assert why.line.credit == Money(2_750, "USD")  # 11,001.1 cents are 11,001; a quarter is 2,750.25
    assert why.line.deal == names[1]
    assert why.rule == "owner"


def test_only_the_lines_of_the_period_are_on_the_statement() -> None:
    facts = company(60_000, 70_000)
    calc = calculate(facts, [plan_of("{name: flat, rate: 10%}")], FOREVER)
    period = calc.plans[0].calendar.month(date(2026, 3, 30))
    assert [(line.line_no, line.amount.minor) for line in lines(calc, facts, 1, period, {})] == [(2, 7_000)]
    (only,) = components(calc, 1, period)
    assert (only.name, only.credit.minor, only.amount.minor, only.lines) == ("flat", 70_000, 7_000, 1)
    assert components(calc, 99, period) == ()


@pytest.mark.parametrize(("rep_id", "line_no"), [(1, 0), (1, 2), (1, -1), (2, 1)])
def test_a_line_that_is_not_there_is_a_bad_request(rep_id: int, line_no: int) -> None:
    facts = company(60_000)
    with pytest.raises(LineUnknown):
        explain(calculate(facts, [plan_of("{name: flat, rate: 10%}")], FOREVER), facts, rep_id, line_no, {})


def test_two_plans_in_two_currencies_stay_apart_in_the_order_of_the_plans() -> None:
    base = plan_of("{name: new, rate: 10%}")
    parts = plan_of("{name: old, measure: {where: {type: renewal}}, rate: 1%}").components + base.components
    euro = replace(base, name="euro", currency="EUR", components=(*parts, replace(base.components[0], name="extra")))
    twin = replace(base, name="twin")
    rates = [{"from_currency": "USD", "to_currency": "EUR", "rate_num": 1, "rate_den": 2} | SPAN]
    assigned = [{"rep_id": 1, "plan": name} | SPAN for name in ("twin", "euro", "ae")]
    facts = company(60_000, 70_000, rates=rates, assignments=assigned)
    calc = calculate(facts, [twin, euro, base], FOREVER)
    usd, eur = Money(13_000, "USD"), Money(6_500, "EUR")
    assert [(each.name, each.amount) for each in components(calc, 1, ALWAYS)] == [
        ("new", usd),
        ("new", eur),
        ("extra", eur),
        ("new", usd),
    ]
    found = lines(calc, facts, 1, ALWAYS, {})
    assert [(line.line_no, str(line.amount)) for line in found[1:4]] == [
        (2, "70.00 USD"),
        (3, "30.00 EUR"),
        (4, "35.00 EUR"),
    ]
    for currency, total in (("USD", 26_000), ("EUR", 13_000)):
        assert sum(line.amount.minor for line in found if line.amount.currency == currency) == total
    for line in found:
        why = explain(calc, facts, 1, line.line_no, {})
        assert (why.line, sum((each.amount.minor for each in why.slices), 0)) == (line, line.amount.minor)


def test_two_versions_of_a_plan_make_one_line_of_the_summary() -> None:
    first = plan_of("{name: new, rate: 10%}")
    second = replace(first, version=2, effective=Period("", date(2026, 3, 1), date(2027, 1, 1)))
    calc = calculate(company(60_000, 70_000), [first, second], FOREVER)
    assert [(each.name, each.amount.minor) for each in components(calc, 1, ALWAYS)] == [("new", 13_000)]
