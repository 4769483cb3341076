"""The way from one statement to another sums to their difference exactly."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from engine.answers import DealName, LineSummary
from engine.bridge import bridge
from engine.money import Money

ON = date(2026, 3, 1)


def line(deal: int, credit: int, amount: int, kind: str = "commission", component: str = "New") -> LineSummary:
    name = DealName(deal, f"Deal {deal}", "", str(deal), "crm") if deal else None
    return LineSummary(1, kind, component, name, ON, Money(credit, "USD"), Money(amount, "USD"))


def test_every_cause_is_told_apart() -> None:
    before = [line(1, 100, 8), line(2, 100, 8), line(3, 100, 8), line(0, 0, 50, "draw", "")]
    after = [line(2, 90, 7), line(3, 100, 10), line(4, 500, 40), line(0, 0, 30, "draw", "")]
    found = bridge(before, after, "USD")
    assert {(step.cause, step.change.minor) for step in found.steps} == {
        ("gone_deal", -8),
        ("credit", -1),
        ("rate", 2),
        ("new_deal", 40),
        ("kind", -20),
    }
    assert found.steps[0].cause == "new_deal"


LINES = st.lists(
    st.builds(
        line,
        st.integers(0, 5),
        st.integers(-1_000, 1_000),
        st.integers(-1_000, 1_000),
        st.sampled_from(["commission", "cap", "draw"]),
        st.sampled_from(["New", "Renewals"]),
    ),
    max_size=20,
)


@given(LINES, LINES)
def test_the_steps_sum_to_the_difference(before: list[LineSummary], after: list[LineSummary]) -> None:
    found = bridge(before, after, "USD")
    assert sum(step.change.minor for step in found.steps) == found.after.minor - found.before.minor
    assert found.before.minor == sum(each.amount.minor for each in before)
    assert found.after.minor == sum(each.amount.minor for each in after)
