"""What the loader refuses in payment terms and quota rules, with its line; and that nothing it accepts can raise."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.attainment import problems, progress
from engine.commission import calculate
from engine.dates import Period, day
from engine.frames import Facts
from engine.plans.load import load
from engine.plans.schema import Plan
from engine.statements import explain, lines, payout
from tests.engine.settling import assigned

HEAD = "plan: p\nversion: 1\neffective: 2026-01-01 .. 2027-01-01\ncurrency: USD\n"
PLAIN = "components:\n  - name: c\n    rate: 10%\n    quota: q\n"
ALWAYS = Period("always", date(1990, 1, 1), date(2090, 1, 1))

REFUSED = [
    ("    release: [{share: 50%}, {share: 40%, on: cash}]\n", "release_sum", 9),
    ("    release: [{share: 100%}, {share: 0%}]\n", "release_empty", 9),
    ("    release: [{share: 100%, on: event}]\n", "event_unnamed", 9),
    ("    release: [{share: 100%, on: days, event: go_live, days: 3}]\n", "event_unused", 9),
    ("    release: [{share: 100%, on: days}]\n", "days_unknown", 9),
    ("    release: [{share: 100%, on: cash, days: 3}]\n", "days_unused", 9),
    ("    release: [{share: 100%, unless: churn}]\n", "unless_unused", 9),
    ("    clawback: {on: churn}\n", "window_missing", 9),
    ("    clawback: {on: churn, months: 3, days: 9}\n", "window_missing", 9),
    ("    clawback: {on: churn, months: 999}\n", "window_too_long", 9),
    ("    clawback: {on: churn, days: 90, falls: monthly}\n", "window_unknown", 9),
    ("    clawback: {on: churn, days: 90, share: 101%}\n", "share_out_of_range", 9),
    ("    clawback: {on: [churn, churn], days: 90}\n", "name_repeated", 9),
    ("    clawback: {on: churn, days: 9, steps: [{days: 9, share: 50%}]}\n", "steps_contradict", 9),
    ("    clawback: {on: churn, steps: [{share: 50%}]}\n", "window_missing", 9),
    ("    clawback: {on: churn, steps: [{days: 9, share: 90%}, {months: 9, share: 50%}]}\n", "steps_mixed", 9),
    ("    clawback: {on: churn, steps: [{days: 9, share: 90%}, {days: 9, share: 50%}]}\n", "step_order", 9),
    ("    clawback: {on: churn, steps: [{days: 9, share: 0%}]}\n", "share_out_of_range", 9),
    ("    release: [{share: 100%, on: year_end, event: go_live}]\n", "event_unused", 9),
    ("    cap: {per_window: 0}\n", "cap_zero", 9),
    ("    cap: {per_window: 150%}\n", "target_missing", 9),
    ("    accumulate: transaction\n    cap: {per_window: 150}\n", "window_unknown", 10),
    ("payment:\n  draw: {amount: 9, recovers: 0%}\n", "share_out_of_range", 10),
    ("payment:\n  draw: {amount: 9, recovers: 50%, paid: at_start}\n", "recovers_unused", 10),
    ("payment:\n  draw: {amount: 9, recovers: 50%, recoverable: false}\n", "debt_missing", 10),
    ("payment:\n  draw: {amount: 9, shares: [100%], periods: 2}\n", "periods_twice", 10),
    ("payment:\n  draw: {amount: 9, shares: [101%]}\n", "share_out_of_range", 10),
    ("payment:\n  draw: {amount: 0}\n", "amount_zero", 10),
    ("payment:\n  guarantee_periods: 3\n", "guarantee_missing", 10),
    ("payment:\n  minimum_wage: {hourly: 15, hours: 0}\n", "hours_out_of_range", 10),
    ("payment:\n  draw: {amount: 9, recoverable: false, at_end: forgiven}\n", "debt_missing", 10),
    ("quotas:\n  - {name: other}\n", "quota_unused", 10),
    ("quotas:\n  - {name: q}\n  - {name: q}\n", "name_repeated", 11),
    ("quotas:\n  - {name: q, parts: quarter, weights: [50%, 50%]}\n", "weights_count", 10),
    ("quotas:\n  - {name: q, parts: half_year, weights: [50%, 40%]}\n", "weights_sum", 10),
    ("quotas:\n  - {name: q, parts: month, ramp: [50%, 110%]}\n", "ramp_too_high", 10),
    ("quotas:\n  - {name: q, round_to: 0}\n", "amount_zero", 10),
    ("quotas:\n  - {name: q, growth_on: previous}\n", "growth_missing", 10),
    ("quotas:\n  - {name: q, growth: 0}\n", "growth_zero", 10),
    ("  - {name: d, measure: {sum: count}, per_unit: 5, quota: q}\n", "quota_unit", 9),
]


@pytest.mark.parametrize(
    ("more", "code", "line"), REFUSED, ids=[f"{code}-{at}" for at, (_, code, _) in enumerate(REFUSED)]
)
def test_what_contradicts_itself_is_refused_with_its_line(more: str, code: str, line: int) -> None:
    found = load(HEAD + PLAIN + more, "p.yaml")
    assert isinstance(found, tuple)
    assert [(problem.code, problem.where.split(" ")[0]) for problem in found] == [(code, f"p.yaml:{line}")]
    assert all(problem.remedy for problem in found)


def test_parts_longer_than_a_window_are_refused() -> None:
    table = "table: {by: attainment, behaviour: marginal, tiers: [{from: 0%, rate: 5%}]}"
    text = f"components: [{{name: c, quota: q, accumulate: month, {table}}}]\nquotas: [{{name: q, parts: quarter}}]"
    found = load(HEAD + text, "p.yaml")
    assert isinstance(found, tuple)
    assert [problem.code for problem in found] == ["quota_too_long"]


amounts = st.sampled_from(["0.01", "1", "99.99", "5_000", "9_999_999_999_999.99"])
shares = st.sampled_from(["0%", "33.3333333333%", "0.123456789012345678901234567890", "100%", "1/3"])


@st.composite
def plan_texts(draw: st.DrawFn) -> str:
    """Plans with every payment term and quota rule there is, many of which the loader refuses."""
    pays = draw(st.sampled_from(("monthly", "quarterly", "yearly")))
    start = draw(st.sampled_from(("2026-01-01", "2026-01-31", "2025-07-15", "1969-02-28")))
    end = f"{int(start[:4]) + draw(st.integers(1, 2))}{start[4:]}"
    cut = draw(shares)
    release = draw(
        st.sampled_from(
            (
                "",
                "release: [{share: 50%}, {share: 50%, on: cash, unless: [churn]}], ",
                "release: [{share: 1/3, on: days, days: 30}, {share: 2/3, on: event, event: go_live}], ",
            )
        )
    )
    falls = draw(st.sampled_from(("not", "monthly", "daily")))
    clawback = draw(
        st.sampled_from(("", f"clawback: {{on: [churn, refund], months: 7, falls: {falls}, share: {cut}}}, "))
    )
    window = draw(st.sampled_from(("month", "quarter", "half_year", "year_to_date", "quota_period")))
    table = "table: {by: attainment, behaviour: marginal, tiers: [{from: 0%, rate: 5%}, {from: 100%, rate: 9%}]}"
    terms = [f"negative: {draw(st.sampled_from(('pay', 'carry', 'floor')))}"]
    for key in ("salary", "cap", "cap_per_year", "guarantee"):
        terms += [f"{key}: {draw(amounts)}"] if draw(st.booleans()) else []
    if draw(st.booleans()):
        ending = draw(st.sampled_from(("", ", at_end: forgiven", ", recoverable: false")))
        terms.append(f"draw: {{amount: {draw(amounts)}, periods: {draw(st.integers(0, 3))}{ending}}}")
    terms += [f"minimum_wage: {{hourly: {draw(amounts)}, hours: 168}}"] if draw(st.booleans()) else []
    parts = draw(st.sampled_from(("month", "quarter", "half_year", "year")))
    rule = [f"parts: {parts}, prorate: {draw(st.sampled_from(('none', 'months', 'days')))}"]
    if draw(st.booleans()):
        rule.append(f"ramp: [{', '.join(draw(st.lists(shares, min_size=1, max_size=4)))}]")
    if draw(st.booleans()):
        grows = draw(st.sampled_from(("110%", "0.333333333333333333333333333333333", "1_000")))
        rule.append(f"growth: {grows}, growth_on: {draw(st.sampled_from(('year_ago', 'previous')))}")
    rule += [f"round_to: {draw(amounts)}"] if draw(st.booleans()) else []
    quotas = f"quotas: [{{name: q, {', '.join(rule)}}}]" if draw(st.booleans()) else ""
    return "\n".join(
        [
            f"plan: p\nversion: 1\neffective: {start} .. {end}\ncurrency: USD\npays: {pays}",
            f"components: [{{name: c, {release}{clawback}quota: q, accumulate: {window}, {table}}}]",
            f"payment: {{{', '.join(terms)}}}",
            quotas,
        ]
    )


@st.composite
def companies(draw: st.DrawFn, plan: Plan) -> dict[str, list[dict]]:
    first, last = day(plan.effective.start_on), day(plan.effective.end_on)
    days, sizes = st.integers(first - 500, last + 60), st.sampled_from((0, 1, 333, -40_000, 90_000, 10**15))
    reps = st.integers(1, 3)

    def some(most: int, **columns: st.SearchStrategy) -> list[dict]:
        return draw(st.lists(st.fixed_dictionaries(columns), max_size=most))

    deals = some(8, owner_id=reps, amount_cents=sizes, booked_on=days, deal_type=st.just("new"), product=st.just("A"))
    for number, each in enumerate(deals, start=1):
        each |= {"deal_id": number, "currency": "USD", "stage": "won"}
    events = some(
        8,
        deal_id=st.integers(1, 8),
        name=st.sampled_from(("payment", "refund", "churn", "go_live")),
        on=days,
        amount_cents=sizes,
        currency=st.sampled_from(("USD", "EUR")),
    )
    adjustments = some(
        4,
        rep_id=reps,
        on=days,
        kind=st.sampled_from(("adjustment", "prize", "gift")),
        plan=st.sampled_from(("p", "q")),
        deal_id=st.integers(0, 9),
        amount_cents=sizes,
        currency=st.sampled_from(("USD", "EUR")),
        adjustment_id=st.integers(1, 9),
    )
    names = st.sampled_from(("draw", "carry", "c", "history of q"))
    balances = some(4, rep_id=reps, plan=st.just("p"), name=names, on=days, value=sizes)
    absences = some(3, rep_id=reps, start_on=days, end_on=days)
    span = {"start_on": days, "end_on": days}
    quotas = some(4, rep_id=reps, name=st.just("q"), amount_cents=sizes, currency=st.just("USD"), **span)
    assignments = [*some(4, rep_id=reps, plan=st.just("p"), **span), assigned(1)]
    return {
        "deals": deals,
        "events": events,
        "adjustments": adjustments,
        "balances": balances,
        "absences": absences,
        "quotas": quotas,
        "assignments": assignments,
    }


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_accepted_plan_raises_and_each_rep_is_paid_the_same_alone(data: st.DataObject) -> None:
    plan = load(data.draw(plan_texts()), "p.yaml")
    if not isinstance(plan, Plan):
        return
    facts = Facts.of(**data.draw(companies(plan)))
    as_of = date.fromordinal(
        plan.effective.start_on.toordinal() + data.draw(st.integers(-10, plan.effective.days + 100))
    )
    calc = calculate(facts, [plan], as_of)
    for rep_id in (1, 2, 3):
        alone = calculate(facts, [plan], as_of, [rep_id])
        own = calc.lines[calc.lines["rep_id"] == rep_id]
        columns = [
            "kind",
            "component",
            "deal_id",
            "booked_on",
            "basis_cents",
            "before_cents",
            "amount_cents",
            "line_no",
        ]
        assert own[columns].astype(str).to_numpy().tolist() == alone.lines[columns].astype(str).to_numpy().tolist()
        for line in lines(calc, facts, rep_id, ALWAYS, {}):
            assert explain(calc, facts, rep_id, line.line_no, {}).line == line
        for paid in payout(calc, rep_id, ALWAYS):
            assert paid.payout == sum((step.amount for step in paid.steps), paid.earnings)
        progress(calc, facts, rep_id, as_of)
        problems(calc, facts, rep_id, as_of)
