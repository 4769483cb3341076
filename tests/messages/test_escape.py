"""Values that cannot pose as markup, and are never cut in half."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messages.errors import TemplateError
from messages.escape import Mrkdwn, clip, code, escape, link, mention, one_line, quotes_kept, safe, unescape
from messages.limits import length


@settings(deadline=None)
@given(st.text())
def test_unescape_turns_escape_back(text: str) -> None:
    assert unescape(escape(text)) == text


@settings(deadline=None)
@given(st.text())
def test_a_value_holds_no_markup(text: str) -> None:
    shown = safe(text)
    assert not set("<>*~`") & set(shown)
    assert unescape(shown).count("&") == text.count("&") or "&" in shown
    assert "\n" not in shown


@settings(deadline=None)
@given(st.text(alphabet="&<>ab", max_size=60), st.integers(1, 80))
def test_clip_bounds_the_escaped_length_and_keeps_entities_whole(text: str, limit: int) -> None:
    shown = clip(text, limit)
    assert length(escape(shown)) <= limit
    assert shown == one_line(text) or (shown.endswith("…") and one_line(text).startswith(shown[:-1]))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Tom & Jerry's", "Tom &amp; Jerry's"),
        ("<!channel>", "&lt;!channel&gt;"),
        ("*bold* _it_ ~no~ `code`", "bold it no code"),
        ("close_date_on", "close_date_on"),
        ("two\nlines\tand\x00more", "two lines and more"),
        ("pay \u202e00.1$\u202c now", "pay 00.1$ now"),
        ("18.400,00\u00a0€", "18.400,00\u00a0€"),
    ],
)
def test_what_a_value_looks_like(text: str, shown: str) -> None:
    assert safe(text) == shown


def test_what_is_quoted_keeps_its_marks() -> None:
    assert safe(quotes_kept('"a*" is not “`b`”.')) == '"a∗" is not “ˋbˋ”.'
    assert safe(quotes_kept("I can't read “{{7*7}}”. *Try* “_now_”.")) == "I can't read “{{7∗7}}”. Try “ˍnowˍ”."


def test_a_cut_leaves_no_half_emoji() -> None:
    assert clip("ab👩‍💻cd", 6) == "ab👩…"


def test_code_keeps_every_character() -> None:
    assert code("rcp_1`2") == "`rcp_1ˋ2`"
    assert code("{{7*7}}") == "`{{7*7}}`"
    assert code("") == "`-`"


def test_a_link_is_https_with_its_bar_encoded() -> None:
    assert (
        link("https://crm.example/a|b?x=1&y=2", "Deal|<1>")
        == "<https://crm.example/a%7Cb?x=1&amp;y=2|Deal/&lt;1&gt;>"
    )
    with pytest.raises(TemplateError, match="https"):
        link("javascript:alert(1)", "x")


@pytest.mark.parametrize("text", ["!channel", "C0123ABCD", "S0123", "u123", ""])
def test_only_a_person_is_mentioned(text: str) -> None:
    with pytest.raises(TemplateError):
        mention(text)
    assert mention("U0123ABCD") == "<@U0123ABCD>"


def test_markup_is_not_clipped() -> None:
    with pytest.raises(TemplateError):
        clip(Mrkdwn("<https://a|b>"), 5)
