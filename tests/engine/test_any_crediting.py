"""Any credit rules, measures and conditions that the loader accepts, over any facts: never an exception."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.commission import calculate
from engine.dates import day
from engine.frames import COLUMNS, Facts
from engine.plans.load import load
from engine.plans.schema import Plan

if TYPE_CHECKING:
    from collections.abc import Sequence

START, NAMES = day(date(2026, 1, 1)), ("A", "B", "x", "")
FIGURES = (
    "amount",
    "count",
    "margin",
    "margin_pct",
    "markup_pct",
    "discount_pct",
    "cost",
    "list",
    "quantity",
    "mrr",
    "z",
)
COMMON = ("stage", "plan", "currency", "unit")
SAID = {
    "name": (*FIGURES, "category", "segment", "territory", "k", "q", "nps"),
    "unit": ("money", "number", "other"),
    "currency": ("USD", "EUR", "XXX"),
    "stage": ("won", "open"),
    "plan": ("p", "other"),
    "from_currency": ("EUR",),
    "to_currency": ("USD",),
}
ABSURD = (0, 10**15 + 1, -(2**63), 2**63 - 1)
LEAST = {"deals": 3, "assignments": 3, "quotas": 2, "people": 3}
DAYS = st.one_of(*[st.integers(0, 364)] * 5, st.integers(-40, 400))


@st.composite
def numbers(draw: st.DrawFn) -> int:
    """An amount, now and then one that nobody can mean."""
    return draw(st.sampled_from(ABSURD) if draw(st.integers(0, 40)) == 17 else st.integers(-(10**7), 10**7))


def said(name: str) -> st.SearchStrategy[str]:
    known = SAID.get(name, NAMES)
    return st.sampled_from([*[known[0]] * 6, *known] if name in COMMON else known)


@st.composite
def rows(draw: st.DrawFn, frame: str) -> list[dict[str, object]]:
    """Rows that are mostly sound: of a few people and deals, now and then with anything that a source may bring."""
    found = []
    for number in range(draw(st.integers(LEAST.get(frame, 0), 6))):
        row: dict[str, object] = {}
        for name, dtype in COLUMNS[frame].items():
            if dtype == "category":
                row[name] = draw(said(name))
            elif (name, frame) in (("deal_id", "deals"), ("rep_id", "people"), ("rep_id", "assignments")):
                row[name] = draw(st.sampled_from([number + 1] * 9 + [1]))
            elif name in ("rep_id", "manager_id", "owner_id", "deal_id"):
                row[name] = draw(st.sampled_from([1, 2, 3, 1, 2, 3, 4, 0]))
            elif name == "share_ppb":
                row[name] = draw(st.sampled_from([500_000_000] * 6 + [0, -1, 1, 2, 10**9, 2**62]))
            elif name in ("start_on", "end_on"):
                whole = -10 if name == "start_on" else 400
                row[name] = START + draw(st.sampled_from([whole] * 5 + [40, 200]))
            else:
                row[name] = START + draw(DAYS) if dtype == "int32" else draw(numbers())
        found.append(row)
    return found


def some(draw: st.DrawFn, options: Sequence[str]) -> str:
    return ", ".join(each for each in options if draw(st.integers(0, 11)) == 5)


@st.composite
def filters(draw: st.DrawFn) -> str:
    ranges = [f"{{of: {of}, from: {low}}}" for of in FIGURES[:-1] for low in ("10%", "0", "5")]
    return some(
        draw,
        [
            "type: [A, x]",
            "category: A",
            "segment: [A, B]",
            "territory: B",
            "role: A",
            "tagged: [k=A, category=B]",
            "currency: USD",
            f"having: [{draw(st.sampled_from(ranges))}]",
        ],
    )


@st.composite
def credit_rules(draw: st.DrawFn, number: int) -> str:
    to = draw(st.sampled_from(["owner", "splits", "managers", "role", "team", "territory"]))
    more = {
        "owner": ["shares: full", "shares: points", "role: A", "share: 33.3%"],
        "splits": ["shares: points", "by_role: [{role: A, share: 33%}, {role: B, share: 67%}]", "share: 1/3"],
        "managers": ["levels: 0", "role: [A, B]", "share: 50%"],
        "role": ["same: [team]", "same: [team, territory]"],
        "team": ["role: A", "share: 10%"],
        "territory": ["same: [team]"],
    }[to]
    chosen = [each for each in more if draw(st.booleans())][:1]
    if to == "role":
        chosen.append("role: [A, x]")
    if draw(st.integers(0, 4)) == 0:
        chosen.append(f"counts_for: {draw(st.sampled_from(['quota', 'pay']))}")
    return "{" + ", ".join([f"rule: r{number}, to: {to}", f"when: {{{draw(filters())}}}", *chosen]) + "}"


@st.composite
def components(draw: st.DrawFn, number: int, rules: int) -> str:
    if draw(st.integers(0, 4)) == 0:
        take = draw(st.sampled_from(["sum", "last", "average"]))
        window = draw(st.sampled_from(["month", "quarter", "transaction"]))
        return f"{{name: c{number}, per_unit: 2, accumulate: {window}, measure: {{achievement: nps, take: {take}}}}}"
    what = draw(st.sampled_from(FIGURES))
    is_number = what == "count" or what == "quantity" or what.endswith("_pct")
    parts = [
        f"sum: {what}",
        f"where: {{{draw(filters())}}}",
        f"times: {draw(st.sampled_from(['1', '12', '1.5', '1/3']))}",
    ]
    if draw(st.booleans()):
        parts.append(f"credited_by: [{', '.join(f'r{number}' for number in range(rules))}]")
    price = (
        "per_unit: 3"
        if is_number
        else draw(
            st.sampled_from(
                [
                    "rate: 7.5%",
                    "rates: [{rate: 1%}, {role: A, rate: 2%}, {role: B, rate: 3%}]",
                    "accumulate: quarter, table: {by: amount, behaviour: marginal, tiers: [{from: 0, rate: 1%}]}",
                    (
                        "accumulate: year_to_date, quota: q, table: {by: attainment, behaviour: whole_amount, "
                        "tiers: [{from: 0%, rate: 1%}, {from: 50%, rate: 2%}]}"
                    ),
                ]
            )
        )
    )
    return f"{{name: c{number}, {price}, measure: {{{', '.join(parts)}}}}}"


@st.composite
def plans(draw: st.DrawFn) -> str:
    count = draw(st.integers(1, 4))
    rules = ", ".join(["{rule: r, to: owner}", *(draw(credit_rules(number)) for number in range(count))])
    parts = ", ".join(draw(components(number, count)) for number in range(draw(st.integers(1, 3))))
    head = "plan: p\nversion: 1\neffective: 2026-01-01 .. 2027-01-01\ncurrency: USD\n"
    return f"{head}crediting: [{rules}]\ncomponents: [{parts}]\n"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plans(), st.fixed_dictionaries({name: rows(name) for name in COLUMNS if name not in ("locks", "locked")}))
def test_no_accepted_plan_raises(text: str, facts: dict[str, list[dict[str, object]]]) -> None:
    plan = load(text, "p.yaml")
    if not isinstance(plan, Plan):
        assert all(":" in problem.where and problem.remedy for problem in plan)
        return
    made = Facts.of(**facts)
    calc = calculate(made, [plan], date(2026, 12, 31))
    assert not calc.lines["amount_cents"].isna().any()
    assert len(calc.credits) >= 0
    assert all(problem.remedy for problem in calc.problems)
    for rep in sorted(set(calc.lines["rep_id"]))[:1]:
        own = calculate(made, [plan], date(2026, 12, 31), [int(rep)])
        columns = ["component", "kind", "deal_id", "rule", "booked_on", "basis_cents", "amount_cents"]
        expected = calc.lines[calc.lines["rep_id"] == rep][columns].astype(
            {"rule": str, "component": str, "kind": str}
        )
        found = own.lines[columns].astype({"rule": str, "component": str, "kind": str})
        assert found.values.tolist() == expected.values.tolist()
