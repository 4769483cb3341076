"""What a calculation pays: against an oracle, and by the properties that hold for every plan and every company."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.commission import calculate
from engine.dates import day
from engine.errors import FrameInvalid, PlanClash
from engine.frames import Facts
from engine.plans.load import load
from engine.plans.schema import Plan
from tests.engine.generated import companies, facts_of, plan_texts
from tests.engine.oracle import Line, Oracle

FEW = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=4_000, deadline=None, suppress_health_check=list(HealthCheck))
WHOLE = {"category", "int8", "int16", "int32", "int64"}
FOREVER = date(2030, 1, 1)


def loaded(text: str) -> Plan:
    plan = load(text, "generated.yaml")
    assert isinstance(plan, Plan), (plan, text)
    return plan


@st.composite
def runs(draw: st.DrawFn, clean: bool = False, rising: bool = False):
    plan = loaded(draw(plan_texts(rising=rising)))
    return plan, draw(companies(plan, clean=clean))


def lines_of(calc) -> list[Line]:
    frame = calc.lines
    columns = ("rep_id", "component", "kind", "deal_id", "basis_cents", "before_cents", "amount_cents")
    return [Line(*row) for row in zip(*(frame[column].tolist() for column in columns), strict=True)]


def expected(plan: Plan, rows: dict, as_of: date) -> list[Line]:
    """The oracle's lines; what a transaction had accumulated before is nothing."""
    alone = {component.name for component in plan.components if component.accumulate == "transaction"}
    return [
        Line(*(line.rep, line.component, line.kind, line.deal, line.basis, 0, line.amount))
        if line.component in alone and line.kind == "commission"
        else line
        for line in Oracle(plan, rows, as_of).lines
    ]


def check_against_oracle(run: tuple[Plan, dict], as_of: date) -> None:
    plan, rows = run
    found, wanted = lines_of(calculate(facts_of(rows), [plan], as_of)), expected(plan, rows, as_of)
    assert [vars_of(line) for line in found] == [vars_of(line) for line in wanted]


def vars_of(line: Line) -> tuple:
    return (line.rep, line.component, line.kind, line.deal, line.basis, line.before, line.amount)


@FEW
@given(runs(), st.sampled_from((FOREVER, date(2026, 5, 3))))
def test_every_line_equals_the_oracles(run, as_of) -> None:
    check_against_oracle(run, as_of)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@MANY
@given(runs(), st.sampled_from((FOREVER, date(2026, 5, 3))))
def test_every_line_equals_the_oracles_for_long(run, as_of) -> None:
    check_against_oracle(run, as_of)


def as_bytes(calc) -> bytes:
    frames = (calc.lines, calc.credits, calc.unpaid)
    return b"\0".join(frame.to_csv().encode() for frame in frames) + repr(calc.problems).encode()


@FEW
@given(runs(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_categories_changes_no_byte(run, random) -> None:
    plan, rows = run
    shuffled = {name: random.sample(part, len(part)) for name, part in rows.items()}
    one, other = facts_of(rows), facts_of(shuffled)
    assert as_bytes(calculate(one, [plan], FOREVER)) == as_bytes(calculate(other, [plan], FOREVER))
    assert one.inputs_hash() == other.inputs_hash()


@FEW
@given(runs(), st.integers(1, 12))
def test_neither_chunks_nor_the_choice_of_reps_change_a_figure(run, rows_at_once) -> None:
    plan, rows = run
    facts = facts_of(rows)
    full = calculate(facts, [plan], FOREVER)
    assert as_bytes(full) == as_bytes(calculate(facts, [plan], FOREVER, chunk_rows=rows_at_once))
    for rep in (1, 2):
        alone = calculate(facts, [plan], FOREVER, reps=[rep]).lines
        own = full.lines[full.lines["rep_id"] == rep].reset_index(drop=True)
        pd.testing.assert_frame_equal(alone, own)


@FEW
@given(st.data())
def test_plans_do_not_disturb_each_other(data) -> None:
    """Reps on two plans at once, in two currencies: each plan's lines are those that it has alone."""
    first, second = (loaded(data.draw(plan_texts(currency=money))) for money in ("USD", "JPY"))
    second = replace(second, name="second")
    rows = data.draw(companies(first))
    rows["assignments"] += [row | {"plan": "second"} for row in rows["assignments"]]
    rows["rates"] += [row | {"to_currency": "JPY"} for row in rows["rates"]]
    both = calculate(facts_of(rows), [second, first], FOREVER)
    for number, plan in enumerate((first, second)):
        own = both.lines[both.lines["plan_no"] == number]
        alone = calculate(facts_of(rows), [plan], FOREVER).lines
        columns = ["rep_id", "deal_id", "basis_cents", "before_cents", "amount_cents"]
        assert own[columns].values.tolist() == alone[columns].values.tolist()
        assert own["rule"].tolist() == alone["rule"].tolist()


@FEW
@given(runs())
def test_no_column_is_ever_a_float(run) -> None:
    plan, rows = run
    calc = calculate(facts_of(rows), [plan], FOREVER)
    for frame in (calc.lines, calc.credits, calc.unpaid):
        assert not [column for column in frame if str(frame[column].dtype) not in WHOLE], frame.dtypes


@FEW
@given(runs(clean=True))
def test_the_credits_of_a_deal_sum_to_it(run) -> None:
    plan, rows = run
    credits_ = calculate(facts_of(rows), [plan], FOREVER).credits
    amounts = {deal["deal_id"]: deal["amount_cents"] for deal in rows["deals"]}
    shared = {row["deal_id"] for row in rows["splits"]}
    complete = credits_.groupby("deal_id")["share_ppb"].sum() == 1_000_000_000
    for deal_id, total in credits_.groupby("deal_id")["amount_cents"].sum().items():
        assert not complete[deal_id] or total == amounts[deal_id]
    assert shared <= set(amounts)


@FEW
@given(runs(clean=True))
def test_a_reversal_takes_back_exactly_what_was_paid(run) -> None:
    """Every deal is taken back on the same day, each by a deal of the negative amount that follows it."""
    plan, rows = run
    back = [deal | {"deal_id": deal["deal_id"] + 1, "amount_cents": -deal["amount_cents"]} for deal in rows["deals"]]
    splits = [row | {"deal_id": row["deal_id"] + 1} for row in rows["splits"]]
    both = rows | {"deals": rows["deals"] + back, "splits": rows["splits"] + splits}
    lines = calculate(facts_of(both), [plan], FOREVER).lines
    assert lines["amount_cents"].sum() == 0
    assert not lines.groupby(["rep_id", "component"], observed=True)["amount_cents"].sum().any()


@FEW
@given(runs(clean=True, rising=True), st.integers(1, 500_000))
def test_more_credit_never_earns_less_where_rates_rise(run, more) -> None:
    plan, rows = run
    if not rows["deals"]:
        return
    larger = [deal | {"amount_cents": abs(deal["amount_cents"])} for deal in rows["deals"]]
    first = rows | {"deals": larger}
    then = rows | {"deals": [larger[0] | {"amount_cents": larger[0]["amount_cents"] + more}, *larger[1:]]}
    totals = [
        calculate(facts_of(each), [plan], FOREVER).lines.groupby(["rep_id"])["amount_cents"].sum()
        for each in (first, then)
    ]
    assert (totals[1] - totals[0] >= 0).all()


@FEW
@given(runs(clean=True, rising=True))
def test_a_deal_in_two_halves_pays_what_the_whole_pays(run) -> None:
    plan, rows = run
    alone = {component.name for component in plan.components if component.accumulate == "transaction"}
    rows = rows | {"splits": []}
    halves = []
    for deal in rows["deals"]:
        first = deal["amount_cents"] // 2
        halves += [deal | {"amount_cents": first}]
        halves += [deal | {"deal_id": deal["deal_id"] + 1, "amount_cents": deal["amount_cents"] - first}]
    one, two = (
        calculate(facts_of(rows | {"deals": each}), [plan], FOREVER).lines for each in (rows["deals"], halves)
    )
    key = ["rep_id", "component"]
    totals = [
        frame[~frame["component"].isin(alone)].groupby(key, observed=True)["amount_cents"].sum()
        for frame in (one, two)
    ]
    pd.testing.assert_series_equal(*totals)


PLAN = """
plan: ae
version: 1
effective: 2026-01-01 .. 2027-01-01
currency: USD
components:
  - name: bookings
    quota: bookings
    accumulate: year_to_date
    table: {by: attainment, behaviour: marginal, tiers: [{from: 0%, rate: 8%}, {from: 33.333%, rate: 10%}]}
"""
SPAN = {"start_on": day(date(2026, 1, 1)), "end_on": day(date(2027, 1, 1))}


def deal(number: int, amount: int, owner: int = 1, **more: object) -> dict:
    row = {"deal_id": number, "owner_id": owner, "amount_cents": amount, "currency": "USD", "stage": "won"}
    return row | {"booked_on": day(date(2026, 3, 1)), "deal_type": "new", "product": "A"} | more


def company(deals: list[dict], quota: int = 1_000_00, **more: object) -> Facts:
    quotas = [{"rep_id": 1, "name": "bookings", "amount_cents": quota, "currency": "USD"} | SPAN]
    assignments = [{"rep_id": rep, "plan": "ae"} | SPAN for rep in (1, 2)]
    return Facts.of(**{"deals": deals, "quotas": quotas, "assignments": assignments} | more)


def test_a_threshold_on_a_fraction_of_a_cent_is_exact() -> None:
    """33.333 % of 0.07 is 2.33331 cents; 200 000 cents of credit earn 10 % beyond it and 8 % below."""
    calc = calculate(company([deal(1, 200_000)], quota=7), [loaded(PLAN)], FOREVER)
    exact = 0.08 * 2.33331 + 0.10 * (200_000 - 2.33331)
    assert calc.lines["amount_cents"].tolist() == [round(exact)]
    small = calculate(
        company([deal(1, 2), deal(2, 1)], quota=7), [loaded(PLAN.replace("8%", "0%").replace("10%", "100%"))], FOREVER
    )
    assert small.lines["amount_cents"].tolist() == [0, 1]  # 0.66669 cents of the second lie beyond


def test_figures_beyond_64_bits_are_still_exact() -> None:
    """A rate and a threshold of twenty decimals make numerators of more than 63 bits."""
    text = PLAN.replace("33.333%", "33.33333333333333333333%").replace("10%", "10.00000000000000000001%")
    plan = loaded(text)
    rows = [deal(1, 9 * 10**14), deal(2, -(9 * 10**14) + 1), deal(3, 10**15 - 7)]
    facts = company(rows, quota=10**14)
    oracle = Oracle(plan, {name: frame.astype(object).to_dict("records") for name, frame in facts.frames()}, FOREVER)
    assert calculate(facts, [plan], FOREVER).lines["amount_cents"].tolist() == [line.amount for line in oracle.lines]


def test_a_plan_with_nothing_to_pay_gives_empty_frames() -> None:
    calc = calculate(company([]), [loaded(PLAN)], FOREVER)
    assert len(calc.lines) == len(calc.credits) == len(calc.unpaid) == 0
    assert calc.problems == ()
    assert calculate(company([deal(1, 5)]), [], FOREVER).lines.empty


CODES = {
    "owner_unresolved": company([deal(1, 500, owner=0)]),
    "quota_missing": company([deal(1, 500, owner=2)]),
    "quota_zero": company([deal(1, 500)], quota=0),
    "quota_overlap": company(
        [deal(1, 500)], quotas=[{"rep_id": 1, "name": "bookings", "amount_cents": 9, "currency": "USD"} | SPAN] * 2
    ),
    "plan_missing": company([deal(1, 500, owner=3)]),
    "fx_rate_missing": company([deal(1, 500, currency="EUR")]),
    "deal_repeated": company([deal(1, 500), deal(1, 700)]),
    "amount_out_of_range": company([deal(1, 10**16)]),
    "split_sum": company([deal(1, 500)], splits=[{"deal_id": 1, "rep_id": 1, "share_ppb": 999_999_999}]),
    "split_share": company(
        [deal(1, 500)],
        splits=[
            {"deal_id": 1, "rep_id": rep, "share_ppb": share}
            for rep, share in ((1, 1_500_000_000), (2, -500_000_000))
        ],
    ),
    "split_repeated": company([deal(1, 500)], splits=[{"deal_id": 1, "rep_id": 1, "share_ppb": 500_000_000}] * 2),
}


@pytest.mark.parametrize("code", CODES)
def test_bad_data_is_a_problem_that_says_what_to_do_and_pays_nothing(code: str) -> None:
    calc = calculate(CODES[code], [loaded(PLAN)], FOREVER)
    assert [problem.code for problem in calc.problems if problem.code == code], calc.problems
    assert all(problem.remedy and problem.message for problem in calc.problems)
    assert calc.lines.empty


def test_a_deal_that_no_rate_is_meant_for_is_a_problem() -> None:
    text = PLAN.split("components:", maxsplit=1)[0] + "components: [{name: flat, rates: [{product: B, rate: 5%}]}]"
    calc = calculate(company([deal(1, 500)]), [loaded(text)], FOREVER)
    assert [(problem.code, problem.deal) for problem in calc.problems] == [("rate_missing", 1)]
    assert calc.unpaid[["deal_id", "reason"]].values.tolist() == [[1, "no_rate"]]


def test_a_deal_that_the_plan_leaves_out_on_purpose_carries_a_reason() -> None:
    text = (
        PLAN.split("components:", maxsplit=1)[0]
        + "components: [{name: flat, measure: {where: {type: renewal}}, rate: 5%}]"
    )
    calc = calculate(company([deal(1, 500)]), [loaded(text)], FOREVER)
    assert calc.unpaid["reason"].tolist() == ["not_measured"]
    assert calc.problems == ()


def test_the_higher_version_pays_where_two_overlap() -> None:
    first = loaded(PLAN.split("components:", maxsplit=1)[0] + "components: [{name: flat, rate: 5%}]")
    second = loaded(
        PLAN.split("components:", maxsplit=1)[0]
        .replace("version: 1", "version: 2")
        .replace("2026-01-01", "2026-06-01")
        + "components: [{name: flat, rate: 7%}]"
    )
    rows = [deal(1, 10_000), deal(2, 10_000, booked_on=day(date(2026, 6, 1)))]
    calc = calculate(company(rows), [second, first], FOREVER)
    assert calc.lines["amount_cents"].tolist() == [500, 700]
    with pytest.raises(PlanClash):
        calculate(company(rows), [first, first], FOREVER)


def test_a_frame_with_a_float_is_refused() -> None:
    facts = company([deal(1, 500)])
    facts.deals["amount_cents"] = facts.deals["amount_cents"].astype(np.float64)
    with pytest.raises(FrameInvalid, match="amount_cents"):
        calculate(facts, [loaded(PLAN)], FOREVER)
