"""What a calculation has to tell the people it is about: deals they have just won, and figures that became others.

Everything is worked out before the run is published, from what is shown until then; it is owed in the transaction
that publishes, so that nobody is told of a figure that is not there, and no figure moves without a word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.money import Money
from operations import change_notices, deal_notices
from operations.tellings import Moved, Telling
from store import disclosures, runs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from engine.calculation import Calculation
    from engine.notices import Notice
    from operations.context import Context
    from store.database import Connection
    from store.runs import RunOpened, Statement

#: Of so many people it is known at once what they are shown and by which run.
FEW = 200
#: A calculation that moves the pay of more people than this is an import or a new plan: ops is told, not each one.
MOST_PEOPLE = 1_000


@dataclass(frozen=True, slots=True)
class Before:
    """What people were shown and told before a run.

    Attributes:
        shown: Their statements.
        told: Those of them who were ever shown a figure of their own, or owed one.
        newest: The newest run that any of them is shown; 0 where nobody asked for it.
    """

    shown: tuple[Statement, ...]
    told: frozenset[int]
    newest: int = 0


@dataclass(frozen=True, slots=True)
class ToTell:
    """What is owed once the run is published; `unsaid` is how many saw a figure that moved, and are not told."""

    won: tuple[Notice, ...] = ()
    changed: tuple[Notice, ...] = ()
    unsaid: int = 0


def before(conn: Connection, reps: Sequence[int]) -> Before | None:
    """What some people were shown and told until now; None before the first calculation there is."""
    if runs.last_as_of(conn) is None:
        return None
    told = disclosures.were_told(conn, reps, (deal_notices.KIND, change_notices.KIND))
    newest = runs.newest_shown(conn, reps) if len(reps) <= FEW else 0
    return Before(runs.shown(conn, reps), told, newest)


def of(
    ctx: Context, opened: RunOpened, calculation: Calculation, earned: Sequence[Statement], was: Before | None
) -> ToTell:
    """What a run that is about to be published has to tell; nothing on the first calculation there is."""
    if was is None:
        return ToTell()
    moved = list(_moved(was.shown, earned))
    people = {each.now.rep_id for each in moved}
    if len(people) > MOST_PEOPLE:
        return ToTell(unsaid=len(_unsaid(moved, was.told)))
    won: list[Notice] = []
    changed: list[Notice] = []
    for rep_id in sorted(people):
        own = tuple(each for each in moved if each.now.rep_id == rep_id)
        telling = Telling(ctx, rep_id, own, calculation, opened, rep_id in was.told)
        won += deal_notices.of(telling)
        changed += change_notices.of(telling)
    return ToTell(tuple(won), tuple(changed))


def owe(conn: Connection, ctx: Context, told: ToTell) -> None:
    """Everything owed from now on, together with the run."""
    for notice in told.won:
        deal_notices.owe(conn, notice, ctx.now)
    for notice in told.changed:
        change_notices.owe(conn, notice, ctx.now)


def _moved(shown: Sequence[Statement], earned: Sequence[Statement]) -> Iterator[Moved]:
    """Statements that say another total, or have another number of lines, than what is shown."""
    before = {_place(each): each for each in shown}
    after = {_place(each): each for each in earned}
    for place in sorted(before.keys() | after.keys()):
        was, now = before.get(place), after.get(place)
        if now is None and was is not None:
            now = runs.Statement(was.rep_id, was.period, 0, Money(0, was.total.currency))
        if now is not None and (was is None or (was.total, was.lines) != (now.total, now.lines)):
            yield Moved(was, now)


def _unsaid(moved: Sequence[Moved], told: frozenset[int]) -> set[int]:
    """Who saw a figure of their own that is another now."""
    changed = {each.now.rep_id for each in moved if each.was is not None and each.was.total != each.now.total}
    return changed & told


def _place(said: Statement) -> tuple[int, date, date, str]:
    return said.rep_id, said.period.start_on, said.period.end_on, said.total.currency
