"""Where people stand in a SPIF: the board that a channel may see, one's own place, and who is one step from a prize.

A board says rank and share of the leader's score, or the score, as its rules allow; never what anybody wins. Whoever
opted out stands on it without a name.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from engine.spifs import eligibility, standings
from engine.spifs.entries import Counting, entries
from engine.spifs.prize_rules import MILLION, FirstTo, PerUnit, Ranking, Steps
from engine.spifs.standings import Moment, Row, Standing
from operations import spif_scores
from store import spif_figures, spifs
from store.spif_figures import Figures

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from engine.people import Person
    from operations.context import Context
    from operations.spif_scores import Scored
    from store.database import Connection
    from store.spifs import Kept

#: Over these states the figures cannot change any more.
FINAL = ("results_approved", "paid", "clawback", "reviewed")
#: Everybody is one unit, or one ticket, away from the next one: only places, races and steps make a near miss.
NEAR_FORMS = ("ranking", "first_to", "steps")
ANONYMOUS = "A colleague"


@dataclass(frozen=True, slots=True)
class Place:
    """One row as somebody may see it: a name only where that may be shown."""

    name: str
    rank: int
    value: int
    percent_ppm: int
    moved: int | None
    is_reader: bool = False


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """One's own standing in one award, with neighbours, and the gap to the next prize.

    Attributes:
        award: The award's name.
        unit: What scores are counted in.
        rank: From 1; 0 without a score.
        competing: How many compete.
        value: The score.
        gap: What lacks to the next, higher prize; None where there is none.
        prize: What would be won as it stands.
        kind: Cash, points or a gift.
        team: The reader's team, where teams compete.
        around: The neighbours and oneself.
        counted: The deals that count, by number, with what each adds.
    """

    award: str
    unit: str
    rank: int
    competing: int
    value: int
    gap: int | None
    prize: int
    kind: str
    team: str
    around: tuple[Place, ...]
    counted: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Own:
    """Everything about one person in a SPIF: why they take no part, or where they stand in each award."""

    kept: Kept
    person: Person
    barred: str
    places: tuple[OwnPlace, ...]
    as_of: date
    is_final: bool


def ranked(ctx: Context, found: Scored, before: Mapping[str, Any] | None = None) -> tuple[Standing, ...]:
    """The standing of every award; `before` is the body of the board before, to tell who moved."""
    is_final = found.kept.state in FINAL
    earlier = {one["award"]: one for one in (before or {}).get("awards", ())}
    made = []
    for board in found.boards:
        award, rules = board.award, found.rules
        span = rules.window_of(award).span
        own = entries(found.field.ground, Counting(rules, award.scoring.metric, span, found.rulings))
        event: dict[int, int] | int = standings.typical_events(own)
        if award.scoring.unit == "number":
            event = MILLION
        elif board.is_of_teams:
            event = 0
        moment = Moment(ctx.as_of, is_final, _standing_of(earlier.get(award.name), ctx.as_of))
        made.append(standings.standing(board, found.prizes, moment, event))
    return tuple(made)


def board(ctx: Context, conn: Connection, found: Scored) -> dict[str, Any]:
    """What the channel sees: the first places of each award, as the rules show them, without names that opted out."""
    last = spif_figures.latest(conn, found.kept.spif_id, "standings")
    made = ranked(ctx, found, last.body if last else None)
    hidden, known, seen = spifs.opted_out(conn), found.field.named(), found.rules.visibility
    listed = []
    for one in made:
        rows = [
            {
                "name": row.team or (ANONYMOUS if row.id in hidden else known[row.id].name),
                "rank": row.rank,
                "percent_ppm": row.percent_ppm,
                "moved": row.moved,
            }
            | ({"value": row.value} if seen.shows == "score" else {})
            for row in one.rows[: seen.top]
            if row.rank
        ]
        listed.append({"award": one.award, "unit": one.unit, "competing": len(one.rows), "rows": rows})
    return {"state": found.kept.state, "awards": listed, "shows": seen.shows, "as_of": ctx.as_of.isoformat()}


def keep(ctx: Context, conn: Connection, found: Scored) -> str:
    """The hash of the standings, kept with every row, so that the next board can say who moved."""
    body = {
        "awards": [
            {"award": one.award, "unit": one.unit, "rows": [asdict(row) for row in one.rows]}
            for one in ranked(ctx, found)
        ]
    }
    kept = found.kept
    figures = Figures(kept.spif_id, "standings", kept.rules_hash, body, found.field.watermark, ctx.as_of, ctx.now)
    return spif_figures.save(conn, figures)


def own(ctx: Context, conn: Connection, kept: Kept, person: Person) -> Own:
    """Where one person stands, which of their deals count, and what lacks to the next prize."""
    found = spif_scores.scored(ctx, conn, kept)
    is_final = kept.state in FINAL
    barred = found.participants.barred.get(person.rep_id, "")
    if person.rep_id not in found.participants.rep_ids.tolist():
        barred = "not among those invited"
    if barred:
        return Own(kept, person, barred, (), ctx.as_of, is_final)
    hidden = spifs.opted_out(conn)
    places = tuple(_place(found, standing, at, (person, hidden)) for at, standing in enumerate(ranked(ctx, found)))
    return Own(kept, person, "", tuple(one for one in places if one is not None), ctx.as_of, is_final)


def near(ctx: Context, found: Scored) -> tuple[tuple[int, dict[str, Any]], ...]:
    """Who is one event away from a prize, each once, with the exact gap; people only, no teams."""
    said: dict[int, dict[str, Any]] = {}
    for at, one in enumerate(ranked(ctx, found)):
        award = found.rules.awards[at]
        if award.competes == "team" or award.pays.form not in NEAR_FORMS:
            continue
        for row in one.near_misses:
            if row.gap and row.value > 0 and row.id not in said:
                said[row.id] = _gap(found, at, row)
    return tuple(sorted(said.items()))


def takes_part(kept: Kept, people_: tuple[Person, ...], rep_id: int) -> bool:
    """Whether somebody takes part, quotas apart."""
    return rep_id in eligibility.participants(kept.rules, people_).eligible_ids


def _gap(found: Scored, at: int, row: Row) -> dict[str, Any]:
    rules, award = found.rules, found.rules.awards[at]
    return {
        "award": award.name,
        "gap": row.gap,
        "score": row.value,
        "unit": award.scoring.unit,
        "currency": rules.currency,
        "noun": "deals" if award.scoring.metric.of == "count" and award.scoring.unit == "number" else "",
        "next": _next(found, at, row),
        "last_on": rules.window_of(award).last_on.isoformat(),
    }


def _next(found: Scored, at: int, row: Row) -> dict[str, Any]:
    """The prize that the gap leads to, as far as one amount says it: that of a unit, a step, or a place."""
    pays, kind = found.rules.awards[at].pays, found.rules.awards[at].reward.kind
    amount = 0
    if isinstance(pays, PerUnit):
        amount = pays.amount
    elif isinstance(pays, Steps):
        amount = next((step.amount for step in pays.steps if step.least > row.value), 0)
    elif isinstance(pays, Ranking | FirstTo):
        amount = pays.prizes[min(max(row.rank - 1, 0), len(pays.prizes) - 1)]
    return {"minor": amount, "kind": kind}


def _place(found: Scored, one: Standing, at: int, reader: tuple[Person, frozenset[int]]) -> OwnPlace | None:
    (person, hidden), board_ = reader, found.boards[at]
    competitor, team = person.rep_id, ""
    if board_.is_of_teams:
        team = found.participants.team_of.get(person.rep_id, "")
        competitor = board_.names.index(team) + 1 if team in board_.names else 0
    row = one.of(competitor)
    if row is None:
        return None
    known = found.field.named()
    around = tuple(
        Place(
            each.team or _shown(each.id, competitor, hidden, known),
            each.rank,
            each.value,
            each.percent_ppm,
            each.moved,
            each.id == competitor,
        )
        for each in one.around(competitor, found.rules.visibility.neighbours)
    )
    return OwnPlace(
        one.award, one.unit, row.rank, len(one.rows), row.value, row.gap, row.prize,
        board_.award.reward.kind, team, around, counted(found, at, person.rep_id),
    )  # fmt: skip


def counted(found: Scored, at: int, rep_id: int) -> tuple[tuple[int, int], ...]:
    """The deals of one person that count for an award, by number, with what each adds."""
    rules, award = found.rules, found.rules.awards[at]
    got: dict[int, int] = {}
    for metric in award.scoring.metrics:
        span = rules.window_of(award).span
        own_ = entries(found.field.ground, Counting(rules, metric, span, found.rulings)).counted()
        mine = own_.rep_ids[own_.rep] == rep_id
        for deal_id, value in zip(own_.deal_ids[own_.deal][mine].tolist(), own_.value[mine].tolist(), strict=True):
            got[deal_id] = got.get(deal_id, 0) + value
    return tuple(sorted(got.items()))


def _shown(rep_id: int, reader: int, hidden: frozenset[int], known: Mapping[int, Person]) -> str:
    return ANONYMOUS if rep_id in hidden and rep_id != reader else known[rep_id].name


def _standing_of(said: Mapping[str, Any] | None, as_of: date) -> Standing | None:
    if said is None:
        return None
    rows = tuple(Row(**row) for row in said["rows"])
    return Standing(said["award"], said["unit"], as_of, is_final=False, rows=rows)
