"""Gates: whether a component may pay, by what another component of the same rep has come to.

What is tested is credit, never pay: the sum of the tested component's credits in the window, against the quota of
that window or against an amount. `over: year` tests the quota of the whole plan year, `over: year_to_date` the sum of
the quota rows that have started by the day.

`judged: at_end` goes by what the window has come to by the day of the calculation, for all its credits. `judged:
as_reached` goes by the running total: the credit that reaches it is paid, earlier ones are not. A credit that is
taken back is let through where the total stood high enough before it.

A closed gate is a line that takes the commission away, and gives what `otherwise` pays, or as much of it as `at_most`
allows in the component's own window. Where credits are taken back,
the sum of what a gate lets through stays between nothing and what was priced, over the rep's time on this version of
the plan: it is never more than was priced, and nothing is left once everything has been taken back.

A quota that cannot be used is a Problem, and the gate is closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.bounds import held, largest
from engine.dates import on_day
from engine.figures import MILLION
from engine.money import Money, Rate, exponent
from engine.order import running, starts_of
from engine.problems import Problem
from engine.quota_rules import quotas_of
from engine.quotas import FAULTS, FINE, MISSING, ZERO, windows
from engine.standing import openings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.calculation import Credits
    from engine.exchange import Exchange
    from engine.frames import Facts
    from engine.order import Ints, Rows
    from engine.plans.schema import Component, Plan
    from engine.plans.tables import Gate, Over
    from engine.quotas import QuotaRows, Windows

_LIMIT = 2**62
_DAYS = 1 << 20
_KINDS = {"year": "year_to_date"}


@dataclass(frozen=True, slots=True)
class History:
    """The credits of one component by rep and day, and how much each counted."""

    credits: Credits
    basis: Ints


@dataclass(frozen=True, slots=True)
class _Dated:
    """Quota rows by window and day, and what each window's come to with each row."""

    window: Ints
    key: Ints  # window and day in one
    total: Ints
    start: Rows | None  # per window the first day of its only row; None where any window has several
    whole: Ints  # per window what it comes to with it

    @classmethod
    def of(cls, rows: QuotaRows, spans: Windows) -> _Dated:
        """The rows that start in any of the windows."""
        inside = (rows.start >= spans.origin) & (rows.start < spans.origin + len(spans.lookup))
        since, amount = rows.start[inside] - spans.origin, rows.amount[inside]
        window = rows.rep[inside] * np.int64(spans.count) + spans.lookup[since]
        size, only = int(window.max(initial=-1)) + 1, None
        whole: Ints = np.zeros(size, dtype=np.int64)
        if bool((window[1:] > window[:-1]).all()):
            only = np.full(size, _DAYS)
            only[window], whole[window] = since, amount
        return cls(window, window * _DAYS + since, running(amount, starts_of(window)), only, whole)

    def started(self, codes: Rows, days: Rows) -> tuple[Ints, NDArray[np.bool_]]:
        """The sum of the rows of each window that have started by a day of it, and where none has."""
        if not len(self.window):
            return np.zeros(len(codes), dtype=np.int64), np.ones(len(codes), dtype=bool)
        if self.start is not None and len(codes) and int(codes.max()) < len(self.start):
            late = np.clip(days, 0, _DAYS - 1) < self.start.take(codes)
            started = self.whole.take(codes)
            return np.where(late, 0, started) if late.any() else started, late
        place = np.searchsorted(self.key, codes * _DAYS + np.clip(days, 0, _DAYS - 1), "right") - 1
        found = (place >= 0) & (self.window[np.maximum(place, 0)] == codes)
        return np.where(found, self.total[np.maximum(place, 0)], 0), ~found


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What a component is tested against: its windows, and their quota where a percentage is asked for."""

    tested: int  # position of the component in its plan
    component: Component
    over: Over
    windows: Windows
    dated: _Dated | None  # the quota, where it is known only from day to day
    opening: Ints | None  # per window, where any began with credit

    @classmethod
    def of(
        cls, plan: Plan, name: str, over: Over, by_quota: bool, context: tuple[Facts, Exchange, Ints]
    ) -> Yardstick:
        """The yardstick of testing the component called `name`, for the reps of `context`."""
        facts, exchange, rep_ids = context
        tested = [component.name for component in plan.components].index(name)
        component = plan.components[tested]
        asked = by_quota and not component.is_attainment
        rows = quotas_of(facts, component.quota, rep_ids, plan, exchange) if asked else None
        made = windows(plan, _KINDS.get(over, over), rows, len(rep_ids))
        opening = openings(facts.table("balances"), (plan, component), made, rep_ids)
        dated = _Dated.of(rows, made) if rows is not None and over == "year_to_date" else None
        return cls(tested, component, over, made, dated, opening)

    def quota(self, credits_: Credits, as_of: int | None) -> tuple[Ints | None, NDArray[np.int8] | None]:
        """Per credit the quota that is tested, and what is wrong with it; `as_of` in place of the credit's day."""
        codes = self.windows.codes(credits_.rep, credits_.days)
        if self.component.is_attainment:
            return np.full(len(codes), MILLION, dtype=np.int64), None
        if self.windows.quota is None:
            return None, None
        faults = self.windows.faults(codes)
        quota = self.windows.quota[codes]
        if self.dated is None:
            return quota, faults
        days = credits_.days if as_of is None else np.full(len(codes), as_of)
        started, unknown = self.dated.started(codes, days - self.windows.origin)
        fault = np.zeros(len(codes), dtype=np.int8) if faults is None else faults
        fault[(fault == FINE) & unknown] = MISSING
        fault[(fault == FINE) & (started <= 0)] = ZERO
        return started, fault if fault.any() else None

    def at_end(self, history: History, wanted: Credits) -> Ints:
        """What the window of each wanted credit has come to."""
        codes = self.windows.codes(wanted.rep, wanted.days)
        found = self._opened(codes)
        own = self.windows.codes(history.credits.rep, history.credits.days)
        starts = starts_of(own)
        if len(starts):
            sums = np.add.reduceat(history.basis, starts)
            place = np.minimum(np.searchsorted(own[starts], codes), len(starts) - 1)
            found += np.where(own[starts][place] == codes, sums[place], 0)
        return found

    def _opened(self, codes: Rows) -> Ints:
        """With what each window began."""
        return np.zeros(len(codes), dtype=np.int64) if self.opening is None else self.opening[codes]

    def as_reached(self, history: History, wanted: Credits, is_back: NDArray[np.bool_]) -> Ints:
        """What the window has come to with each wanted credit; without it where it is taken back."""
        codes = self.windows.codes(wanted.rep, wanted.days)
        found = self._opened(codes)
        own = self.windows.codes(history.credits.rep, history.credits.days)
        sums = running(history.basis, starts_of(own))
        if len(own):
            place = _last_by(history.credits.at, wanted.at, is_back)
            known = (place >= 0) & (own[np.maximum(place, 0)] == codes)
            found += np.where(known, sums[np.maximum(place, 0)], 0)
        return found


def _last_by(at: Rows, wanted: Rows, is_back: NDArray[np.bool_]) -> Rows:
    """Where the last of the credits `at` stands that is not after each wanted one, or (`is_back`) is before it."""
    if int(at[-1]) - int(at[0]) + 1 == len(at):  # all credits between two
        last: Rows = np.clip(wanted - at[0] + ~is_back, 0, len(at)) - 1
        return last
    place = np.searchsorted(at, wanted, "right")
    place[is_back] = np.searchsorted(at, wanted[is_back], "left")
    return place - 1


def bar(start: Rate | Money, component: Component) -> tuple[Rate, bool]:
    """A threshold as a number that credit is compared with, and whether it is a share of quota."""
    if isinstance(start, Rate):
        return start, True
    if component.measure.is_number:
        return Rate(start.minor * MILLION, 10 ** exponent(start.currency)), False
    return Rate(start.minor), False


def reaches(reached: Ints, start: Rate, quota: Ints | None, *, strict: bool = False) -> NDArray[np.bool_]:
    """Whether each total is at least `start`, or `start` times its quota; more than that if `strict`."""
    wide = largest(reached) * start.den >= _LIMIT or (1 if quota is None else largest(quota)) * start.num >= _LIMIT
    left = (reached.astype(object) if wide else reached) * start.den
    right = start.num if quota is None else (quota.astype(object) if wide else quota) * start.num
    return np.asarray(left > right if strict else left >= right, dtype=bool)


@dataclass(frozen=True, slots=True)
class Gateway:
    """One gate, ready to be asked."""

    gate: Gate
    yardstick: Yardstick

    @classmethod
    def of(cls, plan: Plan, gate: Gate, context: tuple[Facts, Exchange, Ints]) -> Gateway:
        """The gate made ready for the reps of `context`."""
        return cls(gate, Yardstick.of(plan, gate.component, gate.over, isinstance(gate.bar, Rate), context))

    @property
    def by_end(self) -> bool:
        """Whether it goes by what the window has come to in the end."""
        return self.gate.judged == "at_end"

    def opens(
        self, history: History, wanted: Credits, is_back: NDArray[np.bool_], quota: Ints | None
    ) -> NDArray[np.bool_]:
        """For which of the wanted credits, with the quota of each, it is open."""
        test = self.yardstick
        reached = test.at_end(history, wanted) if self.by_end else test.as_reached(history, wanted, is_back)
        start, by_quota = bar(self.gate.bar, self.yardstick.component)
        return reaches(reached, start, quota if by_quota else None, strict=self.gate.is_strict)


def fault_problems(
    yardstick: Yardstick, credits_: Credits, faults: NDArray[np.int8], place: tuple[str, Ints], effect: str
) -> list[Problem]:
    """One problem per rep and window whose quota cannot be tested; `place` is where it is said, and the rep ids."""
    bad = np.flatnonzero(faults)
    codes = yardstick.windows.codes(credits_.rep[bad], credits_.days[bad])
    found = []
    for at in bad[starts_of(codes)]:
        code, message = FAULTS[int(faults[at])]
        name, on = yardstick.component.quota, on_day(int(credits_.days[at]))
        said = f"{message.rsplit(', so', 1)[0]}, so {effect}."
        remedy = f"Load a quota named {name!r} for this rep that fits {on} ({yardstick.over})."
        rep_id = int(place[1][credits_.rep[at]])
        found.append(
            Problem(code, said, remedy, place[0], rep_id, found=f"{yardstick.component.name!r} tested on {on}")
        )
    return found


def let_through(amount: Ints, opened: NDArray[np.bool_], instead: Ints, reps: Rows) -> Ints:
    """What remains of each amount: itself where the gate is open, `instead` where not; see the top of this file."""
    return held(np.where(opened, amount, instead), (amount, instead), reps)
