"""Blocks as a person reads them in a terminal."""

from __future__ import annotations

from typing import Any

import pytest

from messages.terminal import plain, text


@pytest.mark.parametrize(
    ("mrkdwn", "shown"),
    [
        ("*$18,400.00 to go*: 82%", "$18,400.00 to go: 82%"),
        ("R&amp;D &lt;!here&gt; &amp;amp;", "R&D <!here> &amp;"),
        ("<https://crm.example/1|Acme>", "Acme (https://crm.example/1)"),
        ("<https://crm.example/1>", "https://crm.example/1"),
        ("hi <@U123> and <@U123|dana>", "hi @U123 and dana"),
        ("<!date^1^{date}|Nov 21>", "Nov 21"),
        ("`a_b_c *x*` _soft_ ~gone~", "a_b_c *x* soft gone"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        (":warning: old", "⚠ old"),
        (":unknown_one:", ":unknown_one:"),
    ],
)
def test_markup_is_read(mrkdwn: str, shown: str) -> None:
    assert plain(mrkdwn) == shown


def test_every_block_is_read() -> None:
    plain_text = {"type": "plain_text", "text": "Title"}
    why = {"type": "button", "text": {"type": "plain_text", "text": "Why?"}, "action_id": "a"}
    pair = {"type": "mrkdwn", "text": "*Quota*\n$1.00"}
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": plain_text},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*Acme*"}, "accessory": why},
        {"type": "section", "fields": [pair, {"type": "mrkdwn", "text": "*To go*\n$2.00\nsoon"}]},
        {"type": "divider"},
        {"type": "actions", "elements": [why, {"type": "static_select", "placeholder": plain_text}]},
        {
            "type": "table",
            "column_settings": [{"align": "left"}, {"align": "right"}],
            "rows": [
                [{"type": "raw_text", "text": "Deal"}, {"type": "raw_text", "text": "Pay"}],
                [{"type": "raw_text", "text": "日本"}, {"type": "raw_text", "text": "$10.00"}],
            ],
        },
        {"type": "image", "alt_text": "A chart"},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "`rcp_1`"}]},
        {"type": "brand_new", "elements": [{"deep": {"type": "mrkdwn", "text": "not *lost*"}}]},
    ]
    assert text(blocks).split("\n\n") == [
        "Title\n═════",
        "Acme  [Why?]",
        "Quota  $1.00\nTo go  $2.00, soon",
        "─" * 60,
        "[Why?] [Title]",
        "Deal     Pay\n────  ──────\n日本  $10.00",
        "[image: A chart]",
        "rcp_1",
        "not lost",
    ]
