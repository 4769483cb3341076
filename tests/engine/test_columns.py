"""Facts as columns are the same facts as data frames, and order moves are what numpy's slower ones are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import order
from engine.columns import Columns, integers, named
from engine.errors import FrameInvalid
from tests.engine.booked import deal, facts_of

if TYPE_CHECKING:
    from engine.frames import Facts

NUMBERS = st.lists(st.integers(-3, 40) | st.integers(-(2**62), 2**62), max_size=30)


@pytest.fixture
def facts() -> Facts:
    return facts_of([deal(1, 1, (1, 5), 1_000_00), deal(2, 2, (2, 6), -5)])


def test_columns_are_the_same_facts(facts: Facts) -> None:
    apart = facts.by_column()
    assert apart.inputs_hash() == facts.inputs_hash()
    assert apart.deals is facts.deals
    second = Columns.of(facts.deals)
    for name, dtype in facts.deals.dtypes.items():
        (named if dtype == "category" else integers)(second, str(name))
    pd.testing.assert_frame_equal(second.part(np.array([1])).frame(), facts.deals[1:].reset_index(drop=True))


def test_a_table_becomes_a_data_frame_when_it_is_asked_for(facts: Facts) -> None:
    names = facts.deals.columns.tolist()
    own = {
        name: named(facts.deals, name) if facts.deals[name].dtype == "category" else integers(facts.deals, name)
        for name in names
    }
    made = facts.changed(deals=Columns(own))
    assert made.inputs_hash() == facts.inputs_hash()
    assert "deals" not in vars(made)
    pd.testing.assert_frame_equal(made.deals, facts.deals)
    assert made.deals is made.deals


def test_a_column_of_the_wrong_sort_is_refused(facts: Facts) -> None:
    table = facts.by_column().table("deals")
    for read, name in ((integers, "stage"), (named, "amount_cents"), (integers, "nothing")):
        with pytest.raises(FrameInvalid, match=name):
            read(table, name)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(-(2**62), 2**62), st.integers(-(2**62), 2**62)), max_size=25)
)
@settings(max_examples=60)
def test_rows_are_ordered_by_all_columns_however_wide(rows: list[tuple[int, int, int]]) -> None:
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    found = order.ordered([table[:, 0], table[:, 1] % 7, table[:, 1], table[:, 2]])
    wanted = sorted(range(len(rows)), key=lambda at: (rows[at][0], rows[at][1] % 7, rows[at][1], rows[at][2], at))
    assert found.tolist() == wanted


@given(NUMBERS)
@settings(max_examples=60)
def test_values_are_told_apart_as_by_sorting(numbers: list[int]) -> None:
    values = np.array(numbers, dtype=np.int64)
    known, place = order.distinct(values)
    wanted, where = np.unique(values, return_inverse=True)
    assert (known.tolist(), place.tolist()) == (wanted.tolist(), where.tolist())
    edges = np.array([-5, 0, 7, 30])
    assert order.passed(edges, values).tolist() == np.searchsorted(edges, values, side="right").tolist()


@given(st.lists(st.lists(st.integers(0, 5), max_size=8), min_size=1, max_size=4))
@settings(max_examples=60)
def test_sorted_parts_are_put_together_in_the_order_of_parts(lists: list[list[int]]) -> None:
    parts = [np.array(sorted(each), dtype=np.int64) for each in lists]
    whole = np.concatenate(parts)
    where = np.concatenate(order.merged(parts, 6))
    stable = np.argsort(whole, kind="stable")
    assert where[stable].tolist() == list(range(len(whole)))
