"""Rows in order, however wide their columns are, and sums that begin again."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.order import ordered, positions, running, sorted_rows, starts_of, steps
from engine.payload import Payload

wide = st.sampled_from((3, 1_000, 2**31, 2**62))


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1), wide, wide)
def test_rows_are_sorted_by_columns_and_then_by_position(rows: list[tuple[int, int]], one: int, two: int) -> None:
    columns = [(np.array([row[place] for row in rows]), size) for place, size in ((0, one), (1, two))]
    assert sorted_rows(columns).tolist() == sorted(range(len(rows)), key=lambda at: (rows[at], at))


@given(st.lists(st.tuples(*[st.sampled_from((0, 1, 2**20, 2**40, 2**61))] * 4), min_size=1))
def test_columns_too_wide_for_one_number_are_sorted_all_the_same(rows: list[tuple[int, ...]]) -> None:
    columns = [np.array(column, dtype=np.int64) - 2**30 for column in zip(*rows, strict=True)]
    assert ordered(columns).tolist() == sorted(range(len(rows)), key=lambda at: (rows[at], at))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-99, 99))))
def test_running_sums_begin_again_and_steps_undo_them(rows: list[tuple[int, int]]) -> None:
    rows.sort(key=lambda row: row[0])
    codes, values = (np.array([row[place] for row in rows], dtype=np.int64) for place in (0, 1))
    starts = starts_of(codes)
    totals = running(values, starts)
    assert totals.tolist() == [sum(v for c, v in rows[: at + 1] if c == rows[at][0]) for at in range(len(rows))]
    assert steps(totals, starts).tolist() == values.tolist()


@given(st.lists(st.integers(-5, 2**62)), st.sets(st.integers(-5, 2**62) | st.integers(0, 50)))
def test_positions_say_where_and_whether(wanted: list[int], known: set[int]) -> None:
    rising = sorted(known)
    place, found = positions(np.array(wanted, dtype=np.int64), np.array(rising, dtype=np.int64))
    assert found.tolist() == [value in known for value in wanted]
    assert [rising[at] for at, is_there in zip(place, found, strict=True) if is_there] == [
        v for v in wanted if v in known
    ]


@given(
    st.lists(st.tuples(st.integers(-(10**15), 10**15), st.integers(0, 9)), min_size=1), st.sampled_from((10, 2**15))
)
def test_a_payload_gives_back_what_was_packed(rows: list[tuple[int, int]], count: int) -> None:
    amounts, kinds = np.array([row[0] for row in rows]), np.array([row[1] for row in rows], dtype=np.int16)
    back = np.arange(len(rows))[::-1]
    for held in (kinds, None):
        found, codes = Payload.of(amounts, held, count).take(back)
        assert found.tolist() == amounts[back].tolist()
        assert (codes is None) if held is None else codes.tolist() == kinds[back].tolist()
