"""A paycheck by date: sure, expected and exposed parts that sum to the answer, with a receipt."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from engine.money import Money
from operations import answers, pay_periods, paycheck, plans, receipts
from operations.errors import DayUnplanned, UnknownPeriod
from store import people
from tests.operations.conftest import TODAY, deal, person, quota

if TYPE_CHECKING:
    from engine.paycheck import PaycheckAnswer, PaycheckPart
    from engine.period_states import Move
    from store.database import Database
    from tests.operations.conftest import Company

SEPTEMBER, OCTOBER, DECEMBER = date(2026, 9, 1), date(2026, 10, 1), date(2026, 12, 1)
#: Retroactive: what one deal reaches re-rates the others. Half of each commission waits for the customer's money.
RETROACTIVE = """\
plan: retro
version: 1
effective: 2026-01-01 .. 2027-01-01
currency: USD
components:
  - name: New business
    quota: bookings
    accumulate: quarter
    table:
      by: attainment
      behaviour: whole_amount
      tiers: [{from: 0%, rate: 5%}, {from: 100%, rate: 10%}]
    release: [{share: 50%}, {share: 50%, on: event, event: go_live}]
    clawback: {on: churn, months: 6}
"""


def usd(dollars: int, cents: int = 0) -> Money:
    return Money(dollars * 100 + cents, "USD")


def said(parts: tuple[PaycheckPart, ...]) -> list[tuple[str, date, Money]]:
    return [(part.kind, part.on, part.amount) for part in parts]


def sums(answer: PaycheckAnswer) -> bool:
    """Whether the lines of each part sum to what is said of it."""
    return all(
        sum((part.amount for part in parts), usd(0)) == total
        for parts, total in (
            (answer.certain, answer.certain_total),
            (answer.expected, answer.expected_total),
            (answer.exposed, answer.exposed_total),
        )
    )


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """One store will do: nothing here is read in a way of its own."""
    return sqlite_database


@pytest.fixture
def retro(company: Company) -> Company:
    """Sam, on a retroactive plan: 60 of 100 thousand won, 10 as of the 29th; an open deal reaches quota before it."""
    plans.publish(company.context(), RETROACTIVE, "retro.yaml")
    old = {"source": "crm", "person_external_id": "sam", "plan": "ae"}
    company.apply("assignment", old | {"start_on": date(2026, 1, 1), "end_on": date(2026, 7, 1)})
    new = {"source": "crm", "person_external_id": "sam", "plan": "retro"}
    company.apply("assignment", new | {"start_on": date(2026, 7, 1), "end_on": date(2027, 1, 1)})
    company.apply("quota", quota("sam", 10_000_000, date(2026, 7, 1), OCTOBER))
    company.apply(
        "deal",
        deal("d5", "sam", 6_000_000, date(2026, 8, 1)),
        deal("d6", "sam", 1_000_000, date(2026, 8, 29)),
        deal("s1", "sam", 5_000_000, date(2026, 8, 28), stage="open", name="Acme Suite"),
    )
    company.apply("event", event("d5", "go_live", date(2026, 8, 30)))
    return company


def event(deal_id: str, name: str, on: date) -> dict[str, Any]:
    return {"source": "crm", "record": f"{deal_id}-{name}", "deal_external_id": deal_id, "name": name, "on_day": on,
            "amount_cents": 0, "currency": "USD"}  # fmt: skip


def test_the_next_pay_is_what_is_earned_and_what_days_bring(company: Company) -> None:
    found = paycheck.paid_by(company.context(), company.dana)
    assert [(each.period.label, each.on) for each in found.paydays] == [("2026-08", SEPTEMBER)]
    assert said(found.certain) == [("earned", SEPTEMBER, usd(4_400)), ("timed", date(2026, 8, 21), usd(1_481, 48))]
    assert (found.certain_total, found.expected, found.exposed, sums(found)) == (usd(5_881, 48), (), (), True)


def test_open_deals_are_expected_in_the_period_in_which_they_close(company: Company) -> None:
    found = paycheck.paid_by(company.context(), company.dana, "2026-10-01")
    assert [each.period.label for each in found.paydays] == ["2026-08", "2026-09"]
    assert said(found.expected) == [("deal", SEPTEMBER, usd(2_400))]
    assert (found.certain_total, sums(found)) == (usd(5_881, 48), True)
    assert paycheck.paid_by(company.context(), company.dana, "september").expected == (), "its pay comes in October"
    assert paycheck.paid_by(company.context(), company.dana, "10-01").by == OCTOBER


def test_certain_money_is_what_earnings_say(company: Company) -> None:
    ctx = company.context(as_of=date(2026, 8, 31))
    earned = answers.earnings(ctx, company.dana, "this month").total
    assert paycheck.paid_by(ctx, company.dana).certain_total == earned


def test_what_an_open_deal_changes_for_others_is_a_line_of_its_own(retro: Company) -> None:
    found = paycheck.paid_by(retro.context(), retro.sam)
    assert said(found.certain) == [
        ("earned", SEPTEMBER, usd(1_500)),  # half of 5 % of 60 thousand
        ("timed", date(2026, 8, 29), usd(500)),
        ("timed", date(2026, 8, 29), usd(-250)),
    ]
    assert said(found.expected) == [
        ("awaited", date(2026, 8, 30), usd(1_500)),
        ("deal", date(2026, 8, 28), usd(4_000)),  # half of 10 % of 110 thousand, less what 60 thousand brought
        ("rerated", date(2026, 8, 28), usd(250)),  # the deal of the 29th at 10 %, half of it
    ]
    assert said(found.exposed) == [("exposed", date(2027, 2, 1), usd(1_500))], "only what was paid"
    assert sums(found)


def test_what_was_taken_back_is_not_at_risk_again(retro: Company) -> None:
    retro.apply("event", event("d5", "churn", date(2026, 8, 10)))
    assert paycheck.paid_by(retro.context(), retro.sam).exposed == ()


def test_a_pay_day_some_days_after_the_period(company: Company) -> None:
    found = paycheck.paid_by(company.context(), company.dana, after_days=30)
    assert [(each.period.label, each.on) for each in found.paydays] == [("2026-07", date(2026, 8, 31))]
    assert found.certain_total == usd(4_800)
    early = paycheck.paid_by(company.context(), company.dana, "2026-08-25", after_days=30)
    assert (early.by, early.paydays) == (date(2026, 8, 25), found.paydays), "nothing by then: the next one is said"


def test_what_payroll_has_paid_is_not_paid_again_and_what_waits_still_is(company: Company) -> None:
    company.apply("person", person("olga", "Olga Ops", "ops"), person("otto", "Otto Ops", "ops"))
    july = paycheck.paid_by(company.context(), company.dana)
    assert [each.period.label for each in july.paydays] == ["2026-08"], "July's pay day has passed"
    for month in range(1, 7):
        move(company, f"2026-{month:02}", ("submit", "olga"), ("lock", "otto"), ("pay", "otto"))
    move(company, "2026-07", ("submit", "olga"))
    waits = paycheck.paid_by(company.context(), company.dana)
    assert [each.period.label for each in waits.paydays] == ["2026-07", "2026-08"]
    move(company, "2026-07", ("lock", "otto"), ("pay", "otto"))
    assert paycheck.paid_by(company.context(), company.dana).paydays == july.paydays


def move(company: Company, label: str, *moves: tuple[Move, str]) -> None:
    for what, who in moves:
        with company.db.read() as conn:
            ctx = replace(company.context(), actor=people.by_email(conn, f"{who}@example.com"))
        pay_periods.move(ctx, pay_periods.find(ctx, "monthly", label).span, what)


@pytest.mark.parametrize(
    ("when", "error", "words"),
    [
        ("2026-08-01", UnknownPeriod, "is past"),
        ("last month", UnknownPeriod, "is past"),
        ("someday", UnknownPeriod, "is no period"),
    ],
)
def test_a_day_that_is_no_pay_day_ahead_is_refused(
    company: Company, when: str, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        paycheck.paid_by(company.context(), company.dana, when)


def test_what_is_paid_in_another_currency_is_left_out_and_said(company: Company) -> None:
    plans.publish(company.context(), RETROACTIVE.replace("USD", "EUR").replace("    quota: bookings\n", "").replace(
        "by: attainment", "by: amount").replace("from: 100%", "from: 100_000").replace("from: 0%", "from: 0"),
        "retro.yaml")  # fmt: skip
    both = {"source": "crm", "person_external_id": "dana", "plan": "retro"}
    company.apply("assignment", both | {"start_on": date(2026, 7, 1), "end_on": date(2027, 1, 1)})
    rate = {"source": "crm", "from_currency": "USD", "to_currency": "EUR", "start_on": date(2026, 1, 1),
            "end_on": date(2027, 1, 1), "rate_num": 1, "rate_den": 1}  # fmt: skip
    company.apply("rate", rate)
    found = paycheck.paid_by(company.context(), company.dana)
    assert len({part.amount.currency for part in found.certain}) == 1
    assert "other_currency" in {one.code for one in found.problems}
    assert sums(found)


def test_who_is_on_no_plan_has_no_pay_day(company: Company) -> None:
    with pytest.raises(DayUnplanned, match="no pay day is known"):
        paycheck.paid_by(company.context(), company.manager)


def test_the_answer_replays_byte_for_byte_after_facts_changed(retro: Company) -> None:
    ctx = retro.context()
    given = [
        paycheck.paid_by(ctx, who, when).basis.receipt_id
        for who, when in ((retro.sam, ""), (retro.dana, "2026-10-15"), (retro.sam, "2026-12-31"))
    ]
    retro.apply("deal", deal("s1", "sam", 1, TODAY, name="Renamed"))
    assert [receipts.replay(ctx, one).matches for one in given] == [True, True, True]
