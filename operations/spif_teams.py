"""Teams that somebody lists for a SPIF, by name or e-mail address, as the people that they are."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from engine.spifs import terms
from engine.spifs.faults import Fault, error

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from engine.people import Person


def listed(
    typed: Mapping[str, str], people: Sequence[Person], part: Collection[int] | None = None
) -> dict[str, Any] | Fault:
    """The listed teams as a field of the rules, empty where none are listed; else what is wrong with them.

    Args:
        typed: The terms as they were typed.
        people: Everybody there is.
        part: Who takes part, by number; None for everybody who sells. Others are not known by any name.
    """
    if typed.get("team_by") != "listed" or typed.get("competes") == "rep":
        return {}
    found = terms.listed_teams(typed.get("teams", ""))
    if isinstance(found, Fault):
        return found
    known = _known([one for one in people if (one.role == "rep" if part is None else one.rep_id in part)])
    teams: list[dict[str, Any]] = []
    for name, members in found:
        rep_ids: list[int] = []
        for member in members:
            called = known.get(_key(member), ())
            if len(called) != 1:
                return _unclear(member, len(called))
            rep_ids += called
        teams.append({"name": name, "rep_ids": rep_ids})
    return {"teams": teams}


def _known(people: Sequence[Person]) -> dict[str, tuple[int, ...]]:
    found: dict[str, set[int]] = defaultdict(set)
    for person in people:
        for called in (person.name, person.email):
            if called:
                found[_key(called)].add(person.rep_id)
    return {called: tuple(sorted(rep_ids)) for called, rep_ids in found.items()}


def _key(called: str) -> str:
    return " ".join(called.casefold().split())


def _unclear(member: str, many: int) -> Fault:
    if many:
        said = ("Several people are called so.", "Write the e-mail address instead.")
    else:
        said = ("Nobody of that name takes part.", "Write the name as Attain knows it, or the e-mail address.")
    return error("team_member", "teams", (f"“{member[:60]}”: {said[0]}", said[1]), member[:60])
