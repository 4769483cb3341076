"""Published statements follow the facts, and only those of reps whose facts changed are calculated again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from engine.money import Money
from operations import answers, recalculate
from store import runs
from tests.operations.conftest import deal

if TYPE_CHECKING:
    from tests.operations.conftest import Company


def published(company: Company, rep_id: int, month: int) -> runs.Published | None:
    with company.db.read() as conn:
        return runs.statement(conn, rep_id, date(2026, month, 1))


def test_first_drain_publishes_everybody_once(company: Company) -> None:
    summary = recalculate.drain(company.context())
    assert (summary.reps, summary.lines) == (3, 2)
    assert [(total.plan, total.amount) for total in summary.totals] == [("ae", Money(920_000, "USD"))]
    assert [problem.code for problem in summary.problems] == ["quota_missing"]
    assert recalculate.drain(company.context()).reps == 0


def test_statements_equal_what_the_bot_answers(company: Company) -> None:
    recalculate.drain(company.context())
    for month in (7, 8):
        said = published(company, company.dana.rep_id, month)
        assert said is not None
        asked = answers.earnings(company.context(), company.dana, f"2026-{month:02d}")
        assert said.statement.total == asked.total
        assert said.statement.lines == len(asked.lines)


def test_a_changed_deal_recalculates_its_reps_alone(company: Company) -> None:
    recalculate.drain(company.context())
    before = published(company, company.dana.rep_id, 7)
    touched = company.apply("deal", deal("d2", "dana", 4_000_000, date(2026, 8, 5)))
    assert touched == {company.dana.rep_id}
    summary = recalculate.drain(company.context())
    assert summary.reps == 1
    august = published(company, company.dana.rep_id, 8)
    assert august is not None
    assert august.statement.total == Money(320_000, "USD")
    assert before is not None
    with company.db.read() as conn:
        assert len(runs.lines(conn, before.run_id, company.dana.rep_id)) == 2  # the old run is kept


def test_a_period_that_lost_its_deals_says_zero(company: Company) -> None:
    recalculate.drain(company.context())
    company.apply("deal", deal("d1", "dana", 6_000_000, date(2026, 7, 10), deleted=True))
    recalculate.drain(company.context())
    july = published(company, company.dana.rep_id, 7)
    assert july is not None
    assert (july.statement.lines, july.statement.total) == (0, Money(0, "USD"))


def test_a_deal_that_moves_to_a_colleague_touches_both(company: Company) -> None:
    recalculate.drain(company.context())
    touched = company.apply("deal", deal("d1", "sam", 6_000_000, date(2026, 7, 10)))
    assert touched == {company.dana.rep_id, company.sam.rep_id}
