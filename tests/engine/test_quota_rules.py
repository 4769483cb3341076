"""Quotas that a plan makes of those in the data."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest

from engine.commission import calculate
from engine.dates import on_day
from engine.exchange import Exchange
from engine.frames import Facts
from engine.history import with_history
from engine.quota_rules import quotas_of
from tests.engine.settling import assigned, cents, deal, on, plan_of, run, shown

if TYPE_CHECKING:
    from engine.plans.schema import Plan

TABLE = "table: {by: attainment, behaviour: marginal, tiers: [{from: 0%, rate: 5%}, {from: 100%, rate: 10%}]}"


def plan(rule: str, accumulate: str = "month", effective: str = "2026-01-01 .. 2027-01-01") -> Plan:
    component = f"components: [{{name: c, quota: q, accumulate: {accumulate}, {TABLE}}}]\n"
    return plan_of(f"{component}quotas: [{{name: q, {rule}}}]", effective=effective)


def quota(amount: str, start: str = "2026-01-01", end: str = "2027-01-01", rep: int = 1) -> dict[str, object]:
    span = {"start_on": on(start), "end_on": on(end)}
    return {"rep_id": rep, "name": "q", "amount_cents": cents(amount), "currency": "USD"} | span


def made(of: Plan, **rows: list[dict[str, object]]) -> dict[str, int]:
    """The parts of rep 1 by the day on which they begin."""
    rows.setdefault("assignments", [assigned()])
    facts = Facts.of(**rows)
    found = quotas_of(facts, "q", np.array([1], dtype=np.int64), of, Exchange(facts.rates))
    assert not found.fault.any()
    return {
        on_day(int(start)).isoformat(): int(amount) for start, amount in zip(found.start, found.amount, strict=True)
    }


def test_a_seasonal_annual_quota_is_prorated_by_months() -> None:
    """quickbase-prorated-quota: one of the three months of the first quarter counts."""
    of = plan(
        "parts: quarter, weights: [20%, 20%, 20%, 40%], prorate: months, round_to: 1",
        "quarter",
        "2019-01-01 .. 2020-01-01",
    )
    parts = made(of, quotas=[quota("100_000", "2019-01-01", "2020-01-01")], assignments=[assigned(1, "2019-03-01")])
    assert [amount // 100 for amount in parts.values()] == [6_667, 20_000, 20_000, 40_000]
    assert sum(parts.values()) == 8_666_700


def test_parts_sum_to_the_annual_quota() -> None:
    assert sum(made(plan("parts: month"), quotas=[quota("100_000.01")]).values()) == 10_000_001
    days = made(plan("parts: month, prorate: days"), quotas=[quota("365")])
    assert days["2026-01-01"] == pytest.approx(3_041, abs=2)
    assert sum(days.values()) == 36_500


def test_a_quota_is_prorated_by_days_without_leave() -> None:
    away = [{"rep_id": 1, "start_on": on("2026-02-01"), "end_on": on("2026-02-15")}]
    parts = made(
        plan("parts: month, prorate: days"),
        quotas=[quota("3_100", f"2026-{month:02d}-01", f"2026-{month + 1:02d}-01") for month in (1, 2)],
        assignments=[assigned(1, "2026-01-11")],
        absences=away,
    )
    assert parts == {"2026-01-01": 210_000, "2026-02-01": 155_000}


def test_a_new_hires_quota_ramps() -> None:
    """prowi-ramp-quota."""
    rule = "parts: month, ramp: [0%, 25%, 50%, 75%, 100%]"
    parts = made(plan(rule), quotas=[quota("600_000")], assignments=[assigned(1, "2026-03-01")])
    assert [parts[f"2026-{month:02d}-01"] // 100 for month in range(3, 9)] == [
        0,
        12_500,
        25_000,
        37_500,
        50_000,
        50_000,
    ]


def test_in_a_month_without_a_quota_credit_is_priced_against_the_whole_one() -> None:
    rule = "parts: month, ramp: [0%, 50%]"
    deals = [deal(1, "2026-03-10", "60_000"), deal(2, "2026-04-10", "60_000")]
    calc = run(plan(rule), deals=deals, quotas=[quota("600_000")], assignments=[assigned(1, "2026-03-01")])
    assert calc.problems == ()
    assert [amount for *_, amount in shown(calc)] == [250_000 + 100_000, 125_000 + 350_000]


def test_a_quota_grows_on_the_credit_of_the_part_before() -> None:
    """salescookie-growth-quota."""
    of = plan("parts: quarter, growth: 1.15, growth_on: previous", "quarter")
    deals = [
        deal(1, "2025-11-10", "60_000"),
        deal(2, "2025-12-31", "40_000"),
        deal(3, "2026-02-10", "115_000"),
        deal(4, "2026-02-11", "100"),
    ]
    calc = run(of, "2026-03-31", deals=deals)
    assert calc.problems == ()
    assert [amount for *_, amount in shown(calc)] == [575_000, 1_000]


def test_history_is_counted_once_however_often_it_is_asked_for() -> None:
    of = plan("parts: quarter, growth: 1.15, growth_on: previous", "quarter")
    facts = Facts.of(deals=[deal(1, "2025-11-10", "100_000")], assignments=[assigned()])
    once = with_history(facts, [of], (date(2026, 3, 31), None), calculate)
    twice = with_history(once, [of], (date(2026, 3, 31), None), calculate)
    found = [quotas_of(each, "q", np.array([1]), of, Exchange(each.rates)).amount.tolist() for each in (once, twice)]
    assert found == [[11_500_000], [11_500_000]]


def test_without_credit_a_year_ago_a_growing_quota_is_the_one_in_the_data() -> None:
    of = plan("parts: quarter, growth: 110%", "quarter")
    deals = [deal(1, "2025-05-10", "1_000"), deal(2, "2026-02-10", "10_000"), deal(3, "2026-05-10", "2_000")]
    calc = run(of, deals=deals, quotas=[quota("20_000")])
    assert [amount for *_, amount in shown(calc)] == [25_000 + 50_000, 5_500 + 9_000]


def test_a_quota_changed_in_mid_period_is_the_sum_of_its_parts() -> None:
    rows = [quota("45", "2026-01-01", "2026-02-15"), quota("440", "2026-02-15", "2026-04-01")]
    parts = made(plan("parts: quarter", "quarter"), quotas=rows)
    assert parts == {"2026-01-01": 48_500}


def test_overlapping_quotas_stay_a_problem() -> None:
    rows = [quota("45", "2026-01-01", "2026-02-15"), quota("440", "2026-02-01", "2026-04-01")]
    calc = run(plan("parts: quarter", "quarter"), deals=[deal(1, "2026-01-10", "100")], quotas=rows)
    assert [problem.code for problem in calc.problems] == ["quota_overlap"]
