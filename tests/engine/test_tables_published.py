"""Published, worked examples of every table behaviour, unit, target and axis: id, and what the publisher printed."""

from __future__ import annotations

from datetime import date

import pytest

from engine.dates import day
from engine.statements import explain
from tests.engine.booked import AS_OF, deal, facts_of, listed, on_plan, paid, plan_of, quota, run

YEAR_END = date(2027, 1, 1)


def cents(text: str) -> int:
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int((part + "00")[:2])


def sold(*amounts: str, on: tuple[int, int] = (1, 5), **more: object) -> list[dict[str, object]]:
    return [deal(number, 1, on, cents(amount), **more) for number, amount in enumerate(amounts, start=1)]


def achieved(name: str, value: int, on: tuple[int, int] = (1, 31)) -> dict[str, object]:
    """An achievement in millionths."""
    return {"rep_id": 1, "name": name, "on": day(date(2026, *on)), "value": value, "unit": "number"}


INTERPOLATED_AMOUNTS = """
  - name: c
    accumulate: transaction
    table:
      by: amount
      behaviour: interpolated
      tiers:
        - {from: 0, amount: 10}
        - {from: 1_000, amount: 40}
        - {from: 3_000, amount: 100}
        - {from: 8_000, amount: 2_000}
        - {from: 20_000}
"""


def test_oracle_interpolated_per_transaction() -> None:
    calc = run(plan_of(INTERPOLATED_AMOUNTS), facts_of(sold("200", "300", "1500", "1200", "2000", "4500")))
    assert [amount for *_, amount in listed(calc, "c")] == [cents(x) for x in ("2", "3", "20", "14", "30", "80")]


def test_oracle_24b_blended_interpolated_rate() -> None:
    """2,000: tier 1 is full and gives 1 %, tier 2 is a quarter full and gives 0.5 %: 1.5 % of it all."""
    tiers = "[{from: 0, rate: 1%}, {from: 1_000, rate: 2%}, {from: 5_000, rate: 3%}, {from: 10_000, rate: 0%}]"
    plan = plan_of(
        f"  - {{name: c, accumulate: transaction, table: {{by: amount, behaviour: interpolated, tiers: {tiers}}}}}"
    )
    facts = facts_of(sold("2000", "5000"))
    calc = run(plan, facts)
    assert [amount for *_, amount in listed(calc, "c")] == [cents("30"), cents("150")]
    (only,) = explain(calc, facts, 1, 1, {}).slices
    assert str(only.rate) == "1.5%"


BASE = {"rate": "    rate: {}%\n", "target": "    target: {}\n"}


def with_table(
    behaviour: str, tiers: str, more: str = "", window: str = "year_to_date", by: str = "attainment"
) -> str:
    return (
        f"  - name: c\n    quota: bookings\n    accumulate: {window}\n{more}"
        f"    table: {{by: {by}, behaviour: {behaviour}, tiers: [{tiers}]}}\n"
    )


def attained(component: str, percent: str, target: str = "100000") -> int:
    """What the component pays at an attainment in percent of a quota of 1,000."""
    facts = facts_of(sold(f"{float(percent) * 10:.2f}"), quotas=[quota(1, (1, 1), YEAR_END, 100_000)])
    return paid(run(plan_of(component), facts), "c")


@pytest.mark.parametrize(("at", "pays"), [("79", "0"), ("90", "2250"), ("175", "3750")])
def test_microsoft_interpolated_payout_pct(at: str, pays: str) -> None:
    points = "{from: 80%, pays: 2%}, {from: 100%, pays: 2.5%}, {from: 150%, pays: 3.75%}"
    assert attained(with_table("curve", points, "    target: 100_000\n"), at) == cents(pays)


@pytest.mark.parametrize(("at", "pays"), [("89", "0"), ("90", "50"), ("95", "75"), ("110", "150"), ("130", "200")])
def test_sec_bookings_bonus_curve(at: str, pays: str) -> None:
    points = "{from: 90%, pays: 50%, slope: 5}, {from: 120%, pays: 200%}"
    assert attained(with_table("curve", points, "    target: 100\n"), at) == cents(pays)


def test_sec_revenue_payout_grid() -> None:
    points = "{from: 85%, pays: 0%}, {from: 90%, pays: 50%}, {from: 100%, pays: 100%}, {from: 105%, pays: 150%}"
    grid = {85: 0, 86: 10, 87: 20, 88: 30, 89: 40, 90: 50, 92: 60, 94: 70, 96: 80, 98: 90, 100: 100}
    grid |= {101: 110, 102: 120, 103: 130, 104: 140, 105: 150}
    for at, pays in grid.items():
        assert attained(with_table("curve", points, "    target: 100\n"), str(at)) == pays * 100


SEC_MIBP = """
  - name: revenue
    measure: {achievement: revenue}
    accumulate: quarter
    target: 30_000
    weight: 1/3
    table:
      by: attainment
      behaviour: curve
      tiers: [{from: 80%, pays: 15%, slope: 2.5}, {from: 90%, pays: 60%, slope: 2.5}, {from: 100%, pays: 100%}]
  - name: income
    measure: {achievement: income}
    accumulate: quarter
    target: 30_000
    weight: 1/3
    table:
      by: attainment
      behaviour: curve
      tiers:
        - {from: 90%, pays: 15%, slope: 5}
        - {from: 95%, pays: 60%, slope: 5}
        - {from: 100%, pays: 100%, slope: 1}
  - name: mbo
    measure: {achievement: mbo}
    accumulate: quarter
    target: 30_000
    weight: 1/3
"""


def test_sec_mibp_three_components() -> None:
    """Without the gate on revenue, which is another mechanic, operating income pays 186 %: 4,650."""
    rows = [achieved("revenue", 960_000), achieved("income", 1_860_000), achieved("mbo", 1_000_000)]
    facts = facts_of([], achievements=rows, assignments=on_plan([1]))
    calc = run(plan_of(SEC_MIBP), facts)
    assert [paid(calc, name) for name in ("revenue", "income", "mbo")] == [187_500, 465_000, 250_000]


def test_prowi_step_quota_bonus() -> None:
    steps = "{from: 100%, amount: 10_000}, {from: 120%, amount: 20_000}, {from: 150%, amount: 40_000}"
    facts = facts_of(sold("600000", "150000"), quotas=[quota(1, (1, 1), YEAR_END, 60_000_000)])
    calc = run(plan_of(with_table("step", steps)), facts)
    assert [amount for *_, amount in listed(calc, "c")] == [cents("10000"), cents("10000")]
    said = explain(calc, facts, 1, 2, {})
    assert [(each.kind, each.amount.minor) for each in said.slices] == [("value", cents("20000"))]
    assert said.rerated.minor == -cents("10000")


OVERAGE = ", ".join(
    f"{{from: {start}%, multiplier: {times}}}" for start, times in ((0, 1), (100, 1.5), (125, 2), (150, 2.5))
)


@pytest.mark.parametrize(
    ("revenue", "rate", "total"),
    [
        ("80000", "60", "48000"),
        ("100000", "50", "50000"),
        ("110000", "60", "69000"),
        ("140000", "50", "90000"),
        ("175000", "60", "172500"),
        ("250000", "50", "237500"),
    ],
)
@pytest.mark.parametrize("deals", [1, 4])
def test_github_ts_whole_overage_accelerator(revenue: str, rate: str, total: str, deals: int) -> None:
    parts = sold(*[str(int(revenue) // deals)] * deals)
    facts = facts_of(parts, quotas=[quota(1, (1, 1), YEAR_END, 10_000_000)])
    by_rate = with_table("overage", OVERAGE, f"    rate: {rate}%\n")
    by_target = with_table("overage", OVERAGE, f"    target: {int(rate) * 1_000}\n")
    for component in (by_rate, by_target):
        assert paid(run(plan_of(component), facts), "c") == cents(total)


def test_donyarose_pct_of_target_per_pct_of_quota() -> None:
    component = with_table(
        "marginal", "{from: 0%, multiplier: 1}, {from: 100%, multiplier: 2}", "    target: 40_000\n"
    )
    facts = facts_of(sold("990000", "10000", "10000"), quotas=[quota(1, (1, 1), YEAR_END, 100_000_000)])
    assert [amount for *_, amount in listed(run(plan_of(component), facts), "c")][1:] == [cents("400"), cents("800")]


@pytest.mark.parametrize(
    ("window", "end", "pays"),
    [
        ("month", date(2026, 2, 1), "3000"),
        ("quarter", date(2026, 4, 1), "9000"),
        ("half_year", date(2026, 7, 1), "18000"),
        ("year_to_date", YEAR_END, "36000"),
        ("quota_period", date(2026, 4, 1), "9000"),
    ],
)
def test_centify_plan_share_of_variable(window: str, end: date, pays: str) -> None:
    """OTE 170,000, base 50,000; the plan carries 30 % of the variable and is met exactly."""
    component = f"  - {{name: c, quota: bookings, accumulate: {window}, incentive: variable, weight: 30%}}\n"
    own = {"start_on": day(date(2026, 1, 1)), "end_on": day(YEAR_END), "currency": "USD"}
    incentives = [{"rep_id": 1, "name": "variable", "amount_cents": cents("120000")} | own]
    facts = facts_of(sold("5000"), quotas=[quota(1, (1, 1), end, 500_000)], incentives=incentives)
    assert paid(run(plan_of(component), facts), "c") == cents(pays)


def test_falcon_component_weights() -> None:
    """60,000 variable a year: 15,000 a quarter, of which NRR carries 35 % and MBO 15 %."""
    text = "".join(
        f"  - {{name: {name}, measure: {{achievement: {name}}}, "
        f"accumulate: quarter, target: 60_000, weight: {share}}}\n"
        for name, share in (("nrr", "35%"), ("mbo", "15%"))
    )
    rows = [achieved("nrr", 1_000_000), achieved("mbo", 1_000_000)]
    calc = run(plan_of(text), facts_of([], achievements=rows, assignments=on_plan([1])))
    assert (paid(calc, "nrr"), paid(calc, "mbo")) == (cents("5250"), cents("2250"))


@pytest.mark.parametrize(("attainment", "window", "end"), [(2, "quarter", 4), (3, "quarter", 4), (1, "quarter", 4)])
def test_centify_quarterly_kicker(attainment: int, window: str, end: int) -> None:
    component = with_table("step", "{from: 200%, pays: 25%}", "    target: 50_000\n", window)
    facts = facts_of(sold(str(attainment * 1_000)), quotas=[quota(1, (1, 1), date(2026, end, 1), 100_000)])
    assert paid(run(plan_of(component), facts), "c") == (cents("3125") if attainment >= 2 else 0)


@pytest.mark.parametrize(
    ("component", "units", "pays"),
    [
        ("per_unit: 2", 100, "200"),
        ("per_unit: 200", 30, "6000"),
        ("rates: [{per_unit: 500}]", 15, "7500"),
    ],
)
def test_units_are_paid_per_unit(component: str, units: int, pays: str) -> None:
    """itagroup-spiff-per-unit, quotapath-sdr-opportunity-bonus (a quarter), datafield-per-unit-year (a month)."""
    text = f"  - {{name: c, measure: {{achievement: units}}, {component}}}\n"
    facts = facts_of([], achievements=[achieved("units", units * 1_000_000)], assignments=on_plan([1]))
    assert paid(run(plan_of(text), facts), "c") == cents(pays)


def test_units_in_tiers_and_half_units() -> None:
    tiers = "{from: 0, per_unit: 50}, {from: 10, per_unit: 80}, {from: 2050%, per_unit: 100}"
    text = with_table("marginal", tiers, "    measure: {achievement: units}\n", "month", "amount")
    facts = facts_of([], achievements=[achieved("units", 21_500_000)], assignments=on_plan([1]))
    calc = run(plan_of(text), facts)
    assert paid(calc, "c") == cents("1440")  # 10 at 50, 10.5 at 80, 1 at 100
    said = explain(calc, facts, 1, 1, {}).slices
    assert [each.rate.num for each in said] == [5_000, 8_000, 10_000]
    assert [each.basis.minor for each in said] == [10_000_000, 10_500_000, 1_000_000]


def test_oca_most_specific_rule_wins_with_fixed_amounts_and_rates() -> None:
    """Any product 10, a category 20, a product 5 %, a variant 15 %; a refund takes back what was paid."""
    rules = (
        "[{fixed: 10}, {product: B, fixed: 20}, {product: [C, D], rate: 5%}, {product: D, type: variant, rate: 15%}]"
    )
    text = f"  - {{name: c, rates: {rules}}}\n"
    deals = [deal(n, 1, (1, n), 100_000, product=product) for n, product in enumerate("ABCD", start=1)]
    deals[3]["deal_type"] = "variant"
    text = text.replace("[C, D], rate: 5%", "C, rate: 5%").replace(
        ", {product: D, type", ", {product: D, rate: 5%}, {product: D, type"
    )
    deals += [each | {"deal_id": 10 + int(str(each["deal_id"])), "amount_cents": -100_000} for each in deals]
    facts = facts_of(deals)
    calc = run(plan_of(text), facts)
    amounts = {number: amount for number, _, amount in listed(calc, "c")}
    assert [amounts[n] for n in (1, 2, 3, 4)] == [cents(x) for x in ("10", "20", "50", "150")]
    assert [amounts[n] for n in (11, 12, 13, 14)] == [-cents(x) for x in ("10", "20", "50", "150")]
    assert [each.kind for each in explain(calc, facts, 1, 1, {}).slices] == ["fixed"]


def test_rounding_by_line_and_in_total() -> None:
    """3.44 where each of eight lines is rounded by itself, 3.43 where their total is."""
    for step, total in (("line", 344), ("total", 343)):
        plan = plan_of("  - {name: c, rate: 4.3%}\n", f"rounding: {{step: {step}}}")
        assert paid(run(plan, facts_of(sold(*["9.98"] * 8))), "c") == total, step


def test_rates_by_product_times_multipliers_of_tiers() -> None:
    text = with_table(
        "marginal",
        "{from: 0%, multiplier: 1}, {from: 100%, multiplier: 1.5}",
        "    rates: [{rate: 4%}, {product: B, rate: 10%}]\n",
    )
    deals = [deal(1, 1, (1, 5), 90_000), deal(2, 1, (1, 6), 20_000, product="B")]
    calc = run(plan_of(text), facts_of(deals, quotas=[quota(1, (1, 1), YEAR_END, 100_000)]))
    assert [amount for *_, amount in listed(calc, "c")] == [3_600, 1_000 + 1_500]


def test_overage_of_several_products_is_paid_again_when_a_tier_is_reached() -> None:
    text = with_table("overage", OVERAGE, "    rates: [{rate: 4%}, {product: B, rate: 10%}]\n")
    deals = [deal(1, 1, (1, 5), 110_000), deal(2, 1, (1, 6), 20_000, product="B")]
    facts = facts_of(deals, quotas=[quota(1, (1, 1), YEAR_END, 100_000)])
    calc = run(plan_of(text), facts)
    assert [amount for *_, amount in listed(calc, "c")] == [4_000 + 600, 4_000 + 200]
    said = explain(calc, facts, 1, 2, {})
    assert (said.rerated.minor, [each.amount.minor for each in said.slices]) == (200, [4_000])


def test_a_missing_incentive_is_a_problem_and_never_zero() -> None:
    text = "  - {name: c, quota: bookings, accumulate: quarter, incentive: variable}\n"
    facts = facts_of(sold("500"), quotas=[quota(1, (1, 1), date(2026, 4, 1), 100_000)])
    calc = run(plan_of(text), facts)
    assert [problem.code for problem in calc.problems] == ["incentive_missing"]
    assert not len(calc.lines)


def test_an_incentive_that_changes_counts_month_by_month() -> None:
    """60,000 a year in January, 90,000 from February on: 5,000 + 2 x 7,500 in the first quarter."""
    text = "  - {name: c, quota: bookings, accumulate: quarter, incentive: variable}\n"
    rows = [
        {"rep_id": 1, "name": "variable", "amount_cents": cents(amount), "currency": "USD"}
        | {"start_on": day(date(2026, start, 1)), "end_on": day(end)}
        for amount, start, end in (("60000", 1, date(2026, 2, 1)), ("90000", 2, YEAR_END))
    ]
    facts = facts_of(sold("1000"), quotas=[quota(1, (1, 1), date(2026, 4, 1), 100_000)], incentives=rows)
    assert paid(run(plan_of(text), facts), "c") == cents("20000")


def test_spiff_mamount_starts_with_a_balance() -> None:
    """salesforce-spiff-mamount: 145,000 before, a deal of 20,000: 5,000 in tier 1, 15,000 in tier 2, 1,100 paid."""
    tiers = "{from: 0, rate: 4%}, {from: 150_000, rate: 6%}, {from: 250_000, rate: 8%}"
    text = with_table("marginal", tiers, by="amount")
    opening = [{"rep_id": 1, "plan": "p", "name": "c", "on": day(date(2026, 1, 1)), "value": cents("145000")}]
    facts = facts_of(sold("20000"), balances=opening)
    calc = run(plan_of(text), facts, AS_OF)
    assert paid(calc, "c") == cents("1100")
    said = explain(calc, facts, 1, 1, {}).slices
    assert [each.basis.minor for each in said] == [cents("5000"), cents("15000")]
    assert calc.lines["before_cents"].tolist() == [cents("145000")]
