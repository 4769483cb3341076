"""One chunk of whole reps: credits → lines of every plan and component, and what made no line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from engine.conditions import COMMISSION, Asked, Priced, effects
from engine.dates import day
from engine.gates import History
from engine.halves import halves
from engine.measures import NOT_COUNTED, UNPRICED
from engine.order import starts_of
from engine.quotas import BEYOND
from engine.rules import FOREIGN
from engine.standing import deal_axis, incentive_of, other_axis, standing
from engine.totals import LIMIT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.calculation import Credits
    from engine.crediting import Seats
    from engine.ledger import Ledger
    from engine.measures import Measured, Ready
    from engine.order import Ints, Rows
    from engine.problems import Problem
    from engine.tallies import Tally
    from engine.totals import Axis

    Ruled = tuple[Credits, Rows | None]  # credits, and the rule that gives each where that matters


@dataclass(frozen=True, slots=True)
class NoLine:
    """Credits that made no line of a plan's component, or (`measure` -1) of a plan at all."""

    credit: Rows
    plan: int
    measure: int
    reason: str


@dataclass(frozen=True, slots=True)
class QuotaFault:
    """A rep's window whose quota cannot be used: `fault` is a key of `engine.quotas.FAULTS`, `on` a day inside."""

    fault: int
    plan: int
    measure: int
    rep: int
    on: int


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of one component of one chunk, by rep. `kind` is None when all are commissions."""

    credits: Credits
    measure: int
    kind: NDArray[np.int8] | None
    basis: Ints
    before: Ints
    amount: Ints
    moved: Ints | None = None  # the credit that counts for quota, where not all of it does

    @property
    def credit(self) -> Ints:
        """What counts towards attainment."""
        return self.basis if self.moved is None else self.moved


@dataclass(slots=True)
class Found:
    """What the chunks came to so far: lines in `ledger`, and what made none."""

    ledger: Ledger
    unpaid: list[NoLine]
    faults: list[QuotaFault]
    whole: Ints  # the amount of each deal
    as_of: int
    problems: list[Problem] = field(default_factory=list)
    taken: tuple[Rows, Ints, Rows | None] | None = None  # of the plan and reps being priced: `at`, amounts and kinds
    priced: dict[int, Block] = field(default_factory=dict)  # of the plan and reps that are being priced

    def lost(self, credit: Rows, plan: int, measure: int, reason: str) -> None:
        """Notes credits that make no line."""
        if len(credit):
            self.unpaid.append(NoLine(credit, plan, measure, reason))


def price(part: Credits, prepared: tuple[Ready, ...], seats: Seats, found: Found) -> None:
    """Adds the lines of some whole reps, sorted as statements are, and what made none."""
    covered = np.zeros(len(part.rep), dtype=bool)
    blocks: list[Block] = []
    number = 0
    for plan_no, plan in enumerate(prepared):
        on_plan = _on_plan(part, plan)
        covered |= on_plan
        own = _own(part, plan, on_plan)
        if len(own[0].rep):
            own = _credited(own, plan, plan_no, seats, found)
            priced = _price_plan(own, plan, (plan_no, number), seats, found)
            if any(each is not None for each in plan.conditions):
                priced = _conditioned(priced, plan, number, (seats, found))
            blocks += priced
        number += len(plan.measures)
    if not covered.all():
        alone = part.credit[~covered]
        found.lost(alone if seats.plan_no is None else alone[seats.plan_no[alone] < 0], -1, -1, "no_plan")
    found.ledger.write([block for block in blocks if len(block.basis)])


def _own(part: Credits, plan: Ready, on_plan: NDArray[np.bool_]) -> Ruled:
    """The credits of a plan, with the rule that gives each where that matters."""
    own = part if on_plan.all() else part.part(np.flatnonzero(on_plan))
    if plan.rule_of is None:
        return own, None
    rule = plan.rule_of.take(own.credit)
    mine = rule != FOREIGN
    return (own, rule) if mine.all() else (own.part(mine), rule[mine])


def _on_plan(part: Credits, plan: Ready) -> NDArray[np.bool_]:
    """Which credits belong to reps who are on the plan that day, while this version of it pays."""
    found = np.zeros(len(part.rep), dtype=bool)
    own = slice(int(part.rep[0]), int(part.rep[-1]) + 1)
    first, last = int(part.days.min()), int(part.days.max())
    for since, until in plan.spans:
        if int(until[own].max()) <= first:
            continue
        if int(since[own].max()) <= first and last < int(until[own].min()):
            found[:] = True
        else:
            found |= (part.days >= since[part.rep]) & (part.days < until[part.rep])
    if plan.active is not None:
        inside = np.clip(part.days - day(plan.plan.effective.start_on), 0, len(plan.active) - 1)
        found &= plan.active[inside]
    return found


def _price_plan(own: Ruled, plan: Ready, numbers: tuple[int, int], seats: Seats, found: Found) -> list[Block]:
    (part, rule), blocks = own, list[Block]()
    amounts, kinds = plan.payload.take(part.credit)
    found.taken = part.at, amounts, kinds
    counted, counts_all = np.zeros(len(part.rep), dtype=bool), False
    found.priced.clear()
    for offset, measure in plan.in_order:
        place = (numbers[0], numbers[1] + offset)
        slot = None if measure.slot is None or kinds is None else measure.slot.take(kinds)
        tally = plan.tally(offset)
        values = amounts if tally is None or tally.values is None else tally.values[part.credit]
        if measure.counts_all and (tally is None or tally.takes_all(rule)):
            counts_all = True
            blocks.append(_price(part, (values, slot), (plan, measure), place, found))
            continue
        groups = _slots((part, slot, rule), (measure, tally), (seats, place), found)
        counted |= groups != NOT_COUNTED
        rows = np.flatnonzero(groups >= 0)
        if len(rows) == len(groups):
            blocks.append(_price(part, (values, groups), (plan, measure), place, found))
        elif len(rows):
            own_values = values.take(rows), groups.take(rows)
            blocks.append(_price(part.part(rows), own_values, (plan, measure), place, found))
    if not counts_all and not counted.all():
        found.lost(part.credit[~counted], numbers[0], -1, "not_measured")
    return sorted(blocks, key=lambda block: block.measure)


def _slots(
    own: tuple[Credits, Rows | None, Rows | None],
    counting: tuple[Measured, Tally | None],
    place: tuple[Seats, tuple[int, int]],
    found: Found,
) -> Rows:
    """The rate group of each credit: by its kind, the rule that gives it, and whether its deal has the figure."""
    (part, slot, rule), (measure, tally) = own, counting
    if slot is None:
        everywhere = 0 if measure.slot is None else int(measure.slot[0])
        slot = np.full(len(part.rep), everywhere, dtype=np.int32)
    if tally is not None and tally.counts is not None and rule is not None:
        counts = tally.counts.take(rule)
        slot = slot if counts.all() else np.where(counts, slot, NOT_COUNTED)
    if measure.slot is None or int(measure.slot.min()) == UNPRICED:
        found.lost(part.credit[slot == UNPRICED], *place[1], "no_rate")
    if tally is not None and tally.fault is not None:
        lacks = (tally.fault[place[0].deal[part.credit]] > 0) & (slot >= 0)
        found.lost(part.credit[lacks], *place[1], "no_figure")
        slot = np.where(lacks, UNPRICED, slot)
    return slot


def _credited(own: Ruled, plan: Ready, plan_no: int, seats: Seats, found: Found) -> Ruled:
    """Those credits that a credit rule gives and whose amount is known in the plan's currency."""
    (part, given), (whole, shared) = own, plan.rules
    if given is not None:
        if int(given.min()) < 0:
            found.lost(part.credit[given < 0], plan_no, -1, "no_rule")
            part, given = part.part(given >= 0), given[given >= 0]
    elif min(int(whole.min()), int(shared.min())) < 0:
        deal = seats.deal[part.credit]
        known = plan.kinds(part.credit, deal)
        kinds = np.zeros(len(deal), dtype=np.int32) if known is None else known
        rule = (
            whole[kinds] if seats.is_shared is None else np.where(seats.is_shared[deal], shared[kinds], whole[kinds])
        )
        found.lost(part.credit[rule < 0], plan_no, -1, "no_rule")
        part = part.part(rule >= 0)
    if plan.fault is not None:
        unknown = plan.fault[seats.deal[part.credit]] > 0
        found.lost(part.credit[unknown], plan_no, -1, "no_exchange_rate")
        part, given = part.part(~unknown), None if given is None else given[~unknown]
    return part, given


def _price(
    part: Credits,
    values: tuple[Ints, Rows | None],
    pricing: tuple[Ready, Measured],
    place: tuple[int, int],
    found: Found,
) -> Block:
    """The lines of one component; `values` are the credits' amounts and rate groups."""
    (basis, group), (plan, measure) = values, pricing
    codes = measure.windows.codes(part.rep, part.days)
    fault = measure.windows.faults(codes)
    if fault is not None:
        _note_faults(part, (fault, codes), place, found)
        fine = np.flatnonzero(fault == 0)
        part, basis, codes = part.part(fine), basis[fine], codes[fine]
        group = None if group is None else group[fine]
    if measure.per_deal is not None:
        basis = np.clip(basis, -measure.per_deal, measure.per_deal)
    axis, lost = _axis(part, (plan, measure), place, found)
    if lost is not None:
        fine = np.flatnonzero(~lost)
        part, basis, codes = part.part(fine), basis[fine], codes[fine]
        group = None if group is None else group[fine]
        axis = None if axis is None else axis.part(fine)
    half = halves(plan, measure, part.credit, basis, codes)
    paid = basis
    if half is not None:
        paid, axis = half.paid, half.axis if axis is None else axis
    at = standing(measure, paid, codes, group, axis)
    alone = measure.component.accumulate == "transaction"
    amounts = measure.schedule.singly(at) if alone else measure.schedule.amounts(at)
    if measure.is_unbounded:
        _note_beyond(part, amounts, place, found)
    before = np.zeros_like(basis) if alone else at.after - paid
    moved = None
    if half is not None:
        moved, before = half.moved, before if half.axis is None else half.axis.before
    block = Block(part, place[1], None, basis, before, amounts, moved)
    found.priced[place[1]] = block
    return block


def _note_beyond(part: Credits, amounts: Ints, place: tuple[int, int], found: Found) -> None:
    """Notes what is beyond all bounds: no quota, figure or target can mean that."""
    for at in np.flatnonzero((amounts >= LIMIT) | (amounts <= -LIMIT)):
        found.faults.append(QuotaFault(BEYOND, *place, int(part.rep[at]), int(part.days[at])))


def _axis(
    part: Credits, pricing: tuple[Ready, Measured], place: tuple[int, int], found: Found
) -> tuple[Axis | None, NDArray[np.bool_] | None]:
    """What chooses the tier of each credit where that is not its own component; and which cannot be placed there."""
    plan, measure = pricing
    offset = next(number for number, each in enumerate(plan.measures) if each is measure)
    figure = plan.axes[offset] if plan.axes else None
    if figure is not None:
        lacks = None if figure.fault is None else figure.fault[part.credit] > 0
        if lacks is not None and lacks.any():
            found.lost(part.credit[lacks], *place, "no_axis")
            return deal_axis(figure, part.credit), lacks
        return deal_axis(figure, part.credit), None
    table = measure.component.priced_by
    if not table.of or table.by == "deal":
        return None, None
    tested = next(number for number, each in enumerate(plan.measures) if each.component.name == table.of)
    other, number = plan.measures[tested], place[1] - offset + tested
    block = found.priced.get(number)
    history = (part.part(slice(0)), np.zeros(0, dtype=np.int64))
    if block is not None:
        history = block.credits, block.credit
    spans = other.windows if measure.axis_windows is None else measure.axis_windows
    axis = other_axis((measure, other), history, part)
    codes = spans.codes(part.rep, part.days)
    fault = spans.faults(codes)
    if fault is None:
        return axis, None
    _note_faults(part, (fault, codes), (place[0], number), found)
    return axis, fault > 0


def _note_faults(part: Credits, faulty: tuple[NDArray[np.int8], Rows], place: tuple[int, int], found: Found) -> None:
    fault, codes = faulty
    bad = np.flatnonzero(fault)
    found.lost(part.credit[bad], *place, "no_quota")
    first = np.union1d(starts_of(codes[bad]), starts_of(part.rep[bad]))
    found.faults += [QuotaFault(int(fault[at]), *place, int(part.rep[at]), int(part.days[at])) for at in bad[first]]


def _conditioned(blocks: list[Block], plan: Ready, first: int, context: tuple[Seats, Found]) -> list[Block]:
    """The lines of one plan with those of its gates, multipliers, minimums and caps."""
    seats, found = context
    by_measure = {block.measure - first: block for block in blocks}
    changed = []
    for offset, block in by_measure.items():
        made = plan.conditions[offset]
        if made is None or not len(block.basis):
            changed.append(block)
            continue
        histories = {tested: _history(by_measure.get(tested), block) for tested in made.tests}
        asked = Asked(histories, found.as_of, seats.rep_ids, found.problems)
        own = block.credits
        codes = plan.measures[offset].windows.codes(own.rep, own.days)
        amounts, kinds = _again(own, plan, found)
        way = np.sign(amounts)
        if not way.all():  # a credit of nothing goes the way of its deal
            none = np.flatnonzero(way == 0)
            way[none] = np.sign(found.whole[seats.deal[own.credit[none]]])
            way = np.where(way == 0, np.sign(block.basis), way)
        incentive = incentive_of(plan, offset, codes)
        priced = Priced(own, codes, kinds, way, block.basis, block.amount, incentive)
        changed.append(_lined(block, effects(made, priced, asked)))
    return changed


def _again(own: Credits, plan: Ready, found: Found) -> tuple[Ints, Rows | None]:
    """The amounts and kinds of some credits of the plan and reps being priced, which have been taken before."""
    if found.taken is None or not len(found.taken[0]):
        return plan.payload.take(own.credit)
    at, amounts, kinds = found.taken
    if int(at[-1]) - int(at[0]) + 1 != len(at):  # some between them are not of the plan
        return plan.payload.take(own.credit)
    place = own.at - at[0]
    return amounts.take(place), None if kinds is None else kinds.take(place)


def _history(tested: Block | None, own: Block) -> History:
    """What a component was credited with; one without any credit has come to nothing."""
    if tested is None:
        return History(own.credits.part(slice(0)), own.basis[:0])
    return History(tested.credits, tested.credit)


def _lined(block: Block, changes: list[tuple[int, Ints]]) -> Block:
    """The lines with, after each, one for every effect that changes it."""
    changed = [np.flatnonzero(change) for _, change in changes]
    if not any(len(rows) for rows in changed):
        return block
    counts = np.ones(len(block.basis), dtype=np.int64)
    for rows in changed:
        counts[rows] += 1
    begin = np.cumsum(counts)
    total = int(begin[-1])
    begin -= counts
    kinds = np.full(total, COMMISSION, dtype=np.int8)
    basis, amounts = np.zeros(total, dtype=np.int64), np.empty(total, dtype=np.int64)
    source = np.repeat(np.arange(len(counts)), counts)
    before = (block.before + block.basis).take(source)
    basis[begin], before[begin], amounts[begin] = block.basis, block.before, block.amount
    for (kind, change), rows in zip(changes, changed, strict=True):
        begin[rows] += 1
        place = begin.take(rows)
        kinds[place], amounts[place] = kind, change.take(rows)
    return Block(block.credits.part(source), block.measure, kinds, basis, before, amounts)
