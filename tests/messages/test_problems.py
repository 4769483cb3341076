"""Reps read what a fault means for them and what ops does about it, not what was written for ops."""

from __future__ import annotations

import re

import pytest

from engine.answers import Waiting
from engine.problems import Problem
from messages.problems import problem_views, reason
from tests.messages.sample_words import GERMAN, NOW, READER

CODES = [
    "plan_missing",
    "quota_missing",
    "quota_zero",
    "quota_overlap",
    "quota_too_long",
    "fx_rate_missing",
    "rate_missing",
    "other_currency",
    "split_share",
    "split_repeated",
    "split_sum",
    "owner_unresolved",
    "deal_repeated",
    "amount_out_of_range",
]


@pytest.mark.parametrize("is_own", [True, False])
@pytest.mark.parametrize("code", CODES)
def test_every_known_code_speaks_to_the_rep(code: str, is_own: bool) -> None:
    found = "2 deals, the first booked on 2026-10-16"
    remedy = "Load a quota named 'bookings' for this rep."
    fault = Problem(code, "The rep has not.", remedy, "AE / New business", 7, found=found)
    (shown,) = problem_views((fault,), READER, is_own=is_own)
    said = f"{shown.message} {shown.remedy} {shown.found}"
    assert not re.search(r"\d{4}-\d{2}|rep\b|Load|bookings|[{}]", said)
    assert said.count("Sales ops") == 1
    assert not is_own or not re.search(r"\b[Tt]hey\b|\b[Tt]heirs?\b", said)


def test_days_without_a_plan_are_counted_and_dated() -> None:
    def said(found: str) -> str:
        return problem_views((Problem("plan_missing", "m", "r", found=found),), READER, is_own=True)[0].message

    many, one = "3 deals, the first booked on 2026-10-16", "1 deals, the first booked on 2026-10-16"
    assert said(many) == "You won 3 deals on days on which no plan covers you (first: Oct 16, 2026)."
    assert said(one) == "You won a deal on a day on which no plan covers you (Oct 16, 2026)."
    assert said("") == "No plan covers you."


def test_what_is_left_out_of_the_total_is_an_amount() -> None:
    fault = Problem("other_currency", "m", "r", "component New business", found="123456 minor units of EUR")
    (shown,) = problem_views((fault,), GERMAN, is_own=True)
    assert shown.message == "The total leaves out what New business pays: 1.234,56\u00a0€ in another currency."


def test_one_sentence_is_said_once_and_an_unknown_code_keeps_its_text() -> None:
    faults = [Problem("split_sum", "m", "r", deal=deal) for deal in (1, 2)]
    assert len(problem_views(faults, READER, is_own=True)) == 1
    (shown,) = problem_views([Problem("new", "it broke on 2026-10-16", "mend it", found="x.")], READER, is_own=True)
    assert (shown.message, shown.remedy, shown.found) == ("It broke on 2026-10-16.", "Mend it.", "x")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("close is empty", "The close date is missing."),
        ("id 'D-90003' has shares that do not add up to 100 percent", "Its shares do not add up to 100%."),
        ("it belongs to 005X, whom no source knows yet", "Its owner is nobody I know."),
        ("something else is odd", "Something else is odd."),
    ],
)
def test_why_a_deal_waits_is_a_sentence(said: str, shown: str) -> None:
    why, remedy = reason(Waiting("Acme", said, "mend it", NOW))
    assert why == shown
    assert remedy[0].isupper()
    assert remedy.endswith(".")
