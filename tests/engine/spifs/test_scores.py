"""What counts for a SPIF: days, shares, refunds, anchors, conditions, people who come and go."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from engine.commission import calculate
from engine.dates import day
from engine.frames import Facts
from engine.money import Money, Rate
from engine.plans.filters import Filter
from engine.spifs.definition import Eligibility, Metric, OwnNumber, Reversal, Scoring, Team
from engine.spifs.eligibility import participants
from engine.spifs.entries import Ground, Rulings
from engine.spifs.prize_rules import FirstTo, PerUnit, Ranking, Step, Steps
from engine.spifs.scores import board, boards
from tests.engine.booked import plan_of
from tests.engine.spifs.company import (
    AS_OF,
    COUNT,
    MARCH,
    ONE,
    award,
    deal,
    event,
    ground_of,
    person,
    played,
    quota,
    spif_of,
    won,
)

PAIR = [person(1), person(2)]
EACH = award(PerUnit(100))


def values(ground: Ground, scoring: Scoring = COUNT, **more: object) -> dict[int, int]:
    spif = spif_of(award(PerUnit(100), scoring), **more)
    found = board(spif, spif.awards[0], (ground, participants(spif, PAIR, ground), Rulings()))
    return {score.rep_id: score.value for score in found.scores}


def test_only_the_day_in_the_crm_decides_entry() -> None:
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)]
    ground = ground_of({"deals": [deal(n, 1, on, 100) for n, on in enumerate(days, start=1)]})
    assert values(ground) == {1: 2 * ONE, 2: 0}
    assert values(ground_of({"deals": [deal(1, 1, 31, 100)]}, as_of=date(2026, 3, 30))) == {1: 0, 2: 0}


def test_the_anchor_is_the_first_event_of_its_name() -> None:
    rows = {
        "deals": [deal(1, 1, date(2026, 2, 10), 100), deal(2, 1, 10, 100), deal(3, 2, 20, 100)],
        "events": [
            event(1, "payment", date(2026, 3, 5), 50),
            event(1, "payment", date(2026, 4, 5), 50),
            event(2, "payment", date(2026, 4, 2), 100),
        ],
    }
    assert values(ground_of(rows), anchor="payment") == {1: ONE, 2: 0}
    assert values(ground_of(rows, as_of=date(2026, 3, 4)), anchor="payment") == {1: 0, 2: 0}


def test_a_refund_in_the_hold_scores_again() -> None:
    """S7: the deal of 100 is refunded in part, then as a whole; the count goes with the whole only."""
    rows = {"deals": [deal(1, 1, 5, 10_000), deal(2, 2, 6, 9_000)]}
    race = spif_of(award(Ranking((500,)), Scoring()))
    assert won(played(race, ground_of(rows), PAIR)) == {1: 500}
    rows["events"] = [event(1, "refund", date(2026, 4, 3), 2_000)]
    assert values(ground_of(rows), Scoring()) == {1: 8_000, 2: 9_000}
    assert values(ground_of(rows)) == {1: ONE, 2: ONE}
    assert won(played(race, ground_of(rows), PAIR)) == {2: 500}
    assert values(ground_of(rows, as_of=date(2026, 4, 2)), Scoring()) == {1: 10_000, 2: 9_000}
    rows["events"].append(event(1, "churn", date(2026, 4, 4)))
    assert values(ground_of(rows)) == {1: 0, 2: ONE}
    assert values(ground_of(rows), reversal=Reversal(events=("refund",))) == {1: ONE, 2: ONE}


def test_money_is_converted_on_its_day_and_split_to_the_cent() -> None:
    rows = {
        "deals": [deal(1, 1, 5, 10_001, currency="EUR")],
        "splits": [{"deal_id": 1, "rep_id": rep, "share_ppb": 500_000_000} for rep in (1, 2)],
        "rates": [
            {
                "from_currency": "EUR",
                "to_currency": "USD",
                "start_on": 0,
                "end_on": 99_999,
                "rate_num": 11,
                "rate_den": 10,
            }
        ],
    }
    assert values(ground_of(rows), Scoring()) == {1: 5_501, 2: 5_500}
    assert values(ground_of(rows)) == {1: ONE // 2, 2: ONE // 2}
    del rows["rates"]
    ground = ground_of(rows)
    spif = spif_of(award(PerUnit(1), Scoring()))
    found = boards(spif, ground, participants(spif, PAIR))[0]
    assert [problem.code for problem in found.problems] == ["fx_rate_missing"]
    assert [score.value for score in found.scores] == [0, 0]


def test_conditions_on_deals_people_and_figures() -> None:
    rows = {
        "deals": [deal(1, 1, 5, 100, product="B"), deal(2, 1, 6, 100), deal(3, 2, 7, 100, product="B")],
        "figures": [{"deal_id": 1, "name": "months", "value": 36 * ONE, "unit": "number"}],
        "people": [
            {
                "rep_id": rep,
                "manager_id": 0,
                "role": role,
                "title": "",
                "team": "",
                "territory": "",
                "start_on": 0,
                "end_on": 99_999,
            }
            for rep, role in ((1, "rep"), (2, "specialist"))
        ],
    }
    ground = ground_of(rows)

    def counted(**more: Filter) -> dict[int, int]:
        return values(ground, Scoring(metrics=(Metric("count", unit="number", **more),)))

    assert counted(where=Filter(product=("B",))) == {1: ONE, 2: ONE}
    assert counted(excluding=Filter(product=("B",))) == {1: ONE, 2: 0}
    assert counted(where=Filter(role=("specialist",))) == {1: 0, 2: ONE}
    assert values(ground, Scoring(metrics=(Metric("months", unit="number"),))) == {1: 36 * ONE, 2: 0}
    spif = spif_of(award(PerUnit(1), Scoring(metrics=(Metric("months", unit="number"),))))
    problems = boards(spif, ground, participants(spif, PAIR))[0].problems
    assert {problem.deal for problem in problems} == {2, 3}


def test_activities_count_row_by_row() -> None:
    """SM11: meetings, told as achievements."""
    meeting = {"name": "meetings", "value": ONE, "unit": "number"}
    days = {1: [date(2026, 3, 2), date(2026, 3, 2), date(2026, 4, 2)], 2: [date(2026, 3, 9)]}
    rows = [{"rep_id": rep, "on": (on - date(1970, 1, 1)).days, **meeting} for rep, own in days.items() for on in own]
    ground = ground_of({"achievements": rows})
    scoring = Scoring(metrics=(Metric("meetings", "achievements", "number"),))
    assert values(ground, scoring) == {1: 2 * ONE, 2: ONE}
    race = award(FirstTo(2 * ONE, (900,)), scoring)
    assert won(played(spif_of(race), ground, PAIR)) == {1: 900}


def test_rulings_leave_deals_and_people_out() -> None:
    ground = ground_of({"deals": [deal(1, 1, 5, 100), deal(2, 1, 6, 100), deal(3, 2, 6, 100)]})
    assert won(played(spif_of(EACH), ground, PAIR, Rulings(deals={2: "booked twice"}))) == {1: 100, 2: 100}
    assert won(played(spif_of(EACH), ground, PAIR, Rulings(reps={1: "knew the list"}))) == {2: 100}


def test_who_takes_part_and_why_not() -> None:
    people = [
        person(1, "East", region="EU", title="AE", hired_on=date(2025, 1, 1)),
        person(2, "West", hired_on=date(2025, 1, 1)),
        person(3, "East", left_on=date(2026, 3, 31)),
        person(4, "East", left_on=date(2026, 4, 1)),
        person(5, "East", hired_on=date(2026, 2, 1)),
        replace(person(6, "East"), role="manager"),
        person(7, "East", hired_on=date(2026, 5, 1)),
    ]

    def barred(**more: object) -> dict[int, str]:
        return dict(participants(spif_of(EACH, eligibility=Eligibility(**more)), people).barred)  # type: ignore[arg-type]

    assert barred() == {
        3: "left on 2026-03-31",
        6: "role is manager, asked for is rep",
        7: "joins on 2026-05-01, after the window",
    }
    assert set(barred(leavers="any")) == {6, 7}
    assert set(barred(teams=("East",))) == {2, 3, 6, 7}
    assert set(barred(tenure_days=90)) == {3, 4, 5, 6, 7}
    assert set(barred(rep_ids=(1, 2), excluded_ids=(2,))) == {2, 3, 4, 5, 6, 7}
    assert set(barred(regions=("EU",), titles=("AE",))) == {2, 3, 4, 5, 6, 7}


def test_quota_gates_ask_for_the_part_of_the_window() -> None:
    rows = {"deals": [deal(1, 1, 5, 200_000)], "quotas": [quota(1, 3_650_000), quota(2, 365_000)]}
    ground = ground_of(rows)

    def barred(**more: object) -> set[int]:
        return set(
            participants(spif_of(EACH, eligibility=Eligibility(quota="bookings", **more)), PAIR, ground).barred
        )  # type: ignore[arg-type]

    assert barred(least_quota=Money(310_000, "USD")) == {2}  # 31 of 365 days of 36,500.00 are 3,100.00
    assert barred(least_quota=Money(310_001, "USD")) == {1, 2}
    assert barred(least_attainment=Rate(200_000, 310_000)) == {2}
    assert barred(least_attainment=Rate(200_001, 310_000)) == {1, 2}


def test_a_plan_that_ramps_quotas_ramps_attainment() -> None:
    """A starter in March has half of the quota: the same sales are twice the attainment."""
    plan = plan_of(
        """  - {name: new, quota: bookings, accumulate: year_to_date,
     table: {by: attainment, behaviour: marginal, tiers: [{from: 0%, rate: 8%}]}}
""",
        head="quotas: [{name: bookings, parts: month, ramp: [50%]}]",
    )
    rows = {
        "deals": [deal(1, 1, 5, 50_000), deal(2, 2, 5, 50_000)],
        "quotas": [quota(1, 1_200_000), quota(2, 1_200_000)],
    }
    since = {1: date(2026, 1, 1), 2: date(2026, 3, 1)}
    facts = Facts.of(
        assignments=[
            {"rep_id": r, "plan": "p", "start_on": day(on), "end_on": day(date(2027, 1, 1))}
            for r, on in since.items()
        ],
        **rows,
    )
    ground = Ground.of(calculate(facts, [plan], AS_OF), facts, AS_OF)
    assert values(ground, Scoring("attainment", quota="bookings")) == {1: ONE // 2, 2: ONE}


def test_own_numbers_stand_in_for_a_quota() -> None:
    ground = ground_of({"deals": [deal(1, 1, 5, 500), deal(2, 2, 5, 500)]})
    scoring = Scoring("attainment", own=(OwnNumber(1, 500), OwnNumber(2, 501)))
    assert values(ground, scoring) == {1: ONE, 2: 998_003}
    assert won(played(spif_of(award(Steps((Step(ONE, 70),)), scoring)), ground, PAIR)) == {1: 70}


def test_teams_are_listed_or_made_of_people() -> None:
    ground = ground_of({"deals": [deal(n, n, 5, 100) for n in (1, 2, 3)] + [deal(4, 3, 6, 100)]})
    people = [person(1, manager_id=9), person(2, manager_id=9), person(3, manager_id=8), person(8), person(9)]
    race = award(Ranking((101,)), competes="team")
    listed = spif_of(race, team_by="listed", teams=(Team("a", (1, 2)), Team("b", (3,))))
    assert won(played(listed, ground, people)) == {1: 26, 2: 25, 3: 50}  # a tie of teams: 51 and 50
    assert won(played(spif_of(replace(race, team_score="average"), team_by="manager"), ground, people)) == {3: 101}


def test_improvement_is_against_ones_own_average() -> None:
    """SM25: 2 in January, 1 in February, 3 in March against none, none, 1."""
    days = {1: [date(2026, 1, 5)] * 2 + [date(2026, 2, 5)] + [date(2026, 3, 5)] * 3, 2: [date(2026, 3, 5)]}
    lots = [(rep, on) for rep, own in days.items() for on in own]
    ground = ground_of({"deals": [deal(n, rep, on, 100) for n, (rep, on) in enumerate(lots, start=1)]})
    metrics = COUNT.metrics
    assert values(ground, Scoring("improvement", metrics, baseline_windows=2)) == {1: 1_500_000, 2: ONE}
    assert values(ground, Scoring("improvement", metrics, baseline_windows=2, improves="percent"))[1] == ONE
    spif = spif_of(award(Ranking((5,)), Scoring("improvement", metrics, improves="percent")))
    found = boards(spif, ground, participants(spif, PAIR))[0]
    assert [problem.rep_id for problem in found.problems] == [2]
    assert not found.of(2).is_eligible  # type: ignore[union-attr]


def test_a_ground_without_any_deal_scores_nothing() -> None:
    facts = Facts.of()
    ground = ground_of({})
    assert values(ground) == {1: 0, 2: 0}
    assert played(spif_of(EACH), ground, []).prizes == ()
    assert played(spif_of(EACH), Ground(facts, ground.deals, ground.seats, AS_OF), PAIR).prizes == ()
    assert np.array_equal(participants(spif_of(EACH), PAIR).rep_ids, [1, 2])
    assert MARCH.days == 31
