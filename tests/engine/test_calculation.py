"""The frames of a calculation, however many plans and names they have to spell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from engine.commission import calculate
from engine.dates import day
from engine.frames import Facts
from engine.plans.load import load
from engine.plans.schema import Plan

FIRST = date(2026, 1, 1)
SPAN = {"start_on": day(FIRST), "end_on": day(date(2028, 1, 1))}
FOREVER = date(2030, 1, 1)


def plan_of(name: str, version: int, first: date, number: int) -> Plan:
    plan = load(
        f"plan: {name}\nversion: {version}\neffective: {first} .. 2028-01-01\ncurrency: USD\n"
        f"crediting: [{{rule: rule {number:03d}, to: owner}}]\n"
        f"components: [{{name: part {number}, rate: 5%}}, {{name: other {number}, rate: 1%}}]",
        "x.yaml",
    )
    assert isinstance(plan, Plan), plan
    return plan


def company(names: list[str], days: int) -> Facts:
    deals = [
        {"deal_id": number + 1, "owner_id": 1, "amount_cents": 1_000, "currency": "USD", "stage": "won"}
        | {"booked_on": SPAN["start_on"] + number, "deal_type": "new", "product": "A"}
        for number in range(days)
    ]
    return Facts.of(deals=deals, assignments=[{"rep_id": 1, "plan": name} | SPAN for name in names])


@pytest.mark.parametrize("count", [127, 128, 129, 300])
def test_any_number_of_versions_of_one_plan_can_be_calculated_together(count: int) -> None:
    plans = [plan_of("ae", number + 1, FIRST + timedelta(days=number), number) for number in range(count)]
    calc = calculate(company(["ae"], count), plans, FOREVER)
    lines = calc.lines[calc.lines["amount_cents"] == 50]
    assert lines["plan_no"].tolist() == list(range(count))
    assert lines["component"].tolist() == [f"part {number}" for number in range(count)]
    assert lines["rule"].tolist() == calc.credits["rule"].tolist() == [f"rule {n:03d}" for n in range(count)]


@pytest.mark.parametrize("count", [128, 140])
def test_any_number_of_plans_can_be_calculated_together(count: int) -> None:
    names = [f"plan {number:03d}" for number in range(count)]
    plans = [plan_of(name, 1, FIRST, number) for number, name in enumerate(names)]
    calc = calculate(company(names, 1), plans, FOREVER)
    assert calc.credits["plan"].tolist() == names
    assert calc.lines["plan"].tolist() == [name for name in names for _ in range(2)]
    assert set(calc.unpaid["plan"]) == set()
    calc = calculate(company([], 1), plans, FOREVER)
    assert calc.unpaid["plan"].isna().tolist() == [True]


@pytest.mark.soak
def test_components_beyond_what_two_bytes_count_are_told_apart() -> None:
    plan = plan_of("ae", 1, FIRST, 0)
    parts = tuple(replace(plan.components[0], name=f"part {number}") for number in range(2**15 + 2))
    calc = calculate(company(["ae"], 1), [replace(plan, components=parts)], FOREVER)
    assert calc.lines["component"].tolist() == [part.name for part in parts]
