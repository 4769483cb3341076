"""Whatever the company looks like: nothing raises, pools sum exactly, and the order of rows means nothing."""

from __future__ import annotations

from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.calculation import KINDS
from engine.commission import calculate
from engine.dates import day
from engine.frames import Facts
from engine.plans.load import load
from tests.engine.booked import YEAR, deal, on_plan, person, plan_of, quarters

TABLE = "table: {by: attainment, behaviour: marginal, tiers: [{from: 0, rate: 5%}, {from: 100%, rate: 9%}]}"
PARTS = [
    "{name: Goal, quota: bookings, accumulate: quarter, rate: 0%}",
    "{name: Equal, rate: 7.77%, accumulate: month, pool: {share: equal}}",
    "{name: Credit, rate: 3.3%, accumulate: quarter, pool: {share: credit, component: Goal, at_least: 50%}}",
    "{name: Weight, accumulate: half_year, pool: {amount: 1_000.01, share: weight, weight: allocation}}",
    "{name: Levels, levels: [{level: a, rate: 1%}, {level: b, rate: 3.333%}], cap: {per_period: 4}}",
    (
        "{name: Override, measure: {team_commission: {levels: 0}}, rate: 10%, minimum: {per_deal: 1},"
        " gates: [{component: Goal, at_least: 80%, over: year_to_date, judged: as_reached}]}"
    ),
    (
        "{name: Tiered, measure: {team_commission: {levels: 1, components: [Levels, Sales]}}, quota: bookings,"
        f" accumulate: quarter, {TABLE}, multipliers: [{{name: m, times: 1/3}}]}}"
    ),
    (
        "{name: Sales, rate: 2%, accumulate: transaction, cap: {pay_per_deal: 3},"
        " multipliers: [{name: m, component: Goal, over: half_year,"
        " steps: [{from: 0, times: 1}, {from: 90%, times: 2}]}]}"
    ),
]


@st.composite
def companies(draw: st.DrawFn) -> dict[str, list[dict]]:
    reps = range(1, 6)
    pick = st.sampled_from(list(reps))
    largest = draw(st.sampled_from([50_00, 10**13]))
    sold = [
        deal(
            number,
            draw(pick),
            (draw(st.integers(1, 12)), draw(st.integers(1, 28))),
            draw(st.integers(-largest, largest)),
        )
        for number in range(1, draw(st.integers(1, 12)))
    ]
    moves = st.sampled_from([[YEAR], [(YEAR[0], date(2026, 4, 9)), (date(2026, 4, 9), YEAR[1])], []])
    people = [
        person(rep, draw(st.sampled_from([0, *reps])), draw(st.sampled_from("ab")), span)
        for rep in reps
        for span in draw(moves)
    ]
    weight = {"name": "allocation", "start_on": day(YEAR[0]), "end_on": day(YEAR[1]), "currency": "USD"}
    return {
        "deals": sold,
        "people": people,
        "quotas": [row for rep in draw(st.sets(pick)) for row in quarters(rep, draw(st.integers(0, 60_00)))],
        "assignments": on_plan(
            sorted(draw(st.sets(pick))), "p", (YEAR[0], draw(st.sampled_from([YEAR[1], date(2026, 5, 3)])))
        ),
        "incentives": [
            weight | {"rep_id": rep, "amount_cents": draw(st.integers(0, 10**6))} for rep in draw(st.sets(pick))
        ],
    }


parts = st.lists(st.sampled_from(PARTS[1:]), min_size=1, max_size=4, unique=True)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(companies(), parts, st.sampled_from([date(2026, 12, 31), date(2026, 6, 30), date(2025, 1, 1)]), st.data())
def test_every_pool_sums_exactly_and_order_means_nothing(
    rows: dict[str, list[dict]], chosen: list[str], as_of: date, data: st.DataObject
) -> None:
    text = "\n".join(f"- {part}" for part in [PARTS[0], *chosen])
    first = plan_of(text)
    plans = [first]
    if data.draw(st.booleans()):
        head = "plan: p\nversion: 2\neffective: 2026-02-15 .. 2026-11-11\ncurrency: USD\ncomponents:\n"
        plans.append(load(head + text, "p.yaml"))
    calc = calculate(Facts.of(**rows), plans, as_of)
    shuffled = {name: data.draw(st.permutations(values)) for name, values in rows.items()}
    again = calculate(Facts.of(**shuffled), plans, as_of, chunk_rows=1)
    assert again.lines.astype(str).to_numpy().tolist() == calc.lines.astype(str).to_numpy().tolist()
    if any(problem.code == "pool_unshared" for problem in calc.problems) or as_of < date(2026, 12, 31):
        return
    pool, trace, extras = KINDS.index("pool"), calc.trace, calc.extras
    fixed = {
        n
        for n, plan_part in enumerate(part for plan in calc.plans for part in plan.components)
        if plan_part.name == "Weight"
    }
    for number in {
        *trace.measure[trace.kind == pool].tolist(),
        *extras.measure[extras.kind == pool].tolist(),
    } - fixed:
        taken = int(trace.amount[(trace.measure == number) & (trace.kind == pool)].sum())
        given_ = int(extras.amount[(extras.measure == number) & (extras.kind == pool)].sum())
        assert given_ == -taken
    for number in fixed:
        given_ = int(extras.amount[(extras.measure == number) & (extras.kind == pool)].sum())
        assert given_ % 1_000_01 == 0
