"""Who wins how much in a contest."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.prizes import (
    MILLION,
    Award,
    Score,
    first_to,
    per_unit,
    pot,
    raffle,
    ranked,
    teams,
    thresholds,
    whole_units,
)

people = st.lists(
    st.builds(Score, st.integers(1, 12), st.integers(-5, 5), st.integers(0, 3), st.booleans()),
    max_size=8,
    unique_by=lambda score: score.rep_id,
)
purses = st.lists(st.integers(0, 1_000), max_size=6)


def won(awards: tuple[Award, ...]) -> dict[int, int]:
    return {award.rep_id: award.amount for award in awards}


def test_those_who_tie_share_the_prizes_of_their_ranks() -> None:
    """amalia-contest-tie: 1,500 / 1,000 / 500, two tie for second; who leads but is not eligible has no rank."""
    scores = [Score(1, 90), Score(2, 70), Score(3, 70), Score(4, 60), Score(5, 99, is_eligible=False)]
    awards = ranked(scores, [150_000, 100_000, 50_000])
    assert won(awards) == {1: 150_000, 2: 75_000, 3: 75_000}
    assert awards[1] == Award(2, 75_000, 2, 2)


def test_a_tie_at_the_last_prize_shares_only_that() -> None:
    assert won(ranked([Score(1, 9), Score(2, 5), Score(3, 5), Score(4, 5)], [100, 50])) == {
        1: 100,
        2: 17,
        3: 17,
        4: 16,
    }


def test_the_first_to_reach_the_target_win() -> None:
    scores = [Score(1, 10, 5), Score(2, 12, 3), Score(3, 9, 1), Score(4, 11, 5)]
    assert won(first_to(scores, 10, [300, 200, 100])) == {2: 300, 1: 150, 4: 150}


def test_units_are_paid_one_by_one() -> None:
    """itagroup-spiff-per-unit: 2 for each of 100 units."""
    assert won(per_unit([Score(1, 100 * MILLION)], 200)) == {1: 20_000}
    assert won(per_unit([Score(1, 2_500_000), Score(2, 9 * MILLION)], 100, at_most=300)) == {1: 250, 2: 300}
    assert won(whole_units([Score(1, 2_999_999)], 100)) == {1: 200}


def test_a_pot_is_shared_by_head_or_by_score() -> None:
    scores = [Score(1, 10), Score(2, 30), Score(3, 2)]
    assert won(pot(scores, 101, at_least=5)) == {1: 51, 2: 50}
    assert won(pot(scores, 100, at_least=5, by_score=True)) == {1: 25, 2: 75}
    assert pot(scores, 100, at_least=50) == ()


def test_the_highest_step_reached_is_paid() -> None:
    assert won(thresholds([Score(1, 4), Score(2, 5), Score(3, 99)], [(10, 900), (5, 100)])) == {2: 100, 3: 900}


def test_a_team_shares_what_it_wins() -> None:
    scores = [Score(1, 10), Score(2, 20), Score(3, 29), Score(4, 50, is_eligible=False)]
    assert won(teams(scores, {1: "A", 2: "A", 3: "B", 4: "B"}, [100, 10])) == {1: 50, 2: 50, 3: 10}
    assert won(teams(scores, {1: "A", 2: "A", 3: "B"}, [90], by_score=True)) == {1: 30, 2: 60}


def test_a_raffle_draws_the_same_for_the_same_seed() -> None:
    tickets = {1: 1, 2: 5, 3: 3}
    first = raffle(tickets, [100, 50, 20, 10], "spring")
    assert first == raffle(dict(reversed(tickets.items())), [100, 50, 20, 10], "spring")
    assert sorted(award.rep_id for award in first) == [1, 2, 3]
    winners = [raffle(tickets, [100], f"seed {number}")[0].rep_id for number in range(900)]
    assert abs(winners.count(2) - 500) < 75


@given(people, purses, st.randoms(use_true_random=False))
def test_ranking_pays_each_prize_once_whatever_the_order(scores: list[Score], prizes: list[int], random) -> None:
    awards = ranked(scores, prizes)
    fit = [score for score in scores if score.is_eligible and score.value >= 1]
    assert sum(award.amount for award in awards) == sum(prizes[: len(fit)])
    shuffled = list(scores)
    random.shuffle(shuffled)
    assert ranked(shuffled, prizes) == awards


@given(people, st.integers(0, 10_000), st.booleans())
def test_a_pot_pays_all_or_nothing(scores: list[Score], total: int, by_score: bool) -> None:
    assert sum(award.amount for award in pot(scores, total, by_score=by_score)) in (0, total)
