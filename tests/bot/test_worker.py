"""The worker's jobs on real files: sync, recalculate, purge; a bad mapping stops nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot import wiring, worker
from bot.clock import MovableClock
from bot.settings import Settings
from store import outbox, people, runs, sync_wishes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.wiring import Services

MAPPING = """\
version: 1
sources:
  hr:
    type: csv
    date_format: "%Y-%m-%d"
    decimal: "."
    timezone: UTC
kinds:
  person:
    from: hr
    file: files/people.csv
    fields:
      id: id
      name: name
      email: email
      currency: {constant: USD}
"""


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    (tmp_path / "sources" / "files").mkdir(parents=True)
    found = wiring.build(
        Settings(database_url=f"sqlite:///{tmp_path}/attain.db", sources=tmp_path / "sources"), MovableClock()
    )
    yield found
    found.close()


def test_nothing_to_sync_is_said(services: Services) -> None:
    result = worker.run_job(services, "sync")
    assert result.ok
    assert "nothing to sync" in result.sentence


def test_a_broken_mapping_does_not_stop_the_others(services: Services) -> None:
    folder = services.settings.sources
    (folder / "a_broken.yaml").write_text("version: [")
    (folder / "hr.yaml").write_text(MAPPING)
    (folder / "files" / "people.csv").write_text("id,name,email\n1,Dana,dana@x.com\n")
    result = worker.run_job(services, "sync")
    assert not result.ok
    assert "a_broken.yaml" in result.sentence
    with services.db.read() as conn:
        assert people.by_email(conn, "dana@x.com") is not None
    again = worker.run_job(services, "sync")
    assert "0 rows changed" in again.sentence


def test_a_source_is_read_once_in_its_slot(services: Services) -> None:
    folder = services.settings.sources
    (folder / "hr.yaml").write_text(MAPPING)
    (folder / "files" / "people.csv").write_text("id,name,email\n1,Dana,dana@x.com\n")
    assert "Synced 1 sources, 1 rows" in worker.run_job(services, "due").sentence
    assert "nothing to sync" in worker.run_job(services, "due").sentence
    services.clock.advance(timedelta(minutes=services.settings.sync_minutes))  # type: ignore[attr-defined]
    assert "Synced 1 sources, 0 rows" in worker.run_job(services, "due").sentence


def test_a_missing_secret_stops_only_its_source(services: Services) -> None:
    folder = services.settings.sources
    crm = "  crm: {type: hubspot, token: env:ATTAIN_TEST_NO_SUCH_TOKEN}\nkinds:\n"
    deal = "  deal:\n    from: crm\n    fields: {id: id, owner: o, amount: a, currency: c, stage: s, close: d}\n"
    (folder / "hr.yaml").write_text(MAPPING.replace("kinds:\n", crm) + deal)
    (folder / "files" / "people.csv").write_text("id,name,email\n1,Dana,dana@x.com\n")
    result = worker.run_job(services, "sync")
    assert "Synced 1 sources" in result.sentence
    assert "Not synced: crm" in result.sentence


def test_recalculation_leaves_nobody_stale(services: Services) -> None:
    folder = services.settings.sources
    (folder / "hr.yaml").write_text(MAPPING)
    (folder / "files" / "people.csv").write_text("id,name,email\n1,Dana,dana@x.com\n")
    worker.run_job(services, "sync")
    assert worker.run_job(services, "recalculate").ok
    with services.db.read() as conn:
        assert len(runs.stale_reps(conn, limit=10)) == 0


def test_purging_an_empty_inbox_is_fine(services: Services) -> None:
    assert worker.run_job(services, "purge").sentence == "Cleared 0 requests."


def test_an_unknown_job_is_refused(services: Services) -> None:
    with pytest.raises(KeyError):
        worker.run_job(services, "rocket")


def test_a_sync_that_somebody_asked_for_is_done_at_the_next_look_and_told_to_them(services: Services) -> None:
    folder = services.settings.sources
    (folder / "hr.yaml").write_text(MAPPING)
    (folder / "files" / "people.csv").write_text("id,name,email\n1,Dana,dana@x.com\n")
    worker.run_job(services, "due")
    (folder / "files" / "people.csv").write_text("id,name,email\n1,Dana,dana@x.com\n2,Lena,lena@x.com\n")
    with services.db.write() as conn:
        sync_wishes.put(conn, sync_wishes.Wish("hr", "now", "dana@x.com", "button"), services.clock.now())
    assert "Synced 1 sources, 1 rows" in worker.run_job(services, "due").sentence
    with services.db.read() as conn:
        told = [one.notice for one in outbox.pending(conn) if one.notice.kind == "sync_progress"]
        dana = people.by_email(conn, "dana@x.com")
    assert dana is not None
    assert [(one.to.rep_id, one.data["state"], one.data["changed"]) for one in told] == [(dana.rep_id, "done", 1)]
    assert "nothing to sync" in worker.run_job(services, "due").sentence
