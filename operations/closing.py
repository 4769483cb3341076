"""Are we done? What stands between a pay period and its lock, with who has it and what is at risk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from operations import pay_periods
from operations.errors import UnknownPeriod
from store import runs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from operations.context import Context
    from operations.pay_periods import PayPeriod
    from store.database import Connection
    from store.ops_alerts import Alert


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the checklist: what, whether it is done, and what remains of it."""

    name: str
    is_done: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Checklist:
    """The steps to the lock of a period, and the alerts that hold it up; `is_done` once it is locked."""

    period: PayPeriod
    steps: tuple[Step, ...]
    blockers: tuple[Alert, ...]

    @property
    def is_done(self) -> bool:
        """Whether nothing remains."""
        return self.period.state in ("locked", "paid")


def checklist(ctx: Context, label: str = "", pays: str = "") -> Checklist:
    """The checklist of a period; without a name, of the first one that is over and not locked.

    Raises:
        UnknownPeriod: No such period has begun.
    """
    with ctx.db.read() as conn:
        known = [one for one in pay_periods.begun(conn, ctx) if pays in ("", one.span.pays)]
        period = _chosen(ctx, known, label)
        earlier = [
            one
            for one in known
            if one.span.pays == period.span.pays
            and one.span.start_on < period.span.start_on
            and one.state in ("open", "review")
        ]
        blockers = pay_periods.blockers(conn, period.span)
        return Checklist(period, tuple(_steps(conn, ctx, period, (earlier, blockers))), blockers)


def _chosen(ctx: Context, known: list[PayPeriod], label: str) -> PayPeriod:
    if label:
        for one in known:
            if pay_periods.goes_by(one, label):
                return one
    elif known:
        over = [one for one in known if one.span.end_on <= ctx.as_of]
        waiting = [one for one in over if one.state == "review"] or [one for one in over if one.state == "open"]
        return max(waiting or over or known, key=lambda one: (one.span.end_on, one.span.start_on))
    names = ", ".join(one.label for one in known[-6:]) or "none"
    raise UnknownPeriod(f'There is no pay period "{label}" that has begun. The latest are: {names}.')


def _steps(
    conn: Connection, ctx: Context, period: PayPeriod, held: tuple[list[PayPeriod], tuple[Alert, ...]]
) -> Iterator[Step]:
    earlier, blockers = held
    is_over = period.span.end_on <= ctx.as_of
    yield Step("The period is over", is_over, f"its last day is before {period.span.end_on}")
    named = ", ".join(one.label for one in earlier[:3]) + (" and more" if len(earlier) > 3 else "")
    yield Step("Earlier periods are locked", not earlier, f"lock {named} first" if earlier else "none is open")
    waiting = runs.stale_count(conn)
    yield Step("Everybody is calculated", not waiting, f"{waiting} people wait" if waiting else "nobody waits")
    count = len(blockers)
    yield Step("No open alert of severity 1", not count, f"{count} hold it up" if count else "none stands")
    by = f"by {period.last.actor}" if period.last and period.state == "review" else ""
    submitted = period.state in ("review", "locked", "paid")
    yield Step("Put up for review", submitted, by or ("done" if submitted else "nobody has"))
    locked = period.state in ("locked", "paid")
    yield Step("Locked by a second person", locked, "done" if locked else "not yet")
