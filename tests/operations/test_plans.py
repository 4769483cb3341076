"""Publishing: examples first, versions for good, locked periods only on purpose; and what changes for one person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from operations import pay_periods, plan_changes, plans, simulate
from operations.context import Context
from operations.errors import (
    OperationError,
    PeriodNotBegun,
    PersonUnknown,
    PlanRefused,
    PlanUnknown,
    ReasonMissing,
    UnknownPeriod,
)
from operations.plans import Proof
from store.tables.changes import change
from tests.operations.conftest import PLAN

if TYPE_CHECKING:
    from engine.people import Person
    from tests.operations.conftest import Company

NEXT = PLAN.replace("version: 1", "version: 2").replace("8%", "9%")
EXAMPLES = """\
plan: ae.yaml
examples:
  - name: Half of the quota
    quotas: [{amount: 100_000, over: 2026-01-01 .. 2026-04-01}]
    deals: [{amount: 50_000}]
    expect: [{pays: PAYS}]
"""


def proof(pays: str, **reasons: str) -> Proof:
    return Proof(EXAMPLES.replace("PAYS", pays), "ae.examples.yaml", lambda _: NEXT, **reasons)


def reasons(company: Company) -> list[str]:
    with company.db.read() as conn:
        return [row.reason for row in conn.execute(change.select().order_by(change.c.change_id))]


def test_a_plan_whose_examples_hold_is_published(company: Company) -> None:
    plans.publish(company.context(), NEXT, "ae.yaml", proof("4_500"))
    assert plans.named(company.context(), "ae").version == 2
    assert plans.named(company.context(), "ae", 1).version == 1


def test_a_failing_example_keeps_a_plan_from_being_published_and_is_named(company: Company) -> None:
    with pytest.raises(PlanRefused) as refused:
        plans.publish(company.context(), NEXT, "ae.yaml", proof("4_000"))
    said = str(refused.value)
    assert "1 worked example fails in ae.examples.yaml" in said
    assert "“Half of the quota”: pays: expected 4000, found 4500" in said
    assert "--without-examples REASON" in said
    assert plans.named(company.context(), "ae").version == 1


def test_an_examples_file_that_cannot_be_read_keeps_it_too(company: Company) -> None:
    broken = Proof("examples: [{nam: x}]", "ae.examples.yaml", lambda _: NEXT)
    with pytest.raises(PlanRefused, match=r"ae\.examples\.yaml:1"):
        plans.publish(company.context(), NEXT, "ae.yaml", broken)


def test_without_examples_only_with_a_reason_that_stays_on_record(company: Company) -> None:
    with pytest.raises(ReasonMissing):
        plans.publish(company.context(), NEXT, "ae.yaml", proof("4_000", without="  "))
    plans.publish(company.context(), NEXT, "ae.yaml", proof("4_000", without="agreed with Finance"))
    assert reasons(company)[-1].endswith("; without worked examples: agreed with Finance")


def test_a_version_never_changes_and_the_next_is_higher(company: Company) -> None:
    with pytest.raises(PlanRefused, match="version 1 is published already"):
        plans.publish(company.context(), PLAN.replace("8%", "9%"), "ae.yaml")
    assert plans.publish(company.context(), PLAN, "ae.yaml").version == 1


def test_locked_periods_are_reached_only_on_purpose(company: Company) -> None:
    ctx = company.context()
    ops = Context(ctx.db, date(2026, 9, 1), datetime(2026, 9, 1, tzinfo=UTC))
    for period in pay_periods.listed(ops)[:2]:
        pay_periods.move(ops, period.span, "submit")
        pay_periods.move(Context(ctx.db, ops.as_of, ops.now, _approver(company)), period.span, "lock")
    with pytest.raises(PlanRefused) as refused:
        plans.publish(ops, NEXT, "ae.yaml")
    assert "reaches into 2 locked pay periods, from 2026-01-01, 2026-02-01" in str(refused.value)
    assert "begin on 2026-03-01 or later" in str(refused.value)
    later = NEXT.replace("2026-01-01 .. 2027", "2026-03-01 .. 2027")
    assert plans.publish(ops, later, "ae.yaml").version == 2
    third = NEXT.replace("version: 2", "version: 3")
    plans.publish(ops, third, "ae.yaml", Proof(into_locked="the rate was wrong from the start"))
    assert reasons(company)[-1].endswith("; into 2 locked periods: the rate was wrong from the start")


def _approver(company: Company) -> Person:
    """Somebody else of ops: who submits a period does not approve it."""
    return replace(company.manager, role="ops", email="cfo@example.com")


def test_unknown_plans_and_versions_are_refused_with_those_there_are(company: Company) -> None:
    with pytest.raises(PlanUnknown, match="There are: ae"):
        plans.named(company.context(), "sdr")
    with pytest.raises(PlanUnknown, match=r"no version 7\. Published are: 1"):
        plans.named(company.context(), "ae", 7)


def test_what_changes_for_one_person(company: Company) -> None:
    old, new = (plans.check(text, "ae.yaml") for text in (PLAN, NEXT))
    found = plan_changes.for_person(company.context(), old, new, "dana@example.com")  # type: ignore[arg-type]
    assert [each.sentence for each in found.changes] == [
        "The plan: version 1 -> 2",
        "New business, tier from 0%: rate 8% -> 9%",
    ]
    manager = plan_changes.for_person(company.context(), old, new, "mona@example.com")  # type: ignore[arg-type]
    assert (manager.spans, manager.changes) == ((), ())
    with pytest.raises(PersonUnknown):
        plan_changes.for_person(company.context(), old, new, "nobody@example.com")  # type: ignore[arg-type]


def test_a_simulation_over_history_ends_today(company: Company) -> None:
    draft = plans.check(NEXT, "ae.yaml")
    found = simulate.simulate(company.context(), draft, "2026-Q3")  # type: ignore[arg-type]
    assert found.until == date(2026, 8, 20)
    paid = {found.names[each.rep_id]: each for each in found.found.impacts}
    dana = paid["Dana Doe"]
    assert (dana.now.minor, dana.change.minor) == (
        8_000_00 + 1_200_00,
        1_000_00,
    )  # 100 of the 110 thousand are at 9 %
    assert paid["Sam Roe"].now.currency == "USD"


@pytest.mark.parametrize(
    ("over", "days"),
    [
        ("2026-Q1", ("2026-01-01", "2026-04-01")),
        ("2026-Q1..Q3", ("2026-01-01", "2026-08-21")),
        ("2026-01..2026-06", ("2026-01-01", "2026-07-01")),
        ("2026-Q1 .. 2026-Q2", ("2026-01-01", "2026-07-01")),
    ],
)
def test_the_days_that_people_name(company: Company, over: str, days: tuple[str, str]) -> None:
    found = simulate.simulate(company.context(), plans.check(NEXT, "ae.yaml"), over)  # type: ignore[arg-type]
    assert (str(found.span.start_on), str(found.span.end_on)) == days


@pytest.mark.parametrize(
    ("over", "against", "error"),
    [
        ("soon", "", UnknownPeriod),
        ("2026-Q3..Q1", "", UnknownPeriod),
        ("2026-Q4", "", PeriodNotBegun),
        ("2026-Q1", "sdr", PlanUnknown),
        ("2020-Q1", "", PlanUnknown),
    ],
)
def test_what_cannot_be_simulated_is_said(
    company: Company, over: str, against: str, error: type[OperationError]
) -> None:
    with pytest.raises(error):
        simulate.simulate(company.context(), plans.check(NEXT, "ae.yaml"), over, against)  # type: ignore[arg-type]
