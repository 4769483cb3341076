"""Tables of every behaviour as Hypothesis strategies, and what they pay, worked out from the words of the plan.

Plain loops and fractions; nothing of the engine is used but how a plan file is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from hypothesis import strategies as st

from tests.engine.oracle import whole

ZERO = Fraction(0)


@dataclass(frozen=True)
class Drawn:
    """A table as drawn: its tiers are (start, worths), `base` and `target` what the component says beside it."""

    by: str
    behaviour: str
    pays: str  # rate, multiplier, amount, pays or target
    tiers: tuple[tuple[Fraction, Fraction, Fraction | None], ...]  # start, worth, slope
    base: Fraction | None
    target: int | None
    weight: Fraction
    accumulate: str
    mode: str
    by_line: bool
    opening: int

    @property
    def text(self) -> str:
        """The component in YAML."""
        lines = [f"  - name: c\n    quota: bookings\n    accumulate: {self.accumulate}"]
        if self.base is not None:
            lines.append(f"    rate: {decimal(self.base * 100)}%")
        if self.target is not None:
            lines.append(f"    target: {self.target}\n    weight: {decimal(self.weight * 100)}%")
        tiers = ", ".join(self._tier(number) for number in range(len(self.tiers)))
        lines.append(f"    table: {{by: {self.by}, behaviour: {self.behaviour}, tiers: [{tiers}]}}")
        return "\n".join(lines)

    def _tier(self, number: int) -> str:
        start, worth, slope = self.tiers[number]
        begins = f"{decimal(start * 100)}%" if self.by == "attainment" else decimal(start / 100)
        last = self.behaviour == "interpolated" and number == len(self.tiers) - 1
        key = {"target": "multiplier"}.get(self.pays, self.pays)
        written = decimal(worth / 100) if self.pays == "amount" else f"{decimal(worth * 100)}%"
        parts = [f"from: {begins}"] + ([] if last else [f"{key}: {written}"])
        if slope is not None:
            parts.append(f"slope: {decimal(slope)}")
        return "{" + ", ".join(parts) + "}"


def decimal(value: Fraction) -> str:
    """An exact decimal of at most six places."""
    scaled = value * 10**6
    assert scaled.denominator == 1, value
    whole_, part = divmod(abs(scaled.numerator), 10**6)
    return f"{'-' if value < 0 else ''}{whole_}.{part:06d}".rstrip("0").rstrip(".")


@st.composite
def tables(draw: st.DrawFn) -> Drawn:
    behaviour = draw(st.sampled_from(("marginal", "whole_amount", "overage", "interpolated", "curve", "step")))
    by = draw(st.sampled_from(("attainment", "amount")))
    kinds = {
        "marginal": ("rate", "multiplier", "target"),
        "whole_amount": ("rate", "multiplier", "target"),
        "overage": ("rate", "multiplier", "target"),
        "interpolated": ("amount", "rate", "multiplier"),
        "curve": ("amount", "pays"),
        "step": ("amount", "pays"),
    }
    pays = draw(st.sampled_from(kinds[behaviour]))
    count = draw(st.integers(2 if behaviour in ("overage", "interpolated") else 1, 4))
    first = behaviour not in ("curve", "step") or draw(st.booleans())
    size = 3_000 if by == "attainment" else 120_000
    marks = sorted(draw(st.lists(st.integers(1, size), min_size=count, max_size=count, unique=True)))
    starts = [Fraction(mark, 1_000) if by == "attainment" else Fraction(mark) for mark in marks]
    if first:
        starts[0] = ZERO
    sloped = behaviour == "curve" and (pays == "amount" or by == "attainment")
    tiers = []
    for number, start in enumerate(starts):
        worth = (
            Fraction(draw(st.integers(0, 9_000)))
            if pays == "amount"
            else Fraction(draw(st.integers(0, 3_000)), 1_000)
        )
        if pays == "rate":
            worth /= 10
        if behaviour == "interpolated" and number == len(starts) - 1:
            worth = ZERO
        slope = Fraction(draw(st.integers(0, 4_000)), 1_000) if sloped and draw(st.booleans()) else None
        tiers.append((start, worth, slope))
    return Drawn(
        by,
        behaviour,
        pays,
        tuple(tiers),
        Fraction(draw(st.integers(0, 200)), 1_000) if pays == "multiplier" else None,
        draw(st.integers(1, 90_000)) if pays in ("target", "pays") else None,
        Fraction(draw(st.sampled_from((100, 30, 50))), 100) if pays in ("target", "pays") else Fraction(1),
        draw(st.sampled_from(("month", "quarter", "half_year", "year_to_date"))),
        draw(st.sampled_from(("half_up", "half_even", "down"))),
        draw(st.booleans()),
        draw(st.sampled_from((0, 0, 777, 45_000, 130_001))),
    )


MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year_to_date": 12}


def total(table: Drawn, credit: int, quota: int) -> Fraction:
    """What a window has come to with some credit, in minor units."""
    axis = Fraction(credit, quota) if table.by == "attainment" else Fraction(credit)
    scale = Fraction(1)
    target = ZERO
    if table.target is not None:
        target = Fraction(table.target * 100 * MONTHS[table.accumulate], 12) * table.weight
    if table.pays == "multiplier":
        scale = table.base or ZERO
    if table.pays == "target":
        scale = target / quota
    per = quota if table.by == "attainment" else 1
    return _BY[table.behaviour](table, axis, credit, (scale, target, per))


def _reached(table: Drawn, axis: Fraction) -> int:
    return max((k for k, tier in enumerate(table.tiers) if axis >= tier[0]), default=-1)


def _marginal(table: Drawn, axis: Fraction, credit: int, context: tuple) -> Fraction:
    scale, _, per = context
    found = ZERO
    for k, (start, worth, _) in enumerate(table.tiers):
        low = start * per if k else None
        high = table.tiers[k + 1][0] * per if k + 1 < len(table.tiers) else None
        top = Fraction(credit) if high is None else min(Fraction(credit), high)
        found += worth * scale * (top if low is None else max(top - low, ZERO))
    return found


def _whole(table: Drawn, axis: Fraction, credit: int, context: tuple) -> Fraction:
    return table.tiers[max(_reached(table, axis), 0)][1] * context[0] * credit


def _overage(table: Drawn, axis: Fraction, credit: int, context: tuple) -> Fraction:
    scale, _, per = context
    edge = table.tiers[1][0] * per
    if credit <= edge:
        return table.tiers[0][1] * scale * credit
    return scale * (table.tiers[0][1] * edge + table.tiers[_reached(table, axis)][1] * (credit - edge))


def _interpolated(table: Drawn, axis: Fraction, credit: int, context: tuple) -> Fraction:
    is_rate = table.pays != "amount"
    found = ZERO
    for k, ((start, worth, _), (end, *_rest)) in enumerate(zip(table.tiers, table.tiers[1:], strict=False)):
        full = (min(axis, end) - start) / (end - start)
        found += worth * (full if k == 0 and not is_rate else max(full, ZERO))
    return found * context[0] * credit if is_rate else found


def _curve(table: Drawn, axis: Fraction, credit: int, context: tuple) -> Fraction:
    _, target, per = context
    k = _reached(table, axis)
    if k < 0:
        return ZERO
    start, worth, slope = table.tiers[k]
    beyond = axis - start
    if slope is not None:
        worth += slope * beyond * (1 if table.pays == "pays" else per)
    elif k + 1 < len(table.tiers):
        end, after, _ = table.tiers[k + 1]
        worth += (after - worth) * beyond / (end - start)
    return worth * target if table.pays == "pays" else worth


def _step(table: Drawn, axis: Fraction, credit: int, context: tuple) -> Fraction:
    k = _reached(table, axis)
    worth = table.tiers[k][1] if k >= 0 else ZERO
    return worth * context[1] if table.pays == "pays" else worth


_BY = {
    "marginal": _marginal,
    "whole_amount": _whole,
    "overage": _overage,
    "interpolated": _interpolated,
    "curve": _curve,
    "step": _step,
}


def lines(table: Drawn, credits_: list[int], quota: int) -> list[int]:
    """What each credit of one window pays."""
    found, reached = [], table.opening
    for credit in credits_:
        before = total(table, reached, quota) if found or table.opening else ZERO
        after = total(table, reached + credit, quota)
        if table.by_line:
            found.append(whole(after - before, table.mode))
        else:
            found.append(whole(after, table.mode) - whole(before, table.mode))
        reached += credit
    return found
