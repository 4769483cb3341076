"""Every behaviour of a table pays what the words of the plan say, to the cent, and back to nothing."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from engine.commission import calculate
from engine.dates import day
from engine.frames import Facts
from engine.plans.load import load
from engine.plans.schema import Plan
from engine.statements import explain
from tests.engine.tables import Drawn, lines, tables, total

AS_OF = date(2026, 12, 31)
FIRST = day(date(2026, 1, 1))
ENDS = {
    "month": date(2026, 2, 1),
    "quarter": date(2026, 4, 1),
    "half_year": date(2026, 7, 1),
    "year_to_date": date(2027, 1, 1),
}


def plan_of(table: Drawn) -> Plan:
    step = "line" if table.by_line else "total"
    text = (
        "plan: p\nversion: 1\neffective: 2026-01-01 .. 2027-01-01\ncurrency: USD\n"
        f"rounding: {{mode: {table.mode}, step: {step}}}\ncomponents:\n{table.text}\n"
    )
    plan = load(text, "p.yaml")
    assert isinstance(plan, Plan), "\n".join([text, *map(str, plan)])
    return plan


def facts_of(table: Drawn, credits_: list[int], quota: int) -> Facts:
    deals = [
        {
            "deal_id": number,
            "owner_id": 1,
            "amount_cents": credit,
            "currency": "USD",
            "booked_on": FIRST + number,
            "deal_type": "new",
            "product": "A",
            "stage": "won",
        }
        for number, credit in enumerate(credits_, start=1)
    ]
    span = {"start_on": FIRST, "end_on": day(ENDS[table.accumulate])}
    balances = [{"rep_id": 1, "plan": "p", "name": "c", "on": FIRST, "value": table.opening}]
    return Facts.of(
        deals=deals,
        quotas=[{"rep_id": 1, "name": "bookings", "amount_cents": quota, "currency": "USD"} | span],
        assignments=[{"rep_id": 1, "plan": "p", "start_on": FIRST, "end_on": FIRST + 365}],
        balances=balances if table.opening else [],
    )


def check(table: Drawn, credits_: list[int], quota: int) -> None:
    facts = facts_of(table, credits_, quota)
    calc = calculate(facts, [plan_of(table)], AS_OF)
    assert not [each for each in calc.problems if each.code != "balance_unknown"]
    wanted = lines(table, credits_, quota)
    assert calc.lines["amount_cents"].tolist() == wanted
    for number, amount in enumerate(wanted, start=1):
        said = explain(calc, facts, 1, number, {})
        assert sum(each.amount.minor for each in said.slices) + said.rerated.minor == amount


OPENED = Drawn(
    by="attainment",
    behaviour="interpolated",
    pays="rate",
    tiers=((Fraction(0), Fraction(1, 8), None), (Fraction(1, 500), Fraction(0), None)),
    base=None,
    target=None,
    weight=Fraction(1),
    accumulate="month",
    mode="half_up",
    by_line=True,
    opening=777,
)


@settings(max_examples=60, deadline=None)
@example(table=OPENED, credits_=[4], quota=1)
@given(
    table=tables(),
    credits_=st.lists(st.integers(-60_000, 90_000), min_size=1, max_size=6),
    quota=st.integers(1, 200_000),
)
def test_every_table_pays_what_its_words_say(table: Drawn, credits_: list[int], quota: int) -> None:
    check(table, credits_, quota)


@settings(max_examples=30, deadline=None)
@given(
    table=tables(),
    credits_=st.lists(st.integers(-(10**14), 10**14), min_size=1, max_size=4),
    quota=st.integers(1, 10**14),
)
def test_amounts_beyond_64_bits_are_exact_too(table: Drawn, credits_: list[int], quota: int) -> None:
    check(table, credits_, quota)


@settings(max_examples=40, deadline=None)
@given(
    table=tables(),
    credits_=st.lists(st.integers(-60_000, 90_000), min_size=1, max_size=5),
    quota=st.integers(1, 200_000),
)
def test_taking_everything_back_leaves_nothing(table: Drawn, credits_: list[int], quota: int) -> None:
    assume(total(table, table.opening, quota) == 0 or table.opening)
    everything = [*credits_, *(-credit for credit in reversed(credits_))]
    calc = calculate(facts_of(table, everything, quota), [plan_of(table)], AS_OF)
    assert int(calc.lines["amount_cents"].sum()) == 0
