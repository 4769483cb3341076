"""Every showing of pay is on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from store import disclosures
from store.disclosures import Disclosure
from tests.store.conftest import NOW

if TYPE_CHECKING:
    from store.database import Database

SHOWN = Disclosure(2, 1, "quota", "rcp_1", "ephemeral", "hash", NOW)


def test_a_showing_is_found_by_message_and_by_person(database: Database) -> None:
    again = replace(SHOWN, viewer=1, at=NOW + timedelta(hours=1))
    with database.write() as conn:
        disclosures.record(conn, SHOWN)
        disclosures.record(conn, again)
        disclosures.record(conn, replace(SHOWN, subject=3, payload_hash="other"))
        assert disclosures.by_payload(conn, "hash") == (SHOWN, again)
        assert disclosures.by_payload(conn, "nothing") == ()
        assert disclosures.of_subject(conn, 1, NOW) == (again, SHOWN)
        assert disclosures.of_subject(conn, 1, NOW + timedelta(minutes=1)) == (again,)
