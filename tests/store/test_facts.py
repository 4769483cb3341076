"""What comes in becomes a version when it is new, and nothing when it is not; the past never changes."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, type_coerce
from sqlalchemy.types import Integer

from store import changes, facts, frames
from store.errors import FrameRefused
from store.facts import Unresolved
from store.kinds import KINDS
from tests.store.conftest import NOW, YEAR, rows_of

if TYPE_CHECKING:
    from store.database import Database
    from tests.store.conftest import Write

HOSTILE = [
    "Robert'); DROP TABLE deal;--",
    '=HYPERLINK("http://evil")',
    "<!channel> *bold* `code`",
    "tab\there, line\nbreak, return\r, back\\slash \\N \\.",
    "\x1f\x1e unit separators \x1f",
    "emoji 🏆 and 漢字 and \u202eright to left",
    "",
    " ",
    "NULL",
    "\\",
]


SALTS = itertools.count()


@pytest.fixture
def everything(write: Write, two_reps: None) -> list[tuple[str, tuple[dict[str, Any], ...]]]:
    """One record or two of each kind, written once."""
    said: list[tuple[str, tuple[dict[str, Any], ...]]] = [
        ("placement", ({"person_external_id": "ada", "manager_external_id": "ben", "team": "East"},)),
        ("deal", ({"external_id": "D1"}, {"external_id": "D2", "owner_external_id": "ben"})),
        (
            "split",
            (
                {"deal_external_id": "D1", "person_external_id": "ada", "share_ppb": 600_000_000},
                {"deal_external_id": "D1", "person_external_id": "ben", "share_ppb": 400_000_000},
            ),
        ),
        ("quota", ({"person_external_id": "ada"},)),
        ("assignment", ({"person_external_id": "ada"},)),
        ("rate", ({},)),
    ]
    for kind, rows in said:
        assert write(kind, *rows).inserted == len(rows)
    return said


def snapshot(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every version of every kind, without the one column that may change."""
    found = {}
    with database.read() as conn:
        for name, kind in KINDS.items():
            columns = [
                type_coerce(c, Integer) if "_on" in c.name else c for c in kind.table.c if c.name != "superseded_by"
            ]
            rows = conn.execute(select(*columns).order_by(kind.table.c.version_id))
            found[name] = [tuple(row) for row in rows]
    return found


def test_a_second_identical_apply_changes_nothing(
    database: Database, write: Write, everything: list[tuple[str, tuple[dict[str, Any], ...]]]
) -> None:
    before = snapshot(database)
    for kind, rows in everything:
        again = write(kind, *rows)
        assert (again.written, again.unchanged, again.touched) == (0, len(rows), frozenset())
    assert snapshot(database) == before


def test_only_superseded_by_ever_changes(
    database: Database, write: Write, everything: list[tuple[str, tuple[dict[str, Any], ...]]]
) -> None:
    before = snapshot(database)
    write("deal", {"external_id": "D1", "amount_cents": 5}, {"external_id": "D2", "deleted": True})
    write("split", {"deal_external_id": "D1", "person_external_id": "ben", "share_ppb": 1_000_000_000})
    write("person", {"external_id": "ada", "name": "Ada Lovelace", "role": "ops"})
    write("quota", {"person_external_id": "ada", "amount_cents": 7})
    after = snapshot(database)
    for name, versions in before.items():
        assert after[name][: len(versions)] == versions
    grown = {name: len(after[name]) - len(before[name]) for name in before}
    assert {name: count for name, count in grown.items() if count} == {
        "person": 1,
        "deal": 2,
        "split": 2,  # one changed, one gone
        "quota": 1,
    }


def test_the_past_reads_as_it_was_known(database: Database, write: Write, two_reps: None) -> None:
    marks, told = [], []
    for amount in (100, 200, 300):
        write("deal", {"external_id": "D1", "amount_cents": amount})
        with database.read() as conn:
            marks.append(changes.watermark(conn))
        told.append(frames.facts(database, YEAR, [1]).inputs_hash())
    write("deal", {"external_id": "D1", "deleted": True})
    for mark, hashed in zip(marks, told, strict=True):
        for reps in ([1], None, range(1, 1000)):
            assert frames.facts(database, YEAR, reps, watermark=mark).inputs_hash() == hashed
    assert frames.facts(database, YEAR).deals.empty
    assert frames.facts(database, YEAR, watermark=0).deals.empty


def test_deleted_and_restored(database: Database, write: Write, two_reps: None) -> None:
    write("deal", {"external_id": "D1"}, {"external_id": "D2"})
    gone = write("deal", {"external_id": "D1", "deleted": True})
    assert (gone.deleted, gone.touched) == (1, frozenset({1}))
    assert len(frames.facts(database, YEAR).deals) == 1
    assert write("deal", {"external_id": "D1", "deleted": True}).written == 0
    assert write("deal", {"external_id": "never seen", "deleted": True}).written == 0
    back = write("deal", {"external_id": "D1"})
    assert (back.changed, back.touched) == (1, frozenset({1}))
    assert (
        frames.facts(database, YEAR).deals["deal_id"].tolist() == [2, 1]
        or len(frames.facts(database, YEAR).deals) == 2
    )


def test_a_sweep_deletes_what_is_no_longer_there(
    database: Database, write: Write, everything: list[tuple[str, tuple[dict[str, Any], ...]]]
) -> None:
    for kind, rows in everything:
        with database.write() as conn:
            there = facts.live_keys(conn, kind, "crm")
            assert there == frozenset(facts.keys(kind, rows_of(kind, rows)))
            swept = facts.delete(conn, kind, "crm", there, changes.begin(conn, "ops", "sweep", NOW))
            assert swept.deleted == len(rows)
            assert facts.live_keys(conn, kind, "crm") == frozenset()
            assert facts.live_keys(conn, kind, "another source") == frozenset()
    assert all(frame.empty for _, frame in frames.facts(database, YEAR).frames())


def test_an_older_row_never_replaces_a_newer_one(write: Write, two_reps: None) -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    write("deal", {"external_id": "D1", "amount_cents": 2, "source_at": noon})
    late = write("deal", {"external_id": "D1", "amount_cents": 1, "source_at": noon - timedelta(seconds=1)})
    assert (late.older, late.written) == (1, 0)
    assert write("deal", {"external_id": "D1", "amount_cents": 3, "source_at": noon}).changed == 1
    gone = {"external_id": "D1", "deleted": True, "source_at": noon + timedelta(hours=1)}
    assert write("deal", gone).deleted == 1
    assert write("deal", {"external_id": "D1", "amount_cents": 3, "source_at": noon}).older == 1


def test_of_two_rows_for_one_record_the_later_wins(database: Database, write: Write, two_reps: None) -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    written = write("deal", {"external_id": "D1", "amount_cents": 1}, {"external_id": "D1", "amount_cents": 2})
    assert (written.inserted, written.duplicates) == (1, 1)
    write(
        "deal",
        {"external_id": "D2", "amount_cents": 9, "source_at": noon},
        {"external_id": "D2", "amount_cents": 8, "source_at": noon - timedelta(days=1)},
    )
    assert sorted(frames.facts(database, YEAR).deals["amount_cents"]) == [2, 9]


def test_touched_names_everybody_whose_pay_can_move(write: Write, two_reps: None) -> None:
    write("person", {"external_id": "cy"})
    assert write("deal", {"external_id": "D1"}).touched == {1}
    assert write("deal", {"external_id": "D1", "owner_external_id": "ben"}).touched == {1, 2}
    assert write("split", {"deal_external_id": "D1", "person_external_id": "cy", "share_ppb": 5}).touched == {2, 3}
    assert write("deal", {"external_id": "D1", "owner_external_id": "ben", "amount_cents": 1}).touched == {2, 3}
    again = {"deal_external_id": "D1", "person_external_id": "ada", "share_ppb": 5}
    assert write("split", again).touched == {1, 2, 3}
    assert write("quota", {"person_external_id": "ada"}).touched == {1}
    assert write("rate", {}).touched == {1, 2, 3}


def test_a_deal_waits_for_its_owner_and_heals(database: Database, write: Write) -> None:
    first = write("deal", {"external_id": "D1", "owner_external_id": "zoe"}, {"external_id": "D2"})
    assert first.unresolved == (
        Unresolved("D1", "owner_external_id", "zoe"),
        Unresolved("D2", "owner_external_id", "ada"),
    )
    assert frames.facts(database, YEAR).deals["owner_id"].tolist() == [0, 0]
    arrived = write("person", {"external_id": "zoe"})
    assert (arrived.healed, arrived.touched, arrived.unresolved) == (1, frozenset({1}), ())
    assert sorted(frames.facts(database, YEAR).deals["owner_id"]) == [0, 1]
    assert write("deal", {"external_id": "D1", "owner_external_id": "zoe"}).unchanged == 1
    assert write("person", {"external_id": "zoe"}).written == 0


def test_everything_may_come_before_the_people(database: Database, write: Write) -> None:
    write("split", {"deal_external_id": "D1", "person_external_id": "ada", "share_ppb": 1_000_000_000})
    write("quota", {"person_external_id": "ada"})
    write("assignment", {"person_external_id": "ada"})
    write("deal", {"external_id": "D1"})
    write("person", {"external_id": "ada"})
    found = frames.facts(database, YEAR, [1])
    assert found.splits.to_dict("list") == {"deal_id": [1], "rep_id": [1], "share_ppb": [1_000_000_000]}
    assert found.deals["owner_id"].tolist() == found.quotas["rep_id"].tolist() == [1]
    assert found.assignments["plan"].tolist() == ["ae"]


def test_an_owner_may_be_named_by_email_in_another_source(write: Write, two_reps: None) -> None:
    owned = write("deal", {"external_id": "F1", "owner_external_id": " ADA@example.com"}, source="file")
    assert (owned.touched, owned.unresolved) == (frozenset({1}), ())
    write("person", {"external_id": "x1", "email": "ben@EXAMPLE.com"}, source="hr")
    assert write("quota", {"person_external_id": "x1"}, source="hr").touched == {2}


def test_two_people_with_one_address_are_not_guessed(write: Write) -> None:
    write("person", {"external_id": "a", "email": "team@example.com"})
    write("person", {"external_id": "b", "email": "team@example.com"})
    shared = write("deal", {"external_id": "D1", "owner_external_id": "team@example.com"}, source="file")
    assert len(shared.unresolved) == 1


def test_the_extremes_of_money_survive(database: Database, write: Write, two_reps: None) -> None:
    extremes = [2**63 - 1, -(2**63), 0, -1]
    write("deal", *({"external_id": f"D{i}", "amount_cents": amount} for i, amount in enumerate(extremes)))
    for reps in (None, [1]):
        assert sorted(frames.facts(database, YEAR, reps).deals["amount_cents"].tolist()) == sorted(extremes)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"amount_cents": 10.5}, "amount_cents"),
        ({"amount_cents": 2**63}, "amount_cents"),
        ({"amount_cents": None}, "amount_cents"),
        ({"external_id": 1.0}, "external_id"),
        ({"booked_on": "2026-07-01"}, "booked_on"),
        ({"source_at": datetime(2026, 7, 1)}, "time zone"),  # noqa: DTZ001
    ],
)
def test_what_is_not_exact_is_refused_whole(
    database: Database, write: Write, two_reps: None, change: dict[str, Any], told: str
) -> None:
    with pytest.raises(FrameRefused, match=told):
        write("deal", {"external_id": "D1"}, {"external_id": "D2"} | change)
    assert frames.facts(database, YEAR).deals.empty


def test_missing_columns_are_named(database: Database) -> None:
    rows = pd.DataFrame([{"source": "crm", "external_id": "D1"}])
    with database.write() as conn, pytest.raises(FrameRefused, match="lack the column name"):
        facts.apply(conn, "deal", rows, changes.begin(conn, "ops", "sync", NOW))
    with database.write() as conn, pytest.raises(FrameRefused, match="person, placement"):
        facts.apply(conn, "invoice", rows, 1)


def test_hostile_text_survives(database: Database, write: Write, two_reps: None) -> None:
    rows = [{"external_id": f"D{i} {said}", "name": said, "account": said} for i, said in enumerate(HOSTILE)]
    write("deal", *rows)
    assert write("deal", *rows).unchanged == len(rows)
    with database.read() as conn:
        found = frames.names(conn, range(1, 100))
    assert [(name.external_id, name.name, name.account) for _, name in sorted(found.items())] == [
        (row["external_id"], row["name"], row["account"]) for row in rows
    ]


def test_what_no_database_can_hold_becomes_the_replacement_character(
    database: Database, write: Write, two_reps: None
) -> None:
    rows = rows_of("deal", ({"external_id": "D1"},)).astype(object)
    rows.loc[0, "name"] = "nul \x00 and half \ud83d"
    with database.write() as conn:
        change_id = changes.begin(conn, "ops", "sync", NOW)
        assert facts.apply(conn, "deal", rows, change_id).inserted == 1
        assert facts.apply(conn, "deal", rows, change_id).unchanged == 1
        assert frames.names(conn, [1])[1].name == "nul \ufffd and half \ufffd"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.text(max_size=40), min_size=1, max_size=20))
def test_any_text_is_known_again(database: Database, names: list[str]) -> None:
    salt = next(SALTS)
    rows = tuple({"external_id": f"{salt} {i}", "name": name} for i, name in enumerate(names))
    with database.write() as conn:
        change_id = changes.begin(conn, "ops", "sync", NOW)
        assert facts.apply(conn, "deal", rows_of("deal", rows), change_id).inserted == len(rows)
        assert facts.apply(conn, "deal", rows_of("deal", rows), change_id).unchanged == len(rows)


def test_text_of_neighbouring_columns_is_not_confused(write: Write, two_reps: None) -> None:
    write("deal", {"external_id": "D1", "name": "a\x1f", "account": "b"})
    assert write("deal", {"external_id": "D1", "name": "a", "account": "\x1fb"}).changed == 1


def test_pages_longer_than_a_batch(database: Database, two_reps: None) -> None:
    rows = rows_of("deal", tuple({"external_id": f"D{i}", "amount_cents": i} for i in range(25_000)))
    with database.write() as conn:
        assert facts.apply(conn, "deal", rows, changes.begin(conn, "ops", "sync", NOW)).inserted == 25_000
    rows["amount_cents"] = rows["amount_cents"] + (rows["amount_cents"] % 5_000 == 0)
    with database.write() as conn:
        again = facts.apply(conn, "deal", rows, changes.begin(conn, "ops", "sync", NOW))
    assert (again.changed, again.unchanged) == (5, 24_995)
    assert int(frames.facts(database, YEAR).deals["amount_cents"].sum()) == int(rows["amount_cents"].sum())


def test_open_ends_and_open_deals(database: Database, write: Write, two_reps: None) -> None:
    write("assignment", {"person_external_id": "ada", "end_on": None})
    write("deal", {"external_id": "D1", "stage": "open", "booked_on": None})
    assert frames.facts(database, (date(2090, 1, 1), date(2091, 1, 1))).assignments["plan"].tolist() == ["ae"]
    assert frames.facts(database, YEAR, more=[frames.PIPELINE]).deals.empty
