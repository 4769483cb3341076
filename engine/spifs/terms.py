"""Further terms of a SPIF, as somebody types them: cap, hold, what a prize is, ties, and the plan's commission.

What is left out is as in the template. A value that cannot be read is a fault of its field, never an exception.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.errors import EngineError
from engine.money import Money
from engine.spifs.faults import error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spifs.faults import Fault

#: In place of a currency where prizes are points.
POINTS = "points"
#: The rules for ties that each shape of prizes has.
_TIES: Mapping[str, tuple[str, ...]] = {
    "ranking": ("share", "earliest", "all_win"),
    "first_to": ("share", "all_win"),
    "pot": ("share", "earliest"),
}
_KINDS = ("cash", POINTS, "gift")
_STACKING = ("on_top", "greater_of")
_LONGEST_HOLD = 60


@dataclass(frozen=True, slots=True)
class Terms:
    """What was typed, read.

    Attributes:
        more: Fields of the rules: cap, hold, stacking.
        kind: Cash, points or a gift.
        texts: What the gift of each place is.
        ties: The rule for ties, "" for the template's own.
    """

    more: Mapping[str, Any] = field(default_factory=dict)
    kind: str = "cash"
    texts: tuple[str, ...] = ()
    ties: str = ""

    def put(self, award: dict[str, Any]) -> dict[str, Any]:
        """The record of an award with these terms in it, as far as its shape has them."""
        pays = award["pays"]
        if self.ties in _TIES.get(pays["form"], ()):
            pays = pays | {"ties": self.ties}
        reward = {"kind": self.kind} | ({"texts": list(self.texts)} if self.texts else {})
        return award | {"pays": pays} | ({"reward": reward} if self.kind != "cash" else {})

    def unit(self, currency: str) -> str:
        """What prizes are counted in."""
        return POINTS if self.kind == POINTS else currency


def read(typed: Mapping[str, str], currency: str) -> tuple[Terms, tuple[Fault, ...]]:
    """The terms that were typed, and what of them cannot be read.

    Args:
        typed: By `cap`, `hold`, `reward`, `gift`, `ties`, `stacking`; what is empty or missing asks for nothing.
        currency: Of the cap.
    """
    said = {name: value.strip() for name, value in typed.items() if value.strip()}
    more: dict[str, Any] = {}
    faults: list[Fault] = []
    if "cap" in said:
        try:
            more["cap_per_rep"] = Money.parse(said["cap"], currency).minor
        except EngineError as fault:
            faults.append(error("unreadable", "cap", (str(fault), "Write an amount such as 500."), said["cap"]))
    hold = said.get("hold", "")
    if hold.isascii() and hold.isdecimal() and len(hold) < 4 and int(hold) <= _LONGEST_HOLD:
        more["hold_days"] = int(hold)
    elif hold:
        wrong = ("That is no number of days.", f"Write a whole number up to {_LONGEST_HOLD}.")
        faults.append(error("unreadable", "hold", wrong, hold))
    if said.get("stacking") in _STACKING:
        more["stacking"] = said["stacking"]
    kind = said.get("reward", "cash")
    texts = tuple(part.strip() for part in said.get("gift", "").split(",") if part.strip()) if kind == "gift" else ()
    if kind == "gift" and not texts:
        faults.append(error("unreadable", "gift", ("The gift has no name.", "Say what is won, first place first.")))
    return Terms(more, kind if kind in _KINDS else "cash", texts, said.get("ties", "")), tuple(faults)
