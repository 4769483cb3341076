"""Money and rates: exact, readable, and shared out without losing a cent."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import CurrencyMismatch, CurrencyUnknown, MoneyUnreadable, RateUnreadable, SplitImpossible
from engine.money import Money, Rate, apportion, divide, exponent
from engine.totals import rounded

MODES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN}


@pytest.mark.parametrize(("code", "places"), [("USD", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("EUR", 2)])
def test_currencies_have_their_decimals(code: str, places: int) -> None:
    assert exponent(code) == places
    with pytest.raises(CurrencyUnknown):
        exponent("USX")


@pytest.mark.parametrize(
    ("text", "rate"),
    [("8%", Rate(2, 25)), ("12.5 %", Rate(1, 8)), ("0.08", Rate(2, 25)), ("1/3", Rate(1, 3)), ("1_000", Rate(1_000))],
)
def test_rates_are_read_exactly(text: str, rate: Rate) -> None:
    assert Rate.parse(text) == rate


@pytest.mark.parametrize(
    "text", ["", "%", "8 %%", "1,5%", "1e5", "nan", "inf", "1/0", "٣%", "0x10", "1__0", "9" * 50]
)
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(RateUnreadable):
        Rate.parse(text)


@pytest.mark.parametrize(("rate", "text"), [(Rate(2, 25), "8%"), (Rate(1, 3), "33.333333%"), (Rate(-1, 8), "-12.5%")])
def test_rates_are_shown_as_percentages(rate: Rate, text: str) -> None:
    assert str(rate) == text


def test_rates_are_ordered_and_reduced() -> None:
    assert sorted([Rate(1, 2), Rate(1, 3), Rate(2, -4)]) == [Rate(-1, 2), Rate(1, 3), Rate(1, 2)]
    assert (Rate(1, 3).ppm, Rate(2, 3).ppm, Rate(2, 3).ppb) == (333_333, 666_667, 666_666_667)


def test_money_of_two_currencies_never_meets() -> None:
    assert Money(100, "USD") + Money(5, "USD") - Money(1, "USD") == Money(104, "USD") > -Money(104, "USD")
    for mix in (lambda: Money(1, "USD") + Money(1, "EUR"), lambda: Money(1, "USD") < Money(1, "EUR")):
        with pytest.raises(CurrencyMismatch):
            mix()


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("50_000", "USD", 5_000_000), ("1_250.00", "USD", 125_000), ("-1,250.5", "EUR", -125_050), ("12", "JPY", 12)],
)
def test_amounts_are_read_in_major_units(text: str, currency: str, minor: int) -> None:
    assert Money.parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize("text", ["1.005", "1,25,0", "", "1 000", "$5", "1e3", "--1"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(MoneyUnreadable):
        Money.parse(text, "USD")


def test_amounts_are_shown_with_their_decimals() -> None:
    assert [str(Money(*each)) for each in ((5, "USD"), (-123_456, "KWD"), (7, "JPY"))] == [
        "0.05 USD",
        "-123.456 KWD",
        "7 JPY",
    ]


@given(st.integers(-(10**12), 10**12), st.integers(1, 5_000), st.sampled_from(sorted(MODES)))
def test_rounding_is_that_of_decimal_one_by_one_and_in_arrays(num: int, den: int, mode: str) -> None:
    want = int((Decimal(num) / Decimal(den)).quantize(Decimal(1), rounding=MODES[mode]))
    assert divide(num, den, mode) == want
    for numbers in (np.array([num]), np.array([num], dtype=object)):
        assert rounded(numbers, den, mode)[0] == want
        assert rounded(numbers, np.array([den], dtype=numbers.dtype), mode)[0] == want


@given(st.integers(-(10**15), 10**15), st.lists(st.integers(0, 10**9), min_size=1, max_size=8).filter(any))
def test_a_total_is_shared_out_to_the_last_cent(total: int, shares: list[int]) -> None:
    parts = apportion(total, shares)
    assert sum(parts) == total
    assert [-part for part in parts] == apportion(-total, shares)
    assert all(
        abs(part - total * share / sum(shares)) < 1 + abs(total) * 1e-12
        for part, share in zip(parts, shares, strict=True)
    )


def test_an_impossible_split_is_refused() -> None:
    assert apportion(0, [0, 0]) == [0, 0]
    for shares in ([0, 0], [-1, 2], []):
        with pytest.raises(SplitImpossible):
            apportion(1, shares)
