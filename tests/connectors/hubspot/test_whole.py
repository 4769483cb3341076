"""Everything is read to its end or not at all; what is gone, restored or merged is told: bugs 7 to 12 and 19."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.errors import Transient
from connectors.fakes.hubspot.faults import Fault
from connectors.source import Ask
from tests.connectors.hubspot.conftest import MAPPING, MORNING, World, ids, raws, until_it_fails


def test_archived_deals_are_told_as_deleted_and_purged_ones_as_missing(world: World) -> None:
    """Bug 7: archiving moves no stamp, so only the archived list and a read by id can tell."""
    live, archived, purged = world.deals(3)
    world.clock.pass_(hours=1)
    world.portal.delete("deals", archived)
    world.portal.delete("deals", purged)
    world.portal.purge("deals", purged)

    assert {raw.external_id: raw.deleted for raw in raws(list(world.pages()))} == {live: False, archived: True}
    assert ids(world.changed(MORNING + timedelta(minutes=1))) == []
    page = world.feed.read("deal", [live, archived, purged])
    assert {raw.external_id: raw.deleted for raw in page.records} == {live: False, archived: True}
    assert page.missing == (purged,)


def test_the_hourly_look_sees_what_was_archived_lately(world: World) -> None:
    long_ago, lately = world.deals(2)
    world.portal.delete("deals", long_ago)
    since = world.clock.pass_(hours=5)
    world.clock.pass_(hours=1)
    world.portal.delete("deals", lately)
    world.clock.pass_(hours=1)
    found = world.window(since, world.clock(), mode="settle")
    assert [(raw.external_id, raw.deleted) for raw in raws(found)] == [(lately, True)]
    assert found[-1].complete


@pytest.mark.parametrize("kind", ["truncated", "html", "not_json", "refuse", "drop", "deep"])
def test_half_a_read_never_says_that_it_is_complete(world: World, kind: str) -> None:
    """Bug 8: the third page is spoiled, for good."""
    world.crm.page_size = 10
    made = world.deals(50)
    world.crm.faults.append(Fault(kind, path="/deals?", skip=2, times=99, status=503))
    pages = until_it_fails(world.pages(), Transient)
    assert ids(pages) == made[:20]
    assert not any(page.complete for page in pages)


def test_a_fault_that_passes_is_not_noticed(world: World) -> None:
    world.crm.page_size = 10
    made = world.deals(50)
    for kind in ("drop", "truncated", "html", "refuse"):
        world.crm.faults.append(Fault(kind, path="/deals?", skip=1, status=502))
    pages = list(world.pages())
    assert ids(pages) == made
    assert pages[-1].complete


def test_a_restored_deal_is_live_again(world: World) -> None:
    """Bug 9."""
    (deal,) = world.deals(1)
    world.portal.delete("deals", deal)
    assert [raw.deleted for raw in raws(list(world.pages()))] == [True]
    world.portal.restore("deals", deal)
    assert [raw.deleted for raw in raws(list(world.pages()))] == [False]


@pytest.mark.parametrize("resolves", [True, False])
def test_a_merge_names_the_record_that_is_gone(world: World, resolves: bool) -> None:
    """Bug 10, the old id stays: the survivor takes the loser in, and the loser's id is nobody's."""
    world.portal.merged_ids_resolve = resolves
    survivor, loser, other = world.deals(3)
    world.clock.pass_(minutes=1)
    assert world.portal.merge(survivor, loser) == survivor
    world.clock.pass_(minutes=1)

    changed = raws(world.changed(MORNING + timedelta(seconds=1)))
    assert [(raw.external_id, raw.absorbed) for raw in changed] == [(survivor, (loser,))]
    assert sorted(ids(list(world.pages()))) == [survivor, other]
    read = world.feed.read("deal", [loser, other])
    assert read.missing == (loser,)


@pytest.mark.parametrize("resolves", [True, False])
def test_a_merge_that_mints_a_new_id_names_both(world: World, resolves: bool) -> None:
    """Bug 10, the new id."""
    world.portal.merged_ids_resolve = resolves
    first, second = world.deals(2)
    minted = world.portal.merge(first, second, new_id=True)
    (raw,) = raws(list(world.pages()))
    assert (raw.external_id, set(raw.absorbed)) == (minted, {first, second})
    assert world.feed.read("deal", [first, second]).missing == (first, second)


def test_merges_of_merges_name_all_who_are_gone(world: World) -> None:
    first, second, third = world.deals(3)
    world.portal.merge(first, second)
    minted = world.portal.merge(third, first, new_id=True)
    (raw,) = raws(list(world.pages()))
    assert (raw.external_id, set(raw.absorbed)) == (minted, {first, second, third})


def test_a_merge_that_moves_no_stamp_is_seen_by_the_sweep(world: World) -> None:
    survivor, loser = world.deals(2)
    world.clock.pass_(hours=1)
    world.portal.merge(survivor, loser, moves_stamp=False)
    (raw,) = raws(list(world.pages()))
    assert raw.absorbed == (loser,)


def test_who_leaves_stays_known_as_inactive(world: World) -> None:
    """Bug 11: the names are gone at the source; the person, the e-mail and the user number are not."""
    stays = world.portal.hire("Ada", "King", "ada@example.com", team="North")
    leaves = world.portal.hire("Max", "Stone", "max@example.com")
    world.portal.dismiss(leaves)

    for mode in ("sweep", "backfill", "settle"):
        pages = list(world.pages("person", mode))
        found = {raw.external_id: raw for raw in raws(pages)}
        assert set(found) == {stays, leaves}
        assert [page.complete for page in pages] == [False, True]
        assert not found[stays].deleted
        assert found[stays].body["team"] == "North"
        assert found[leaves].deleted
        assert found[leaves].body["email"] == "max@example.com"
        assert found[leaves].body["firstName"] == ""
        assert found[leaves].body["userId"] is not None


def test_a_backfill_that_was_cut_goes_on_from_the_last_stored_page(world: World) -> None:
    """Bug 19: the second page fails for good; what follows starts behind the first."""
    world.crm.page_size = 10
    made = world.deals(35)
    world.portal.delete("deals", made[34])
    world.crm.faults.append(Fault("refuse", path="/deals?", skip=1, times=5, status=503))
    stored = until_it_fails(world.pages(mode="backfill"), Transient)
    assert len(stored) == 1

    rest = list(world.connect().pages(Ask("deal", "backfill", resume=stored[-1].resume)))

    assert ids(stored) + ids(rest) == made
    assert rest[-1].complete


def test_a_sweep_resumes_inside_the_archived_list(world: World) -> None:
    world.crm.page_size = 2
    made = world.deals(7)
    for deal in made[:5]:
        world.portal.delete("deals", deal)
    pages = list(world.pages())
    for number, page in enumerate(pages[:-1]):
        rest = list(world.pages(**page.resume))
        assert ids(rest) == ids(pages[number + 1 :])
        assert rest[-1].complete


def test_more_properties_than_fit_into_an_address(world: World) -> None:
    """They are fetched by batch read; the address stays short, live and archived rows alike."""
    names = [f"custom_property_with_a_long_name_{number:03d}" for number in range(200)]
    world.portal.account.properties["deals"] |= dict.fromkeys(names, "string")
    only = "".join(f", {name}: [x]" for name in names)
    world.mapping = MAPPING.replace("  split:", "    only_when: {" + only[2:] + "}\n  split:", 1)
    first, second = world.deals(2)
    world.portal.edit("deals", first, {names[150]: "x"})
    world.portal.delete("deals", second)

    found = {raw.external_id: raw for raw in raws(list(world.pages()))}

    assert found[first].body[names[150]] == "x"
    assert found[second].deleted
