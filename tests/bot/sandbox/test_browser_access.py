"""The page for everyone: keyboard, screen readers, both themes, narrow windows, a lost connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.sandbox.fake import FakeSlack
from bot.sandbox.server import SandboxServer
from bot.sandbox.transport import InProcess
from tests.bot.sandbox.browser import (
    PHONE,
    Opener,
    board_fixture,  # noqa: F401
    box,
    browser_fixture,  # noqa: F401
    last_message,
    open_as_fixture,  # noqa: F401
    say,
)
from tests.bot.sandbox.sample import sample_app, setup

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.bot.sandbox.conftest import Stage

pytestmark = pytest.mark.browser


def expect(locator: Any) -> Any:
    from playwright.sync_api import expect as waiting

    return waiting(locator)


def violations(page: Page) -> list[str]:
    """What axe-core calls serious or critical, with the elements."""
    from axe_playwright_python.sync_playwright import Axe

    page.wait_for_timeout(250)  # colours are judged once nothing fades in any more
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {[node['html'][:120] for node in one['nodes']]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.soak)])
def test_axe_finds_nothing_serious(open_as: Opener, scheme: str) -> None:
    page = open_as(scheme=scheme)
    say(page, "hello")
    expect(last_message(page)).to_contain_text("You said")
    say(page, "/myquota Q3")
    expect(last_message(page)).to_contain_text("left of")
    page.keyboard.type("/")
    assert violations(page) == [], "conversation with suggestions"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Form", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Send").click()
    assert violations(page) == [], "modal with an error"
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    last_message(page).hover()
    page.get_by_role("button", name="Inspect").last.click()
    expect(page.get_by_role("complementary", name="Inspector")).to_be_visible()
    assert violations(page) == [], "inspector"
    page.get_by_role("button", name="Chaos switches").click()
    expect(page.get_by_role("complementary", name="Chaos")).to_be_visible()
    assert violations(page) == [], "chaos"
    for button in ("Time machine", "Tools", "You are Dana Reyes. Switch persona"):
        page.get_by_role("button", name=button).click()
        assert violations(page) == [], button
        page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    assert violations(page) == [], "quick switcher"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Use this in your workspace").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == [], "go live"
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Home").click()
    expect(page.get_by_role("tabpanel")).to_contain_text("Your dashboard")
    assert violations(page) == [], "home"


def test_axe_finds_nothing_serious_in_a_narrow_window(open_as: Opener) -> None:
    page = open_as(size=PHONE)
    say(page, "/myquota Q3")
    expect(last_message(page)).to_contain_text("left of")
    assert violations(page) == []
    page.get_by_role("button", name="Open the sidebar").click()
    assert violations(page) == []


def test_ctrl_k_jumps_and_esc_closes(open_as: Opener) -> None:
    page = open_as()
    page.keyboard.press("Control+k")
    page.keyboard.type("sale")
    expect(page.get_by_role("option", selected=True)).to_contain_text("#sales")
    page.keyboard.press("Enter")
    expect(box(page)).to_have_attribute("aria-label", "Message #sales")
    expect(box(page)).to_be_focused()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog", name="Jump to")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(box(page)).to_be_focused()


def test_messages_are_walked_and_inspected_by_keyboard(open_as: Opener) -> None:
    page = open_as()
    say(page, "hello")
    expect(last_message(page)).to_contain_text("You said")
    page.get_by_role("region", name="Messages").focus()
    page.keyboard.press("ArrowUp")
    expect(last_message(page)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#main .msg").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Inspect").last).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary", name="Inspector")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("complementary")).to_have_count(0)


def test_tabs_and_typing_follow_the_keyboard(open_as: Opener) -> None:
    page = open_as()
    page.get_by_role("tab", name="Messages").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="Home")).to_be_focused()
    expect(page.get_by_role("tab", name="Home")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowRight")
    page.get_by_role("region", name="Messages").focus()
    page.keyboard.type("typed anywhere")
    expect(box(page)).to_have_value("typed anywhere")


def test_new_messages_are_announced(open_as: Opener) -> None:
    page = open_as()
    say(page, "/earnings")
    expect(page.locator("#announcer")).to_contain_text("Private answer in Attain")


def test_a_narrow_window_has_a_drawer_and_nothing_overflows(open_as: Opener) -> None:
    page = open_as(size=PHONE)
    say(page, "/myquota Q3")
    expect(last_message(page)).to_contain_text("left of")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    assert page.evaluate("document.querySelector('.messages').scrollWidth") <= PHONE[0]
    expect(page.get_by_role("button", name="general", exact=True)).to_be_hidden()
    page.get_by_role("button", name="Open the sidebar").click()
    page.get_by_role("button", name="general", exact=True).click()
    expect(page.locator(".head__name")).to_contain_text("general")
    expect(page.get_by_role("button", name="general", exact=True)).to_be_hidden()


def test_the_theme_follows_the_system_and_the_switch(open_as: Opener) -> None:
    page = open_as(scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"
    page.get_by_role("button", name="Use the light theme").click()
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "light"
    page.reload()
    page.wait_for_selector("body[data-ready]")
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "light"


def test_a_lost_connection_is_said_and_taken_up_again(open_as: Opener, board: Stage) -> None:
    page = open_as()
    port = int(board.server.base_url.rpartition(":")[2])
    board.server.close()
    expect(page.locator("#banner")).to_contain_text("Connection to the sandbox lost")
    fake = FakeSlack(setup())
    with SandboxServer(fake, port=port) as again:
        client = type(board.client)(token=fake.workspace.secrets.bot_token, base_url=again.api_url)
        fake.delivery.attach(InProcess(sample_app(client)))
        page.get_by_role("button", name="Try now").click()
        expect(page.locator("#banner")).to_be_hidden()
        say(page, "/earnings")
        expect(last_message(page)).to_contain_text("You earned $12,345.67 this month.")
        page.goto("about:blank")
