"""Overrides on commissions: a manager is paid on what those below are paid."""

from __future__ import annotations

from datetime import date

from engine.plans.load import load
from tests.engine.booked import YEAR, deal, facts_of, on_plan, paid, person, plan_of, run

REPS = plan_of("- {name: Sales, rate: 5%}", name="reps")
LEAD = plan_of("- {name: Override, measure: {team_commission: {levels: 1}}, rate: 3%}", name="lead")
ASSIGNED = [*on_plan([1, 2], "reps"), *on_plan([8, 9], "lead")]
PEOPLE = [person(1, 8), person(2, 8), person(8, 9), person(9, 0)]


def test_a_manager_is_paid_on_the_commissions_of_the_team_not_on_its_sales() -> None:
    """earnbase-override-on-commission: 3% of 100,000 of commission on 2,000,000 of sales is 3,000."""
    sold = [deal(1, 1, (1, 5), 1_200_000_00), deal(2, 2, (2, 5), 800_000_00)]
    calc = run([REPS, LEAD], facts_of(sold, people=PEOPLE, assignments=ASSIGNED))
    assert paid(calc, "Sales") == 100_000_00
    assert paid(calc, "Override", 8) == 3_000_00
    lines = calc.lines[calc.lines["rep_id"] == 8]
    assert lines[["deal_id", "basis_cents", "before_cents", "amount_cents"]].to_numpy().tolist() == [
        [0, 60_000_00, 0, 1_800_00],
        [0, 40_000_00, 60_000_00, 1_200_00],
    ]
    assert calc.lines["kind"].tolist() == ["commission", "commission", "override", "override", "override", "override"]
    assert paid(calc, "Override", 9) == 90_00  # 3% of the commission of the manager, who reports to 9


def test_levels_say_how_far_down_commissions_count() -> None:
    sold = [deal(1, 1, (1, 5), 1_000_00)]
    facts = facts_of(sold, people=PEOPLE, assignments=ASSIGNED)
    for levels, expected in ((1, 0), (2, 5_00), (0, 5_00)):
        text = (
            f"- {{name: Override, measure: {{team_commission: {{levels: {levels}, components: Sales}}}}, rate: 10%}}"
        )
        assert paid(run([REPS, plan_of(text, name="lead")], facts), "Override", 9) == expected


def test_an_override_of_several_levels_counts_what_was_sold_below_once() -> None:
    """The manager's own override is paid on the same commission; it counts where `components` asks for it."""
    sold = [deal(1, 1, (1, 5), 1_000_00)]
    facts = facts_of(sold, people=PEOPLE, assignments=ASSIGNED)
    for asked, expected in (
        ("levels: 2", 5_00),
        ("levels: 0", 5_00),
        ("levels: 2, components: [Sales, Override]", 5_50),
    ):
        text = f"- {{name: Override, measure: {{team_commission: {{{asked}}}}}, rate: 10%}}"
        calc = run([REPS, plan_of(text, name="lead")], facts)
        assert (paid(calc, "Override", 8), paid(calc, "Override", 9)) == (5_00, expected), asked


def test_who_is_above_on_the_day_of_the_deal_is_paid() -> None:
    moved = [
        person(1, 8, span=(YEAR[0], date(2026, 3, 1))),
        person(1, 9, span=(date(2026, 3, 1), YEAR[1])),
        person(8, 0),
        person(9, 0),
    ]
    sold = [deal(1, 1, (2, 28), 1_000_00), deal(2, 1, (3, 1), 4_000_00)]
    calc = run([REPS, LEAD], facts_of(sold, people=moved, assignments=ASSIGNED))
    assert (paid(calc, rep=8), paid(calc, rep=9)) == (1_50, 6_00)


def test_a_tiered_override_with_a_cap_and_a_reversal() -> None:
    text = """\
    - name: Override
      measure: {team_commission: {levels: 1}}
      accumulate: quarter
      quota: team
      table: {by: attainment, behaviour: marginal, tiers: [{from: 0, rate: 10%}, {from: 100%, rate: 20%}]}
      cap: {per_period: 15}
    """
    quota = {"rep_id": 8, "name": "team", "start_on": 20_454, "end_on": 20_544, "amount_cents": 50_00}
    sold = [deal(1, 1, (1, 5), 1_000_00), deal(2, 1, (1, 6), 1_000_00), deal(3, 2, (1, 7), -1_000_00)]
    facts = facts_of(sold[:2], people=PEOPLE, assignments=ASSIGNED, quotas=[quota | {"currency": "USD"}])
    calc = run([REPS, plan_of(text, name="lead")], facts)
    lines = calc.lines[calc.lines["rep_id"] == 8]
    assert lines[["kind", "booked_on", "amount_cents"]].to_numpy().tolist() == [["override", 20_459, 15_00]]
    facts = facts_of(
        [*sold[:2], deal(4, 1, (1, 6), 100_00), deal(5, 2, (1, 8), -2_100_00)],
        people=PEOPLE,
        assignments=ASSIGNED,
        quotas=[quota | {"currency": "USD"}],
    )
    calc = run([REPS, plan_of(text, name="lead")], facts)
    lines = calc.lines[calc.lines["rep_id"] == 8]
    assert lines[["kind", "amount_cents"]].to_numpy().tolist() == [
        ["cap", -1_00],
        ["override", 16_00],
        ["cap", 1_00],
        ["override", -16_00],
    ]


def test_a_circle_of_managers_is_a_problem_and_pays_no_override() -> None:
    people = [person(1, 8), person(8, 9), person(9, 8)]
    plan = plan_of("- {name: Override, measure: {team_commission: {levels: 0}}, rate: 3%}", name="lead")
    calc = run([REPS, plan], facts_of([deal(1, 1, (1, 5), 1_000_00)], people=people, assignments=ASSIGNED))
    assert paid(calc, "Sales") == 50_00
    assert paid(calc, "Override") == 0
    assert "manager_circle" in {problem.code for problem in calc.problems}


def test_commissions_in_another_currency_are_converted_and_a_missing_rate_is_a_problem() -> None:
    text = "plan: lead\nversion: 1\neffective: 2026-01-01 .. 2027-01-01\ncurrency: EUR\ncomponents:\n"
    lead = load(text + "- {name: Override, measure: {team_commission: {levels: 1}}, rate: 10%}", "p")
    rate = {"from_currency": "USD", "to_currency": "EUR", "start_on": 20_454, "end_on": 20_544}
    facts = facts_of(
        [deal(1, 1, (1, 5), 1_000_00), deal(2, 1, (5, 5), 1_000_00)],
        people=PEOPLE,
        assignments=ASSIGNED,
        rates=[rate | {"rate_num": 9, "rate_den": 10}],
    )
    calc = run([REPS, lead], facts)
    assert paid(calc, "Override", 8) == 4_50
    assert "fx_rate_missing" in {problem.code for problem in calc.problems}


def test_a_team_override_on_sales_is_credit_of_the_manager() -> None:
    """prowi-flat-override and github-py-erp-module: 3% of the same sales on top, for the manager."""
    sold = {1: 75_000_00, 2: 60_000_00, 3: 67_500_00, 4: 52_500_00, 5: 45_000_00}
    head = "crediting: [{rule: owner}, {rule: roll-up, to: managers}]"
    lead = plan_of("- {name: Override, rate: 3%}", head, "lead")
    reps = plan_of("- {name: Sales, rate: 10%}", name="reps")
    facts = facts_of(
        [deal(rep, rep, (1, rep), amount) for rep, amount in sold.items()],
        people=[*(person(rep, 8) for rep in sold), person(8, 0)],
        assignments=[*on_plan(list(sold), "reps"), *on_plan([8], "lead")],
    )
    calc = run([lead, reps], facts)
    assert [paid(calc, "Sales", rep) for rep in sold] == [7_500_00, 6_000_00, 6_750_00, 5_250_00, 4_500_00]
    own = calc.lines[calc.lines["rep_id"] == 8]
    assert own["amount_cents"].tolist() == [2_250_00, 1_800_00, 2_025_00, 1_575_00, 1_350_00]


def test_an_override_that_is_capped_by_deal_has_a_line_for_each_deal() -> None:
    text = "- {name: Override, measure: {team_commission: {levels: 1}}, rate: 10%, cap: {pay_per_deal: 4}}"
    sold = [deal(1, 1, (1, 5), 1_000_00), deal(2, 1, (1, 6), 600_00)]
    calc = run([REPS, plan_of(text, name="lead")], facts_of(sold, people=PEOPLE, assignments=ASSIGNED))
    lines = calc.lines[calc.lines["rep_id"] == 8]
    assert lines[["deal_id", "kind", "amount_cents"]].to_numpy().tolist() == [
        [1, "cap", -1_00],
        [1, "override", 5_00],
        [2, "override", 3_00],
    ]
