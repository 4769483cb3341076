"""Which question is meant: people's own words are understood, and no deal name is taken for a command."""

from __future__ import annotations

import time

import pytest

from bot.slack import phrases
from bot.slack.phrases import Asked, deals_like, understand


@pytest.mark.parametrize(
    "text",
    [
        "What's left of my quota?",
        "whats left of my quota",
        "how far am I from my target",
        "how's my number?",
        "am i on pace?",
        "my attainment",
        "GOAL",
        "What is left of my quota this quarter?",
    ],
)
def test_quota(text: str) -> None:
    found = understand(text)
    assert found is not None
    assert found.question == "quota"


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("how much did I earn this month?", "this month"),
        ("what did i make last quarter", "last quarter"),
        ("my commission cheque", None),
        ("earnings", None),
        ("where's my paycheck", None),
        ("How much commission did I get for October?", "october"),
        ("what was my payout in october", "october"),
    ],
)
def test_earnings(text: str, period: str | None) -> None:
    assert understand(text) == Asked("earnings", period=period)


@pytest.mark.parametrize(
    ("text", "deal"),
    [
        ("How much did I make on Acme?", "acme"),
        ("what did i earn on the Acme Robotics deal?", "acme robotics"),
        ("how much commission from Globex", "globex"),
        ("how much did I get paid for Initech please", "initech"),
        ("commission on the Umbrella opportunity", "umbrella"),
        ("How much did I make on Target Stores?", "target stores"),
        ("how much did I make on O'Neil & Sons?", "o'neil & sons"),
    ],
)
def test_one_deal(text: str, deal: str) -> None:
    assert understand(text) == Asked("deal", deal=deal)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("what is this line?", Asked("line")),
        ("explain line 3", Asked("line", line=3)),
        ("why is line #12 so low", Asked("line", line=12)),
        ("Explain my statement", Asked("statement")),
        ("show me my statement for last month", Asked("statement", period="last month")),
        ("hi", Asked("help")),
        ("help", Asked("help")),
        ("Hello!", Asked("help")),
        ("is the data fresh", Asked("status")),
    ],
)
def test_the_rest(text: str, asked: Asked) -> None:
    assert understand(text) == asked


@pytest.mark.parametrize(
    "text", ["what is the weather", "any spiff running?", "🙂🙂", "asdf qwer", "delete everything"]
)
def test_what_is_not_understood_is_not_guessed(text: str) -> None:
    assert understand(text) in (None, Asked("help"))
    if text != "🙂🙂":
        assert understand(text) is None


def test_three_different_nearest_questions() -> None:
    found = phrases.nearest("what is the weather")
    assert len(found) == len(set(found)) == 3


@pytest.mark.parametrize(
    "text", ["quota " * 900, "(" * 5000, "how much did i make " * 250, "a." * 2500, "pay on " * 700]
)
def test_a_long_text_is_read_quickly(text: str) -> None:
    started = time.perf_counter()
    understand(text)
    phrases.nearest(text)
    assert time.perf_counter() - started < 0.5


def test_deals_are_found_by_whole_words_then_by_spelling() -> None:
    names = {1: "Acme Expansion Acme Corp", 2: "Acme Renewal Acme Corp", 3: "Globex Platform Globex", 4: "Initech"}
    assert deals_like("acme", names) == [1, 2]
    assert deals_like("acme renewal", names) == [2]
    assert deals_like("globx platform", names) == [3]
    assert deals_like("umbrella", names) == []
