"""Prizes: ties, odd cents, gifts, points, taxes, caps, budgets and raffles."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.commission import calculate
from engine.money import Rate
from engine.spifs.awards import outcome, replayed, seed_hash
from engine.spifs.costs import committed, one_prize, worst_case
from engine.spifs.definition import Scoring, Visibility
from engine.spifs.eligibility import participants
from engine.spifs.entries import Rulings
from engine.spifs.lines import commission_on
from engine.spifs.prize_rules import FirstTo, PerUnit, Pot, Raffle, Ranking, Reward, Step, Steps
from engine.spifs.scores import boards
from tests.engine.spifs.company import (
    AS_OF,
    COUNT,
    ONE,
    PLAN,
    RICH,
    award,
    deal,
    ground_of,
    person,
    played,
    spif_of,
    won,
)

THREE = [person(1, "East"), person(2, "East"), person(3, "West")]
TIED = ground_of({"deals": [deal(1, 1, 5, 300), deal(2, 2, 9, 300), deal(3, 3, 6, 100)]})
SUM = Scoring()
FIVE = [person(n) for n in range(1, 6)]
STAIRS = ground_of({"deals": [deal(n, n, n, 1_000 * n) for n in range(1, 6)]})
GIFTS = Reward("gift", ("Bike", "Hat"))


def paid(*args: object, **more: object) -> dict[int, int]:
    return won(played(spif_of(award(*args), **more), TIED, THREE))  # type: ignore[arg-type]


def test_two_tied_for_a_thousand_and_five_hundred_get_750_each() -> None:
    """The case that Amalia publishes."""
    assert paid(Ranking((100_000, 50_000)), SUM) == {1: 75_000, 2: 75_000}


def test_other_ties_by_rule() -> None:
    assert paid(Ranking((100_000, 50_000), ties="earliest"), SUM) == {1: 100_000, 2: 50_000}
    assert paid(Ranking((100_000, 50_000, 7), ties="all_win"), SUM) == {1: 100_000, 2: 100_000, 3: 7}
    assert paid(Ranking((100_001, 50_000)), SUM) == {1: 75_001, 2: 75_000}
    assert paid(FirstTo(300, (900, 300, 100)), SUM) == {1: 900, 2: 300}


def test_a_gift_is_given_whole_to_all_who_tie() -> None:
    found = played(spif_of(award(Ranking((20_000, 0)), SUM, reward=GIFTS)), TIED, THREE)
    assert [(p.rep_id, p.text, p.amount, p.pays, p.cost) for p in found.prizes] == [
        (1, "Bike", 20_000, 0, 20_000),
        (2, "Bike", 20_000, 0, 20_000),
    ]
    early = played(spif_of(award(Ranking((20_000, 0), ties="earliest"), SUM, reward=GIFTS)), TIED, THREE)
    assert [(p.rep_id, p.text, p.cost) for p in early.prizes] == [(1, "Bike", 20_000), (2, "Hat", 0)]
    short = played(spif_of(award(Ranking((20_000,)), SUM, reward=GIFTS), budget=30_000), TIED, THREE)
    assert [(p.rep_id, p.cost) for p in short.prizes] == [(1, 20_000)]


def test_steps_and_teams_may_win_gifts() -> None:
    steps = award(Steps((Step(100, 10), Step(300, 90))), SUM, reward=Reward("gift", ("Mug", "Coat")))
    assert [(p.rep_id, p.text) for p in played(spif_of(steps), TIED, THREE).prizes] == [
        (1, "Coat"),
        (2, "Coat"),
        (3, "Mug"),
    ]
    team = award(Ranking((500,)), SUM, reward=Reward("gift", ("Dinner",)), competes="team")
    assert [(p.rep_id, p.text, p.team) for p in played(spif_of(team), TIED, THREE).prizes] == [
        (1, "Dinner", "East"),
        (2, "Dinner", "East"),
    ]


def test_points_are_whole_and_never_pay() -> None:
    points = award(PerUnit(7, per=100), SUM, reward=Reward("points", point_value=10))
    found = played(spif_of(points), TIED, THREE)
    assert [(p.rep_id, p.amount, p.pays, p.cost) for p in found.prizes] == [
        (1, 21, 0, 210),
        (2, 21, 0, 210),
        (3, 7, 0, 70),
    ]
    cut = played(spif_of(points, budget=245), TIED, THREE)
    assert [p.amount for p in cut.prizes] == [10, 10, 3]
    assert cut.cost <= 245
    free = award(PerUnit(7, per=100), SUM, reward=Reward("points"))
    assert won(played(spif_of(free, cap_per_rep=1), TIED, THREE)) == {1: 21, 2: 21, 3: 7}


def test_the_company_bears_the_tax() -> None:
    """At 30 % a winner keeps 700.00 of 1,000.00; of a gift only the tax is paid."""
    rate = Rate(3, 10)
    cash = played(spif_of(award(Ranking((70_000,), ties="earliest"), SUM, reward=Reward(gross_up=rate))), TIED, THREE)
    assert [(p.amount, p.pays, p.cost) for p in cash.prizes] == [(70_000, 100_000, 100_000)]
    gift = Reward("gift", ("Bike",), gross_up=rate)
    given = played(spif_of(award(Ranking((70_000,), ties="earliest"), SUM, reward=gift)), TIED, THREE)
    assert [(p.amount, p.pays, p.cost) for p in given.prizes] == [(70_000, 30_000, 100_000)]
    cut = played(
        spif_of(award(Ranking((70_000,), ties="earliest"), SUM, reward=Reward(gross_up=rate)), budget=50_001),
        TIED,
        THREE,
    )
    assert [(p.amount, p.pays, p.cost, p.cut) for p in cut.prizes] == [(35_000, 50_001, 50_001, 49_999)]


def test_a_team_prize_is_divided_by_its_rule() -> None:
    def divided(rule: str) -> dict[int, int]:
        ground = ground_of({"deals": [deal(1, 1, 5, 300), deal(2, 2, 9, 100), deal(3, 3, 6, 100)]})
        return won(played(spif_of(award(Ranking((1_001,)), SUM, competes="team", divides=rule)), ground, THREE))

    assert divided("equally") == {1: 501, 2: 500}
    assert divided("by_score") == {1: 751, 2: 250}
    assert divided("each") == {1: 1_001, 2: 1_001}


def test_the_budget_cuts_all_in_proportion_or_in_order() -> None:
    each = award(PerUnit(1, per=1), SUM)
    assert won(played(spif_of(each, budget=350), TIED, THREE)) == {1: 150, 2: 150, 3: 50}
    assert won(played(spif_of(each, budget=351), TIED, THREE)) == {1: 151, 2: 150, 3: 50}
    ranks = award(Ranking((300, 200, 100), ties="earliest"), SUM)
    assert won(played(spif_of(ranks, budget=350, budget_rule="in_order"), TIED, THREE)) == {1: 300, 2: 50}


def test_a_cap_per_rep_holds_over_all_awards() -> None:
    both = (
        award(Ranking((300,), ties="earliest"), SUM, name="a"),
        award(Ranking((200,), ties="earliest"), SUM, name="b"),
    )
    found = played(spif_of(*both, cap_per_rep=400), TIED, THREE)
    assert [(p.award, p.cost, p.cut) for p in found.prizes] == [("a", 300, 0), ("b", 100, 100)]
    assert found.uncut == 500


def test_only_what_exceeds_the_commission() -> None:
    """SP14: the plan pays 10 % of the same credits, which is taken off the prize."""
    spif = spif_of(award(PerUnit(20, per=ONE), COUNT), stacking="greater_of")
    who = participants(spif, THREE)
    scored = boards(spif, TIED, who)
    found = outcome(spif, scored, commission={1: 30, 2: 5})
    assert won(found) == {2: 15, 3: 20}
    assert found.uncut == 60


def test_a_hidden_run_pays_nothing() -> None:
    hidden = spif_of(award(Ranking((300,)), SUM), visibility=Visibility("hidden"))
    assert played(hidden, TIED, THREE).prizes == ()


def test_anybody_can_replay_a_raffle() -> None:
    spif = spif_of(award(Raffle((500, 200), most_tickets=2), COUNT))
    before = played(spif, TIED, THREE)
    assert before.prizes == ()
    assert before.draws[0].tickets == ((1, 1), (2, 1), (3, 1))
    assert before.draws[0].drawn == ()
    found = played(spif, TIED, THREE, seed="s3cret")
    draw = found.draws[0]
    assert replayed(draw, 2, "s3cret") == draw.drawn == tuple(p.rep_id for p in found.prizes)
    assert len(set(draw.drawn)) == 2
    assert {played(spif, TIED, THREE, seed=str(n)).draws[0].drawn for n in range(30)} > {draw.drawn}
    assert seed_hash("s3cret") == "1ec1c26b50d5d3c58d9583181af8076655fe00756bf7285940ba3670f99fcba0"


def test_the_digest_tells_results_apart() -> None:
    spif = spif_of(award(Ranking((100_000, 50_000)), SUM))
    found = played(spif, TIED, THREE)
    assert found.digest == played(spif, TIED, THREE).digest
    ruled = played(spif, TIED, THREE, Rulings(deals={3: "twice"}))
    assert ruled.digest == found.digest  # nobody's prize changes
    assert played(replace(spif, name="Other"), TIED, THREE).digest != found.digest
    assert played(spif, TIED, THREE, Rulings(deals={1: "twice"})).digest != found.digest


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(1, 10**9), min_size=1, max_size=5),
    st.integers(0, 10**9),
    st.sampled_from([None, Rate(1, 3), Rate(37, 100)]),
)
def test_cuts_lose_no_cent_and_invent_none(prizes: list[int], budget: int, rate: Rate | None) -> None:
    """Whatever is won costs the whole budget where the prizes exceed it."""
    spif = spif_of(award(Ranking(tuple(prizes)), SUM, reward=Reward(gross_up=rate)), budget=budget)
    found = played(spif, STAIRS, FIVE)
    assert found.cost == min(budget, found.uncut)
    assert all(prize.amount <= prize.pays == prize.cost for prize in found.prizes)
    assert sum(prize.cost + prize.cut for prize in found.prizes) <= found.uncut


@pytest.mark.parametrize(
    ("pays", "eligible", "worst"),
    [
        (Ranking((300, 200)), None, 500),
        (Ranking((300, 200), ties="all_win"), 4, 1_200),
        (Ranking((300, 200), ties="all_win"), None, None),
        (FirstTo(ONE, (300,)), None, 300),
        (PerUnit(100), 4, None),
        (PerUnit(100, most=250), 4, 1_000),
        (Steps((Step(1, 10), Step(2, 90))), 4, 360),
        (Pot(total=700), None, 700),
        (Pot(rate=Rate(1, 100)), 4, None),
        (Pot(rate=Rate(1, 100), most=900), 4, 900),
        (Raffle((5, 5)), None, 10),
    ],
)
def test_the_worst_case_is_known_where_anything_limits_it(
    pays: object, eligible: int | None, worst: int | None
) -> None:
    spif = spif_of(award(pays))  # type: ignore[arg-type]
    assert worst_case(spif, eligible) == worst
    assert committed(spif, eligible) == (RICH if worst is None else worst)
    assert worst_case(replace(spif, cap_per_rep=10), 2) in (20, *([worst] if worst and worst < 20 else []))
    assert one_prize(spif.awards[0]) >= 0


def test_commission_is_read_from_the_payroll_lines() -> None:
    calc = calculate(TIED.facts, [PLAN], AS_OF)
    spif = spif_of(award(PerUnit(20), COUNT))
    assert commission_on(calc, spif, TIED, Rulings()) == {1: 30, 2: 30, 3: 10}
    assert commission_on(calc, spif, TIED, Rulings(deals={1: "twice"})) == {2: 30, 3: 10}
