"""What people write who know other products: refused at its place, with what to write here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.plans.load import load
from engine.plans.schema import Plan

if TYPE_CHECKING:
    from engine.problems import Problem

HEAD = "plan: ae\nversion: 1\ncurrency: USD\neffective: 2026-01-01 .. 2027-01-01\n"
TABLE = "components:\n  - name: A\n    accumulate: month\n    table: {by: amount, behaviour: %s, tiers: [%s]}\n"
TIER = "{from: 0, rate: 8%}"


def refused(text: str) -> Problem:
    found = load(text, "ae.yaml")
    assert not isinstance(found, Plan)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("text", "line", "remedy"),
    [
        (TABLE % ("cumulative", TIER), 8, "`marginal`, where each"),
        (TABLE % ("retroactive", TIER), 8, "Write `whole_amount`"),
        (TABLE % ("whole amount", TIER), 8, "Did you mean `whole_amount`?"),
        (TABLE % ("marginal", "{from: 0, to: 5, rate: 8%}"), 8, "A tier ends where the next one begins"),
        ("pays: month\ncomponents: [{name: A, rate: 8%}]\n", 5, "Write `monthly`."),
        ("components:\n  - {name: A, rate: 8%, accumulate: ytd}\n", 6, "Write `year_to_date`."),
        ("components:\n  - {name: A, rate: 8%, accelerator: 2}\n", 6, "Write a table whose tier from 100%"),
        ("components:\n  - {name: A, rate: 8%, quota: 100_000}\n", 6, "Write a name such as `bookings`"),
        ("crediting: [{rule: overlay}]\ncomponents: [{name: A, rate: 8%}]\n", 5, "managers, role, team or territory"),
    ],
)
def test_a_word_of_another_product_is_answered_with_the_one_here(text: str, line: int, remedy: str) -> None:
    found = refused(HEAD + text)
    assert found.where.startswith(f"ae.yaml:{line} ")
    assert remedy in found.remedy


def test_a_plan_that_ends_with_the_last_day_of_a_month_would_leave_it_out() -> None:
    text = HEAD.replace("2027-01-01", "2026-12-31") + "components: [{name: A, rate: 8%}]\n"
    found = refused(text)
    assert (found.code, found.where) == ("period_end", "ae.yaml:4 effective")
    assert found.remedy == "Write 2026-01-01 .. 2027-01-01."
