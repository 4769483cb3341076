"""Files and mappings are kept as they were read, once each."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from store import source_files
from tests.store.conftest import NOW

if TYPE_CHECKING:
    from store.database import Database


def test_a_file_comes_back_to_the_byte_and_is_kept_once(database: Database) -> None:
    body = b"id,amount\r\n1,\xff\x00" * 1000
    with database.write() as conn:
        digest = source_files.save(conn, "crm", source_files.pack("deals.csv", body), NOW)
        assert digest == hashlib.sha256(body).hexdigest()
        assert source_files.save(conn, "crm", source_files.pack("copy.csv", body), NOW + timedelta(days=1)) == digest
        found = source_files.get(conn, digest)
        assert found is not None
        assert (found.body, found.name, found.first_seen_at) == (body, "deals.csv", NOW)
        assert source_files.seen(conn, digest)
        assert not source_files.seen(conn, "nothing")
        assert source_files.get(conn, "nothing") is None


def test_a_mapping_gets_a_version_when_its_text_changes(database: Database) -> None:
    with database.write() as conn:
        assert source_files.latest_mapping(conn, "crm") is None
        assert source_files.save_mapping(conn, "crm", "a", NOW) == 1
        assert source_files.save_mapping(conn, "crm", "a", NOW) == 1
        assert source_files.save_mapping(conn, "crm", "b", NOW) == 2
        assert source_files.save_mapping(conn, "crm", "a", NOW) == 3
        latest = source_files.latest_mapping(conn, "crm")
        assert latest is not None
        assert (latest.version, latest.text) == (3, "a")
