"""Every mechanic beside a brute force that knows nothing of arrays: plain loops, fractions, and its own ties."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dates import day
from engine.money import Rate
from engine.plans.filters import Filter
from engine.spifs.definition import AwardRule, Metric, Scoring
from engine.spifs.prize_rules import FirstTo, PerUnit, Pot, Raffle, Ranking, Step, Steps
from engine.spifs.windows import Window
from tests.engine.spifs.company import MARCH, event, ground_of, person, played, quota, spif_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.people import Person

MILLION = 1_000_000
FIRST, AFTER = MARCH.span
TEAMS = {1: "East", 2: "East", 3: "West", 4: "West", 5: ""}
WEEK = Window(date(2026, 3, 9), date(2026, 3, 16), MARCH.zone)
AMOUNT, COUNT = Metric(), Metric("count", unit="number")
PRODUCT_B = Metric("count", unit="number", where=Filter(product=("B",)))
PRIZES = (1_001, 500, 250)
SEED = "a seed"


@dataclass
class Deal:
    number: int
    owner: int
    on: int  # a day
    amount: int
    product: str
    stage: str
    shares: dict[int, int] = field(default_factory=dict)
    refund: int | None = None  # None: none; 0: the whole deal


@st.composite
def companies(draw: st.DrawFn) -> list[Deal]:
    reps = st.integers(1, 5)
    found = []
    for number in range(1, draw(st.integers(0, 9)) + 1):
        owner = draw(reps)
        amount = draw(st.sampled_from([100_000, 100_000, 50_000, 33_333, 70_001, -20_000]))
        on = draw(st.sampled_from([FIRST - 5, FIRST - 1, FIRST, FIRST + 3, FIRST + 8, FIRST + 10, AFTER - 1, AFTER]))
        one = Deal(
            number, owner, on, amount, draw(st.sampled_from("AB")), draw(st.sampled_from(["won"] * 5 + ["open"]))
        )
        if draw(st.booleans()):
            share = draw(st.sampled_from([500_000_000, 333_333_333, 100_000_000]))
            one.shares = {owner: share, owner % 5 + 1: 1_000_000_000 - share}
        if one.amount > 0 and draw(st.integers(0, 4)) == 0:
            one.refund = draw(st.sampled_from([0, 10_001, 200_000]))
        found.append(one)
    return found


def entries(deals: list[Deal], metric: Metric, span: tuple[int, int], rep: int) -> list[tuple[int, int]]:
    """Day and value of every credit of one rep."""
    found = []
    for one in deals:
        if one.stage != "won" or not span[0] <= one.on < span[1]:
            continue
        if metric.where.product and one.product not in metric.where.product:
            continue
        value = one.amount if metric.of == "amount" else MILLION if one.amount >= 0 else -MILLION
        if one.refund is not None:
            lost = one.amount if one.refund == 0 else min(one.refund, one.amount)
            if metric.of == "amount":
                value -= lost
            elif lost == one.amount:
                value = 0
        own = shared(value, one.shares or {one.owner: 1_000_000_000}).get(rep, 0)
        if own:
            found.append((one.on, own))
    return sorted(found)


def shared(value: int, shares: dict[int, int]) -> dict[int, int]:
    """A value by largest remainder: the odd units go to the largest rest, then to the lowest id."""
    size, sign = abs(value), -1 if value < 0 else 1
    exact = {rep: Fraction(size * share, sum(shares.values())) for rep, share in shares.items()}
    found = {rep: int(part) for rep, part in exact.items()}
    order = sorted(shares, key=lambda rep: (found[rep] - exact[rep], rep))
    for rep in order[: size - sum(found.values())]:
        found[rep] += 1
    return {rep: sign * part for rep, part in found.items()}


def since(credited: list[tuple[int, int]], target: int) -> int | None:
    """The day from which the running sum has stood at the target; None where it does not end there."""
    total, reached = 0, None if target > 0 else FIRST
    for on in sorted({on for on, _ in credited}):
        total += sum(value for other, value in credited if other == on)
        reached = (reached if reached is not None else on) if total >= target else None
    return reached


def by_rank(order: dict[int, tuple[object, ...]], prizes: tuple[int, ...], *, share: bool = True) -> dict[int, int]:
    """Prizes by ascending key; equal keys tie."""
    found: dict[int, int] = {}
    place = 0
    for key in sorted(set(order.values())):
        tied = sorted(rep for rep, own in order.items() if own == key)
        purse = sum(prizes[place : place + len(tied)])
        for turn, rep in enumerate(tied):
            part = purse // len(tied) + (turn < purse % len(tied))
            found[rep] = part if share else (prizes[place] if place < len(prizes) else 0)
        place += len(tied)
    return {rep: amount for rep, amount in found.items() if amount}


def drawn(tickets: dict[int, int], prizes: tuple[int, ...], seed: str) -> dict[int, int]:
    """A raffle: one list with every single ticket in it."""
    box = [rep for rep, count in sorted(tickets.items()) for _ in range(count)]
    found = {}
    for place, prize in enumerate(prizes, start=1):
        if box:
            winner = box[int(hashlib.sha256(f"{seed}:{place}".encode()).hexdigest(), 16) % len(box)]
            found[winner] = prize
            box = [rep for rep in box if rep != winner]
    return found


QUOTAS = {1: 3_650_000, 2: 7_300_000, 3: 1_000_000, 4: 0}  # 5 has none

AWARDS = (
    AwardRule("SM1", PerUnit(20_000, most=50_000), Scoring(metrics=(COUNT,))),
    AwardRule("SM2", Ranking((999,)), Scoring(metrics=(COUNT,))),
    AwardRule("SM3", PerUnit(5_000), Scoring(metrics=(COUNT,)), window=WEEK),
    AwardRule("SM4", FirstTo(2 * MILLION, PRIZES), Scoring(metrics=(COUNT,))),
    AwardRule("SM5", FirstTo(MILLION, (777,)), Scoring(metrics=(COUNT,))),
    AwardRule("SM6", Ranking(PRIZES), Scoring(metrics=(COUNT,))),
    AwardRule("SM7", Ranking(PRIZES), Scoring("largest")),
    AwardRule("SM8", Ranking(PRIZES), Scoring("attainment", quota="bookings")),
    AwardRule("SM9", PerUnit(10_000, per=100_000, whole_only=False), Scoring(metrics=(AMOUNT,))),
    AwardRule("SM10", PerUnit(7_001), Scoring(metrics=(PRODUCT_B,))),
    AwardRule("SM12", Ranking(PRIZES, ties="earliest"), Scoring(metrics=(AMOUNT,))),
    AwardRule("SM13", Ranking(PRIZES, at_least=80_000, ties="all_win"), Scoring(metrics=(AMOUNT,))),
    AwardRule("SM14", Pot(rate=Rate(1, 20)), Scoring(metrics=(AMOUNT,))),
    AwardRule("SM14 score", Pot(total=10_001, divides="by_score", at_least=30_000), Scoring(metrics=(AMOUNT,))),
    AwardRule("SM15", Steps((Step(MILLION, 100), Step(2 * MILLION, 300))), Scoring(metrics=(COUNT,))),
    AwardRule("SM16", Steps((Step(MILLION, 5_000),)), Scoring("attainment", quota="bookings")),
    AwardRule("SM18", Steps((Step(150_000, 1_001),)), Scoring(metrics=(AMOUNT,)), competes="team"),
    AwardRule("SM19", Ranking((1_001,)), Scoring(metrics=(AMOUNT,)), competes="team", team_score="average"),
    AwardRule("SM22", Raffle(PRIZES, most_tickets=3), Scoring(metrics=(COUNT,))),
    AwardRule("SM24", Ranking(PRIZES), Scoring("points", (COUNT, Metric(weight=Rate(1, 300))))),
    AwardRule("SM25", Ranking(PRIZES), Scoring("improvement", (AMOUNT,), baseline_windows=2)),
    AwardRule("race of teams", FirstTo(150_000, (1_001, 500)), Scoring(), competes="team", divides="by_score"),
    AwardRule(
        "race by points", FirstTo(2 * MILLION, PRIZES), Scoring("points", (COUNT, Metric(weight=Rate(1, 700))))
    ),
    AwardRule("race to a quota", FirstTo(200_000, PRIZES), Scoring("attainment", quota="bookings")),
    AwardRule("largest, earliest", Ranking(PRIZES, ties="earliest"), Scoring("largest")),
)


def sums(deals: list[Deal], metric: Metric, span: tuple[int, int] = (FIRST, AFTER)) -> dict[int, int]:
    return {rep: sum(value for _, value in entries(deals, metric, span, rep)) for rep in TEAMS}


def ranked(values: dict[int, int], prizes: tuple[int, ...] = PRIZES, at_least: int = 1) -> dict[int, int]:
    return by_rank({rep: (-value,) for rep, value in values.items() if value >= at_least}, prizes)


def races(deals: list[Deal], metric: Metric, target: int, prizes: tuple[int, ...]) -> dict[int, int]:
    there = {rep: since(entries(deals, metric, (FIRST, AFTER), rep), target) for rep in TEAMS}
    return by_rank({rep: (on,) for rep, on in there.items() if on is not None}, prizes)


def attained(deals: list[Deal]) -> dict[int, int]:
    """Parts per million of a yearly quota's 31 of 365 days."""
    money = sums(deals, AMOUNT)
    return {
        rep: int((Fraction(money[rep] * MILLION) / (Fraction(amount * 31, 365))).__floor__())
        for rep, amount in QUOTAS.items()
        if amount
    }


def of_teams(deals: list[Deal]) -> dict[str, int]:
    money = sums(deals, AMOUNT)
    return {team: sum(money[rep] for rep in TEAMS if TEAMS[rep] == team) for team in ("East", "West")}


def divided(won: dict[str, int]) -> dict[int, int]:
    found = {}
    for team, amount in won.items():
        for turn, rep in enumerate(rep for rep in TEAMS if TEAMS[rep] == team):
            found[rep] = amount // 2 + (turn < amount % 2)
    return found


def team_ranked(deals: list[Deal]) -> dict[int, int]:
    """The averages of teams of two, cut down; a prize shared between teams that tie."""
    means = {team: value // 2 for team, value in of_teams(deals).items() if value // 2 >= 1}
    best = [team for team in sorted(means) if means[team] == max(means.values())]
    return divided({team: 1_001 // len(best) + (turn < 1_001 % len(best)) for turn, team in enumerate(best)})


def run_of(deals: list[Deal], score: Callable[[list[Deal], int], Fraction], target: int) -> dict[int, int]:
    """Since when each rep has scored the target, judged anew at the end of every day; who ends below is out."""
    found = {}
    for rep in TEAMS:
        days = [score([one for one in deals if one.on <= on], rep) >= target for on in range(FIRST, AFTER)]
        if days[-1]:
            below = [place for place, there in enumerate(days) if not there]
            found[rep] = FIRST + (below[-1] + 1 if below else 0)
    return found


def sold(deals: list[Deal], rep: int, metric: Metric = AMOUNT) -> int:
    return sum(value for _, value in entries(deals, metric, (FIRST, AFTER), rep))


def of_team(deals: list[Deal], rep: int) -> Fraction:
    return Fraction(sum(sold(deals, one) for one in TEAMS if TEAMS[one] and TEAMS[one] == TEAMS[rep]))


def points(deals: list[Deal], rep: int) -> Fraction:
    exact = sold(deals, rep, COUNT) + Fraction(sold(deals, rep) * MILLION, 100 * 700)
    return Fraction(int(abs(exact) + Fraction(1, 2)) * (1 if exact >= 0 else -1))


def attainment(deals: list[Deal], rep: int) -> Fraction:
    amount = QUOTAS.get(rep, 0)
    return Fraction(sold(deals, rep) * MILLION * 365, amount * 31) if amount else Fraction(-1)


def largest(deals: list[Deal], rep: int) -> int:
    return max([value for _, value in entries(deals, AMOUNT, (FIRST, AFTER), rep)], default=0)


def team_race(deals: list[Deal]) -> dict[int, int]:
    """First to 1,500.00, by team; a prize divided by the members' own scores."""
    there = {TEAMS[rep]: (on,) for rep, on in run_of(deals, of_team, 150_000).items() if TEAMS[rep]}
    numbers = {"East": 1, "West": 2}
    found: dict[int, int] = {}
    for number, amount in by_rank({numbers[team]: key for team, key in there.items()}, (1_001, 500)).items():
        own = {rep: max(sold(deals, rep), 0) for rep in TEAMS if numbers.get(TEAMS[rep]) == number}
        found |= shared(amount, own)
    return found


def earliest_largest(deals: list[Deal]) -> dict[int, int]:
    keys: dict[int, tuple[object, ...]] = {}
    for rep in TEAMS:
        best = largest(deals, rep)
        if best > 0:
            held = (on for on in range(FIRST, AFTER) if largest([one for one in deals if one.on <= on], rep) == best)
            keys[rep] = (-best, next(held))
    return by_rank(keys, PRIZES)


def further(deals: list[Deal]) -> dict[str, dict[int, int]]:
    """Races of teams, by points and to a quota; and the largest deal, the earliest first."""
    return {
        "race of teams": team_race(deals),
        "race by points": by_rank({rep: (on,) for rep, on in run_of(deals, points, 2 * MILLION).items()}, PRIZES),
        "race to a quota": by_rank({rep: (on,) for rep, on in run_of(deals, attainment, 200_000).items()}, PRIZES),
        "largest, earliest": earliest_largest(deals),
    }


def expected(deals: list[Deal]) -> dict[str, dict[int, int]]:
    count, money = sums(deals, COUNT), sums(deals, AMOUNT)
    week = sums(deals, COUNT, WEEK.span)
    dearest = {rep: max([v for _, v in entries(deals, AMOUNT, (FIRST, AFTER), rep)], default=0) for rep in TEAMS}
    stood = {rep: since(entries(deals, AMOUNT, (FIRST, AFTER), rep), money[rep]) for rep in TEAMS if money[rep] > 0}
    pot = max((sum(money.values()) * 5 + 50) // 100, 0)
    slices = shared(pot, {1: 50, 2: 30, 3: 20})
    fit = {rep: value for rep, value in money.items() if value >= 30_000}
    before = {rep: sum(sums(deals, AMOUNT, MARCH.before(n).span)[rep] for n in (1, 2)) for rep in TEAMS}
    weighed = {rep: Fraction(count[rep]) + Fraction(money[rep] * MILLION, 100 * 300) for rep in TEAMS}
    rounded = {rep: int((abs(p) + Fraction(1, 2)).__floor__()) * (1 if p >= 0 else -1) for rep, p in weighed.items()}
    reached = attained(deals)
    found = {
        "SM1": {rep: min(v // MILLION * 20_000, 50_000) for rep, v in count.items() if v >= MILLION},
        "SM2": ranked(count, (999,)),
        "SM3": {rep: v // MILLION * 5_000 for rep, v in week.items() if v >= MILLION},
        "SM4": races(deals, COUNT, 2 * MILLION, PRIZES),
        "SM5": races(deals, COUNT, MILLION, (777,)),
        "SM6": ranked(count),
        "SM7": ranked(dearest),
        "SM8": ranked(reached),
        "SM9": {rep: (v * 10_000 * 2 + 100_000) // 200_000 for rep, v in money.items() if v >= 1},
        "SM10": {rep: v // MILLION * 7_001 for rep, v in sums(deals, PRODUCT_B).items() if v >= MILLION},
        "SM12": by_rank({rep: (-money[rep], on) for rep, on in stood.items()}, PRIZES),
        "SM13": by_rank({rep: (-v,) for rep, v in money.items() if v >= 80_000}, PRIZES, share=False),
        "SM14": ranked(money, (slices[1], slices[2], slices[3])),
        "SM14 score": shared(10_001, fit) if fit else {},
        "SM15": {rep: 300 if v >= 2 * MILLION else 100 for rep, v in count.items() if v >= MILLION},
        "SM16": {rep: 5_000 for rep, v in reached.items() if v >= MILLION},
        "SM18": divided({team: 1_001 for team, v in of_teams(deals).items() if v >= 150_000}),
        "SM19": team_ranked(deals),
        "SM22": drawn({rep: min(max(v // MILLION, 0), 3) for rep, v in count.items()}, PRIZES, f"{SEED}:SM22"),
        "SM24": ranked(rounded),
        "SM25": ranked({rep: (2 * money[rep] - before[rep]) // 2 for rep in TEAMS}),
    }
    found |= further(deals)
    return {name: {rep: amount for rep, amount in own.items() if amount} for name, own in found.items()}


def facts_of(deals: list[Deal]) -> dict[str, list[dict[str, object]]]:
    rows: dict[str, list[dict[str, object]]] = {"deals": [], "splits": [], "events": []}
    for one in deals:
        rows["deals"].append(
            {
                "deal_id": one.number,
                "owner_id": one.owner,
                "amount_cents": one.amount,
                "currency": "USD",
                "booked_on": one.on,
                "deal_type": "new",
                "product": one.product,
                "stage": one.stage,
            }
        )
        rows["splits"] += [{"deal_id": one.number, "rep_id": r, "share_ppb": s} for r, s in one.shares.items()]
        if one.refund is not None:
            rows["events"].append(event(one.number, "refund", date(2026, 4, 10), one.refund))
    rows["quotas"] = [quota(rep, amount) for rep, amount in QUOTAS.items()]
    return rows


def people() -> list[Person]:
    return [person(rep, team) for rep, team in TEAMS.items()]


def check(deals: list[Deal]) -> None:
    ground = ground_of(facts_of(deals))
    found = played(spif_of(*AWARDS), ground, people(), seed=SEED)
    paid = {award.name: {p.rep_id: p.amount for p in found.prizes if p.award == award.name} for award in AWARDS}
    wanted = expected(deals)
    assert paid == wanted


@settings(max_examples=30, deadline=None)
@given(companies())
def test_every_mechanic_pays_what_a_brute_force_pays(deals: list[Deal]) -> None:
    """16 ● and 5 ◐ of the catalogue in one SPIF, over splits, refunds, negative deals, ties and odd cents."""
    check(deals)


@pytest.mark.soak
@settings(max_examples=3_000, deadline=None)
@given(companies())
def test_every_mechanic_over_many_companies(deals: list[Deal]) -> None:
    check(deals)


@settings(max_examples=15, deadline=None)
@given(companies(), st.integers(1, 120_000), st.sampled_from(["scale", "in_order"]), st.integers(1, 30_000))
def test_the_budget_is_never_exceeded_and_nothing_is_cut_below_it(
    deals: list[Deal], budget: int, rule: str, cap: int
) -> None:
    ground = ground_of(facts_of(deals))
    free = played(spif_of(*AWARDS), ground, people(), seed=SEED)
    cut = played(spif_of(*AWARDS, budget=budget, budget_rule=rule, cap_per_rep=cap), ground, people(), seed=SEED)
    assert cut.cost <= budget
    assert all(sum(prize.cost for prize in cut.of(rep)) <= cap for rep in TEAMS)
    assert cut.uncut == free.cost
    assert all(prize.cost >= 0 and prize.pays == prize.cost for prize in cut.prizes)
    unspoiled = played(spif_of(*AWARDS, budget=max(free.cost, 1), budget_rule=rule), ground, people(), seed=SEED)
    assert unspoiled.prizes == free.prizes


@settings(max_examples=8, deadline=None)
@given(companies(), st.randoms())
def test_the_order_in_which_rows_are_read_changes_nothing(deals: list[Deal], rng: object) -> None:
    rows = facts_of(deals)
    before = played(spif_of(*AWARDS), ground_of(rows), people(), seed=SEED)
    for lot in rows.values():
        rng.shuffle(lot)  # type: ignore[attr-defined]
    staff = people()
    rng.shuffle(staff)  # type: ignore[attr-defined]
    assert played(spif_of(*AWARDS), ground_of(rows), staff, seed=SEED) == before


def test_a_day_is_what_the_brute_force_thinks() -> None:
    first, after = day(date(2026, 3, 1)), day(date(2026, 4, 1))
    assert first == FIRST
    assert after == AFTER
