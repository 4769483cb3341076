"""Receipts: the same question over the same facts has the same receipt and the same bytes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine.answers import Basis, QuotaAnswer, RepRef, Slice
from engine.money import Money, Rate
from engine.receipts import Asked, Sources, canonical, issue

ASKED = Asked("quota", 7, (("period", "Q3 2026"),), date(2026, 8, 15))
SOURCES = Sources(12, ("aa", "bb"), "cc", "0.1.0")
ANSWER = QuotaAnswer(RepRef(7, "Linda"), date(2026, 8, 15), None, (), Money(5, "USD"))


def test_a_receipt_is_the_same_every_time() -> None:
    one, two = issue(ASKED, SOURCES, ANSWER), issue(ASKED, SOURCES, ANSWER)
    assert one == two
    assert one.receipt_id.startswith("rcp_")
    assert len(one.receipt_id) == 20
    assert one.receipt_id == one.receipt_id.lower()


@pytest.mark.parametrize(
    ("asked", "sources", "answer"),
    [
        (replace(ASKED, rep_id=8), SOURCES, ANSWER),
        (replace(ASKED, args=()), SOURCES, ANSWER),
        (ASKED, replace(SOURCES, watermark=13), ANSWER),
        (ASKED, replace(SOURCES, plan_hashes=("aa",)), ANSWER),
        (ASKED, SOURCES, replace(ANSWER, earned=Money(6, "USD"))),
    ],
)
def test_whatever_differs_makes_another_receipt(asked: Asked, sources: Sources, answer: QuotaAnswer) -> None:
    assert issue(asked, sources, answer).receipt_id != issue(ASKED, SOURCES, ANSWER).receipt_id


def test_the_age_of_the_data_is_no_part_of_an_answer() -> None:
    dated = replace(ANSWER, basis=Basis(receipt_id="rcp_x"))
    assert canonical(dated) == canonical(ANSWER)


def test_the_basis_of_a_slice_is_part_of_it() -> None:
    slices = [Slice("amount", 0, None, Money(basis, "USD"), Rate(1, 2), Money(1, "USD")) for basis in (1, 2)]
    assert canonical(slices[0]) != canonical(slices[1])


def test_bytes_are_sorted_json_of_whole_numbers_text_and_dates() -> None:
    assert canonical({"b": (Rate(1, 3), date(2026, 8, 15)), "a": True}) == (
        b'{"a":true,"b":[{"den":3,"num":1},"2026-08-15"]}'
    )
    for unspeakable in (0.5, {1, 2}, object()):
        with pytest.raises(TypeError):
            canonical(unspeakable)
