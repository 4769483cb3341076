"""What a newcomer does on the sandbox page, in a real Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.bot.sandbox.browser import (
    Opener,
    board_fixture,  # noqa: F401
    box,
    browser_fixture,  # noqa: F401
    last_message,
    open_as_fixture,  # noqa: F401
    say,
    user_id,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.bot.sandbox.conftest import Stage

pytestmark = pytest.mark.browser


def expect(locator: Any) -> Any:
    from playwright.sync_api import expect as waiting

    return waiting(locator)


def ask_quota(page: Page) -> None:
    say(page, "/myquota Q3")
    expect(last_message(page)).to_contain_text("left of $120,000")


def test_a_command_by_keyboard_alone_gets_a_private_answer(open_as: Opener) -> None:
    page = open_as()
    page.keyboard.type("/")
    suggestions = page.get_by_role("option")
    expect(suggestions).to_have_count(3)
    expect(suggestions.nth(0)).to_contain_text("/myquota [period] [@person]")
    expect(suggestions.nth(0)).to_contain_text("What is left of your quota")
    page.keyboard.press("ArrowDown")
    expect(suggestions.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    expect(box(page)).to_have_value("/myquota ")
    expect(page.locator(".composer__hint")).to_contain_text("[period] [@person]")
    page.keyboard.type("Q3")
    page.keyboard.press("Enter")
    answer = last_message(page)
    expect(answer).to_contain_text("Only visible to you")
    expect(answer).to_contain_text("you wrote Q3")
    expect(answer.locator(".app-badge")).to_have_text("APP")
    expect(box(page)).to_have_value("")
    expect(page.locator(".thinking")).to_be_empty()


def test_enter_sends_and_shift_enter_makes_a_new_line(open_as: Opener) -> None:
    page = open_as()
    page.keyboard.type("first")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("second")
    expect(box(page)).to_have_value("first\nsecond")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(last_message(page)).to_contain_text("You said: first")
    expect(page.locator("#main .msg")).to_have_count(2)


def test_an_unknown_command_is_explained(open_as: Opener) -> None:
    page = open_as()
    say(page, "/nope")
    expect(last_message(page)).to_contain_text("/nope is not a valid command")


def test_pressing_a_button_brings_the_explanation(open_as: Opener) -> None:
    page = open_as()
    ask_quota(page)
    page.get_by_role("button", name="Why?", exact=True).click()
    expect(last_message(page)).to_contain_text("Because of the Acme deal & the 8 % rule.")
    expect(last_message(page).locator("strong")).to_have_text("Acme")


def test_a_dangerous_button_asks_first(open_as: Opener) -> None:
    page = open_as()
    ask_quota(page)
    page.get_by_role("button", name="Delete", exact=True).click()
    dialog = page.get_by_role("dialog", name="Sure?")
    expect(dialog).to_contain_text("This deletes the answer.")
    dialog.get_by_role("button", name="Keep").click()
    expect(page.locator("#main .msg")).to_have_count(1)
    page.get_by_role("button", name="Delete", exact=True).click()
    dialog.get_by_role("button", name="Delete").click()
    expect(page.locator("#main .msg")).to_have_count(0)


def test_menus_and_dates_reach_the_app(open_as: Opener) -> None:
    page = open_as()
    ask_quota(page)
    page.get_by_role("combobox", name="Period").click()
    page.get_by_role("option", name="February").click()
    expect(last_message(page)).to_contain_text("You chose february")
    ask_quota(page)
    page.locator("input[type=date]").fill("2026-02-15")
    expect(last_message(page)).to_contain_text("You chose 2026-02-15")
    ask_quota(page)
    page.get_by_role("button", name="More options").click()
    page.get_by_role("menuitem", name="Help").click()
    expect(last_message(page)).to_contain_text("You chose help")


def test_a_modal_shows_errors_then_submits(open_as: Opener) -> None:
    page = open_as()
    ask_quota(page)
    page.get_by_role("button", name="Form", exact=True).click()
    modal = page.get_by_role("dialog", name="Dispute a line")
    reason = modal.get_by_label("Reason")
    expect(reason).to_be_focused()
    modal.get_by_role("button", name="Send").click()
    expect(modal).to_contain_text("Please complete this required field.")
    reason.fill("abc")
    modal.get_by_role("button", name="Send").click()
    expect(modal).to_contain_text("Tell us more.")
    expect(reason).to_have_attribute("aria-invalid", "true")
    expect(reason).to_have_value("abc")
    modal.get_by_role("combobox", name="Deal").fill("ap")
    page.get_by_role("option", name="Apex").click()
    reason.fill("The split is missing")
    modal.get_by_role("button", name="Send").click()
    expect(modal).to_be_hidden()
    expect(last_message(page)).to_contain_text("Sent: The split is missing")


def test_modals_stack_and_go_back(open_as: Opener) -> None:
    page = open_as()
    ask_quota(page)
    page.get_by_role("button", name="Form", exact=True).click()
    page.get_by_label("Reason").fill("kept while away")
    page.get_by_role("button", name="Next step").click()
    expect(page.get_by_role("dialog", name="Next step")).to_be_visible()
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_role("dialog", name="Dispute a line").get_by_label("Reason")).to_have_value("kept while away")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_home_is_published_and_its_buttons_work(open_as: Opener) -> None:
    page = open_as()
    page.get_by_role("tab", name="Home").click()
    expect(page.get_by_role("tabpanel")).to_contain_text("@Dana Reyes, you have opened this 1 times.")
    page.get_by_role("button", name="Refresh").click()
    expect(page.get_by_role("tabpanel")).to_contain_text("you have opened this 0 times.")
    page.get_by_role("tab", name="About").click()
    expect(page.get_by_role("tabpanel")).to_contain_text("/earnings")


def test_a_suggested_question_is_asked_with_one_click(open_as: Opener) -> None:
    page = open_as()
    page.get_by_role("button", name="What did I earn?").click()
    expect(last_message(page)).to_contain_text("You said: What did I earn?")


def test_a_mention_starts_a_thread(open_as: Opener) -> None:
    page = open_as()
    page.get_by_role("button", name="sales", exact=True).click()
    page.keyboard.type("@Att")
    page.keyboard.press("Enter")
    page.keyboard.type("hello")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="1 reply").click()
    panel = page.get_by_role("complementary", name="Thread")
    expect(panel.locator(".msg")).to_have_count(2)
    expect(panel.locator(".msg").last).to_contain_text("Hello @Dana Reyes")
    page.keyboard.type("/myquota")
    page.keyboard.press("Enter")
    expect(panel.get_by_role("alert")).to_contain_text("/myquota is not supported in threads")
    panel.get_by_role("textbox").fill("thanks")
    page.keyboard.press("Enter")
    expect(panel.locator(".msg").last).to_contain_text("thanks")


def test_one_persons_private_answer_reaches_no_other_window(open_as: Opener) -> None:
    rep = open_as("Dana Reyes")
    boss = open_as("Priya Raman")
    heard: list[str] = []
    boss.on("response", lambda response: heard.append(response.text()) if "/ui/stream" not in response.url else None)
    for page in (rep, boss):
        page.get_by_role("button", name="sales", exact=True).click()
        expect(page.locator(".head__name")).to_contain_text("sales")
    say(rep, "/myquota planted-4711")
    expect(last_message(rep)).to_contain_text("planted-4711")
    say(rep, "said to everyone")
    expect(last_message(boss)).to_contain_text("said to everyone")
    assert heard
    assert "planted-4711" not in boss.content()
    assert not [body for body in heard if "planted-4711" in body]


def test_the_switcher_opens_another_persona_in_a_second_window(open_as: Opener) -> None:
    page = open_as()
    page.get_by_role("button", name="You are Dana Reyes. Switch persona").click()
    menu = page.get_by_role("dialog", name="Switch persona")
    for group in ("Reps", "Managers", "Others"):
        expect(menu.get_by_role("group", name=group)).to_be_visible()
    expect(menu).to_contain_text("Deactivated")
    with page.context.expect_page() as opened:
        menu.get_by_role("link", name="Open Priya Raman in a second window").click()
    second = opened.value
    second.wait_for_selector("body[data-ready]")
    expect(second.get_by_role("button", name="You are Priya Raman. Switch persona")).to_be_visible()
    second.close()
    menu.locator("[data-persona]", has_text="Jürgen Weiß").click()
    page.wait_for_selector("body[data-ready]")
    expect(page.get_by_role("button", name="You are Jürgen Weiß. Switch persona")).to_be_visible()


def test_unread_messages_are_counted_until_they_are_read(open_as: Opener) -> None:
    rep = open_as("Dana Reyes")
    boss = open_as("Priya Raman")
    rep.get_by_role("button", name="sales", exact=True).click()
    say(rep, "one")
    expect(last_message(rep)).to_contain_text("one")
    boss.get_by_role("button", name="sales, 1 unread").click()
    expect(boss.get_by_role("button", name="sales", exact=True)).to_be_visible()


def test_the_inspector_shows_what_went_over_the_wire(open_as: Opener) -> None:
    page = open_as()
    ask_quota(page)
    last_message(page).hover()
    last_message(page).get_by_role("button", name="Inspect").click()
    panel = page.get_by_role("complementary", name="Inspector")
    for text in ("Acknowledged in", "ms", "Valid Block Kit", "$42,000 left. You wrote: Q3", '"action_id": "why"'):
        expect(panel).to_contain_text(text)
    panel.locator("summary", has_text="Envelope received by the app").click()
    expect(panel).to_contain_text("slash_commands")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_time_tools_and_chaos_act_on_the_workspace(open_as: Opener, board: Stage) -> None:
    page = open_as()
    before = board.workspace.clock.now()
    page.get_by_role("button", name="Time machine").click()
    page.get_by_role("button", name="+7 days").click()
    expect(page.locator("#toasts")).not_to_be_empty()
    assert (board.workspace.clock.now() - before).days == 7
    page.get_by_role("button", name="Tools").click()
    page.get_by_role("menuitem", name="Run CRM sync").click()
    expect(page.locator("#toasts")).to_contain_text("3 deals changed.")
    page.get_by_role("button", name="Chaos switches").click()
    page.get_by_role("switch", name="Expired triggers").click()
    expect(page.get_by_role("button", name="Chaos: 1 on")).to_be_visible()
    assert board.workspace.chaos.on("expired_trigger")


def test_going_live_shows_the_manifest_and_copies_it(open_as: Opener) -> None:
    page = open_as()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Use this in your workspace").click()
    dialog = page.get_by_role("dialog", name="Use this in your workspace")
    expect(dialog).to_contain_text("SLACK_BOT_TOKEN")
    dialog.get_by_role("button", name="Copy App manifest").click()
    expect(dialog).to_contain_text("Copied")
    assert "slash_commands" in page.evaluate("navigator.clipboard.readText()")


def test_a_file_shows_its_first_rows_and_opens(open_as: Opener, board: Stage) -> None:
    page = open_as()
    say(page, "hello")
    expect(last_message(page)).to_contain_text("You said")
    client = board.client
    opened = client.conversations_open(users=user_id(board, "Dana Reyes"))
    channel = opened["channel"]["id"]
    client.files_upload_v2(channel=channel, filename="lines.csv", content='deal,amount\n"Acme, Inc.",12\nApex,7\n')
    expect(last_message(page).locator("td").first).to_have_text("Acme, Inc.")
    last_message(page).get_by_role("button", name="Open lines.csv").click()
    expect(page.get_by_role("dialog", name="lines.csv").locator("tr")).to_have_count(3)
