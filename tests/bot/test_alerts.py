"""The worker looks for ops alerts, heeds what their fixes ask of a sync, and puts failed calculations on record."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot import alerts, wiring, worker
from bot.clock import MovableClock
from bot.settings import Settings
from operations.fixes import presses
from operations.fixes.work import Told
from store import facts, ops_alerts, outbox
from tests.bot.test_worker import MAPPING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.wiring import Services
    from store.ops_alerts import Alert

SNAPSHOT = MAPPING.replace("file: files/people.csv", "file: files/people.csv\n    snapshot: true")
PEOPLE = [f"{number},Rep {number},r{number}@x.com" for number in range(40)]


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    (tmp_path / "sources" / "files").mkdir(parents=True)
    found = wiring.build(
        Settings(database_url=f"sqlite:///{tmp_path}/attain.db", sources=tmp_path / "sources"), MovableClock()
    )
    yield found
    found.close()


def write(services: Services, rows: list[str]) -> None:
    folder = services.settings.sources
    (folder / "hr.yaml").write_text(SNAPSHOT)
    (folder / "files" / "people.csv").write_text("\n".join(["id,name,email", *rows]) + "\n")


def standing(services: Services) -> list[Alert]:
    with services.db.read() as conn:
        return list(ops_alerts.standing(conn))


def live(services: Services) -> int:
    with services.db.read() as conn:
        return len(facts.live_keys(conn, "person", "hr", services.clock.now().date()))


def later(services: Services) -> None:
    services.clock.advance(timedelta(minutes=services.settings.sync_minutes))  # type: ignore[attr-defined]


def test_a_deletion_above_the_ceiling_waits_for_its_approval(services: Services) -> None:
    write(services, PEOPLE)
    worker.run_job(services, "due")
    write(services, PEOPLE[:20])
    later(services)
    worker.run_job(services, "due")
    worker.run_job(services, "alerts")
    assert live(services) == 40
    [alert] = standing(services)
    assert (alert.code, alert.subject) == ("A29", "person of hr")
    presses.fix(
        alerts.context(services), alert.alert_id, "approve_deletion", Told(reason="they left with the spin-off")
    )
    worker.run_job(services, "due")
    assert live(services) == 20
    assert standing(services) == []


def test_a_sync_that_fails_is_told_at_once_and_closes_with_the_next_one_that_does_not(services: Services) -> None:
    write(services, PEOPLE)
    (services.settings.sources / "files" / "people.csv").write_text("id,surname\n1,Doe\n")
    worker.run_job(services, "due")
    assert [alert.code for alert in standing(services)] == ["A1"]
    with services.db.read() as conn:
        [owed] = [each for each in outbox.pending(conn) if each.notice.kind == "ops_alert"]
    assert owed.notice.to.channel == "#revops"
    write(services, PEOPLE)
    later(services)
    worker.run_job(services, "due")
    assert standing(services) == []


def test_a_calculation_that_fails_is_put_on_record_without_its_text(services: Services) -> None:
    alerts.calculation_failed(services, ZeroDivisionError("Dana's 1,000,000.00"))
    [alert] = standing(services)
    assert alert.code == "A21"
    with services.db.read() as conn:
        [item] = ops_alerts.items(conn, alert.alert_id)
    assert "ZeroDivisionError" in item.message
    assert "Dana" not in item.message
