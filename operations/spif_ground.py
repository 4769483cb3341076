"""What SPIFs are scored on: the facts and the payroll calculation of everybody, and who takes part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from engine import commission
from engine.needs import needs
from engine.spifs.entries import Ground, Rulings
from operations import memory, pricing
from store import changes, frames, people, spif_prizes

if TYPE_CHECKING:
    from datetime import date

    from engine.calculation import Calculation
    from engine.people import Person
    from operations.context import Context
    from store.database import Connection
    from store.spifs import Kept

#: What rules may ask about beside what plans need.
MORE = frozenset({"figures", "tags", "events", "people", "achievements"})
#: Two grounds are kept: of today, and of whatever was asked about last. One holds all deals of some years.
KEPT = 2


@dataclass(frozen=True)
class Field:
    """The ground that is played on, everybody there is, and up to which change both are known."""

    ground: Ground
    calculation: Calculation
    people: tuple[Person, ...]
    watermark: int

    def named(self) -> dict[int, Person]:
        """Everybody by their number."""
        return {person.rep_id: person for person in self.people}


def field(ctx: Context, conn: Connection, since: date, watermark: int | None = None) -> Field:
    """The ground of today with everything from `since` on; worked out once while no fact changes.

    Args:
        ctx: `as_of` is the last day that counts.
        conn: A transaction that has changed no fact yet.
        since: The first day that is asked about, baselines and past windows included.
        watermark: As known once that change was committed; now when None.
    """
    watermark = changes.watermark(conn) if watermark is None else watermark
    begins = since.replace(day=1)
    shelf = memory.of(ctx.db, "spif grounds", KEPT)
    return shelf.recall((watermark, ctx.as_of, begins), lambda: _field(ctx, conn, begins, watermark))


def rulings(conn: Connection, spif_id: int) -> Rulings:
    """What people decided not to count, by deal and by person."""
    found = spif_prizes.rulings(conn, spif_id)
    deals = {deal_id: ruling.reason for (deal_id, _), ruling in found.items() if deal_id and ruling.is_out}
    reps = {rep_id: ruling.reason for (deal_id, rep_id), ruling in found.items() if not deal_id and ruling.is_out}
    return Rulings(deals, reps)


def everybody(conn: Connection) -> tuple[Person, ...]:
    """Everybody there is."""
    return people.all(conn)


def today(kept: Kept, ctx: Context) -> date:
    """The day it is in the zone of a SPIF's window."""
    return kept.rules.window.day_of(ctx.now)


def _field(ctx: Context, conn: Connection, since: date, watermark: int) -> Field:
    begun = tuple(plan for plan in pricing.begun(conn, ctx.as_of) if since < plan.effective.end_on)
    start, end = pricing.window(begun, ctx.as_of)
    window = (min(start, since), max(end, ctx.as_of + timedelta(days=1)))
    facts = frames.facts(conn, window, watermark=watermark, more=needs(begun) | MORE)
    calc = commission.calculate(facts, begun, ctx.as_of)
    return Field(Ground.of(calc, facts, ctx.as_of), calc, people.all(conn), watermark)
