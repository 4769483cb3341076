"""No plan that the loader accepts can raise in the engine, over any facts; and what holds for one plan holds for all.

Each case is a seed: what fails is repeated by its number.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from engine.commission import calculate
from engine.whatif import Question
from tests.engine import any_plan
from tests.engine.generated_facts import Company, as_of
from tests.engine.generated_plans import accepted

if TYPE_CHECKING:
    from engine.plans.schema import Plan

SHORT, LONG, PART = range(18), range(1_000, 5_000), 40


def plans_of(chance: Random) -> tuple[Plan, ...]:
    """A plan; now and then with another one, or with a second version of its own."""
    currency = chance.choice(("USD", "USD", "JPY", "KWD"))
    found = [accepted(chance, currency=currency)[1]]
    if chance.random() < 0.3:
        found.append(accepted(chance, "beta", currency=currency if chance.random() < 0.7 else "")[1])
    if chance.random() < 0.2:
        found.append(accepted(chance, "alpha", 2, currency)[1])
    return tuple(found)


def hold(seed: int) -> None:
    """Asserts everything about the plans and the company of one seed."""
    chance = Random(seed)  # noqa: S311  # a seed that repeats itself is what is wanted
    plans = plans_of(chance)
    facts = Company(chance, plans).facts()
    asked = Question(facts, plans, as_of(chance, plans), chance.choice((1, 1, 2)))
    calc = calculate(facts, plans, asked.as_of)
    any_plan.whole_numbers(calc)
    any_plan.quotas_are_told(asked, calc)
    any_plan.everything_is_told(asked, calc, chance)
    any_plan.deals_are_told(asked, calc, chance)
    any_plan.order_means_nothing(asked, calc, chance)
    any_plan.one_rep_is_a_part_of_all(asked, calc)
    any_plan.locks_hold(asked, chance)
    any_plan.differ(plans)
    if len(plans) == 1 and any_plan.is_by_sales_alone(plans[0]):
        clean = Company(chance, plans, clean=True).facts()
        any_plan.reversal_returns_to_zero(Question(clean, plans, asked.as_of, 1))


@pytest.mark.parametrize("seed", SHORT)
def test_whatever_the_loader_accepts_is_calculated_and_told(seed: int) -> None:
    hold(seed)


@pytest.mark.soak
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("part", range(LONG.start, LONG.stop, PART))
def test_whatever_the_loader_accepts_is_calculated_and_told_at_length(part: int) -> None:
    for seed in range(part, part + PART):
        try:
            hold(seed)
        except Exception as fault:
            fault.add_note(f"seed {seed}")
            raise
