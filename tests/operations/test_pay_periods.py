"""Pay periods are locked by two people, never change, and are exported to the cent."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from engine.errors import MoveRefused
from engine.money import Money
from operations import answers, pay_periods, payroll, plans, recalculate
from operations.errors import PeriodNotEnded, PeriodNotLocked, PeriodOutOfTurn, UnknownPeriod
from store import changes, periods
from tests.operations.conftest import PLAN, deal, quota

if TYPE_CHECKING:
    from engine.people import Person
    from engine.period_states import Move
    from operations.pay_periods import PayPeriod
    from tests.operations.conftest import Company


def acting(company: Company, name: str, role: str = "ops") -> Person:
    return replace(company.manager, email=f"{name}@larkspur.example", role=role)


def move(company: Company, label: str, what: Move, by: Person, reason: str = "") -> PayPeriod:
    ctx = replace(company.context(), actor=by)
    return pay_periods.move(ctx, pay_periods.find(ctx, "monthly", label).span, what, reason)


def lock(company: Company, *labels: str) -> None:
    for label in labels:
        move(company, label, "submit", acting(company, "petra"))
        move(company, label, "lock", acting(company, "seun"))


JANUARY_TO_JULY = [f"2026-{month:02d}" for month in range(1, 8)]


def total(company: Company, month: int, as_of: date = date(2026, 8, 20)) -> Money | None:
    return answers.earnings(company.context(as_of), company.dana, f"2026-{month:02d}").total


def test_a_late_deal_leaves_the_locked_month_alone_and_is_paid_in_the_open_one(company: Company) -> None:
    july, august = total(company, 7), total(company, 8)
    lock(company, *JANUARY_TO_JULY)
    assert (total(company, 7), total(company, 8)) == (july, august)
    company.apply("deal", deal("late", "dana", 1_000_000, date(2026, 7, 20)))
    assert total(company, 7) == july
    after = answers.earnings(company.context(), company.dana, "2026-08")
    corrections = [line for line in after.lines if line.kind == "correction"]
    assert [(line.deal and line.deal.external_id, line.amount) for line in corrections] == [
        ("late", Money(80_000, "USD")),
    ]
    assert after.total == Money(480_000 + 80_000, "USD")  # the late deal moved August's into the upper tier


def test_published_statements_of_a_locked_month_keep_their_total(company: Company) -> None:
    recalculate.drain(company.context())
    july = total(company, 7)
    lock(company, *JANUARY_TO_JULY)
    company.apply("deal", deal("d1", "dana", 1, date(2026, 7, 10)))
    recalculate.drain(company.context())
    from store import runs

    with company.db.read() as conn:
        (found,) = runs.statements(conn, company.dana.rep_id, date(2026, 7, 1))
    assert found.statement.total == july


def test_reopening_takes_the_corrections_back(company: Company) -> None:
    lock(company, *JANUARY_TO_JULY)
    company.apply("deal", deal("late", "dana", 1_000_000, date(2026, 7, 20)))
    august = total(company, 8)
    move(company, "2026-07", "reopen", acting(company, "sam", "admin"), "the split was wrong")
    assert (august, total(company, 8)) == (Money(560_000, "USD"), Money(480_000, "USD"))
    assert total(company, 7) == Money(560_000, "USD")
    ctx = company.context()
    with company.db.read() as conn:
        history = periods.history(conn, pay_periods.find(ctx, "monthly", "2026-07").span)
        assert changes.verify_chain(conn).broken == ()
    assert [(one.move, one.actor.partition("@")[0], one.reason) for one in history] == [
        ("submit", "petra", ""),
        ("lock", "seun", ""),
        ("reopen", "sam", "the split was wrong"),
    ]


def test_the_export_ties_to_the_locked_lines(company: Company) -> None:
    july = total(company, 7)
    lock(company, *JANUARY_TO_JULY)
    ctx = company.context()
    made = payroll.export(ctx, pay_periods.find(ctx, "monthly", "2026-07").span)
    rows = list(csv.DictReader(io.StringIO(made.text)))
    mine = [row for row in rows if row["email"] == company.dana.email]
    totals = [row for row in mine if row["kind"] == payroll.TOTAL]
    assert [Money.parse(row["amount"], "USD") for row in totals] == [july]
    assert sum(Money.parse(row["amount"], "USD").minor for row in mine if row["kind"] != payroll.TOTAL) == (
        totals and Money.parse(totals[0]["amount"], "USD").minor
    )
    assert made.totals == (july,)
    assert payroll.export(ctx, pay_periods.find(ctx, "monthly", "2026-07").span) == made


def test_a_formula_in_a_deal_name_stays_text(company: Company) -> None:
    company.apply("deal", deal("d9", "dana", 1_000, date(2026, 7, 10)) | {"name": '=HYPERLINK("x")'})
    lock(company, *JANUARY_TO_JULY)
    ctx = company.context()
    made = payroll.export(ctx, pay_periods.find(ctx, "monthly", "2026-07").span)
    assert any(row["deal"].startswith("'=") for row in csv.DictReader(io.StringIO(made.text)))


def test_what_is_not_allowed_is_refused_with_what_is(company: Company) -> None:
    petra, admin = acting(company, "petra"), acting(company, "sam", "admin")
    with pytest.raises(MoveRefused, match="submit"):
        move(company, "2026-01", "lock", petra)
    move(company, "2026-01", "submit", petra)
    with pytest.raises(MoveRefused, match="somebody else"):
        move(company, "2026-01", "lock", petra)
    with pytest.raises(MoveRefused, match="ops"):
        move(company, "2026-01", "lock", company.dana)
    with pytest.raises(MoveRefused, match="reason"):
        move(company, "2026-01", "withdraw", petra)
    move(company, "2026-02", "submit", petra)
    with pytest.raises(PeriodOutOfTurn, match="2026-01"):
        move(company, "2026-02", "lock", admin)
    with pytest.raises(PeriodNotEnded, match="2026-08-31"):
        move(company, "2026-08", "submit", petra)
    with pytest.raises(UnknownPeriod, match="2026-08"):
        move(company, "2031-01", "submit", petra)
    with pytest.raises(PeriodNotLocked):
        payroll.export(company.context(), pay_periods.find(company.context(), "monthly", "2026-01").span)


def test_what_was_paid_is_never_reopened(company: Company) -> None:
    lock(company, "2026-01")
    move(company, "2026-01", "pay", acting(company, "petra"))
    with pytest.raises(MoveRefused, match="paid"):
        move(company, "2026-01", "reopen", acting(company, "sam", "admin"), "a reason")


def test_weeks_are_locked_in_their_order_and_later_deals_paid_in_the_open_one(company: Company) -> None:
    weekly = PLAN[: PLAN.index("components:")].replace("version: 1", "version: 2\npays: weekly")
    weekly = weekly.replace("effective: 2026-01-01", "effective: 2026-07-06")
    plans.publish(company.context(), weekly + "components: [{name: New business, rate: 10%}]\n", "ae.yaml")
    ctx = company.context()
    weeks = [one for one in pay_periods.listed(ctx) if one.span.pays == "weekly"]
    assert [one.label for one in weeks[:2]] == ["2026-07-06 .. 2026-07-13", "2026-07-13 .. 2026-07-20"]
    assert len(weeks) == 7
    with pytest.raises(UnknownPeriod, match="2026-08-17"):
        pay_periods.find(ctx, "weekly", "2026-07")  # a month is no week
    for label in ("2026-07-06", weeks[1].label):
        for what, name in (("submit", "petra"), ("lock", "seun")):
            own = replace(ctx, actor=acting(company, name))
            pay_periods.move(own, pay_periods.find(own, "weekly", label).span, what)
    made = payroll.export(ctx, weeks[0].span)
    assert made.totals == (Money(600_000, "USD"),)
    company.apply("deal", deal("late", "dana", 1_000_000, date(2026, 7, 9)))
    shown = answers.earnings(company.context(), company.dana, weeks[0].label)
    assert (shown.total, shown.period.label) == (Money(600_000, "USD"), weeks[0].label)
    after = answers.earnings(company.context(), company.dana, "2026-07-20 .. 2026-07-27")
    assert [(line.kind, line.amount) for line in after.lines] == [("correction", Money(100_000, "USD"))]
    now = answers.earnings(company.context(), company.dana, None)
    assert now.period.label == "2026-08-17 .. 2026-08-24"


def test_a_locked_line_is_explained_as_it_was_though_quota_and_deals_have_changed_since(company: Company) -> None:
    company.apply("deal", deal("big", "dana", 7_000_000, date(2026, 7, 20)))
    before = answers.earnings(company.context(date(2026, 7, 31)), company.dana, "2026-07")
    told = answers.line(company.context(), before.basis.receipt_id, before.lines[1].line_no)
    lock(company, *JANUARY_TO_JULY)
    company.apply("quota", quota("dana", 90_000_000, date(2026, 7, 1), date(2026, 10, 1)))
    company.apply("deal", deal("late", "dana", 1_000_000, date(2026, 7, 12)))
    after = answers.earnings(company.context(), company.dana, "2026-07")
    again = answers.line(company.context(), after.basis.receipt_id, after.lines[1].line_no)
    assert (again.slices, again.quota, again.before, again.rule) == (told.slices, told.quota, told.before, told.rule)
    assert [piece.amount for piece in again.slices] == [Money(320_000, "USD"), Money(360_000, "USD")]
    assert again.note.startswith("The line stands as it was when its period was locked.")
    assert again.line == after.lines[1]
