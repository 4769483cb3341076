"""Details of an ops alert about pay: whoever opens them is on record as having seen it."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.slack.alert_buttons import paid_in
from engine.alert_states import Standing
from engine.money import Money
from engine.ops_alerts import Finding, grouped
from store import disclosures, ops_alerts, people
from store.database import Database
from store.ops_alerts import Alert
from tests.bot.slack.staff import DANA, OLGA, seed
from tests.bot.slack.stage import Stage, words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def stage(sqlite_template: Path, tmp_path: Path) -> Iterator[Stage]:
    path = tmp_path / "attain.db"
    shutil.copyfile(sqlite_template, path)
    db = Database.open(f"sqlite:///{path}")
    seed(db)
    db.dispose()
    found = Stage(f"sqlite:///{path}")
    yield found
    found.close()


def opened(stage: Stage, code: str, risk: int) -> int:
    """The number of an alert about Dana."""
    now = stage.clock.now()
    with stage.services.db.write() as conn:
        dana = people.by_email(conn, DANA)
        assert dana is not None
        told = {"rep": str(dana.rep_id), "email": DANA}
        (condition,) = grouped(
            [Finding(code, "x", "payouts", f"rep:{dana.rep_id}", "Dana is odd", Money(risk, "USD"), told)]
        )
        named = (condition.name, code, condition.severity, Standing("open"), condition.subject)
        alert = Alert(0, *named, None, 1, condition.risk, condition.marks, now, now)
        stored = ops_alerts.add(conn, alert)
        assert stored is not None
        ops_alerts.set_items(conn, stored.alert_id, condition)
    return stored.alert_id


def test_whoever_opens_details_of_pay_is_on_record(stage: Stage) -> None:
    number = opened(stage, "A14", 1_234_00)
    listed = stage.ask(OLGA, "/attain alerts")
    assert "1,234" not in words(listed), "one person's pay stands in the details alone"
    stage.press(OLGA, listed, "alert_open", json.dumps({"v": 1, "alert": number}))
    stage.settle()
    with stage.services.db.read() as conn:
        dana, olga = people.by_email(conn, DANA), people.by_email(conn, OLGA)
        assert dana is not None
        assert olga is not None
        seen = disclosures.of_subject(conn, dana.rep_id, LONG_AGO)
    assert [(one.viewer, one.template, one.surface) for one in seen] == [(olga.rep_id, "alert", "modal")]


def test_credit_is_nobodys_pay(stage: Stage) -> None:
    number = opened(stage, "A3", 1_234_00)
    with stage.services.db.read() as conn:
        alert, items = ops_alerts.by_id(conn, number), ops_alerts.items(conn, number)
    assert alert is not None
    assert paid_in(alert, items) == frozenset()
