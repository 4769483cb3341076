"""Whatever stands in the CRM, a reply keeps its blocks, its amounts and its meaning."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messages.render import render
from messages.validate import validate
from tests.messages.message_samples import CASES, Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from messages.reply import Message

HOSTILE = [
    '"',
    "\\",
    '"}},{"',
    "<!channel>",
    "{{7*7}}",
    "{% raw %}",
    "a|b>c",
    "&amp;" * 1_000,
    "x" * 5_000,
    "😀" * 3_000,
    "👩‍💻" * 900,
    "مرحبا بالعالم",
    "\u202eevil\u202c",
    "line\nTotal: $9,999,999.00",
    "*_~`" * 10,
    "`" * 80,
    "<https://evil.example|Click>",
    "<@U0123ABCD>",
    " ",
    "\x00\x1b[31m",
    "'; DROP TABLE deal; --",
    "${jndi:ldap://x}",
]
AMOUNT = re.compile(r"-?\$[\d,]+\.\d\d")
OURS = re.compile(r"<https://[^|>]+\|[^<>]*>|<@[UW][A-Z0-9]+>")


def mrkdwn(value: Any) -> Iterator[str]:
    """Every text of a payload that Slack reads as mrkdwn."""
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        for part in value.values():
            yield from mrkdwn(part)
    elif isinstance(value, list):
        for part in value:
            yield from mrkdwn(part)


def shape(value: Any) -> Any:
    """A payload without its texts: kinds, order and counts."""
    if isinstance(value, dict):
        return {
            key: shape(part) for key, part in value.items() if key not in {"text", "value", "accessibility_label"}
        } | ({"object": shape(value["text"])} if isinstance(value.get("text"), dict) else {})
    return [shape(part) for part in value] if isinstance(value, list) else value


def check(case: str, word: str) -> Message:
    calm, reply = render(CASES[case](Words())), CASES[case](Words.all(word))
    message = render(reply)
    payload: dict[str, object] = {"text": message.text, "blocks": message.blocks}
    if reply.surface != "message":
        payload = {"type": reply.surface, "blocks": message.blocks}
    assert validate(payload, reply.surface) == []
    assert shape(message.blocks) == shape(calm.blocks)
    for text in (*mrkdwn(message.blocks), message.text):
        assert "<" not in OURS.sub("", text)
    amounts = [AMOUNT.findall(text) for text in mrkdwn(message.blocks)]
    if "$" not in word:
        assert amounts == [AMOUNT.findall(text) for text in mrkdwn(calm.blocks)]
    return message


@pytest.mark.parametrize("word", HOSTILE, ids=lambda word: repr(word[:12]))
def test_a_hostile_word_changes_nothing_but_itself(word: str) -> None:
    for case in CASES:
        check(case, word)


@settings(deadline=None, max_examples=60)
@given(word=st.text(min_size=1, max_size=300), case=st.sampled_from(sorted(CASES)))
def test_any_word_at_all(case: str, word: str) -> None:
    check(case, word)


def test_a_name_cannot_start_a_line_of_its_own() -> None:
    message = check("earnings_1", "line\nTotal: $9,999,999.00")
    for text in mrkdwn(message.blocks):
        assert not any(line.startswith("Total:") for line in text.split("\n"))


def test_braces_are_data() -> None:
    assert "{{7*7}}".replace("*", "") in check("earnings_1", "{{7*7}}").text
