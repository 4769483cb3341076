"""Which entries of a SPIF are doubted, and that ordinary ones are not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.money import Money
from engine.spifs.definition import Scoring
from engine.spifs.doubts import Entry, Known, Version, doubted
from engine.spifs.prize_rules import PerUnit
from tests.engine.spifs.company import COUNT, MARCH, award, spif_of

WINDOW = replace(MARCH, zone="America/Chicago")
BY_COUNT = replace(spif_of(award(PerUnit(100), COUNT), budget=500), window=WINDOW)
BY_AMOUNT = replace(spif_of(award(PerUnit(100), Scoring()), budget=500), window=WINDOW)
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
KNOWN = Known(datetime(2026, 2, 25, tzinfo=UTC), {1: "Ana", 2: "Ben"})
WON = Version(NOON, NOON, Money(1_000_00, "USD"), 1, is_won=True, booked_on=date(2026, 3, 10))
OPEN = replace(WON, is_won=False, at=NOON - timedelta(days=9), known_at=NOON - timedelta(days=9))


def entry(*versions: Version, deal_id: int = 1, account: str = "", **more: bool) -> Entry:
    return Entry(deal_id, f"Deal {deal_id}", account or f"Account {deal_id}", versions or (OPEN, WON), **more)


def codes(*entries: Entry, spif: object = BY_AMOUNT) -> dict[int, list[str]]:
    found = doubted(spif, entries, KNOWN)  # type: ignore[arg-type]
    return {deal_id: [one.code for one in reasons] for deal_id, reasons in found.items()}


def test_an_ordinary_deal_is_not_doubted() -> None:
    cheaper = replace(WON, amount=Money(900_00, "USD"))
    assert codes(entry(), entry(OPEN, WON, cheaper, deal_id=2)) == {}


CASES: dict[str, tuple[Version, ...]] = {
    "last_hours": (OPEN, replace(WON, at=WINDOW.closes_at - timedelta(minutes=119))),
    "late": (OPEN, replace(WON, at=WINDOW.closes_at)),
    "edited": (OPEN, WON, replace(WON, amount=Money(1_000_01, "USD"))),
    "edited into the window": (OPEN, replace(WON, booked_on=date(2026, 2, 28)), WON),
    "handed_over": (OPEN, replace(WON, owner_id=2)),
    "handed_over later": (OPEN, WON, replace(WON, owner_id=2, at=None)),
}


@pytest.mark.parametrize("case", CASES)
def test_what_decides_prizes_and_is_easily_wrong_is_doubted(case: str) -> None:
    assert codes(entry(*CASES[case])) == {1: [case.split(maxsplit=1)[0]]}


QUIET: dict[str, tuple[Version, ...]] = {
    "two hours before the end": (OPEN, replace(WON, at=WINDOW.closes_at - timedelta(hours=2, seconds=1))),
    "no stamp of the source": (OPEN, replace(WON, at=None, known_at=WINDOW.closes_at)),
    "edited while it was open": (replace(OPEN, amount=Money(1, "USD")), OPEN, WON),
    "won, lost and won again": (OPEN, WON, OPEN, WON),
    "mapped to its owner": (replace(OPEN, owner_id=0), WON),
    "handed over before anybody knew": (
        replace(OPEN, owner_id=2, at=NOON - timedelta(days=30)),
        replace(OPEN, at=KNOWN.announced_at and KNOWN.announced_at - timedelta(seconds=1)),
        WON,
    ),
    "handed over and back": (OPEN, replace(OPEN, owner_id=2), WON),
}


@pytest.mark.parametrize("case", QUIET)
def test_what_explains_itself_is_not_doubted(case: str) -> None:
    assert codes(entry(*QUIET[case])) == {}


def test_what_its_first_reading_brought_is_not_late() -> None:
    assert codes(entry(replace(WON, at=WINDOW.closes_at), is_first_read=True)) == {}


def test_a_larger_amount_is_no_matter_where_deals_are_counted() -> None:
    dearer = replace(WON, amount=Money(9_000_00, "USD"))
    lot = [entry(deal_id=each) for each in range(1, 6)] + [entry(OPEN, WON, dearer, deal_id=9)]
    assert codes(*lot, spif=BY_COUNT) == {}
    assert codes(*lot) == {9: ["large", "edited"]}
    assert codes(*lot[3:]) == {9: ["edited"]}, "of three entries none is usual"


def test_all_but_the_first_of_an_account_with_one_amount_are_doubted() -> None:
    lot = [entry(deal_id=each, account="ACME" if each % 2 else "Acme") for each in (3, 1, 2)]
    assert codes(*lot, spif=BY_COUNT) == {2: ["double"], 3: ["double"]}


def _brute(amounts: list[int]) -> set[int]:
    """Of five or more, those above five times the lower median, found by counting."""
    if len(amounts) < 5:
        return set()
    half = next(one for one in sorted(amounts) if 2 * sum(each <= one for each in amounts) >= len(amounts))
    return {at for at, one in enumerate(amounts) if half > 0 and one > 5 * half}


@given(st.lists(st.integers(-3, 60), max_size=9))
@settings(max_examples=80, deadline=None)
def test_the_large_ones_are_those_that_a_count_finds(amounts: list[int]) -> None:
    lot = [
        entry(replace(WON, amount=Money(amount, "USD")), deal_id=at, account=f"a{at}")
        for at, amount in enumerate(amounts)
    ]
    assert set(codes(*lot)) == _brute(amounts)
