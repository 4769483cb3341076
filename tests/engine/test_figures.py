"""Figures of deals: what is given, what is derived, what is lacking, and what components count of them."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dates import day
from engine.deals import deals_in
from engine.figures import Figures
from engine.frames import Facts
from tests.engine.crediting_cases import codes, deal, figure, on, paid, plan, refused, run, split, tag

HALF_CENTS = st.integers(-(10**9), 10**9)


def figures(*rows: dict, amount: str | int = 1000) -> Figures:
    facts = Facts.of(deals=[deal(1, 1, amount)], figures=rows)
    return Figures(facts.figures, deals_in(facts.deals))


@pytest.mark.parametrize(
    ("rest", "amount", "rows", "expected"),
    [
        pytest.param(
            "components: [{name: c, rate: 20%, measure: {sum: margin}}]",
            100_000,
            [figure(1, "cost", 75_000)],
            "5000.00",
            id="sparrowgenie-gross-margin",
        ),
        pytest.param(
            "components: [{name: c, rates: [{rate: 10%}, "
            "{rate: 25%, having: [{of: markup_pct, from: 35.5%, below: 60.5%}]}, "
            "{rate: 40%, having: [{of: markup_pct, from: 60.5%}]}], measure: {sum: margin}}]",
            150,
            [figure(1, "cost", 100)],
            "12.50",
            id="ehow-tiered-margin",
        ),
        pytest.param(
            "components: [{name: c, fixed: 250, measure: {where: {product: A, having: [{of: quantity, from: 10}]}}}]",
            900,
            [figure(1, "quantity", 10, "number")],
            "250.00",
            id="xactly-spif-per-order",
        ),
        pytest.param(
            "components: [{name: c, rate: 3%, measure: {sum: mrr, times: 12}}]",
            1,
            [figure(1, "mrr", 14_000)],
            "5040.00",
            id="simplicable-mrr-annualised",
        ),
        pytest.param(
            "components: [{name: initial, rate: 10%, measure: {sum: mrr, times: 12, where: {type: new}}}]",
            1,
            [figure(1, "mrr", 5_000)],
            "6000.00",
            id="sparrowgenie-residual-initial",
        ),
        pytest.param(
            "components: [{name: c, rate: 10%, measure: {sum: incremental_arr}}]",
            30_000,
            [figure(1, "incremental_arr", 60_000)],
            "6000.00",
            id="insight-coterminus-arr",
        ),
        pytest.param(
            "components: [{name: cars, per_unit: 300, measure: {sum: quantity}}, "
            "{name: bonus, per_unit: 200, measure: {sum: quantity}}]",
            1,
            [figure(1, "quantity", 15, "number")],
            "7500.00",
            id="datafield-per-unit",
        ),
    ],
)
def test_published_cases(rest: str, amount: int, rows: list[dict], expected: str) -> None:
    calc = run(plan(rest), deals=[deal(1, 1, amount)], figures=rows, assignments=on("p", 1))
    assert paid(calc) == {1: expected}
    assert not calc.problems


def test_published_residual_and_renewal_rates() -> None:
    """sparrowgenie-residual, sparrowgenie-renewal and prowi-renewal: 36 months at 2 %; 4 % of what renews."""
    made = plan(
        "components: [{name: residual, rate: 2%, measure: {where: {type: residual}}}, "
        "{name: renewal, rates: [{type: renewal, rate: 4%}], measure: {where: {type: renewal}}}]"
    )
    months = [deal(number, 1, 5_000, date(2026, 1 + number % 12, 1), type="residual") for number in range(1, 37)]
    calc = run(made, deals=[*months, deal(99, 1, 450_000, type="renewal")], assignments=on("p", 1))
    assert paid(calc) == {1: "21600.00"}, "3,600 of residuals and 18,000 of the renewal"


def test_a_given_margin_is_used_before_the_cost() -> None:
    found = figures(figure(1, "cost", 700), figure(1, "margin", 100))
    assert found.of("margin", "money").value.tolist() == [100_00]
    assert found.of("margin_pct", "number").value.tolist() == [100_000]
    assert found.of("markup_pct", "number").value.tolist() == [142_857], "100 / 700, cut down"


def test_a_reversal_has_the_percentage_of_its_deal_and_counts_once_less() -> None:
    found = figures(figure(1, "cost", -700), amount=-1000)
    assert found.of("margin_pct", "number").value.tolist() == [300_000]
    assert found.of("count", "number").value.tolist() == [-1_000_000]


@given(HALF_CENTS, HALF_CENTS)
def test_percentages_are_exact_and_cut_down(amount: int, cost: int) -> None:
    facts = Facts.of(
        deals=[{**deal(1, 1, 0), "amount_cents": amount}],
        figures=[{"deal_id": 1, "name": "cost", "value": cost, "unit": "money"}],
    )
    found = Figures(facts.figures, deals_in(facts.deals)).of("margin_pct", "number")
    assert bool(found.lacks[0]) == (amount == 0)
    if amount:
        most = 10**15
        exact = Fraction(amount - cost, amount) * 1_000_000 // 1
        assert found.value.tolist() == [exact] or abs(exact) >= most


def test_a_deal_that_lacks_a_figure_is_a_problem_only_where_it_is_needed() -> None:
    made = plan(
        "components: [{name: units, per_unit: 5, measure: {sum: quantity, where: {category: hardware}}}, "
        "{name: rich, rate: 1%, measure: {where: {type: new, having: [{of: margin_pct, from: 20%}]}}}]"
    )
    calc = run(
        made,
        deals=[deal(1, 1, 10), deal(2, 1, 10), deal(3, 1, 10, type="old")],
        tags=[tag(1, "category", "hardware"), tag(2, "category", "software"), tag(3, "category", "hardware")],
        figures=[
            figure(1, "quantity", 2, "number"),
            figure(1, "cost", 8),
            figure(3, "quantity", 2),
        ],
        assignments=on("p", 1),
    )
    assert calc.lines[["component", "deal_id", "amount_cents"]].values.tolist() == [
        ["units", 1, 1000],
        ["rich", 1, 10],
    ]
    found = {(problem.deal, problem.code) for problem in calc.problems}
    assert found == {(2, "figure_missing"), (3, "figure_unit")}
    assert all(problem.remedy for problem in calc.problems)


def test_money_figures_convert_like_the_amount_and_splits_share_them() -> None:
    rates = [{"from_currency": "EUR", "to_currency": "USD", "rate_num": 11, "rate_den": 10, "start_on": 0}]
    calc = run(
        plan(
            "components: [{name: c, rate: 100%, measure: {sum: margin}}, "
            "{name: n, per_unit: 1, measure: {sum: count}}]"
        ),
        deals=[deal(1, 1, 10, currency="EUR")],
        splits=split(1, r1="33.3%", r2="66.7%"),
        figures=[figure(1, "cost", 9)],
        rates=[{**rates[0], "end_on": 99_999}],
        assignments=on("p", 1, 2),
    )
    assert calc.lines.groupby("component", observed=True)["amount_cents"].sum().to_dict() == {"c": 110, "n": 100}
    assert calc.lines["basis_cents"].tolist() == [37, 333_000, 73, 667_000]


@pytest.mark.parametrize(
    ("take", "expected"), [("sum", [50, 40, 30]), ("last", [50, -10, 30]), ("average", [50, -5, 30])]
)
def test_achievements_become_increments_whose_total_is_the_value(take: str, expected: list[int]) -> None:
    made = plan(
        f"components: [{{name: nps, per_unit: 1, accumulate: quarter, measure: {{achievement: nps, take: {take}}}}}, "
        "{name: c, rate: 1%}]"
    )
    days = {date(2026, 1, 5): 50, date(2026, 2, 5): 40, date(2026, 4, 1): 30}
    rows = [
        {
            "rep_id": 0 if value == 30 else 1,
            "name": "nps",
            "on": day(when),
            "value": value * 1_000_000,
            "unit": "number",
        }
        for when, value in days.items()
    ]
    calc = run(made, deals=[deal(1, 1, 10)], achievements=rows, assignments=on("p", 1, 2))
    own = calc.lines[(calc.lines["component"] == "nps") & (calc.lines["rep_id"] == 1)]
    assert (own["basis_cents"] // 1_000_000).tolist() == expected
    assert set(own["deal_id"]) == {0}
    assert set(own["rule"]) == {"nps"}
    assert calc.lines[calc.lines["rep_id"] == 2]["amount_cents"].tolist() == [30_00], "everybody's"
    alone = run(made, reps=[2], deals=[deal(1, 1, 10)], achievements=rows, assignments=on("p", 1, 2))
    assert alone.lines["amount_cents"].tolist() == [30_00]
    assert not calc.problems


def test_two_last_values_of_one_day_are_a_problem() -> None:
    made = plan("components: [{name: nps, per_unit: 1, measure: {achievement: nps, take: last}}]")
    row = {"rep_id": 1, "name": "nps", "on": day(date(2026, 1, 5)), "unit": "number"}
    calc = run(made, achievements=[{**row, "value": 1}, {**row, "value": 2}], assignments=on("p", 1))
    assert codes(calc) == ["achievement_repeated"]
    assert calc.lines.empty


def test_filters_by_tags_and_roles() -> None:
    made = plan(
        "components: [{name: c, rates: [{rate: 1%}, {segment: SMB, rate: 2%}, "
        "{segment: SMB, tagged: [channel=partner, channel=oem], rate: 3%}]}]"
    )
    tags = [tag(2, "segment", "SMB"), tag(3, "segment", "SMB"), tag(3, "channel", "oem"), tag(4, "segment", "SMB")]
    calc = run(
        made,
        deals=[deal(number, 1, 100) for number in (1, 2, 3, 4)],
        tags=[*tags, tag(4, "segment", "Enterprise")],
        assignments=on("p", 1),
    )
    assert calc.lines["amount_cents"].tolist() == [100, 200, 300, 100]
    assert codes(calc) == ["tag_repeated"]


def test_many_conditions_at_once_count_only_the_kinds_that_occur() -> None:
    names = ", ".join(f"t{number}=yes" for number in range(1, 2))
    filters = [f"{{tagged: [t{number}=yes], rate: 0%, booked: 2026-01-01 .. 2026-01-02}}" for number in range(1, 25)]
    components = ", ".join(f"{{name: c{n}, rates: [{{rate: 1%}}, {each}]}}" for n, each in enumerate(filters))
    calc = run(
        plan(f"components: [{components}, {{name: last, rate: 1%, measure: {{where: {{tagged: [{names}]}}}}}}]"),
        deals=[deal(1, 1, 100), deal(2, 1, 100)],
        tags=[tag(1, "t1", "yes"), tag(2, "t1", "no")],
        assignments=on("p", 1),
    )
    assert np.count_nonzero(calc.lines["component"] == "last") == 1
    assert calc.lines["amount_cents"].sum() == 49_00


def test_contradictory_measures_and_filters_are_refused_with_their_line() -> None:
    found = refused(
        "components:\n"
        "  - {name: a, per_unit: 1, measure: {achievement: nps, sum: margin}}\n"
        "  - {name: b, rate: 1%, measure: {take: last}}\n"
        "  - {name: c, rate: 1%, measure: {where: {tagged: [x]}}}\n"
        "  - {name: d, rate: 1%, measure: {where: {having: [{of: margin_pct}]}}}\n"
        "  - {name: e, rate: 1%, measure: {where: {having: [{of: amount, from: 10%}]}}}\n"
        "  - {name: f, rate: 1%, measure: {where: {having: [{of: quantity, from: 5, below: 5}]}}}\n"
        "  - {name: g, rate: 1%, measure: {unit: number}}\n"
        "  - {name: h, rates: [{rate: 1%, tagged: [a=x]}, {rate: 2%, tagged: [b=y]}]}\n"
    )
    for expected in (
        "6 measure_contradicts",
        "7 take_meaningless",
        "8 tag_unreadable",
        "9 range_unbounded",
        "10 unit_contradicts",
        "11 range_empty",
        "12 unit_contradicts",
        "13 rates_ambiguous",
    ):
        assert expected in found
