"""What reps are told: the figures, the receipts, and what stands in the way."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from engine.errors import LineUnknown
from engine.money import Money
from operations import answers, receipts
from operations.errors import FactsChanged, PeriodNotBegun, PlanAltered, UnknownPeriod, UnknownReceipt
from tests.operations.conftest import deal, person

if TYPE_CHECKING:
    from tests.operations.conftest import Company


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def test_quota_counts_what_is_won_by_today(company: Company) -> None:
    answer = answers.quota(company.context(), company.dana)
    (progress,) = answer.quotas
    assert (progress.quota, progress.credit) == (usd(10_000_000), usd(11_000_000))
    assert (progress.gap, progress.over) == (usd(0), usd(1_000_000))
    assert progress.attainment_ppm == 1_100_000
    assert progress.days_left == 41  # 21 August to 30 September
    assert (progress.open_pipeline, progress.open_deals) == (usd(2_000_000), 1)
    # 100,000 at 8 % and 10,000 at 12 %
    assert answer.earned == usd(800_000 + 120_000)
    assert answer.basis.receipt_id.startswith("rcp_")


def test_a_past_period_is_seen_from_its_end(company: Company) -> None:
    july = answers.quota(company.context(date(2026, 7, 31)), company.dana)
    assert july.quotas[0].credit == usd(6_000_000)
    again = answers.quota(company.context(), company.dana, "July")
    assert again.as_of == date(2026, 7, 31)
    assert again.quotas == july.quotas


def test_earnings_are_the_sum_of_their_lines(company: Company) -> None:
    answer = answers.earnings(company.context(), company.dana, "this quarter")
    assert [line.amount for line in answer.lines] == [usd(480_000), usd(440_000)]
    assert answer.total == usd(920_000)
    assert sum(part.amount.minor for part in answer.components) == 920_000
    month = answers.earnings(company.context(), company.dana)
    assert (month.period.start_on, month.total) == (date(2026, 8, 1), usd(440_000))


def test_a_line_is_explained_from_the_facts_of_its_receipt(company: Company) -> None:
    answer = answers.earnings(company.context(), company.dana, "this quarter")
    line = answer.lines[1]
    company.apply("deal", deal("d2", "dana", 9_900_000, date(2026, 8, 5)))
    explained = answers.line(company.context(), answer.basis.receipt_id, line.line_no)
    assert explained.line == line
    assert [(part.basis, part.amount) for part in explained.slices] == [
        (usd(4_000_000), usd(320_000)),
        (usd(1_000_000), usd(120_000)),
    ]
    assert explained.basis.receipt_id == answer.basis.receipt_id


def test_the_same_question_has_the_same_receipt_and_a_changed_fact_another(company: Company) -> None:
    first = answers.quota(company.context(), company.dana)
    second = answers.quota(company.context(now=datetime(2026, 8, 20, 17, 0, tzinfo=UTC)), company.dana)
    assert first.basis.receipt_id == second.basis.receipt_id
    company.apply("deal", deal("d1", "dana", 6_000_100, date(2026, 7, 10)))
    third = answers.quota(company.context(), company.dana)
    assert third.basis.receipt_id != first.basis.receipt_id


@pytest.mark.parametrize("question", ["quota", "earnings"])
def test_replay_gives_the_same_bytes_after_the_facts_moved_on(company: Company, question: str) -> None:
    asked = answers.quota if question == "quota" else answers.earnings
    answer = asked(company.context(), company.dana)
    company.apply("deal", deal("d2", "dana", 1, date(2026, 8, 5)), deal("d9", "dana", 9, date(2026, 8, 6)))
    company.apply("person", person("dana", "Dana Smith", manager="mona"))
    replayed = receipts.replay(company.context(), answer.basis.receipt_id)
    assert replayed.matches
    assert replayed.same_inputs
    assert replayed.same_code


def test_home_is_both_answers_of_the_day(company: Company) -> None:
    home = answers.home(company.context(), company.dana)
    assert home.quota == answers.quota(company.context(), company.dana)
    assert home.earnings == answers.earnings(company.context(), company.dana)


def test_no_quota_is_a_problem_with_a_remedy_and_never_a_number(company: Company) -> None:
    answer = answers.quota(company.context(), company.sam)
    assert answer.quotas == ()
    assert [problem.code for problem in answer.problems] == ["quota_missing"]
    assert answer.problems[0].remedy


def test_no_plan_is_a_problem(company: Company) -> None:
    answer = answers.quota(company.context(), company.manager)
    assert answer.plan is None
    assert answer.quotas == ()
    assert "plan_missing" in [problem.code for problem in answer.problems]


def test_someone_whose_plan_has_ended_is_asked_by_the_same_calendar(company: Company) -> None:
    year = {"source": "crm", "person_external_id": "dana", "plan": "ae", "start_on": date(2026, 1, 1)}
    company.apply("assignment", year | {"end_on": date(2026, 8, 10)})
    answer = answers.earnings(company.context(), company.dana, "this year")
    assert (answer.period.label, answer.period.start_on) == ("2026", date(2026, 1, 1))
    assert answer.total == usd(920_000)
    assert answer.plan is None


def test_a_period_that_lies_ahead_is_refused(company: Company) -> None:
    for asked in (answers.quota, answers.earnings):
        with pytest.raises(PeriodNotBegun, match="01 October 2026"):
            asked(company.context(), company.dana, "next quarter")


def test_bad_requests_raise(company: Company) -> None:
    with pytest.raises(UnknownPeriod):
        answers.earnings(company.context(), company.dana, "whenever")
    with pytest.raises(UnknownReceipt):
        answers.line(company.context(), "rcp_doesnotexist0000", 1)
    receipt_id = answers.earnings(company.context(), company.dana).basis.receipt_id
    with pytest.raises(LineUnknown):
        answers.line(company.context(), receipt_id, 999)


def test_an_altered_store_is_noticed(company: Company) -> None:
    receipt_id = answers.earnings(company.context(), company.dana).basis.receipt_id
    with company.db.write() as conn:
        conn.exec_driver_sql("UPDATE deal SET amount_cents = amount_cents + 1")
    with pytest.raises(FactsChanged):
        answers.line(company.context(), receipt_id, 1)
    assert not receipts.replay(company.context(), receipt_id).same_inputs


def test_a_plan_altered_in_the_store_pays_nobody(company: Company) -> None:
    with company.db.write() as conn:
        conn.exec_driver_sql("UPDATE plan SET text = replace(text, '12', '92')")
    with pytest.raises(PlanAltered):
        answers.earnings(company.context(), company.dana)
