"""simple-salesforce, a client that is not ours, walks the fake: what it takes for Salesforce may teach our feed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import requests
from requests.adapters import BaseAdapter
from simple_salesforce import Salesforce, SalesforceMalformedRequest, SalesforceResourceNotFound
from simple_salesforce.exceptions import SalesforceAuthenticationFailed

from tests.connectors.salesforce.test_salesforce_jwt import keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.connectors.salesforce.conftest import Desk

FIELDS = "Id, Name, Amount, StageName, CloseDate, SystemModstamp"


class Door(BaseAdapter):
    """The wire of `requests`: each request is handed to the fake."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:  # type: ignore[override]
        body = request.body.encode() if isinstance(request.body, str) else request.body
        given: Mapping[str, str] = dict(request.headers)
        answer = self.desk.fake.handle(
            httpx.Request(str(request.method), str(request.url), headers=given, content=body)
        )
        found = requests.Response()
        found.status_code, found.url, found.request = answer.status_code, str(request.url), request
        found.headers.update(answer.headers)
        found.encoding = "utf-8"
        found._content = answer.read()
        return found

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.now = datetime.now(UTC).replace(microsecond=0)  # the client signs and asks by the clock of this machine
    return desk


def wire(desk: Desk) -> requests.Session:
    session = requests.Session()
    session.mount("https://", Door(desk))
    return session


def client(desk: Desk, **said: Any) -> Salesforce:
    by_secret = {"consumer_key": "attain-client", "consumer_secret": "attain-secret", "domain": "acme.my"}
    given = {"version": "66.0", "session": wire(desk), "parse_float": Decimal} | (said or by_secret)
    return Salesforce(**given)


def test_it_signs_in_with_client_credentials_and_is_told_when_they_are_wrong(desk: Desk) -> None:
    assert client(desk).session_id in desk.fake.tokens.issued
    with pytest.raises(SalesforceAuthenticationFailed, match="invalid_client"):
        client(desk, consumer_key="attain-client", consumer_secret="wrong", domain="acme.my")


def test_it_signs_in_with_a_signed_assertion(desk: Desk) -> None:
    private, desk.fake.tokens.public_key = keys("ours")
    said = {"username": "sync@acme.example", "consumer_key": "attain-client", "domain": "login"}
    assert client(desk, privatekey=private, **said).session_id in desk.fake.tokens.issued
    with pytest.raises(SalesforceAuthenticationFailed):
        client(desk, privatekey=keys("a stranger's")[0], **said)


def test_it_queries_page_by_page_and_gets_every_digit(desk: Desk) -> None:
    made = desk.deals(7, Amount="1234567890123456.78")
    desk.fake.page_size = 3
    salesforce = client(desk)
    first = salesforce.query(f"SELECT {FIELDS} FROM Opportunity ORDER BY Id")
    assert (first["totalSize"], first["done"], len(first["records"])) == (7, False, 3)
    second = salesforce.query_more(first["nextRecordsUrl"], identifier_is_url=True)
    whole = salesforce.query_all(f"SELECT {FIELDS} FROM Opportunity ORDER BY Id")
    assert [row["Id"] for row in whole["records"]] == made
    assert [row["Id"] for row in (*first["records"], *second["records"])] == made[:6]
    assert {row["Amount"] for row in whole["records"]} == {Decimal("1234567890123456.78")}


def test_it_sees_what_is_in_the_bin_only_where_it_asks_for_it(desk: Desk) -> None:
    kept, gone = desk.deals(2)
    desk.org.delete("Opportunity", gone)
    salesforce = client(desk)
    query = "SELECT Id, IsDeleted FROM Opportunity ORDER BY Id"
    assert [row["Id"] for row in salesforce.query(query)["records"]] == [kept]
    assert {row["Id"] for row in salesforce.query(query, include_deleted=True)["records"]} == {kept, gone}


def test_it_is_told_what_changed_and_what_was_deleted_in_a_span(desk: Desk) -> None:
    began = desk.now
    changed, gone = desk.deals(2)
    desk.pass_time(minutes=5)
    desk.org.edit("Opportunity", changed, Name="renamed")
    desk.org.delete("Opportunity", gone)
    desk.pass_time(minutes=5)
    salesforce = client(desk)
    span = (began + timedelta(minutes=2), desk.now)
    assert salesforce.Opportunity.updated(*span)["ids"] == [changed]
    deleted = salesforce.Opportunity.deleted(*span)["deletedRecords"]
    assert [one["id"] for one in deleted] == [gone]
    with pytest.raises(SalesforceMalformedRequest, match="INVALID_REPLICATION_DATE"):
        salesforce.Opportunity.deleted(desk.now - timedelta(days=16), desk.now)


def test_it_reads_what_objects_and_fields_there_are(desk: Desk) -> None:
    salesforce = client(desk)
    described = salesforce.Opportunity.describe()
    ours = {field["name"]: field["type"] for field in described["fields"]}
    assert {"Id", "Name", "Amount", "CloseDate", "StageName", "OwnerId"} <= ours.keys()
    assert (ours["Amount"], ours["CloseDate"]) == ("currency", "date")
    assert {"Opportunity", "User"} <= {one["name"] for one in salesforce.describe()["sobjects"]}
    with pytest.raises(SalesforceResourceNotFound):
        salesforce.Nonsense__c.describe()


def test_it_writes_a_deal_that_our_feed_then_reads(desk: Desk) -> None:
    salesforce = client(desk)
    made = salesforce.Opportunity.create({"Name": "From outside", "Amount": 10.5, "StageName": "Prospecting"})
    salesforce.Opportunity.update(made["id"], {"StageName": "Closed Won"})
    desk.pass_time(minutes=10)
    (record,) = [record for page in desk.changed() for record in page.records]
    assert (record.external_id, record.body["StageName"]) == (made["id"], "Closed Won")
    salesforce.Opportunity.delete(made["id"])
    desk.pass_time(minutes=10)
    assert [record.deleted for page in desk.changed() for record in page.records] == [True]


def test_it_is_told_of_a_query_that_is_wrong_and_of_a_session_that_is_over(desk: Desk) -> None:
    salesforce = client(desk)
    with pytest.raises(SalesforceMalformedRequest, match=r"INVALID_FIELD|MALFORMED_QUERY"):
        salesforce.query("SELECT Nonsense FROM Opportunity")
    desk.fake.tokens.expire()
    assert salesforce.query("SELECT Id FROM Opportunity")["done"] is True  # it signs in once more, as ours does
    assert desk.fake.tokens.count == 2
