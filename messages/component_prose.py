"""One component of a plan as prose: what it counts, how it pays, on which conditions, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import plan_words as words
from engine.money import Rate
from engine.plans.axes import counts_numbers
from engine.plans.filters import ONCE, WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.plans.filters import RateRule
    from engine.plans.schema import Component, LevelRate, Measure, Plan, Pool
    from engine.plans.tables import Gate, Multiplier, Table, Tier
    from engine.plans.terms import Clawback, Release

_BEHAVIOURS = {
    "marginal": "Each tier's rate pays the part of the credit that lies inside it.",
    "whole_amount": "The tier that is reached pays everything, from the first credit on.",
    "interpolated": "A tier is worth its amount in proportion to how full it is; the last tier only ends the others.",
    "curve": "Between the points the worth follows straight lines.",
    "step": "The highest tier that is reached pays its one fixed amount.",
    "overage": "Up to the first tier's end its rate holds; what is beyond is paid at the tier that is reached.",
}
_TAKES = {"sum": "summed up", "last": "taken as the last of them", "average": "averaged"}
_FALLS = {
    "not": "the same part however long ago the deal was booked",
    "monthly": "less by one part of the window for each month that has begun after one",
    "daily": "less by the days that have passed of the window",
}


def component(plan: Plan, told: Component) -> list[str]:
    """The component's paragraphs and tables as Markdown, its heading first."""
    parts = [f"### {told.name}", " ".join((*_counted(told.measure), *_against(told)))]
    parts += _priced(plan, told)
    conditions = [*_gates(plan, told.gates), *_multipliers(plan, told.multipliers), *_limits(told)]
    if told.pool is not None:
        conditions += _pool(told.pool)
    conditions += [*_releases(told.release), *_clawback(told.clawback)]
    if conditions:
        parts.append("\n".join(f"- {each}" for each in conditions))
    return parts


def _counted(measure: Measure) -> Iterator[str]:
    """What the component counts."""
    unit = {"": "", "money": ", in money", "number": ", as a number"}[measure.unit]
    if measure.achievement or measure.team_commission is not None:
        if measure.excluding.conditions:
            yield f"It excludes {words.deals(measure.excluding)}."
        yield from _other_than_deals(measure, unit)
    else:
        counted = "number" if measure.sum == "count" else words.figure(measure.sum)
        but = f", except {words.deals(measure.excluding)}" if measure.excluding.conditions else ""
        yield f"It counts the **{counted}** of {words.deals(measure.where)}{but}{unit}."
    if measure.less:
        yield f"Taken off first: {words.every([words.figure(name) for name in measure.less])}."
    if measure.times != ONCE:
        yield f"Each figure counts {words.factor(measure.times)}."
    if measure.less_per_deal is not None:
        taken = words.bound(measure.less_per_deal, numbers=measure.is_number)
        yield f"Each deal counts {taken} less, before it is shared, and never less than nothing."
    if measure.credited_by:
        yield f"Only credit by the rule {words.either(measure.credited_by)} counts."


def _other_than_deals(measure: Measure, unit: str) -> Iterator[str]:
    if measure.achievement:
        yield f"It counts the achievement **{measure.achievement}**{unit}."
        yield f"Several values in one window are {_TAKES[measure.take]}."
    team = measure.team_commission
    if team is not None:
        depth = f"those up to {team.levels} level{'s' * (team.levels != 1)} below"
        below = depth if team.levels else "all those below"
        plans = f" by the plan {words.either(team.plans)}" if team.plans else ""
        parts = f" for {words.either(team.components)}" if team.components else ""
        yield f"It counts what {below} are paid in commission{plans}{parts}{unit}."
    if measure.where.conditions:
        yield f"It asks for {words.deals(measure.where)}."


def _against(told: Component) -> Iterator[str]:
    """Against which quota it is measured, and over which window."""
    if told.quota:
        yield f"It is measured against the quota **{told.quota}**."
    if told.accumulate == "transaction":
        yield "Every deal stands by itself."
    elif told.accumulate == "year_to_date":
        yield "Credit adds up over the plan year."
    elif told.accumulate == "to_date":
        yield "Credit and quota both add up over the plan year, from one row of the quota to the next."
        yield "At the end of each, what was credited before is paid anew by the quota to date, less what was paid."
    else:
        yield f"Credit adds up over {words.SPANS[told.accumulate]} and then starts again at 0."


def _priced(plan: Plan, told: Component) -> Iterator[str]:
    """How it pays: sentences, and its tables."""
    pays = [*_target(told)]
    base = "Its own rate is {} of the credit." if told.table is not None else "It pays {} of the credit."
    if told.rate is not None:
        pays.append(base.format(words.share(told.rate)))
    if told.per_unit is not None:
        pays.append(f"It pays {words.amount(told.per_unit)} for each unit.")
    if told.fixed is not None:
        pays.append(f"It pays {words.amount(told.fixed)} for each deal, whatever its size.")
    if pays:
        yield " ".join(pays)
    if told.rates:
        yield "The most specific of these rates holds:"
        yield _table(("Deals", "Pays"), [(_deals(rule), _worth(rule)) for rule in told.rates])
    if told.levels:
        yield (
            "Going up from the seller, each higher level is paid what the levels below have not been paid, up to "
            "its own share:"
        )
        yield _table(("Level", "Worth"), [(each.level, _level(each)) for each in told.levels])
    if told.table is not None:
        yield from _tiers(plan, told, told.table)


def _target(told: Component) -> Iterator[str]:
    if told.target is not None:
        yield f"The target incentive is {words.amount(told.target)} a year."
    if told.incentive:
        yield f"The target incentive of each rep is the yearly amount **{told.incentive}** in the data."
    if told.weight != WHOLE:
        yield f"This component carries {words.share(told.weight)} of the target."
    if told.prorate != "none":
        yield f"It shrinks by the {told.prorate} that somebody who starts, leaves or is away misses of a window."
    alone = told.table is None and told.rate is None and told.per_unit is None and not told.rates
    if told.has_target and alone and told.fixed is None:
        yield "It is paid in proportion to attainment."


def _tiers(plan: Plan, told: Component, table: Table) -> Iterator[str]:
    numbers = counts_numbers(plan, told)
    axis = {
        "attainment": f"the attainment{f' of {table.of}' if table.of else ''}, credit divided by quota",
        "amount": f"the credit{f' of {table.of}' if table.of else ''} that has come together",
        "deal": f"the {words.figure(table.of) or 'size'} of the deal",
    }[table.by]
    unit = {"": "", "money": " (an amount)", "number": " (a number)"}[table.unit]
    exactly = "" if table.reached == "at" else " Each is reached only beyond its start, not with exactly that."
    yield f"{_BEHAVIOURS[table.behaviour]} Tiers go by {axis}{unit}.{exactly}".removesuffix(".") + ":"
    rows = [row for at, tier in enumerate(table.tiers) for row in _rows(table.tiers, at, tier, numbers=numbers)]
    if any(tier.slope is not None for tier in table.tiers):
        what = "more share of the target for each 100% of attainment" if table.by == "attainment" else "of the credit"
        yield f"What lies beyond a point pays the share named there, {what}; else a straight line to the next point."
    used = [column for column in range(len(_COLUMNS)) if column < 2 or any(row[column] for row in rows)]
    yield _table([_COLUMNS[column] for column in used], [[row[column] for column in used] for row in rows])


_COLUMNS = (
    "From",
    "Up to",
    "Deals",
    "Pays",
    "Multiplier",
    "Amount",
    "Share of target",
    "Beyond it",
)


def _rows(tiers: Sequence[Tier], at: int, tier: Tier, *, numbers: bool) -> Iterator[tuple[str, ...]]:
    """One row of the table per tier, or per rate of it."""
    start = words.bound(tier.start, numbers=numbers)
    start = f"{words.FROM[tier.reached]} {start}" if tier.reached else start
    end = words.bound(tiers[at + 1].start, numbers=numbers) if at + 1 < len(tiers) else "and beyond"
    worth = (
        "" if tier.multiplier is None else words.factor(tier.multiplier),
        "" if tier.amount is None else words.amount(tier.amount),
        "" if tier.pays is None else words.share(tier.pays),
        "" if tier.slope is None else words.share(tier.slope),
    )
    own = [part for part in (_share(tier.rate), _each(tier.per_unit, "unit")) if part]
    if own or not tier.rates:
        yield (start, end, "all" if tier.rates else "", " and ".join(own), *worth)
    for rule in tier.rates:
        yield (start, end, _deals(rule), _worth(rule), *worth)


def _share(rate: Rate | None) -> str:
    return "" if rate is None else words.share(rate)


def _each(money: object, what: str) -> str:
    return "" if money is None else f"{words.amount(money)} a {what}"  # type: ignore[arg-type]


def _deals(rule: RateRule) -> str:
    return words.every(words.conditions(rule)) or "all others"


def _worth(rule: RateRule) -> str:
    parts = (_share(rule.rate), _each(rule.per_unit, "unit"), _each(rule.fixed, "deal"))
    return " and ".join(part for part in parts if part)


def _level(each: LevelRate) -> str:
    return " and ".join(part for part in (_share(each.rate), _each(each.per_unit, "unit")) if part)


def _gates(plan: Plan, gates: Sequence[Gate]) -> Iterator[str]:
    for gate in gates:
        least = words.bound(gate.bar, numbers=_numbers(plan, gate.component))
        goal = f"{least} of its quota" if isinstance(gate.bar, Rate) else least
        goal = f"{'more than' if gate.is_strict else 'at least'} {goal}"
        judged = {
            "at_end": "judged by what the window has come to, for all deals in it",
            "as_reached": "from the deal on that reaches it",
        }[gate.judged]
        otherwise = "nothing" if gate.otherwise is None else f"{words.share(gate.otherwise)} of the credit"
        if gate.at_most is not None:
            part = "of its target" if isinstance(gate.at_most, Rate) else "in its window"
            otherwise = f"at most {words.bound(gate.at_most)} {part}"
        over = words.SPANS[gate.over]
        yield f"**Gate**: {gate.component} must have come to {goal} over {over}, {judged}; else {otherwise}."


def _multipliers(plan: Plan, multipliers: Sequence[Multiplier]) -> Iterator[str]:
    for each in multipliers:
        for_deals = f" for {words.deals(each.when)}" if each.when.conditions else ""
        parts = [f"times {words.number(each.times.fraction)}"] if each.times is not None else []
        if each.steps:
            numbers = _numbers(plan, each.component)
            steps = words.every(
                [
                    f"times {words.number(step.times.fraction)} {words.FROM[each.reached]} "
                    f"{words.bound(step.start, numbers=numbers)}"
                    for step in each.steps
                ]
            )
            parts.append(f"{steps}, and in a straight line between them" if each.interpolated else steps)
        judged = f", by what {each.component} has come to at the end of {words.SPANS[each.over]}"
        by = judged if each.component or each.over != "quarter" else ""
        yield f"**Multiplier {each.name}**: what it pays counts {'; '.join(parts)}{for_deals}{by}."


def _numbers(plan: Plan, name: str) -> bool:
    """Whether the component of that name counts numbers."""
    return any(each.name == name and each.measure.is_number for each in plan.components)


def _limits(told: Component) -> Iterator[str]:
    minimum, cap, taken = told.minimum, told.cap, told.deduct
    if taken.per_deal is not None:
        yield f"**Deduction**: {words.amount(taken.per_deal)} is taken off what each deal pays."
    if taken.per_period is not None:
        yield f"**Deduction**: {words.amount(taken.per_period)} is taken off what it pays in each pay period."
    if minimum.per_deal is not None:
        yield f"**Minimum**: a deal that counts pays at least {words.amount(minimum.per_deal)}."
    for limit, sentence in (
        (cap.per_deal, "a rep's share of one deal counts at most {}, before attainment"),
        (cap.pay_per_deal, "one deal pays at most {}"),
        (cap.per_period, "it pays at most {} in one pay period"),
        (cap.per_year, "it pays at most {} in one plan year"),
    ):
        if limit is not None:
            yield f"**Cap**: {sentence.format(words.amount(limit))}."
    if cap.per_window is not None:
        of_target = " of its target" if isinstance(cap.per_window, Rate) else ""
        yield f"**Cap**: it pays at most {words.bound(cap.per_window)}{of_target} in {words.SPANS[told.accumulate]}."


def _pool(pool: Pool) -> Iterator[str]:
    shared = {
        "equal": "in equal parts",
        "credit": "by each one's own credit",
        "weight": f"by the weight **{pool.weight}** of each in the data",
    }[pool.share]
    named = f" (weight {pool.weight})" if pool.weight and pool.share != "weight" else ""
    what = "What it prices" if pool.amount is None else words.amount(pool.amount)
    yield f"**Pool**: {what} is shared between the reps on the plan at the end of its window, {shared}{named}."
    if pool.component or pool.bar is not None:
        bar = "" if pool.bar is None else words.share(pool.bar)
        least = f" {'at least' if pool.more_than is None else 'more than'} {bar}" if bar else ""
        yield f"**Pool**: only those whose attainment of {pool.component or 'it'} is{least or ' enough'} take part."


def _releases(parts: Sequence[Release]) -> Iterator[str]:
    for part in parts:
        event = f"**{part.event}**" if part.event else "the first event"
        paid = {
            "booking": "at once",
            "event": f"with {event} of the deal",
            "cash": f"in proportion to the deal's {part.event or 'payment'} amounts",
            "quarter_end": "on the last day of the fiscal quarter of booking",
            "year_end": "on the last day of the fiscal year of booking",
            "days": f"{part.days} days after booking",
        }[part.on]
        late = f", {part.days} days" if part.days and part.on != "days" else ""
        late += f" (event {part.event})" if part.event and part.on not in ("event", "cash") else ""
        unless = f", unless {words.either(part.unless)} happens before" if part.unless else ""
        yield f"**Paid**: {words.share(part.share)} of its commission {paid}{late}{unless}."


def _clawback(back: Clawback | None) -> Iterator[str]:
    if back is None:
        return
    events = words.either(back.on)
    if back.steps:
        steps = words.every([f"{words.share(step.share)}{_within(step.months, step.days)}" for step in back.steps])
        yield f"**Clawback**: on {events}, of what was paid for the deal is taken back: {steps}."
        if (back.months, back.days, back.share, back.falls) == (0, 0, WHOLE, "not"):
            return
    within = _within(back.months, back.days)
    yield (
        f"**Clawback**: on {events}{within}, up to {words.share(back.share)} of what was paid for the deal is taken "
        f"back, {_FALLS[back.falls]}."
    )


def _within(months: int, days: int) -> str:
    spans = [f"{months} months"] * bool(months) + [f"{days} days"] * bool(days)
    return f" within {' and '.join(spans)} of booking" if spans else ""


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in lines)
