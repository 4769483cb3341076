"""A sync of real CSV files into a real database: what is stored, what waits, what a second one changes."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from connectors.mapping import load
from connectors.registry import open_source
from operations import sync
from operations.context import Context
from store import changes, frames, people, quarantine, runs, source_files, verify
from store import sync as syncs

if TYPE_CHECKING:
    from pathlib import Path

    from store.database import Database

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WINDOW = (date(2026, 1, 1), date(2027, 1, 1))
MAPPING = """\
version: 1
sources:
  crm: {type: csv, date_format: "%Y-%m-%d", decimal: ".", interval: 3600, snapshot: SNAPSHOT}
kinds:
  person:
    from: crm
    file: people.csv
    fields: {id: id, name: name, email: email, currency: {constant: USD}, manager: manager}
  deal:
    from: crm
    file: deals.csv
    fields: {id: id, name: name, owner: owner, amount: amount, currency: {constant: USD}, stage: stage, close: close}
    stages: {won: [Won], lost: [Lost], open: [Open]}
  split:
    from: crm
    file: splits.csv
    fields: {deal: deal, person: person, share: {column: share, unit: percent}}
  quota:
    from: crm
    file: quotas.csv
    fields: {person: person, name: {constant: bookings}, start: start, end: {length: 3 months}, amount: amount,
             currency: {constant: USD}}
"""
PEOPLE = "id,name,email,manager\ne1,Ana,ana@example.com,e9\ne2,Bo,bo@example.com,\n"
DEALS = "id,name,owner,amount,stage,close\n"
SPLITS = "deal,person,share\n"
QUOTAS = "person,start,amount\ne1,2026-01-01,1000\n"


@dataclass
class Desk:
    """A folder of files and the database they are synced into."""

    db: Database
    folder: Path
    snapshot: str = "false"
    now: datetime = NOW

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def deals(self, *lines: str) -> None:
        self.write("deals.csv", DEALS + "".join(f"{line}\n" for line in lines))

    def sync(
        self, *, reread: bool = False, delete_any: bool = False, name: str = "crm", retire: str = ""
    ) -> sync.SyncSummary:
        mapping = load(MAPPING.replace("SNAPSHOT", self.snapshot).replace("crm", name), "mapping.yaml")
        options = sync.Options(reread=reread, delete_any=delete_any, retire=frozenset({retire} - {""}))
        return sync.run(self.context(), open_source(mapping, name, self.folder), options=options)

    def context(self) -> Context:
        return Context(self.db, self.now.date(), self.now)

    def amounts(self) -> dict[str, int]:
        """Won deals by their id at the source."""
        facts = frames.facts(self.db, WINDOW)
        with self.db.read() as conn:
            names = frames.names(conn, facts.deals.deal_id.tolist())
        return {names[d.deal_id].external_id: d.amount_cents for d in facts.deals.itertuples()}

    def waiting(self) -> dict[str, str]:
        """What is in quarantine: record to code."""
        with self.db.read() as conn:
            return {row.external_id: row.code for row in quarantine.open_rows(conn)}

    def watermark(self) -> int:
        with self.db.read() as conn:
            return changes.watermark(conn)


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    folder = tmp_path / "in"
    folder.mkdir()
    desk = Desk(database, folder)
    desk.write("people.csv", PEOPLE)
    desk.deals(
        "D1,Alpha,e1,100.00,Won,2026-02-01", "D2,<!channel>,e2,50,Won,2026-02-02", "D3,Open,e1,9,Open,2026-04-01"
    )
    desk.write("splits.csv", SPLITS)
    desk.write("quotas.csv", QUOTAS)
    return desk


def test_a_first_sync(desk: Desk) -> None:
    summary = desk.sync()
    assert summary.ok
    assert {kind.kind: kind.inserted for kind in summary.kinds} == {"person": 2, "deal": 3, "split": 0, "quota": 1}
    assert desk.amounts() == {"D1": 10000, "D2": 5000}


@pytest.mark.parametrize("reread", [False, True])
def test_a_second_sync_changes_nothing(desk: Desk, reread: bool) -> None:
    """Neither when the files are not read again nor when they are; the journal stays as it was, too."""
    desk.sync()
    before = desk.watermark()
    summary = desk.sync(reread=reread)
    assert (summary.changed, summary.held, summary.ok) == (0, 0, True)
    assert [kind.pages for kind in summary.kinds] == ([1, 1, 1, 1] if reread else [0, 0, 0, 0])
    assert desk.watermark() == before


def test_only_what_changed_becomes_a_version(desk: Desk) -> None:
    desk.sync()
    desk.deals("D1,Alpha,e1,120.00,Won,2026-02-01", "D2,<!channel>,e2,50,Won,2026-02-02")
    deal = desk.sync().kinds[1]
    assert (deal.inserted, deal.changed, deal.unchanged) == (0, 1, 1)
    assert desk.amounts() == {"D1": 12000, "D2": 5000}


def test_who_is_touched_is_calculated_again(desk: Desk) -> None:
    desk.sync()
    with desk.db.write() as conn:
        everybody = runs.stale_reps(conn)
        runs.clear_stale(conn, everybody, changes.watermark(conn))
        ana = people.by_email(conn, "ana@example.com")
    assert ana is not None
    desk.deals("D1,Alpha,e1,120.00,Won,2026-02-01", "D2,<!channel>,e2,50,Won,2026-02-02")
    desk.sync()
    with desk.db.read() as conn:
        assert runs.stale_reps(conn) == (ana.rep_id,)


def test_a_bad_row_waits_with_its_owner_and_leaves_by_itself(desk: Desk) -> None:
    desk.deals("D1,Alpha,e1,oops,Won,2026-02-01", "D2,Beta,e2,50,Won,2026-02-02")
    summary = desk.sync()
    assert (summary.ok, summary.held) == (True, 1)
    assert desk.amounts() == {"D2": 5000}
    with desk.db.read() as conn:
        ana = people.by_email(conn, "ana@example.com")
        assert ana is not None
        (row,) = quarantine.open_rows(conn, person=ana)
    assert (row.code, row.label, row.place) == ("amount_unparsable", "Alpha", "deals.csv:2")
    assert "'oops'" in row.detail
    desk.deals("D1,Alpha,e1,70,Won,2026-02-01", "D2,Beta,e2,50,Won,2026-02-02")
    assert desk.sync().kinds[1].released == 1
    assert desk.waiting() == {}
    assert desk.amounts() == {"D1": 7000, "D2": 5000}


def test_a_bad_row_keeps_its_last_good_version(desk: Desk) -> None:
    desk.sync()
    desk.deals("D1,Alpha,e1,oops,Won,2026-02-01", "D2,Beta,e2,50,Won,2026-02-02")
    desk.sync()
    assert desk.amounts() == {"D1": 10000, "D2": 5000}


def test_a_quota_that_waits_leaves_quarantine_too(desk: Desk) -> None:
    """Its key has several parts; the note must find it again."""
    desk.write("quotas.csv", "person,start,amount\ne1,2026-01-01,\ne2,,5\n")
    assert desk.sync().kinds[3].held == 2
    desk.write("quotas.csv", "person,start,amount\ne1,2026-01-01,10\ne2,2026-01-01,5\n")
    assert desk.sync().kinds[3].released == 2
    assert desk.waiting() == {}


def test_a_nameless_row_leaves_quarantine_with_its_line(desk: Desk) -> None:
    desk.deals(",Alpha,e1,1,Won,2026-02-01")
    desk.sync()
    assert list(desk.waiting().values()) == ["key_missing"]
    desk.deals("D7,Alpha,e1,1,Won,2026-02-01")
    desk.sync()
    assert desk.waiting() == {}


def test_a_file_that_leaves_a_waiting_deal_out_does_not_release_it(desk: Desk) -> None:
    desk.deals("D1,Alpha,e1,oops,Won,2026-02-01", "D2,Beta,e2,50,Won,2026-02-02")
    desk.sync()
    desk.deals("D2,Beta,e2,50,Won,2026-02-02")
    desk.sync()
    assert desk.waiting() == {"D1": "amount_unparsable"}
    desk.deals()
    desk.sync()
    assert desk.waiting() == {"D1": "amount_unparsable"}


def test_a_deal_of_somebody_unknown_is_kept_and_released(desk: Desk) -> None:
    desk.deals("D1,Alpha,e5,100,Won,2026-02-01")
    desk.sync()
    assert desk.waiting() == {"D1": "owner_unknown"}
    desk.sync(reread=True)
    assert desk.waiting() == {"D1": "owner_unknown"}
    desk.write("people.csv", PEOPLE + "e5,Cy,cy@example.com,\n")
    desk.sync()
    assert desk.waiting() == {}
    deals = frames.facts(desk.db, WINDOW).deals
    with desk.db.read() as conn:
        cy = people.by_email(conn, "cy@example.com")
    assert cy is not None
    assert deals.owner_id.tolist() == [cy.rep_id]


def test_a_refused_file_keeps_what_was_there_and_stops_only_its_dependants(desk: Desk) -> None:
    desk.sync()
    desk.write("deals.csv", "id,name\nD1,Alpha\n")
    desk.write("splits.csv", SPLITS + "D1,e1,50\nD1,e2,50\n")
    desk.write("quotas.csv", QUOTAS.replace("1000", "2000"))
    desk.now = NOW + timedelta(days=1)
    summary = desk.sync()
    assert {k.kind: k.status for k in summary.kinds} == {
        "person": "done", "deal": "refused", "split": "blocked", "quota": "done",
    }  # fmt: skip
    assert not summary.ok
    assert [p.code for p in summary.problems] == ["column_missing"]
    assert desk.amounts() == {"D1": 10000, "D2": 5000}
    with desk.db.read() as conn:
        fresh = {row.kind: row.finished_at for row in syncs.freshness(conn)}
        latest = {r.kind: (r.status, r.error_class) for r in reversed(syncs.latest_runs(conn, 3))}
    assert fresh == {"person": desk.now, "deal": NOW, "split": NOW, "quota": desk.now}
    assert latest == {"person": ("done", ""), "deal": ("failed", "SourceRefused"), "quota": ("done", "")}


def test_one_wrong_date_applies_nothing_of_the_file(desk: Desk) -> None:
    desk.deals(*(f"D{i},x,e1,1,Won,2026-02-01" for i in range(10_500)), "D99999,x,e1,1,Won,01.02.2026")
    summary = desk.sync()
    assert summary.kinds[1].status == "refused"
    assert summary.problems[0].where == "deals.csv:10502"
    assert desk.amounts() == {}


def test_the_split_of_a_deal(desk: Desk) -> None:
    desk.write("splits.csv", SPLITS + "D1,e1,60\nD1,e2,40\n")
    desk.sync()
    assert sorted(frames.facts(desk.db, WINDOW).splits.share_ppb) == [400_000_000, 600_000_000]
    desk.write("splits.csv", SPLITS + "D1,e1,60\nD1,e2,30\n")
    summary = desk.sync()
    assert summary.held == 3  # both splits, and the deal that must not count whole for its owner meanwhile
    assert sorted(frames.facts(desk.db, WINDOW).splits.share_ppb) == [400_000_000, 600_000_000]


def snapshot(desk: Desk, count: int) -> None:
    desk.snapshot = "true"
    desk.deals(*(f"D{i},x,e1,{i + 1},Won,2026-02-01" for i in range(count)))


def test_a_snapshot_deletes_what_it_no_longer_shows(desk: Desk) -> None:
    snapshot(desk, 10)
    desk.sync()
    snapshot(desk, 6)
    assert desk.sync().kinds[1].deleted == 4
    assert len(desk.amounts()) == 6
    snapshot(desk, 10)
    assert desk.sync().kinds[1].changed == 4
    assert len(desk.amounts()) == 10


def test_a_file_that_is_no_snapshot_deletes_nothing(desk: Desk) -> None:
    desk.sync()
    desk.deals()
    assert desk.sync().kinds[1].deleted == 0
    assert len(desk.amounts()) == 2


def test_a_record_in_quarantine_is_not_gone(desk: Desk) -> None:
    snapshot(desk, 3)
    desk.sync()
    desk.deals("D0,x,e1,oops,Won,2026-02-01", "D1,x,e1,2,Won,2026-02-01", "D2,x,e1,3,Won,2026-02-01")
    assert desk.sync().kinds[1].deleted == 0
    assert len(desk.amounts()) == 3


@pytest.mark.parametrize(("before", "after"), [(20, 14), (200, 189), (3, 0)])
def test_too_many_deletions_wait_for_approval(desk: Desk, before: int, after: int) -> None:
    snapshot(desk, before)
    desk.sync()
    snapshot(desk, after)
    for _ in range(2):  # it is asked again until somebody decides
        summary = desk.sync()
        assert [p.code for p in summary.problems] == ["deletion_ceiling"]
        assert summary.kinds[1].spared == before - after
        assert len(desk.amounts()) == before
    assert desk.sync(delete_any=True).kinds[1].deleted == before - after
    assert len(desk.amounts()) == after
    assert desk.sync().problems == ()


def test_a_changed_mapping_reads_everything_again_and_is_kept(desk: Desk) -> None:
    desk.sync()
    desk.snapshot = "true"
    assert [kind.pages for kind in desk.sync().kinds] == [1, 1, 1, 1]
    with desk.db.read() as conn:
        kept = source_files.latest_mapping(conn, "crm")
    assert kept is not None
    assert (kept.version, "snapshot: true" in kept.text) == (2, True)


def test_files_are_kept_to_the_byte(desk: Desk) -> None:
    import hashlib

    desk.sync()
    body = (desk.folder / "deals.csv").read_bytes()
    with desk.db.read() as conn:
        kept = source_files.get(conn, hashlib.sha256(body).hexdigest())
    assert kept is not None
    assert (kept.name, kept.body) == ("deals.csv", body)


def test_two_syncs_of_one_source_at_once(desk: Desk) -> None:
    """The second finds the lease taken and does nothing."""
    seen: list[sync.SyncSummary] = []
    mapping = load(MAPPING.replace("SNAPSHOT", "false"), "mapping.yaml")
    source = open_source(mapping, "crm", desk.folder)
    sync.run(desk.context(), source, progress=lambda *_: seen.append(desk.sync()))
    assert seen
    assert {(s.busy, s.ok, s.changed) for s in seen} == {(True, False, 0)}
    assert desk.sync().ok


def test_progress_is_told_page_by_page(desk: Desk) -> None:
    told: list[tuple[str, int, int | None]] = []
    many(desk)
    source = open_source(load(MAPPING.replace("SNAPSHOT", "false"), "m.yaml"), "crm", desk.folder)
    sync.run(desk.context(), source, progress=lambda *step: told.append(step))
    assert [step for step in told if step[0] == "deal"] == [
        ("deal", 10_000, MANY),
        ("deal", MANY, MANY),
    ]


#: More than one page.
MANY = 11_000


def many(desk: Desk) -> None:
    desk.deals(*(f"D{i},x,e{i % 2 + 1},{i}.50,Won,2026-02-01" for i in range(MANY)))


class PulledPlug(Exception):
    """The process is gone."""


def test_a_crash_between_pages_loses_nothing(desk: Desk) -> None:
    many(desk)
    source = open_source(load(MAPPING.replace("SNAPSHOT", "false"), "mapping.yaml"), "crm", desk.folder)
    steps = 0

    def crash(*_: object) -> None:
        nonlocal steps
        steps += 1
        if steps == 2:  # after the people and the first page of deals
            raise PulledPlug

    with pytest.raises(PulledPlug):
        sync.run(desk.context(), source, progress=crash)
    assert len(desk.amounts()) == 10_000
    with desk.db.read() as conn:
        assert [row.kind for row in syncs.freshness(conn)] == ["person"]
    deal = desk.sync().kinds[1]
    assert (deal.inserted, deal.changed, deal.unchanged) == (MANY - 10_000, 0, 10_000)
    assert desk.amounts() == {f"D{i}": i * 100 + 50 for i in range(MANY)}
    assert desk.sync().changed == 0


CRASH = """
import os, sys
from datetime import date, datetime, UTC
from pathlib import Path
from connectors.mapping import load
from connectors.registry import open_source
from operations import sync
from operations.context import Context
from store.database import Database

url, folder, text = sys.argv[1:]
source = open_source(load(text, "mapping.yaml"), "crm", Path(folder))
now = datetime(2026, 3, 2, 9, tzinfo=UTC)
sync.run(Context(Database.open(url), now.date(), now), source, lambda kind, *_: kind == "deal" and os._exit(9))
"""


def test_a_killed_process_leaves_a_lease_that_runs_out(desk: Desk, database_url: str) -> None:
    text = MAPPING.replace("SNAPSHOT", "false")
    many(desk)
    done = subprocess.run([sys.executable, "-c", CRASH, database_url, str(desk.folder), text], check=False)
    assert done.returncode == 9
    assert desk.sync().busy
    desk.now = NOW + timedelta(minutes=2)
    assert desk.sync().ok
    with desk.db.read() as conn:
        ended = [(run.kind, run.status, run.error_class) for run in syncs.latest_runs(conn)]
    assert ("deal", "failed", "Abandoned") in ended
    assert "running" not in {status for _, status, _ in ended}
    assert desk.amounts() == {f"D{i}": i * 100 + 50 for i in range(MANY)}


def test_the_figures_of_a_run_are_on_record(desk: Desk) -> None:
    desk.sync()
    with desk.db.read() as conn:
        by_kind = {run.kind: run for run in syncs.latest_runs(conn)}
    deal = by_kind["deal"]
    assert (deal.status, deal.mode, deal.pages, deal.read, deal.changed) == ("done", "incremental", 1, 3, 3)


def test_a_formula_is_stored_as_it_came(desk: Desk) -> None:
    desk.deals('D1,"=HYPERLINK(""http://x"")",e1,1,Won,2026-02-01')
    desk.sync()
    facts = frames.facts(desk.db, WINDOW)
    with desk.db.read() as conn:
        (name,) = frames.names(conn, facts.deals.deal_id.tolist()).values()
    assert name.name == '=HYPERLINK("http://x")'


def test_reopened_deals_stop_counting_even_without_an_amount(desk: Desk) -> None:
    desk.sync()
    desk.deals("D1,Alpha,e1,,Lost,2026-02-01", "D2,Beta,e2,,Open,")
    desk.sync()
    assert desk.amounts() == {}
    assert desk.waiting() == {}


def test_pandas_is_only_a_carrier(desk: Desk) -> None:
    """No amount passes through a float on its way in."""
    desk.deals("D1,Alpha,e1,1234567890123456.78,Won,2026-02-01")
    desk.sync()
    assert desk.amounts() == {"D1": 123456789012345678}
    assert isinstance(frames.facts(desk.db, WINDOW).deals, pd.DataFrame)


def test_a_renamed_source_is_refused_before_anything_is_paid_twice(desk: Desk) -> None:
    desk.sync()
    before = desk.watermark()
    summary = desk.sync(name="salesforce")
    assert {k.kind: k.status for k in summary.kinds} == {
        "person": "blocked", "deal": "refused", "split": "blocked", "quota": "refused",
    }  # fmt: skip
    assert {p.code for p in summary.problems} == {"source_renamed"}
    assert "'salesforce'" in summary.problems[0].message
    assert "'crm'" in summary.problems[0].message
    assert "attain sync --retire crm" in summary.problems[0].remedy
    assert desk.watermark() == before
    assert desk.sync().ok


def test_a_retired_source_gives_its_records_up(desk: Desk) -> None:
    desk.sync()
    with desk.db.read() as conn:
        before = people.by_email(conn, "ana@example.com")
    summary = desk.sync(name="salesforce", retire="crm")
    assert summary.ok
    assert {kind.kind: kind.deleted for kind in summary.kinds} == {"person": 2, "deal": 3, "split": 0, "quota": 1}
    assert desk.amounts() == {"D1": 10000, "D2": 5000}
    assert frames.facts(desk.db, WINDOW).quotas.amount_cents.tolist() == [100000]
    with desk.db.read() as conn:
        after = people.by_email(conn, "ana@example.com")
        assert [person.name for person in people.all(conn)] == ["Ana", "Bo"]
        assert {row.source for row in syncs.freshness(conn)} == {"salesforce"}
        assert verify.verify(conn).broken == ()
    assert before is not None
    assert after is not None
    assert after.rep_id == before.rep_id
    assert desk.sync(name="salesforce").changed == 0


def test_another_source_that_counts_from_one_too_is_no_renamed_one(desk: Desk) -> None:
    desk.sync()
    desk.write("people.csv", "id,name,email,manager\ne1,Cy,cy@example.com,\n")
    desk.deals("D1,Gamma,e1,7,Won,2026-02-01")
    desk.write("quotas.csv", "person,start,amount\ne7,2026-01-01,1000\n")
    assert desk.sync(name="emea").ok
    assert len(frames.facts(desk.db, WINDOW).deals) == 3


def test_a_note_about_an_unknown_owner_outlives_another_mistake(desk: Desk) -> None:
    for amount, code in (("100", "owner_unknown"), ("oops", "amount_unparsable"), ("100", "owner_unknown")):
        desk.deals(f"D1,Alpha,e5,{amount},Won,2026-02-01")
        desk.sync()
        assert desk.waiting() == {"D1": code}


@pytest.mark.parametrize("turned", [False, True])
def test_the_order_of_the_lines_decides_no_number(desk: Desk, turned: bool) -> None:
    """Deals of one day are counted by their numbers, and a cent that is left over goes by those of people."""
    step = -1 if turned else 1
    desk.write("people.csv", "id,name,email,manager\n" + "\n".join(["e1,Ana,,", "e2,Bo,,"][::step]) + "\n")
    desk.deals(*[f"D{i},x,e1,{i},Won,2026-02-01" for i in range(1, 4)][::step])
    desk.sync()
    deals = frames.facts(desk.db, WINDOW).deals.sort_values("deal_id")
    assert deals.amount_cents.tolist() == [100, 200, 300]
    with desk.db.read() as conn:
        assert [person.name for person in people.all(conn)] == ["Ana", "Bo"]


def test_who_is_no_longer_in_a_snapshot_has_left_and_keeps_what_was_earned(desk: Desk) -> None:
    desk.snapshot = "true"
    desk.deals("D1,Alpha,e1,100,Won,2026-02-01", "D2,Late,e1,7,Won,2026-03-05", "D3,Open,e1,7,Open,2026-03-09")
    desk.sync()
    desk.write("people.csv", "id,name,email,manager\ne2,Bo,bo@example.com,\n")
    deal = "D4,New,e1,50,Won,2026-03-02"
    desk.deals("D1,Alpha,e1,100,Won,2026-02-01", "D2,Late,e1,7,Won,2026-03-05", "D3,Open,e1,7,Open,2026-03-09", deal)
    summary = desk.sync()
    assert summary.kinds[0].deleted == 1
    with desk.db.read() as conn:
        ana = people.by_email(conn, "ana@example.com")
        notes = {row.external_id: row for row in quarantine.open_rows(conn)}
        assert verify.verify(conn).broken == ()
    assert ana is not None
    assert ana.left_on == NOW.date()
    owners = dict(zip(desk.amounts(), frames.facts(desk.db, WINDOW).deals.owner_id, strict=True))
    assert owners == {"D1": ana.rep_id, "D2": 0, "D4": 0}
    assert {name: note.code for name, note in notes.items()} == {"D2": "owner_unknown", "D4": "owner_unknown"}
    assert "had left" in notes["D4"].detail
    assert "took it over" in notes["D4"].remedy
    assert desk.sync().changed == 0
    desk.now += timedelta(days=3)
    assert desk.sync(reread=True).changed == 0
    desk.write("people.csv", PEOPLE)
    desk.sync()
    assert desk.waiting() == {}
    assert set(frames.facts(desk.db, WINDOW).deals.owner_id) == {ana.rep_id}


def test_a_person_who_comes_back_under_another_number_is_found_by_address(desk: Desk) -> None:
    desk.snapshot = "true"
    desk.write("quotas.csv", QUOTAS.replace("e1", "Ana@Example.com"))
    desk.sync()
    desk.write("people.csv", PEOPLE.replace("e1,", "e7,"))
    desk.deals("D1,Alpha,e7,100.00,Won,2026-02-01")
    assert desk.sync(delete_any=True).ok
    with desk.db.read() as conn:
        ana = people.by_email(conn, "ana@example.com")
        assert verify.verify(conn).broken == ()
    assert ana is not None
    assert ana.external_id == "e7"
    assert ana.left_on is None
    facts = frames.facts(desk.db, WINDOW)
    assert facts.quotas.rep_id.tolist() == [ana.rep_id]
    assert facts.deals.owner_id.tolist() == [ana.rep_id]
    assert desk.waiting() == {}


def test_a_deal_that_comes_twice_is_shown_to_whom_it_counts_for(desk: Desk) -> None:
    desk.sync()
    desk.deals("D1,Alpha,e1,100,Won,2026-02-01", "D1,Alpha,e2,100,Won,2026-02-01")
    desk.sync()
    with desk.db.read() as conn:
        ana = people.by_email(conn, "ana@example.com")
        assert ana is not None
        assert [row.code for row in quarantine.open_rows(conn, person=ana)] == ["duplicate_in_file"]
