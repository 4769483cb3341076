"""No record is lost or invented between two pages, two windows or two clocks."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from connectors.errors import ConfigRefused, PagingRepeats, Transient
from connectors.fakes import salesforce_faults as faults
from connectors.fakes.salesforce_faults import Fault
from connectors.source import Ask

if TYPE_CHECKING:
    from connectors.source import RawPage
    from tests.connectors.salesforce.conftest import Desk


SWEEP = Ask("deal", "sweep")


def ids(pages: list[RawPage]) -> list[str]:
    return [record.external_id for page in pages for record in page.records]


def test_bug_01_thirty_one_records_of_one_second_cut_at_ten(desk: Desk) -> None:
    """The query is forgotten after each page, so that every page begins inside the second."""
    made = desk.deals(31)
    desk.pass_time(minutes=10)
    desk.fake.page_size = 10
    desk.fake.faults.append(faults.locator_expired(where="/query/", times=3))
    pages = desk.changed()
    assert sorted(set(ids(pages))) == made
    assert [len(page.records) for page in pages] == [10, 10, 10, 4]  # each begins at the last one that was followed
    assert pages[0].safe_watermark == desk.now - timedelta(minutes=10)
    assert pages[-1].complete


def test_bug_01_the_second_at_the_lower_bound_is_read_again(desk: Desk) -> None:
    made = desk.deals(1)
    at = desk.now
    desk.pass_time(minutes=10)
    assert ids(desk.changed(since=at)) == made
    assert ids(desk.changed(since=at + timedelta(milliseconds=400))) == made


def test_bug_01_the_second_at_the_upper_bound_is_read_by_the_next_window(desk: Desk) -> None:
    """A bound inside a second is taken down to it, and the watermark says so."""
    desk.pass_time(milliseconds=300)
    made = desk.deals(1)
    edge = desk.now
    desk.pass_time(minutes=10)
    (first,) = desk.changed(until=edge)
    assert first.records == ()
    assert first.safe_watermark == edge.replace(microsecond=0)
    assert ids(desk.changed(since=first.safe_watermark)) == made


def test_bug_02_the_last_five_minutes_are_left_for_later(desk: Desk) -> None:
    """A change that shows itself four minutes late is in the window that follows."""
    desk.org.lag = timedelta(minutes=4)
    desk.pass_time(seconds=30)
    made = desk.deals(1)
    desk.pass_time(minutes=1)
    (first,) = desk.changed()
    assert first.records == ()
    assert first.safe_watermark == desk.now - timedelta(minutes=5)
    desk.pass_time(minutes=5)
    assert ids(desk.changed(since=first.safe_watermark)) == made


def test_bug_02_what_comes_seven_minutes_late_is_in_the_settling_window(desk: Desk) -> None:
    desk.org.lag = timedelta(minutes=7)
    made = desk.deals(1)
    desk.pass_time(minutes=6, seconds=30)
    (page,) = desk.changed()
    assert page.records == ()
    desk.pass_time(minutes=30)
    assert ids(desk.changed(since=desk.now - timedelta(hours=2))) == made


def test_bug_03_a_fast_clock_of_ours_does_not_move_the_watermark_past_theirs(desk: Desk) -> None:
    desk.skew = timedelta(minutes=10)
    made = desk.deals(1)
    (page,) = desk.changed(until=desk.now + desk.skew - timedelta(minutes=5))
    assert page.safe_watermark == desk.now - timedelta(minutes=5)
    assert page.read_at == desk.now
    desk.pass_time(minutes=6)
    assert ids(desk.changed(since=page.safe_watermark)) == made


def test_bug_03_the_feed_tells_the_time_of_salesforce(desk: Desk) -> None:
    desk.skew = timedelta(minutes=10)
    assert desk.feed().now() == desk.now
    desk.secrets["env:SF_SECRET"] = "wrong"
    assert desk.feed().now() == desk.now + desk.skew


def test_bug_05_a_page_that_leads_back_ends_the_read(desk: Desk) -> None:
    page = b'{"totalSize": 9, "done": false, "records": [], "nextRecordsUrl": "/services/data/v67.0/query/01gX-2"}'
    desk.fake.faults.append(Fault(200, page, where="/query", times=50))
    with pytest.raises(PagingRepeats):
        desk.changed()
    assert len(desk.fake.requests) < 6


def test_bug_06_records_that_change_between_pages_are_neither_lost_nor_doubled(desk: Desk) -> None:
    made = desk.deals(6)
    desk.pass_time(minutes=10)
    desk.fake.page_size = 2
    pages = []
    for page in desk.feed().pages(desk.ask()):
        pages.append(page)
        if len(pages) == 1:  # the last of this page, the first of the next, and one far behind
            for key in (made[1], made[2], made[5]):
                desk.org.edit("Opportunity", key, Amount=1)
    assert sorted(ids(pages)) == made
    desk.pass_time(minutes=10)
    assert sorted(ids(desk.changed(since=pages[-1].safe_watermark))) == [made[1], made[2], made[5]]


@pytest.mark.parametrize(("page_size", "page"), [(3, "-3"), (1, "-5")])
def test_bug_06_a_record_that_changed_while_its_page_was_read_does_not_move_the_key(
    desk: Desk, page_size: int, page: str
) -> None:
    """The last record of a page has a new stamp: a query that went on after it would skip all that is between."""
    made = []
    for _ in range(9):
        made += desk.deals(1)
        desk.pass_time(seconds=1)
    desk.pass_time(minutes=10)
    desk.fake.page_size = page_size
    desk.fake.faults.append(faults.locator_expired(where="-6"))
    desk.meanwhile.append(lambda url: desk.org.edit("Opportunity", made[5], Amount=1) if url.endswith(page) else None)
    assert sorted(set(ids(desk.changed()))) == made


def test_bug_08_a_sweep_that_is_cut_never_says_that_it_is_complete(desk: Desk) -> None:
    desk.deals(7)
    desk.fake.page_size = 2
    desk.fake.faults.append(faults.truncated(where="/query/", skip=1, times=50))
    pages = []
    with pytest.raises(Transient):
        pages.extend(desk.feed().pages(SWEEP))
    assert not any(page.complete for page in pages)


def test_bug_06_a_change_that_shows_itself_late_does_not_move_the_key_either(desk: Desk) -> None:
    """Its stamp lies inside the window, ahead of all that page three would have brought."""
    made = []
    for _ in range(9):
        made += desk.deals(1)
        desk.pass_time(seconds=1)
    desk.pass_time(minutes=10)
    desk.fake.page_size = 3
    desk.fake.faults.append(faults.locator_expired(where="-6"))
    late = desk.org.get("Opportunity", made[5]) | {"SystemModstamp": desk.now - timedelta(minutes=7)}
    show = desk.org.record("Opportunity", made[5]).versions
    desk.meanwhile.append(lambda url: show.append((desk.now, late)) if url.endswith("-3") else None)
    pages = desk.changed()
    assert sorted(set(ids(pages))) == made
    assert pages[1].safe_watermark == desk.org.get("Opportunity", made[4])["SystemModstamp"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"totalSize": 3, "done": false, "records": [{"Id": "006A00000000001AAA"}]}',
        b'{"totalSize": 3, "records": [{"Id": "006A00000000001AAA"}]}',
        b'{"totalSize": 3, "done": true}',
        b'{"totalSize": 3, "done": true, "records": [{"Name": "no id"}]}',
        b"[]",
        b"null",
    ],
)
def test_bug_08_an_answer_that_is_not_whole_is_no_answer(desk: Desk, body: bytes) -> None:
    desk.fake.faults.append(Fault(200, body, where="/query", times=50))
    with pytest.raises(Transient):
        desk.whole()


def test_bug_08_fewer_records_than_announced_are_not_everything(desk: Desk) -> None:
    body = b'{"totalSize": 3, "done": true, "records": [{"Id": "006A00000000001AAA"}]}'
    desk.fake.faults.append(Fault(200, body, where="/query", times=1))
    (page,) = desk.whole()
    assert not page.complete


@pytest.mark.parametrize("kind", ["deal", "split"])
def test_bug_19_a_backfill_goes_on_after_the_last_record_when_its_query_is_forgotten(desk: Desk, kind: str) -> None:
    person, other = desk.org.create("User", Name="Ann"), desk.org.create("User", Name="Bob")
    made = desk.deals(5)
    for deal in made:
        desk.org.split(deal, {person: "60", other: "40"})
    desk.fake.page_size = 3
    desk.fake.faults.append(faults.locator_expired(where="/query/", skip=0))
    pages = desk.whole(kind, "backfill")
    assert ids(pages) == made
    assert [page.complete for page in pages] == [False] * (len(pages) - 1) + [True]
    if kind == "split":
        assert all(len(record.body["rows"]) == 2 for page in pages for record in page.records)


def test_bug_19_a_backfill_goes_on_in_another_run_where_it_stopped(desk: Desk) -> None:
    made = desk.deals(5)
    desk.fake.page_size = 2
    first = next(iter(desk.feed().pages(SWEEP)))
    assert first.total == 5
    rest = desk.whole("deal", "backfill", first.resume)
    assert ids([first]) + ids(rest) == made
    assert rest[-1].complete


def test_bug_19_a_query_that_is_always_forgotten_does_not_go_on_for_ever(desk: Desk) -> None:
    desk.deals(5)
    desk.fake.page_size = 2
    page = b'{"totalSize": 1, "done": false, "records": [], "nextRecordsUrl": "/services/data/x"}'
    desk.fake.faults += [Fault(200, page, where="queryAll", times=99), faults.locator_expired(where="/x", times=99)]
    with pytest.raises(Transient):
        desk.whole()


@pytest.mark.parametrize(
    "following", ["https://evil.example/query/1", "//evil.example/x", "/services/apexrest/x", 7, None]
)
def test_a_next_page_elsewhere_is_not_followed(desk: Desk, following: object) -> None:
    body = json.dumps({"totalSize": 3, "done": False, "records": [], "nextRecordsUrl": following}).encode()
    desk.fake.faults.append(Fault(200, body, where="queryAll", times=9))
    with pytest.raises((ConfigRefused, Transient)):
        desk.whole()
    assert not any("evil" in asked or "apexrest" in asked for asked in desk.fake.requests)


def test_nothing_changed_costs_one_request_and_moves_the_watermark(desk: Desk) -> None:
    feed = desk.feed()
    (page,) = feed.pages(desk.ask())
    assert (page.records, page.complete) == ((), True)
    assert page.safe_watermark == desk.now - timedelta(minutes=5)
    assert feed.calls() == 2  # the token and the query
