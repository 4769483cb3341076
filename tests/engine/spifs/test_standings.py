"""Where everybody stands, and what lacks to the next prize."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.spifs.awards import outcome
from engine.spifs.definition import Scoring
from engine.spifs.eligibility import participants
from engine.spifs.entries import Counting, Rulings, entries
from engine.spifs.prize_rules import FirstTo, PerUnit, Pot, Raffle, Ranking, Step, Steps
from engine.spifs.scores import Board, board
from engine.spifs.standings import Moment, Standing, standing, typical_events
from tests.engine.spifs.company import AS_OF, COUNT, ONE, award, deal, ground_of, person, spif_of

if TYPE_CHECKING:
    from engine.spifs.prize_rules import PrizeRule

PEOPLE = [person(n, "East" if n < 3 else "West") for n in range(1, 6)]
#: Deals: 4, 3, 3, 1, 0.
GROUND = ground_of(
    {
        "deals": [
            deal(10 * rep + n, rep, n, 100)
            for rep, own in ((1, 4), (2, 3), (3, 3), (4, 1))
            for n in range(1, own + 1)
        ]
    }
)
DAY = Moment(AS_OF)


def stood(pays: PrizeRule, scoring: Scoring = COUNT, moment: Moment = DAY, **more: object) -> Standing:
    spif = spif_of(award(pays, scoring, **more))
    scored = board(spif, spif.awards[0], (GROUND, participants(spif, PEOPLE), Rulings()))
    return standing(scored, outcome(spif, [scored]), moment)


def gaps(pays: PrizeRule, scoring: Scoring = COUNT) -> dict[int, int | None]:
    return {row.id: row.gap for row in stood(pays, scoring).rows}


def test_ranks_prizes_and_gaps_of_a_ranking() -> None:
    rows = stood(Ranking((900, 500, 100))).rows
    assert [(row.id, row.rank, row.sharing, row.value, row.prize) for row in rows] == [
        (1, 1, 1, 4 * ONE, 900),
        (2, 2, 2, 3 * ONE, 300),
        (3, 2, 2, 3 * ONE, 300),
        (4, 4, 1, ONE, 0),
        (5, 0, 0, 0, 0),
    ]
    assert [row.gap for row in rows] == [None, ONE, ONE, 2 * ONE, 3 * ONE]
    assert [row.id for row in stood(Ranking((900, 500, 100))).near_misses] == [2, 3]
    assert [row.percent_ppm for row in rows] == [1_000_000, 750_000, 750_000, 250_000, 0]


def test_gaps_of_other_shapes() -> None:
    assert gaps(Ranking((900,))) == {1: None, 2: ONE, 3: ONE, 4: 3 * ONE, 5: 4 * ONE}
    assert gaps(Ranking((900, 1), at_least=2 * ONE)) == {1: None, 2: ONE, 3: ONE, 4: 2 * ONE, 5: 3 * ONE}
    assert gaps(Ranking((900,), ties="earliest"))[2] == 2 * ONE
    assert gaps(FirstTo(4 * ONE, (9, 5))) == {1: None, 2: ONE, 3: ONE, 4: 3 * ONE, 5: 4 * ONE}
    assert set(gaps(FirstTo(4 * ONE, (9,))).values()) == {None}  # the only prize is taken
    assert gaps(Steps((Step(2 * ONE, 5), Step(4 * ONE, 9)))) == {1: None, 2: ONE, 3: ONE, 4: ONE, 5: 2 * ONE}
    assert gaps(PerUnit(5, per=2 * ONE)) == {1: 2 * ONE, 2: ONE, 3: ONE, 4: ONE, 5: 2 * ONE}
    assert gaps(PerUnit(5, at_least=3 * ONE, most=20)) == {1: None, 2: ONE, 3: ONE, 4: 2 * ONE, 5: 3 * ONE}
    assert gaps(Raffle((5,), most_tickets=3)) == {1: None, 2: None, 3: None, 4: ONE, 5: ONE}
    assert gaps(Pot(total=100, divides="equally", at_least=2 * ONE)) == {
        1: None,
        2: None,
        3: None,
        4: ONE,
        5: 2 * ONE,
    }
    assert gaps(Pot(total=100, shares=(60, 40))) == {1: None, 2: ONE, 3: ONE, 4: 2 * ONE, 5: 3 * ONE}


def test_a_gap_in_money_is_near_when_a_usual_deal_closes_it() -> None:
    spif = spif_of(award(Ranking((900,)), Scoring()))
    scored = board(spif, spif.awards[0], (GROUND, participants(spif, PEOPLE), Rulings()))
    usual = typical_events(entries(GROUND, Counting(spif, spif.awards[0].scoring.metric, spif.window.span)))
    found = standing(scored, outcome(spif, [scored]), DAY, usual)
    assert [(row.id, row.gap) for row in found.near_misses] == [(2, 100), (3, 100)]


def test_movement_neighbours_and_finality() -> None:
    before = stood(Ranking((9,)))
    swapped = replace(
        before, rows=tuple(replace(row, rank={1: 2, 2: 1}.get(row.id, row.rank)) for row in before.rows)
    )
    after = stood(Ranking((9,)), moment=Moment(AS_OF, is_final=True, before=swapped))
    assert [(row.id, row.moved) for row in after.rows] == [(1, 1), (2, -1), (3, 0), (4, 0), (5, None)]
    assert after.is_final
    assert [row.id for row in after.around(4, 2)] == [2, 3, 4, 5]
    assert after.around(99, 2) == ()
    assert after.of(99) is None
    assert after.as_of == date(2026, 4, 15)


def test_teams_stand_by_their_names() -> None:
    rows = stood(Ranking((1_001,)), competes="team").rows
    assert [(row.team, row.rank, row.value, row.prize) for row in rows] == [
        ("East", 1, 7 * ONE, 1_001),
        ("West", 2, 4 * ONE, 0),
    ]


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(0, 6), min_size=1, max_size=6),
    st.sampled_from(
        [
            Ranking((900, 500, 100)),
            Ranking((900, 500), at_least=2 * ONE),
            Steps((Step(2 * ONE, 10), Step(5 * ONE, 20))),
            PerUnit(7, per=2 * ONE),
            FirstTo(4 * ONE, (100, 50)),
        ]
    ),
)
def test_closing_the_gap_wins_more(counts: list[int], pays: PrizeRule) -> None:
    """The gap, added to one score, raises that prize; anything less in whole deals does not."""
    spif = spif_of(award(pays, COUNT))
    ids = np.arange(1, len(counts) + 1)
    value = np.array(counts) * ONE
    late = np.where(value >= 4 * ONE, ids + 20_520, 30_000)  # whoever is not there yet comes last
    scored = Board(spif.awards[0], ids, value, late, np.ones(len(counts), dtype=bool))
    for row in standing(scored, outcome(spif, [scored]), DAY).rows:

        def prize_with(more: int, one: int = row.id) -> int:
            raised = value.copy()
            raised[one - 1] += more
            own = replace(scored, value=raised)
            return sum(prize.amount for prize in outcome(spif, [own]).of(one))

        if row.gap is None:
            assert prize_with(0) == max(prize_with(more * ONE) for more in range(9))
        else:
            assert prize_with(row.gap) > row.prize
            assert all(prize_with(less * ONE) == row.prize for less in range(row.gap // ONE))
