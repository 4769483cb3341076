"""Progress as text: a bar that a screen reader can skip, because the sentence beside it says the same."""

from __future__ import annotations

FULL, EMPTY, PACE = "█", "░", "│"
WIDTH = 20
WHOLE_PPM = 1_000_000


def bar(done_ppm: int, elapsed_ppm: int | None = None, width: int = WIDTH) -> str:
    """Return a bar filled to `done_ppm`; a stroke stands where the calendar is, if `elapsed_ppm` is given.

    The last cell fills only when the whole is reached, the first as soon as there is anything.
    """
    filled = _cells(done_ppm, width)
    cells = FULL * filled + EMPTY * (width - filled)
    if elapsed_ppm is None or not 0 < elapsed_ppm < WHOLE_PPM:
        return cells
    place = _cells(elapsed_ppm, width)
    return cells[:place] + PACE + cells[place:]


def _cells(ppm: int, width: int) -> int:
    """Return how many cells a share fills, rounded down, yet never none of something."""
    if ppm <= 0:
        return 0
    return max(1, min(width, ppm * width // WHOLE_PPM))
