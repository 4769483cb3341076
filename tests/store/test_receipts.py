"""A receipt comes back to the byte."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from engine.answers import RepRef
from engine.receipts import Asked, Sources, issue
from store import receipts

if TYPE_CHECKING:
    from store.database import Database


def test_a_receipt_comes_back_to_the_byte_and_is_kept_once(database: Database) -> None:
    asked = Asked("earnings", 7, (("label", "Q3 “2026”"), ("start_on", "2026-07-01")), date(2026, 8, 1))
    issued = issue(asked, Sources(12, ("a", "b"), "inputs", "0.1.0"), RepRef(7, "Ada 🏆 <!channel>"))
    with database.write() as conn:
        assert receipts.save(conn, issued)
        assert not receipts.save(conn, issued)
    with database.read() as conn:
        assert receipts.get(conn, issued.receipt_id) == issued
        assert receipts.get(conn, "rcp_nothing") is None
