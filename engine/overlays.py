"""Who is credited with a deal for what they are: all of a role, in the owner's team, or in its territory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.order import lengths_of, starts_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.hierarchy import Placements
    from engine.kinds import Told
    from engine.order import Ints, Rows
    from engine.plans.schema import CreditRule


@dataclass(frozen=True, slots=True)
class Member:
    """A person and the deal that they are credited with."""

    deal: Rows
    rep_id: Ints


def members(rule: CreditRule, told: Told, deal: Rows, candidates: Ints) -> Member:
    """Everybody among `candidates` whom a rule to role, team or territory credits with one of the deals.

    The territory is the deal's tag of that name; a deal without one lies in its owner's territory. The team is its
    owner's on the day of booking.
    """
    placements = told.placements
    eligible = np.isin(placements.rep_id, candidates)
    if rule.role:
        eligible &= placements.held_by(rule.role)
    key, held = np.zeros(len(deal), dtype=np.int64), np.zeros(len(placements.rep_id), dtype=np.int64)
    for what in _shared_by(rule):
        own, theirs = (_teams if what == "team" else _territories)(told, deal), _codes(placements, what)
        size = int(theirs.max(initial=0)) + 2
        key = np.where((key >= 0) & (own >= 0), key * size + own, -1)
        held = np.where((held >= 0) & (theirs >= 0), held * size + theirs, -1)
    rows = np.flatnonzero(eligible & (held >= 0))
    return _matched((deal, key), (rows, held[rows]), told)


def _shared_by(rule: CreditRule) -> tuple[str, ...]:
    """What the credited people share with the owner or the deal."""
    if rule.credits_whom == "role":
        return tuple(dict.fromkeys(rule.same))
    return tuple(dict.fromkeys((rule.credits_whom, *rule.same)))


def _codes(placements: Placements, what: str) -> Rows:
    """The code of the team or territory of each placement, -1 for none."""
    column = placements.team if what == "team" else placements.territory
    codes = placements.codes(column).astype(np.int64)
    nameless = column.code("")
    return np.where(codes == nameless, -1, codes)


def _owners(told: Told, deal: Rows, what: str) -> Rows:
    """The team or territory of each deal's owner on the day of booking."""
    deals, placements = told.deals, told.placements
    at = placements.rows(deals.owner_id[deal], deals.booked[deal])
    found: Rows = np.append(_codes(placements, what), -1)[at]
    return found


def _teams(told: Told, deal: Rows) -> Rows:
    return _owners(told, deal, "team")


def _territories(told: Told, deal: Rows) -> Rows:
    tag, column = told.tags.of("territory"), told.placements.territory
    known = {name: code for code, name in enumerate(column.names)}
    spelled = np.array([*(known.get(name, -2) for name in tag.names), -1], dtype=np.int64)
    own = spelled[tag.codes[deal]]
    return np.where(own == -1, _owners(told, deal, "territory"), own)


def _matched(asked: tuple[Rows, Rows], held: tuple[Rows, Rows], told: Told) -> Member:
    """Every deal with every placement of its key that holds on the day of booking."""
    deal, key = asked
    rows, keys = held
    at: Rows
    order = np.argsort(keys, kind="stable")
    rows, keys = rows[order], keys[order]
    begins = starts_of(keys)
    known, counts = keys[begins], lengths_of(begins, len(keys))
    place = np.minimum(np.searchsorted(known, key), max(len(known) - 1, 0))
    found: NDArray[np.bool_] = known[place] == key if len(known) else np.zeros(len(key), dtype=bool)
    deal, place = deal[found], place[found]
    repeat = counts[place]
    first = np.cumsum(repeat) - repeat
    at = np.arange(int(repeat.sum())) - np.repeat(first, repeat) + np.repeat(begins[place], repeat)
    deal, at = np.repeat(deal, repeat), rows[at]
    placements, days = told.placements, told.deals.booked[deal]
    holds = (placements.start[at] <= days) & (days < placements.end[at])
    return Member(deal[holds], placements.rep_id[at[holds]])
