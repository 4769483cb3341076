"""What is held back: one open row per record, closed when the record passes, shown to whom it belongs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from store import people, quarantine
from store.quarantine import Held
from tests.store.conftest import NOW

if TYPE_CHECKING:
    from store.database import Database
    from tests.store.conftest import Write

LATER = NOW + timedelta(days=1)
BAD = Held("crm", "deal", "D1", "amount_unparsable", "12,5O is no amount", "correct it", "Big deal", "ada")


def test_a_record_waits_once_and_keeps_its_first_date(database: Database) -> None:
    with database.write() as conn:
        assert quarantine.put(conn, [BAD, BAD], NOW) == 1
        assert quarantine.put(conn, [replace(BAD, code="currency_unknown")], LATER) == 0
        (row,) = quarantine.open_rows(conn)
    assert (row.code, row.first_seen, row.last_seen) == ("currency_unknown", NOW, LATER)
    assert (row.label, row.remedy, row.detail) == ("Big deal", "correct it", "12,5O is no amount")


def test_it_closes_when_the_record_passes_and_opens_anew(database: Database) -> None:
    with database.write() as conn:
        quarantine.put(conn, [BAD, replace(BAD, external_id="D2")], NOW)
        assert quarantine.close_passed(conn, "crm", "deal", ["D1", "D9"], LATER) == 1
        assert quarantine.close_passed(conn, "other", "deal", ["D2"], LATER) == 0
        assert [row.external_id for row in quarantine.open_rows(conn)] == ["D2"]
        assert quarantine.put(conn, [BAD], LATER) == 1
        assert [row.first_seen for row in quarantine.open_rows(conn)] == [NOW, LATER]
        assert quarantine.count(conn) == 2


def test_a_rep_sees_what_is_theirs_by_id_or_address(database: Database, write: Write, two_reps: None) -> None:
    write("person", {"external_id": "77", "email": "ada@example.com"}, source="hr")
    mine = [
        BAD,
        replace(BAD, external_id="D2", source="file", owner_external_id=" ADA@example.com"),
        replace(BAD, external_id="D3", source="hr", owner_external_id="77"),
    ]
    others = [
        replace(BAD, external_id="D4", owner_external_id="ben"),
        replace(BAD, external_id="D5", source="hr", owner_external_id="ada"),
        replace(BAD, external_id="D6", owner_external_id=""),
    ]
    with database.write() as conn:
        quarantine.put(conn, [*mine, *others], NOW)
        ada = people.by_id(conn, 1)
        assert ada is not None
        assert {row.external_id for row in quarantine.open_rows(conn, person=ada)} == {"D1", "D2", "D3"}
        assert len(quarantine.open_rows(conn, source="hr", kind="deal")) == 2
        assert quarantine.open_rows(conn, kind="split") == ()
