"""Tables that contradict themselves are refused at their line, with what is allowed."""

from __future__ import annotations

import pytest

from engine.plans.load import load
from engine.plans.schema import Plan

HEAD = "plan: p\nversion: 1\neffective: 2026-01-01 .. 2027-01-01\ncurrency: USD\ncomponents:\n"


def component(table: str = "", more: str = "", accumulate: str = "quarter", quota: str = "bookings") -> str:
    lines = ["  - name: c", f"    accumulate: {accumulate}"]
    lines += [f"    quota: {quota}"] if quota else []
    lines += [f"    {line}" for line in more.split("; ") if line]
    lines += [f"    table: {{{table}}}"] if table else []
    return "\n".join(lines) + "\n"


def tiers(by: str, behaviour: str, *each: str) -> str:
    return f"by: {by}, behaviour: {behaviour}, tiers: [{', '.join('{' + tier + '}' for tier in each)}]"


CASES = {
    "curve of shares without a target": (
        component(tiers("attainment", "curve", "from: 80%, pays: 50%")),
        "target_missing",
        9,
    ),
    "curve without any value": (component(tiers("attainment", "curve", "from: 80%, slope: 5")), "tier_unpriced", 9),
    "curve with a rate": (component(tiers("attainment", "curve", "from: 80%, amount: 5, rate: 5%")), "tier_key", 9),
    "step with rates": (component(tiers("attainment", "step", "from: 80%, rate: 5%")), "tier_unpriced", 9),
    "step with amounts and shares": (
        component(tiers("attainment", "step", "from: 80%, amount: 5", "from: 90%, pays: 5%"), "target: 50"),
        "tiers_mixed",
        10,
    ),
    "interpolated without an end": (
        component(tiers("amount", "interpolated", "from: 0, amount: 10", "from: 1_000, amount: 40")),
        "tier_open",
        9,
    ),
    "interpolated with one tier": (
        component(tiers("amount", "interpolated", "from: 0, amount: 10")),
        "tier_missing",
        9,
    ),
    "overage with one tier": (component(tiers("amount", "overage", "from: 0, rate: 10%")), "tier_missing", 9),
    "multiplier of nothing": (
        component(tiers("amount", "marginal", "from: 0, multiplier: 2")),
        "multiplier_baseless",
        9,
    ),
    "multiplier of a target without a quota": (
        component(tiers("amount", "marginal", "from: 0, multiplier: 2"), "target: 50", quota=""),
        "quota_unnamed",
        6,
    ),
    "rates beside multiples of a target": (
        component(tiers("amount", "marginal", "from: 0, multiplier: 2", "from: 10, rate: 5%"), "target: 50"),
        "tiers_mixed",
        10,
    ),
    "target beside a rate": (component("", "target: 50; rate: 5%"), "target_unused", 9),
    "target and incentive": (component("", "target: 50; incentive: variable"), "target_twice", 10),
    "target of a transaction": (component("", "target: 50", accumulate="transaction"), "window_unknown", 7),
    "weight of no target": (component("", "weight: 50%; rate: 5%"), "target_missing", 9),
    "units of money": (component("", "per_unit: 5"), "unit_wrong", 9),
    "rate of a number": (component("", "measure: {sum: count}; rate: 5%"), "unit_wrong", 10),
    "unit in a tier of money": (component(tiers("amount", "marginal", "from: 0, per_unit: 2")), "unit_wrong", 9),
    "fixed beside a table": (
        component(tiers("amount", "marginal", "from: 0, rate: 2%"), "fixed: 5"),
        "component_unpriced",
        6,
    ),
    "fixed in a tier": (component(tiers("amount", "marginal", "from: 0, rates: [{fixed: 2}]")), "fixed_in_table", 9),
    "rule that pays nothing": (component("", "rates: [{product: A}]"), "rule_unpriced", 9),
    "deal without a figure": (component(tiers("deal", "step", "from: 10, amount: 2")), "key_missing", 9),
    "percentage of a figure of money": (
        component("of: amount, " + tiers("deal", "step", "from: 10%, amount: 2")),
        "tier_axis",
        9,
    ),
    "percentage used up": (
        component("of: margin_pct, " + tiers("deal", "marginal", "from: 0%, rate: 2%")),
        "behaviour_axis",
        9,
    ),
    "share of a target for a deal": (
        component("of: quantity, " + tiers("deal", "step", "from: 10, pays: 5%"), "target: 50"),
        "behaviour_axis",
        10,
    ),
    "another component that is none": (
        component("of: d, " + tiers("amount", "step", "from: 10, amount: 2")),
        "component_unknown",
        9,
    ),
    "itself": (component("of: c, " + tiers("amount", "step", "from: 10, amount: 2")), "component_unknown", 9),
    "another component without quota": (
        component("of: d, " + tiers("attainment", "step", "from: 10%, amount: 2")) + "  - {name: d, rate: 1%}\n",
        "quota_unnamed",
        9,
    ),
    "overage by another component": (
        component("of: d, " + tiers("amount", "overage", "from: 0, rate: 2%", "from: 5, rate: 3%"))
        + "  - {name: d, rate: 1%}\n",
        "behaviour_axis",
        9,
    ),
    "slope of shares by amount": (
        component(tiers("amount", "curve", "from: 10, pays: 5%, slope: 2"), "target: 50"),
        "slope_axis",
        10,
    ),
    "unit of no figure": (
        component("unit: number, " + tiers("amount", "marginal", "from: 0, rate: 2%")),
        "unit_unused",
        9,
    ),
    "tiers that fall in number and percent": (
        component(tiers("amount", "step", "from: 10, amount: 2", "from: 900%, amount: 3"), "measure: {sum: count}"),
        "tier_order",
        10,
    ),
}


@pytest.mark.parametrize(("text", "code", "line"), CASES.values(), ids=CASES)
def test_a_contradiction_is_refused_at_its_line(text: str, code: str, line: int) -> None:
    found = load(HEAD + text, "p.yaml")
    assert not isinstance(found, Plan)
    assert (code, line) in {(each.code, int(each.where.split(":")[1].split()[0])) for each in found}, [
        *map(str, found)
    ]
    assert all(each.remedy for each in found)
