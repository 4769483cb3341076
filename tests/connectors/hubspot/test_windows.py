"""What changed is read whole, however it ties, moves, comes late or overflows: bugs 1 to 6 of the design."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.errors import PagingRepeats, Transient
from connectors.fakes.hubspot.faults import Fault
from connectors.fakes.hubspot.search import SearchRules
from tests.connectors.hubspot.conftest import MORNING, World, ids

MINUTE = timedelta(minutes=1)


def test_rows_that_share_the_stamp_of_the_watermark_are_all_found(world: World) -> None:
    """Bug 1: 31 rows in one millisecond, pages of ten, and the window begins at exactly that millisecond."""
    world.crm.rules = SearchRules(page_size=10)
    made = world.deals(31)
    world.clock.pass_(minutes=5)

    until = world.clock()
    pages = world.changed(MORNING)

    assert sorted(ids(pages)) == made
    assert [page.complete for page in pages] == [False] * (len(pages) - 1) + [True]
    assert pages[-1].safe_watermark == until


def test_the_upper_bound_is_open_so_that_nothing_lies_between_two_windows(world: World) -> None:
    world.clock.at = MORNING.replace(microsecond=999_000)
    first = world.deal()
    edge = world.clock.pass_(milliseconds=1)
    second = world.deal()
    world.clock.pass_(minutes=1)

    assert ids(world.window(MORNING, edge)) == [first]
    assert ids(world.window(edge, world.clock())) == [second]


def test_an_upper_bound_finer_than_a_millisecond_loses_nothing(world: World) -> None:
    made = world.deal()
    world.clock.pass_(minutes=1)
    assert ids(world.window(MORNING - MINUTE, MORNING + timedelta(microseconds=400))) == [made]


def test_a_row_that_search_shows_late_with_its_old_stamp_is_found_by_the_overlap(world: World) -> None:
    """Bug 2: written at 9:00, shown from 9:07 on; by 9:05 the watermark had passed it."""
    world.portal.lag = timedelta(minutes=7)
    late = world.deal()
    world.clock.pass_(minutes=5)
    before = world.changed(MORNING - MINUTE)
    world.clock.pass_(minutes=3)

    after = world.changed(before[-1].safe_watermark - world.feed.overlap)

    assert ids(before) == []
    assert ids(after) == [late]


def test_values_are_current_although_the_index_is_not(world: World) -> None:
    deal = world.deal(amount="1000")
    world.portal.lag = timedelta(minutes=5)
    world.clock.pass_(minutes=1)
    world.portal.edit("deals", deal, {"amount": "2500.50"})
    page = world.changed(MORNING)[-1]
    assert [raw.body["amount"] for raw in page.records] == ["2500.50"]


@pytest.mark.parametrize("minutes", [-10, 10])
def test_the_watermark_follows_the_clock_of_the_service(world: World, minutes: int) -> None:
    """Bug 3: this machine's clock is ten minutes off."""
    world.skew = timedelta(minutes=minutes)
    world.deal()
    world.clock.pass_(minutes=1)
    until = world.clock() + timedelta(minutes=20)

    pages = world.window(MORNING - MINUTE, until)

    assert pages[-1].safe_watermark == world.clock()
    assert abs(world.feed.now() - world.clock()) <= timedelta(seconds=1)


@pytest.mark.parametrize("minutes", [-30, 30])
def test_the_services_clock_is_asked_before_a_window_is_cut(world: World, minutes: int) -> None:
    """Bug 3: a first read sets the watermark to its beginning, before any page was answered."""
    world.skew = timedelta(minutes=minutes)
    assert abs(world.feed.now() - world.clock()) <= timedelta(seconds=1)
    assert world.feed.calls() == 1
    world.feed.now()
    assert world.feed.account().currency == "USD"
    assert world.feed.calls() == 2


def test_more_hits_than_a_search_may_show(world: World) -> None:
    """Bug 4: 400 rows behind a cap of 100, each in a millisecond of its own."""
    world.crm.rules = SearchRules(cap=100)
    made = []
    for _ in range(400):
        made.append(world.deal())
        world.clock.pass_(milliseconds=3)
    world.clock.pass_(minutes=1)

    assert ids(world.changed(MORNING)) == made


def test_more_hits_in_one_millisecond_than_a_search_may_show(world: World) -> None:
    """Bug 4: 400 rows of one import behind a cap of 100, with others before and after."""
    world.crm.rules = SearchRules(cap=100)
    before = world.deal()
    world.clock.pass_(milliseconds=1)
    crowd = world.deals(400)
    world.clock.pass_(milliseconds=1)
    after = world.deal()
    world.clock.pass_(minutes=1)

    found = ids(world.changed(MORNING))

    assert sorted(found) == sorted([before, *crowd, after])
    assert len(found) == len(set(found))


def test_a_service_that_shows_the_same_page_for_ever_is_stopped(world: World) -> None:
    """Bug 5."""
    for _ in range(300):
        world.deal()
        world.clock.pass_(milliseconds=1)
    world.crm.faults.append(Fault("same_page", path="/search", times=1_000_000))
    with pytest.raises(PagingRepeats):
        world.changed(MORNING)


@pytest.mark.parametrize("kind", ["deal", "person", "rate"])
def test_a_list_whose_after_repeats_is_stopped(world: World, kind: str) -> None:
    """Bug 5."""
    world.deals(3)
    world.portal.hire("Ada", "King", "ada@example.com")
    world.portal.set_rate("EUR", "1.1", MORNING)
    world.crm.faults.append(Fault("repeat_after", times=1_000_000))
    with pytest.raises(PagingRepeats):
        list(world.pages(kind))


def test_rows_that_move_while_they_are_paged_push_no_other_off(world: World) -> None:
    """Bug 6: rows of the first page are edited before the second is fetched; by offset, as many would be skipped."""
    world.crm.rules = SearchRules(page_size=10)
    made = []
    for _ in range(40):
        made.append(world.deal())
        world.clock.pass_(milliseconds=1)
    until = world.clock.pass_(minutes=1)

    def edit() -> None:
        for deal in made[:8]:
            world.portal.edit("deals", deal, {"amount": "7"})

    world.crm.faults.append(Fault("late", path="/search", skip=1, meanwhile=edit))
    pages = world.window(MORNING, until)

    assert ids(pages) == made
    world.clock.pass_(minutes=1)
    assert sorted(ids(world.window(until, world.clock()))) == made[:8]


def test_what_is_newer_than_the_window_is_not_even_asked_for(world: World) -> None:
    """Bug 6: without its upper bound a search of a busy account would run after its own tail."""
    world.crm.rules = SearchRules(page_size=10)
    first = world.deal()
    until = world.clock.pass_(seconds=1)
    for _ in range(100):
        world.deal()
        world.clock.pass_(milliseconds=1)
    assert ids(world.window(MORNING, until)) == [first]
    assert world.crm.seen["search"] == 1


@pytest.mark.parametrize("edited_within_the_window", [True, False])
def test_rows_out_of_order_never_move_the_key_past_others(world: World, edited_within_the_window: bool) -> None:
    """The late index sorts a row by its old stamp but shows the new one: what lies between is still read."""
    world.crm.rules = SearchRules(page_size=5, shows_current=True)
    made = []
    for _ in range(20):
        made.append(world.deal())
        world.clock.pass_(seconds=1)
    until = world.clock()
    world.portal.lag = timedelta(hours=1)
    moved = {made[2]} if edited_within_the_window else {made[2], made[4]}
    for deal in moved:
        world.portal.edit("deals", deal, {"amount": "7"})
    world.clock.pass_(minutes=1)
    shown = set(ids(world.window(MORNING, world.clock() if edited_within_the_window else until)))
    assert shown | moved == set(made)


def test_a_page_that_ends_too_early_without_saying_so_is_no_last_page(world: World) -> None:
    world.crm.rules = SearchRules(page_size=10)
    made = []
    for _ in range(35):
        made.append(world.deal())
        world.clock.pass_(milliseconds=1)
    world.clock.pass_(minutes=1)
    world.crm.faults.append(Fault("no_after", path="/search", times=99))
    assert ids(world.changed(MORNING)) == made


def test_a_batch_that_is_not_finished_is_asked_for_again_later(world: World) -> None:
    world.deals(3)
    world.clock.pass_(minutes=1)
    world.crm.faults.append(Fault("unfinished", path="/batch/read", times=99))
    with pytest.raises(Transient):
        world.changed(MORNING)


def test_a_search_that_counts_but_shows_nothing_is_no_empty_window(world: World) -> None:
    world.deals(3)
    world.clock.pass_(minutes=1)
    world.crm.rules = replace(world.crm.rules, page_size=0)
    with pytest.raises(Transient):
        world.changed(MORNING)


def test_no_change_is_one_request_and_still_moves_the_watermark(world: World) -> None:
    world.deals(3)
    world.clock.pass_(hours=1)
    for kind in ("deal", "person", "split", "quota", "rate"):
        calls = world.feed.calls()
        (page,) = world.changed(world.clock() - MINUTE, kind)
        assert world.feed.calls() - calls == 1, kind
        assert page.complete
        assert timedelta(0) <= world.clock() - page.safe_watermark < timedelta(seconds=1)
