"""Kinds of lines in a reader's words: what each is called, what it does to pay, what stood before and after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.notes import NAMES
from messages.escape import clip

if TYPE_CHECKING:
    from engine.answers import LineSummary

#: Kinds that count credit of their own; the others change what was paid for it.
CREDITED = ("commission", "override", "difference")
#: How much of a name a sentence holds.
DEAL, COMPONENT = 80, 60


@dataclass(frozen=True, slots=True)
class KindWords:
    """One kind of line in sentences around its amount, which always reads without a sign.

    `gives` is said of an amount that is paid, `takes` of one that is taken off; "{amount}" stands for the amount, and
    "{of}" for the component or the plan. `step` is the same as one of the steps from earnings to payout.
    """

    gives: str
    takes: str
    step: tuple[str, str]
    before: str = ""
    after: str = ""


def _both(what: str, step: tuple[str, str]) -> KindWords:
    return KindWords(f"{what} adds {{amount}}", f"{what} takes away {{amount}}", step)


_DEBT = ("Owed before", "Owed after")
_SAID: dict[str, KindWords] = {
    "cap": KindWords("The cap of {of} gives back {amount}", "The cap of {of} takes away {amount}", ("", "cap")),
    "gate": _both("A condition of {of}", ("condition", "condition")),
    "multiplier": _both("A multiplier of {of}", ("multiplier", "multiplier")),
    "minimum": _both("The minimum of {of}", ("minimum", "minimum")),
    "deduction": KindWords(
        "What is taken off {of} gives back {amount}", "What is taken off {of} comes to {amount}", ("", "deduction")
    ),
    "override": KindWords("An override pays {amount}", "An override takes back {amount}", ("override", "override")),
    "difference": KindWords(
        "The level difference pays {amount}", "The level difference takes back {amount}", ("level", "level")
    ),
    "pool": KindWords("The part of the pool “{of}” is {amount}", "{amount} goes into the pool “{of}”", ("pool",) * 2),
    "hold": KindWords(
        "{amount} is no longer held back by {of}", "{amount} of what {of} pays is held back", ("freed", "held back")
    ),
    "release": KindWords(
        "{amount} that {of} held back is released",
        "{amount} that {of} had released is held back again",
        ("released", "held back again"),
        "Released before",
        "Released after",
    ),
    "clawback": KindWords(
        "{amount} that {of} had taken back is returned",
        "{amount} that {of} paid is taken back",
        ("clawback returned", "clawed back"),
    ),
    "adjustment": _both("An adjustment", ("adjustment added", "adjustment taken off")),
    "prize": KindWords("A prize pays {amount}", "A prize of {amount} is taken back", ("prize", "prize taken back")),
    "salary": KindWords("The base salary is {amount}", "{amount} of base salary is taken off", ("base salary",) * 2),
    "draw": KindWords(
        "The draw pays {amount}", "{amount} of the draw is taken off", ("draw paid", "draw taken off"), *_DEBT
    ),
    "recovery": KindWords(
        "{amount} of the draw is given back", "{amount} repays the draw", ("draw given back", "draw repaid"), *_DEBT
    ),
    "guarantee": _both("The guarantee", ("guarantee added", "guarantee taken off")),
    "top_up": _both("The minimum wage", ("topped up to the minimum wage", "minimum wage taken off")),
    "carry": KindWords(
        "{amount} below zero is not taken from this period",
        "{amount} from an earlier period is taken from this one",
        ("below zero, not taken now", "taken for an earlier period"),
    ),
    "true_up": KindWords(
        "By the quota to date, what was credited before comes to {amount} more",
        "By the quota to date, what was credited before comes to {amount} less",
        ("trued up", "trued down"),
    ),
    "correction": _both("The correction of a locked period", ("correction added", "correction taken off")),
}


def label(kind: str) -> str:
    """Return what a kind of line is called."""
    return NAMES.get(kind, kind.replace("_", " ").capitalize())


def step(kind: str, *, is_taken: bool) -> str:
    """Return what a kind does on the way from earnings to payout, as it stands before its amount: "held back"."""
    known = _SAID.get(kind)
    return label(kind).lower() if known is None else known.step[is_taken]


def around(line: LineSummary) -> tuple[str, str]:
    """Return the words before and after the amount of a line that is no commission: what it does to pay."""
    known, of = _SAID.get(line.kind), clip(line.component, COMPONENT) or "the plan"
    if known is None:
        return f"{label(line.kind)}: ", "."
    said = known.takes if line.amount.minor < 0 else known.gives
    before, _, after = said.partition("{amount}")
    deal = line.deal
    name = "" if deal is None else deal.name or deal.external_id or f"deal {deal.deal_id}"
    on = f" on {clip(name, DEAL)}" if name else ""
    return before.replace("{of}", of), f"{after.replace('{of}', of)}{on}."


def standing(kind: str) -> tuple[str, str]:
    """Return what the figures before and after a line are called; empty where they say nothing to a reader."""
    if kind in CREDITED:
        return "Credit before", "Credit after"
    known = _SAID.get(kind)
    return ("", "") if known is None else (known.before, known.after)
