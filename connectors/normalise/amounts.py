"""Decimal text to exact integers, a whole column at a time. No float is ever involved."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Amounts have at most this many digits in minor units: Salesforce's currency(18,2) fits, int64 is never reached.
MAX_DIGITS = 18

OK, UNPARSABLE, TOO_PRECISE, OUT_OF_RANGE = range(4)


@dataclass(frozen=True, slots=True)
class Digits:
    """A column of decimal text, taken apart. Rows that are no number are empty and not in `valid`."""

    valid: NDArray[np.bool_]
    negative: NDArray[np.bool_]
    whole: Any  # arrow strings, ASCII digits without leading zeros
    part: Any  # arrow strings, the decimals as written

    def take(self, rows: NDArray[np.intp]) -> Digits:
        """Those rows."""
        places = pa.array(rows)
        return Digits(self.valid[rows], self.negative[rows], self.whole.take(places), self.part.take(places))


def take_apart(text: Any, decimal: str, thousands: str = "") -> Digits:
    """The digits of each text in the declared notation: an optional sign, whole digits, decimals.

    Groups of the thousands mark hold exactly three digits, so that `1,80` is refused rather than read as 180.
    """
    grouped = rf"[0-9]{{1,3}}(?:{re.escape(thousands)}[0-9]{{3}})+|" if thousands else ""
    pattern = rf"^(?P<sign>[+-]?)(?P<whole>{grouped}[0-9]*)(?:{re.escape(decimal)}(?P<part>[0-9]+))?$"
    found = pc.extract_regex(text, pattern)
    sign, whole, part = (pc.fill_null(pc.struct_field(found, i), "") for i in range(3))
    if thousands:
        whole = pc.replace_substring(whole, thousands, "")
    some = pc.greater(pc.add(pc.utf8_length(whole), pc.utf8_length(part)), 0)
    return Digits(
        valid=_bools(pc.and_(pc.is_valid(found), some)),
        negative=_bools(pc.equal(sign, "-")),
        whole=pc.utf8_ltrim(whole, "0"),
        part=part,
    )


def minor_units(
    digits: Digits, places: NDArray[np.int64], half_even: bool = False
) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Each number times 10 to its `places`, and a verdict: OK, UNPARSABLE, TOO_PRECISE or OUT_OF_RANGE.

    Decimals beyond `places` are TOO_PRECISE unless they are zeros, or are rounded to even with `half_even`. What is
    not OK has the value 0.
    """
    count = len(places)
    values = np.zeros(count, dtype=np.int64)
    verdict = np.where(digits.valid, OK, UNPARSABLE).astype(np.int8)
    for scale in np.unique(places).tolist():
        here = np.flatnonzero(places == scale)
        chosen = digits if len(here) == count else digits.take(here)
        values[here], found = _scaled(chosen, scale, half_even)
        verdict[here] = np.maximum(verdict[here], np.where(chosen.valid, found, OK))
    values[verdict != OK] = 0
    return values, verdict


def _scaled(digits: Digits, scale: int, half_even: bool) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    kept = pc.utf8_rpad(pc.utf8_slice_codeunits(digits.part, 0, scale), scale, "0") if scale else ""
    text = pc.utf8_ltrim(pc.binary_join_element_wise(digits.whole, kept, ""), "0")
    fits = _bools(pc.less_equal(pc.utf8_length(text), MAX_DIGITS))
    whole = pc.if_else(pc.and_(pa.array(fits), pc.greater(pc.utf8_length(text), 0)), text, "0")
    values: NDArray[np.int64] = pc.cast(whole, pa.int64()).to_numpy(zero_copy_only=False).copy()
    beyond = pc.utf8_rtrim(pc.utf8_slice_codeunits(digits.part, scale), "0")
    excess = _bools(pc.greater(pc.utf8_length(beyond), 0))
    verdict = np.where(fits, OK, OUT_OF_RANGE).astype(np.int8)
    if excess.any():
        if half_even:
            values += _round_up(beyond, values) & fits
        else:
            verdict[excess & fits] = TOO_PRECISE
    return np.where(digits.negative, -values, values), verdict


def _round_up(beyond: Any, values: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether the decimals cut off are more than half a unit, or exactly half beside an odd last digit."""
    above = _bools(pc.greater(beyond, "5"))  # digits without trailing zeros compare like the decimals they write
    tie = _bools(pc.equal(beyond, "5"))
    up: NDArray[np.bool_] = above | (tie & (values % 2 == 1))
    return up


def ratios(digits: Digits) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Numbers above zero as exact fractions in lowest terms, and which rows are such numbers.

    A number may have up to 18 digits altogether; what is not OK is 1/1.
    """
    part = pc.utf8_rtrim(digits.part, "0")
    places = pc.utf8_length(part).to_numpy(zero_copy_only=False).astype(np.int64)
    text = pc.utf8_ltrim(pc.binary_join_element_wise(digits.whole, part, ""), "0")
    length = pc.utf8_length(text).to_numpy(zero_copy_only=False)
    good = digits.valid & ~digits.negative & (length > 0) & (length <= MAX_DIGITS) & (places <= MAX_DIGITS)
    num = pc.cast(pc.if_else(pa.array(good), text, "1"), pa.int64()).to_numpy(zero_copy_only=False).copy()
    den = np.power(np.int64(10), np.where(good, places, 0), dtype=np.int64)
    shared = np.gcd(num, den)
    return num // shared, den // shared, good


def _bools(values: Any) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = values.to_numpy(zero_copy_only=False).astype(bool)
    return found
