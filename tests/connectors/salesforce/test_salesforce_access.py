"""Signing in, and what happens when Salesforce says no: the token stays where it belongs, nobody is told a secret."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from connectors.errors import AuthRefused, ConfigRefused, ConnectorError, QuotaSpent, Transient, WindowTooLarge
from connectors.fakes import salesforce_faults as faults
from connectors.fakes.salesforce_faults import Fault
from connectors.salesforce.login import is_salesforce
from connectors.salesforce.session import API
from connectors.source import Ask

if TYPE_CHECKING:
    from connectors.fakes.salesforce_faults import Fault as Scripted
    from tests.connectors.salesforce.conftest import Desk


def tokens(desk: Desk) -> int:
    return sum("/services/oauth2/token" in asked for asked in desk.fake.requests)


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("https://acme.my.salesforce.com", True),
        ("https://acme.my.salesforce.com/", True),
        ("https://acme--dev.sandbox.my.salesforce.com:443", True),
        ("https://acme.force.com", True),
        ("http://acme.my.salesforce.com", False),
        ("https://salesforce.com.evil.example", False),
        ("https://evilsalesforce.com", False),
        ("https://salesforce.com", False),
        ("https://evil.example/.salesforce.com", False),
        ("https://evil.example#.salesforce.com", False),
        ("https://evil.example?.salesforce.com", False),
        ("https://evil.example\\.salesforce.com", False),
        ("https://acme.my.salesforce.com@evil.example", False),
        ("https://evil.example@acme.my.salesforce.com", False),
        ("https://acme.my.salesforce.com:8443", False),
        ("https://acme.my.salesforce.com:x", False),
        ("https://acme.my.salesforce.com./", False),
        ("https://127.0.0.1", False),
        ("https://ácme.my.salesforce.com", False),
        ("", False),
    ],
)
def test_only_addresses_below_salesforce_are_its_own(url: str, own: bool) -> None:
    assert is_salesforce(url) is own


@pytest.mark.parametrize(
    "instance", ["https://evil.example", "http://acme.my.salesforce.com", "http://127.0.0.1:8080"]
)
def test_the_token_does_not_go_where_an_answer_says(desk: Desk, instance: str) -> None:
    desk.fake.instance_url = instance
    hosts: list[str] = []
    desk.meanwhile.append(hosts.append)
    with pytest.raises(ConfigRefused, match="not its own"):
        desk.changed()
    assert all(host.startswith("https://acme.my.salesforce.com/services/oauth2/token") for host in hosts)


@pytest.mark.parametrize(
    "domain", ["evil.example", "https://acme.my.salesforce.com", "salesforce.com", "a@b.salesforce.com"]
)
def test_the_secret_does_not_leave_for_a_domain_that_is_not_salesforces(desk: Desk, domain: str) -> None:
    desk.domain = domain
    (problem,) = desk.feed().check()
    assert "`domain`" in problem.message
    assert desk.fake.requests == []


def test_a_redirect_is_not_followed(desk: Desk) -> None:
    desk.fake.faults.append(faults.redirect("https://evil.example/", where="/query"))
    with pytest.raises(ConfigRefused, match="redirects"):
        desk.changed()


def test_bug_25_a_session_that_ends_in_the_middle_is_renewed_once(desk: Desk) -> None:
    made = desk.deals(4)
    desk.fake.page_size = 2
    desk.meanwhile.append(lambda url: desk.fake.tokens.expire() if "/query/" in url and tokens(desk) == 1 else None)
    pages = desk.whole()
    assert [record.external_id for page in pages for record in page.records] == made
    assert tokens(desk) == 2


def test_a_session_that_is_refused_again_stops_the_read(desk: Desk) -> None:
    desk.fake.faults.append(faults.session_expired(where="/query", times=50))
    with pytest.raises(AuthRefused):
        desk.changed()
    assert tokens(desk) == 2


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("env:SF_SECRET", "wrong", "client secret is wrong"),
        ("env:SF_ID", "wrong", "client id is unknown"),
    ],
)
def test_a_refused_sign_in_says_what_to_mend(desk: Desk, name: str, value: str, says: str) -> None:
    desk.secrets[name] = value
    (problem,) = desk.feed().check()
    assert (problem.code, says in problem.message) == ("AuthRefused", True)
    assert tokens(desk) == 1


def test_a_grant_without_its_secret_is_named(desk: Desk) -> None:
    desk.extra = "grant: jwt_bearer"
    (problem,) = desk.feed().check()
    assert problem.code == "ConfigRefused"
    assert "`username`" in problem.message


def test_bug_22_too_many_requests_wait_as_long_as_salesforce_says(desk: Desk) -> None:
    desk.fake.faults.append(faults.too_many(7, where="/query"))
    desk.changed()
    assert 7 in desk.slept


@pytest.mark.parametrize(
    "fault",
    [
        faults.unavailable(503, where="/query", times=2),
        faults.unavailable(200, where="/query", times=2),
        faults.truncated(where="/query", times=2),
        faults.refusal(500, "UNKNOWN_EXCEPTION", "An unexpected error occurred", where="/query", times=2),
        faults.refusal(
            403,
            "REQUEST_LIMIT_EXCEEDED",
            "ConcurrentRequests Limit exceeded.",
            where="/query",
            times=2,
        ),
    ],
    ids=["503", "html", "cut", "500", "concurrent"],
)
def test_bug_22_what_passes_is_asked_again(desk: Desk, fault: Scripted) -> None:
    made = desk.deals(1)
    desk.pass_time(minutes=10)
    desk.fake.faults.append(fault)
    assert [record.external_id for page in desk.changed() for record in page.records] == made
    assert len(desk.slept) == 2


def test_bug_22_what_does_not_pass_ends_the_run_after_five_tries(desk: Desk) -> None:
    desk.fake.faults.append(faults.unavailable(503, where="/query", times=99))
    with pytest.raises(Transient):
        desk.changed()
    assert len(desk.slept) == 4


def test_bug_22_a_fifth_of_the_days_requests_is_left_to_others(desk: Desk) -> None:
    desk.deals(10)
    desk.fake.page_size = 1
    desk.fake.daily_max, desk.fake.used = 100, 74
    read = []
    with pytest.raises(QuotaSpent, match="80%"):
        read.extend(desk.feed().pages(Ask("deal", "backfill")))
    assert desk.fake.used == 80
    assert not any(page.complete for page in read)


def test_bug_22_a_spent_day_ends_the_run_at_once(desk: Desk) -> None:
    desk.fake.faults.append(faults.limit_reached(where="/query", times=99))
    with pytest.raises(QuotaSpent):
        desk.changed()
    assert desk.slept == []


def test_a_query_that_takes_too_long_is_read_in_smaller_windows(desk: Desk) -> None:
    made = []
    for _ in range(4):
        made += desk.deals(1)
        desk.pass_time(hours=6)
    desk.fake.faults.append(faults.query_timeout(where="/query", times=2))
    since, until = desk.now - timedelta(days=1), desk.now - timedelta(minutes=5)
    pages = list(desk.source().pages("deal", "incremental", since, until, {}))
    assert [record.external_id for page in pages for record in page.records] == made
    assert [page.complete for page in pages] == [False] * (len(pages) - 1) + [True]
    assert pages[-1].safe_watermark == until
    desk.fake.faults.append(faults.query_timeout(where="/query"))
    with pytest.raises(WindowTooLarge):
        desk.whole()


def test_bug_24_a_field_that_is_gone_is_named_before_anything_is_read(desk: Desk) -> None:
    del desk.org.schema["Opportunity"]["Amount"]
    (problem,) = desk.feed().check()
    assert problem.code == "ConfigRefused"
    assert "Opportunity has no field 'Amount'" in problem.message
    with pytest.raises(ConfigRefused, match="'Amount'"):
        desk.whole()
    assert not any("/queryAll" in asked for asked in desk.fake.requests)


def test_bug_24_a_field_that_vanishes_between_two_sweeps_is_named(desk: Desk) -> None:
    del desk.org.schema["Opportunity"]["Amount"]
    with pytest.raises(ConfigRefused, match="Opportunity has no field 'Amount'"):
        desk.changed()


def test_bug_24_fields_of_other_records_are_checked_too(desk: Desk) -> None:
    kinds = desk.kinds.replace("Account.Name", "Account.Nickname__c")
    desk.kinds = kinds.replace("owner: OwnerId", "owner: Boss.Name")
    named = [problem.message.split("'")[1] for problem in desk.feed().check()]
    assert named == ["Account.Nickname__c", "Boss.Name"]


def test_bug_24_an_object_that_is_gone_is_named(desk: Desk) -> None:
    del desk.org.schema["ForecastingQuota"]
    (problem,) = desk.feed().check()
    assert "no object 'ForecastingQuota'" in problem.message
    with pytest.raises(ConfigRefused, match="ForecastingQuota"):
        desk.changed("quota")


def test_a_version_that_the_organisation_does_not_speak_is_named(desk: Desk) -> None:
    desk.extra = 'api: "99.0"'
    (problem,) = desk.feed().check()
    assert "99.0" in problem.message
    assert problem.remedy == 'Write `api: "68.0"`'
    desk.extra = "api: latest"
    (problem,) = desk.feed().check()
    assert API in problem.remedy


def test_a_sound_set_up_has_no_problems_and_lists_its_fields(desk: Desk) -> None:
    feed = desk.feed()
    assert feed.check() == ()
    assert {"Id", "Amount", "CloseDate"} <= {each.name for each in feed.properties("deal")}
    assert "SplitPercentage" in {each.name for each in feed.properties("split")}
    assert feed.kinds == ("person", "deal", "split", "quota", "rate")


def test_an_organisation_with_one_currency_does_not_tell_which(desk: Desk) -> None:
    account = desk.feed().account()
    assert (account.currency, account.timezone) == ("USD", "America/Los_Angeles")
    assert account.stages["Closed Won"].meaning == "won"
    del desk.org.schema["CurrencyType"]
    assert desk.feed().account().currency == ""


def test_bug_26_no_secret_no_name_and_no_amount_is_told(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    told, causes = [], []
    message = "SELECT Name FROM Opportunity WHERE Name = 'Secret Merger' ERROR 4242.42"
    scripts = [
        [faults.session_expired(where="/query", times=9)],
        [faults.limit_reached(where="/query", times=9)],
        [faults.query_timeout(where="/query", times=9)],
        [faults.unavailable(503, where="/query", times=9)],
        [faults.redirect("https://evil.example/?sid=00Dfake!000001", where="/query", times=9)],
        [faults.refusal(400, "MALFORMED_QUERY", message, where="/query", times=9)],
        [faults.refusal(400, "SOMETHING_NEW", message, where="/query", times=9)],
        [
            Fault(
                400,
                json.dumps({"error": "attain-secret", "error_description": message}).encode(),
                where="token",
                times=9,
            )
        ],
    ]
    for script in scripts:
        desk.fake.faults = list(script)
        try:
            desk.changed()
        except ConnectorError as error:
            told += [str(error), repr(error), *(str(problem) for problem in error.problems)]
            causes.append(error.__cause__)
    assert causes == [None] * len(scripts)
    said = "\n".join([*told, caplog.text])
    for secret in ("attain-secret", "00Dfake!", "Secret Merger", "4242", "SELECT", "sid="):
        assert secret not in said
