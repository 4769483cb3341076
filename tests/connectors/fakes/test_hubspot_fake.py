"""The HubSpot fake behaves like the service where the service surprises; a client that trusts it is not spoiled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from connectors.fakes.hubspot import HubSpotFake
from connectors.fakes.hubspot.faults import Fault
from connectors.fakes.hubspot.search import SearchRules

BASE = "https://api.hubapi.com"
DEALS = "/crm/objects/2026-09/deals"


class Account:
    """The fake and a plain client that knows nothing of ours."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 31, 9, tzinfo=UTC)
        self.crm = HubSpotFake(lambda: self.now)
        self.portal = self.crm.portal
        token = self.portal.account.token
        self.client = httpx.Client(
            transport=httpx.MockTransport(self.crm.handle),
            base_url=BASE,
            headers={"Authorization": f"Bearer {token}"},
        )

    def get(self, path: str, **params: str) -> dict:
        self.now += timedelta(milliseconds=300)
        return self.client.get(path, params=params).json()

    def post(self, path: str, body: dict) -> httpx.Response:
        self.now += timedelta(milliseconds=300)
        return self.client.post(path, json=body)

    def stamp(self, deal: str) -> str:
        return self.get(f"{DEALS}/{deal}")["properties"]["hs_lastmodifieddate"]


@pytest.fixture
def account() -> Account:
    return Account()


def test_only_named_properties_come_and_all_values_are_texts(account: Account) -> None:
    deal = account.portal.create("deals", {"dealname": "Rollout", "amount": "3000", "dealstage": "closedwon"})
    plain = account.get(f"{DEALS}/{deal}")["properties"]
    named = account.get(f"{DEALS}/{deal}", properties="hs_is_closed_won,hubspot_owner_id,nonsense")["properties"]
    assert plain["amount"] == "3000"
    assert "hs_is_closed_won" not in plain
    assert named["hs_is_closed_won"] == "true"
    assert named["hubspot_owner_id"] is None
    assert named["nonsense"] is None


def test_archiving_restoring_and_calculating_move_no_stamp(account: Account) -> None:
    deal = account.portal.create("deals", {"dealname": "Rollout"})
    before = account.stamp(deal)
    account.now += timedelta(hours=1)
    account.portal.edit("deals", deal, {"amount_in_home_currency": "7"}, moves_stamp=False)
    account.portal.associate("deals", "companies", deal, "1")
    assert account.stamp(deal) == before
    account.portal.delete("deals", deal)
    (archived,) = account.get(DEALS, archived="true")["results"]
    assert archived["properties"]["hs_lastmodifieddate"] == before
    assert archived["archivedAt"] > before
    account.portal.restore("deals", deal)
    assert account.stamp(deal) == before
    account.portal.win(deal)
    assert account.stamp(deal) > before


def test_offset_paging_skips_rows_when_earlier_ones_leave_the_window(account: Account) -> None:
    made = []
    for number in range(20):
        made.append(account.portal.create("deals", {"dealname": f"Deal {number}"}))
        account.now += timedelta(milliseconds=1)
    until = str(int(account.now.timestamp() * 1000))
    body = {
        "filterGroups": [
            {"filters": [{"propertyName": "hs_lastmodifieddate", "operator": "LT", "value": until}]},
        ],
        "sorts": ["hs_lastmodifieddate"],
        "limit": 10,
    }
    first = account.post(f"{DEALS}/search", body).json()
    for deal in made[:5]:
        account.portal.edit("deals", deal, {"amount": "1"})
    second = account.post(f"{DEALS}/search", body | {"after": first["paging"]["next"]["after"]}).json()
    shown = {row["id"] for row in first["results"] + second["results"]}
    assert set(made) - shown == set(made[10:15])


def test_a_search_ends_at_its_cap_and_knows_no_archived_rows(account: Account) -> None:
    account.crm.rules = SearchRules(cap=10)
    for number in range(15):
        account.portal.create("deals", {"dealname": f"Deal {number}"})
    body = {"limit": 10}
    first = account.post(f"{DEALS}/search", body).json()
    assert (first["total"], len(first["results"]), first["paging"]["next"]["after"]) == (15, 10, "10")
    refused = account.post(f"{DEALS}/search", body | {"after": "10"})
    assert (refused.status_code, refused.json()["category"]) == (400, "VALIDATION_ERROR")
    account.portal.delete("deals", first["results"][0]["id"])
    assert account.post(f"{DEALS}/search", body).json()["total"] == 14


def test_search_shows_the_past_for_as_long_as_its_index_lags(account: Account) -> None:
    deal = account.portal.create("deals", {"dealname": "Before"})
    account.portal.lag = timedelta(minutes=5)
    account.portal.edit("deals", deal, {"dealname": "After"})

    def named() -> str:
        return account.post(f"{DEALS}/search", {"limit": 5}).json()["results"][0]["properties"]["dealname"]

    assert named() == "Before"
    account.now += timedelta(minutes=6)
    assert named() == "After"


def test_batch_read_tells_the_ids_that_nobody_has(account: Account) -> None:
    deal = account.portal.create("deals", {"dealname": "Rollout"})
    answer = account.post(f"{DEALS}/batch/read", {"inputs": [{"id": deal}, {"id": "404"}], "properties": []})
    assert answer.status_code == 207
    assert answer.json()["errors"][0]["context"]["ids"] == ["404"]
    too_many = account.post(f"{DEALS}/batch/read", {"inputs": [{"id": str(n)} for n in range(101)]})
    assert too_many.status_code == 400


def test_an_archived_owner_has_lost_the_names(account: Account) -> None:
    owner = account.portal.hire("Ada", "King", "ada@example.com")
    account.portal.dismiss(owner)
    assert account.get("/crm/owners/2026-09")["results"] == []
    (gone,) = account.get("/crm/owners/2026-09", archived="true")["results"]
    assert (gone["firstName"], gone["userId"], gone["email"]) == ("", None, "ada@example.com")
    assert gone["userIdIncludingInactive"] == 500_000 + int(owner)


def test_shares_that_are_not_one_whole_are_refused_as_the_service_does(account: Account) -> None:
    deal = account.portal.create("deals", {"dealname": "Rollout"})
    for shares in ({"1": "0.5", "2": "0.6"}, {"1": "0.123456789", "2": "0.876543211"}):
        with pytest.raises(Exception, match="percentages"):
            account.portal.share(deal, shares)


def test_limits_are_said_in_headers_and_then_enforced(account: Account) -> None:
    account.crm.limits.per_window = 3
    statuses = [account.client.get(DEALS) for _ in range(4)]
    assert [answer.status_code for answer in statuses] == [200, 200, 200, 429]
    assert [answer.headers.get("x-hubspot-ratelimit-remaining") for answer in statuses[:3]] == ["2", "1", "0"]
    assert statuses[3].json()["policyName"] == "TEN_SECONDLY_ROLLING"
    account.now += timedelta(seconds=11)
    assert account.client.get(DEALS).status_code == 200


def test_the_sixth_search_of_a_second_is_refused(account: Account) -> None:
    found = [account.client.post(f"{DEALS}/search", json={"limit": 1}).status_code for _ in range(6)]
    assert found == [200] * 5 + [429]


def test_a_wrong_token_and_a_missing_scope_are_told_apart(account: Account) -> None:
    account.portal.account.scopes.discard("crm.objects.deals.read")
    assert account.client.get(DEALS, headers={"Authorization": "Bearer other"}).status_code == 401
    answer = account.client.get(DEALS)
    assert answer.status_code == 403
    assert "crm.objects.deals.read" in answer.text


def test_every_answer_carries_the_services_own_clock(account: Account) -> None:
    account.crm.faults.append(Fault("html"))
    account.now = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
    for _ in range(2):
        assert account.client.get(DEALS).headers["date"] == "Tue, 06 May 2031 07:08:09 GMT"


def test_the_page_is_served_and_no_other_sites_page_may_act(account: Account) -> None:
    page = account.client.get("/fake/")
    assert page.headers["content-type"].startswith("text/html")
    assert "<title>Fake CRM</title>" in page.text
    deal = account.portal.create("deals", {"dealname": "Rollout"})
    for origin, status in (("https://evil.example.net", 403), (BASE, 200)):
        answer = account.client.post("/fake/win", json={"id": deal}, headers={"Origin": origin})
        assert answer.status_code == status


def test_the_demo_works_in_the_crm_through_a_door_of_its_own(account: Account) -> None:
    owner = account.portal.hire("Ada", "King", "ada@example.com")
    other = account.portal.hire("Max", "Stone", "max@example.com")
    made = account.post("/fake/create", {"dealname": "Rollout", "amount": "900", "hubspot_owner_id": owner}).json()
    deal = made["id"]
    account.post("/fake/edit", {"id": deal, "amount": "1200"})
    account.post("/fake/reassign", {"id": deal, "owner": other})
    won = account.post("/fake/win", {"id": deal}).json()["deal"]
    assert (won["properties"]["dealstage"], won["properties"]["amount"]) == ("closedwon", "1200")
    assert won["properties"]["hubspot_owner_id"] == other
    second = account.post("/fake/create", {"dealname": "Twin"}).json()["id"]
    assert account.post("/fake/merge", {"id": deal, "loser": second, "new_id": True}).json()["id"] not in (
        deal,
        second,
    )
    assert account.post("/fake/delete", {"id": "404"}).status_code == 400
    assert account.post("/fake/explode", {}).status_code == 404
    assert len(account.get("/fake/deals")["results"]) == 1
