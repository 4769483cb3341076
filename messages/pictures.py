"""Charts as pictures, for people who would rather look: bars with a mark, the same bytes each time.

A picture adds to a message and never replaces its words: whoever cannot see it reads the same figures in the text,
and `alt` says what it shows. It holds shares and counts, never pay, so that it may stand in a channel.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from messages.escape import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

WHOLE_PPM = 1_000_000
#: More bars are unreadable on a phone; the words beside the picture have them all.
MOST_BARS = 12
_LABEL, _TITLE = 28, 80
_INK, _MUTED, _FULL, _PART = "#1d1c1d", "#616061", "#2f7d5b", "#5b8def"
_DOTS_PER_INCH = 120


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, its length in parts per million of the whole, and the words at its end."""

    label: str
    ppm: int
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn chart: its file name, what it shows in a sentence, and the bytes of the PNG."""

    name: str
    alt: str
    png: bytes


def bars(name: str, title: str, rows: Sequence[Bar], mark_ppm: int | None = None) -> Picture | None:
    """Return a picture of the bars, top to bottom; None where there is nothing to draw.

    Args:
        name: The file's name without its ending.
        title: Stands above the bars.
        rows: The bars; what is beyond `MOST_BARS` is left to the words.
        mark_ppm: Where a dashed line stands across all bars, such as the share of the period that has passed.
    """
    shown = rows[:MOST_BARS]
    if not shown:
        return None
    figure, axes = _sheet(len(shown))
    longest = max(WHOLE_PPM, *(row.ppm for row in shown), mark_ppm or 0)
    places = range(len(shown))
    axes.barh(
        places, [max(row.ppm, 0) for row in shown], color=[_colour(row.ppm) for row in shown], height=_part(5, 8)
    )
    for place, row in zip(places, shown, strict=True):
        end = max(row.ppm, 0) + longest // 100
        behind = {"facecolor": "white", "edgecolor": "none", "pad": 1}  # a mark passes behind the words
        axes.text(end, place, _plain(row.text), va="center", color=_INK, fontsize=9, bbox=behind)
    if mark_ppm is not None:
        axes.axvline(mark_ppm, color=_MUTED, linestyle="--", linewidth=1)
    axes.set_yticks(places, [_plain(row.label) for row in shown])
    axes.set_xlim(0, longest + longest // 5)
    axes.set_title(_plain(title, _TITLE), loc="left", color=_INK, fontsize=11)
    alt = f"{title}: " + "; ".join(f"{row.label} {row.text}" for row in shown)
    return Picture(f"{name}.png", one_line(alt)[:1_900], _written(figure))


def _sheet(count: int) -> tuple[Any, Any]:
    """Return an empty figure with room for so many bars, and its axes."""
    figure_type, canvas = _drawing()
    figure = figure_type(figsize=(8, 1 + count * _part(2, 5)), dpi=_DOTS_PER_INCH, layout="tight")
    canvas(figure)
    axes = figure.add_subplot()
    axes.invert_yaxis()
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0, colors=_INK, labelsize=9)
    for side in ("top", "right", "bottom", "left"):
        axes.spines[side].set_visible(False)
    return figure, axes


@cache
def _drawing() -> tuple[Any, Any]:
    """Return the figure and the canvas of matplotlib, which takes half a second to load, once somebody draws."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    return Figure, FigureCanvasAgg


def _written(figure: Any) -> bytes:
    sheet = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # the words beside the picture have the name
        figure.savefig(sheet, format="png", metadata={"Software": None})
    return sheet.getvalue()


def _colour(ppm: int) -> str:
    return _FULL if ppm >= WHOLE_PPM else _PART


def _part(over: int, under: int) -> Any:
    """Return a share of an inch: a length on the sheet, never an amount."""
    return over / under


def _plain(text: str, most: int = _LABEL) -> str:
    """Return a text for the sheet: one line, cut to what fits, without matplotlib's mathematical markup."""
    said = one_line(text)
    shown = said if len(said) <= most else f"{said[: most - 1]}…"
    return shown.replace("\\", "⧵").replace("$", r"\$")
