"""The fake answers as Salesforce does, as far as a sync can tell."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from connectors.fakes import salesforce_faults as faults
from connectors.fakes.salesforce import SalesforceFake
from connectors.fakes.salesforce_objects import record_id

NOW = datetime(2026, 5, 1, 12, 0, 0, 400_000, tzinfo=UTC)
ROOT = "/services/data/v67.0"

Ask = Callable[..., Any]


class Desk:
    """The fake with a hand on its clock and a way to ask it."""

    def __init__(self) -> None:
        self.now = NOW
        self.fake = SalesforceFake()
        self.fake.org.clock = lambda: self.now
        self.client = httpx.Client(transport=httpx.MockTransport(self.fake.handle), base_url=self.fake.instance_url)
        form = {"grant_type": "client_credentials", "client_id": "attain-client", "client_secret": "attain-secret"}
        answer = self.client.post("/services/oauth2/token", data=form).json()
        self.client.headers["Authorization"] = f"Bearer {answer['access_token']}"

    def get(self, path: str) -> httpx.Response:
        return self.client.get(ROOT + path)

    def query(self, text: str, verb: str = "query") -> Any:
        answer = self.get(f"/{verb}?q={quote(text)}")
        return json.loads(answer.text, parse_float=Decimal)

    def names(self, where: str, verb: str = "query") -> list[str]:
        return [row["Name"] for row in self.query(f"SELECT Name FROM Opportunity {where}", verb)["records"]]

    def code(self, text: str) -> str:
        return str(self.query(text)[0]["errorCode"])


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_deal_is_shown_with_exact_numbers_whole_second_stamps_and_its_references(desk: Desk) -> None:
    org = desk.fake.org
    account = org.create("Account", Name="Müller & Söhne")
    deal = org.create(
        "Opportunity", Name="Big", AccountId=account, Amount="1234567890123456.78", CloseDate="2026-04-30"
    )
    text = "SELECT Id, Amount, CloseDate, SystemModstamp, Account.Name, Owner.Email FROM Opportunity"
    (row,) = desk.query(text)["records"]
    assert row["Id"] == deal
    assert row["Amount"] == Decimal("1234567890123456.78")
    assert row["CloseDate"] == "2026-04-30"
    assert row["SystemModstamp"] == "2026-05-01T12:00:00.000+0000"
    assert row["Account"]["Name"] == "Müller & Söhne"
    assert row["Owner"] is None
    desk.fake.exponents = True
    assert '"Amount": 1.23456789012345678E15' in desk.get(f"/query?q={quote(text)}").text


def test_conditions_mean_what_they_mean_in_soql(desk: Desk) -> None:
    org = desk.fake.org
    for name, amount, close in (("a", "10", "2026-01-01"), ("b", "20", "2026-02-01"), ("It's", None, None)):
        org.create("Opportunity", Name=name, Amount=amount, CloseDate=close)
    assert desk.names("WHERE Amount > 10") == ["b"]
    assert desk.names("WHERE Amount = NULL") == ["It's"]
    assert desk.names("WHERE Amount != 10 ORDER BY Name DESC") == ["It's", "b"]
    assert desk.names("WHERE Name IN ('A', 'b') AND (Amount < 15 OR CloseDate >= 2026-02-01)") == ["a", "b"]
    assert desk.names("WHERE Name NOT IN ('a', 'b')") == ["It's"]
    assert desk.names("WHERE NOT (Name = 'a') ORDER BY Name LIMIT 1") == ["b"]
    assert desk.names(r"WHERE Name = 'it\'s'") == ["It's"]
    assert desk.names("WHERE SystemModstamp = 2026-05-01T12:00:00Z AND IsWon = false") == ["a", "b", "It's"]
    assert desk.query("SELECT COUNT() FROM Opportunity")["totalSize"] == 3


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SELECT Nope FROM Opportunity", "INVALID_FIELD"),
        ("SELECT Id FROM Invoice", "INVALID_TYPE"),
        ("SELECT Id FROM Opportunity WHERE Name = 'It's'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Opportunity WHERE IsWon = true AND IsClosed = true OR Amount > 1", "MALFORMED_QUERY"),
        ("SELECT Id FROM Opportunity WHERE SystemModstamp > '2026-05-01T00:00:00Z'", "INVALID_FIELD"),
        ("SELECT Id, Id FROM Opportunity", "INVALID_FIELD"),
        ("SELECT Id FROM Opportunity LIMIT x", "MALFORMED_QUERY"),
        (r"SELECT Id FROM Opportunity WHERE Name = '\q'", "MALFORMED_QUERY"),
        ("DELETE FROM Opportunity", "MALFORMED_QUERY"),
    ],
)
def test_what_salesforce_refuses_is_refused(desk: Desk, text: str, code: str) -> None:
    assert desk.code(text) == code


def test_pages_follow_a_locator_that_expires(desk: Desk) -> None:
    desk.fake.page_size = 2
    for name in "abcde":
        desk.fake.org.create("Opportunity", Name=name)
    first = desk.query("SELECT Name FROM Opportunity ORDER BY Id", "queryAll")
    assert (first["totalSize"], first["done"]) == (5, False)
    assert first["nextRecordsUrl"].startswith(f"{ROOT}/query/01g")
    second = desk.client.get(first["nextRecordsUrl"]).json()
    assert [row["Name"] for row in second["records"]] == ["c", "d"]
    desk.now += timedelta(days=2, seconds=1)
    answer = desk.client.get(second["nextRecordsUrl"])
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_QUERY_LOCATOR")


def test_a_deleted_deal_is_in_query_all_until_the_bin_is_emptied_and_back_when_restored(desk: Desk) -> None:
    org = desk.fake.org
    person = org.create("User", Name="Ann")
    gone, back = org.create("Opportunity", Name="gone"), org.create("Opportunity", Name="back")
    other = org.create("User", Name="Bob")
    org.split(back, {other: "100"})
    org.split(back, {person: "100"})
    for key in (gone, back):
        org.delete("Opportunity", key)
    assert desk.names("") == []
    assert desk.names("", "queryAll") == ["gone", "back"]
    assert desk.query("SELECT Id FROM OpportunitySplit")["totalSize"] == 0
    org.restore("Opportunity", back)
    org.empty_bin()
    assert desk.names("", "queryAll") == ["back"]
    (split,) = desk.query("SELECT SplitOwnerId FROM OpportunitySplit")["records"]
    assert split["SplitOwnerId"] == person  # the split that was replaced before stays in the bin


def test_merged_accounts_name_their_survivor_and_hand_over_their_deals(desk: Desk) -> None:
    org = desk.fake.org
    keep, lose = org.create("Account", Name="keep"), org.create("Account", Name="lose")
    org.create("Opportunity", Name="deal", AccountId=lose)
    org.merge("Account", keep, lose)
    (row,) = desk.query("SELECT Account.Name FROM Opportunity")["records"]
    assert row["Account"]["Name"] == "keep"
    (row,) = desk.query("SELECT MasterRecordId FROM Account WHERE IsDeleted = true", "queryAll")["records"]
    assert row["MasterRecordId"] == keep


def test_changes_become_visible_late_with_their_old_stamp(desk: Desk) -> None:
    org = desk.fake.org
    deal = org.create("Opportunity", Name="before")
    org.lag = timedelta(minutes=7)
    org.edit("Opportunity", deal, Name="after")
    org.create("Opportunity", Name="new")
    desk.now += timedelta(minutes=6, seconds=59)
    assert desk.names("") == ["before"]
    desk.now += timedelta(seconds=1)
    assert desk.names("WHERE SystemModstamp = 2026-05-01T12:00:00Z") == ["after", "new"]


def test_the_verbs_leave_the_deal_as_people_would(desk: Desk) -> None:
    org = desk.fake.org
    ann, bob = org.create("User", Name="Ann"), org.create("User", Name="Bob")
    deal = org.create("Opportunity", Name="d", OwnerId=ann, Amount=100)
    stamp = org.get("Opportunity", deal)["SystemModstamp"]
    desk.now += timedelta(hours=1)
    org.edit("Opportunity", deal, quiet=True, Amount=200)
    assert org.get("Opportunity", deal)["SystemModstamp"] == stamp
    org.win(deal, date(2026, 4, 30))
    org.reassign(deal, bob)
    won = org.get("Opportunity", deal)
    assert (won["IsWon"], won["IsClosed"], won["CloseDate"], won["OwnerId"]) == (True, True, date(2026, 4, 30), bob)
    org.split(deal, {ann: "60", bob: "40"})
    org.split(deal, {ann: "33.33", bob: "66.67"})
    rows = desk.query("SELECT SplitAmount, SplitOwner.Name FROM OpportunitySplit ORDER BY SplitAmount")["records"]
    assert [(r["SplitOwner"]["Name"], r["SplitAmount"]) for r in rows] == [
        ("Ann", Decimal("66.66")),
        ("Bob", Decimal("133.34")),
    ]
    org.lose(deal)
    assert org.get("Opportunity", deal)["IsWon"] is False


def test_faults_come_when_scripted_and_usage_is_told(desk: Desk) -> None:
    desk.fake.faults += [
        faults.too_many(7, where="limits"),
        faults.truncated(where="limits", skip=1),
        faults.unavailable(200, where="limits"),
    ]
    first, second, third, fourth = (desk.get("/limits") for _ in range(4))
    assert (first.status_code, first.headers["Retry-After"]) == (429, "7")
    assert second.text.startswith("<html>")
    assert third.status_code == 200
    assert len(third.content) < len(fourth.content)
    assert fourth.headers["Sforce-Limit-Info"] == "api-usage=4/15000"
    assert fourth.headers["Date"] == "Fri, 01 May 2026 12:00:00 GMT"
    desk.fake.used = desk.fake.daily_max
    assert desk.get("/limits").json()[0]["errorCode"] == "REQUEST_LIMIT_EXCEEDED"
    desk.fake.tokens.expire()
    assert desk.get("/limits").status_code == 401


def test_another_client_creates_edits_and_deletes_through_rest(desk: Desk) -> None:
    made = desk.client.post(
        f"{ROOT}/sobjects/Opportunity", json={"Name": "x", "Amount": 12.5, "CloseDate": "2026-01-31"}
    )
    key = made.json()["id"]
    assert (
        desk.client.patch(f"{ROOT}/sobjects/Opportunity/{key}", json={"StageName": "Closed Won"}).status_code == 204
    )
    assert desk.get(f"/sobjects/Opportunity/{key}").json()["IsWon"] is True
    assert desk.client.delete(f"{ROOT}/sobjects/Opportunity/{key}").status_code == 204
    assert desk.get(f"/sobjects/Opportunity/{key}").status_code == 404
    fields = {f["name"]: f for f in desk.get("/sobjects/Opportunity/describe").json()["fields"]}
    assert (fields["Amount"]["precision"], fields["Amount"]["scale"]) == (18, 2)


def test_ids_grow_and_tell_which_letters_are_capitals() -> None:
    ids = [record_id("Opportunity", number) for number in (1, 9, 10, 61, 62, 100_000)]
    assert ids == sorted(ids)
    assert all(len(each) == 18 for each in ids)
    assert len({each.lower() for each in (record_id("User", number) for number in range(1, 4_000))}) == 3_999


@pytest.mark.parametrize(
    ("claims", "says"),
    [
        ({}, None),
        ({"iss": "somebody"}, "invalid_client_id"),
        ({"sub": "somebody@acme.example"}, "invalid_grant"),
        ({"aud": "https://evil.example"}, "invalid_grant"),
        ({"exp": int(NOW.timestamp())}, "invalid_grant"),
        ({"exp": int(NOW.timestamp()) + 3_600}, "invalid_grant"),
        ({"exp": "soon"}, "invalid_grant"),
    ],
)
def test_an_assertion_is_taken_from_the_right_app_for_the_right_user_and_not_for_long(
    desk: Desk, claims: dict[str, Any], says: str | None
) -> None:
    tokens = desk.fake.tokens
    said = {
        "iss": tokens.client_id,
        "sub": tokens.username,
        "aud": tokens.audience,
        "exp": int(NOW.timestamp()) + 180,
    }
    payload = base64.urlsafe_b64encode(json.dumps(said | claims).encode()).rstrip(b"=").decode()
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": f"e30.{payload}.c2ln"}
    answer = desk.client.post("/services/oauth2/token", data=form)
    assert (answer.status_code, answer.json().get("error")) == (400 if says else 200, says)
