"""Facts in a few words, for the tests of the store."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd
import pytest

from store import changes, facts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from store.database import Database
    from store.facts import Applied

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
YEAR = (date(2026, 1, 1), date(2027, 1, 1))
QUARTER = {"start_on": date(2026, 7, 1), "end_on": date(2026, 10, 1)}
SAID: Mapping[str, Mapping[str, Any]] = {
    "person": {"name": "Ada", "email": "", "role": "rep", "currency": "USD"},
    "placement": {"manager_external_id": "", **QUARTER},
    "deal": {
        "name": "Renewal",
        "account": "Acme",
        "owner_external_id": "ada",
        "amount_cents": 100_00,
        "currency": "USD",
        "stage": "won",
        "stage_name": "Closed Won",
        "booked_on": date(2026, 7, 15),
        "deal_type": "new",
        "product": "Platform",
    },
    "split": {},
    "quota": {"name": "bookings", "amount_cents": 1_000_00, "currency": "USD", **QUARTER},
    "assignment": {"plan": "ae", **QUARTER},
    "position": {},
    "figure": {},
    "tag": {},
    "event": {"record": "", "currency": "USD"},
    "achievement": {"person_external_id": "", "record": ""},
    "incentive": {"currency": "USD"},
    "adjustment": {},
    "balance": {},
    "absence": {},
    "rate": {"from_currency": "EUR", "to_currency": "USD", "rate_num": 11, "rate_den": 10, **QUARTER},
}


class Write(Protocol):
    def __call__(self, kind: str, *rows: Mapping[str, Any], source: str = "crm") -> Applied: ...


def rows_of(kind: str, rows: tuple[Mapping[str, Any], ...], source: str = "crm") -> pd.DataFrame:
    """Rows of a kind, where only what matters to a test is written out."""
    return pd.DataFrame([{"source": source, **SAID[kind], **row} for row in rows])


@pytest.fixture
def write(database: Database) -> Write:
    """Makes rows known, each call as one change of its own."""

    def known(kind: str, *rows: Mapping[str, Any], source: str = "crm") -> Applied:
        with database.write() as conn:
            change_id = changes.begin(conn, "ops@example.com", f"sync {kind}", NOW)
            return facts.apply(conn, kind, rows_of(kind, rows, source), change_id)

    return known


@pytest.fixture
def two_reps(write: Write) -> None:
    """Ada is 1 and Ben is 2; Ben manages Ada."""
    write(
        "person",
        {"external_id": "ada", "name": "Ada", "email": "Ada@Example.com", "manager_external_id": "ben"},
        {"external_id": "ben", "name": "Ben", "email": "ben@example.com", "role": "manager"},
    )
