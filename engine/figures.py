"""Figures of deals beside their amount: given by the data, or derived from what it gives.

Money is in minor units, numbers are in millionths; a derived percentage is cut down to a millionth, so that comparing
it with any bound of at most six decimals is exact:

    amount         the deal's amount
    count          1 for every deal, -1 for one of a negative amount
    margin         the figure of that name, else amount - cost
    margin_pct     margin / amount
    markup_pct     margin / cost; cost is the figure of that name, else amount - margin
    discount_pct   (list - amount) / list

Any other name is the figure of that name. A deal that lacks what is asked for has the value 0 and is marked as
lacking; `problems` words that for those deals where it matters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.crediting import scaled
from engine.deals import LARGEST_CENTS
from engine.frames import integers, named
from engine.order import positions, sorted_rows
from engine.plans.asked import DERIVED, MILLION, unit_of
from engine.plans.filters import ONCE
from engine.problems import Problem

__all__ = ["MILLION", "Figure", "Figures", "problem", "problems", "unit_of"]

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from engine.deals import Deals
    from engine.exchange import Exchange
    from engine.frames import Frame
    from engine.money import Rate, Rounding
    from engine.order import Ints, Rows

FINE, ABSENT, REPEATED, WRONG_UNIT, BEYOND, UNDEFINED, NO_RATE = range(7)
FAULTS = {
    ABSENT: ("figure_missing", "The deal lacks a figure that the plan needs", "Load the figure for this deal."),
    REPEATED: ("figure_repeated", "The deal has a figure twice that the plan needs", "Keep one of the two."),
    WRONG_UNIT: (
        "figure_unit",
        "The deal has a figure in another unit than the plan needs",
        "Load it as money or as a number, as the plan says.",
    ),
    BEYOND: ("figure_out_of_range", "The deal has a figure beyond anything that can be meant", "Correct the figure."),
    UNDEFINED: (
        "figure_undefined",
        "A percentage that the plan needs is divided by zero for this deal",
        "Correct the deal's amount, cost or list price.",
    ),
    NO_RATE: (
        "fx_rate_missing",
        "The deal has a figure in a currency without a single exchange rate on its day",
        "Load one exchange rate for that day, or correct the deal's currency.",
    ),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One value per deal, and per deal what is wrong with it (a key of FAULTS): None when nothing is."""

    value: Ints
    fault: NDArray[np.int8] | None = None

    @property
    def lacks(self) -> NDArray[np.bool_]:
        """Which deals have no usable value."""
        return np.zeros(len(self.value), dtype=bool) if self.fault is None else self.fault > 0

    def less(self, other: Figure) -> Figure:
        """What is left of it without another figure of the same deals; a deal that lacks either lacks it."""
        return _bounded(Figure(self.value - other.value, _either(self.fault, other.fault)))

    def reduced(self, amount: int) -> Figure:
        """Each value nearer to 0 by an amount, and never beyond it: a reversal mirrors its deal."""
        return Figure(np.sign(self.value) * np.maximum(np.abs(self.value) - amount, 0), self.fault)


class Figures:
    """The figures of some deals, in the order of the deals; each is worked out once."""

    def __init__(self, figures: Frame, deals: Deals) -> None:
        """Find the rows of the deals; nothing is worked out before it is asked for."""
        self._deals = deals
        self._names, self._units = named(figures, "name"), named(figures, "unit")
        place, known = positions(integers(figures, "deal_id"), deals.deal_id)
        self._rows = np.flatnonzero(known)
        self._place = place[self._rows]
        self._values = integers(figures, "value")
        self._known: dict[tuple[str, str], Figure] = {}

    def of(self, name: str, unit: str) -> Figure:
        """The figure called `name` of every deal: money in minor units of the deal's currency, or millionths.

        Args:
            name: One of the derived names, or any in the data.
            unit: "money" or "number"; rows of the data in another unit are faults.
        """
        key = (name, unit)
        if key not in self._known:
            derive = _DERIVE.get(name)
            if derive is not None and DERIVED[name] == unit:
                self._known[key] = _bounded(derive(self))
            elif derive is not None:
                self._known[key] = self._all(WRONG_UNIT)
            else:
                self._known[key] = self._given(name, unit)
        return self._known[key]

    def converted(self, name: str, target: str, exchange: Exchange, mode: Rounding, times: Rate = ONCE) -> Figure:
        """The money figure called `name`, so many times, in the currency `target`, at the rate of its day."""
        own, deals = _times(self.of(name, "money"), times, mode), self._deals
        found = exchange.into(target, (own.value, deals.currency), deals.booked, mode)
        if found.fault is None:
            return Figure(found.amount, own.fault)
        fault = np.where(found.fault > 0, np.int8(NO_RATE), np.int8(FINE))
        fault = fault if own.fault is None else np.where(own.fault > 0, own.fault, fault)
        return Figure(np.where(fault > 0, 0, found.amount), fault.astype(np.int8))

    def axis(self, name: str, unit: str, money: tuple[str, Exchange, Rounding], times: Rate = ONCE) -> Figure:
        """The figure as something that is compared or summed: money in the currency of `money`, or millionths.

        `times` is applied first, in the deal's own currency.
        """
        if unit == "money":
            return self.converted(name, *money, times=times)
        return _times(self.of(name, unit), times, money[2])

    @property
    def deals(self) -> Deals:
        """The deals whose figures these are."""
        return self._deals

    def _all(self, fault: int) -> Figure:
        count = len(self._deals)
        return Figure(np.zeros(count, dtype=np.int64), np.full(count, fault, dtype=np.int8))

    def _given(self, name: str, unit: str) -> Figure:
        own = np.flatnonzero(self._names.codes[self._rows] == self._names.code(name))
        rows, place = self._rows[own], self._place[own]
        order = sorted_rows([(place, max(len(self._deals), 1))])
        rows, place = rows[order], place[order]
        value = np.zeros(len(self._deals), dtype=np.int64)
        fault = np.full(len(self._deals), ABSENT, dtype=np.int8)
        value[place] = self._values[rows]
        fault[place] = np.where(self._units.codes[rows] == self._units.code(unit), FINE, WRONG_UNIT)
        fault[place[1:][place[1:] == place[:-1]]] = REPEATED
        return _bounded(Figure(value, fault))


def problems(figure: Figure, deals: Deals, wanted: tuple[str, str], rows: Rows) -> list[Problem]:
    """One problem for each deal among `rows` that lacks the figure `wanted` (its name, and where it is needed)."""
    if figure.fault is None:
        return []
    bad = rows[figure.fault[rows] > 0]
    return [problem(int(figure.fault[row]), wanted, int(deals.deal_id[row])) for row in bad]


def problem(fault: int, wanted: tuple[str, str], deal: int) -> Problem:
    """A deal's lack of a figure in words; `wanted` is the figure's name, and where it is needed."""
    code, message, remedy = FAULTS[fault]
    return Problem(code, f"{message}, so it is not counted there.", remedy, wanted[1], deal=deal, found=wanted[0])


def _times(figure: Figure, times: Rate, mode: Rounding) -> Figure:
    """The figure so many times, rounded where that is no whole number."""
    if times == ONCE:
        return figure
    return _bounded(Figure(scaled(figure.value, times, mode), figure.fault))


def _bounded(figure: Figure) -> Figure:
    """Without faulty values, and without those that are beyond all bounds."""
    absurd = (figure.value > LARGEST_CENTS) | (figure.value < -LARGEST_CENTS)
    if figure.fault is None and not absurd.any():
        return figure
    fault = np.zeros(len(absurd), dtype=np.int8) if figure.fault is None else figure.fault
    fault = np.where((fault == FINE) & absurd, np.int8(BEYOND), fault).astype(np.int8)
    return Figure(np.where(fault > FINE, 0, figure.value), fault if fault.any() else None)


def _either(one: NDArray[np.int8] | None, other: NDArray[np.int8] | None) -> NDArray[np.int8] | None:
    if one is None or other is None:
        return other if one is None else one
    return np.where(one > 0, one, other).astype(np.int8)


def _amount(figures: Figures) -> Figure:
    return Figure(figures.deals.amount)


def _count(figures: Figures) -> Figure:
    return Figure(np.where(figures.deals.amount < 0, -MILLION, MILLION))


def _first_known(given: Figure, derived: Figure) -> Figure:
    """The given figure; the derived one where the data does not give it at all."""
    if given.fault is None:
        return given
    absent = given.fault == ABSENT
    other = np.zeros(len(absent), dtype=np.int8) if derived.fault is None else derived.fault
    fault = np.where(absent, other, given.fault).astype(np.int8)
    return Figure(np.where(absent, derived.value, given.value), fault if fault.any() else None)


def _margin(figures: Figures) -> Figure:
    given, cost = figures._given("margin", "money"), figures.of("cost", "money")
    return _first_known(given, Figure(figures.deals.amount - cost.value, cost.fault))


def _cost(figures: Figures) -> Figure:
    given, margin = figures.of("cost", "money"), figures.of("margin", "money")
    return _first_known(given, Figure(figures.deals.amount - margin.value, margin.fault))


def _margin_pct(figures: Figures) -> Figure:
    return _percent(figures.of("margin", "money"), Figure(figures.deals.amount))


def _markup_pct(figures: Figures) -> Figure:
    return _percent(figures.of("margin", "money"), _cost(figures))


def _discount_pct(figures: Figures) -> Figure:
    listed = figures.of("list", "money")
    return _percent(Figure(listed.value - figures.deals.amount, listed.fault), listed)


def _percent(part: Figure, whole: Figure) -> Figure:
    """`part / whole` in millionths, cut down. Both of a reversal are negative, so it has its deal's percentage."""
    fault = _either(part.fault, whole.fault)
    zero = whole.value == 0
    if zero.any():
        fault = _either(fault, np.where(zero, np.int8(UNDEFINED), np.int8(FINE)))
    sign = np.where(whole.value < 0, -1, 1)
    num, den = part.value * sign, np.where(zero, 1, whole.value * sign)
    high, low = np.divmod(num, den)
    wide = int(den.max(initial=1)) * MILLION >= 2**62
    fine = (low.astype(object) * MILLION // den).astype(np.int64) if wide else low * MILLION // den
    most = LARGEST_CENTS // MILLION
    value = np.clip(high, -most, most) * MILLION + fine
    return Figure(value, fault)


_DERIVE: dict[str, Callable[[Figures], Figure]] = {
    "amount": _amount,
    "count": _count,
    "margin": _margin,
    "margin_pct": _margin_pct,
    "markup_pct": _markup_pct,
    "discount_pct": _discount_pct,
}
