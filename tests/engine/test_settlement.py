"""What goes on from one version of a plan to the next, and what is paid when the plan changes."""

from __future__ import annotations

from datetime import date

from engine.commission import calculate
from engine.dates import Period
from engine.frames import Facts
from engine.plans.load import load
from engine.plans.schema import Plan
from engine.statements import payout
from tests.engine.settling import assigned, deal, event, shown

TERMS = "payment: {negative: carry, draw: {amount: 1_000, periods: 4}}\n"


def version(number: int, effective: str, terms: str = TERMS) -> Plan:
    head = f"plan: p\nversion: {number}\neffective: {effective}\ncurrency: USD\n"
    made = load(head + "components: [{name: c, rate: 100%}]\n" + terms, "p.yaml")
    assert isinstance(made, Plan), made
    return made


def test_debt_and_periods_go_on_in_the_next_version() -> None:
    plans = [version(1, "2026-01-01 .. 2027-01-01"), version(2, "2026-03-01 .. 2027-03-01")]
    deals = [deal(1, "2026-01-10", "400"), deal(2, "2026-03-10", "1_250"), deal(3, "2026-05-10", "2_000")]
    facts = Facts.of(deals=deals, assignments=[assigned()])
    calc = calculate(facts, plans, date(2026, 5, 31))
    assert shown(calc, "draw", "recovery") == [
        ("draw", "2026-01-31", 60_000),
        ("draw", "2026-02-28", 100_000),
        ("recovery", "2026-03-31", -25_000),
        ("draw", "2026-04-30", 100_000),
        ("recovery", "2026-05-31", -200_000),
    ]
    (paid,) = payout(calc, 1, Period("", date(2026, 5, 1), date(2026, 6, 1)))
    assert (paid.payout.minor, paid.owed.minor) == (0, 60_000 + 100_000 - 25_000 + 100_000 - 200_000)


def test_what_is_carried_reaches_the_next_version() -> None:
    plans = [
        version(1, "2026-01-01 .. 2027-01-01", "payment: {negative: carry}"),
        version(2, "2026-02-15 .. 2027-02-15"),
    ]
    deals = [deal(1, "2026-02-10", "-700"), deal(2, "2026-02-20", "2_000")]
    calc = calculate(Facts.of(deals=deals, assignments=[assigned()]), plans, date(2026, 3, 14))
    assert shown(calc, "carry") == [("carry", "2026-02-14", 70_000), ("carry", "2026-02-15", -70_000)]


def test_a_release_counts_in_the_period_of_the_version_that_pays_then() -> None:
    release = "components: [{name: c, rate: 100%, release: [{share: 100%, on: event, event: go_live}]}]\n"
    head = "plan: p\nversion: 1\neffective: 2026-01-01 .. 2026-02-01\ncurrency: USD\n"
    first = load(head + release, "p.yaml")
    assert isinstance(first, Plan)
    plans = [first, version(2, "2026-02-01 .. 2027-02-01", "payment: {cap: 300}")]
    facts = Facts.of(
        deals=[deal(1, "2026-01-10", "1_000")], events=[event(1, "go_live", "2026-02-10")], assignments=[assigned()]
    )
    calc = calculate(facts, plans, date(2026, 2, 28))
    assert shown(calc, "release", "cap") == [("release", "2026-02-10", 100_000), ("cap", "2026-02-10", -70_000)]


def test_a_plan_that_says_nothing_of_payment_has_no_lines_beside_its_credits() -> None:
    calc = calculate(
        Facts.of(deals=[deal(1, "2026-01-10", "-700")], assignments=[assigned()]),
        [version(1, "2026-01-01 .. 2027-01-01", "")],
        date(2026, 12, 31),
    )
    assert len(calc.extras) == 0
