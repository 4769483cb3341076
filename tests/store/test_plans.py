"""Plan versions are kept word for word and never change."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from engine.plans.load import load
from engine.plans.schema import Plan, plan_hash
from store import changes, plans
from store.errors import Conflict
from tests.store.conftest import NOW

if TYPE_CHECKING:
    from store.database import Database

TEXT = """\
plan: {name}
version: {version}
effective: {start} .. {end}
currency: USD
components:
  - name: New business
    quota: bookings
    accumulate: quarter
    table:
      by: attainment
      behaviour: marginal
      tiers: [{{from: 0%, rate: {rate}%}}]
"""


def save(
    database: Database, name: str, version: int, rate: int = 8, start: str = "2026-01-01", end: str = "2027-01-01"
) -> str:
    text = TEXT.format(name=name, version=version, rate=rate, start=start, end=end)
    plan = load(text, "plan.yaml")
    assert isinstance(plan, Plan), plan
    with database.write() as conn:
        plans.save(conn, plan, plan_hash(plan), text, changes.begin(conn, "ops", "publish", NOW))
    return plan_hash(plan)


def test_the_highest_version_that_covers_the_day_is_in_force(database: Database) -> None:
    save(database, "ae", 1)
    second = save(database, "ae", 2, rate=9, start="2026-07-01")
    save(database, "sdr", 1, end="2026-07-01")
    with database.read() as conn:
        assert [(p.name, p.version) for p in plans.effective(conn, None, date(2026, 6, 30))] == [
            ("ae", 1),
            ("sdr", 1),
        ]
        (july,) = plans.effective(conn, None, date(2026, 7, 1))
        assert (july.version, july.plan_hash, july.effective_from_on) == (2, second, date(2026, 7, 1))
        assert plans.effective(conn, ["sdr"], date(2026, 7, 1)) == ()
        assert [p.version for p in plans.versions(conn, "ae")] == [1, 2]
        assert len(plans.all(conn)) == 3
        found = plans.by_hash(conn, second)
        assert found is not None
        assert "rate: 9%" in found.text
        assert plans.by_hash(conn, "nothing") is None


def test_a_version_is_stored_once_and_never_with_other_content(database: Database) -> None:
    save(database, "ae", 1)
    save(database, "ae", 1)
    with pytest.raises(Conflict, match="ae version 1"):
        save(database, "ae", 1, rate=10)
    with database.read() as conn:
        assert len(plans.all(conn)) == 1
