"""A remembered answer is given up as soon as anything changes that could matter to it, and kept otherwise."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from operations import answers, plans
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
