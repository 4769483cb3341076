"""A company whose facts can be spoilt and mended, and whose alerts can be read: what the tests of alerts work on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from operations import pay_periods, plans, recalculate
from operations.context import Context
from operations.ops_alerts import checks
from operations.ops_alerts.notices import Telling
from store import facts, ops_alerts, people
from store import sync as syncs
from tests.operations.conftest import PLAN, apply, deal, person, quota

if TYPE_CHECKING:
    from engine.people import Person
    from operations.ops_alerts.checks import Checked
    from store.database import Database
    from store.ops_alerts import Alert, Item
    from store.periods import Span

MONTHLY = PLAN.replace("currency: USD", "currency: USD\npays: monthly")
START, END = date(2026, 1, 1), date(2027, 1, 1)
CHANNEL = "#revops"


@dataclass
class Desk:
    """The store of the company, the day it is there, and who acts."""

    db: Database
    now: datetime = datetime(2026, 8, 20, 9, 30, tzinfo=UTC)
    telling: Telling | None = None
    marks: dict[str, Any] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.now.date()

    def ctx(self, who: str = "") -> Context:
        return Context(self.db, self.today, self.now, self.person(who) if who else None)

    def person(self, who: str) -> Person:
        with self.db.read() as conn:
            found = people.by_email(conn, f"{who}@example.com")
        assert found is not None, who
        return found

    def apply(self, kind: str, *rows: dict[str, Any]) -> None:
        apply(self.db, kind, *rows)

    def delete(self, kind: str, *keys: str) -> None:
        from store import changes, runs

        with self.db.write() as conn:
            change_id = changes.begin(conn, "test", "delete", self.now)
            runs.mark_stale(conn, facts.delete(conn, kind, "crm", keys, change_id).touched, change_id)

    def check(self, *codes: str) -> Checked:
        return checks.check(self.ctx(), self.telling, codes or None)

    def drain(self) -> None:
        recalculate.drain(self.ctx())

    def alerts(self, code: str = "") -> list[Alert]:
        with self.db.read() as conn:
            return [alert for alert in ops_alerts.standing(conn) if code in ("", alert.code)]

    def one(self, code: str) -> Alert:
        found = self.alerts(code)
        assert len(found) == 1, [(alert.key, alert.subject) for alert in found]
        return found[0]

    def items(self, alert: Alert) -> list[Item]:
        with self.db.read() as conn:
            return list(ops_alerts.items(conn, alert.alert_id))

    def now_is(self, alert: Alert) -> str:
        with self.db.read() as conn:
            found = ops_alerts.by_id(conn, alert.alert_id)
        assert found is not None
        return found.standing.state

    def later(self, **passed: float) -> None:
        self.now += timedelta(**passed)

    def span(self, label: str) -> Span:
        return pay_periods.find(self.ctx(), "monthly", label).span

    def lock(self, label: str) -> None:
        pay_periods.move(self.ctx("olga"), self.span(label), "submit")
        pay_periods.move(self.ctx("adam"), self.span(label), "lock")

    def lock_until(self, *labels: str) -> None:
        for label in labels:
            self.lock(label)

    def sync_run(self, kind: str, changed: int = 0, *, failure: tuple[str, str] = ("", ""), **more: Any) -> None:
        with self.db.write() as conn:
            number = syncs.start_run(conn, "crm", kind, more.pop("mode", "incremental"), self.now)
            syncs.finish_run(conn, number, syncs.Tally(read=changed, changed=changed, **more), self.now, failure)
            syncs.set_state(conn, syncs.State("crm", kind, finished_at=self.now, interval_seconds=900))


def opened(db: Database) -> Desk:
    """A company of four that is well: nothing to look at."""
    desk = Desk(db, telling=Telling(CHANNEL))
    desk.apply(
        "person",
        person("mona", "Mona Chief", "manager"),
        person("dana", "Dana Doe", manager="mona"),
        person("sam", "Sam Roe", manager="mona"),
        person("olga", "Olga Ops", "ops"),
        person("adam", "Adam Min", "admin"),
    )
    whole = {"source": "crm", "plan": "ae", "start_on": START, "end_on": END}
    desk.apply("assignment", *({"person_external_id": who} | whole for who in ("dana", "sam")))
    quarters = [date(2026, month, 1) for month in (1, 4, 7, 10)] + [END]
    for who in ("dana", "sam"):
        desk.apply(
            "quota",
            *(quota(who, 10_000_000, start, end) for start, end in pairwise(quarters)),
        )
    desk.apply(
        "deal",
        *(deal(f"d{month}", "dana", 1_000_000 + month, date(2026, month, 10)) for month in range(1, 9)),
        *(deal(f"s{month}", "sam", 2_000_000 + month, date(2026, month, 12)) for month in range(1, 9)),
    )
    plans.publish(desk.ctx(), MONTHLY, "ae.yaml")
    desk.drain()
    return desk
