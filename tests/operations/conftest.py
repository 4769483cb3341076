"""A small company in a real store: two reps under a manager, a plan, quotas, and a handful of deals."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from operations import plans
from operations.context import Context
from store import changes, facts, people
from store.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engine.people import Person
    from tests.operations.alert_desk import Desk

NOW = datetime(2026, 8, 20, 9, 30, tzinfo=UTC)
TODAY = date(2026, 8, 20)
PLAN = """\
plan: ae
version: 1
effective: 2026-01-01 .. 2027-01-01
currency: USD
components:
  - name: New business
    quota: bookings
    accumulate: quarter
    table:
      by: attainment
      behaviour: marginal
      tiers: [{from: 0%, rate: 8%}, {from: 100%, rate: 12%}]
"""
PERSON = {
    "source": "crm",
    "title": "",
    "currency": "USD",
    "timezone": "America/New_York",
    "locale": "en-US",
    "team": "East",
    "region": "Americas",
    "manager_external_id": "",
    "hired_on": None,
    "left_on": None,
}
DEAL = {
    "source": "crm",
    "account": "Acme",
    "currency": "USD",
    "stage": "won",
    "stage_name": "Closed Won",
    "deal_type": "new",
    "product": "Suite",
    "source_at": None,
    "raw_ref": "",
    "deleted": False,
}


@dataclass(frozen=True)
class Company:
    """The store and the people in it, with a way to change the facts and to ask."""

    db: Database
    dana: Person
    sam: Person
    manager: Person

    def context(self, as_of: date = TODAY, now: datetime = NOW) -> Context:
        return Context(self.db, as_of, now, self.dana)

    def apply(self, kind: str, *rows: dict[str, Any]) -> frozenset[int]:
        return apply(self.db, kind, *rows)


def apply(db: Database, kind: str, *rows: dict[str, Any]) -> frozenset[int]:
    with db.write() as conn:
        change_id = changes.begin(conn, "test", f"set {kind}", NOW)
        applied = facts.apply(conn, kind, pd.DataFrame(list(rows)), change_id)
        from store import runs

        runs.mark_stale(conn, applied.touched, change_id)
    return applied.touched


def person(external_id: str, name: str, role: str = "rep", manager: str = "") -> dict[str, Any]:
    named = {"external_id": external_id, "name": name, "email": f"{external_id}@example.com", "role": role}
    return PERSON | named | {"manager_external_id": manager}


def deal(external_id: str, owner: str, amount_cents: int, booked_on: date, **said: Any) -> dict[str, Any]:
    known = {"external_id": external_id, "name": f"Deal {external_id}", "owner_external_id": owner}
    return DEAL | known | {"amount_cents": amount_cents, "booked_on": booked_on} | said


def quota(who: str, amount_cents: int, start_on: date, end_on: date) -> dict[str, Any]:
    span = {"start_on": start_on, "end_on": end_on, "amount_cents": amount_cents, "currency": "USD"}
    return {"source": "crm", "person_external_id": who, "name": "bookings"} | span


@pytest.fixture
def company(database: Database) -> Company:
    apply(
        database,
        "person",
        person("mona", "Mona Chief", "manager"),
        person("dana", "Dana Doe", manager="mona"),
        person("sam", "Sam Roe", manager="mona"),
    )
    whole_year = {"source": "crm", "plan": "ae", "start_on": date(2026, 1, 1), "end_on": date(2027, 1, 1)}
    apply(database, "assignment", *({"person_external_id": who} | whole_year for who in ("dana", "sam")))
    apply(database, "quota", quota("dana", 10_000_000, date(2026, 7, 1), date(2026, 10, 1)))
    apply(
        database,
        "deal",
        deal("d1", "dana", 6_000_000, date(2026, 7, 10)),
        deal("d2", "dana", 5_000_000, date(2026, 8, 5)),
        deal("d3", "dana", 1_234_567, date(2026, 8, 21)),  # tomorrow
        deal("d4", "dana", 2_000_000, date(2026, 9, 1), stage="open"),
        deal("d5", "sam", 3_000_000, date(2026, 8, 1)),
    )
    plans.publish(Context(database, TODAY, NOW), PLAN, "ae.yaml")
    with database.read() as conn:
        found = {who: people.by_email(conn, f"{who}@example.com") for who in ("dana", "sam", "mona")}
    assert all(found.values())
    return Company(database, found["dana"], found["sam"], found["mona"])  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def alert_company(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company that the tests of ops alerts spoil, as a file: made once and copied for each test."""
    from tests.operations.alert_desk import opened

    path = tmp_path_factory.mktemp("alerts") / "attain.db"
    shutil.copyfile(sqlite_template, path)
    made = Database.open(f"sqlite:///{path}")
    opened(made)
    made.dispose()
    return path


@pytest.fixture
def desk(alert_company: Path, tmp_path: Path) -> Iterator[Desk]:
    """The company of the tests of ops alerts; tests of other things have a desk of their own."""
    from operations.ops_alerts.notices import Telling
    from tests.operations.alert_desk import CHANNEL, Desk

    path = tmp_path / "attain.db"
    shutil.copyfile(alert_company, path)
    db = Database.open(f"sqlite:///{path}")
    yield Desk(db, telling=Telling(CHANNEL))
    db.dispose()


@pytest.fixture(scope="session")
def seeded_for_spifs(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company of the tests of Slack, as a file: made once and copied for each test of a SPIF."""
    from tests.bot.slack.staff import seed

    path = tmp_path_factory.mktemp("spifs") / "attain.db"
    shutil.copyfile(sqlite_template, path)
    db = Database.open(f"sqlite:///{path}")
    seed(db)
    db.dispose()
    return path


@pytest.fixture
def spif_company(seeded_for_spifs: Path, tmp_path: Path) -> Iterator[Database]:
    """That company, fresh, over SQLite."""
    path = tmp_path / "attain.db"
    shutil.copyfile(seeded_for_spifs, path)
    db = Database.open(f"sqlite:///{path}")
    yield db
    db.dispose()
