"""A locked period never changes; what is found out later is an adjustment of exactly the difference."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calculation import KINDS
from engine.commission import calculate
from engine.dates import day
from engine.frames import Facts, integers, shaped
from engine.plans.load import load
from engine.plans.schema import Plan

if TYPE_CHECKING:
    from engine.calculation import Calculation

YEAR = {"start_on": day(date(2026, 1, 1)), "end_on": day(date(2027, 1, 1))}
JANUARY, FEBRUARY = (date(2026, 1, 1), date(2026, 2, 1)), (date(2026, 2, 1), date(2026, 3, 1))
TEXT = """
plan: ae
version: 1
effective: 2026-01-01 .. 2027-01-01
currency: USD
components:
  - name: New business
    quota: bookings
    accumulate: year_to_date
    table: {by: attainment, behaviour: whole_amount, tiers: [{from: 0%, rate: 5%}, {from: 100%, rate: 10%}]}
"""
Span = tuple[date, date]


def plan() -> Plan:
    read = load(TEXT, "plan.yaml")
    assert isinstance(read, Plan), read
    return read


def deal(number: int, cents: int, on: date, rep: int = 1) -> dict[str, Any]:
    return {
        "deal_id": number,
        "owner_id": rep,
        "amount_cents": cents,
        "currency": "USD",
        "booked_on": day(on),
        "deal_type": "new",
        "product": "x",
        "stage": "won",
    }


def facts(*deals: dict[str, Any]) -> Facts:
    quota = {"name": "bookings", "amount_cents": 100_000_00, "currency": "USD", **YEAR}
    reps = (1, 2)
    return Facts.of(
        deals=list(deals),
        quotas=[{"rep_id": rep, **quota} for rep in reps],
        assignments=[{"rep_id": rep, "plan": "ae", **YEAR} for rep in reps],
    )


def run(found: Facts, as_of: date = date(2026, 12, 31), by: Plan | None = None) -> Calculation:
    return calculate(found, [by or plan()], as_of)


def locked(found: Facts, *spans: Span, plan: Plan | None = None) -> Facts:
    """The facts with each of the periods locked in turn, as they stand."""
    for start, end in spans:
        lines = run(found, by=plan).lines
        booked = integers(lines, "booked_on")
        inside = lines[(booked >= day(start)) & (booked < day(end))]
        rows = pd.DataFrame(
            {
                **{name: inside[name] for name in ("rep_id", "plan", "component", "kind", "deal_id", "line_no")},
                "on": inside["booked_on"],
                "for_on": concerns(run(found, by=plan), inside, start),
                **{name: inside[name] for name in ("basis_cents", "before_cents", "amount_cents")},
                "watermark": 7,
            }
        )
        lock = pd.DataFrame([{"pays": "monthly", "start_on": day(start), "end_on": day(end)}])
        found = replace(
            found,
            locks=shaped("locks", pd.concat([found.locks, lock], ignore_index=True)),
            locked=shaped("locked", pd.concat([found.locked.astype(object), rows.astype(object)], ignore_index=True)),
        )
    return found


def concerns(calc: Calculation, lines: pd.DataFrame, start: date) -> list[int]:
    return [
        int(calc.extras.x[list(calc.extra_numbers).index(number)]) if kind == "correction" else day(start)
        for kind, number in zip(lines["kind"], lines["line_no"], strict=True)
    ]


def paid(calc: Calculation, span: Span | None = None, rep: int = 1) -> int:
    lines = calc.lines
    own = (lines["rep_id"] == rep).to_numpy()
    if span:
        booked = integers(lines, "booked_on")
        own = own & (booked >= day(span[0])) & (booked < day(span[1]))
    return int(integers(lines, "amount_cents")[own].sum())


BEFORE = facts(deal(1, 60_000_00, date(2026, 1, 10)), deal(2, 10_000_00, date(2026, 2, 10)))


def test_locking_changes_nothing_by_itself() -> None:
    found = run(locked(BEFORE, JANUARY))
    assert paid(found, JANUARY) == paid(run(BEFORE), JANUARY) == 3_000_00
    assert list(found.lines["amount_cents"]) == list(run(BEFORE).lines["amount_cents"][[1, 0]])
    assert "correction" not in set(found.lines["kind"])


def test_the_lines_of_a_locked_period_stay_in_the_order_in_which_they_were_stated() -> None:
    """Two deals of one day, each with a cap: the cap stands after its own deal, not after all commissions."""
    capped = load(TEXT.replace("whole_amount", "marginal") + "    cap: {pay_per_deal: 1_000}\n", "plan.yaml")
    assert isinstance(capped, Plan), capped
    sold = facts(deal(1, 60_000_00, date(2026, 1, 10)), deal(2, 40_000_00, date(2026, 1, 10)))
    before = calculate(sold, [capped], date(2026, 12, 31)).lines
    after = calculate(locked(sold, JANUARY, plan=capped), [capped], date(2026, 12, 31)).lines
    columns = ["kind", "deal_id", "amount_cents"]
    assert before["kind"].tolist() == ["commission", "cap", "commission", "cap"]
    assert after[columns].astype({"kind": str}).to_numpy().tolist() == (
        before[columns].astype({"kind": str}).to_numpy().tolist()
    )


def test_a_late_deal_is_adjusted_in_the_open_period_by_exactly_the_difference() -> None:
    late = replace(
        locked(BEFORE, JANUARY),
        deals=facts(
            deal(1, 60_000_00, date(2026, 1, 10)),
            deal(2, 10_000_00, date(2026, 2, 10)),
            deal(3, 40_000_00, date(2026, 1, 20)),
        ).deals,
    )
    found = run(late)
    assert paid(found, JANUARY) == 3_000_00
    adjustments = found.lines[found.lines["kind"] == "correction"]
    assert adjustments[["deal_id", "booked_on", "amount_cents", "before_cents"]].to_numpy().tolist() == [
        [3, day(date(2026, 2, 1)), 7_000_00, 0],
    ]
    unlocked = run(replace(late, locks=BEFORE.locks, locked=BEFORE.locked))
    assert paid(found) == paid(unlocked)


def test_an_altered_deal_says_what_was_paid_and_what_it_comes_to() -> None:
    altered = replace(locked(BEFORE, JANUARY), deals=facts(deal(1, 50_000_00, date(2026, 1, 10))).deals)
    found = run(altered)
    assert paid(found, JANUARY) == 3_000_00
    (at,) = [n for n, kind in enumerate(found.extras.kind) if kind == KINDS.index("correction")]
    extras = found.extras
    assert (extras.before[at], extras.y[at], extras.amount[at], extras.basis[at]) == (
        3_000_00,
        2_500_00,
        -500_00,
        -10_000_00,
    )
    assert extras.x[at] == day(date(2026, 1, 1))


def test_an_adjustment_that_was_locked_is_not_made_again() -> None:
    once = replace(locked(BEFORE, JANUARY), deals=facts(deal(1, 50_000_00, date(2026, 1, 10))).deals)
    twice = locked(once, FEBRUARY)
    found = run(twice)
    assert paid(found, JANUARY) == 3_000_00
    assert paid(found, FEBRUARY) == -500_00
    assert paid(found) == 2_500_00


def test_a_locked_period_is_seen_from_its_own_last_day_as_it_was_locked() -> None:
    altered = replace(locked(BEFORE, JANUARY), deals=facts(deal(1, 50_000_00, date(2026, 1, 10))).deals)
    assert paid(run(altered, date(2026, 1, 31))) == 3_000_00


@pytest.mark.parametrize("rep", [1, 2])
def test_one_rep_alone_is_paid_what_the_full_run_pays(rep: int) -> None:
    every = [deal(1, 60_000_00, date(2026, 1, 10)), deal(2, 90_000_00, date(2026, 1, 12), rep=2)]
    late = replace(
        locked(facts(*every), JANUARY), deals=facts(*every, deal(3, 50_000_00, date(2026, 1, 20), rep)).deals
    )
    alone = calculate(late, [plan()], date(2026, 12, 31), reps=[rep])
    assert paid(alone, rep=rep) == paid(run(late), rep=rep)


EDITS = st.lists(
    st.tuples(st.integers(1, 4), st.integers(-500_000, 12_000_000), st.integers(1, 3), st.integers(1, 28)),
    min_size=1,
    max_size=5,
)


@settings(deadline=None, max_examples=15)
@given(st.lists(EDITS, min_size=3, max_size=3))
def test_whatever_changes_the_year_comes_to_what_the_facts_say(rounds: list[list[tuple[int, int, int, int]]]) -> None:
    found, known = facts(), {}
    spans = (JANUARY, FEBRUARY)
    totals: list[tuple[Span, int]] = []
    for number, edits in enumerate(rounds):
        known |= {at: deal(at, cents, date(2026, month, on)) for at, cents, month, on in edits}
        found = replace(found, deals=facts(*known.values()).deals)
        for span, total in totals:
            assert paid(run(found), span) == total
        if number < len(spans):
            totals.append((spans[number], paid(run(found), spans[number])))
            found = locked(found, spans[number])
    plain = run(replace(found, locks=facts().locks, locked=facts().locked))
    assert paid(run(found)) == paid(plain)
