from __future__ import annotations

import pytest

from messages.charts import bar


@pytest.mark.parametrize(
    ("done", "elapsed", "shown"),
    [
        (0, None, "░░░░░░░░░░"),
        (1, None, "█░░░░░░░░░"),
        (500_000, 250_000, "██│███░░░░░"),
        (999_999, None, "█████████░"),
        (1_000_000, 999_999, "█████████│█"),
        (2_000_000, 1_000_000, "██████████"),
        (-50_000, 500_000, "░░░░░│░░░░░"),
    ],
)
def test_bar_fills_only_when_the_whole_is_reached(done: int, elapsed: int | None, shown: str) -> None:
    assert bar(done, elapsed, width=10) == shown
