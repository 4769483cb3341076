"""Published statements follow the facts, and only those of reps whose facts changed are calculated again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from engine.money import Money
from operations import answers, plans, recalculate
from store import changes, runs
from tests.operations.conftest import deal

if TYPE_CHECKING:
    from tests.operations.conftest import Company


def published(company: Company, rep_id: int, month: int) -> runs.Published | None:
    with company.db.read() as conn:
        found = runs.statements(conn, rep_id, date(2026, month, 1))
    assert len(found) <= 1
    return found[0] if found else None


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


FLAT = """\
plan: flat
version: 1
effective: 2026-01-01 .. 2027-01-01
currency: {currency}
components:
  - name: Everything
    rate: 5%
"""


def held(company: Company, who: str, plan: str, start_on: date, end_on: date) -> None:
    row = {"source": "crm", "person_external_id": who, "plan": plan, "start_on": start_on, "end_on": end_on}
    company.apply("assignment", row)


def test_two_plans_in_one_period_make_one_statement(company: Company) -> None:
    plans.publish(company.context(), FLAT.format(currency="USD"), "flat.yaml")
    held(company, "dana", "flat", date(2026, 8, 1), date(2026, 9, 1))
    recalculate.drain(company.context())
    august = published(company, company.dana.rep_id, 8)
    assert august is not None
    assert august.statement.total == Money(440_000 + 250_000, "USD")
    assert august.statement.total == answers.earnings(company.context(), company.dana, "august").total


def test_two_currencies_make_two_statements_and_the_answer_says_what_it_leaves_out(company: Company) -> None:
    rate = {"from_currency": "USD", "to_currency": "EUR", "rate_num": 9, "rate_den": 10}
    company.apply("rate", rate | {"source": "crm", "start_on": date(2026, 1, 1), "end_on": date(2027, 1, 1)})
    plans.publish(company.context(), FLAT.format(currency="EUR"), "flat.yaml")
    held(company, "dana", "flat", date(2026, 8, 1), date(2026, 9, 1))
    recalculate.drain(company.context())
    with company.db.read() as conn:
        found = runs.statements(conn, company.dana.rep_id, date(2026, 8, 1))
    assert {said.statement.total for said in found} == {Money(440_000, "USD"), Money(225_000, "EUR")}
    answer = answers.earnings(company.context(), company.dana, "august")
    assert answer.total is not None
    assert "other_currency" in [problem.code for problem in answer.problems]


def test_a_run_that_knew_less_never_replaces_one_that_knew_more(company: Company) -> None:
    recalculate.drain(company.context())
    with company.db.read() as conn:
        stale = runs.shown(conn, [company.dana.rep_id])
        known = changes.watermark(conn)
    company.apply("deal", deal("d2", "dana", 4_000_000, date(2026, 8, 5)))
    recalculate.drain(company.context())
    opened = runs.RunOpened(date(2026, 8, 20), known, (), "", "", "late", company.context().now)
    with company.db.write() as conn:
        late = runs.open_run(conn, opened)
        assert runs.publish(conn, late, stale, company.context().now) == {company.dana.rep_id}
    august = published(company, company.dana.rep_id, 8)
    assert august is not None
    assert august.statement.total == Money(320_000, "USD")


def test_a_deal_dated_ahead_counts_when_its_day_comes(company: Company) -> None:
    recalculate.drain(company.context())
    tomorrow = company.context(as_of=date(2026, 8, 21))
    assert recalculate.drain(tomorrow).reps == 1
    august = published(company, company.dana.rep_id, 8)
    assert august is not None
    assert august.statement.total == answers.earnings(tomorrow, company.dana, "august").total
    assert august.statement.lines == 2


def test_a_version_that_covers_part_of_another_prices_alike_everywhere(company: Company) -> None:
    by_amount = FLAT.format(currency="USD").replace(
        "    rate: 5%",
        "    accumulate: year_to_date\n    table:\n      by: amount\n      behaviour: marginal\n"
        "      tiers: [{from: 0, rate: 1%}, {from: 50_000, rate: 10%}]",
    )
    half = by_amount.replace("version: 1", "version: 2").replace(
        "2026-01-01 .. 2027-01-01", "2026-01-01 .. 2026-08-01"
    )
    plans.publish(company.context(), by_amount, "flat.yaml")
    plans.publish(company.context(), half, "flat.yaml")
    held(company, "sam", "flat", date(2026, 1, 1), date(2027, 1, 1))
    company.apply("deal", deal("s1", "sam", 6_000_000, date(2026, 7, 3)))
    recalculate.drain(company.context())
    august = published(company, company.sam.rep_id, 8)
    assert august is not None
    assert august.statement.total == answers.earnings(company.context(), company.sam, "august").total


def test_a_plan_that_pays_once_a_year_makes_one_statement_of_the_year(company: Company) -> None:
    yearly = FLAT.format(currency="USD").replace("currency: USD", "currency: USD\npays: yearly")
    plans.publish(company.context(), yearly, "flat.yaml")
    held(company, "sam", "flat", date(2026, 1, 1), date(2027, 1, 1))
    company.apply("deal", deal("s9", "sam", 1_000_000, date(2026, 3, 3)))
    recalculate.drain(company.context())
    year = published(company, company.sam.rep_id, 1)
    assert year is not None
    assert (year.statement.period.label, year.statement.total) == ("2026", Money(200_000, "USD"))


def test_one_quarter_under_two_names_makes_one_statement(company: Company) -> None:
    by_quarter = FLAT.format(currency="USD").replace("currency: USD", "currency: USD\npays: quarterly")
    later = by_quarter.replace("plan: flat", "plan: later").replace("2026-01-01 .. 2027", "2026-07-01 .. 2027")
    for text in (by_quarter, later):
        plans.publish(company.context(), text, "plan.yaml")
    for name in ("flat", "later"):
        held(company, "sam", name, date(2026, 7, 1), date(2027, 1, 1))
    recalculate.drain(company.context())
    quarter = published(company, company.sam.rep_id, 7)
    assert quarter is not None
    assert (quarter.statement.lines, quarter.statement.total) == (2, Money(300_000, "USD"))


def test_what_a_day_alone_brings_is_published_when_the_day_comes(company: Company) -> None:
    drawn = FLAT.format(currency="USD") + "payment: {draw: {amount: 4_000}}\n"
    plans.publish(company.context(), drawn, "flat.yaml")
    held(company, "sam", "flat", date(2026, 8, 1), date(2027, 1, 1))
    row = {"source": "crm", "external_id": "a1", "person_external_id": "sam", "on_day": date(2026, 9, 2)}
    decided = {"kind": "adjustment", "plan": "flat", "deal_external_id": "", "amount_cents": 500, "currency": "USD"}
    company.apply("adjustment", row | decided | {"reason": "agreed", "approved_by": "mona"})
    recalculate.drain(company.context())
    before = published(company, company.sam.rep_id, 8)
    recalculate.drain(company.context(as_of=date(2026, 9, 1)))
    ended = published(company, company.sam.rep_id, 8)
    recalculate.drain(company.context(as_of=date(2026, 9, 2)))
    september = published(company, company.sam.rep_id, 9)
    assert [one and one.statement.total for one in (before, ended, september)] == [
        Money(150_000, "USD"),
        Money(400_000, "USD"),
        Money(500, "USD"),
    ]


def test_who_only_keeps_an_unchanged_share_of_a_deal_is_calculated_again(company: Company) -> None:
    def shares(*parts: tuple[str, int]) -> list[dict[str, object]]:
        deal_of = {"source": "crm", "deal_external_id": "d5"}
        return [deal_of | {"person_external_id": who, "share_ppb": ppb} for who, ppb in parts]

    company.apply("split", *shares(("sam", 400_000_000), ("mona", 300_000_000), ("dana", 300_000_000)))
    recalculate.drain(company.context())
    touched = company.apply("split", *shares(("sam", 500_000_000), ("mona", 300_000_000), ("dana", 300_000_000)))
    assert company.dana.rep_id in touched
