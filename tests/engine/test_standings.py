"""Everybody at once stands where `engine.attainment` says that each of them stands, for any plan and any facts."""

from __future__ import annotations

from random import Random

import pytest

from engine import attainment
from engine.commission import calculate
from engine.dates import day, on_day
from engine.standings import of_rep, standings
from tests.engine.generated_facts import Company, as_of
from tests.engine.test_any_plan import plans_of

SHORT, LONG = range(24), range(1_000, 1_400)


def hold(seed: int) -> int:
    """Asserts that both say the same of every rep; how many quotas were compared."""
    chance = Random(seed)  # noqa: S311 - a seed that repeats itself is what is wanted
    plans = plans_of(chance)
    facts = Company(chance, plans).facts()
    on = as_of(chance, plans)
    calc = calculate(facts, plans, on)
    found = standings(calc, facts, on)
    compared = 0
    for rep_id in sorted(set(facts.assignments["rep_id"].tolist())):
        said = attainment.progress(calc, facts, rep_id, on)
        firsts = {(each.name, each.period.start_on, each.quota.minor): each for each in reversed(said)}
        own = list(of_rep(found, rep_id))
        wanted = {key: (each.credit.minor, each.gap.minor) for key, each in firsts.items()}
        mine = {
            (at.component.quota, on_day(at.start[entry]), int(at.quota[entry])): (
                int(at.credit[entry]), int(at.gap[entry]),
            )
            for at, entry in reversed(own)  # of two plans with one quota the first, as above
        }  # fmt: skip
        assert {key: wanted.get(key) for key in mine} == mine, rep_id
        assert len(mine) <= len(wanted)
        assert {name for name, _, _ in mine} == {name for name, _, _ in wanted}
        tiers = sorted((each.next_tier.component, each.next_tier.shortfall.minor) for each in said if each.next_tier)
        ahead = sorted((at.component.name, int(at.missing[entry])) for at, entry in own if at.tier[entry] >= 0)
        assert ahead == tiers, rep_id
        compared += len(mine)
        for at, entry in own:
            if at.reached[entry] > 0:
                until = at.tier_credit_until(day(on) + 1)[entry]
                assert at.threshold(int(at.reached[entry]), entry) <= until
    return compared


@pytest.mark.parametrize("seed", SHORT)
def test_all_at_once_is_each_by_themselves(seed: int) -> None:
    hold(seed)


@pytest.mark.soak
@pytest.mark.parametrize("seed", LONG)
def test_all_at_once_is_each_by_themselves_at_length(seed: int) -> None:
    hold(seed)
