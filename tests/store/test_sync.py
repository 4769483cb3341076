"""A page is one transaction: facts, quarantine, who has to wait for a calculation, and where to go on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from store import changes, quarantine, runs, sync
from store.errors import FrameRefused
from store.quarantine import Held
from tests.store.conftest import NOW, rows_of

if TYPE_CHECKING:
    from store.database import Database

LATER = NOW + timedelta(hours=1)


def page(kind: str, *rows: dict[str, Any], **said: Any) -> sync.PageWrite:
    state = sync.State("crm", kind, {"page": 2}, "config", 900, NOW, NOW)
    return sync.PageWrite(kind, "crm", rows_of(kind, rows), state, said.pop("now", NOW), **said)


def test_a_page_is_stored_whole(database: Database) -> None:
    held = Held("crm", "deal", "D9", "amount_unparsable", "no amount")
    with database.write() as conn:
        sync.apply_page(conn, page("person", {"external_id": "ada"}))
        applied = sync.apply_page(conn, page("deal", {"external_id": "D1"}, held=[held]))
    assert (applied.change_id, applied.facts.inserted, applied.held, applied.passed) == (2, 1, 1, 0)
    with database.read() as conn:
        assert runs.stale_reps(conn) == (1,)
        state = sync.state(conn, "crm", "deal")
        assert (state.resume, state.config_hash, state.watermark_at, state.finished_at) == (
            {"page": 2},
            "config",
            NOW,
            NOW,
        )
        assert [(row.source, row.kind, row.finished_at) for row in sync.freshness(conn)] == [
            ("crm", "deal", NOW),
            ("crm", "person", NOW),
        ]
        assert sync.state(conn, "crm", "quota") == sync.State("crm", "quota")
        assert len(sync.states(conn)) == 2


def test_a_second_sync_writes_no_change(database: Database) -> None:
    with database.write() as conn:
        sync.apply_page(conn, page("deal", {"external_id": "D1"}))
    with database.write() as conn:
        again = sync.apply_page(conn, page("deal", {"external_id": "D1"}, now=LATER))
        assert (again.change_id, again.facts.unchanged, again.held, again.passed) == (0, 1, 0, 0)
        assert changes.watermark(conn) == 1


def test_a_page_that_fails_leaves_nothing_behind(database: Database) -> None:
    bad = page("deal", {"external_id": "D1"}, {"external_id": "D2", "amount_cents": 0.5})
    with pytest.raises(FrameRefused), database.write() as conn:
        sync.apply_page(conn, bad)
    with database.read() as conn:
        assert changes.watermark(conn) == 0
        assert sync.states(conn) == ()


def test_a_record_that_passes_leaves_quarantine(database: Database) -> None:
    with database.write() as conn:
        sync.apply_page(conn, page("person", {"external_id": "ada"}))
        held = Held("crm", "deal", "D1", "amount_unparsable", "no amount")
        assert sync.apply_page(conn, page("deal", held=[held])).held == 1
        assert sync.apply_page(conn, page("deal", {"external_id": "D1"}, now=LATER)).passed == 1
        assert quarantine.count(conn) == 0


def test_a_deal_without_a_known_owner_is_held_until_they_come(database: Database) -> None:
    with database.write() as conn:
        assert sync.apply_page(conn, page("deal", {"external_id": "D1"}, {"external_id": "D2"})).held == 2
        (first, _) = quarantine.open_rows(conn)
        assert (first.code, first.owner_external_id) == ("owner_unknown", "ada")
        again = sync.apply_page(conn, page("deal", {"external_id": "D1"}, {"external_id": "D2"}))
        assert (again.passed, quarantine.count(conn)) == (0, 2)
        assert sync.apply_page(conn, page("deal", {"external_id": "D2", "deleted": True})).passed == 1
        arrived = sync.apply_page(conn, page("person", {"external_id": "ada"}, now=LATER))
        assert (arrived.passed, arrived.facts.healed, quarantine.count(conn)) == (1, 2, 0)
        assert runs.stale_reps(conn) == (1,)


def test_what_the_source_no_longer_has_is_deleted_with_the_page(database: Database) -> None:
    with database.write() as conn:
        sync.apply_page(conn, page("deal", {"external_id": "D1"}, {"external_id": "D2"}))
        applied = sync.apply_page(conn, page("deal", {"external_id": "D2"}, gone=["D1"]))
        assert (applied.facts.deleted, applied.facts.unchanged) == (1, 1)


def test_an_empty_page_still_moves_the_state(database: Database) -> None:
    empty = sync.PageWrite("deal", "crm", pd.DataFrame(), sync.State("crm", "deal", finished_at=LATER), LATER)
    with database.write() as conn:
        assert sync.apply_page(conn, empty).change_id == 0
        assert sync.freshness(conn)[0].finished_at == LATER


def test_runs_are_on_record(database: Database) -> None:
    with database.write() as conn:
        first = sync.start_run(conn, "crm", "deal", "full", NOW)
        sync.finish_run(conn, first, sync.Tally(pages=2, read=3, changed=1, quarantined=1), LATER)
        second = sync.start_run(conn, "crm", "split", "full", LATER)
        sync.finish_run(conn, second, sync.Tally(), LATER, ("SourceRefused", "the file is not complete"))
        newest, oldest = sync.latest_runs(conn)
    assert (newest.status, newest.error_class) == ("failed", "SourceRefused")
    assert (oldest.status, oldest.read, oldest.changed, oldest.finished_at) == ("done", 3, 1, LATER)
