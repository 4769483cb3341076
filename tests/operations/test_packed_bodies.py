"""A kept body is the JSON that Python's own encoder writes with sorted names, whatever is in it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from operations.packed_bodies import packed


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"b": None, "a": "x", "c": True, "d": 1, "e": 1.5},
        {"name": 'é"\\\n\x1f\ud800', "100%": "%s", "rows": [{"z": 1, "a": [None]}]},
    ],
)
def test_it_is_sorted_json(body: dict[str, Any]) -> None:
    assert packed(body) == json.dumps(body, sort_keys=True, separators=(",", ":"))


def test_decimals_keep_their_digits() -> None:
    assert packed({"amount": Decimal("1.50"), "large": Decimal("1E+3")}) == '{"amount":"1.50","large":"1000"}'
