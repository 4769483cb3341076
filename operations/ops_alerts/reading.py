"""What a check of the ops alerts looks at: one calculation of everybody, and facts, each read when first asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import commission
from engine.dates import day, on_day
from engine.frames import integers
from engine.needs import needs
from operations import pay_periods, pricing, recalculate
from store import alert_facts, changes, frames, ops_alerts, people, periods, quarantine, runs
from store import sync as syncs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date

    import pandas as pd
    from numpy.typing import NDArray

    from engine.calculation import Calculation
    from engine.frames import Facts
    from engine.money import Money
    from engine.ops_alerts import Finding
    from engine.people import Person
    from engine.plans.schema import Plan
    from operations.context import Context
    from operations.pay_periods import PayPeriod
    from store.alert_facts import DealRow
    from store.database import Connection
    from store.periods import Moved, Span
    from store.quarantine import Waiting
    from store.runs import Statement

    Finder = Callable[["Reading"], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Limits:
    """Where ordinary ends, all of it ours and to be tuned.

    Attributes:
        stale_intervals: Data is stale once it is older than so many of its intervals.
        volume_factor: A day is odd from so many times the most, or below that part of the least, of its weekdays.
        volume_weeks: So many same weekdays are compared.
        volume_least: A kind with fewer rows a day is never odd.
        variance_factor: A payout is odd from so many times the mean, or below that part of it.
        variance_periods: So many periods a mean needs.
        ramp_days: Whoever joined so late before the end of a period is new.
        late_days: So many days before its end a move in a period is late.
        rate_factor: A rate is old after so many times the gap in which it used to be renewed.
        adjustment_minor: An adjustment above that needs a second look.
        review_hours: So long a period, or a SPIF, may wait for its approval.
        unsigned_days: So long somebody may take to acknowledge a plan version.
        spif_share_ppm: One rep with more than this share of a SPIF's score is told of.
        cluster: From so many records on one reason is one alert.
        receipts: So many of the newest receipts are calculated again.
    """

    stale_intervals: int = 3
    volume_factor: int = 3
    volume_weeks: int = 6
    volume_least: int = 30
    variance_factor: int = 3
    variance_periods: int = 3
    ramp_days: int = 90
    late_days: int = 5
    rate_factor: int = 3
    adjustment_minor: int = 1_000_000
    review_hours: int = 48
    cluster: int = 5
    unsigned_days: int = 3
    spif_share_ppm: int = 600_000
    receipts: int = 2


@dataclass
class Reading:
    """One check: what is asked of the store is read once, and only if somebody asks."""

    ctx: Context
    conn: Connection
    limits: Limits = field(default_factory=Limits)

    @cached_property
    def plans(self) -> tuple[Plan, ...]:
        """Every plan version that has begun."""
        return pricing.begun(self.conn, self.ctx.as_of)

    @cached_property
    def facts(self) -> Facts:
        """Everybody's facts of all plan years in force."""
        window = pricing.window(self.plans, self.ctx.as_of)
        return frames.facts(self.conn, window, more=needs(self.plans) | {"absences"})

    @cached_property
    def calculation(self) -> Calculation:
        """Everybody calculated, as payroll would."""
        return commission.calculate(self.facts, self.plans, self.ctx.as_of)

    @cached_property
    def lines(self) -> pd.DataFrame:
        """Its lines."""
        return self.calculation.lines

    @cached_property
    def statements(self) -> list[Statement]:
        """Its statements: one per rep, pay period and currency."""
        return recalculate.statements(self.calculation)

    @cached_property
    def people(self) -> Mapping[int, Person]:
        """Everybody by number."""
        return {person.rep_id: person for person in people.all(self.conn)}

    @cached_property
    def periods(self) -> tuple[PayPeriod, ...]:
        """Every pay period that has begun."""
        return pay_periods.begun(self.conn, self.ctx)

    @cached_property
    def closing(self) -> tuple[PayPeriod, ...]:
        """The periods somebody may lock next: under review, or the last one that is over and not locked."""
        over = [one for one in self.periods if one.span.end_on <= self.ctx.as_of and one.state in ("open", "review")]
        last = {one.span.pays: one for one in over}
        return tuple(one for one in over if one.state == "review" or last[one.span.pays] is one)

    @cached_property
    def locks(self) -> tuple[Moved, ...]:
        """The lock of each period that is locked or paid."""
        shut = [one.span for one in self.periods if one.state in ("locked", "paid")]
        return tuple(
            next(moved for moved in reversed(periods.history(self.conn, span)) if moved.move == "lock")
            for span in shut
        )

    @cached_property
    def locked_lines(self) -> pd.DataFrame:
        """The lines of all locked periods, as they were locked."""
        return periods.lines(self.conn, changes.watermark(self.conn))

    @cached_property
    def waiting(self) -> tuple[Waiting, ...]:
        """What waits in quarantine."""
        return quarantine.open_rows(self.conn)

    @cached_property
    def unowned(self) -> list[DealRow]:
        """Won deals, and shares of such, that nobody known owns."""
        return alert_facts.unowned(self.conn)

    @cached_property
    def states(self) -> Mapping[tuple[str, str], syncs.State]:
        """Where every kind of every source stands."""
        return {(state.source, state.kind): state for state in syncs.states(self.conn)}

    @cached_property
    def sync_runs(self) -> Mapping[tuple[str, str], syncs.SyncRun]:
        """The newest reading of every kind of every source."""
        return syncs.newest_runs(self.conn)

    @cached_property
    def stale(self) -> frozenset[int]:
        """Who waits for a calculation: what is published of them is older than the facts."""
        return frozenset(runs.stale_reps(self.conn))

    @cached_property
    def alerts(self) -> Mapping[str, ops_alerts.Alert]:
        """The alerts that stand, by key."""
        return {alert.key: alert for alert in ops_alerts.standing(self.conn)}

    def name(self, rep_id: int) -> str:
        """What a rep is called."""
        person = self.people.get(rep_id)
        return person.name if person else f"rep {rep_id}"

    def rep(self, rep_id: int) -> dict[str, str]:
        """What a fix needs to know of a rep."""
        person = self.people.get(rep_id)
        return {"rep": str(rep_id), "email": person.email if person else ""}

    def deals(self, deal_ids: Iterable[int]) -> dict[int, DealRow]:
        """Those deals as they are now."""
        return alert_facts.by_ids(self.conn, set(deal_ids))

    def within(self, span: Span) -> NDArray[np.bool_]:
        """Which lines stand in a pay period."""
        return self._inside(self.lines, span)

    def _inside(self, lines: pd.DataFrame, span: Span) -> NDArray[np.bool_]:
        booked = integers(lines, "booked_on")
        pays = np.array([plan.pays == span.pays for plan in self.calculation.plans], dtype=bool)
        inside: NDArray[np.bool_] = (booked >= day(span.start_on)) & (booked < day(span.end_on))
        paid: NDArray[np.bool_] = pays[integers(lines, "plan_no")]
        return inside & paid

    def totals(self, span: Span) -> dict[tuple[int, str], Money]:
        """What each rep's statement of a pay period comes to, per currency."""
        found = [
            one for one in self.statements if (one.period.start_on, one.period.end_on) == (span.start_on, span.end_on)
        ]
        return {(one.rep_id, one.total.currency): one.total for one in found}

    def currency(self, row: Mapping[Any, Any]) -> str:
        """The currency of a line of the calculation."""
        return self.calculation.plans[int(row["plan_no"])].currency

    def booked(self, deal_id: int) -> date | None:
        """The day a deal of the facts counts on."""
        ids = self._deal_ids
        at = int(np.searchsorted(ids[0], deal_id))
        if at == len(ids[0]) or ids[0][at] != deal_id:
            return None
        return on_day(int(ids[1][at]))

    @cached_property
    def _deal_ids(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        ids = integers(self.facts.deals, "deal_id")
        order = np.argsort(ids, kind="stable")
        return ids[order], integers(self.facts.deals, "booked_on")[order].astype(np.int64)


def just_before(span: Span, days: int) -> date:
    """So many days before the end of a period."""
    return span.end_on - timedelta(days=days)


def label_of(period: PayPeriod) -> str:
    """A pay period in words: "Oct 2026 (monthly)"."""
    return f"{period.label} ({period.span.pays})"


def key_of(span: Span) -> str:
    """A pay period in a key: "monthly:2026-10-01"."""
    return f"{span.pays}:{span.start_on}"
