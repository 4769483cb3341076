"""The words after a command."""

from __future__ import annotations

import pytest

from bot.errors import BotError, NotUnderstoodError
from bot.slack.arguments import Arguments, parse, period_within, without_period


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("", Arguments()),
        ("  this   Quarter ", Arguments("this quarter")),
        ("last month", Arguments("last month")),
        ("previous quarter", Arguments("last quarter")),
        ("2026-Q1", Arguments("2026-Q1")),
        ("q1 2026", Arguments("2026-Q1")),
        ("Q3", Arguments("Q3")),
        ("october", Arguments("october")),
        ("Oct", Arguments("october")),
        ("october 2025", Arguments("2025-10")),
        ("2026-03", Arguments("2026-03")),
        ("2025", Arguments("2025")),
        ("FY27", Arguments("FY2027")),
        ("Q3 FY27", Arguments("2027-Q3")),
        ("FY27 Q3", Arguments("2027-Q3")),
        ("Q3 '27", Arguments("2027-Q3")),
        ("qtd", Arguments("this quarter")),
        ("help", Arguments(wants_help=True)),
        ("<@U0123ABC|jane>", Arguments(mentioned="U0123ABC")),
        ("last quarter <@U0123ABC>", Arguments("last quarter", "U0123ABC")),
        ("<@U0123ABC|jane>'s last quarter", Arguments("last quarter", "U0123ABC")),
        ("<mailto:Jane@X.com|Jane@X.com> q2", Arguments("Q2", email="jane@x.com")),
        ("jane@x.com", Arguments(email="jane@x.com")),
    ],
)
def test_periods_and_people(text: str, asked: Arguments) -> None:
    found = parse(text)
    assert (found.mentioned, found.email, found.wants_help) == (asked.mentioned, asked.email, asked.wants_help)
    assert (found.period or "").casefold() == (asked.period or "").casefold()


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("octobre", "october"),
        ("this quater", "this quarter"),
        ("hlep", "help"),
        ("zzzzqqq", ""),
        ("yesterday", ""),
        ("@juergen.wei", ""),
        ("maya thompson", ""),
        ("h1", ""),
    ],
)
def test_an_unknown_word_comes_with_the_nearest_known(text: str, nearest: str) -> None:
    with pytest.raises(NotUnderstoodError) as caught:
        parse(text)
    assert caught.value.found == text
    assert caught.value.nearest == nearest


@pytest.mark.parametrize("text", ["<@U0A> <@U0B>", "<@U0A|a> last month b@x.com"])
def test_two_people_are_one_too_many(text: str) -> None:
    with pytest.raises(BotError, match="one person at a time"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("nettlebrook in november", ("nettlebrook", "november")),
        ("my deals this month", ("my deals", "this month")),
        ("acme for q3 fy27", ("acme", "2027-Q3")),
        ("acme in the last quarter", ("acme", "last quarter")),
        ("summer may", ("summer may", None)),
        ("march", ("march", None)),
    ],
)
def test_a_period_behind_a_name(text: str, found: tuple[str, str | None]) -> None:
    assert without_period(text) == found


def test_a_long_argument_is_cut_in_what_is_repeated() -> None:
    with pytest.raises(NotUnderstoodError) as caught:
        parse("x" * 5000)
    assert len(caught.value.found) <= 80


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("how much did i earn last quarter", "last quarter"),
        ("my quota in october please", "october"),
        ("may i see my quota", None),
        ("what is my quota", None),
        ("earnings 2026-q1", "2026-Q1"),
        ("my earnings for q3 fy27", "2027-Q3"),
    ],
)
def test_a_period_inside_a_sentence(sentence: str, found: str | None) -> None:
    assert (period_within(sentence) or "").casefold() == (found or "").casefold()
