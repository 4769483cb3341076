"""Frames are checked at the door, and their hash is that of their content."""

from __future__ import annotations

import pandas as pd
import pytest

from engine.errors import FrameInvalid
from engine.frames import COLUMNS, Facts, check

DEAL = {"deal_id": 1, "owner_id": 2, "amount_cents": 3, "currency": "USD", "booked_on": 4, "deal_type": "new"}
DEAL |= {"product": "A", "stage": "won"}


def test_plain_rows_become_frames_with_the_columns_and_dtypes_of_the_contract() -> None:
    facts = Facts.of(deals=[DEAL])
    check(facts)
    for name, frame in facts.frames():
        assert {column: str(dtype) for column, dtype in frame.dtypes.items()} == COLUMNS[name]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("amount_cents", 1.5),
        ("amount_cents", float("nan")),
        ("amount_cents", "12"),
        ("booked_on", 2**40),
        ("deal_id", None),
    ],
)
def test_a_value_that_does_not_fit_is_refused(column: str, value: object) -> None:
    if isinstance(value, str):
        value = "twelve"
    with pytest.raises(FrameInvalid, match=column):
        Facts.of(deals=[DEAL | {column: value}])


def test_a_missing_column_is_named() -> None:
    with pytest.raises(FrameInvalid, match="stage"):
        Facts.of(deals=pd.DataFrame([DEAL]).drop(columns="stage"))


def test_a_wrong_dtype_is_named() -> None:
    facts = Facts.of(deals=[DEAL])
    facts.deals["amount_cents"] = facts.deals["amount_cents"].astype("int32")
    with pytest.raises(FrameInvalid, match=r"amount_cents.*int32.*int64"):
        check(facts)


def test_the_hash_is_that_of_the_content() -> None:
    other = DEAL | {"deal_id": 2, "product": "B"}
    hashes = [
        Facts.of(deals=rows).inputs_hash()
        for rows in ([DEAL, other], [other, DEAL], [DEAL, other | {"product": "C"}])
    ]
    assert hashes[0] == hashes[1] != hashes[2]
    spare = Facts.of(deals=[DEAL, other])
    spare.deals["product"] = spare.deals["product"].cat.add_categories("unused")
    assert spare.inputs_hash() == hashes[0]
    assert len(hashes[0]) == 64
