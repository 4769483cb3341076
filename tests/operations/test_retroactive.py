"""What a sync changes in deals of locked periods is told, and pays as a correction in the open one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from engine.money import Money
from operations import answers, pay_periods, retroactive
from tests.operations.conftest import NOW
from tests.operations.feed_desk import Desk, deal

if TYPE_CHECKING:
    from engine.problems import Problem
    from tests.operations.conftest import Company

JANUARY_TO_JULY = [f"2026-{month:02d}" for month in range(1, 8)]


@pytest.fixture
def desk(company: Company) -> Desk:
    """A second source, whose people are those of the company and whose deals count for them."""
    desk = Desk(company.db, name="hub", now=NOW)
    for who in ("dana", "sam"):
        desk.crm.put("person", who, {"name": who.title(), "email": f"{who}@example.com"})
    desk.crm.put("deal", "h1", deal("1000", owner="dana", close="2026-07-15"))
    desk.crm.put("deal", "h2", deal("2000", owner="sam", close="2026-08-15"))
    desk.crm.put("deal", "h3", deal("500", owner="dana", close="2026-07-20", stage="open"))
    assert desk.sync().ok
    for label in JANUARY_TO_JULY:
        for move, who in (("submit", "petra"), ("lock", "seun")):
            by = replace(company.manager, email=f"{who}@example.com", role="ops")
            ctx = replace(company.context(), actor=by)
            pay_periods.move(ctx, pay_periods.find(ctx, "monthly", label).span, move)  # type: ignore[arg-type]
    return desk


def told(desk: Desk, mode: str = "incremental") -> list[Problem]:
    desk.passed(minutes=30)
    summary = desk.sync(mode)
    assert summary.ok
    return [one for one in summary.problems if one.code == retroactive.CODE]


@pytest.mark.parametrize(
    ("said", "before", "now"),
    [
        ({"amount": "1500"}, "amount 1000.00 USD", "amount 1500.00 USD"),
        ({"owner": "sam"}, "owner dana", "owner sam"),
        ({"stage": "open"}, "stage won", "stage open"),
        ({"close": "2026-08-02"}, "close date 2026-07-15", "close date 2026-08-02"),
    ],
)
def test_bug_18_a_change_in_a_locked_period_is_told_once(
    desk: Desk, said: dict[str, str], before: str, now: str
) -> None:
    desk.crm.put("deal", "h1", deal("1000", owner="dana", close="2026-07-15") | said)
    (problem,) = told(desk)
    assert (problem.allowed, problem.found, problem.where) == (before, now, "hub")
    assert "deal h1 of the monthly period from 2026-07-01 changed after the lock" in problem.message
    assert "UTC with change" in problem.message, "when it came in, and which change of the journal says so"
    assert told(desk) == []
    assert [one.message for one in retroactive.report(desk.context())] == [problem.message]


def test_bug_18_a_deal_that_is_gone_or_comes_back_into_a_locked_period_is_told(desk: Desk) -> None:
    desk.crm.archive("deal", "h1")
    (gone,) = told(desk)
    assert gone.found == "deal deleted"
    desk.crm.put("deal", "h3", deal("500", owner="dana", close="2026-07-20"))
    (late,) = told(desk)
    assert (late.allowed, late.found) == ("stage open", "stage won")


def test_what_changes_in_an_open_period_or_says_nothing_new_is_not_told(desk: Desk) -> None:
    desk.crm.put("deal", "h2", deal("9000", owner="sam", close="2026-08-15"))
    desk.crm.put("deal", "h1", deal("1000", owner="dana", close="2026-07-15", name="Another name"))
    assert told(desk) == []
    assert told(desk, "sweep") == []
    assert retroactive.report(desk.context()) == ()


def test_bug_17_a_reopened_deal_is_taken_back_in_the_open_period(company: Company, desk: Desk) -> None:
    """8 % of what was locked comes off in August; July's pay stays to the cent."""
    july = answers.earnings(company.context(), company.dana, "2026-07").total
    desk.crm.put("deal", "h1", deal("1000", owner="dana", close="2026-07-15", stage="lost"))
    assert told(desk)
    assert answers.earnings(company.context(), company.dana, "2026-07").total == july
    august = answers.earnings(company.context(), company.dana, "2026-08")
    corrections = {
        line.deal.external_id: line.amount for line in august.lines if line.kind == "correction" and line.deal
    }
    assert corrections == {"h1": Money(-8_000, "USD")}


def test_many_changes_are_counted(desk: Desk) -> None:
    for number in range(30):
        desk.crm.put("deal", f"m{number:02}", deal("10", owner="dana", close="2026-07-01"))
    assert told(desk) == [], "a deal that is new is a correction, not a change"
    for number in range(30):
        desk.crm.put("deal", f"m{number:02}", deal("11", owner="dana", close="2026-07-01"))
    problems = told(desk)
    assert len(problems) == retroactive.MOST + 1
    assert problems[-1].message.startswith("10 further deals")


def test_before_anything_is_locked_nothing_is_watched(company: Company) -> None:
    assert retroactive.mark(company.context()) is None
    assert retroactive.report(company.context(date(2026, 8, 20))) == ()
