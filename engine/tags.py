"""Names that deals carry beside type and product: category, segment, territory, or any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.frames import Named, integers, named
from engine.order import narrow, positions
from engine.problems import Problem

if TYPE_CHECKING:
    from engine.deals import Deals
    from engine.frames import Frame


class Tags:
    """The tags of some deals, in the order of the deals; each is looked up once."""

    def __init__(self, tags: Frame, deals: Deals) -> None:
        """Find the rows of the deals."""
        self._deals = deals
        self._names, self._values = named(tags, "name"), named(tags, "value")
        place, known = positions(integers(tags, "deal_id"), deals.deal_id)
        self._rows = np.flatnonzero(known)
        self._place = place[self._rows]
        self._known: dict[str, Named] = {}
        self.problems: list[Problem] = []

    @property
    def values(self) -> tuple[str, ...]:
        """All values of all tags."""
        return self._values.names

    def of(self, name: str) -> Named:
        """What each deal carries as the tag called `name`; nothing where it carries two different values."""
        if name not in self._known:
            self._known[name] = self._found(name)
        return self._known[name]

    def _found(self, name: str) -> Named:
        own = np.flatnonzero(self._names.codes[self._rows] == self._names.code(name))
        place, value = self._place[own], self._values.codes[self._rows[own]]
        codes = np.full(len(self._deals), -1, dtype=narrow(len(self._values.names)))
        codes[place] = value
        twice = np.unique(place[codes[place] != value])
        codes[twice] = -1
        self.problems += [_twice(int(self._deals.deal_id[row]), name) for row in twice]
        return Named(codes, self._values.names)


def _twice(deal: int, name: str) -> Problem:
    message = "The deal carries two values where a condition of a plan expects one, so it carries none."
    return Problem("tag_repeated", message, "Keep one of the two at its source.", "tags", deal=deal, found=name)
