"""Leadership digests to word: a usual week, a week in which nobody can tell, and more teams than fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.messages.sample_words import GERMAN, READER, Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from messages.reader import Reader

Sample = tuple[str, dict[str, Any], "Reader"]
KIND = "leadership_digest"


def usd(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": "USD"}


def team(name: str, **changes: Any) -> dict[str, Any]:
    known = {
        "name": name,
        "reps": 8,
        "quota": usd(995_561_600),
        "credit": usd(658_838_490),
        "pace": usd(629_000_000),
        "expected": usd(784_782_336),
        "attainment_ppm": 661_775,
        "pace_ppm": 632_252,
        "expected_ppm": 788_281,
        "due_ppm": 741_427,
        "reached": 1,
        "at_risk": 2,
    }
    return known | changes


def usual(words: Words, **changes: Any) -> dict[str, Any]:
    pay = {
        "earned": usd(33_132_384),
        "expected": usd(75_840_580),
        "budget": usd(70_000_000),
        "booked": usd(686_986_538),
        "of_booked_ppm": 48_229,
        "of_budget_ppm": 473_320,
    }
    spif = {"title": words.deal, "state": "live", "spent": usd(120_000), "budget": usd(500_000), "lift_ppm": None}
    return {
        "leader": {"rep_id": 7, "name": words.rep},
        "as_of": "2025-11-24",
        "period": {"label": "Q4 2025", "start_on": "2025-10-01", "end_on": "2026-01-01"},
        "whole": team("", reps=16, at_risk=4),
        "teams": [team(words.account), team("East", at_risk=0)],
        "pay": pay,
        "outcomes": {"won": 892, "lost": 865, "chance_ppm": 507_683},
        "open_deals": 182,
        "overdue": 3,
        "spifs": [spif, spif | {"state": "paid", "lift_ppm": 125_000}],
        "exceptions": {"alerts": [["sev1", 1], ["sev2", 4]], "gravest": [words.reason], "without_quota": 2},
        "stale": ["crm"],
    } | changes  # fmt: skip


def untold(words: Words) -> dict[str, Any]:
    """Too few deals were closed, nothing was booked, no budget, nothing to say beside."""
    blank = {"expected": None, "expected_ppm": None, "due_ppm": None, "at_risk": None}
    pay = {"earned": usd(0), "expected": None, "budget": None, "booked": usd(0), "of_booked_ppm": None,
           "of_budget_ppm": None}  # fmt: skip
    nothing = {"alerts": [], "gravest": [], "without_quota": 0}
    return usual(
        words,
        whole=team("", reps=1, reached=0, **blank),
        teams=[team("", reps=1, reached=0, **blank)],
        pay=pay,
        outcomes={"won": 3, "lost": 4, "chance_ppm": None},
        open_deals=0,
        overdue=0,
        spifs=[],
        exceptions=nothing,
        stale=[],
    )


LEADERSHIP_CASES: dict[str, Callable[[Words], Sample]] = {
    "leadership_digest": lambda words: (KIND, usual(words), READER),
    "leadership_digest_untold": lambda words: (KIND, untold(words), READER),
    "leadership_digest_german": lambda words: (KIND, usual(words), GERMAN),
    "leadership_digest_limit_plus_1": lambda words: (
        KIND,
        usual(words, teams=[team(f"{words.account} {number}") for number in range(13)]),
        READER,
    ),
}
