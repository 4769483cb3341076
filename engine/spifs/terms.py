"""Further terms of a SPIF, as somebody types them: caps, hold, reversal, what a prize is, ties, teams, commission.

What is left out is as in the template. A value that cannot be read is a fault of its field, never an exception.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.errors import EngineError
from engine.money import Money, Rate
from engine.spifs.faults import Fault, error

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
_TAKES = ("proportion", "whole", "nothing")
_TEAM_BY = ("team", "region", "manager", "listed")
_DIVIDES = ("equally", "by_score", "each")
#: Who competes, as typed, and how a team's score is made of its members'.
COMPETES: Mapping[str, tuple[str, str]] = {
    "rep": ("rep", "sum"),
    "team_sum": ("team", "sum"),
    "team_average": ("team", "average"),
}
#: The shapes of prizes for which teams can compete: those of one score against others, or against a step.
TEAM_FORMS = ("ranking", "first_to", "steps", "pot")
_LONGEST_HOLD, _LONGEST_REVERSAL = 60, 366
_MOST_TEAMS = 50


@dataclass(frozen=True, slots=True)
class Terms:
    """What was typed, read.

    Attributes:
        more: Fields of the rules: cap, hold, stacking, reversal, what makes a team.
        kind: Cash, points or a gift.
        reward: Further fields of the reward: the tax that the company bears, what a point costs.
        texts: What the gift of each place is.
        ties: The rule for ties, "" for the template's own.
        competes: A name of `COMPETES`, "" for the template's own.
        divides: How a team's prize is divided, "" for the template's own.
    """

    more: Mapping[str, Any] = field(default_factory=dict)
    kind: str = "cash"
    reward: Mapping[str, Any] = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    ties: str = ""
    competes: str = ""
    divides: str = ""

    def put(self, award: dict[str, Any]) -> dict[str, Any]:
        """The record of an award with these terms in it, as far as its shape has them."""
        pays = award["pays"]
        if self.ties in _TIES.get(pays["form"], ()):
            pays = pays | {"ties": self.ties}
        reward = dict(self.reward) | ({"kind": self.kind} if self.kind != "cash" else {})
        reward |= {"texts": list(self.texts)} if self.texts else {}
        return award | {"pays": pays} | ({"reward": reward} if reward else {}) | self._teams(award)

    def unit(self, currency: str) -> str:
        """What prizes are counted in."""
        return POINTS if self.kind == POINTS else currency

    def of_teams(self, sentence: str, awards: Sequence[Mapping[str, Any]]) -> str:
        """A sentence about reps as one that says that teams compete, where they do and it does not say so."""
        changed = [self._teams(award) for award in awards if award.get("competes", "rep") == "rep"]
        if not any(one.get("competes") == "team" for one in changed):
            return sentence
        return f"{sentence.rstrip('.')}; teams compete, by the {COMPETES[self.competes][1]} of their members."

    def _teams(self, award: Mapping[str, Any]) -> dict[str, Any]:
        if award["pays"]["form"] not in TEAM_FORMS:
            return {}
        who, score = COMPETES.get(self.competes, (award.get("competes", "rep"), award.get("team_score", "sum")))
        if who == "rep":
            return {"competes": "rep", "team_score": "sum"} if "competes" in award else {}
        return {"competes": who, "team_score": score} | ({"divides": self.divides} if self.divides else {})


Read = tuple[dict[str, Any], list[Fault]]


def read(typed: Mapping[str, str], currency: str) -> tuple[Terms, tuple[Fault, ...]]:
    """The terms that were typed, and what of them cannot be read.

    Args:
        typed: By `cap`, `hold`, `reversal`, `takes`, `reward`, `gift`, `gross_up`, `point_value`, `ties`, `stacking`,
            `competes`, `divides`, `team_by`, `teams`; what is empty or missing asks for nothing.
        currency: Of the cap and of what a point costs.
    """
    said = {name: value.strip() for name, value in typed.items() if value.strip()}
    more, faults = _limits(said, currency)
    back, wrong = _reversal(said)
    teams, unread = _team_rules(said)
    kind = _one_of(said, "reward", _KINDS, "cash")
    reward, unpaid = _reward(said, kind, currency)
    texts = tuple(part.strip() for part in said.get("gift", "").split(",") if part.strip()) if kind == "gift" else ()
    if kind == "gift" and not texts:
        unpaid.append(error("unreadable", "gift", ("The gift has no name.", "Say what is won, first place first.")))
    found = Terms(
        more | back | teams,
        kind,
        reward,
        texts,
        said.get("ties", ""),
        _one_of(said, "competes", tuple(COMPETES)),
        _one_of(said, "divides", _DIVIDES),
    )
    return found, tuple(faults + wrong + unread + unpaid)


def listed_teams(typed: str) -> tuple[tuple[str, tuple[str, ...]], ...] | Fault:
    """Teams as they are listed, "Red: Ana Diaz, Ben Cole", a line or a semicolon each; else the fault."""
    found = []
    for part in typed.replace("\n", ";").split(";"):
        name, colon, members = (piece.strip() for piece in part.partition(":"))
        people = tuple(one.strip() for one in members.split(",") if one.strip())
        if not part.strip():
            continue
        if not (name and colon and people):
            return _no_teams(part.strip())
        found.append((name[:80], people))
    return tuple(found) if 0 < len(found) <= _MOST_TEAMS else _no_teams(typed)


def _no_teams(found: str) -> Fault:
    said = ("That lists no teams.", "Write a line for each, such as Red: Ana Diaz, Ben Cole.")
    return error("unreadable", "teams", said, found[:60])


def _limits(said: Mapping[str, str], currency: str) -> Read:
    """The cap, the hold, and how the prize stands beside the commission."""
    more: dict[str, Any] = {}
    faults: list[Fault] = []
    if "cap" in said:
        _into(more, faults, ("cap_per_rep", "cap", said["cap"]), currency)
    _days(more, faults, ("hold_days", "hold", said.get("hold", "")), _LONGEST_HOLD)
    stacking = _one_of(said, "stacking", _STACKING)
    return more | ({"stacking": stacking} if stacking else {}), faults


def _reversal(said: Mapping[str, str]) -> Read:
    """How long, and in which part, a prize can be taken back."""
    back: dict[str, Any] = {}
    faults: list[Fault] = []
    _days(back, faults, ("days", "reversal", said.get("reversal", "")), _LONGEST_REVERSAL)
    takes = _one_of(said, "takes", _TAKES)
    back |= {"takes": takes} if takes else {}
    return ({"reversal": back} if back else {}), faults


def _team_rules(said: Mapping[str, str]) -> Read:
    """What makes a team; who is in one that is listed is looked up by whoever knows people."""
    by = _one_of(said, "team_by", _TEAM_BY)
    wrong = listed_teams(said.get("teams", "")) if by == "listed" and said.get("competes") != "rep" else ()
    return ({"team_by": by} if by else {}), [] if isinstance(wrong, tuple) else [wrong]


def _reward(said: Mapping[str, str], kind: str, currency: str) -> Read:
    """The tax that the company bears on cash and gifts, and what a point costs it."""
    found: dict[str, Any] = {}
    faults: list[Fault] = []
    if kind == POINTS and "point_value" in said:
        _into(found, faults, ("point_value", "point_value", said["point_value"]), currency)
    if kind != POINTS and "gross_up" in said:
        try:
            rate = Rate.parse(said["gross_up"])
        except EngineError:
            rate = Rate(-1)
        if 0 <= rate.num < rate.den:
            found["gross_up"] = str(rate.fraction)
        else:
            wrong = ("That is no tax rate.", "Write a percentage below 100%, such as 40%.")
            faults.append(error("unreadable", "gross_up", wrong, said["gross_up"]))
    return found, faults


def _into(found: dict[str, Any], faults: list[Fault], what: tuple[str, str, str], currency: str) -> None:
    """Put an amount where it belongs, or say what is wrong with it."""
    name, field_, typed = what
    try:
        found[name] = Money.parse(typed, currency).minor
    except EngineError as fault:
        faults.append(error("unreadable", field_, (str(fault), "Write an amount such as 500."), typed))


def _days(found: dict[str, Any], faults: list[Fault], what: tuple[str, str, str], most: int) -> None:
    """Put a number of days where it belongs, or say what is wrong with it; nothing typed asks for nothing."""
    name, field_, typed = what
    if typed.isascii() and typed.isdecimal() and len(typed) < 4 and int(typed) <= most:
        found[name] = int(typed)
    elif typed:
        wrong = ("That is no number of days.", f"Write a whole number up to {most}.")
        faults.append(error("unreadable", field_, wrong, typed))


def _one_of(said: Mapping[str, str], name: str, allowed: tuple[str, ...], usual: str = "") -> str:
    """What was picked, as far as there is such a thing to pick."""
    return said[name] if said.get(name) in allowed else usual
