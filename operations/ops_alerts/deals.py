"""Alerts about deals: A7 splits, A8 duplicates, A16 paid nothing, A17 moved late, A19 exchange rates."""

from __future__ import annotations

from datetime import UTC, datetime, time
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import fuzz

from engine.dates import day, on_day
from engine.frames import integers, named
from engine.ops_alerts import Finding
from operations.ops_alerts.reading import just_before, key_of, label_of
from store import alert_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from engine.problems import Problem
    from operations.ops_alerts.reading import Finder, Reading
    from store.alert_facts import DealRow

_OF_SPLITS = ("split_share", "split_repeated", "split_sum")
#: Between the deal and the person in the name of a share that is held back.
_BETWEEN = " · "
_HELD_SPLITS = ("split_sum", "share_out_of_range")
#: Accounts and names that are alike to so many percent are taken for the same.
ALIKE = 90
#: Groups of deals with one amount and day that are larger are no duplicates but a price list.
MOST_ALIKE = 20


def splits(reading: Reading) -> Iterator[Finding]:
    """A7: deals whose shares do not sum to 100 %, or that credit one person twice."""
    faulty = [one for one in reading.calculation.problems if one.code in _OF_SPLITS and one.deal is not None]
    rows = reading.deals(one.deal for one in faulty if one.deal is not None) if faulty else {}
    for problem in faulty:
        row = rows.get(problem.deal or 0)
        if row is not None:
            yield _split(row, f"{row.name} ({row.external_id}): {problem.message} Found: {problem.found}.")
    for waiting in sorted(reading.waiting, key=lambda row: (row.kind != "deal", row.external_id)):
        if waiting.code in _HELD_SPLITS:
            deal = waiting.external_id.partition(_BETWEEN)[0]
            told = {"source": waiting.source, "deal": deal, "held": "yes"}
            subject = f"splits of deals in {waiting.source}"
            message = f"{waiting.label or deal}: {waiting.detail}"
            yield Finding("A7", waiting.source, subject, deal, message, found=told)


def _split(row: DealRow, message: str) -> Finding:
    told = {"source": row.source, "deal": row.external_id}
    subject = f"splits of deals in {row.source}"
    return Finding("A7", row.source, subject, row.external_id, message, row.amount, told, row.booked_on)


def duplicates(reading: Reading) -> Iterator[Finding]:
    """A8: won deals with one amount and day whose accounts and names are written almost alike."""
    for group in _same_amount_and_day(reading):
        rows = reading.deals(group)
        pairs = [(one, other) for one, other in combinations(sorted(group), 2) if _alike(rows[one], rows[other])]
        for cluster in _joined(pairs):
            first = rows[min(cluster)]
            key = "+".join(map(str, sorted(cluster)))
            for deal_id in sorted(cluster):
                row = rows[deal_id]
                told = {
                    "source": row.source,
                    "deal": row.external_id,
                    "others": ", ".join(_others(rows, cluster, row)),
                }
                yield Finding(
                    "A8",
                    key,
                    f"{len(cluster)} deals like {first.name}",
                    row.external_id,
                    f"{row.name} ({row.external_id} of {row.source}), {row.account}, {row.booked_on}",
                    None if deal_id == min(cluster) else row.amount,
                    told,
                    row.booked_on,
                )


def _others(rows: Mapping[int, DealRow], cluster: Iterable[int], row: DealRow) -> list[str]:
    return [rows[each].external_id for each in sorted(cluster) if each != row.deal_id]


def _same_amount_and_day(reading: Reading) -> Iterator[list[int]]:
    """Won deals above zero that share currency, amount and day, by group."""
    deals = reading.facts.deals
    stage, money = named(deals, "stage"), named(deals, "currency")
    won = np.flatnonzero((stage.codes == stage.code("won")) & (integers(deals, "amount_cents") > 0))
    amount, booked = integers(deals, "amount_cents")[won], integers(deals, "booked_on")[won]
    ids, code = integers(deals, "deal_id")[won], money.codes[won]
    order = np.lexsort([ids, booked, amount, code])
    same = (np.diff(code[order]) == 0) & (np.diff(amount[order]) == 0) & (np.diff(booked[order]) == 0)
    edges = np.flatnonzero(~same) + 1
    for part in np.split(order, edges) if len(order) else []:
        if 1 < len(part) <= MOST_ALIKE:
            yield ids[part].tolist()


def _alike(one: DealRow, other: DealRow) -> bool:
    """Whether two deals could be one that was written down twice."""
    if not one.account or not other.account:
        return one.name.casefold() == other.name.casefold()
    accounts = fuzz.token_sort_ratio(one.account.casefold(), other.account.casefold())
    return accounts >= ALIKE and fuzz.token_sort_ratio(one.name.casefold(), other.name.casefold()) >= ALIKE


def _joined(pairs: Iterable[tuple[int, int]]) -> list[set[int]]:
    """Pairs that share a deal put together."""
    found: list[set[int]] = []
    for one, other in pairs:
        hit = [each for each in found if one in each or other in each]
        found = [each for each in found if each not in hit] + [{one, other}.union(*hit)]
    return found


def unpaid(reading: Reading) -> Iterator[Finding]:
    """A16: deals that a component with nothing but rates above zero counts, and that pay nothing in all."""
    lines = reading.lines
    pays = _always_paying(reading)
    deal = integers(lines, "deal_id")
    for period in reading.closing if pays.any() else ():
        inside = reading.within(period.span) & (deal != 0)
        own = lines[inside].assign(
            size=lines["amount_cents"][inside].abs(),
            meant=pays[integers(lines, "plan_no")[inside], named(lines, "component").codes[inside]]
            & (integers(lines, "basis_cents")[inside] > 0),
        )
        totals = own.groupby(["rep_id", "deal_id"]).agg(
            size=("size", "sum"), meant=("meant", "any"), plan_no=("plan_no", "first")
        )
        nothing = totals[(totals["size"] == 0) & totals["meant"]].reset_index()
        rows = reading.deals(nothing["deal_id"].tolist()) if len(nothing) else {}
        for at in nothing.to_dict("records"):
            yield _nothing_paid(reading, rows[int(at["deal_id"])], int(at["rep_id"]), int(at["plan_no"]))


def _nothing_paid(reading: Reading, row: DealRow, rep_id: int, plan_no: int) -> Finding:
    plan = reading.calculation.plans[plan_no].name
    message = f"{row.name} ({row.external_id}) is credited to {reading.name(rep_id)} and pays nothing"
    told = reading.rep(rep_id) | {"source": row.source, "deal": row.external_id, "plan": plan}
    item = f"{row.external_id}:{rep_id}"
    return Finding("A16", plan, f"deals of plan {plan}", item, message, row.amount, told, row.booked_on)


def _always_paying(reading: Reading) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """By plan version and component name: whether every tier has a rate above zero and nothing stands between."""
    names = named(reading.lines, "component").names
    found = np.zeros((max(len(reading.calculation.plans), 1), max(len(names), 1)), dtype=bool)
    for number, plan in enumerate(reading.calculation.plans):
        for part in plan.components:
            rates = [tier.rate for tier in part.priced_by.tiers]
            direct = not (part.gates or part.multipliers or part.release or part.pool)
            if direct and part.name in names and all(rate is not None and rate.num > 0 for rate in rates):
                found[number, names.index(part.name)] = True
    return found


def moved(reading: Reading) -> Iterator[Finding]:
    """A17: owners that changed, and places that were taken, in the last days of a period or after it."""
    for period in reading.closing:
        span, subject = period.span, f"late moves in {label_of(period)}"
        since = just_before(span, reading.limits.late_days)
        for row in alert_facts.moved_owners(reading.conn, span, datetime.combine(since, time(), UTC)):
            message = f"{row.name} ({row.external_id}) moved from owner {row.also} to {row.owner}"
            told = {"source": row.source, "deal": row.external_id, "was": row.also, "is": row.owner}
            yield Finding("A17", key_of(span), subject, row.external_id, message, row.amount, told, row.booked_on)
        for rep_id, place, on in alert_facts.moved_places(reading.conn, since, span.end_on):
            message = f"{reading.name(rep_id)} has the place {place or 'without a name'} from {on} on"
            yield Finding(
                "A17", key_of(span), subject, f"rep:{rep_id}", message, found=reading.rep(rep_id), since_on=on
            )


def rates(reading: Reading) -> Iterator[Finding]:
    """A19: deals without an exchange rate for their day, and pairs that are no longer renewed."""
    missing = [one for one in reading.calculation.problems if one.code == "fx_rate_missing"]
    rows = reading.deals(one.deal for one in missing if one.deal) if missing else {}
    for problem in missing:
        yield _unconverted(reading, problem, rows.get(problem.deal or 0))
    yield from _old_rates(reading)


def _unconverted(reading: Reading, problem: Problem, row: DealRow | None) -> Finding:
    into = _into(problem)
    source = problem.found if len(problem.found) == 3 else (row.amount.currency if row else "")
    on = str(row.booked_on) if row else str(reading.ctx.as_of)
    told = {"from": source, "to": into, "on": on}
    subject = f"rate from {source or 'a currency'} to {into or 'the currency of a plan'}"
    item = row.external_id if row else f"rep:{problem.rep_id or 0}"
    message = f"{item}: {problem.message}"
    return Finding(
        "A19", f"{source}:{into}", subject, item, message, row.amount if row else None, told,
        row.booked_on if row else None,
    )  # fmt: skip


def _into(problem: Problem) -> str:
    """The currency that the problem's sentence asks a rate into."""
    _, _, rest = problem.message.partition(" to ")
    return rest[:3] if rest[:3].isupper() else ""


def _old_rates(reading: Reading) -> Iterator[Finding]:
    """Pairs that were renewed at least three times and are now three times as old as their widest gap."""
    table = reading.facts.rates
    source, target = named(table, "from_currency"), named(table, "to_currency")
    starts: dict[tuple[str, str], set[int]] = {}
    for at, start in enumerate(integers(table, "start_on").tolist()):
        pair = source.names[source.codes[at]], target.names[target.codes[at]]
        starts.setdefault(pair, set()).add(start)
    today = day(reading.ctx.as_of)
    for (one, other), days in sorted(starts.items()):
        begun = sorted(each for each in days if each <= today)
        gaps = [later - sooner for sooner, later in pairwise(begun)]
        if len(gaps) >= 3 and today - begun[-1] > reading.limits.rate_factor * max(gaps):
            message = f"the newest rate from {one} to {other} is of {on_day(begun[-1])}"
            told = {"from": one, "to": other, "on": str(reading.ctx.as_of)}
            since = on_day(begun[-1])
            yield Finding(
                "A19", f"{one}:{other}", f"rate from {one} to {other}", "renewal", message, found=told, since_on=since
            )


FINDERS: Mapping[str, Finder] = {"A7": splits, "A8": duplicates, "A16": unpaid, "A17": moved, "A19": rates}
