"""Block Kit and mrkdwn as the page draws them: readable, complete, and never as HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.bot.sandbox.browser import (
    browser_fixture,  # noqa: F401
    last_message,
    say,
    shared_board_fixture,  # noqa: F401
    shared_page_fixture,  # noqa: F401
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.bot.sandbox.conftest import Stage

pytestmark = pytest.mark.browser

HOSTILE = [
    '<img src=x onerror="window.broken = 1">',
    "<script>window.broken = 1</script>",
    "<!channel> <!here|x> <@U123>",
    "\u202eمرحبا\u202c بالعالم abc",
    "&lt;b&gt; &amp;amp; &",
    "`*_~ ``` > • {{7*7}} ${1}",
    "a|b>c <http://x|y> <javascript:alert(1)|z>",
    "x" * 5_000,
    "* _ ~" * 1_000,
]
DRAW = """async (blocks) => {
  const { blocks: draw } = await import("/static/blocks/blocks.js");
  const { BlockContext } = await import("/static/blocks/context.js");
  const place = document.createElement("div");
  place.id = "drawn";
  document.querySelector("#drawn")?.remove();
  document.querySelector("#main").append(place);
  place.append(...draw(blocks, new BlockContext({ type: "message" })));
}"""


def expect(locator: Any) -> Any:
    from playwright.sync_api import expect as waiting

    return waiting(locator)


def draw(page: Page, *blocks: dict[str, Any]) -> Any:
    page.evaluate(DRAW, list(blocks))
    return page.locator("#drawn")


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:16])
def test_what_a_person_types_comes_back_as_text(shared_page: Page, text: str) -> None:
    before = shared_page.locator("#main .msg").count()
    say(shared_page, text)
    expect(shared_page.locator("#main .msg")).to_have_count(before + 2)
    assert shared_page.evaluate("window.broken") is None
    assert shared_page.locator("#main .msg :is(img, script, iframe, object)").count() == 0
    assert shared_page.locator("#main .msg .mention--all").count() == 0
    if "`" not in text and "_" not in text:
        assert text.replace("|", "") in last_message(shared_page).inner_text().replace("|", "")


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:16])
def test_no_block_turns_text_into_elements(shared_page: Page, text: str) -> None:
    option = {"text": plain(text), "value": "a"}
    radio = {"type": "radio_buttons", "action_id": "a", "options": [option]}
    picture = {"type": "image", "image_url": text, "alt_text": text}
    cell = {"type": "raw_text", "text": text}
    rich = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}, {"type": "link", "url": text}]}
    drawn = draw(
        shared_page,
        mrkdwn(text), {"type": "header", "text": plain(text)}, {"type": "markdown", "text": text},
        {"type": "section", "fields": [plain(text)], "accessory": picture},
        {"type": "context", "elements": [plain(text)]}, {"type": "table", "rows": [[cell], [cell]]},
        {"type": "rich_text", "elements": [rich]}, picture,
        {"type": "video", "title": plain(text), "title_url": text, "alt_text": text}, {"type": text, "text": text},
        {"type": "input", "label": plain(text), "element": radio},
        {"type": "actions", "elements": [{"type": "button", "text": plain(text), "action_id": "b", "url": text}]},
    )  # fmt: skip
    assert shared_page.evaluate("window.broken") is None
    assert drawn.locator(":is(script, iframe, object)").count() == 0
    assert drawn.locator("a:not([href^='http']):not([href^='mailto'])").count() == 0
    assert drawn.locator(":scope > .block").count() == 12


@pytest.mark.parametrize(
    ("text", "selector", "shown"),
    [
        ("*bold*", "strong", "bold"),
        ("_it_", "em", "it"),
        ("~gone~", "s", "gone"),
        ("*_both_*", "strong em", "both"),
        ("`code *x*`", "code", "code *x*"),
        ("```pre\n  *kept*```", "pre", "pre\n  *kept*"),
        ("&gt; quoted", "blockquote", "quoted"),
        ("<https://example.com|label>", "a[href='https://example.com']", "label"),
        ("<mailto:a@b.c|mail>", "a", "mail"),
        ("• one\n• two", "li:nth-child(2)", "two"),
        (":dart:", ".emoji", "🎯"),
        ("<!here>", ".mention--all", "@here"),
        ("<!date^1767225600^{date_num}|then>", "time", "2025-12-31"),
        ("<!date^soon^{date_num}|then>", "time", "then"),
    ],
)
def test_mrkdwn_is_drawn(shared_page: Page, text: str, selector: str, shown: str) -> None:
    drawn = draw(shared_page, mrkdwn(text))
    assert shown in drawn.locator(selector).inner_text()


@pytest.mark.parametrize(
    "text",
    [
        "a*b*c",
        "snake_case_word",
        "2 * 3 * 4",
        "* spaced *",
        ":nothing_such:",
        "<javascript:alert(1)|x>",
        "* open",
        "``",
    ],
)
def test_what_is_not_markup_stays_as_typed(shared_page: Page, text: str) -> None:
    assert draw(shared_page, mrkdwn(text)).inner_text().strip() == text


def test_entities_are_decoded_once(shared_page: Page) -> None:
    drawn = draw(shared_page, mrkdwn("&amp;lt; &lt;b&gt; &amp; &#39; &quot;"))
    assert drawn.inner_text().strip() == "&lt; <b> & &#39; &quot;"


def test_people_and_channels_are_named(shared_page: Page, shared_board: Stage) -> None:
    user = shared_board.workspace.people[0]
    drawn = draw(shared_page, mrkdwn(f"<@{user.id}> in <#{shared_board.channel('sales')}>"))
    assert drawn.inner_text().strip() == "@Dana Reyes in #sales"
    expect(drawn.locator(".mention--me")).to_have_text("@Dana Reyes")


def test_tables_align_and_scroll_inside_themselves(shared_page: Page) -> None:
    rows = [
        [{"type": "raw_text", "text": f"{row}:{column} with some words"} for column in range(12)] for row in range(3)
    ]
    shared_page.set_viewport_size({"width": 390, "height": 844})
    drawn = draw(shared_page, {"type": "table", "rows": rows, "column_settings": [{}, {"align": "right"}]})
    expect(drawn.locator("th")).to_have_count(12)
    assert drawn.locator("td").nth(1).evaluate("node => getComputedStyle(node).textAlign") == "right"
    assert shared_page.evaluate("document.documentElement.scrollWidth") <= 390


def test_an_unknown_block_is_readable(shared_page: Page) -> None:
    card = {"type": "card", "title": plain("Deal won"), "body": {"type": "mrkdwn", "text": "By *Dana*"}}
    drawn = draw(shared_page, card, {"type": "section"}, {"type": "actions", "elements": [{"type": "static_select"}]})
    expect(drawn).to_contain_text("card block, shown as text")
    expect(drawn).to_contain_text("Deal won")
    expect(drawn.locator("strong")).to_have_text("Dana")


def test_pictures_from_outside_are_named_and_not_fetched(shared_page: Page) -> None:
    asked: list[str] = []
    shared_page.on("request", lambda request: asked.append(request.url))
    drawn = draw(
        shared_page, {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "Attainment by month"}
    )
    expect(drawn.get_by_role("img", name="Attainment by month")).to_be_visible()
    shared_page.wait_for_timeout(100)
    assert not [url for url in asked if "example.com" in url]
