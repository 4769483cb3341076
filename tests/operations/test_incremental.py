"""Whatever is edited, calculating again those it reaches comes to the same as calculating everybody from scratch."""

from __future__ import annotations

import itertools
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from engine import commission
from engine.needs import needs
from operations import answers, pay_periods, payroll, pricing, recalculate, receipts
from operations.context import Context
from store import frames, people, runs
from store.database import Database
from tests.conftest import _administer, _named
from tests.operations.conftest import NOW
from tests.operations.sharing_company import TODAY, edits, founded, made

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from engine.calculation import Calculation
    from engine.people import Person

_numbers = itertools.count()
#: What is edited between two drains, and how many days pass before the second.
ROUNDS = st.lists(st.tuples(st.lists(edits(), min_size=1, max_size=4), st.sampled_from((0, 0, 3, 14))), max_size=3)
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
CHECKS = (HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large)


@pytest.fixture(scope="module")
def sqlite_company(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("company")
    shutil.copyfile(sqlite_template, folder / "founded.db")
    _found(f"sqlite:///{folder / 'founded.db'}")

    def opened() -> Database:
        path = folder / f"{next(_numbers)}.db"
        shutil.copyfile(folder / "founded.db", path)
        return Database.open(f"sqlite:///{path}")

    return opened


@pytest.fixture(scope="module")
def postgres_company(postgres_template: str) -> Iterator[Any]:
    founding = f"attain_company_{next(_numbers)}"
    _administer(postgres_template, f"CREATE DATABASE {founding} TEMPLATE attain_template STRATEGY file_copy")
    _found(_named(postgres_template, founding))

    def opened() -> Database:
        name = f"{founding}_{next(_numbers)}"
        _administer(postgres_template, f"CREATE DATABASE {name} TEMPLATE {founding} STRATEGY file_copy")
        return Database.open(_named(postgres_template, name))

    return opened


def _found(url: str) -> None:
    database = Database.open(url)
    founded(database)
    recalculate.drain(Context(database, TODAY, NOW))
    database.dispose()


@given(rounds=ROUNDS)
@settings(max_examples=3, deadline=None, phases=PHASES, suppress_health_check=CHECKS)
def test_on_sqlite(sqlite_company: Callable[[], Database], rounds: list[Any]) -> None:
    live(sqlite_company, rounds)


@given(rounds=ROUNDS)
@settings(max_examples=1, deadline=None, phases=PHASES, suppress_health_check=CHECKS)
def test_on_postgres(postgres_company: Callable[[], Database], rounds: list[Any]) -> None:
    live(postgres_company, rounds)


@pytest.mark.soak
@pytest.mark.timeout(3_600)
@given(rounds=ROUNDS)
@settings(max_examples=1_000, deadline=None, suppress_health_check=CHECKS)
def test_on_sqlite_for_long(sqlite_company: Callable[[], Database], rounds: list[Any]) -> None:
    live(sqlite_company, rounds)


@pytest.mark.soak
@pytest.mark.timeout(3_600)
@given(rounds=ROUNDS)
@settings(max_examples=100, deadline=None, suppress_health_check=CHECKS)
def test_on_postgres_for_long(postgres_company: Callable[[], Database], rounds: list[Any]) -> None:
    live(postgres_company, rounds)


def live(company: Callable[[], Database], rounds: list[Any]) -> None:
    database = company()
    try:
        today = TODAY
        agree(database, Context(database, today, NOW))
        for changes, days in rounds:
            today += timedelta(days=days)
            for edit in changes:
                note(f"{today}: {edit}")
                made(database, edit, today)
            agree(database, Context(database, today, NOW))
    finally:
        database.dispose()


def agree(database: Database, ctx: Context) -> None:
    """Published statements, lines and answers are those of a calculation of everybody."""
    recalculate.drain(ctx)
    with database.read() as conn:
        assert runs.stale_reps(conn) == ()
        begun = pricing.begun(conn, ctx.as_of)
        facts = frames.facts(conn, pricing.window(begun, ctx.as_of), more=needs(begun))
        staff = people.all(conn)
        shown = runs.shown(conn, [one.rep_id for one in staff])
    whole = commission.calculate(facts, begun, ctx.as_of)
    assert said(shown) == said(recalculate.statements(whole))
    assert sum(one.total.minor for one in shown) == int(whole.lines["amount_cents"].sum())
    exported(ctx, shown)
    for one in staff:
        answered(ctx, one, whole)


def exported(ctx: Context, shown: Any) -> None:
    """The export of every locked month comes to what its statements say, by currency."""
    for period in pay_periods.listed(ctx):
        if period.span.pays != "monthly" or period.state != "locked":
            continue
        sums: dict[str, int] = {}
        for one in shown:
            if (one.period.start_on, one.period.end_on) == (period.span.start_on, period.span.end_on):
                sums[one.total.currency] = sums.get(one.total.currency, 0) + one.total.minor
        made_of = {total.currency: total.minor for total in payroll.export(ctx, period.span).totals}
        assert {currency: cents for currency, cents in sums.items() if cents or currency in made_of} == made_of


def said(statements: Any) -> dict[Any, tuple[int, int]]:
    return {
        (one.rep_id, one.period.start_on, one.period.end_on, one.total.currency): (one.lines, one.total.minor)
        for one in statements
        if one.lines
    }


def answered(ctx: Context, one: Person, whole: Calculation) -> None:
    """One rep's own calculation, the remembered answer, its total and its replay."""
    with ctx.db.read() as conn:
        priced = pricing.price(conn, one, ctx.as_of)
    assert lines(priced.calculation, one.rep_id) == lines(whole, one.rep_id)
    answer = answers.earnings(ctx, one)
    fresh = answers.earnings_of(priced, answer.period, {})
    assert [line.amount for line in answer.lines] == [line.amount for line in fresh.lines]
    assert answer.total == fresh.total
    if answer.total is not None:
        assert answer.total.minor == sum(line.amount.minor for line in answer.lines)
    again = receipts.replay(ctx, answer.basis.receipt_id)
    assert (again.matches, again.same_inputs) == (True, True)


def lines(calc: Calculation, rep_id: int) -> list[tuple[Any, ...]]:
    """A rep's lines as plain values, without the places of plans, which go by the plans that are looked at."""
    own = calc.lines[calc.lines["rep_id"] == rep_id]
    names = ("line_no", "plan", "component", "kind", "rule", "deal_id", "booked_on", "basis_cents", "amount_cents")
    return list(zip(*(own[name].tolist() for name in names), strict=True))
