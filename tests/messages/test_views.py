"""What an answer says: the words for pace, what every figure carries, and what is never shown."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from engine.problems import Problem
from messages import terminal, views
from messages.actions import ACTION_IDS, base
from messages.errors import DoesNotAddUpError
from messages.quota import pace
from messages.render import render
from messages.reply import Reply
from tests.messages.message_samples import (
    CASES,
    READER,
    Words,
    earnings_answer,
    explanation,
    progress,
    quota_answer,
    usd,
)

FIGURES = ("quota", "earnings", "line", "statement", "home")
FIGURE_CASES = [case for case in CASES if case.startswith(FIGURES)]


def read(case: str) -> str:
    return terminal.text(render(CASES[case](Words())).blocks)


@pytest.mark.parametrize(
    ("credit", "words"),
    [
        (25_000_000, "well ahead of pace"),
        (12_000_000, "ahead of pace"),
        (10_300_000, "slightly ahead of pace"),
        (10_000_000, "on pace"),
        (9_700_000, "slightly behind pace"),
        (8_500_000, "behind pace"),
        (5_000_000, "far behind pace"),
    ],
)
def test_pace_in_words(credit: int, words: str) -> None:
    assert pace(progress(Words(), quota=usd(10_000_000), credit=usd(credit), pace=usd(10_000_000))) == words


def test_quota_leads_with_the_answer() -> None:
    first = read("quota").split("\n")[0]
    assert first == "$18,400.00 to go: 81.9% of $102,000.00, 15 days left, on pace."


@pytest.mark.parametrize("case", FIGURE_CASES)
def test_every_figure_says_what_it_rests_on(case: str) -> None:
    shown = read(case)
    assert "rcp_9f2c41d07a" in shown
    assert "Data as of crm" in shown or "No data has been synced yet" in shown
    assert "plan Account Executive, version 3" in shown or "no plan" in shown
    if "$" in shown:
        assert re.search(r"· (USD|EUR|JPY)", shown)
        assert re.search(r"Q4 2025 \(\S.* – \S.*\)", shown)


@pytest.mark.parametrize("case", [case for case in CASES if case.endswith("stale") and case.startswith(FIGURES)])
def test_old_data_is_said_before_any_amount(case: str) -> None:
    message = render(CASES[case](Words()))
    for shown in (terminal.text(message.blocks), message.text):
        old = shown.lower().index("old")
        assert "$" not in shown[:old]
        assert "$" in shown[old:]


#: What buttons of answers may carry.
CARRIED: tuple[set[str], ...] = (
    {"v", "receipt", "line"},
    {"v", "rep", "period"},
    {"v", "kind"},
    {"v", "alert"},
    {"v", "spif", "seen", "what", "deal"},
    {"v"},
)


@pytest.mark.parametrize("case", CASES)
def test_buttons_carry_ids_and_never_amounts(case: str) -> None:
    blocks = render(CASES[case](Words())).blocks
    buttons = [block["accessory"] for block in blocks if "accessory" in block]
    buttons += [each for block in blocks if block["type"] == "actions" for each in block["elements"]]
    for button in buttons:
        assert base(button["action_id"]) in ACTION_IDS
        value = json.loads(button["value"])
        assert value["v"] == 1
        assert set(value) in CARRIED


@pytest.mark.parametrize("case", CASES)
def test_the_fallback_is_one_line_that_says_something(case: str) -> None:
    text = render(CASES[case](Words())).text
    assert len(text) > 20
    assert "\n" not in text
    assert "  " not in text


def test_each_line_has_its_own_why() -> None:
    blocks = render(CASES["earnings_limit_plus_1"](Words())).blocks
    values = [json.loads(block["accessory"]["value"])["line"] for block in blocks if "accessory" in block]
    assert values == [9, 8, 7, 6, 5, 4, 3, 2]
    assert "+1 more, $3,840.00 together." in terminal.text(blocks)


def test_steps_sum_to_the_line() -> None:
    rows = next(block for block in render(CASES["line_across_tiers"](Words())).blocks if block["type"] == "table")[
        "rows"
    ]
    amounts = [int(re.sub(r"\D", "", cells[-1]["text"])) for cells in rows[1:]]
    assert sum(amounts[:-1]) == amounts[-1]


def test_what_does_not_add_up_is_not_shown() -> None:
    with pytest.raises(DoesNotAddUpError):
        views.line(replace(explanation(Words()), rerated=usd(1)), READER)
    with pytest.raises(DoesNotAddUpError):
        views.earnings(earnings_answer(Words(), 2, total=usd(1)), READER)
    with pytest.raises(DoesNotAddUpError):
        views.statement(earnings_answer(Words(), 2, components=()), READER)


def test_a_capped_deal_is_not_called_the_whole_deal() -> None:
    assert "$48,000.00 of the $90,000.00 deal counts as credit" in read("line_deal_limit")


def test_a_refusal_reads_alike_for_everybody() -> None:
    assert views.refused() == views.refused()
    assert "ask sales ops" in read("error_refused")


def test_what_a_reply_says_itself_is_not_said_twice() -> None:
    plain = Problem("plan_missing", "No plan applies to this rep on 2025-11-21.", "Assign the rep to a plan.")
    missing = Problem("quota_missing", "There is no quota for this time.", "Load one.", found="0 quotas")
    unplanned = quota_answer(Words(), plan=None, quotas=(), problems=(plain,))
    unquoted = quota_answer(Words(), quotas=(), problems=(missing,))
    assert views.quota(unplanned, READER).basis.problems == ()
    assert views.quota(unquoted, READER).basis.problems == ()
    assert len(views.quota(quota_answer(Words(), problems=(missing,)), READER).basis.problems) == 1


def test_an_unusable_quota_is_not_called_missing() -> None:
    assert "No quota runs" not in read("quota_unusable")
    assert "You have two quotas of one kind" in read("quota_unusable")


@pytest.mark.parametrize("case", [case for case in CASES if case.startswith("quota_past")])
def test_a_quota_seen_from_a_past_day_says_so(case: str) -> None:
    shown = read(case)
    assert "Dec 31, 2025" in shown or "On Oct 31, 2025: " in shown
    for now in ("to go", "Needed per day", "Pace for today", "Pipeline", "Next tier", "pace", "days left"):
        assert now not in shown


def test_a_quota_that_is_over_says_where_it_ended() -> None:
    ended = "On Dec 31, 2025: you ended at"
    assert read("quota_past_short").startswith(f"{ended} 81.9% of $102,000.00, $18,400.00 short.")
    assert read("quota_past_over").startswith(f"{ended} 110% of $102,000.00, $10,200.00 over.")
    assert "The quota is for Q4 2025. It still runs" in read("quota_past_running")


def test_what_was_written_is_echoed_whole() -> None:
    for view, template in ((views.help(READER, "{{7*7}}"), "help"), (views.ambiguous("{{7*7}}", []), "ambiguous")):
        message = render(Reply(template, view))
        assert "{{7*7}}" in terminal.text(message.blocks)
        assert "“{{7∗7}}”" in message.text


def test_a_statement_has_no_empty_cell_and_adds_up() -> None:
    for case in ("statement_many", "statement_limit_plus_1"):
        (rows,) = (block["rows"] for block in render(CASES[case](Words())).blocks if block["type"] == "table")
        assert not any(cell["text"] == "–" for cells in rows for cell in cells)
        amounts = [int(re.sub(r"\D", "", cells[-1]["text"])) for cells in rows[1:]]
        assert sum(amounts[:-1]) == amounts[-1]
