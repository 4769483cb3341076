"""`attain crm` changes deals in a fake CRM that really listens, and says what it did in one line."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from bot.cli.crm import crm
from connectors.fakes.hubspot import HubSpotFake
from connectors.fakes.server import serve

if TYPE_CHECKING:
    from collections.abc import Iterator


class Desk:
    """A fake CRM on a port of this machine, with three deals and two owners."""

    def __init__(self) -> None:
        self.fake = HubSpotFake(lambda: datetime(2026, 3, 31, 9, tzinfo=UTC))
        portal = self.fake.portal
        self.ada = portal.hire("Ada", "King", "ada@example.com")
        self.max = portal.hire("Max", "Stone", "max@example.com")
        self.deals = [
            portal.create("deals", {"dealname": name, "amount": "900", "hubspot_owner_id": self.ada})
            for name in ("Acme rollout", "Acme support", "Globex")
        ]
        self.server = serve(self.fake)
        self.url = self.server.url

    def run(self, *words: str) -> tuple[int, str]:
        found = CliRunner().invoke(crm, [*words, "--url", self.url])
        return found.exit_code, found.output + (str(found.exception) if found.exception else "")

    def said(self, deal: str) -> dict:
        return self.fake.portal.tables["deals"].rows[deal].properties


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    with made.server:
        yield made


def test_a_deal_is_won_by_a_part_of_its_name(desk: Desk) -> None:
    code, said = desk.run("win", "glob")
    assert code == 0
    assert said.startswith("Globex (")
    assert desk.said(desk.deals[2])["dealstage"] == "closedwon"


def test_edit_reassign_lose_and_create(desk: Desk) -> None:
    first = desk.deals[0]
    assert desk.run("edit", first, "--amount", "1200.50", "--close", "2026-04-01")[0] == 0
    assert desk.run("reassign", "Acme rollout", "MAX@example.com")[0] == 0
    assert desk.run("lose", "Acme support")[0] == 0
    assert desk.run("create", "New one", "--amount", "10", "--owner", "ada@example.com")[0] == 0
    said = desk.said(first)
    assert (said["amount"], said["closedate"], said["hubspot_owner_id"]) == (
        "1200.50",
        "2026-04-01T00:00:00Z",
        desk.max,
    )
    assert desk.said(desk.deals[1])["dealstage"] == "closedlost"


def test_delete_restore_purge_and_merge(desk: Desk) -> None:
    rows = desk.fake.portal.tables["deals"].rows
    first, second, third = desk.deals
    desk.run("delete", first)
    assert rows[first].archived_at is not None
    desk.run("restore", first)
    assert rows[first].archived_at is None
    desk.run("merge", first, second, "--new-id")
    assert first not in rows
    assert second not in rows
    desk.run("delete", third, "--purge")
    assert third not in rows


def test_the_list_shows_names_of_owners_and_what_is_deleted(desk: Desk) -> None:
    desk.run("delete", "Globex")
    _, said = desk.run("deals")
    assert "Globex (deleted)" in said
    assert "Ada King" in said
    assert "Globex" not in desk.run("deals", "acme")[1]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("win", "acme"), "2 deals are called that"),
        (("win", "nothing like it"), "no deal 'nothing like it'"),
        (("reassign", "Globex", "nobody@example.com"), "no owner"),
        (("edit", "Globex"), "Nothing to change"),
    ],
)
def test_what_cannot_be_done_is_said(desk: Desk, words: tuple[str, ...], wanted: str) -> None:
    code, said = desk.run(*words)
    assert code != 0
    assert wanted in said


def test_only_this_machine_is_spoken_to() -> None:
    found = CliRunner().invoke(crm, ["deals", "--url", "http://crm.example.com"])
    assert "this machine only" in str(found.exception)


def test_nobody_listening_is_said_with_the_remedy() -> None:
    found = CliRunner().invoke(crm, ["deals", "--url", "http://127.0.0.1:9"])
    assert "attain demo" in str(found.exception)
