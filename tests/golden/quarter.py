"""The golden quarter: one company's facts, locked after January, as statements in plain text.

`python -m tests.golden.quarter` (or `make golden`) writes the statements anew; read the diff before you commit it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from engine.commission import calculate
from engine.dates import Period, day, on_day
from engine.figures import MILLION
from engine.frames import Facts
from engine.plans import example_files
from engine.plans.load import load
from engine.plans.schema import Plan
from engine.worked_facts import Cast, facts_of

if TYPE_CHECKING:
    from engine.calculation import Calculation

HERE = Path(__file__).parent
STATEMENTS = HERE / "statements"
JANUARY = Period("January 2026", date(2026, 1, 1), date(2026, 2, 1))
QUARTER = Period("Q1 2026", date(2026, 1, 1), date(2026, 4, 1))
LATE = "late"  # the deal of January that is entered when January is locked
_HEADINGS = ("line", "day", "component", "kind", "deal", "credit", "before", "amount")
_ROW = "{:>4}  {:<10}  {:<20}  {:<10}  {:<13}  {:>12}  {:>12}  {:>11}"


def company() -> tuple[Cast, tuple[Plan, ...]]:
    """The example that holds the quarter's facts, and the plans."""
    found = example_files.load((HERE / "quarter.yaml").read_text(encoding="utf-8"), "quarter.yaml")
    assert isinstance(found, example_files.ExampleFile), found
    plans = []
    for name in found.plan:
        plan = load((HERE / "plans" / name).read_text(encoding="utf-8"), name)
        assert isinstance(plan, Plan), plan
        plans.append(plan)
    return Cast(found.examples[0], tuple(plans)), tuple(plans)


def calculated(cast: Cast, plans: tuple[Plan, ...]) -> Calculation:
    """The whole quarter, with January as it was locked before the late deal was known."""
    facts, late = facts_of(cast), cast.deal(LATE)
    known = replace(facts, deals=facts.deals[facts.deals["deal_id"] != late])
    january = calculate(known, plans, date(2026, 1, 31)).lines
    rows = [
        {
            "rep_id": line.rep_id,
            "plan": line.plan,
            "component": line.component,
            "kind": line.kind,
            "deal_id": line.deal_id,
            "on": line.booked_on,
            "for_on": day(JANUARY.start_on),
            "basis_cents": line.basis_cents,
            "before_cents": line.before_cents,
            "amount_cents": line.amount_cents,
            "line_no": line.line_no,
            "watermark": 1,
        }
        for line in january.itertuples(index=False)
    ]
    locks = {"pays": "monthly", "start_on": day(JANUARY.start_on), "end_on": day(JANUARY.end_on)}
    kept = Facts.of(deals=[], locks=[locks], locked=rows)
    return calculate(replace(facts, locks=kept.locks, locked=kept.locked), plans, QUARTER.last_on)


def statements() -> dict[str, str]:
    """The statement of every person, by name."""
    cast, plans = company()
    calc = calculated(cast, plans)
    assert not calc.problems, calc.problems
    return {name: _statement(name, rep, cast, calc) for name, rep in cast.reps.items()}


def _statement(name: str, rep: int, cast: Cast, calc: Calculation) -> str:
    numbers = {part.name for plan in calc.plans for part in plan.components if part.measure.is_number}
    deals = {number: deal.id for number, deal, _ in cast.deals}
    own = calc.lines[calc.lines["rep_id"] == rep].sort_values(["booked_on", "line_no"])
    told = [f"{name}, {QUARTER.label}, {', '.join(own['plan'].unique())}, in {cast.currency}"]
    months = [on_day(int(on)).strftime("%B") for on in own["booked_on"]]
    for month, part in own.groupby(months, sort=False):
        told += ["", str(month), _ROW.format(*_HEADINGS)]
        for line in part.itertuples(index=False):
            on, deal = on_day(int(line.booked_on)).isoformat(), deals.get(int(line.deal_id), "")
            credit, before = (
                _spelled(value)
                if line.component not in numbers or (line.kind == "pool" and not deal)
                else f"{value // MILLION}"
                for value in (line.basis_cents, line.before_cents)
            )
            figures = (credit, before, _spelled(line.amount_cents))
            told.append(_ROW.format(line.line_no, on, line.component, line.kind, deal, *figures))
        told.append(_ROW.format("", "", "paid", "", "", "", "", _spelled(part["amount_cents"].sum())))
    told += ["", f"Q1 2026 together: {_spelled(own['amount_cents'].sum())}", ""]
    return "\n".join(text.rstrip() for text in told)


def _spelled(cents: int) -> str:
    sign, size = "-" if cents < 0 else "", abs(int(cents))
    return f"{sign}{size // 100:,}.{size % 100:02}"


def write() -> None:
    """Writes the statements anew."""
    STATEMENTS.mkdir(exist_ok=True)
    for name, text in statements().items():
        (STATEMENTS / f"{name}.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
