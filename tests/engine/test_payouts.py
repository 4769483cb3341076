"""From earnings to payout: oracles of plain loops, sums that always close, statements in plain words."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.commission import calculate
from engine.dates import Period, add_months, day
from engine.errors import LineUnknown
from engine.frames import Facts
from engine.money import Money, divide
from engine.statements import components, explain, lines, payout
from tests.engine.settling import assigned, cents, deal, event, on, plan_of, run, shown

if TYPE_CHECKING:
    from engine.calculation import Calculation

JANUARY = Period("January", date(2026, 1, 1), date(2026, 2, 1))
ALWAYS = Period("always", date(1990, 1, 1), date(2090, 1, 1))
FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
MONTHS = [(day(add_months(date(2026, 1, 1), at)), day(add_months(date(2026, 1, 1), at + 1))) for at in range(12)]


def adjustment(number: int, when: str, amount: str, **more: object) -> dict[str, object]:
    row = {"adjustment_id": number, "rep_id": 1, "on": on(when), "kind": "adjustment", "plan": "p", "deal_id": 0}
    return row | {"amount_cents": cents(amount), "currency": "USD"} | more


@FEW
@given(st.data())
def test_pay_is_what_a_loop_over_months_pays(data: st.DataObject) -> None:
    """Negative policy, draw, guarantee, salary and minimum wage, against plain integers month by month."""
    draw = data.draw(st.sampled_from([0, 50_000, 123_457]))
    periods, guarantee = data.draw(st.integers(0, 4)), data.draw(st.sampled_from([0, 30_000, 99_999]))
    recoverable, forgiven = data.draw(st.booleans()), data.draw(st.booleans())
    negative, wage = data.draw(st.sampled_from(["pay", "carry", "floor"])), data.draw(st.sampled_from([0, 777]))
    start = data.draw(st.integers(MONTHS[0][0] - 20, MONTHS[6][0]))
    end = start + data.draw(st.integers(1, 500))
    terms = [f"negative: {negative}", "salary: 100.01"]
    if draw:
        at_end = ", at_end: forgiven" if forgiven and recoverable else ""
        told = f"recoverable: {str(recoverable).lower()}, periods: {periods}{at_end}"
        terms.append(f"draw: {{amount: {draw // 100}.{draw % 100:02d}, {told}}}")
    terms += [f"guarantee: {guarantee // 100}.{guarantee % 100:02d}"] if guarantee else []
    terms += [f"minimum_wage: {{hourly: {wage / 100:.2f}, hours: 40}}"] if wage else []
    plan = plan_of(f"components: [{{name: c, rate: 100%}}]\npayment: {{{', '.join(terms)}}}")
    amounts = data.draw(st.lists(st.integers(-200_000, 200_000), min_size=12, max_size=12))
    deals = [
        deal(at + 1, "2026-01-01", "0", amount_cents=amount, booked_on=max(MONTHS[at][0], start))
        for at, amount in enumerate(amounts)
        if max(MONTHS[at][0], start) < min(MONTHS[at][1], end)
    ]
    last = data.draw(st.integers(MONTHS[0][0], MONTHS[11][1]))
    facts = Facts.of(deals=deals, assignments=[assigned() | {"start_on": start, "end_on": end}])
    calc = calculate(facts, [plan], date.fromordinal(last + date(1970, 1, 1).toordinal()))
    earned = {int(each["booked_on"]): int(each["amount_cents"]) for each in deals if int(each["booked_on"]) <= last}
    expected = _loop(
        earned,
        (start, end, last),
        {"draw": draw, "periods": periods, "recoverable": recoverable, "forgiven": forgiven and recoverable}
        | {"guarantee": guarantee, "negative": negative, "wage": wage, "salary": 10_001},
    )
    frame = calc.lines
    for at, (first, until) in enumerate(MONTHS):
        own = (frame["booked_on"] >= first) & (frame["booked_on"] < until)
        assert int(frame["amount_cents"][own].sum()) == expected[at], at


def _loop(  # noqa: C901  # one plain loop on purpose: it is what the arrays are compared with
    earned: dict[int, int], days: tuple[int, int, int], terms: dict
) -> list[int]:
    start, end, last = days
    debt = carried = 0
    has_drawn, found = False, []
    joined = next((at for at, (_, until) in enumerate(MONTHS) if start < until), 99)
    for at, (first, until) in enumerate(MONTHS):
        pay = sum(amount for booked, amount in earned.items() if first <= booked < until)
        if first <= last:
            pay, carried = pay - carried, 0
        if until - 1 > last:
            found.append(pay)
            continue
        present = max(min(end, until) - max(start, first), 0)
        share = Fraction(present, until - first)
        if pay < 0 and terms["negative"] != "pay":
            carried = -pay if terms["negative"] == "carry" else 0
            pay = 0
        if terms["draw"]:
            drawing = present > 0 and (not terms["periods"] or at - joined < terms["periods"])
            if has_drawn and not drawing and terms["forgiven"]:
                debt = 0
            has_drawn = has_drawn or drawing
            exact = terms["draw"] * share if drawing else Fraction(0)
            floor = divide(exact.numerator, exact.denominator)
            if drawing and pay < floor:
                debt += floor - pay if terms["recoverable"] else 0
                pay = floor
            elif pay > floor:
                repaid = min(pay - floor, debt)
                pay, debt = pay - repaid, debt - repaid
        if terms["guarantee"] and present:
            exact = terms["guarantee"] * share
            pay = max(pay, divide(exact.numerator, exact.denominator))
        exact = terms["salary"] * share
        pay += divide(exact.numerator, exact.denominator)
        if terms["wage"]:
            pay = max(pay, divide(terms["wage"] * 40 * present, 7))
        found.append(pay)
    return found


names = st.sampled_from(["payment", "refund", "churn", "go_live"])
happenings = st.lists(
    st.tuples(st.integers(1, 4), names, st.integers(-20, 250), st.integers(0, 120_000)), max_size=12
)
TERMS = (
    "release: [{share: 100%, on: cash}]",
    "release: [{share: 33.3%, on: cash, unless: churn}, {share: 66.7%, on: event, event: go_live}]",
    "release: [{share: 1/3}, {share: 1/3, on: days, days: 45, unless: churn}, {share: 1/3, on: cash}]",
)
CLAWBACKS = (
    "",
    "clawback: {on: churn, months: 6, falls: monthly}, ",
    "clawback: {on: [churn, refund], days: 150, falls: daily, share: 70%}, ",
    "clawback: {on: refund, months: 3}, ",
)


@FEW
@given(happenings, st.sampled_from(TERMS), st.sampled_from(CLAWBACKS), st.integers(0, 300), st.integers(1, 99_999))
def test_held_and_paid_and_taken_always_sum_to_what_was_earned(
    happened: list, release: str, clawback: str, after: int, amount: int
) -> None:
    plan = plan_of(f"components: [{{name: c, rate: 7.7%, {clawback}{release}}}]")
    booked = on("2026-01-10")
    deals = [deal(number, "2026-01-10", "0", amount_cents=amount * number) for number in (1, 2, 3)]
    deals.append(deal(4, "2026-01-10", "0", amount_cents=-amount))
    events = [
        {"deal_id": number, "name": name, "on": booked + later, "amount_cents": value, "currency": "USD"}
        for number, name, later, value in happened
    ]
    facts = Facts.of(deals=deals, events=events, assignments=[assigned()])
    as_of = date.fromordinal(booked + after + date(1970, 1, 1).toordinal())
    frame = calculate(facts, [plan], as_of).lines
    assert frame["booked_on"].max() <= booked + after
    for _, own in frame.groupby("deal_id"):
        sums = own.groupby("kind", observed=True)["amount_cents"].sum()
        earned, held, freed = (int(sums.get(kind, 0)) for kind in ("commission", "hold", "release"))
        taken = int(sums.get("clawback", 0))
        running = own.sort_values("booked_on", kind="stable").groupby("booked_on")["amount_cents"].sum().cumsum()
        if earned < 0:
            assert (held, freed, taken) == (0, 0, 0)
            continue
        assert 0 <= freed <= -held <= earned
        assert 0 <= -taken <= earned + held + freed or not taken
        assert running.min() >= 0 or "refund" in clawback or "payment" in {name for _, name, *_ in happened}
        assert running.max() <= earned


@FEW
@given(happenings, st.sampled_from(TERMS), st.sampled_from(CLAWBACKS), st.randoms(use_true_random=False))
def test_the_order_of_events_in_the_data_means_nothing(happened: list, release: str, clawback: str, random) -> None:
    plan = plan_of(
        f"components: [{{name: c, rate: 7.7%, {clawback}{release}}}]\npayment: {{cap: 50, draw: {{amount: 10}}}}"
    )
    deals = [deal(number, "2026-01-10", "0", amount_cents=31_337 * number) for number in (1, 2, 3, 4)]
    events = [
        {"deal_id": number, "name": name, "on": on("2026-01-10") + later, "amount_cents": value, "currency": "USD"}
        for number, name, later, value in happened
    ]
    first = run(plan, deals=deals, events=events).lines
    random.shuffle(events)
    assert first.equals(run(plan, deals=list(reversed(deals)), events=events).lines)


def test_adjustments_become_lines_in_the_plans_currency_linked_to_their_deal() -> None:
    rates = [
        {"from_currency": "EUR", "to_currency": "USD", "start_on": 0, "end_on": 40_000, "rate_num": 5, "rate_den": 4}
    ]
    rows = [
        adjustment(5, "2026-01-20", "-500", deal_id=7),
        adjustment(6, "2026-01-21", "100", kind="prize", currency="EUR"),
        adjustment(7, "2026-02-21", "1"),
    ]
    calc = run(
        plan_of("components: [{name: c, rate: 10%}]"),
        "2026-01-31",
        deals=[deal(7, "2026-01-02", "10_000")],
        adjustments=rows,
        rates=rates,
    )
    assert shown(calc, "adjustment", "prize") == [
        ("adjustment", "2026-01-20", -50_000),
        ("prize", "2026-01-21", 12_500),
    ]
    assert calc.lines["deal_id"].tolist() == [7, 7, 0]
    (paid,) = payout(calc, 1, JANUARY)
    assert (paid.earnings, paid.payout) == (Money(100_000, "USD"), Money(62_500, "USD"))
    assert [(step.name, step.amount.minor) for step in paid.steps] == [("Adjustment", -50_000), ("Prize", 12_500)]


def test_adjustments_that_cannot_be_paid_are_problems() -> None:
    rows = [
        adjustment(1, "2026-01-20", "1", plan="q"),
        adjustment(2, "2026-01-20", "1", rep_id=2),
        adjustment(3, "2026-01-20", "1", currency="EUR"),
        adjustment(4, "2026-01-20", "1", kind="gift"),
        adjustment(5, "2026-01-20", "1"),
        adjustment(5, "2026-01-20", "2"),
        adjustment(6, "2026-01-20", "1", amount_cents=10**16),
    ]
    calc = run(plan_of("components: [{name: c, rate: 10%}]"), adjustments=rows)
    assert len(calc.lines) == 0
    assert sorted(problem.code for problem in calc.problems) == [
        "adjustment_kind",
        "adjustment_plan",
        "adjustment_rep",
        "adjustment_repeated",
        "adjustment_repeated",
        "amount_out_of_range",
        "fx_rate_missing",
    ]
    assert all(problem.remedy for problem in calc.problems)


def everything() -> Calculation:
    plan = plan_of(
        "components: [{name: c, rate: 10%, release: [{share: 50%}, {share: 50%, on: event, event: go_live}], "
        "clawback: {on: churn, months: 6, falls: monthly}}]\n"
        "payment: {salary: 1_000, cap: 600, draw: {amount: 400}, guarantee: 450, negative: carry, "
        "minimum_wage: {hourly: 30, hours: 40}}"
    )
    deals = [deal(1, "2026-01-10", "6_000"), deal(2, "2026-02-10", "20_000"), deal(3, "2026-03-10", "-9_000")]
    events = [event(1, "go_live", "2026-02-03"), event(2, "churn", "2026-03-20")]
    adjustments = [adjustment(1, "2026-01-12", "3", kind="prize"), adjustment(2, "2026-02-12", "9")]
    return run(plan, "2026-04-30", deals=deals, events=events, adjustments=adjustments)


def test_every_line_says_why_it_is_there() -> None:
    calc = everything()
    found = lines(calc, Facts.of(), 1, ALWAYS, {})
    assert {line.kind for line in found} >= {
        *("commission", "hold", "release", "clawback", "adjustment", "prize", "salary", "draw", "recovery"),
        *("guarantee", "top_up", "carry", "cap"),
    }
    assert [line.line_no for line in found] == list(range(1, len(found) + 1))
    assert sum(line.amount.minor for line in found) == int(calc.lines["amount_cents"].sum())
    assert sum(each.amount.minor for each in components(calc, 1, ALWAYS)) == int(calc.lines["amount_cents"].sum())
    for line in found:
        why = explain(calc, Facts.of(), 1, line.line_no, {})
        assert why.line == line
        assert sum(each.amount.minor for each in why.slices) + why.rerated.minor == line.amount.minor
        assert line.kind == "commission" or why.note.endswith(".")
        assert (line.deal is None) == (line.kind in ("adjustment", "prize") or not line.component)
    with pytest.raises(LineUnknown):
        explain(calc, Facts.of(), 1, len(found) + 1, {})


def test_explanations_name_their_operands() -> None:
    calc = everything()
    notes = {
        line.kind: explain(calc, Facts.of(), 1, line.line_no, {}).note
        for line in lines(calc, Facts.of(), 1, ALWAYS, {})
    }
    assert notes["hold"] == "50% of 2000.00 USD is paid at “go_live”."
    assert (
        "300.00 USD is topped up to the draw of 400.00 USD"
        in explain(calc, Facts.of(), 1, _first(calc, "draw"), {}).note
    )
    assert "“churn” happened within 6 months of booking, of which 83.33% was left" in notes["clawback"]
    assert "at most 600.00 USD of commission in one pay period" in notes["cap"]


def _first(calc: Calculation, kind: str) -> int:
    frame = calc.lines
    return int(frame["line_no"][frame["kind"] == kind].iloc[0])


def test_a_payout_is_earnings_and_its_steps() -> None:
    calc = everything()
    for month in range(1, 5):
        period = Period("", date(2026, month, 1), date(2026, month + 1, 1))
        (paid,) = payout(calc, 1, period)
        assert paid.payout == sum((step.amount for step in paid.steps), paid.earnings)
        frame = calc.lines
        own = (frame["booked_on"] >= day(period.start_on)) & (frame["booked_on"] < day(period.end_on))
        assert paid.payout.minor == int(frame["amount_cents"][own].sum())
    (january,) = payout(calc, 1, JANUARY)
    assert (january.held.minor, january.owed.minor) == (30_000, 10_000)


def test_lines_before_1970_are_settled_too() -> None:
    plan = plan_of(
        "components: [{name: c, rate: 10%}]\npayment: {cap: 50, salary: 1}", effective="1960-01-01 .. 1961-01-01"
    )
    calc = run(plan, "1960-02-29", deals=[deal(1, "1960-01-10", "6_000")], assignments=[assigned(1, "1950-01-01")])
    assert [amount for *_, amount in shown(calc)] == [60_000, -55_000, 100, 100]
