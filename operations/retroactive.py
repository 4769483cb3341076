"""Deals that changed after the pay period they were booked in was locked: somebody has to know.

Nothing is recalculated there: the locked lines stay, and the difference is a correction in the open period
(`engine.locks`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.money import Money
from engine.problems import Problem
from store import retroactive

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from operations.context import Context
    from store.retroactive import Changed, Standing

CODE = "changed_after_lock"
#: So many are named, the others counted.
MOST = 20
_REMEDY = "The locked pay stays, the difference is a correction in the open period; ask at the source who changed it"


def mark(ctx: Context) -> int | None:
    """Where to look from afterwards; None while no period was ever locked."""
    with ctx.db.read() as conn:
        return retroactive.newest(conn)


def after(ctx: Context, marked: int) -> tuple[Problem, ...]:
    """What changed since then in deals of locked periods."""
    with ctx.db.read() as conn:
        return _problems(retroactive.since(conn, marked))


def report(ctx: Context) -> tuple[Problem, ...]:
    """Everything that changed in deals since their periods were locked."""
    with ctx.db.read() as conn:
        return _problems(retroactive.since_lock(conn))


def _problems(changed: Sequence[Changed]) -> tuple[Problem, ...]:
    named = [_problem(one) for one in changed[:MOST]]
    if len(changed) > MOST:
        message = f"{len(changed) - MOST} further deals of locked periods changed after the lock"
        named.append(Problem(CODE, message, "`attain sync status` counts them all", where=changed[MOST].source))
    return tuple(named)


def _problem(one: Changed) -> Problem:
    periods = " and the ".join(f"{span.pays} period from {span.start_on}" for span in one.spans)
    found = list(_differences(one.before, one.after))
    at_source = f", changed at the source {one.source_at:%Y-%m-%d %H:%M} UTC" if one.source_at else ""
    came = f"came in {one.came_at:%Y-%m-%d %H:%M} UTC with change {one.change_id} ({one.came_by}){at_source}"
    said = "; ".join(f"{what} {before} is now {now}" for what, before, now in found)
    return Problem(
        code=CODE,
        message=f"deal {one.external_id} of the {periods} changed after the lock: {said}; {came}",
        remedy=_REMEDY,
        where=one.source,
        deal=one.deal_id,
        found=", ".join(f"{what} {now}" for what, _, now in found),
        allowed=", ".join(f"{what} {before}" for what, before, _ in found),
    )


def _differences(before: Standing, now: Standing) -> Iterator[tuple[str, str, str]]:
    """What differs, before and now."""
    both = (before, now)
    pairs = {
        "deal": ["deleted" if each.is_deleted else "there" for each in both],
        "amount": [str(Money(each.amount_cents, each.currency)) for each in both],
        "owner": [each.owner + ("" if each.is_owner_known else " (unknown)") for each in both],
        "stage": [each.stage for each in both],
        "close date": [each.booked_on.isoformat() for each in both],
    }
    yield from ((what, was, is_now) for what, (was, is_now) in pairs.items() if was != is_now)
