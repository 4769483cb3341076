"""The demo in the sandbox: moving time wins deals, the tools sync, and the inspector knows what was told."""

import re
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import place
from bot.cli.main import app
from bot.demo.crm import PAGE
from bot.demo.live import Live
from bot.demo.personas import personas
from bot.sandbox.launch import Sandbox, launch
from operations.basis import freshness

MAYA = "maya.thompson@larkspur.example"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    folder = tmp_path_factory.mktemp("live")
    seeded = CliRunner().invoke(app, ["demo", "--dir", str(folder), "--today", "2026-11-20", "--no-serve"])
    assert seeded.exit_code == 0, seeded.output
    where = place.find(folder)
    assert where.anchor is not None
    services = where.services()
    company = where.anchor.company()
    crm = where.crm(services.clock)
    assert crm is not None
    with (
        crm.serve(0) as server,
        launch(services, personas(company), Live(services, company, crm, server.url + PAGE).hooks()) as running,
    ):
        yield running
    services.close()


def ask(page: Sandbox, text: str) -> Any:
    command, _, rest = text.partition(" ")
    page.slack.slash(MAYA, "dm", command, rest)
    [seen] = page.slack.wait_for_reply(20)
    return seen


def test_a_day_later_the_rep_is_over_quota(page: Sandbox) -> None:
    assert "to go" in ask(page, "/myquota").text
    said = page.fake.step("1d")
    assert said.startswith("It is Saturday 21 November 2026. Synced 3 sources")
    assert "over quota" in ask(page, "/myquota").text
    page.fake.step("reset")
    assert page.services.clock.now().date() == date(2026, 11, 20)
    assert "to go" in ask(page, "/myquota").text


def test_the_tools_sync_and_recalculate(page: Sandbox) -> None:
    tools = {tool.id: tool.run for tool in page.fake.hooks.tools}
    assert "0 rows changed" in tools["sync"]()
    assert tools["recalculate"]() == "Recalculated 0 reps."


def crm(page: Sandbox, verb: str, *arguments: str) -> None:
    url = page.fake.hooks.links[0].url.removesuffix(PAGE)
    done = CliRunner().invoke(app, ["crm", verb, *arguments, "--url", url])
    assert done.exit_code == 0, done.output


def test_a_deal_won_in_the_crm_moves_the_answer_after_a_sync(page: Sandbox) -> None:
    sync = next(tool.run for tool in page.fake.hooks.tools if tool.id == "sync")
    before = ask(page, "/myquota").text
    crm(page, "win", "81001")
    assert ask(page, "/myquota").text == before, "nothing moves before the sync"
    assert re.search(r"3 sources, [1-9]\d* rows changed", sync())
    after = ask(page, "/myquota")
    assert "over quota" in after.text
    assert "Data as of crm" in str(after.blocks)
    crm(page, "edit", "81001", "--amount", "1.00")
    sync()
    assert "to go" in ask(page, "/myquota").text
    crm(page, "delete", "81001")
    sync()
    assert "to go" in ask(page, "/myquota").text
    page.fake.hooks.on_reset()
    assert ask(page, "/myquota").text == before, "the story starts over"


def test_a_deal_won_in_the_crm_arrives_by_itself_on_the_schedule(page: Sandbox) -> None:
    def awaited(words: str) -> bool:
        until = time.monotonic() + 20
        while words not in ask(page, "/myquota").text and time.monotonic() < until:
            time.sleep(0.2)
        return words in ask(page, "/myquota").text

    live = page.fake.hooks.tools[0].run.__self__  # type: ignore[attr-defined]
    with live.scheduled(0.2):
        crm(page, "win", "81001")
        assert awaited("over quota")
    page.fake.hooks.on_reset()
    assert awaited("to go")


def test_the_inspector_knows_who_was_shown_whose_pay(page: Sandbox) -> None:
    seen = ask(page, "/myquota")
    digest = page.fake.hooks.payload_hash({"text": seen.text, "blocks": seen.blocks})
    told = page.fake.hooks.inspect(digest)
    assert told["template"] == "quota"
    assert told["receipt"].startswith("rcp_")
    assert told["disclosure"]["viewer"] == told["disclosure"]["subject"] == "Maya Thompson"
    assert page.fake.hooks.inspect("0" * 64) == {}


def test_the_end_of_the_period_is_the_fiscal_one(page: Sandbox) -> None:
    now = page.services.clock.now()
    assert page.fake.hooks.period_end(now).date() == date(2027, 1, 1)
    late = now + timedelta(days=600)
    assert page.fake.hooks.period_end(late).date() == late.date() + timedelta(days=1)


@pytest.mark.soak
def test_two_periods_ahead_the_company_sells_under_new_plans_and_quotas(page: Sandbox) -> None:
    try:
        page.fake.step("period_end")
        said = page.fake.step("period_end")
        assert said.startswith("It is Thursday 01 April 2027.")
        assert "Back to today" not in said
        assert "to go" in ask(page, "/myquota").text
        page.fake.advance(timedelta(days=45))
        told = str(ask(page, "/myquota").blocks)
        assert re.search(r"[1-9][0-9.]*% of \$1,323,000\.00", told), (
            "next year asks 5 % more, and deals are won in it"
        )
        assert "No plan" not in told
    finally:
        page.fake.step("reset")


@pytest.mark.soak
def test_after_the_last_fiscal_year_the_page_says_what_to_do(page: Sandbox) -> None:
    try:
        page.fake.advance(timedelta(days=490))
        said = page.fake.step("period_end")
        assert said.startswith("It is Saturday 01 April 2028.")
        assert "last fiscal year ended on 31 March 2028" in said
        assert "Back to today" in said
    finally:
        back = page.fake.step("reset")
    assert "Back to today" not in back
    assert "to go" in ask(page, "/myquota").text
    assert page.services.clock.now().date() == date(2026, 11, 20)
    with page.services.db.read() as conn:
        stamps = [one.synced_at for one in freshness(conn, page.services.clock.now())]
    assert all(at <= page.services.clock.now() for at in stamps), "no source is synced in a future that was undone"


def test_every_persona_but_the_edge_cases_is_known(page: Sandbox) -> None:
    known = Path(page.services.settings.sources, "people.csv").read_text(encoding="utf-8")
    for user in page.fake.workspace.people:
        if user.persona.group != "Edge cases":
            assert user.persona.email in known
