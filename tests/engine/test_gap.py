"""The smallest set of open deals that closes a gap."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from engine.gap import Chosen, fewest


def brute_force(sizes: list[int], needed: int) -> tuple[int, int] | None:
    """How many deals it takes at least, and the least that so many sum to."""
    for count in range(len(sizes) + 1):
        sums = [sum(taken) for taken in combinations(sizes, count)]
        enough = [total for total in sums if total >= needed]
        if enough:
            return count, min(enough)
    return None


@given(st.lists(st.integers(-500, 10_000), max_size=12), st.integers(-10, 60_000))
def test_equals_brute_force_for_a_dozen_deals(sizes: list[int], needed: int) -> None:
    found = fewest(sizes, needed)
    wanted = brute_force(sizes, max(needed, 0))
    if wanted is None:
        assert found is None
        return
    assert found is not None
    assert found.is_least
    assert (len(found.places), found.total) == wanted
    assert sum(sizes[place] for place in found.places) == found.total


def test_takes_the_earlier_of_equal_deals() -> None:
    assert fewest([50, 50, 50], 50) == Chosen((0,), 50, is_least=True)


def test_a_hundred_deals_are_answered_at_once() -> None:
    sizes = [1_000 + 7 * (place * 37 % 101) for place in range(100)]
    found = fewest(sizes, 50_000)
    assert found is not None
    assert found.total >= 50_000
    largest = sorted(sizes, reverse=True)
    assert sum(largest[: len(found.places) - 1]) < 50_000
