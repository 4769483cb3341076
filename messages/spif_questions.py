"""What a SPIF costs and whether it worked, and why nobody reaches its prize, in words for whoever leads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.money import Money
from messages import actions, spif_prose
from messages import format as written
from messages.escape import clip
from messages.spif_card import SpifButton, SpifCard, stands

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.spifs.answers import Cost, Spread
    from messages.reader import Reader
    from messages.spif import Listed

NEAR_SHOWN, FAILED_SHOWN = 3, 4
_OFF_COURSE = {
    "over_budget": "Off course: without the budget it would cost more.",
    "nobody_scores": "Off course: nobody scores.",
    "one_rep": "Off course: one person wins most of it.",
}


@dataclass(frozen=True, slots=True)
class Costing:
    """What one SPIF costs, and its review as it was kept; empty before there is one."""

    about: Listed
    cost: Cost
    review: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reached:
    """How the scores of one SPIF lie, with the names of those who are near."""

    about: Listed
    spreads: tuple[Spread, ...]
    names: Mapping[int, str]


def cost(found: Sequence[Costing], reader: Reader) -> SpifCard:
    """Return what SPIFs have cost, cost as they stand, may cost at most, and whether they worked."""
    lines: list[str] = []
    for one in found:
        lines += [f"{spif_prose.title(one.about.rules)} ({stands(one.about.state)})", *_cost(one, reader)]
    return SpifCard("What the SPIF costs", tuple(lines), buttons=_open([one.about for one in found]))


def reached(found: Sequence[Reached], reader: Reader) -> SpifCard:
    """Return how scores lie against the least that wins, who is near, and what keeps deals out."""
    lines: list[str] = []
    for one in found:
        lines.append(f"{spif_prose.title(one.about.rules)} ({stands(one.about.state)})")
        for spread in one.spreads:
            lines += _spread(one, spread, reader)
    return SpifCard("Who reaches the prize", tuple(lines), buttons=_open([one.about for one in found]))


def _cost(one: Costing, reader: Reader) -> list[str]:
    cost_ = one.cost

    def money(minor: int) -> str:
        return written.money(Money(minor, cost_.currency), reader)

    worst = "not limited by its rules" if cost_.worst is None else money(cost_.worst)
    lines = [
        f"• Spent {money(cost_.spent)}; {money(cost_.standing)} as it stands.",
        f"• Committed at most {money(cost_.committed)}, worst case {worst}, budget {money(cost_.budget)}.",
        *(f"• {_OFF_COURSE[sign]}" for sign in cost_.off_course),
    ]
    if one.review:
        return [*lines, *(f"• {line}" for line in spif_prose.review(one.review, reader))]
    return [*lines, "• Did it work? That is worked out ten workdays after the payout."]


def _spread(one: Reached, spread: Spread, reader: Reader) -> list[str]:
    currency, many = one.about.rules.currency, len(one.spreads) > 1

    def score(value: int) -> str:
        return spif_prose.score(value, spread.unit, currency, reader)

    name = f"{clip(spread.award, 40)}: " if many else ""
    lines = [f"• {name}{spread.reached} of {spread.eligible} have reached {score(spread.threshold)}, which wins."]
    if spread.highest > 0:
        lines.append(
            f"• Scores: {score(spread.lowest)} to {score(spread.highest)}, in the middle {score(spread.median)}; "
            f"{spread.zero} without any."
        )
    near = [f"{clip(one.names.get(who, ''), 40)} ({score(gap)} short)" for who, gap in spread.near[:NEAR_SHOWN]]
    if near:
        lines.append(f"• One step away: {', '.join(near)}.")
    failed = [f"{why.replace('_', ' ')} {count}" for why, count in spread.failed[:FAILED_SHOWN]]
    if failed:
        lines.append(f"• What keeps deals of these days out, by how many: {', '.join(failed)}.")
    return lines


def _open(found: Sequence[Listed]) -> tuple[SpifButton, ...]:
    return tuple(
        SpifButton(
            f"Open {clip(one.rules.name, 40)}", actions.SPIF_SHOW, actions.spif_value(one.spif_id, one.rules_hash)
        )
        for one in found
    )
