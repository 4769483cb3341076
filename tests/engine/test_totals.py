"""Products that do not fit 64 bits are divided exactly, and rounded as single amounts are."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.money import ROUNDING_MODES, divide
from engine.totals import rounded_product

wide = st.one_of(st.integers(-9, 9), st.integers(-(10**6), 10**6), st.integers(-(10**17), 10**17))


@given(
    rows=st.lists(st.tuples(wide, wide, st.one_of(st.sampled_from((1, 2, 10)), st.integers(1, 10**17))), min_size=1),
    mode=st.sampled_from(ROUNDING_MODES),
    one=st.booleans(),
)
def test_a_product_is_rounded_like_a_single_amount(rows: list[tuple[int, int, int]], mode, one: bool) -> None:
    num, times, den = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    below = int(den[0]) if one else den
    found = rounded_product(num, times, below, mode)
    wanted = [divide(a * b, int(den[0]) if one else c, mode) for a, b, c in rows]
    assert [int(value) for value in found] == wanted
