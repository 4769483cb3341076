"""How quotas are made from those in the data: parts, seasons, proration, ramps, growth, rounding.

A quota in the data is an amount for its own days. A rule cuts it into parts of the plan's calendar (months,
quarters, half years, years): each part gets its seasonal weight, in proportion to how much of the part the quota
covers, and the parts of a quota sum to it. A part that two quotas cover, because it was changed in mid-period, is the
sum of both.
Then, month by month inside a part:

* prorate: days - the days on which the rep is on the plan and not away; months - whole months, of which one counts
  when the rep is there for at least half of the days that the quota covers in it.
* ramp: the rep's share in each month since the first day of the first assignment to the plan; its month is the first.
* growth: the part is the credit of an earlier part times the factor, instead of the quota in the data; without credit
  above 0 it stays the quota in the data. Credit is what the first component that names the quota counts, whoever was
  assigned to which plan then; balances called `history of <quota>` on a day of the earlier part add to it.
* round_to: each part is rounded half up to a multiple of it. Without it the running total of each quota is rounded.

A part that a ramp or an absence makes 0 is no fault: nothing has to be reached, and so credit in it is priced against
the part as it would be without ramp and proration. (A quota that is 0 in the data remains a fault.)
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import TYPE_CHECKING, Protocol

import numpy as np

from engine.dates import day
from engine.deals import LARGEST_CENTS
from engine.earnings import months_later, share_of
from engine.figures import MILLION
from engine.frames import integers, named
from engine.money import divide, exponent
from engine.order import lengths_of, positions, running, starts_of, steps
from engine.quotas import FINE, MISSING, TOO_LONG, QuotaRows, is_number, quota_rows

if TYPE_CHECKING:
    from engine.exchange import Exchange
    from engine.frames import Facts
    from engine.order import Ints, Rows
    from engine.plans.schema import Plan
    from engine.plans.terms import QuotaRule

MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
HISTORY = "history of "
COUNTED = "counted history of "  # the same, from deals: what engine.history makes
_LONGEST_DAYS = 366 * 20
_MONTH_UNITS = lcm(28, 29, 30, 31)


def quotas_of(facts: Facts, name: str, rep_ids: Ints, plan: Plan, exchange: Exchange) -> QuotaRows:
    """The rows of the quota called `name` as the plan makes them, for the reps in `rep_ids`."""
    rows = quota_rows(facts.table("quotas"), name, rep_ids, plan, exchange)
    rule = next((rule for rule in plan.quotas if rule.name == name), None)
    return rows if rule is None else made(rows, rule, plan, (facts, rep_ids))


@dataclass(frozen=True, slots=True)
class Cells:
    """Quotas by month: one entry for every month that a source covers, by source, then month.

    A source is a quota of the data, or a part that has grown: its amount is `amount / den`, and each of its months
    weighs `weight`. `worth` is what is left of the weight after proration and ramp, times `ramp_den`.
    """

    source: Rows
    rep: Rows
    month: Rows
    days: Rows  # of the month that the source covers
    begin: Rows
    end: Rows
    fault: Rows


@dataclass(frozen=True, slots=True)
class Sources:
    """What quotas are made from, as rows of reps and days, and amounts as exact fractions over one denominator."""

    rep: Rows
    start: Ints
    end: Ints
    amount: Ints
    fault: Rows
    den: int
    grown: int  # how many at the end have grown, and take the place of others in their parts


def made(rows: QuotaRows, rule: QuotaRule, plan: Plan, context: tuple[Facts, Ints]) -> QuotaRows:
    """The quotas that `rule` makes of the rows in the data, one row for each rep and part."""
    facts, rep_ids = context
    size = MONTHS[rule.parts]
    sources = _grown(_sound(rows, plan), rule, plan, context)
    cells = _cells(sources, plan)
    weight = _weights(cells, rule, plan)
    worth, ramp_den = _worth(cells, weight, rule, (plan, facts, rep_ids))
    kept = _not_grown(cells, sources, size)
    total = np.zeros(len(sources.rep), dtype=weight.dtype)
    np.add.at(total, cells.source, weight)
    amounts = _Amounts(sources, cells, total, kept, _unit(rule, plan))
    key, part = np.unique(_part_keys(cells, size)[kept], return_inverse=True)
    made_amount = _parts_of(amounts, worth, ramp_den, (rule, part, len(key)))
    unshrunk = _parts_of(amounts, weight, 1, (rule, part, len(key)))
    fault = np.zeros(len(key), dtype=np.int8)
    np.maximum.at(fault, part, cells.fault[kept].astype(np.int8))
    rep, number = key >> 32, (key & 0xFFFFFFFF) - 2**31
    origin = np.full(len(key), day(plan.effective.start_on))
    start, end = months_later(origin, number * size), months_later(origin, (number + 1) * size)
    fault[(np.abs(made_amount) > LARGEST_CENTS) & (fault == FINE)] = MISSING
    return QuotaRows(rep, start, end, made_amount, fault, np.where(made_amount == 0, unshrunk, made_amount))


def _sound(rows: QuotaRows, plan: Plan) -> Sources:
    """The rows of the data; one that is absurdly long is cut to the plan, where its fault shows."""
    proper = np.flatnonzero(rows.start < rows.end)
    start, end = rows.start[proper].astype(np.int64), rows.end[proper].astype(np.int64)
    fault = rows.fault[proper].astype(np.int64)
    first, last = day(plan.effective.start_on), day(plan.effective.end_on)
    far = (end - start > _LONGEST_DAYS) | (end < first - _LONGEST_DAYS) | (start > last + _LONGEST_DAYS)
    fault = np.where(far & (end > first) & (start < last), TOO_LONG, fault)
    start, end = np.where(far, np.maximum(start, first), start), np.where(far, np.minimum(end, last), end)
    kept = np.flatnonzero(start < end)
    rep, amount = rows.rep[proper][kept].astype(np.int64), rows.amount[proper][kept]
    return Sources(rep, start[kept], end[kept], amount, fault[kept], 1, 0)


def _cells(sources: Sources, plan: Plan) -> Cells:
    """Every month that a source covers. Months count from the plan's first day, and may lie before it."""
    origin = day(plan.effective.start_on)
    low = (int(sources.start.min(initial=origin)) - origin) // 28 - 1
    high = (int(sources.end.max(initial=origin)) - origin) // 28 + 2
    edges = months_later(np.full(high - low + 1, origin), np.arange(low, high + 1))
    first = np.searchsorted(edges, sources.start, side="right") - 1
    last = np.searchsorted(edges, sources.end - 1, side="right") - 1
    counts = last - first + 1
    source = np.repeat(np.arange(len(counts)), counts)
    starts = starts_of(source)
    at = first[source] + np.arange(len(source)) - np.repeat(starts, lengths_of(starts, len(source)))
    begin, end = np.maximum(edges[at], sources.start[source]), np.minimum(edges[at + 1], sources.end[source])
    return Cells(source, sources.rep[source], at + low, edges[at + 1] - edges[at], begin, end, sources.fault[source])


def _weights(cells: Cells, rule: QuotaRule, plan: Plan) -> Ints:
    """What each cell weighs inside its source: the season of its part times how much of the part it covers."""
    size, covered = MONTHS[rule.parts], (cells.end - cells.begin).astype(np.int64)
    part = cells.month // size
    if rule.prorate == "days":
        origin = np.full(len(part), day(plan.effective.start_on))
        days = months_later(origin, (part + 1) * size) - months_later(origin, part * size)
        units = lcm(*(int(each) for each in np.unique(days))) if len(days) else 1
        share: Ints = covered.astype(object) * np.array([units // int(each) for each in days], dtype=object)
    else:
        units = lcm(_MONTH_UNITS, *(int(each) for each in np.unique(cells.days)))
        share = covered.astype(object) * np.array([units // int(each) for each in cells.days], dtype=object)
    if not rule.weights:
        return share
    den = lcm(*(weight.den for weight in rule.weights))
    season = np.array([weight.num * (den // weight.den) for weight in rule.weights], dtype=object)
    weighed: Ints = share * season[part % len(season)]
    return weighed


def _worth(cells: Cells, weight: Ints, rule: QuotaRule, context: tuple[Plan, Facts, Ints]) -> tuple[Ints, int]:
    """What is left of each cell's weight after proration and ramp, times the denominator that comes with it."""
    plan, facts, rep_ids = context
    covered, den = cells.end - cells.begin, 1
    spans = on_plan(facts, plan, rep_ids)
    if rule.prorate != "none":
        there = days_there(cells, spans, away(facts, rep_ids))
        if rule.prorate == "months":
            weight = weight * (2 * there >= np.maximum(covered, 1)).astype(np.int64)
        else:  # the weight is a multiple of the days covered, so this is exact
            weight = weight * there.astype(object) // covered.astype(object)
    if rule.ramp:
        den = lcm(*(share.den for share in rule.ramp))
        steps_ = [share.num * (den // share.den) for share in rule.ramp]
        since = np.full(len(rep_ids), -(2**30), dtype=np.int64)
        first = _first_day(spans, len(rep_ids))
        known = first < 2**31 - 1
        since[known] = _month_of(first[known], plan)
        turn = np.clip(cells.month - since[cells.rep], 0, len(steps_))
        weight = weight * np.array([*steps_, den], dtype=object)[turn]
    return weight, den


@dataclass(frozen=True, slots=True)
class _Amounts:
    sources: Sources
    cells: Cells
    total: Ints
    kept: Rows
    unit: int  # what parts are rounded to


def _parts_of(amounts: _Amounts, worth: Ints, worth_den: int, into: tuple[QuotaRule, Rows, int]) -> Ints:
    """The amount of every part, from what each cell is worth."""
    rule, part, count = into
    cells, sources, kept = amounts.cells, amounts.sources, amounts.kept
    below = amounts.total * (worth_den * sources.den)
    below = np.where(below == 0, 1, below)
    found = np.zeros(count, dtype=np.int64)
    if rule.round_to is None:
        reached = running(np.asarray(worth, dtype=object), starts_of(cells.source))
        pieces = steps(
            share_of(sources.amount[cells.source], reached, below[cells.source], "half_up"), starts_of(cells.source)
        )
        np.add.at(found, part, pieces[kept])
        return found
    unit = amounts.unit
    exact: dict[int, Fraction] = {}
    own = zip(part.tolist(), cells.source[kept].tolist(), np.asarray(worth, dtype=object)[kept], strict=True)
    for number, source, value in own:
        piece = Fraction(int(sources.amount[source]) * int(value), int(below[source]))
        exact[number] = exact.get(number, Fraction(0)) + piece
    for number, value in exact.items():
        found[number] = divide(value.numerator, value.denominator * unit) * unit
    return found


def _unit(rule: QuotaRule, plan: Plan) -> int:
    """What parts are rounded to: minor units, or millionths for a quota that is no money."""
    if rule.round_to is None:
        return 1
    if not is_number(plan, rule.name):
        return max(rule.round_to.minor, 1)
    whole: int = 10 ** exponent(plan.currency)
    return max(rule.round_to.minor * MILLION // whole, 1)


def _part_keys(cells: Cells, size: int) -> Ints:
    return (cells.rep.astype(np.int64) << 32) + cells.month // size + 2**31


def _not_grown(cells: Cells, sources: Sources, size: int) -> Rows:
    """The cells of parts that have grown, and of the others those of the data."""
    first = len(sources.rep) - sources.grown
    keys, has_grown = _part_keys(cells, size), cells.source >= first
    return np.flatnonzero(has_grown | ~np.isin(keys, keys[has_grown]))


def _month_of(days: Ints, plan: Plan) -> Rows:
    """The month of the plan's calendar in which each day lies; negative before the plan."""
    origin = day(plan.effective.start_on)
    low = (int(days.min(initial=origin)) - origin) // 28 - 1
    high = (int(days.max(initial=origin)) - origin) // 28 + 2
    edges = months_later(np.full(high - low + 1, origin), np.arange(low, high + 1))
    return np.searchsorted(edges, days, side="right") - 1 + low


Spans = tuple["Rows", "Ints", "Ints"]


class Stretches(Protocol):
    """Stretches of days, each of one rep: [begin, end)."""

    @property
    def rep(self) -> Rows:
        """The rep's position."""
        ...

    @property
    def begin(self) -> Rows:
        """The first day."""
        ...

    @property
    def end(self) -> Rows:
        """The first day after."""
        ...


def on_plan(facts: Facts, plan: Plan, rep_ids: Ints) -> Spans:
    """When each rep is assigned to the plan: rep, start, end."""
    table = facts.table("assignments")
    label = named(table, "plan")
    return _spans_of(facts, "assignments", rep_ids, np.flatnonzero(label.codes == label.code(plan.name)))


def away(facts: Facts, rep_ids: Ints) -> Spans:
    """When each rep is on leave: rep, start, end."""
    return _spans_of(facts, "absences", rep_ids, np.arange(len(facts.table("absences"))))


def _spans_of(facts: Facts, frame: str, rep_ids: Ints, rows: Rows) -> Spans:
    """Spans of days by rep; those of one rep that overlap are cut so that no day stands in two of them."""
    table = facts.table(frame)
    place, known = positions(integers(table, "rep_id")[rows], rep_ids)
    rows, place = rows[known], place[known].astype(np.int64)
    start, end = (integers(table, column)[rows].astype(np.int64) for column in ("start_on", "end_on"))
    order = np.lexsort([end, start, place])
    place, start, end = place[order], start[order], end[order]
    base = place << 34
    reached = np.maximum.accumulate(base + end + 2**32) - base - 2**32
    start[1:] = np.where(place[1:] == place[:-1], np.maximum(start[1:], reached[:-1]), start[1:])
    kept = start < end
    return place[kept], start[kept], end[kept]


def _first_day(spans: Spans, reps: int) -> Ints:
    found = np.full(reps, 2**31 - 1, dtype=np.int64)
    np.minimum.at(found, spans[0], spans[1])
    return found


def days_there(cells: Stretches, spans: Spans, gone: Spans) -> Ints:
    """How many of the days of each cell its rep is on the plan and not away."""
    on, off = _pairs(spans[0], gone[0])
    low, high = np.maximum(spans[1][on], gone[1][off]), np.minimum(spans[2][on], gone[2][off])
    rep = np.concatenate([spans[0], spans[0][on]])
    start, end = np.concatenate([spans[1], low]), np.concatenate([spans[2], high])
    sign = np.repeat([1, -1], [len(spans[0]), len(on)])
    span, cell = _pairs(rep, cells.rep)
    days = np.minimum(cells.end[cell], end[span]) - np.maximum(cells.begin[cell], start[span])
    found = np.zeros(len(cells.rep), dtype=np.int64)
    np.add.at(found, cell, sign[span] * np.maximum(days, 0))
    return found


def _pairs(left: Rows, right: Rows) -> tuple[Rows, Rows]:
    """Positions of every pair of an entry on the left and one on the right with the same rep."""
    order = np.argsort(right, kind="stable")
    ranked = right[order]
    low, high = (np.searchsorted(ranked, left, side=side) for side in ("left", "right"))
    one = np.repeat(np.arange(len(left)), high - low)
    starts = starts_of(one)
    turn = np.arange(len(one)) - np.repeat(starts, lengths_of(starts, len(one)))
    return one, order[low[one] + turn]


def _grown(sources: Sources, rule: QuotaRule, plan: Plan, context: tuple[Facts, Ints]) -> Sources:
    """The sources and, after them, the parts of the plan that have grown out of the credit of an earlier one."""
    if rule.growth is None:
        return sources
    facts, rep_ids = context
    size = MONTHS[rule.parts]
    edges = np.array([day(edge) for edge in plan.calendar.starts(size, plan.effective.end_on)])
    back = 12 if rule.growth_on == "year_ago" else size
    earlier = months_later(np.full(len(edges), day(plan.effective.start_on)), np.arange(len(edges)) * size - back)
    frame = facts.table("balances")
    name, label, on = named(frame, "name"), named(frame, "plan"), integers(frame, "on").astype(np.int64)
    own = np.isin(name.codes, [name.code(HISTORY + rule.name), name.code(COUNTED + rule.name)])
    own &= label.codes == label.code(plan.name)
    rep, known = positions(integers(frame, "rep_id"), rep_ids)
    value, credit = integers(frame, "value"), np.zeros((len(rep_ids), len(edges) - 1), dtype=np.int64)
    for at, (begin, end) in enumerate(pairwise(earlier.tolist())):
        rows = np.flatnonzero(own & known & (on >= begin) & (on < end))
        np.add.at(credit, (rep[rows], np.full(len(rows), at)), value[rows])
    credit = np.clip(credit, 0, LARGEST_CENTS)
    who, part = np.nonzero(credit)
    return Sources(
        np.concatenate([sources.rep, who]),
        np.concatenate([sources.start, edges[part]]),
        np.concatenate([sources.end, edges[part + 1]]),
        np.concatenate(
            [sources.amount.astype(object) * rule.growth.den, credit[who, part].astype(object) * rule.growth.num]
        ),
        np.concatenate([sources.fault, np.zeros(len(who), dtype=np.int64)]),
        rule.growth.den,
        len(who),
    )
