"""Further terms in the form of a SPIF: what each asks for, and which of them the choices above make sense of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.spifs.terms import TEAM_FORMS
from messages.fields import Option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spifs.templates import Template

_REWARDS = (
    Option("Cash, on the pay slip", "cash"),
    Option("Points", "points", "Prizes are whole points, and never pay."),
    Option("A gift", "gift", "The amount is what it is worth."),
)
_TIES = (
    Option("Those who tie share the prizes", "share"),
    Option("Of those who tie, the earliest wins", "earliest"),
    Option("Those who tie all win", "all_win"),
)
_STACKING = (
    Option("On top of the commission", "on_top"),
    Option("Only what exceeds the commission", "greater_of", "On the same deals."),
)
_COMPETES = (
    Option("Each rep", "rep"),
    Option("Teams, by their sum", "team_sum"),
    Option("Teams, by their average", "team_average", "Then size does not matter."),
)
_TEAM_BY = (
    Option("The team in Attain", "team"),
    Option("The region", "region"),
    Option("Everybody with the same manager", "manager"),
    Option("Teams made for it", "listed"),
)
_DIVIDES = (
    Option("Equally", "equally"),
    Option("By what each has scored", "by_score"),
    Option("Everybody gets all of it", "each"),
)
_TAKES = (
    Option("In proportion to what is lost", "proportion"),
    Option("As a whole, as soon as anything is lost", "whole"),
    Option("Nothing", "nothing"),
)
#: Terms as every template has them.
_USUAL = {
    "cap": "", "hold": "5", "reward": "cash", "gift": "", "gross_up": "", "point_value": "", "ties": "share",
    "stacking": "on_top", "reversal": "60", "takes": "proportion", "team_by": "team", "teams": "",
    "divides": "equally",
}  # fmt: skip
#: The names of the terms whose block names the template, too: another kind of SPIF has its own default.
OF_KIND = ("competes",)


@dataclass(frozen=True, slots=True)
class Terms:
    """Further terms as they stand in the form, what there is to pick from, and what of it is asked for.

    Attributes:
        typed: What stands in the fields, by name.
        competes_id: The block that asks who competes; "" where only reps can.
        is_of_teams: Whether teams compete, so that it is asked what makes one.
        value_label: What the field of a point's cost says.
    """

    typed: Mapping[str, str]
    competes_id: str
    is_of_teams: bool
    value_label: str
    rewards: tuple[Option, ...] = _REWARDS
    ties: tuple[Option, ...] = _TIES
    stacking: tuple[Option, ...] = _STACKING
    competes: tuple[Option, ...] = _COMPETES
    team_by: tuple[Option, ...] = _TEAM_BY
    divides: tuple[Option, ...] = _DIVIDES
    takes: tuple[Option, ...] = _TAKES


def terms(chosen: Template, entered: Mapping[str, str], currency: str) -> Terms:
    """Return the further terms of a template with what was typed into them."""
    awards = chosen.rules["awards"]
    own = next((f"team_{one.get('team_score', 'sum')}" for one in awards if one.get("competes") == "team"), "rep")
    typed = {**_USUAL, "competes": own, **entered}
    may = any(one["pays"]["form"] in TEAM_FORMS for one in awards)
    return Terms(
        typed,
        f"{chosen.id}.competes" if may else "",
        may and typed["competes"] != "rep",
        f"What one point costs the company, in {currency}",
    )
