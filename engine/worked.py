"""Worked examples run: an example's words become facts, the facts are calculated, and what comes out is compared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from engine.commission import calculate
from engine.dates import day
from engine.errors import ExampleUnclear
from engine.exchange import Exchange
from engine.history import with_history
from engine.inverse import Inverse
from engine.money import exponent
from engine.plans.numbers import Figure
from engine.quota_rules import quotas_of
from engine.quotas import windows
from engine.statements import explain
from engine.whatif import Question
from engine.worked_facts import MILLIONTHS, Cast, facts_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from engine.calculation import Calculation
    from engine.frames import Facts
    from engine.plans.example_files import Example, Expected
    from engine.plans.schema import Component, Plan


@dataclass(frozen=True, slots=True)
class Outcome:
    """One expectation compared: which of the example, in words, what was wanted and what was found."""

    example: str
    expectation: str
    wanted: str
    found: str
    holds: bool


@dataclass(frozen=True)
class _Run:
    cast: Cast
    facts: Facts
    calc: Calculation
    lines: pd.DataFrame


def run(example: Example, plans: tuple[Plan, ...]) -> tuple[Outcome, ...]:
    """What the example expects beside what the plans give, one outcome for each figure.

    Raises:
        ExampleUnclear: The example names something it does not have.
    """
    cast = Cast(example, plans)
    facts = with_history(facts_of(cast), plans, (cast.as_of, None), calculate)
    calc = calculate(facts, plans, cast.as_of)
    made = _Run(cast, facts, calc, calc.lines)
    return tuple(each for expected in example.expect for each in _compared(made, expected))


def _compared(made: _Run, expected: Expected) -> list[Outcome]:
    readings: dict[str, Callable[[_Run, Expected], Fraction]] = {
        "pays": _pays,
        "credits": _credits,
        "rate": _rate,
        "share": _share,
        "attainment": _attainment,
        "quota": _quota,
        "needs": _needs,
    }
    name = made.cast.example.name
    found = []
    for what, read in readings.items():
        wanted: Figure | None = getattr(expected, what)
        if wanted is not None:
            value = read(made, expected)
            exact = what in ("pays", "credits", "quota")
            holds = value == wanted.value if exact else wanted.agrees(value)
            found.append(Outcome(name, _said(expected, what), str(wanted), _written(value, wanted, holds), holds))
    if expected.problem:
        codes = sorted({problem.code for problem in made.calc.problems})
        holds = expected.problem in codes
        found.append(Outcome(name, _said(expected, "problem"), expected.problem, ", ".join(codes) or "none", holds))
    return found


def _said(expected: Expected, what: str) -> str:
    """The expectation in words: whom and what it is about."""
    parts = [expected.rep, expected.deal, expected.component, expected.rule, "/".join(expected.kind)]
    parts += [f"{expected.within.start_on} .. {expected.within.end_on}"] if expected.within else []
    parts += [f"tier {expected.tier}"] if expected.tier is not None else []
    about = ", ".join(part for part in parts if part)
    return f"{expected.figure or what}{f' ({about})' if about else ''}"


def _written(value: Fraction, wanted: Figure, holds: bool) -> str:
    if holds:
        return str(wanted)
    decimals = max(wanted.decimals, 0 if value.denominator == 1 else 6)
    return str(Figure(value, wanted.is_percent, decimals))


def _chosen(made: _Run, expected: Expected) -> pd.DataFrame:
    """The lines that the expectation is about."""
    lines = made.lines
    keep = np.ones(len(lines), dtype=bool)
    if expected.rep or len(made.cast.reps) == 1:
        keep &= (lines["rep_id"] == made.cast.rep(expected.rep)).to_numpy()
    if expected.deal:
        keep &= (lines["deal_id"] == made.cast.deal(expected.deal)).to_numpy()
    if expected.component:
        _component(made, expected)
        keep &= (lines["component"] == expected.component).to_numpy()
    if expected.rule:
        keep &= (lines["rule"] == expected.rule).to_numpy()
    if expected.kind:
        keep &= lines["kind"].isin(expected.kind).to_numpy()
    if expected.within:
        booked = lines["booked_on"].to_numpy()
        keep &= (booked >= day(expected.within.start_on)) & (booked < day(expected.within.end_on))
    return lines[keep]


def _component(made: _Run, expected: Expected) -> tuple[Plan, Component]:
    for plan in made.cast.plans:
        for component in plan.components:
            if component.name == expected.component or not expected.component:
                return plan, component
    raise ExampleUnclear(f"{made.cast.example.name!r}: there is no component {expected.component!r}")


def _scale(made: _Run, expected: Expected) -> int:
    plan, component = _component(made, expected)
    return int(10 ** (MILLIONTHS if component.measure.is_number else exponent(plan.currency)))


def _money(made: _Run) -> int:
    return int(10 ** exponent(made.cast.currency))


def _pieces(made: _Run, expected: Expected, what: str) -> Fraction:
    """The part of the chosen lines that lies in the tier which begins at `expected.tier`."""
    tier = expected.tier
    if tier is None:
        raise AssertionError("asked only for tiers")
    total = 0
    chosen = _chosen(made, expected)
    chosen = chosen[chosen["kind"] == "commission"]
    for rep_id, line_no in zip(chosen["rep_id"].tolist(), chosen["line_no"].tolist(), strict=True):
        explained = explain(made.calc, made.facts, rep_id, line_no, {})
        for piece in explained.slices:
            start = tier.minor(6) if piece.axis == "attainment" else tier.minor(exponent(made.cast.currency))
            if piece.from_bound == start:
                total += (piece.amount if what == "pays" else piece.basis).minor
    return Fraction(total, _money(made))


def _pays(made: _Run, expected: Expected) -> Fraction:
    if expected.tier is not None:
        return _pieces(made, expected, "pays")
    return Fraction(int(_chosen(made, expected)["amount_cents"].sum()), _money(made))


def _credits(made: _Run, expected: Expected) -> Fraction:
    if expected.tier is not None:
        return _pieces(made, expected, "credits")
    lines = _chosen(made, expected)
    lines = lines[lines["kind"] == "commission"]
    return Fraction(int(lines["basis_cents"].sum()), _scale(made, expected))


def _rate(made: _Run, expected: Expected) -> Fraction:
    credit = _credits(made, expected)
    return _pays(made, expected) / credit if credit else Fraction(0)


def _share(made: _Run, expected: Expected) -> Fraction:
    if expected.share_of is None or not expected.share_of.value:
        raise ExampleUnclear(f"{made.cast.example.name!r}: `share` goes with `share_of`")
    return _pays(made, expected) / Fraction(expected.share_of.value)


def _attainment(made: _Run, expected: Expected) -> Fraction:
    quota = _quota(made, expected)
    return _credits(made, expected) / quota if quota else Fraction(0)


def _quota(made: _Run, expected: Expected) -> Fraction:
    """The quota of the component in the window of the last day."""
    plan, component = _component(made, expected)
    exchange, rep_ids = Exchange(made.facts.rates), np.array([made.cast.rep(expected.rep)])
    rows = replace(quotas_of(made.facts, component.quota, rep_ids, plan, exchange), priced_by=None)
    spans = windows(plan, component.accumulate, rows, 1)
    last = min(expected.within.end_on, plan.effective.end_on) if expected.within else None
    on = day(made.cast.as_of) if last is None else day(last) - 1
    code = int(spans.codes(np.zeros(1, dtype=np.int64), np.array([on]))[0])
    if spans.quota is None or code < 0:
        raise ExampleUnclear(f"{made.cast.example.name!r}: there is no quota of {component.name!r} on that day")
    return Fraction(int(spans.quota[code]), _scale(made, expected))


def _needs(made: _Run, expected: Expected) -> Fraction:
    """The further credit with which the component pays what is wanted in its window."""
    plan, component = _component(made, expected)
    if expected.to_earn is None:
        raise ExampleUnclear(f"{made.cast.example.name!r}: `needs` goes with `to_earn`")
    asked = Question(made.facts, made.cast.plans, made.cast.as_of, made.cast.rep(expected.rep))
    needed = Inverse(asked, plan, component).needed(int(expected.to_earn.minor(exponent(plan.currency))))
    if needed is None:
        raise ExampleUnclear(f"{made.cast.example.name!r}: no credit is enough for that")
    return Fraction(needed, _scale(made, expected))
