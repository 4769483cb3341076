"""The outcome of a calculation: lines, credits, what paid nothing and why, and the problems that stood in the way."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.frames import Columns, Named, integers
from engine.order import lengths_of, looked_up, narrow, ordered, starts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from engine.crediting import Seats
    from engine.deals import Deals
    from engine.measures import Ready
    from engine.order import Ints, Rows
    from engine.plans.schema import Plan
    from engine.problems import Problem

#: Kinds of lines. Those up to "deduction" belong to a credit; the others stand in `Extras`.
KINDS = (
    "commission",
    "cap",
    "gate",
    "multiplier",
    "minimum",
    "deduction",
    "override",
    "difference",
    "pool",
    "hold",
    "release",
    "clawback",
    "adjustment",
    "prize",
    "salary",
    "draw",
    "recovery",
    "guarantee",
    "top_up",
    "carry",
    "correction",
    "true_up",
)
REASONS = ("no_plan", "no_rule", "not_measured", "no_rate", "no_exchange_rate", "no_quota", "no_figure", "no_axis")


@dataclass(frozen=True, slots=True)
class Credits:
    """Credits by rep, day and deal; `at` counts them so, `credit` and `rep` are positions elsewhere."""

    at: Rows
    credit: Rows
    rep: Rows
    days: Rows

    def part(self, rows: slice | Rows | NDArray[np.bool_]) -> Credits:
        """Some of them, in the same order."""
        if isinstance(rows, np.ndarray) and rows.dtype == np.int64:
            return Credits(self.at.take(rows), self.credit.take(rows), self.rep.take(rows), self.days.take(rows))
        return Credits(self.at[rows], self.credit[rows], self.rep[rows], self.days[rows])


@dataclass(frozen=True)
class Sorted:
    """All credits by rep, day and deal, packed into sorted keys; spelled out where a key has too few bits."""

    key: Ints
    row_bits: int
    day_bits: int
    first: int
    spelled: Credits | None = None

    @cached_property
    def whole(self) -> Credits:
        """All of them, spelled out."""
        return self._spelled(0, len(self.key))

    def part(self, low: int, high: int) -> Credits:
        """Those from `low` up to `high`, spelled out; a piece of all of them where these have been spelled out."""
        whole = self.spelled or vars(self).get("whole")
        return self._spelled(low, high) if whole is None else whole.part(slice(low, high))

    def _spelled(self, low: int, high: int) -> Credits:
        if self.spelled is not None:
            return self.spelled.part(slice(low, high))
        key = self.key[low:high]
        credit = (key & ((1 << self.row_bits) - 1)).astype(np.int32)
        key = key >> self.row_bits
        days = (key & ((1 << self.day_bits) - 1)).astype(np.int32)
        days += np.int32(self.first)
        key >>= self.day_bits
        return Credits(np.arange(low, high, dtype=np.int32), credit, key.astype(np.int32), days)

    def cuts(self, size: int) -> Iterator[tuple[int, int]]:
        """Where to cut into parts of about `size` without cutting through a rep, who is in the highest bits."""
        shift = 0 if self.spelled is not None else self.row_bits + self.day_bits
        low = 0
        while low < len(self.key):
            last = min(low + max(size, 1), len(self.key)) - 1
            beyond = ((int(self.key[last]) >> shift) + 1) << shift
            high = last + int(np.searchsorted(self.key[last:], np.int64(beyond)))
            yield low, high
            low = high


@dataclass(frozen=True, slots=True)
class Trace:
    """Lines as arrays, by rep, plan, component, day, deal and kind. `measure` numbers the components of all plans."""

    at: Rows  # which of the sorted credits
    measure: Rows
    kind: Rows
    basis: Ints
    before: Ints
    amount: Ints


@dataclass(frozen=True, slots=True)
class Extras:
    """Lines that stand beside those of the credits: overrides, pools, releases, clawbacks, draws and so on.

    One entry per line, by `rep_id`, then day. `measure` is -1 for a line of the whole plan, `deal_id` 0 for one of no
    deal. `x` and `y` are what the line's explanation names, in the meaning of its kind.
    """

    rep_id: Ints
    plan_no: Rows
    measure: Rows
    kind: Rows
    deal_id: Ints
    days: Rows
    basis: Ints
    before: Ints
    amount: Ints
    x: Ints
    y: Ints

    @classmethod
    def joined(cls, parts: Sequence[Extras]) -> Extras:
        """Several lots as one, in the order of statements."""
        dtypes: dict[str, Any] = {"plan_no": "i4", "measure": "i4", "kind": "i1", "days": "i4"}
        columns = {
            each.name: np.concatenate(
                [np.zeros(0, dtype=dtypes.get(each.name, "i8")), *(getattr(part, each.name) for part in parts)]
            ).astype(dtypes.get(each.name, "i8"), copy=False)
            for each in fields(cls)
        }
        by = ("rep_id", "days", "plan_no", "measure", "kind", "deal_id", "amount")
        order = ordered([columns[name] for name in by])
        return cls(**{name: values[order] for name, values in columns.items()})

    def __len__(self) -> int:
        return len(self.rep_id)


NO_EXTRAS = Extras.joined(())


@dataclass(frozen=True, slots=True)
class Unpaid:
    """Credits that made no line, and why: `reason` is a position in REASONS, `plan` -1 when there is none."""

    credit: Rows
    plan: Rows
    measure: Rows
    reason: Rows


@dataclass(frozen=True, slots=True)
class Counted:
    """What the calculation read, as arrays."""

    deals: Deals
    seats: Seats
    sorted: Sorted
    ready: tuple[Ready, ...]


@dataclass(frozen=True)
class Calculation:
    """Everything that was decided. The frames are built when they are asked for; the arrays hold the same."""

    trace: Trace
    unpaid_trace: Unpaid
    counted: Counted
    problems: tuple[Problem, ...]
    plans: tuple[Plan, ...]
    extras: Extras = NO_EXTRAS
    hidden: NDArray[np.bool_] | None = None  # lines of credits in locked periods: extras show them as they were
    locks: tuple[tuple[str, int, int], ...] = ()  # these periods: how often they pay, [first day, last day)

    def is_locked(self, plan: Plan, day: int) -> bool:
        """Whether a day lies in a locked period of a plan: an extra then is a line as it was locked."""
        return any(pays == plan.pays and start <= day < end for pays, start, end in self.locks)

    @cached_property
    def line_reps(self) -> Rows:
        """The rep of each line, as a position in the rising rep ids."""
        return looked_up(self.counted.sorted.whole.rep, self.trace.at)

    @cached_property
    def lines(self) -> pd.DataFrame:
        """One row per line: an amount is the sum of its lines. `line_no` counts a rep's lines from 1.

        Those of the credits come first, then the extras. `basis_cents` is the credit counted and `before_cents` what
        had accumulated before it, in the plan's currency or in millionths of a unit; `plan_no` is the position of the
        plan version in `plans`.
        """
        return self.table.frame()

    @cached_property
    def table(self) -> Columns:
        """The lines by column."""
        own = self._of_credits
        if not len(self.extras):
            return own
        both = own.followed_by(self._of_extras)
        return both.part(ordered([integers(both, "rep_id"), integers(both, "line_no")]))

    @cached_property
    def extra_numbers(self) -> Ints:
        """The line number of each extra: they go on after the rep's lines of credits."""
        ids, counts = np.unique(self.counted.seats.rep_ids[self.line_reps], return_counts=True)
        place = np.searchsorted(ids, self.extras.rep_id)
        found = (place < len(ids)) & (np.append(ids, -1)[np.minimum(place, len(ids))] == self.extras.rep_id)
        before = np.where(found, np.append(counts, 0)[np.minimum(place, len(ids))], 0)
        starts = starts_of(self.extras.rep_id)
        own = np.arange(len(self.extras)) - np.repeat(starts, lengths_of(starts, len(self.extras)))
        numbers: Ints = before + own + 1
        return numbers

    @property
    def _of_extras(self) -> Columns:
        extras = self.extras
        _, component, names = _numbering(self.plans)
        components = np.append(component, len(names))[extras.measure]
        return Columns(
            {
                "rep_id": extras.rep_id,
                "plan": Named(_plan_codes(self.plans)[extras.plan_no], _plan_names(self.plans)),
                "component": Named(components, (*names, "")),
                "kind": Named(extras.kind, KINDS),
                "deal_id": extras.deal_id,
                "rule": Named(np.zeros(len(extras), dtype=np.int8), ("",)),
                "booked_on": extras.days,
                "basis_cents": extras.basis,
                "before_cents": extras.before,
                "amount_cents": extras.amount,
                "plan_no": extras.plan_no,
                "line_no": self.extra_numbers,
            }
        )

    @property
    def _of_credits(self) -> Columns:
        trace, deals, seats = self.trace, self.counted.deals, self.counted.seats
        plan_no, component, names = _numbering(self.plans)
        order, reps = self.counted.sorted.whole, self.line_reps
        starts = starts_of(reps)
        lengths = lengths_of(starts, len(reps))
        numbers = np.arange(1, len(reps) + 1)
        numbers -= np.repeat(starts, lengths)
        ids = np.maximum(deals.deal_id, 0)[seats.deal[order.credit]]
        plans = looked_up(plan_no, trace.measure)
        every = Columns(
            {
                "rep_id": np.repeat(seats.rep_ids[reps[starts]], lengths),
                "plan": Named(looked_up(_plan_codes(self.plans), plans), _plan_names(self.plans)),
                "component": Named(looked_up(component, trace.measure), names),
                "kind": Named(trace.kind, KINDS),
                "deal_id": looked_up(ids, trace.at),
                "rule": self._rules_of_lines(plans),
                "booked_on": looked_up(order.days, trace.at),
                "basis_cents": trace.basis,
                "before_cents": trace.before,
                "amount_cents": trace.amount,
                "plan_no": plans,
                "line_no": numbers,
            }
        )
        return every if self.hidden is None else every.part(np.flatnonzero(~self.hidden))

    @cached_property
    def credits(self) -> pd.DataFrame:
        """One row per credit that a plan counts: by rep, plan, day and deal, in the plan's currency, before caps."""
        rows = [self._credited(number) for number in range(len(self.plans))]
        plan_no = np.repeat(np.arange(len(rows)), [len(each) for each in rows])
        credit = np.concatenate([*rows, np.zeros(0, dtype=np.int64)]).astype(np.int64)
        deals, seats = self.counted.deals, self.counted.seats
        deal = seats.deal[credit]
        amounts = [ready.payload.amounts(each) for ready, each in zip(self.counted.ready, rows, strict=True)]
        order = np.lexsort([deals.deal_id[deal], deals.booked[deal], plan_no, seats.rep[credit]])
        found = Columns(
            {
                "rep_id": seats.rep_ids[seats.rep[credit]],
                "plan": Named(_plan_codes(self.plans)[plan_no], _plan_names(self.plans)),
                "deal_id": np.maximum(deals.deal_id, 0)[deal],
                "rule": self._rules(plan_no, credit),
                "booked_on": deals.booked[deal],
                "share_ppb": seats.share_ppb()[credit],
                "amount_cents": np.concatenate([*amounts, np.zeros(0, dtype=np.int64)]),
                "plan_no": plan_no,
            }
        )
        return found.part(order).frame()

    @cached_property
    def unpaid(self) -> pd.DataFrame:
        """One row per credit and component that made no line, with the reason. `component` is "" for a whole plan."""
        none, deals, seats = self.unpaid_trace, self.counted.deals, self.counted.seats
        _, component, names = _numbering(self.plans)
        order = np.lexsort([none.reason, none.measure, none.plan, none.credit, seats.rep[none.credit]])
        credit, plan, measure = none.credit[order], none.plan[order], none.measure[order]
        plan_codes = np.append(_plan_codes(self.plans), -1)
        return Columns(
            {
                "rep_id": seats.rep_ids[seats.rep[credit]],
                "deal_id": np.maximum(deals.deal_id, 0)[seats.deal[credit]],
                "plan": Named(plan_codes[plan], _plan_names(self.plans)),
                "component": Named(np.append(component, -1)[measure], names),
                "reason": Named(none.reason[order], REASONS),
            }
        ).frame()

    def _credited(self, plan_no: int) -> Rows:
        """Positions of the credits that a plan counts: those with a line, and those that only lack a price."""
        numbers, _, _ = _numbering(self.plans)
        own = numbers[self.trace.measure] == plan_no
        none = self.unpaid_trace
        lacking = (none.plan == plan_no) & (none.measure >= 0)
        return np.unique(np.concatenate([self.counted.sorted.whole.credit[self.trace.at[own]], none.credit[lacking]]))

    def rule_name(self, credit: int, plan_no: int) -> str:
        """The rule that gives one credit in a plan, or the name of the achievement that it is for."""
        found = self._rules(np.array([plan_no]), np.array([credit]))
        return found.names[int(found.codes[0])]

    def _rules_of_lines(self, plan_no: Rows) -> Named:
        """The rule behind each line of a credit."""
        names = {name for plan in self.plans for name in _rule_names(plan)}
        if len(names) == 1:
            return Named(np.zeros(len(plan_no), dtype=np.int8), tuple(names))
        return self._rules(plan_no, looked_up(self.counted.sorted.whole.credit, self.trace.at))

    def _rules(self, plan_no: Rows, credit: Rows) -> Named:
        """The rule that gives each credit, or the name of the achievement that it is for."""
        names = sorted({name for plan in self.plans for name in _rule_names(plan)})
        codes = np.zeros(len(credit), dtype=narrow(len(names)))
        is_shared = self.counted.seats.is_shared
        for number, ready in enumerate(self.counted.ready if len(names) > 1 else ()):
            own = slice(None) if len(self.counted.ready) == 1 else np.flatnonzero(plan_no == number)
            rows = credit[own]
            spell = np.array([names.index(name) for name in _rule_names(ready.plan)], dtype=codes.dtype)
            if ready.rule_of is not None:
                codes[own] = spell[ready.rule_of[rows]]
                continue
            deal = self.counted.seats.deal[rows]
            found = ready.kinds(rows, deal)
            kind = 0 if found is None else found
            shared = False if is_shared is None else is_shared[deal]
            both = np.stack(ready.rules)
            codes[own] = spell[both[np.asarray(shared, dtype=np.int8), kind]]
        return Named(codes, tuple(names))


def _rule_names(plan: Plan) -> list[str]:
    """The names of the plan's credit rules, then, where any is taken, of what components take instead of deals."""
    rules = [rule.name for rule in plan.crediting]
    achievements = [each.measure.achievement for each in plan.components]
    return [*rules, *achievements] if any(achievements) else rules


def _plan_names(plans: Sequence[Plan]) -> tuple[str, ...]:
    return tuple(sorted({plan.name for plan in plans}))


def _plan_codes(plans: Sequence[Plan]) -> Rows:
    names = {name: number for number, name in enumerate(_plan_names(plans))}
    return np.array([names[plan.name] for plan in plans], dtype=narrow(len(names)))


def _numbering(plans: Sequence[Plan]) -> tuple[Rows, Rows, tuple[str, ...]]:
    """Per component of all plans: its plan's position, its name's position, and all names in order of appearance."""
    flat = [(number, component.name) for number, plan in enumerate(plans) for component in plan.components]
    names = {name: number for number, name in enumerate(dict.fromkeys(name for _, name in flat))}
    plan_no = np.array([number for number, _ in flat], dtype=narrow(len(plans)))
    return plan_no, np.array([names[name] for _, name in flat], dtype=narrow(len(names))), tuple(names)
