"""Which question is meant: people's own words are understood, and no deal name is taken for a command."""

from __future__ import annotations

import time

import pytest

from bot.slack import phrases
from bot.slack.phrases import Asked, deals_like, deals_named, understand


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


@pytest.mark.parametrize("text", ["what is the weather", "🙂🙂", "asdf qwer", "delete everything"])
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


def test_deals_are_found_by_whole_words_and_offered_by_spelling() -> None:
    names = {1: "Acme Expansion Acme Corp", 2: "Acme Renewal Acme Corp", 3: "Globex Platform Globex", 4: "Initech"}
    assert deals_named("acme", names) == [1, 2]
    assert deals_named("acme renewal", names) == [2]
    assert deals_named("globx platform", names) == []
    assert deals_like("globx platform", names) == [3]
    assert deals_like("umbrella", names) == []
    assert deals_named("it", {1: "Marigold Textiles – Security"}) == deals_like("it", {1: "Security"}) == []


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("how much did I make on Nettlebrook in November", Asked("deal", deal="nettlebrook", period="november")),
        ("how much did I make on my deals this month", Asked("earnings", period="this month")),
        ("what did I earn last quarter on Acme?", Asked("deal", deal="acme", period="last quarter")),
        ("What did the Juniper opportunity pay me?", Asked("deal", deal="juniper")),
        ("how much did I make on Change Healthcare", Asked("deal", deal="change healthcare")),
        ("explain line 2 of last month", Asked("line", line=2, period="last month")),
        ("line 0", Asked("line", line=0)),
        ("what can you do", Asked("help")),
        ("am I on track?", Asked("quota")),
    ],
)
def test_a_period_is_no_part_of_a_name(text: str, asked: Asked) -> None:
    assert understand(text) == asked


@pytest.mark.parametrize(
    "text",
    [
        "did my payout go through?",
        "did I get paid?",
        "I think my pay is wrong",
        "My closed deal isn't on my statement",
        "what's left to hit target on the spiff",
        "how much did i make on it",
        "how much did i make on that deal",
        "show me everyone's earnings",
        "what did my team earn",
        "show me all earnings",
        "how much did he make",
        "what is your quota",
    ],
)
def test_what_no_figure_answers_is_not_answered(text: str) -> None:
    assert understand(text) is None


@pytest.mark.parametrize(
    ("text", "person", "claim"),
    [
        ("what is Dwayne's quota", "dwayne", "sure"),
        ("what's Dwayne Carter’s quota?", "dwayne carter", "sure"),
        ("how much did Dwayne Carter make", "dwayne carter", "sure"),
        ("how much did Dwayne make on Acme", "dwayne", "sure"),
        ("can I see Dwayne's earnings last month", "dwayne", "sure"),
        ("what is the quota of Dwayne Carter", "dwayne carter", "sure"),
        ("earnings for Dwayne", "dwayne", "deal"),
        ("Dwayne Carter quota", "dwayne carter", "bare"),
        ("what's left of my quota this quarter", "", ""),
        ("last quarter's earnings", "", ""),
        ("october's earnings", "", ""),
        ("show me my statement", "", ""),
        ("explain statement", "", ""),
        ("earnings please", "", ""),
        ("how much did I make on Acme's Renewal", "", ""),
        ("how much do I have left to my quota", "", ""),
    ],
)
def test_somebody_else_is_noticed(text: str, person: str, claim: str) -> None:
    found = understand(text)
    assert found is not None
    assert (found.person, found.claim) == (person, claim)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("what if I close Acme this month?", Asked("what_if", deal="acme", period="this month")),
        (
            "What if I win Acme and Globex next quarter",
            Asked("what_if", deal="acme and globex", period="next quarter"),
        ),
        ("how much would I make if Acme closes in December?", Asked("what_if", deal="acme", period="december")),
        ("what do I get if I land Initech North by December", Asked("what_if", "initech north", None, "december")),
        ("which deals get me to quota?", Asked("gap")),
        ("which open deals would get me to the next tier", Asked("gap")),
        ("what do I need to close to hit my target?", Asked("gap")),
        ("how do I get to quota", Asked("gap")),
        ("why is Acme not on my statement?", Asked("why_not", deal="acme")),
        ("why isn't the Acme deal on my statement", Asked("why_not", deal="acme")),
        ("why am I not paid for Acme?", Asked("why_not", deal="acme")),
        ("why was I not credited for Globex Platform", Asked("why_not", deal="globex platform")),
        ("why is Acme missing?", Asked("why_not", deal="acme")),
        ("why did my payout change from last month?", Asked("bridge", period="last month")),
        ("why is my commission lower this month", Asked("bridge", period="this month")),
        ("what changed since last month?", Asked("bridge", period="last month")),
        ("why did I earn less this quarter", Asked("bridge", period="this quarter")),
        ("what do I need to hit 100%", Asked("gap")),
        ("when do I get paid?", Asked("paycheck")),
        ("When will my commission be paid", Asked("paycheck")),
        ("how much will my next paycheck be?", Asked("paycheck")),
        ("what will I be paid on December 15?", Asked("paycheck", period="12-15")),
        ("what will I get paid by the 15th of Dec 2026", Asked("paycheck", period="2026-12-15")),
        ("what will I be paid by 2026-12-15", Asked("paycheck", period="2026-12-15")),
        ("how much am I going to get paid next month", Asked("paycheck", period="next month")),
        ("my payday", Asked("paycheck")),
        ("how am I doing?", Asked("quota")),
        ("how am I doing this quarter", Asked("quota", period="this quarter")),
    ],
)
def test_what_could_be_what_is_not_there_and_what_changed(text: str, asked: Asked) -> None:
    assert understand(text) == asked


@pytest.mark.parametrize(
    "text",
    [
        "what if",
        "when do I get paid on Acme",
        "when will I get paid if Acme signs",
        "when do we all get paid",
        "did my payout go through",
        "what if I close it",
        "what if we all close everything",
        "why is it not on my statement",
        "if I were you",
        "why is my pay missing",
        "which deals did my team close for quota",
    ],
)
def test_what_names_no_deal_or_nobody_is_not_guessed(text: str) -> None:
    assert understand(text) is None


@pytest.mark.parametrize("text", ["why is my pay lower " * 300, "what if i close " * 300, "which deals " * 400])
def test_a_long_question_is_read_quickly(text: str) -> None:
    started = time.perf_counter()
    understand(text)
    assert time.perf_counter() - started < 0.5
