"""Who is credited with what by each kind of credit rule, and what published cases say of them."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.attainment import progress
from engine.dates import day
from engine.frames import Facts
from tests.engine.crediting_cases import (
    WHOLE,
    YEAR,
    codes,
    credited,
    deal,
    on,
    paid,
    person,
    plan,
    refused,
    run,
    split,
    tag,
)

if TYPE_CHECKING:
    import random

FLAT = "components: [{name: c, rate: 10%}]"
ROLL_UP = "crediting: [{rule: team, to: managers, levels: 0}]\ncomponents: [{name: c, rate: 3%}]"


@pytest.mark.parametrize(
    ("rest", "deals", "splits", "expected"),
    [
        pytest.param(FLAT, [100_000], {"r1": "60%", "r2": "40%"}, ["6000.00", "4000.00"], id="prowi-territory-split"),
        pytest.param(FLAT, [80_000], {"r1": "70%", "r2": "30%"}, ["5600.00", "2400.00"], id="carvd-split-70-30"),
        pytest.param(
            "crediting: [{rule: splits, shares: points}]\ncomponents: [{name: c, rate: 15%}]",
            [100_000],
            {"r1": "60", "r2": "40"},
            ["9000.00", "6000.00"],
            id="edu-share-points",
        ),
        pytest.param(
            "crediting: [{rule: splits, shares: full}]\n" + FLAT,
            [1_000],
            {"r1": "100%", "r2": "100%"},
            ["100.00", "100.00"],
            id="oca-multi-agent-full-credit",
        ),
    ],
)
def test_published_shares(rest: str, deals: list[int], splits: dict[str, str], expected: list[str]) -> None:
    rows = [deal(number, 1, amount) for number, amount in enumerate(deals, start=1)]
    calc = run(plan(rest), deals=rows, splits=split(1, **splits), assignments=on("p", 1, 2))
    assert list(paid(calc).values()) == expected
    assert not calc.problems


def test_published_sdr_and_ae_share_by_role_at_rates_by_role() -> None:
    """prowi-sdr-ae-split: 15 % at 2 % and 50 a meeting; 85 % at 10 %."""
    made = plan(
        "crediting: [{rule: splits, by_role: [{role: SDR, share: 15%}, {role: AE, share: 85%}]}]\n"
        "components:\n"
        "  - {name: deal, rates: [{role: SDR, rate: 2%}, {role: AE, rate: 10%}]}\n"
        "  - {name: meeting, per_unit: 50, measure: {achievement: meetings}}\n"
    )
    calc = run(
        made,
        deals=[deal(1, 2, 100_000)],
        splits=split(1, r1="50%", r2="50%"),
        people=[person(1, title="SDR"), person(2, title="AE")],
        achievements=[
            {"rep_id": 1, "name": "meetings", "on": day(date(2026, 2, 1)), "value": 1_000_000, "unit": "number"}
        ],
        assignments=on("p", 1, 2),
    )
    assert paid(calc) == {1: "350.00", 2: "8500.00"}


def test_published_flat_override_on_sales() -> None:
    """prowi-flat-override: the manager gets 3 % of what each of five reps sells."""
    sales = {1: 75_000, 2: 60_000, 3: 67_500, 4: 52_500, 5: 45_000}
    calc = run(
        [plan(FLAT, "ae"), plan(ROLL_UP, "mgr")],
        deals=[deal(rep, rep, amount) for rep, amount in sales.items()],
        people=[*(person(rep, 9) for rep in sales), person(9)],
        assignments=[*on("ae", *sales), *on("mgr", 9)],
    )
    found = paid(calc)
    assert found.pop(9) == "9000.00"
    assert list(found.values()) == ["7500.00", "6000.00", "6750.00", "5250.00", "4500.00"]
    overrides = calc.lines[calc.lines["rep_id"] == 9]["amount_cents"].tolist()
    assert overrides == [2250_00, 1800_00, 2025_00, 1575_00, 1350_00]


def test_a_manager_is_credited_with_the_sum_of_the_shares_below() -> None:
    calc = run(
        [plan(ROLL_UP)],
        deals=[deal(1, 1, "0.05"), deal(2, 3, 7)],
        splits=split(1, r1="33.3%", r2="33.3%", r3="33.4%"),
        people=[person(1, 8), person(2, 8), person(3), person(8, 9), person(9)],
        assignments=on("p", 8, 9),
    )
    assert credited(calc) == {(8, 1, "team"): 3, (9, 1, "team"): 3}, "two cents and one, of five"


def test_levels_and_roles_limit_who_is_credited() -> None:
    rest = "crediting: [{{rule: team, to: managers, {0}}}]\ncomponents: [{{name: c, rate: 3%}}]"
    facts = {
        "deals": [deal(1, 1, 10)],
        "people": [person(1, 2), person(2, 3, role="lead"), person(3, 4, role="vp"), person(4, role="vp")],
        "assignments": on("p", 1, 2, 3, 4),
    }
    for keys, above in (
        ("levels: 1", [2]),
        ("levels: 2", [2, 3]),
        ("levels: 0", [2, 3, 4]),
        ("levels: 0, role: vp", [3, 4]),
    ):
        assert sorted(paid(run(plan(rest.format(keys)), **facts))) == above


def test_a_move_in_the_middle_counts_by_the_day_of_booking() -> None:
    moved = date(2026, 3, 15)
    calc = run(
        plan(ROLL_UP),
        deals=[deal(1, 1, 10, date(2026, 3, 14)), deal(2, 1, 10, moved)],
        people=[person(1, 8, until=moved), person(1, 9, since=moved), person(8), person(9)],
        assignments=on("p", 8, 9),
    )
    assert credited(calc) == {(8, 1, "team"): 1000, (9, 2, "team"): 1000}


def test_a_circle_of_managers_is_a_problem_and_never_a_hang() -> None:
    calc = run(
        plan(ROLL_UP),
        deals=[deal(1, 1, 10), deal(2, 5, 10)],
        people=[person(1, 2), person(2, 3), person(3, 2), person(5, 6), person(6)],
        assignments=on("p", 2, 3, 6),
    )
    assert credited(calc) == {(6, 2, "team"): 1000}
    assert codes(calc).count("manager_circle") == 1


def test_a_deal_that_everybody_is_fully_credited_with_rolls_up_once() -> None:
    rest = "crediting: [{rule: splits, shares: full}, {rule: team, to: managers}]\ncomponents: [{name: c, rate: 1%}]"
    calc = run(
        plan(rest),
        deals=[deal(1, 1, 10)],
        splits=split(1, r1="1", r2="1"),
        people=[person(1, 9), person(2, 9)],
        assignments=on("p", 1, 2, 9),
    )
    assert credited(calc) == {(1, 1, "splits"): 1000, (2, 1, "splits"): 1000, (9, 1, "team"): 1000}


def test_overlays_credit_everybody_of_a_role_team_or_territory() -> None:
    rest = (
        "crediting:\n"
        "  - {rule: every se, to: role, role: SE, share: 50%}\n"
        "  - {rule: se of the team, to: role, role: SE, same: team}\n"
        "  - {rule: team, to: team}\n"
        "  - {rule: land, to: territory, when: {type: new}}\n"
        "components: [{name: c, rate: 1%}]"
    )
    calc = run(
        plan(rest),
        deals=[deal(1, 1, 10), deal(2, 1, 20, type="old")],
        tags=[tag(1, "territory", "EMEA")],
        people=[
            person(1, team="North", territory="Nowhere"),
            person(2, title="SE", team="North"),
            person(3, role="SE", team="South", territory="EMEA"),
        ],
        assignments=on("p", 1, 2, 3),
    )
    assert credited(calc) == {
        (2, 1, "every se"): 500,
        (3, 1, "every se"): 500,
        (2, 2, "every se"): 1000,
        (3, 2, "every se"): 1000,
        (2, 1, "se of the team"): 1000,
        (2, 2, "se of the team"): 2000,
        (1, 1, "team"): 1000,
        (2, 1, "team"): 1000,
        (1, 2, "team"): 2000,
        (2, 2, "team"): 2000,
        (3, 1, "land"): 1000,
    }
    assert set(calc.lines["rule"]) == {"every se", "se of the team", "team", "land"}


def test_a_component_counts_the_rules_it_names_and_others_leave_them_to_it() -> None:
    rest = (
        "crediting: [{rule: owner}, {rule: team, to: managers}]\n"
        "components: [{name: own, rate: 10%}, {name: override, rate: 1%, measure: {credited_by: [team]}}]"
    )
    calc = run(
        plan(rest),
        deals=[deal(1, 1, 100), deal(2, 2, 100)],
        people=[person(1, 2), person(2)],
        assignments=on("p", 1, 2),
    )
    lines = calc.lines[["rep_id", "component", "deal_id", "amount_cents"]].values.tolist()
    assert lines == [[1, "own", 1, 1000], [2, "own", 2, 1000], [2, "override", 1, 100]]


def test_a_role_that_nobody_on_the_deal_has_is_a_problem() -> None:
    rest = "crediting: [{rule: splits, by_role: [{role: SDR, share: 15%}, {role: AE, share: 85%}]}]\n" + FLAT
    calc = run(
        plan(rest),
        deals=[deal(1, 1, 100)],
        splits=split(1, r1="50%", r2="50%"),
        people=[person(1, title="AE"), person(2, title="CSM")],
        assignments=on("p", 1, 2),
    )
    assert credited(calc) == {(1, 1, "splits"): 8500}
    assert sorted(codes(calc)) == ["role_absent", "role_unnamed"]


def test_shares_that_do_not_sum_are_a_problem_only_where_they_are_read_as_percent() -> None:
    points = plan("crediting: [{rule: splits, shares: points}]\n" + FLAT, "points")
    percent = plan(FLAT, "percent")
    facts = {"deals": [deal(1, 1, 100)], "splits": split(1, r1="2", r2="1")}
    assert not run([points, percent], **facts, assignments=on("points", 1, 2)).problems
    both = run([points, percent], **facts, assignments=[*on("points", 1), *on("percent", 2)])
    assert "split_sum" in codes(both)


def test_quota_credit_and_commission_credit_may_differ() -> None:
    """120 % of quota by quota credit; what counts for pay only is paid at the rate reached by then."""
    made = plan(
        "crediting:\n"
        "  - {rule: owner, when: {type: new}}\n"
        "  - {rule: quota only, to: owner, when: {type: renewal}, counts_for: quota}\n"
        "  - {rule: pay only, to: owner, when: {type: services}, counts_for: pay}\n"
        "components:\n"
        "  - name: c\n"
        "    quota: q\n"
        "    accumulate: year_to_date\n"
        "    table: {by: attainment, behaviour: marginal, tiers: [{from: 0%, rate: 1%}, {from: 100%, rate: 2%}]}\n"
    )
    quotas = [{"rep_id": 1, "name": "q", "amount_cents": 1000_00, "currency": "USD", **YEAR}]
    types = ("new", "renewal", "new", "services", "new")
    amounts = (600, 300, 200, 1000, 100)
    rows = [
        deal(n, 1, amount, date(2026, 1, n), type=name)
        for n, (name, amount) in enumerate(zip(types, amounts, strict=True), start=1)
    ]
    calc = run(made, deals=rows, quotas=quotas, assignments=on("p", 1))
    assert calc.lines["amount_cents"].tolist() == [600, 0, 300, 2000, 200]
    facts = Facts.of(quotas=quotas, assignments=on("p", 1))
    assert progress(calc, facts, 1, date(2026, 12, 31))[0].credit.minor == 1200_00


def test_contradictory_rules_are_refused_with_their_line() -> None:
    found = refused(
        "crediting:\n"
        "  - rule: owner\n"
        "  - {rule: a, to: role}\n"
        "  - {rule: b, to: splits, by_role: [{role: x, share: 50%}]}\n"
        "  - {rule: c, to: team, levels: 2}\n"
        "  - {rule: d, to: owner, same: team}\n"
        "  - {rule: e, to: owner, by_role: [{role: x, share: 100%}]}\n"
        "  - {rule: f, to: splits, share: 0%}\n"
        "components: [{name: c, rate: 1%, measure: {credited_by: [zz]}}]\n"
    )
    assert found == [
        "7 rule_uncounted",
        "7 role_missing",
        "8 shares_sum",
        "9 rule_uncounted",
        "9 key_meaningless",
        "10 key_meaningless",
        "11 key_meaningless",
        "12 share_out_of_range",
        "13 rule_unknown",
    ]


ROLES, TEAMS = ("AE", "SE", "VP"), ("N", "S", "")


@st.composite
def companies(draw: st.DrawFn) -> dict[str, list[dict]]:
    people = []
    for rep in range(1, 8):
        moves = draw(st.lists(st.integers(0, 300), max_size=2, unique=True).map(sorted))
        edges = [0, *(move for move in moves if move), 365]
        people += [
            {
                "rep_id": rep,
                "manager_id": draw(st.integers(0, 7)),
                "role": draw(st.sampled_from(ROLES)),
                "title": "",
                "team": draw(st.sampled_from(TEAMS)),
                "territory": "",
                "start_on": YEAR["start_on"] + start,
                "end_on": YEAR["start_on"] + end,
            }
            for start, end in pairwise(edges)
        ]
    deals, splits = [], []
    for number in range(1, draw(st.integers(1, 6)) + 1):
        booked = date.fromordinal(date(2026, 1, 1).toordinal() + draw(st.integers(0, 364)))
        row = deal(number, draw(st.integers(1, 7)), 0, booked)
        deals.append({**row, "amount_cents": draw(st.integers(-10_000, 10_000))})
        if draw(st.booleans()):
            one, other = draw(st.lists(st.integers(1, 7), min_size=2, max_size=2, unique=True))
            splits += split(number, **{f"r{one}": "37.5%", f"r{other}": "62.5%"})
    reps = draw(st.sets(st.integers(1, 7)))
    return {"people": people, "deals": deals, "splits": splits, "assignments": on("p", *sorted(reps))}


def place(rows: dict[str, list[dict]], rep: int, on_day: int) -> dict:
    own = (row for row in rows["people"] if row["rep_id"] == rep)
    return next((row for row in own if row["start_on"] <= on_day < row["end_on"]), {})


def parts_of(row: dict, splits: list[dict]) -> dict[int, int]:
    """Each sharer's cents by largest remainder, by rep where remainders are equal."""
    shares = [(each["rep_id"], each["share_ppb"]) for each in splits if each["deal_id"] == row["deal_id"]]
    size, sign = abs(row["amount_cents"]), -1 if row["amount_cents"] < 0 else 1
    exact = [(rep, size * share) for rep, share in sorted(shares or [(row["owner_id"], WHOLE)])]
    parts = {rep: value // WHOLE for rep, value in exact}
    by_rest = sorted(exact, key=lambda each: (-(each[1] % WHOLE), each[0]))
    for rep, _ in by_rest[: size - sum(parts.values())]:
        parts[rep] += 1
    return {rep: sign * part for rep, part in parts.items()}


def above(rows: dict[str, list[dict]], rep: int, on_day: int, levels: int) -> list[int]:
    """The managers of somebody; none where they run in a circle."""
    chain = [rep]
    while not levels or len(chain) <= levels:
        manager = place(rows, chain[-1], on_day).get("manager_id", 0)
        if manager in chain:
            return []
        if not manager:
            break
        chain.append(manager)
    return chain[1:]


def oracle(rows: dict[str, list[dict]], levels: int) -> dict[tuple[int, int, str], int]:
    """The credits in plain loops."""
    members = {row["rep_id"] for row in rows["assignments"]}
    found: dict[tuple[int, int, str], int] = {}
    for row in rows["deals"]:
        number, booked = row["deal_id"], row["booked_on"]
        for rep, part in parts_of(row, rows["splits"]).items():
            for manager in above(rows, rep, booked, levels):
                if manager in members:
                    found[manager, number, "up"] = found.get((manager, number, "up"), 0) + part
        team = place(rows, row["owner_id"], booked).get("team", "")
        for rep in members:
            own = place(rows, rep, booked)
            if own.get("role") == "SE" and team and own["team"] == team:
                half = (abs(row["amount_cents"]) + 1) // 2
                found[rep, number, "se"] = -half if row["amount_cents"] < 0 else half
    return found


@settings(max_examples=30, deadline=None)
@given(companies(), st.integers(0, 3), st.randoms())
def test_roll_ups_and_overlays_are_what_plain_loops_find(
    rows: dict[str, list[dict]], levels: int, chance: random.Random
) -> None:
    made = plan(
        f"crediting: [{{rule: up, to: managers, levels: {levels}}}, "
        "{rule: se, to: role, role: SE, same: team, share: 50%}]\ncomponents: [{name: c, rate: 100%}]"
    )
    calc = run(made, **rows)
    expected = oracle(rows, levels)
    assert credited(calc) == expected
    shuffled = {name: chance.sample(listed, len(listed)) for name, listed in rows.items()}
    again = run(made, **shuffled)
    assert again.lines.equals(calc.lines)
    assert Facts.of(**shuffled).inputs_hash() == Facts.of(**rows).inputs_hash()
    some = run(made, reps=[1, 2, 3], **rows)
    assert credited(some) == {key: cents for key, cents in expected.items() if key[0] in (1, 2, 3)}
