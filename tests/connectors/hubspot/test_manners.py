"""Limits, tokens, scopes and addresses: bugs 22, 24 and 26, and the traps of other connectors."""

from __future__ import annotations

import logging

import pytest

from connectors.errors import AuthRefused, ConfigRefused, QuotaSpent, SourceError, Transient
from connectors.fakes.hubspot.errors import Refused
from connectors.fakes.hubspot.faults import Fault
from tests.connectors.hubspot.conftest import MAPPING, MORNING, TOKEN, World, ids, until_it_fails


def test_a_long_read_keeps_to_the_limits_and_takes_what_they_demand(world: World) -> None:
    """Bug 22: 60 pages at 20 requests per ten seconds, without a single refusal."""
    world.crm.limits.per_window = 20
    world.crm.page_size = 5
    made = world.deals(300)
    before = world.clock()
    assert ids(list(world.pages())) == made
    assert world.crm.limits.refused == 0
    assert (world.clock() - before).total_seconds() == pytest.approx(30, abs=2)


def test_searches_are_paced(world: World) -> None:
    world.clock.pass_(hours=1)
    before = world.clock()
    for _ in range(51):
        world.changed(world.clock())
    assert world.crm.limits.refused == 0
    assert (world.clock() - before).total_seconds() == pytest.approx(10, abs=0.5)


def test_retry_after_is_waited_for(world: World) -> None:
    made = world.deals(2)
    refusal = Refused.rate_limit("TEN_SECONDLY_ROLLING", "ten_secondly_rolling")
    world.crm.faults.append(Fault(path="/deals?", refusal=refusal, headers={"Retry-After": "7"}))
    assert ids(list(world.pages())) == made
    assert world.clock.waited == pytest.approx(7, abs=0.5)


def test_a_storm_of_refusals_without_retry_after_ends_soon(world: World) -> None:
    world.crm.faults.append(Fault(path="/deals", refusal=Refused.rate_limit("SECONDLY", "secondly"), times=99))
    with pytest.raises(Transient):
        list(world.pages())
    assert world.crm.limits.used <= 2


def test_the_days_requests_are_not_eaten_up(world: World) -> None:
    """Bug 22: at 80 % the rest is left to others."""
    world.crm.limits.daily = 100
    world.crm.page_size = 1
    world.deals(200)
    with pytest.raises(QuotaSpent):
        list(world.pages())
    assert 75 <= world.crm.limits.used <= 82


def test_a_day_that_is_used_up_ends_the_run_at_once(world: World) -> None:
    world.crm.limits.daily = 10
    world.crm.limits.used = 10
    with pytest.raises(QuotaSpent):
        list(world.pages())
    assert world.clock.waited == 0


def test_a_revoked_token_stops_at_once_and_says_where_it_is_kept(world: World) -> None:
    world.token = "pat-old"
    with pytest.raises(AuthRefused) as caught:
        list(world.pages())
    assert "mapping" in caught.value.problems[0].remedy
    assert world.clock.waited == 0


def test_a_token_that_ends_in_the_middle_stops_there(world: World) -> None:
    world.crm.page_size = 5
    made = world.deals(20)
    world.crm.faults.append(Fault(path="/deals?", skip=2, times=99, refusal=Refused.unauthorised()))
    pages = until_it_fails(world.pages(), AuthRefused)
    assert ids(pages) == made[:10]


def test_a_property_that_vanished_stops_the_kind_by_name(world: World) -> None:
    """Bug 24: HubSpot answers null for a property that it does not have; every amount would look empty."""
    world.deals(3)
    world.clock.pass_(minutes=1)
    del world.portal.account.properties["deals"]["amount"]
    for read in (lambda: list(world.pages()), lambda: world.changed(MORNING), lambda: world.feed.read("deal", ["1"])):
        with pytest.raises(ConfigRefused, match="amount"):
            read()


def test_check_finds_nothing_where_nothing_is_wrong(world: World) -> None:
    assert world.feed.check() == ()


@pytest.mark.parametrize("api", ["2026-09", "v3"])
def test_both_versions_of_the_paths_read_the_same(world: World, api: str) -> None:
    world.mapping = MAPPING.replace("2026-09", api)
    world.crm.versions = {api}
    owner = world.portal.hire("Ada", "King", "ada@example.com")
    deal = world.deal(hubspot_owner_id=owner)
    world.portal.share(deal, {owner: "1.0"})
    world.portal.set_rate("EUR", "1.1", MORNING)
    assert world.feed.check() == ()
    for kind in ("person", "deal", "split", "rate"):
        assert len(ids(list(world.pages(kind)))) == 1, kind
    assert world.feed.account().timezone == "America/New_York"


def test_an_unknown_version_is_refused_before_anything_is_sent(world: World) -> None:
    world.mapping = MAPPING.replace("2026-09", "2031-01")
    with pytest.raises(SourceError, match="2031-01"):
        world.connect()


def test_check_names_the_missing_scope_and_the_missing_property(world: World) -> None:
    """Bug 24."""
    world.portal.account.scopes -= {"crm.objects.goals.read", "crm.dealsplits.read_write", "crm.objects.owners.read"}
    del world.portal.account.properties["deals"]["closedate"]
    said = [str(problem) for problem in world.feed.check()]
    for word in ("crm.objects.goals.read", "crm.dealsplits.read_write", "crm.objects.owners.read", "closedate"):
        assert any(word in one for one in said), word


def test_check_suggests_what_a_property_may_be_called_now(world: World) -> None:
    world.mapping = MAPPING.replace("close: closedate", "close: close_date")
    (problem,) = world.feed.check()
    assert problem.code == "field_missing"
    assert "closedate" in problem.allowed


def test_check_with_a_bad_token_says_only_that(world: World) -> None:
    world.token = "wrong"
    assert [problem.code for problem in world.feed.check()] == ["AuthRefused"]


def test_a_link_that_leads_elsewhere_is_never_followed(world: World) -> None:
    """The token would go with it: pages are built from `after` alone."""
    hosts = set()
    handle = world.crm.handle

    def watched(request):
        hosts.add(request.url.host)
        return handle(request)

    world.crm.handle = watched
    world.crm.page_size = 2
    made = world.deals(6)
    world.crm.faults.append(Fault("stranger_link", times=99))
    assert ids(list(world.pages())) == made
    assert hosts == {"api.hubapi.com"}


@pytest.mark.parametrize("kind", ["redirect", "huge"])
def test_a_redirect_and_an_endless_body_are_refused(world: World, kind: str) -> None:
    world.deals(1)
    world.crm.faults.append(Fault(kind, path="/deals", times=99))
    with pytest.raises(ConfigRefused):
        list(world.pages())


def test_no_error_and_no_log_holds_the_token_or_a_name(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Bug 26."""
    caplog.set_level(logging.DEBUG)
    world.deal("Secret Takeover", amount="987654321")
    said = []
    world.crm.page_size = 1
    for fault in (
        Fault("html", times=5),
        Fault("refuse", status=500, times=5),
        Fault(refusal=Refused.unauthorised()),
        Fault(refusal=Refused.missing_scope("crm.objects.deals.read")),
        Fault("drop", times=5),
        Fault("redirect"),
    ):
        world.crm.faults = [fault]
        with pytest.raises(SourceError) as caught:
            list(world.pages())
        said += [str(caught.value), repr(caught.value), repr(world.feed.__dict__)]
    world.crm.faults = []
    world.changed(MORNING)
    text = "\n".join([*said, caplog.text])
    for secret in (TOKEN, "Secret Takeover", "987654321", "Bearer"):
        assert secret not in text
