"""A CRM synced in its four modes: what arrives, what stays, what goes, whatever the CRM does meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from connectors.errors import AuthRefused, ConfigRefused, Transient, WindowTooLarge
from connectors.fakes.memory import MemoryFeed
from connectors.feed import Account, Stage
from connectors.source import RawPage
from connectors.webhooks import Event
from engine.dates import on_day
from operations import sync, webhooks
from operations.context import Context
from store import frames, hints, people, quarantine, raw_records, runs
from store import sync as syncs
from tests.operations.feed_desk import MAPPING, RATE, SPLIT, WINDOW, Desk, deal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connectors.source import Ask
    from store.database import Database


@pytest.fixture
def desk(database: Database) -> Desk:
    desk = Desk(database)
    desk.staff()
    for number in range(1, 8):
        desk.crm.put("deal", f"d{number}", deal(str(number)))
    return desk


def test_the_first_sync_reads_everything_and_the_second_changes_nothing(desk: Desk) -> None:
    first = desk.sync()
    assert first.ok
    assert desk.kind(first).mode == "backfill"
    assert desk.kind(first).inserted == 7
    assert desk.amounts() == {f"d{n}": n * 100 for n in range(1, 8)}
    change = desk.change()
    desk.passed(minutes=15)
    again = desk.sync()
    assert desk.kind(again).mode == "incremental"
    assert (again.changed, desk.change()) == (0, change)
    assert desk.kind(again).api_calls == 1


def test_bug_1_rows_at_the_watermark_second_are_read(desk: Desk) -> None:
    """31 rows of one stamp, cut after 10, and one more that gets the stamp of the watermark itself."""
    desk.sync()
    desk.passed(minutes=15)
    desk.crm.page_size = 10
    for number in range(31):
        desk.crm.put("deal", f"t{number:02}", deal("5"))
    desk.feed.overlap = timedelta(0)
    desk.sync()
    assert sum(name.startswith("t") for name in desk.amounts()) == 0  # the window is open at its end
    desk.crm.put("deal", "u", deal("6"))
    desk.passed(seconds=1)
    desk.sync()
    assert sum(name.startswith("t") for name in desk.amounts()) == 31
    assert desk.amounts()["u"] == 600


def test_bug_2_a_row_that_shows_late_is_read_again(desk: Desk) -> None:
    """Its stamp is old by the time a search shows it: the overlap, the settling run and the sweep look back."""
    desk.sync()
    desk.passed(minutes=15)
    desk.crm.put("deal", "late", deal("9"), late=timedelta(minutes=7))
    desk.crm.put("deal", "later", deal("9"), late=timedelta(minutes=50))
    desk.crm.put("deal", "latest", deal("9"), late=timedelta(hours=5))
    desk.passed(minutes=5)
    desk.sync()
    assert not {"late", "later", "latest"} & set(desk.amounts())
    desk.passed(minutes=5)
    desk.sync()
    assert "late" in desk.amounts()
    desk.passed(minutes=5)
    desk.sync()
    desk.passed(minutes=40)
    desk.sync()
    assert "later" not in desk.amounts()
    desk.sync("settle")
    assert "later" in desk.amounts()
    desk.passed(hours=6)
    desk.sync()
    desk.sync("settle")
    assert "latest" not in desk.amounts()
    desk.sync("sweep")
    assert "latest" in desk.amounts()


@dataclass(slots=True)
class FastFeed(MemoryFeed):
    """A connector on a machine whose clock is ahead, and that trusts it."""

    def now(self) -> Any:
        return self.crm.clock() + timedelta(minutes=10)

    def pages(self, ask: Ask) -> Iterator[RawPage]:
        for page in MemoryFeed.pages(self, ask):
            yield replace(page, safe_watermark=ask.until or page.safe_watermark)


def test_bug_3_a_clock_that_is_ahead_skips_nothing(desk: Desk) -> None:
    desk.feed = FastFeed(desk.crm, overlap=timedelta(0))
    desk.sync()
    desk.passed(minutes=15)
    desk.sync()
    watermark = desk.watermark()
    assert watermark is not None
    assert watermark <= desk.now
    desk.passed(minutes=5)
    desk.crm.put("deal", "gap", deal("3"))
    desk.passed(minutes=15)
    desk.sync()
    assert desk.amounts()["gap"] == 300


def test_a_clock_that_was_put_back_moves_nothing_back(desk: Desk) -> None:
    desk.sync()
    desk.passed(minutes=30)
    desk.sync()
    reached = desk.watermark()
    desk.passed(days=-3)
    assert desk.sync().ok
    assert desk.watermark() == reached


def test_bug_6_rows_that_move_while_pages_are_read(desk: Desk) -> None:
    desk.sync()
    desk.passed(minutes=15)
    for number in range(20):
        desk.crm.put("deal", f"m{number:02}", deal("1"))
        desk.passed(seconds=1)
    desk.crm.page_size = 5

    def edit(request: int) -> None:
        if request % 2 == 0:
            desk.crm.put("deal", f"m{request % 20:02}", deal("2"))

    desk.crm.on_request = edit
    desk.passed(minutes=1)
    desk.sync()
    desk.crm.on_request = None
    desk.passed(minutes=15)
    desk.sync()
    expected = {name: int(body["amount"]) * 100 for name, body in desk.crm.live("deal").items()}
    assert desk.amounts() == expected


def test_bug_7_archived_and_purged_deals_go(desk: Desk) -> None:
    """Archived ones are told; a purged one is missed by the sweep, asked for by id, and only then deleted."""
    desk.sync()
    desk.passed(minutes=15)
    desk.crm.archive("deal", "d1")
    desk.crm.purge("deal", "d2")
    desk.passed(minutes=15)
    desk.sync()
    assert set(desk.amounts()) == {"d2", "d3", "d4", "d5", "d6", "d7"}
    summary = desk.sync("sweep")
    assert desk.kind(summary).deleted == 1
    assert set(desk.amounts()) == {"d3", "d4", "d5", "d6", "d7"}


@dataclass(slots=True)
class ForgetfulFeed(MemoryFeed):
    """A list that leaves records out although they are there, or stops without saying that it is complete."""

    hidden: frozenset[str] = frozenset()
    cut: bool = False

    def pages(self, ask: Ask) -> Iterator[RawPage]:
        for page in MemoryFeed.pages(self, ask):
            shown = tuple(one for one in page.records if one.external_id not in self.hidden)
            yield replace(page, records=shown, complete=page.complete and not self.cut)


def test_bug_8_what_a_sweep_leaves_out_is_asked_for_before_it_is_deleted(desk: Desk) -> None:
    desk.sync()
    desk.passed(minutes=15)
    desk.feed = ForgetfulFeed(desk.crm, hidden=frozenset({"d3", "d4"}))
    assert desk.sync("sweep").ok
    assert len(desk.amounts()) == 7


@pytest.mark.parametrize("how", ["fails", "stops"])
def test_bug_8_half_a_sweep_deletes_nothing(desk: Desk, how: str) -> None:
    desk.sync()
    desk.passed(minutes=15)
    desk.crm.page_size = 2
    desk.crm.purge("deal", "d1")
    if how == "fails":
        desk.crm.failures[desk.crm.requests + 4] = Transient("The service is busy (status 502)")
    else:
        desk.feed = ForgetfulFeed(desk.crm, cut=True)
    summary = desk.sync("sweep")
    assert not summary.ok
    assert summary.problems[0].code == "Transient"
    assert len(desk.amounts()) == 7


def test_bug_8_more_than_the_ceiling_waits_for_approval(desk: Desk) -> None:
    for number in range(20):
        desk.crm.put("deal", f"x{number}", deal("1"))
    desk.sync()
    desk.passed(minutes=15)
    for number in range(6):
        desk.crm.purge("deal", f"x{number}")
    summary = desk.sync("sweep")
    assert summary.problems[0].code == "deletion_ceiling"
    assert len(desk.amounts()) == 27
    assert desk.kind(desk.sync("sweep", delete_any=True)).deleted == 6
    assert len(desk.amounts()) == 21


@pytest.mark.parametrize("quiet", [False, True])
def test_bug_9_a_restored_deal_counts_again(desk: Desk, quiet: bool) -> None:
    desk.sync()
    desk.passed(minutes=15)
    desk.crm.archive("deal", "d1")
    desk.passed(minutes=15)
    desk.sync()
    assert "d1" not in desk.amounts()
    desk.crm.restore("deal", "d1", quiet=quiet)
    desk.passed(minutes=15)
    desk.sync("sweep" if quiet else "incremental")
    assert desk.amounts()["d1"] == 100


def test_bug_9_a_purged_deal_that_comes_back_counts_again(desk: Desk) -> None:
    desk.sync()
    body = desk.crm.live("deal")["d1"]
    desk.crm.purge("deal", "d1")
    desk.passed(minutes=15)
    desk.sync("sweep")
    assert "d1" not in desk.amounts()
    desk.passed(minutes=15)
    desk.crm.put("deal", "d1", body)
    desk.passed(minutes=15)
    desk.sync()
    assert desk.amounts()["d1"] == 100


@pytest.mark.parametrize("new_id", ["", "d99"])
def test_bug_10_a_merged_deal_counts_once(desk: Desk, new_id: str) -> None:
    desk.sync()
    desk.passed(minutes=15)
    stale = desk.crm.current("deal")["d2"]
    desk.crm.merge("deal", "d1", "d2", new_id)
    desk.passed(minutes=15)
    desk.sync()
    survivor = new_id or "d1"
    assert set(desk.amounts()) == {survivor, "d3", "d4", "d5", "d6", "d7"}
    desk.crm.put("deal", "d2", stale.body)  # a search still shows the loser
    desk.passed(minutes=15)
    desk.sync()
    assert "d2" not in desk.amounts()


def test_bug_11_an_owner_who_left_keeps_name_and_deals(desk: Desk) -> None:
    desk.sync()
    desk.passed(minutes=15)
    desk.crm.put("person", "e1", {"name": "", "email": ""})
    desk.crm.archive("person", "e1")
    desk.passed(minutes=15)
    desk.sync()
    with desk.db.read() as conn:
        person = people.by_email(conn, "e1@example.com")
    assert person is not None
    assert (person.name, person.left_on) == ("E1", desk.now.date())
    assert len(desk.amounts()) == 7
    desk.crm.restore("person", "e1")
    desk.crm.put("person", "e1", {"name": "E1", "email": "e1@example.com"})
    desk.passed(minutes=15)
    desk.sync()
    with desk.db.read() as conn:
        person = people.by_email(conn, "e1@example.com")
    assert person is not None
    assert person.left_on is None


def test_bug_11_who_had_left_before_the_first_sync_is_known_by_some_name(desk: Desk) -> None:
    desk.crm.put("person", "e9", {"name": "", "email": ""})
    desk.crm.archive("person", "e9")
    desk.crm.put("deal", "old", deal("4", owner="e9"))
    assert desk.sync().ok
    assert desk.waiting() == {}
    assert desk.amounts()["old"] == 400
    with desk.db.read() as conn:
        (former,) = [one for one in people.all(conn) if one.name == "Former e9"]
    assert former.left_on == desk.now.date()


def test_bug_12_a_deal_before_its_owner_waits_with_a_note(desk: Desk) -> None:
    desk.crm.put("deal", "new", deal("4", owner="e7"))
    desk.sync()
    assert desk.amounts()["new"] == 400
    assert desk.waiting() == {"new": quarantine.OWNER_UNKNOWN}
    desk.passed(minutes=15)
    desk.crm.put("person", "e7", {"name": "Eve", "email": "e7@example.com"})
    desk.passed(minutes=15)
    desk.sync()
    assert desk.waiting() == {}


def test_bugs_17_and_18_what_changes_after_the_close_keeps_its_past(desk: Desk) -> None:
    """A reopened deal and a raised amount are new versions; what was known before can still be asked for."""
    desk.sync()
    before = desk.change()
    with desk.db.write() as conn:
        runs.clear_stale(conn, runs.stale_reps(conn), before)
    desk.passed(minutes=15)
    desk.crm.put("deal", "d1", deal("1", stage="open"))
    desk.crm.put("deal", "d2", deal("20"))
    desk.crm.put("deal", "d3", deal("3", owner="e2"))
    desk.passed(minutes=15)
    desk.sync()
    now = desk.amounts()
    assert "d1" not in now
    assert now["d2"] == 2000
    assert desk.amounts(before)["d1"] == 100
    assert desk.amounts(before)["d2"] == 200
    with desk.db.read() as conn:
        assert len(runs.stale_reps(conn)) == 2


def test_bug_19_a_backfill_that_was_cut_goes_on_from_the_last_page(desk: Desk) -> None:
    desk.crm.page_size = 2
    desk.crm.failures[4] = Transient("INVALID_QUERY_LOCATOR")
    assert not desk.sync().ok
    stored = desk.kind(desk.sync())
    assert (stored.mode, stored.read) == ("backfill", 3)
    assert len(desk.amounts()) == 7
    desk.crm.put("deal", "d1", deal("10"))
    desk.passed(minutes=15)
    desk.sync()
    assert desk.amounts()["d1"] == 1000


def test_a_backfill_sets_the_watermark_to_its_beginning(desk: Desk) -> None:
    began = desk.now

    def wait(request: int) -> None:
        desk.passed(minutes=1)

    desk.crm.on_request = wait
    desk.sync()
    assert desk.watermark("person") == began


def test_bug_21_older_never_replaces_newer(desk: Desk) -> None:
    """Answers that arrive in the wrong order, with another stamp and with the same one."""
    desk.sync()
    old = desk.crm.current("deal")["d1"]
    desk.passed(minutes=15)
    desk.crm.put("deal", "d1", deal("50"))
    desk.passed(minutes=1)
    desk.sync()
    page = RawPage((old.raw("d1"),), desk.now, complete=True, safe_watermark=desk.now)
    desk.feed = Replaying(desk.crm, page=page)
    desk.passed(minutes=15)
    desk.sync()
    assert desk.amounts()["d1"] == 5000
    with desk.db.read() as conn:
        (kept,) = raw_records.get(conn, "crm", "deal", ["d1"])
    assert kept.body["amount"] == "50"


def test_bug_21_with_one_stamp_the_later_reading_wins(desk: Desk) -> None:
    desk.sync()
    early = RawPage((desk.crm.current("deal")["d1"].raw("d1"),), desk.now, complete=True)
    desk.passed(minutes=15)
    desk.crm.put("deal", "d1", deal("50"), quiet=True)
    desk.sync("sweep")
    assert desk.amounts()["d1"] == 5000
    desk.feed = Replaying(desk.crm, page=early)
    desk.sync("settle")
    assert desk.amounts()["d1"] == 5000


def test_bug_21_within_one_second_of_the_source_the_later_answer_wins(desk: Desk) -> None:
    """Neither the stamp nor the time of the answer tells two readings apart: HTTP's clock knows only seconds."""
    desk.sync()
    desk.crm.put("deal", "d1", deal("50"), quiet=True)
    desk.sync("sweep")
    assert desk.amounts()["d1"] == 5000


@dataclass(slots=True)
class Replaying(MemoryFeed):
    """Hands over a page that was read before."""

    page: RawPage | None = None

    def pages(self, ask: Ask) -> Iterator[RawPage]:
        assert self.page is not None
        yield self.page if ask.kind == "deal" else RawPage((), self.now(), complete=True)


def test_bug_23_one_bad_row_waits_and_the_others_pass(desk: Desk) -> None:
    for number in range(200):
        desk.crm.put("deal", f"r{number}", deal("1"))
    desk.crm.put("deal", "r7", deal("N/A"))
    assert desk.sync().ok
    assert desk.waiting() == {"r7": "amount_unparsable"}
    assert len(desk.amounts()) == 206
    desk.passed(minutes=15)
    desk.crm.put("deal", "r7", deal("8"))
    desk.passed(minutes=15)
    desk.sync()
    assert desk.waiting() == {}
    assert desk.amounts()["r7"] == 800


def test_bug_23_a_deal_that_turns_bad_keeps_what_was_known_until_it_heals(desk: Desk) -> None:
    desk.sync()
    desk.passed(minutes=15)
    desk.crm.put("deal", "d5", deal("1,2,3"))
    desk.passed(minutes=15)
    desk.sync()
    assert desk.waiting() == {"d5": "amount_unparsable"}
    assert desk.amounts()["d5"] == 500
    desk.crm.put("deal", "d5", deal("6"))
    desk.passed(minutes=15)
    desk.sync()
    assert desk.waiting() == {}
    assert desk.amounts()["d5"] == 600


def test_hostile_ids_and_bodies_stop_nothing(desk: Desk) -> None:
    desk.crm.put("deal", "a\x00b", deal("1", name="\ud800 \x00"))
    desk.crm.put("deal", "deep", deal("1", name={"a": [1, {"b": None}]}))
    assert desk.sync().ok
    assert len(desk.amounts()) >= 8


def test_bug_24_a_kind_that_is_refused_stops_only_what_needs_it(desk: Desk) -> None:
    desk.sync()
    desk.passed(minutes=15)
    desk.crm.failures[desk.crm.requests + 1] = ConfigRefused("The scope crm.objects.owners.read is missing")
    summary = desk.sync()
    assert {kind.kind: kind.status for kind in summary.kinds} == {"person": sync.REFUSED, "deal": sync.DONE}
    with desk.db.read() as conn:
        newest = next(run for run in syncs.latest_runs(conn) if run.kind == "person")
    assert (newest.error_class, newest.status) == ("ConfigRefused", "failed")


def test_a_refused_token_ends_the_run(desk: Desk) -> None:
    desk.crm.failures[1] = AuthRefused("The service does not accept the token (status 401)")
    summary = desk.sync()
    assert {kind.kind: kind.status for kind in summary.kinds} == {"person": sync.REFUSED, "deal": sync.BLOCKED}
    assert desk.crm.requests == 1


@dataclass(slots=True)
class NarrowFeed(MemoryFeed):
    """Refuses windows of more than half an hour."""

    def pages(self, ask: Ask) -> Iterator[RawPage]:
        if ask.since is not None and ask.until is not None and ask.until - ask.since > timedelta(minutes=30):
            raise WindowTooLarge
        yield from MemoryFeed.pages(self, ask)


def test_a_window_that_is_too_large_is_read_in_parts(desk: Desk) -> None:
    desk.feed = NarrowFeed(desk.crm)
    desk.sync()
    for number in range(6):
        desk.passed(hours=1)
        desk.crm.put("deal", f"w{number}", deal("1"))
    desk.passed(minutes=1)
    assert desk.sync().ok
    assert len(desk.amounts()) == 13


def test_another_mapping_reads_what_is_kept_without_asking_the_source(desk: Desk) -> None:
    desk.crm.put("deal", "signed", deal("2", stage="signed"))
    desk.sync()
    assert desk.waiting() == {"signed": "stage_unmapped"}
    desk.mapping = MAPPING.replace("won: [won]", "won: [won, signed]")
    desk.passed(minutes=15)
    summary = desk.sync()
    assert desk.kind(summary).api_calls == 1
    assert desk.waiting() == {}
    assert desk.amounts()["signed"] == 200


def test_a_newly_named_field_is_read_from_the_source(desk: Desk) -> None:
    desk.crm.put("deal", "d1", deal("1", region="West"))
    desk.sync()
    desk.mapping = MAPPING.replace("close: close}", "close: close, product: region}")
    desk.passed(minutes=15)
    summary = desk.sync()
    assert desk.kind(summary).mode == "backfill"
    assert desk.kind(summary).changed == 1


def test_a_record_that_the_mapping_leaves_out_from_now_on_goes(desk: Desk) -> None:
    desk.sync()
    desk.passed(minutes=15)
    desk.mapping = MAPPING.replace("stages:", "only_when: {owner: [e2]}\n    stages:")
    desk.crm.put("deal", "d1", deal("1", owner="e2"))
    desk.passed(minutes=15)
    desk.sync()
    assert set(desk.amounts()) == {"d1"}


def test_splits_of_a_deal_are_replaced_together(desk: Desk) -> None:
    desk.mapping = MAPPING + SPLIT
    halves = [{"person": "e1", "share": "50"}, {"person": "e2", "share": "50"}]
    desk.crm.put("split", "d1", {"deal": "d1", "rows": halves})
    desk.sync()
    assert _shares(desk) == [500_000_000, 500_000_000]
    desk.passed(minutes=15)
    desk.crm.put("split", "d1", {"deal": "d1", "rows": [{"person": "e2", "share": "100"}]})
    desk.passed(minutes=15)
    desk.sync()
    assert _shares(desk) == [1_000_000_000]
    desk.crm.put("split", "d1", {"deal": "d1", "rows": []})
    desk.passed(minutes=15)
    desk.sync()
    assert _shares(desk) == []


def test_a_deal_whose_splits_are_wrong_waits_with_them_and_heals_with_them(desk: Desk) -> None:
    """Counted whole for its owner it would pay the wrong person."""
    desk.mapping = MAPPING + SPLIT
    desk.crm.put("split", "d1", {"deal": "d1", "rows": [{"person": "e2", "share": "60"}]})
    desk.sync()
    assert "d1" not in desk.amounts()
    assert desk.waiting()["d1"] == "split_sum"
    desk.passed(minutes=15)
    desk.crm.put("split", "d1", {"deal": "d1", "rows": [{"person": "e2", "share": "100"}]})
    desk.passed(minutes=15)
    desk.sync()
    assert desk.waiting() == {}
    assert desk.amounts()["d1"] == 100


def test_without_the_splits_deals_wait_too(desk: Desk) -> None:
    desk.mapping = MAPPING + SPLIT
    desk.crm.put("split", "d1", {"deal": "d1", "rows": [{"person": "e2", "share": "100"}]})
    desk.crm.failures[2] = ConfigRefused("The scope crm.dealsplits.read_write is missing")
    summary = desk.sync()
    assert desk.kind(summary, "split").status == sync.REFUSED
    assert desk.kind(summary).status == sync.BLOCKED
    assert desk.amounts() == {}
    assert desk.sync().ok
    assert len(desk.amounts()) == 7


def test_ranges_that_end_at_the_next_are_read_together(desk: Desk) -> None:
    desk.mapping = MAPPING + RATE
    desk.crm.page_size = 1
    for start, rate in (("2026-01-01", "1.1"), ("2026-02-01", "1.2")):
        desk.crm.put("rate", start, {"from": "EUR", "to": "USD", "start": start, "rate": rate})
    desk.sync()
    assert _rates(desk) == [("2026-01-01", "2026-02-01"), ("2026-02-01", "2026-05-01")]
    desk.passed(minutes=15)
    desk.crm.put("rate", "m", {"from": "EUR", "to": "USD", "start": "2026-01-15", "rate": "1.15"})
    desk.passed(minutes=15)
    desk.sync()
    assert _rates(desk)[0] == ("2026-01-01", "2026-01-15")
    desk.crm.purge("rate", "m")
    desk.passed(minutes=15)
    desk.sync("sweep")
    assert _rates(desk) == [("2026-01-01", "2026-02-01"), ("2026-02-01", "2026-05-01")]


def test_what_the_account_means_by_a_stage_is_looked_at_by_the_sweep(desk: Desk) -> None:
    """A stage that an admin turns into a won one moves no deal's stamp."""
    desk.mapping = MAPPING.replace("    stages: {won: [won], lost: [lost], open: [open]}\n", "")
    stages = {"won": Stage("won", "Closed Won"), "s7": Stage("open", "Signed")}
    desk.crm.account = Account("America/Phoenix", "USD", stages)
    desk.crm.put("deal", "d9", deal("9", stage="s7"))
    desk.sync()
    assert "d9" not in desk.amounts()
    desk.crm.account = Account("America/Phoenix", "USD", stages | {"s7": Stage("won", "Signed")})
    desk.passed(minutes=15)
    desk.sync("sweep")
    assert desk.amounts()["d9"] == 900


def test_a_hint_is_followed_once_and_its_body_is_never_data(desk: Desk) -> None:
    desk.sync()
    desk.crm.put("deal", "d1", deal("70"), quiet=True)
    events = [Event("event-1", "deal", "d1"), Event("event-1", "deal", "d1"), Event("event-2", "deal", "none")]
    context = Context(desk.db, desk.now.date(), desk.now)
    assert webhooks.note(context, "crm", events) == 2
    assert webhooks.note(context, "crm", reversed(events)) == 0
    desk.passed(minutes=15)
    desk.sync()
    assert desk.amounts()["d1"] == 7000
    with desk.db.read() as conn:
        assert hints.pending(conn, "crm", "deal") == []


def test_data_is_as_old_as_its_watermark(desk: Desk) -> None:
    desk.feed.lag = timedelta(minutes=5)
    desk.sync()
    desk.passed(minutes=15)
    desk.sync()
    with desk.db.read() as conn:
        assert {one.finished_at for one in syncs.freshness(conn)} == {desk.now - timedelta(minutes=5)}


def _shares(desk: Desk) -> Sequence[int]:
    return sorted(frames.facts(desk.db, WINDOW).splits.share_ppb.tolist())


def _rates(desk: Desk) -> list[tuple[str, str]]:
    found = frames.facts(desk.db, WINDOW).rates.sort_values("start_on")
    return [(on_day(r.start_on).isoformat(), on_day(r.end_on).isoformat()) for r in found.itertuples()]
