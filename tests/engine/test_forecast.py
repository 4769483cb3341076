"""What a period comes to if the pipeline closes as deals used to."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from engine.dates import Period, day
from engine.forecast import FEWEST_CLOSED, Outcomes, expected
from engine.frames import Facts, integers, named
from engine.money import Rate, divide

AS_OF = date(2026, 8, 20)
QUARTER = Period("Q3 2026", date(2026, 7, 1), date(2026, 10, 1))


def deal(number: int, cents: int, on: date, stage: str) -> dict[str, object]:
    said = {"deal_id": number, "owner_id": 1, "amount_cents": cents, "currency": "USD", "stage": stage}
    return {**said, "booked_on": day(on), "deal_type": "new", "product": "x"}


def won(facts: Facts) -> dict[int, int]:
    stage = named(facts.deals, "stage")
    own = stage.codes == stage.code("won")
    ids, amounts = integers(facts.deals, "deal_id")[own], integers(facts.deals, "amount_cents")[own]
    return dict(zip(ids.tolist(), amounts.tolist(), strict=True))


def test_open_deals_of_the_period_count_with_their_chance_and_overdue_ones_stay_open() -> None:
    facts = Facts.of(
        deals=[
            deal(1, 100_00, date(2026, 7, 2), "won"),
            deal(2, 33_33, date(2026, 9, 30), "open"),
            deal(3, 50_00, date(2026, 10, 1), "open"),
            deal(4, 70_00, date(2026, 8, 19), "open"),
            deal(5, 10_01, AS_OF, "open"),
        ]
    )
    found = expected(facts, AS_OF, QUARTER, Rate(1, 2))
    assert won(found.facts) == {1: 100_00, 2: 16_67, 5: 5_01}
    assert (found.deals, found.overdue) == (2, 1)


def test_too_few_closed_deals_say_nothing() -> None:
    assert Outcomes(FEWEST_CLOSED - 1, 0).chance_ppm is None
    assert Outcomes(FEWEST_CLOSED // 2, FEWEST_CLOSED // 2).chance_ppm == 500_000
    assert Outcomes(0, 0).chance_ppm is None


@given(st.lists(st.integers(-(10**12), 10**12), max_size=6), st.integers(0, 1_000_000))
def test_every_amount_is_its_exact_share_rounded_half_up(amounts: list[int], ppm: int) -> None:
    facts = Facts.of(deals=[deal(number + 1, each, AS_OF, "open") for number, each in enumerate(amounts)])
    found = won(expected(facts, AS_OF, QUARTER, Rate(ppm, 1_000_000)).facts)
    assert found == {number + 1: divide(each * ppm, 1_000_000) for number, each in enumerate(amounts)}
