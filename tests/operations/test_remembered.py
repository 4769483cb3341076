"""A remembered answer is given up as soon as anything changes that could matter to it, and kept otherwise."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from operations import answers, plans, recalculate
from store import touched
from tests.operations.conftest import PLAN, deal, person, quota

if TYPE_CHECKING:
    from tests.operations.conftest import Company


def share(external_id: str, who: str, share_ppb: int) -> dict[str, Any]:
    return {"source": "crm", "deal_external_id": external_id, "person_external_id": who, "share_ppb": share_ppb}


HALF = 500_000_000
WINDOW = {"start_on": date(2026, 1, 1), "end_on": date(2027, 1, 1)}
CHANGES = {
    "deal": [("deal", [deal("d2", "dana", 1_000, date(2026, 8, 5))])],
    "new deal": [("deal", [deal("d7", "dana", 1_000, date(2026, 8, 5))])],
    "deal renamed": [("deal", [deal("d2", "dana", 5_000_000, date(2026, 8, 5), name="Other")])],
    "deal given away": [("deal", [deal("d2", "sam", 5_000_000, date(2026, 8, 5))])],
    "deal deleted": [("deal", [deal("d2", "dana", 5_000_000, date(2026, 8, 5), deleted=True)])],
    "deal split among others": [("split", [share("d2", "sam", HALF), share("d2", "mona", HALF)])],
    "share of somebody else's deal": [("split", [share("d5", "sam", HALF), share("d5", "dana", HALF)])],
    "quota": [("quota", [quota("dana", 1_000, date(2026, 7, 1), date(2026, 10, 1))])],
    "assignment": [("assignment", [{"source": "crm", "person_external_id": "dana", "plan": "x"} | WINDOW])],
    "name": [("person", [person("dana", "Dana Smith", manager="mona")])],
    "rate": [
        (
            "rate",
            [
                {"source": "crm", "from_currency": "EUR", "to_currency": "USD", "rate_num": 11, "rate_den": 10}
                | WINDOW
            ],
        )
    ],
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_could_matter_is_noticed(company: Company, what: str) -> None:
    with company.db.read() as conn:
        before = touched.last_change(conn, company.dana.rep_id)
    for kind, rows in CHANGES[what]:
        company.apply(kind, *rows)
    with company.db.read() as conn:
        assert touched.last_change(conn, company.dana.rep_id) > before


def test_an_owner_left_out_of_a_new_split_is_told_so(company: Company) -> None:
    assert answers.earnings(company.context(), company.dana).total.minor == 440_000  # type: ignore[union-attr]
    company.apply("split", share("d2", "sam", HALF), share("d2", "mona", HALF))
    assert answers.earnings(company.context(), company.dana).total.minor == 0  # type: ignore[union-attr]


def test_shares_of_others_in_a_shared_deal_are_noticed(company: Company) -> None:
    third = [share("d5", "sam", 400_000_000), share("d5", "mona", 300_000_000), share("d5", "dana", 300_000_000)]
    company.apply("split", *third)
    with company.db.read() as conn:
        before = touched.last_change(conn, company.dana.rep_id)
    moved = [share("d5", "sam", 300_000_000), share("d5", "mona", 400_000_000), share("d5", "dana", 300_000_000)]
    company.apply("split", *moved)
    with company.db.read() as conn:
        assert touched.last_change(conn, company.dana.rep_id) > before


def test_a_new_version_of_a_plan_is_noticed(company: Company) -> None:
    before = answers.earnings(company.context(), company.dana)
    better = PLAN.replace("version: 1", "version: 2").replace("12%", "20%")
    plans.publish(company.context(), better, "ae.yaml")
    assert answers.earnings(company.context(), company.dana).total != before.total


def test_what_concerns_others_alone_leaves_the_answer_in_memory(company: Company) -> None:
    with company.db.read() as conn:
        before = touched.last_change(conn, company.dana.rep_id)
    company.apply("deal", deal("d5", "sam", 9_000_000, date(2026, 8, 1)))
    with company.db.read() as conn:
        assert touched.last_change(conn, company.dana.rep_id) == before


RICH = """\
plan: rich
version: 1
effective: 2026-01-01 .. 2027-01-01
currency: USD
components:
  - {name: Margin, measure: {sum: margin}, rate: 10%}
  - {name: Services, measure: {where: {category: Services}}, rate: 1%}
  - {name: Engineer, measure: {where: {role: SE}}, rate: 2%}
  - {name: Praise, measure: {achievement: nps}, per_unit: 5}
  - {name: Variable, quota: bookings, accumulate: quarter, incentive: variable}
  - {name: Held, rate: 3%, release: [{share: 60%}, {share: 40%, on: event, event: go_live}]}
quotas: [{name: bookings, parts: quarter, prorate: days}]
payment: {draw: {amount: 100}}
"""
DANA = {"source": "crm", "person_external_id": "dana"}
D2 = {"source": "crm", "deal_external_id": "d2"}
MID = date(2026, 7, 15)
VARIABLE = {"name": "variable", "amount_cents": 12_000_000, "currency": "USD"} | WINDOW
NEW_KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "figure": ("figure", D2 | {"name": "margin", "value": 100_000, "unit": "money"}),
    "tag": ("tag", D2 | {"name": "category", "value": "Services"}),
    "event": ("event", D2 | {"name": "go_live", "on_day": date(2026, 8, 10), "amount_cents": 0, "currency": "USD"}),
    "own achievement": ("achievement", DANA | {"name": "nps", "on_day": MID, "value": 5_000_000, "unit": "number"}),
    "everybody's achievement": (
        "achievement",
        {
            "source": "crm",
            "person_external_id": "",
            "name": "nps",
            "on_day": MID,
            "value": 1_000_000,
            "unit": "number",
        },
    ),
    "incentive": ("incentive", DANA | VARIABLE | {"amount_cents": 6_000_000}),
    "absence": ("absence", DANA | {"start_on": MID, "end_on": date(2026, 8, 15)}),
    "position": ("position", DANA | {"role": "SE", "title": ""} | WINDOW),
    "adjustment": (
        "adjustment",
        DANA
        | {"external_id": "a1", "on_day": MID, "kind": "adjustment", "plan": "rich", "deal_external_id": ""}
        | {"amount_cents": -777, "currency": "USD", "reason": "agreed", "approved_by": "mona"},
    ),
    "balance": ("balance", DANA | {"plan": "rich", "name": "draw", "on_day": date(2026, 7, 1), "value": 5_000}),
}


@pytest.fixture
def rich(company: Company) -> Company:
    plans.publish(company.context(), RICH, "rich.yaml")
    company.apply("assignment", DANA | {"plan": "rich"} | WINDOW)
    company.apply("incentive", DANA | VARIABLE)
    return company


@pytest.mark.parametrize("what", NEW_KINDS)
def test_the_answer_follows_every_kind_of_fact(rich: Company, what: str) -> None:
    before = answers.earnings(rich.context(), rich.dana, "Q3").total
    kind, row = NEW_KINDS[what]
    rich.apply(kind, row)
    after = answers.earnings(rich.context(), rich.dana, "Q3").total
    assert before != after
    rich.apply(kind, row | {"deleted": True})
    assert answers.earnings(rich.context(), rich.dana, "Q3").total != after


LEADING = """\
plan: lead
version: 1
effective: 2026-01-01 .. 2027-01-01
currency: USD
crediting:
  - rule: owner
  - {rule: below, to: managers}
components:
  - {name: Team, rate: 1%}
"""
SHARED = """\
plan: shared
version: 1
effective: 2026-01-01 .. 2027-01-01
currency: USD
crediting:
  - {rule: by role, to: splits, by_role: [{role: rep, share: 70%}, {role: SE, share: 30%}]}
  - rule: owner
components:
  - {name: Own, rate: 5%}
"""


def test_a_manager_is_told_what_the_team_sells(company: Company) -> None:
    plans.publish(company.context(), LEADING, "lead.yaml")
    company.apply("assignment", DANA | {"person_external_id": "mona", "plan": "lead"} | WINDOW)
    asked = (company.context(), company.manager, "Q3")
    assert answers.earnings(*asked).total.minor == 140_000  # type: ignore[union-attr]
    company.apply("deal", deal("d5", "sam", 4_000_000, date(2026, 8, 1)))
    assert answers.earnings(*asked).total.minor == 150_000  # type: ignore[union-attr]
    company.apply("placement", DANA | {"manager_external_id": "", "team": "", "territory": ""} | WINDOW)
    assert answers.earnings(*asked).total.minor == 40_000  # type: ignore[union-attr]


def test_the_role_of_who_shares_a_deal_is_noticed(company: Company) -> None:
    plans.publish(company.context(), SHARED, "shared.yaml")
    for who in ("dana", "sam"):
        company.apply("assignment", DANA | {"person_external_id": who, "plan": "shared"} | WINDOW)
    company.apply("split", share("d5", "sam", HALF), share("d5", "dana", HALF))
    before = answers.earnings(company.context(), company.dana, "Q3").total
    recalculate.drain(company.context())
    company.apply("position", DANA | {"person_external_id": "sam", "role": "SE", "title": ""} | WINDOW)
    after = answers.earnings(company.context(), company.dana, "Q3").total
    assert before != after
    assert recalculate.drain(company.context()).reps == 2
