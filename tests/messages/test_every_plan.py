"""Whatever a plan can pay, a reply words it: every line of the published examples, and lines of any shape at all."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import attainment, statements
from engine.answers import DealName, EarningsAnswer, LineExplanation, LineSummary, PlanRef, QuotaAnswer, RepRef, Slice
from engine.calculation import KINDS, Calculation
from engine.commission import calculate
from engine.dates import Period
from engine.history import with_history
from engine.money import Money, Quantity, Rate
from engine.plans import example_files
from engine.plans.load import load
from engine.plans.schema import Plan
from engine.worked_facts import Cast, facts_of
from messages import terminal, views
from messages.render import render
from messages.reply import Reply
from messages.validate import validate
from tests.messages.sample_words import GERMAN, Q4, READER

if TYPE_CHECKING:
    from engine.frames import Facts
    from messages.reply import View

PUBLISHED = Path(__file__).parents[1] / "conformance"
ALWAYS = Period("2026", date(2000, 1, 1), date(2040, 1, 1))
AE = PlanRef("ae", 1, "ab12")


def worded(template: str, view: View) -> str:
    """The reply as a terminal shows it, once Slack would take it."""
    message = render(Reply(template, view))
    assert validate({"text": message.text, "blocks": message.blocks}, "message") == []
    read = terminal.text(message.blocks)
    assert "None" not in read
    assert "  ·" not in read
    return read


def asked(case: str) -> list[tuple[Calculation, Facts, int, date]]:
    """Every rep of every example of a case, calculated."""
    folder = PUBLISHED / case
    found = example_files.load((folder / "cases.examples.yaml").read_text(encoding="utf-8"), "cases.examples.yaml")
    assert isinstance(found, example_files.ExampleFile)
    made = []
    for example in found.examples:
        names = example.plan or found.plan or ("cases.yaml",)
        plans = [load((folder / name).read_text(encoding="utf-8"), name) for name in names]
        held = tuple(plan for plan in plans if isinstance(plan, Plan))
        cast = Cast(example, held)
        facts = with_history(facts_of(cast), held, (cast.as_of, None), calculate)
        calc = calculate(facts, held, cast.as_of)
        made += [(calc, facts, rep_id, cast.as_of) for rep_id in sorted(set(cast.reps.values()))]
    return made


@pytest.mark.parametrize("case", sorted(path.parent.name for path in PUBLISHED.glob("*/cases.examples.yaml")))
def test_every_published_example_is_worded(case: str) -> None:
    for calc, facts, rep_id, as_of in asked(case):
        lines = statements.lines(calc, facts, rep_id, ALWAYS, {})
        for line in lines:
            told = worded("line", views.line(statements.explain(calc, facts, rep_id, line.line_no, {}), READER))
            assert views.line(statements.explain(calc, facts, rep_id, line.line_no, {}), READER).size in told
        answer = EarningsAnswer(
            RepRef(rep_id, "Dana Reyes"),
            as_of,
            ALWAYS,
            AE,
            statements.components(calc, rep_id, ALWAYS),
            lines,
            sum((line.amount for line in lines), Money(0, calc.plans[0].currency)),
            payouts=statements.payout(calc, rep_id, ALWAYS),
        )
        worded("earnings", views.earnings(answer, GERMAN))
        worded("statement", views.statement(answer, READER))
        quotas = attainment.progress(calc, facts, rep_id, as_of)
        worded("quota", views.quota(QuotaAnswer(answer.rep, as_of, AE, quotas, answer.total), READER))


AMOUNTS = st.integers(-(10**12), 10**12)
CREDITS = st.one_of(st.builds(Money, AMOUNTS, st.just("USD")), st.builds(Quantity, AMOUNTS))
RATES = st.builds(Rate, st.integers(-(10**9), 10**9), st.integers(1, 10**6))
DEALS = st.one_of(st.none(), st.builds(DealName, st.integers(1, 99), st.text(), st.text(), st.text(), st.text()))


@st.composite
def explanations(draw: st.DrawFn) -> LineExplanation:
    """Any line of any kind whose parts sum to it."""
    kind = draw(st.sampled_from([*KINDS, "something_new"]))
    number = draw(st.booleans())

    def credit() -> Money | Quantity:
        value = draw(AMOUNTS)
        return Quantity(value) if number else Money(value, "USD")

    parts = [
        Slice(
            draw(st.sampled_from(["attainment", "amount", "deal"])),
            draw(st.integers(0, 10**9)),
            draw(st.one_of(st.none(), st.integers(1, 10**9))),
            credit(),
            draw(RATES),
            Money(draw(AMOUNTS), "USD"),
            draw(st.sampled_from(["rate", "fixed", "value", "jump"])),
            draw(st.sampled_from(["", "margin_pct", "quantity", "New business"])),
            draw(st.sampled_from(["money", "number", "attainment"])),
        )
        for _ in range(draw(st.integers(0, 4)))
    ]
    rerated = Money(draw(AMOUNTS), "USD")
    amount = Money(sum(part.amount.minor for part in parts) + rerated.minor, "USD")
    component = draw(st.sampled_from(["", "New business"]))
    booked = date(2025, 10, 1) + timedelta(days=draw(st.integers(0, 90)))
    return LineExplanation(
        rep=RepRef(draw(st.sampled_from([7, 8])), "Dana Reyes"),
        line=LineSummary(1, kind, component, draw(DEALS), booked, credit(), amount),
        plan=AE,
        period=Q4,
        rule=draw(st.sampled_from(["", "owner", "csat"])),
        deal_amount=draw(st.one_of(st.none(), st.builds(Money, AMOUNTS, st.sampled_from(["USD", "EUR", "JPY"])))),
        share_ppb=draw(st.integers(0, 10**9)),
        converted_at=draw(st.one_of(st.none(), st.just(Rate(2, 3)))),
        before=credit(),
        after=credit(),
        quota=draw(st.one_of(st.none(), CREDITS)),
        slices=tuple(parts),
        rerated=rerated,
        note=draw(st.one_of(st.just("“5.00 USD” pays 1234.50 USD from 2026-02-30 on, at 7.25%."), st.text())),
    )


@settings(max_examples=150, deadline=None)
@given(explanations())
def test_any_line_at_all_is_worded(explanation: LineExplanation) -> None:
    told = views.line(explanation, READER)
    render_as = render(Reply("line", told))
    assert validate({"text": render_as.text, "blocks": render_as.blocks}, "message") == []
    assert told.size in render_as.text or told.amount in render_as.text or told.took in render_as.text
