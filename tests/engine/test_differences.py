"""Level differences: going up from the seller, each higher level is paid what lower ones have not been."""

from __future__ import annotations

from tests.engine.booked import deal, facts_of, listed, on_plan, paid, person, plan_of, run

RANKS = """\
- name: Lots
  measure: {sum: lots, unit: number}
  levels:
    - {level: Bronze, per_unit: 1}
    - {level: Silver, per_unit: 3}
    - {level: Gold, per_unit: 6}
    - {level: Diamond, per_unit: 10}
    - {level: Platinum, per_unit: 15}
"""
CHAIN = ["Bronze", "Gold", "Gold", "Diamond", "Silver", "Gold", "Diamond", "Platinum", "Platinum"]


def lots(deal_id: int, count: int) -> dict[str, object]:
    return {"deal_id": deal_id, "name": "lots", "value": count * 1_000_000, "unit": "number"}


def test_each_higher_rank_takes_its_own_money_and_that_of_the_ranks_skipped() -> None:
    """gitbook-rank-differential: 1, 2, 3, 4 and 5 a lot by rank, so that a level is worth the sum up to it."""
    people = [person(at, at + 1 if at < 9 else 0, title) for at, title in enumerate(CHAIN, start=1)]
    facts = facts_of([deal(1, 1, (1, 5), 0)], people=people, assignments=on_plan(range(1, 10)), figures=[lots(1, 1)])
    calc = run(plan_of(RANKS), facts)
    assert [paid(calc, "Lots", rep) for rep in range(1, 10)] == [1_00, 5_00, 0, 4_00, 0, 0, 0, 5_00, 0]
    assert not calc.problems
    extras = calc.extras
    assert list(zip(extras.rep_id.tolist(), extras.x.tolist(), extras.y.tolist(), strict=True)) == [
        (1, 0, -1),
        (2, 2, 0),
        (4, 3, 2),
        (8, 4, 3),
    ]


RATES = "- {name: Sales, levels: [{level: agent, rate: 5%}, {level: lead, rate: 7%}, {level: director, rate: 8%}]}"


def test_a_lead_who_sells_is_paid_his_whole_level() -> None:
    people = [person(1, 2, "agent"), person(2, 3, "lead"), person(3, 0, "director")]
    sold = [deal(1, 1, (1, 5), 1_000_00), deal(2, 2, (1, 6), 1_000_00), deal(3, 1, (1, 7), -1_000_00)]
    calc = run(plan_of(RATES), facts_of(sold, people=people, assignments=on_plan([1, 2, 3])))
    assert [line for line in listed(calc, "Sales") if line[1] == "difference"] == [
        (1, "difference", 50_00),
        (3, "difference", -50_00),
        (1, "difference", 20_00),
        (2, "difference", 70_00),
        (3, "difference", -20_00),
        (1, "difference", 10_00),
        (2, "difference", 10_00),
        (3, "difference", -10_00),
    ]


def test_who_is_not_on_the_plan_or_has_no_level_is_passed_over() -> None:
    people = [person(1, 2, "agent"), person(2, 3, "lead"), person(3, 4, "clerk"), person(4, 0, "director")]
    facts = facts_of([deal(1, 1, (1, 5), 1_000_00)], people=people, assignments=on_plan([1, 3, 4]))
    calc = run(plan_of(RATES), facts)
    assert [paid(calc, rep=rep) for rep in (1, 2, 3, 4)] == [50_00, 0, 0, 30_00]


def test_a_circle_pays_the_seller_and_nobody_above() -> None:
    people = [person(1, 2, "agent"), person(2, 3, "lead"), person(3, 2, "director")]
    calc = run(plan_of(RATES), facts_of([deal(1, 1, (1, 5), 100_00)], people=people, assignments=on_plan([1, 2, 3])))
    assert [paid(calc, rep=rep) for rep in (1, 2, 3)] == [5_00, 0, 0]
    assert {problem.code for problem in calc.problems} == {"manager_circle"}
