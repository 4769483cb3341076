"""What people ask about a SPIF: does my deal count, where am I, why did nobody win, what did it cost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine.plans.filters import Filter
from engine.spifs.answers import cost, deal_tests, places, spread
from engine.spifs.awards import outcome
from engine.spifs.definition import Eligibility, Metric, Scoring
from engine.spifs.eligibility import participants
from engine.spifs.entries import Rulings
from engine.spifs.prize_rules import PerUnit, Ranking
from engine.spifs.scores import boards
from engine.spifs.standings import Moment, standing
from tests.engine.spifs.company import AS_OF, COUNT, MARCH, ONE, award, deal, event, ground_of, person, spif_of

PEOPLE = [person(1), person(2), replace(person(3), role="manager")]
B_ONLY = Scoring(
    metrics=(Metric("count", unit="number", where=Filter(product=("B",)), excluding=Filter(type=("renewal",))),)
)
SPIF = spif_of(award(Ranking((500,), at_least=2 * ONE), B_ONLY))
ROWS = {
    "deals": [
        deal(1, 1, 5, 100, product="B"),
        deal(2, 1, 6, 100),
        deal(3, 1, date(2026, 2, 27), 100, product="B"),
        deal(4, 1, 7, 100, product="B", stage="open"),
        deal(5, 1, 8, 100, product="B", deal_type="renewal"),
        deal(6, 1, 9, 100, product="B"),
        deal(7, 3, 9, 100, product="B"),
        deal(8, 2, 9, 100, product="B"),
        deal(9, 1, 30, 100, product="B"),
    ],
    "events": [event(6, "refund", date(2026, 4, 1))],
}
RULED = Rulings(deals={8: "booked twice"})


def asked(rep_id: int, deal_id: int, spif: object = SPIF, as_of: date = AS_OF) -> tuple[bool, str, str]:
    ground = ground_of(ROWS, as_of)
    who = participants(spif, PEOPLE, ground, RULED)  # type: ignore[arg-type]
    found = deal_tests(spif, (ground, who, RULED), (rep_id, deal_id))[0]  # type: ignore[arg-type]
    blocker = found.blocker
    return found.counts, blocker.asks if blocker else "", blocker.found if blocker else ""


def test_a_deal_that_counts_passes_every_test() -> None:
    ground = ground_of(ROWS)
    found = deal_tests(SPIF, (ground, participants(SPIF, PEOPLE, ground), RULED), (1, 1))
    assert [(one.award, one.counts, one.value) for one in found] == [("The award", True, ONE)]
    assert {each.state for each in found[0].conditions} == {"pass"}
    assert len(found[0].conditions) == 9


def test_the_first_test_that_fails_is_named() -> None:
    assert asked(1, 2) == (False, "It is what the SPIF counts", "its product is A, asked for is B")
    assert asked(1, 3) == (False, "Its day (booked) lies between 2026-03-01 and 2026-03-31", "2026-02-27")
    assert asked(1, 4) == (False, "The deal is won", "open")
    assert asked(1, 5) == (False, "It is not what the SPIF leaves out", "it is")
    assert asked(1, 6) == (False, "It was not undone", "refunded")
    assert asked(3, 7) == (False, "The rep takes part", "role is manager, asked for is rep")
    assert asked(2, 8) == (False, "Nobody has ruled it out", "booked twice")
    assert asked(2, 1) == (False, "The rep owns the deal or has a share of it", "somebody else's")
    assert asked(1, 99) == (False, "The deal is known", "no such deal")
    assert asked(99, 1)[:2] == (False, "The rep takes part")
    assert asked(1, 9, as_of=date(2026, 3, 10))[2] == "2026-03-30, which has not come"


def test_an_anchor_that_may_still_come_is_unknown() -> None:
    paid = replace(SPIF, anchor="payment")
    ground = ground_of(ROWS, date(2026, 3, 20))
    found = deal_tests(paid, (ground, participants(paid, PEOPLE), RULED), (1, 1))[0]
    assert not found.counts
    assert [each.state for each in found.conditions if "payment" in each.asks] == ["unknown"]
    assert asked(1, 1, paid)[2] == "no payment yet"


@pytest.mark.parametrize("as_of", [AS_OF, date(2026, 3, 9), date(2026, 3, 31)])
def test_a_deal_counts_exactly_when_every_test_passes(as_of: date) -> None:
    ground = ground_of(ROWS, as_of)
    who = participants(SPIF, PEOPLE, ground)
    for rep_id in (1, 2, 3):
        for deal_id in range(1, 10):
            found = deal_tests(SPIF, (ground, who, RULED), (rep_id, deal_id))[0]
            assert found.counts == all(each.state == "pass" for each in found.conditions), (rep_id, deal_id)


def test_where_am_i() -> None:
    ground = ground_of(ROWS)
    who = participants(SPIF, PEOPLE)
    scored = boards(SPIF, ground, who)
    stood = standing(scored[0], outcome(SPIF, scored), Moment(AS_OF))
    place = places(scored, [stood], 1)[0]
    assert place.row is not None
    assert (place.row.rank, place.row.value, place.row.gap, place.competitors, place.is_final) == (
        1,
        2 * ONE,
        None,
        2,
        False,
    )
    assert places(scored, [stood], 3)[0].row is None


def test_why_nobody_reached_the_threshold() -> None:
    spif = spif_of(award(Ranking((500,), at_least=3 * ONE), B_ONLY))
    ground = ground_of(ROWS)
    who = participants(spif, PEOPLE)
    scored = boards(spif, ground, who, RULED)
    found = spread(spif, scored[0], standing(scored[0], outcome(spif, scored), Moment(AS_OF)), (ground, who, RULED))
    assert (found.threshold, found.eligible, found.reached, found.zero) == (3 * ONE, 2, 0, 1)
    assert (found.lowest, found.median, found.highest) == (2 * ONE, 2 * ONE, 2 * ONE)
    assert found.near == ((1, ONE),)
    assert dict(found.failed) == {"product": 1, "excluding": 1, "ruled out": 1, "not won": 1}


def test_what_it_costs_and_what_is_off_course() -> None:
    spif = spif_of(award(PerUnit(400, most=800), COUNT), budget=1_000, eligibility=Eligibility(rep_ids=(1, 2)))
    ground = ground_of({"deals": [deal(n, 1, n, 100) for n in range(1, 5)] + [deal(9, 2, 9, 100)]})
    scored = boards(spif, ground, participants(spif, PEOPLE))
    found = cost(spif, outcome(spif, scored), scored, spent=0, eligible=2)
    assert (found.budget, found.standing, found.uncut, found.worst, found.committed) == (
        1_000,
        1_000,
        1_200,
        1_600,
        1_000,
    )
    assert found.off_course == ("over_budget", "one_rep")
    idle = boards(spif, ground_of({}), participants(spif, PEOPLE))
    assert cost(spif, outcome(spif, idle), idle, 0, 2).off_course == ("nobody_scores",)
    assert MARCH.days == 31
