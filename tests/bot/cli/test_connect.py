"""`attain connect`: against both fakes over real HTTP, from a token to a mapping that reads."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.main import app
from connectors.fakes.hubspot import HubSpotFake
from connectors.fakes.salesforce import SalesforceFake
from connectors.fakes.server import serve
from connectors.mapping import load_file

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def hubspot() -> HubSpotFake:
    fake = HubSpotFake(lambda: NOW)
    fake.limits.per_window = 100_000
    owner = fake.portal.hire("Ada", "Reyes", "ada@example.com")
    for number, amount in enumerate(("1200.00", "3,5OO", "90.5")):
        fake.portal.create("deals", {"dealname": f"Deal {number}", "amount": amount, "hubspot_owner_id": owner,
                                     "dealstage": "closedwon", "closedate": "2026-03-01T00:00:00Z",
                                     "deal_currency_code": "USD"})  # fmt: skip
    return fake


@pytest.fixture
def url(hubspot: HubSpotFake, elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("HUBSPOT_TOKEN", hubspot.portal.account.token)
    monkeypatch.setenv("ATTAIN_SOURCES", str(elsewhere / "sources"))
    with serve(hubspot) as server:
        yield server.url


def connect(url: str, *answers: str) -> Result:
    done = CliRunner().invoke(app, ["connect", "--at", url], input="\n".join(answers) + "\n")
    assert "unexpectedly" not in done.output
    return done


def test_from_a_token_to_a_mapping_that_shows_what_deals_become(url: str, elsewhere: Path) -> None:
    done = connect(url, "", "", "", "", "y", "n", "y")
    assert done.exit_code == 0, done.output
    assert "1200.00 USD   2026-03-01   won" in done.output
    assert "held: amount '3,5OO' is no amount" in done.output
    mapping = load_file(elsewhere / "sources/crm.yaml")
    assert [kind.kind for kind in mapping.kinds] == ["person", "deal", "split"]
    assert mapping.sources["crm"].options["token"] == "env:HUBSPOT_TOKEN"
    assert list((elsewhere / "sources").iterdir()) == [elsewhere / "sources/crm.yaml"]


def test_a_missing_scope_is_named_and_its_kind_left_out(url: str, elsewhere: Path, hubspot: HubSpotFake) -> None:
    hubspot.portal.account.scopes -= {"crm.dealsplits.read_write", "crm.objects.goals.read"}
    done = connect(url, "", "", "", "", "y")
    assert done.exit_code == 0, done.output
    assert "crm.dealsplits.read_write" in done.output
    assert [kind.kind for kind in load_file(elsewhere / "sources/crm.yaml").kinds] == ["person", "deal"]


def test_a_wrong_token_ends_in_one_sentence(url: str, elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUBSPOT_TOKEN", "wrong-s3cret")
    done = connect(url, "", "", "")
    assert done.exit_code == 1
    assert "token" in done.output
    assert "wrong-s3cret" not in done.output
    assert not (elsewhere / "sources").exists()


def test_a_field_that_the_crm_lacks_is_asked_for(url: str, elsewhere: Path, hubspot: HubSpotFake) -> None:
    known = hubspot.portal.account.properties["deals"]
    del known["amount"]
    known["acv"] = "number"
    done = connect(url, "", "", "", "amuont", "acv", "", "n", "n", "y")
    assert done.exit_code == 0, done.output
    assert "no field 'amuont'" in done.output
    deal = next(kind for kind in load_file(elsewhere / "sources/crm.yaml").kinds if kind.kind == "deal")
    assert deal.fields["amount"].column == "acv"


def test_a_secret_that_is_typed_is_refused_and_not_repeated(url: str) -> None:
    done = connect(url, "", "", "pat-na1-typed-s3cret")
    assert done.exit_code == 2
    assert "reference" in done.stderr
    assert "typed-s3cret" not in done.stderr


def test_a_fake_is_on_this_machine() -> None:
    assert connect("https://evil.example", "", "", "").exit_code == 2


def test_doctor_says_what_is_wrong_with_a_connection(url: str, elsewhere: Path, hubspot: HubSpotFake) -> None:
    assert connect(url, "", "", "", "", "y", "n", "y").exit_code == 0
    from bot.cli.source_checks import source_checks
    from connectors.http import Wire
    from connectors.registry import Outside

    def checks(token: str) -> list[tuple[str, str, str]]:
        given = Outside(lambda _: token, {"crm": Wire(base_url=url)})
        return [
            (one.state, one.found, one.remedy) for one in source_checks(elsewhere / "sources", given, online=True)
        ]

    [(state, found, _)] = checks(hubspot.portal.account.token)
    assert (state, found) == ("ok", "hubspot can be read: person, deal, split")
    [(state, found, remedy)] = checks("wrong")
    assert state == "fail"
    assert "token" in found
    assert remedy.endswith(".")
    hubspot.portal.account.scopes -= {"crm.objects.deals.read"}
    [(state, found, remedy)] = checks(hubspot.portal.account.token)
    assert state == "fail"
    assert "crm.objects.deals.read" in found + remedy


def test_salesforce_is_set_up_the_same_way(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = SalesforceFake()
    owner = fake.org.create("User", Name="Ada Reyes", Email="ada@example.com")
    fake.org.create("Opportunity", Name="Deal 0", Amount="1200.50", OwnerId=owner, StageName="Closed Won",
                    CloseDate="2026-03-01")  # fmt: skip
    monkeypatch.setenv("SALESFORCE_CLIENT_ID", fake.tokens.client_id)
    monkeypatch.setenv("SALESFORCE_CLIENT_SECRET", fake.tokens.client_secret)
    monkeypatch.setenv("ATTAIN_SOURCES", str(elsewhere / "sources"))
    with serve(fake) as server:
        fake.instance_url = server.url
        done = connect(server.url, "salesforce", "sf", "acme.my.salesforce.com", "", "", "", "", "y", "n", "y")
    assert done.exit_code == 0, done.output
    assert "1200.50 USD   2026-03-01   won" in done.output
    assert [kind.kind for kind in load_file(elsewhere / "sources/sf.yaml").kinds] == ["person", "deal", "split"]
