"""The demo's CRM: the company's story day by day, edits that outlive the process, a clock that never goes back."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.clock import MovableClock
from bot.demo.company import DEFAULT_SEED, Company, company
from bot.demo.crm import DemoCrm
from bot.demo.pinned import PinnedClock

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def larkspur() -> Company:
    return company(DEFAULT_SEED, TODAY)


def deals(crm: DemoCrm) -> dict[str, dict[str, Any]]:
    response = crm.handle(httpx.Request("GET", "http://127.0.0.1/fake/deals"))
    return {one["id"]: one["properties"] | {"archived": one["archived"]} for one in response.json()["results"]}


def live(found: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {number: deal for number, deal in found.items() if not deal["archived"]}


def do(crm: DemoCrm, verb: str, **said: str) -> httpx.Response:
    return crm.handle(httpx.Request("POST", f"http://127.0.0.1/fake/{verb}", content=json.dumps(said)))


def test_it_holds_what_the_story_says_and_moves_with_time(larkspur: Company, tmp_path: Path) -> None:
    clock = PinnedClock(TODAY)
    crm = DemoCrm(larkspur, clock.now, tmp_path / "crm.jsonl")
    today = deals(crm)
    assert len(today) == sum(deal.opened_on <= TODAY for deal in larkspur.deals)
    assert today["81001"]["dealstage"] == "negotiation"
    clock.advance(timedelta(days=1))
    assert deals(crm)["81001"]["dealstage"] == "closedwon"
    clock.reset()
    assert live(deals(crm)) == today, "time that is put back puts the story back"


def test_another_process_finds_it_as_it_was_left(larkspur: Company, tmp_path: Path) -> None:
    clock = PinnedClock(TODAY)
    first = DemoCrm(larkspur, clock.now, tmp_path / "crm.jsonl")
    assert do(first, "win", id="81001").status_code == 200
    made = do(first, "create", dealname="Mine", amount="5.00", hubspot_owner_id="1001").json()["id"]
    do(first, "edit", id="81002", amount="1.00")
    do(first, "delete", id="81003")
    assert do(first, "win", id="no such").status_code == 400
    left = deals(first)
    clock.advance(timedelta(days=2))
    crowded = deals(first)
    second = DemoCrm(larkspur, clock.now, tmp_path / "crm.jsonl")
    assert deals(second) == crowded
    clock.reset()
    third = DemoCrm(larkspur, clock.now, tmp_path / "crm.jsonl")
    assert live(deals(third)) == live(left)
    assert left["81001"]["closedate"][:10] == TODAY.isoformat(), "a deal closes on the demo's day"
    third.start_over()
    over = deals(third)
    assert over[made]["archived"]
    assert over["81001"]["dealstage"] == "negotiation"
    assert not over["81003"]["archived"]


def test_what_happened_on_days_that_were_passed_over_bears_their_stamps(larkspur: Company, tmp_path: Path) -> None:
    clock = PinnedClock(TODAY)
    crm = DemoCrm(larkspur, clock.now, tmp_path / "crm.jsonl")
    before = deals(crm)
    clock.advance(timedelta(days=7))
    stamps = stamped(crm)
    won = {
        number: deal["closedate"][:10]
        for number, deal in deals(crm).items()
        if deal["dealstage"] == "closedwon" and before.get(number, {}).get("dealstage") != "closedwon"
    }
    assert len(set(won.values())) > 2
    assert {number: stamps[number][:10] for number in won} == won
    assert stamped(DemoCrm(larkspur, clock.now, tmp_path / "crm.jsonl")) == stamps, "and in another process, too"


def stamped(crm: DemoCrm) -> dict[str, str]:
    """When the CRM says that each deal was changed."""
    given, found, after = crm.outside(), {}, ""
    token = {"Authorization": f"Bearer {given.secret('env:X')}"}
    while True:
        url = f"http://127.0.0.1/crm/objects/2026-09/deals?limit=100{after}"
        page = crm.handle(httpx.Request("GET", url, headers=token)).json()
        found |= {one["id"]: one["updatedAt"] for one in page["results"]}
        if "paging" not in page:
            return found
        after = f"&after={page['paging']['next']['after']}"


def test_its_clock_never_goes_back(larkspur: Company, tmp_path: Path) -> None:
    clock = MovableClock()
    crm = DemoCrm(larkspur, clock.now, tmp_path / "crm.jsonl")

    def said() -> datetime:
        date_ = crm.handle(httpx.Request("GET", "http://127.0.0.1/fake/owners")).headers["Date"]
        return datetime.strptime(date_, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)

    before = said()
    clock.advance(timedelta(days=30))
    later = said()
    assert later - before >= timedelta(days=30)
    clock.reset()
    assert said() > later


def test_a_page_of_another_site_cannot_work_in_it(larkspur: Company, tmp_path: Path) -> None:
    crm = DemoCrm(larkspur, PinnedClock(TODAY).now, tmp_path / "crm.jsonl")
    foreign = httpx.Request(
        "POST", "http://127.0.0.1/fake/win", headers={"Origin": "https://evil.example"}, content='{"id": "81001"}'
    )
    assert crm.handle(foreign).status_code == 403
    assert not (tmp_path / "crm.jsonl").exists()


def test_who_has_left_the_company_is_deactivated_there(larkspur: Company, tmp_path: Path) -> None:
    gone = next(person for person in larkspur.people if person.left_on is not None and person.left_on <= TODAY)
    assert gone.left_on is not None
    clock = PinnedClock(TODAY)
    crm = DemoCrm(larkspur, clock.now, tmp_path / "crm.jsonl")

    def active() -> set[str]:
        given = crm.outside()
        token = {"Authorization": f"Bearer {given.secret('env:X')}"}
        asked = httpx.Request("GET", "http://127.0.0.1/crm/owners/2026-09?limit=500", headers=token)
        return {owner["email"] for owner in crm.handle(asked).json()["results"]}

    assert gone.email not in active()
    assert any(person.email in active() for person in larkspur.people)
