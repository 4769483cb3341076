"""Money text becomes exact minor units or a reason, never a guess."""

from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.normalise import amounts

VERDICTS = {"unparsable": amounts.UNPARSABLE, "too precise": amounts.TOO_PRECISE, "too large": amounts.OUT_OF_RANGE}


def parsed(text: str, places: int = 2, *, decimal: str = ".", thousands: str = "", half_even: bool = False) -> object:
    """The minor units, or what is wrong."""
    digits = amounts.take_apart(pa.array([text]), decimal, thousands)
    values, verdict = amounts.minor_units(digits, np.array([places]), half_even)
    wrong = {code: name for name, code in VERDICTS.items()}
    return wrong[int(verdict[0])] if verdict[0] else int(values[0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("1800", 180000),
        ("1800.5", 180050),
        ("+7.25", 725),
        ("-7.25", -725),
        ("-0", 0),
        (".5", 50),
        ("007.10", 710),
        ("11.4000", 1140),
        ("1234567890123456.78", 123456789012345678),
        ("999999999999999999", "too large"),
        ("99999999999999999999999999", "too large"),
        ("", "unparsable"),
        ("NULL", "unparsable"),
        ("N/A", "unparsable"),
        ("1e3", "unparsable"),
        ("1,800.00", "unparsable"),
        ("1.800,00", "unparsable"),
        ("٣", "unparsable"),
        ("１２", "unparsable"),
        ("12.", "unparsable"),
        (".", "unparsable"),
        ("-", "unparsable"),
        ("--5", "unparsable"),
        ("5-", "unparsable"),
        ("(5.00)", "unparsable"),
        ("$5", "unparsable"),
        ("5 000", "unparsable"),
        ("0x10", "unparsable"),
        ("1_000", "unparsable"),
        ("nan", "unparsable"),
        ("Infinity", "unparsable"),
        ("5\n", "unparsable"),
        ("1.005", "too precise"),
        ("20565.6206", "too precise"),
    ],
)
def test_plain_notation(text: str, expected: object) -> None:
    assert parsed(text) == expected


@pytest.mark.parametrize(
    ("text", "decimal", "thousands", "expected"),
    [
        ("1,800.00", ".", ",", 180000),
        ("1.800,00", ",", ".", 180000),
        ("1.234.567,89", ",", ".", 123456789),
        ("1'234'567.89", ".", "'", 123456789),
        ("1\u202f234,5", ",", "\u202f", 123450),
        ("1800,5", ",", ".", 180050),
        ("1,80", ".", ",", "unparsable"),  # would be 180 to a reader that just drops the mark
        ("1,8000", ".", ",", "unparsable"),
        ("12,34,567", ".", ",", "unparsable"),
        ("1.800.00", ".", ",", "unparsable"),
        ("1,800,00", ".", ",", "unparsable"),
        (",800", ".", ",", "unparsable"),
        ("1.800", ".", ",", 180),  # the declared mark decides, also where a person would have meant 1800
        ("1.805", ".", ",", "too precise"),
    ],
)
def test_declared_marks(text: str, decimal: str, thousands: str, expected: object) -> None:
    assert parsed(text, decimal=decimal, thousands=thousands) == expected


@pytest.mark.parametrize(
    ("text", "places", "expected"),
    [
        ("1800", 0, 1800),
        ("1800.0", 0, 1800),
        ("1800.5", 0, "too precise"),
        ("1.234", 3, 1234),
        ("1.2345", 3, "too precise"),
    ],
)
def test_decimals_follow_the_currency(text: str, places: int, expected: object) -> None:
    assert parsed(text, places) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.005", 100),
        ("1.015", 102),
        ("1.0050001", 101),
        ("1.0049999", 100),
        ("-1.005", -100),
        ("-1.015", -102),
        ("20565.6206", 2056562),
        ("0.005", 0),
        ("0.0051", 1),
        ("999999999999999999.999", "too large"),
    ],
)
def test_half_even_looks_at_every_digit(text: str, expected: object) -> None:
    assert parsed(text, half_even=True) == expected


def test_one_column_with_several_currencies() -> None:
    digits = amounts.take_apart(pa.array(["1.5", "1.5", "1.5", "x"]), ".")
    values, verdict = amounts.minor_units(digits, np.array([2, 0, 3, 2]))
    assert values.tolist() == [150, 0, 1500, 0]
    assert verdict.tolist() == [amounts.OK, amounts.TOO_PRECISE, amounts.OK, amounts.UNPARSABLE]


@settings(deadline=None)
@given(st.decimals(min_value=-(10**12), max_value=10**12, places=6), st.sampled_from([0, 2, 3, 4]))
def test_equals_decimal_arithmetic(value: Decimal, places: int) -> None:
    expected = int(value.scaleb(places).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
    assert parsed(format(value, "f"), places, half_even=True) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", (1, 1)),
        ("1.5491", (15491, 10000)),
        ("104.958", (52479, 500)),
        ("0.000001", (1, 1000000)),
        ("1.000000000000000000000", (1, 1)),
        ("0", None),
        ("-1.5", None),
        ("", None),
        ("1e-5", None),
        ("1234567890123456789", None),
        ("0.1234567890123456789", None),
    ],
)
def test_exchange_rates_are_exact(text: str, expected: tuple[int, int] | None) -> None:
    num, den, good = amounts.ratios(amounts.take_apart(pa.array([text]), "."))
    assert ((int(num[0]), int(den[0])) if good[0] else None) == expected
