"""A small company for tests of SPIFs: people, deals, splits, refunds and quotas, and a spring month to win in."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from engine.commission import calculate
from engine.dates import day
from engine.frames import Facts
from engine.people import Person
from engine.spifs.awards import outcome
from engine.spifs.definition import AwardRule, Metric, Scoring, Spif
from engine.spifs.eligibility import participants
from engine.spifs.entries import Ground, Rulings
from engine.spifs.prize_rules import Ranking
from engine.spifs.scores import boards
from engine.spifs.windows import Window
from tests.engine.booked import YEAR, plan_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.spifs.awards import Outcome
    from engine.spifs.prize_rules import PrizeRule

MARCH = Window(date(2026, 3, 1), date(2026, 4, 1), "America/New_York")
AS_OF = date(2026, 4, 15)
COUNT = Scoring(metrics=(Metric("count", unit="number"),))
ONE = 1_000_000  # one deal
RICH = 10**12
PLAN = plan_of(
    "  - {name: flat, accumulate: month, table: {by: amount, behaviour: marginal, tiers: [{from: 0, rate: 10%}]}}"
)


def person(rep_id: int, team: str = "", **more: Any) -> Person:
    """Somebody who sells."""
    return Person(rep_id, f"P{rep_id}", f"Rep {rep_id}", f"rep{rep_id}@example.com", team=team, **more)


def deal(number: int, owner: int, on: int | date, amount: int, **more: object) -> dict[str, object]:
    """A won deal of USD minor units; a number is a day of March."""
    booked = date(2026, 3, on) if isinstance(on, int) else on
    return {
        "deal_id": number,
        "owner_id": owner,
        "amount_cents": amount,
        "currency": "USD",
        "booked_on": day(booked),
        "deal_type": "new",
        "product": "A",
        "stage": "won",
    } | more


def event(number: int, name: str, on: date, amount: int = 0) -> dict[str, object]:
    """Something that happens to a deal."""
    return {"deal_id": number, "name": name, "on": day(on), "amount_cents": amount, "currency": "USD"}


def quota(rep_id: int, amount: int, span: tuple[date, date] = YEAR) -> dict[str, object]:
    """A quota called bookings."""
    start, end = map(day, span)
    return {
        "rep_id": rep_id,
        "name": "bookings",
        "start_on": start,
        "end_on": end,
        "amount_cents": amount,
        "currency": "USD",
    }


def ground_of(
    rows: dict[str, list[dict[str, object]]], as_of: date = AS_OF, reps: Sequence[int] = range(1, 10)
) -> Ground:
    """The ground of a company whose reps are on one plan."""
    span = {"start_on": day(YEAR[0]), "end_on": day(YEAR[1])}
    facts = Facts.of(assignments=[{"rep_id": rep, "plan": "p", **span} for rep in reps], **rows)
    return Ground.of(calculate(facts, [PLAN], as_of), facts, as_of)


def spif_of(*awards: AwardRule, **more: Any) -> Spif:
    """A SPIF of March without a budget that matters."""
    given = {"window": MARCH, "budget": RICH, "fair_play": "Play fair.", **more}
    return Spif("Spring", "Close deals.", "USD", awards=awards, **given)


def award(pays: PrizeRule, scoring: Scoring = COUNT, **more: Any) -> AwardRule:
    """One award."""
    return AwardRule(more.pop("name", "The award"), pays, scoring, **more)


def won(found: Outcome, name: str = "The award") -> dict[int, int]:
    """What each rep wins of an award."""
    return {prize.rep_id: prize.amount for prize in found.prizes if prize.award == name}


def played(
    spif: Spif, ground: Ground, people: Sequence[Person], rulings: Rulings | None = None, seed: str = ""
) -> Outcome:
    """The prizes of a SPIF."""
    ruled = rulings or Rulings()
    who = participants(spif, people, ground, ruled)
    return outcome(spif, boards(spif, ground, who, ruled), seed)


RANKING = award(Ranking((100_000, 50_000)))
