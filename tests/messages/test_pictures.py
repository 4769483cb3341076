"""Pictures: the same bytes each time, hostile names, and nothing to draw."""

from __future__ import annotations

import struct

import pytest

from messages.limits import IMAGE_ALT
from messages.pictures import MOST_BARS, Bar, bars

ROWS = [Bar("Americas", 1_120_000, "112%"), Bar("EMEA", 640_000, "64%")]


def test_the_same_bars_are_the_same_bytes() -> None:
    first, again = bars("team", "Attainment", ROWS, 450_000), bars("team", "Attainment", ROWS, 450_000)
    assert first is not None
    assert again is not None
    assert first.png == again.png
    assert first.png.startswith(b"\x89PNG")
    assert first.alt == "Attainment: Americas 112%; EMEA 64%"


def test_nothing_to_draw_is_no_picture() -> None:
    assert bars("team", "Attainment", []) is None


@pytest.mark.parametrize("label", ["$x_{", r"\frac{1}{0}", "<!channel>", "日本", "", "a\nb\x00c", "é" * 500])
def test_any_name_can_be_drawn(label: str) -> None:
    drawn = bars("team", label, [Bar(label, -5, label), Bar(label, 10**12, label)])
    assert drawn is not None
    assert len(drawn.alt) <= IMAGE_ALT
    assert "\n" not in drawn.alt


def test_a_picture_grows_with_its_bars_up_to_the_most() -> None:
    def height(count: int) -> int:
        drawn = bars("team", "Attainment", ROWS[:1] * count)
        assert drawn is not None
        return int(struct.unpack(">I", drawn.png[20:24])[0])

    assert height(2) < height(MOST_BARS) == height(MOST_BARS + 5)
