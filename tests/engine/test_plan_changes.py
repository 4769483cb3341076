"""What a new version changes: every key, with before and after, and for one person only what can touch them."""

from __future__ import annotations

from datetime import date

import pytest

from engine.dates import Period
from engine.plan_changes import Whom, changes, touching
from engine.plans.load import load
from engine.plans.schema import Plan
from tests.engine.plan_variants import by_field, everything, language

PLAN = """\
plan: ae
version: 1
effective: 2026-01-01 .. 2027-01-01
currency: USD
components:
  - name: New business
    measure: {where: {type: [new, expansion]}}
    quota: bookings
    accumulate: quarter
    table:
      by: attainment
      behaviour: marginal
      tiers:
        - {from: 0%, rate: 8%}
        - {from: 100%, rate: 10%}
        - {from: 120%, rates: [{rate: 11%}, {role: SE, rate: 12%}]}
    cap: {per_deal: 250_000}
"""
VARIANTS = by_field(everything())
YEAR = (Period("", date(2026, 1, 1), date(2027, 1, 1)),)


def plan(*swaps: tuple[str, str], text: str = PLAN) -> Plan:
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new)
    found = load(text, "plan.yaml")
    assert isinstance(found, Plan), found
    return found


def said(*swaps: tuple[str, str]) -> list[str]:
    return [each.sentence for each in changes(plan(), plan(*swaps))]


def test_a_rate_is_told_with_its_tier_before_and_after() -> None:
    assert said(("100%, rate: 10%", "100%, rate: 12%")) == ["New business, tier from 100%: rate 10% -> 12%"]


def test_equal_plans_change_nothing_and_spelling_is_no_change() -> None:
    assert said(("250_000", "250000.00")) == []


def test_dates_version_and_conditions_are_told_in_words() -> None:
    assert said(("version: 1", "version: 2"), ("2026-01-01 .. 2027-01-01", "2026-07-01 .. 2027-07-01")) == [
        "The plan: version 1 -> 2",
        "The plan: effective dates 1 January 2026 to 31 December 2026 -> 1 July 2026 to 30 June 2027",
    ]
    assert said(("[new, expansion]", "new")) == [
        "New business: which deals count won deals of type new or expansion -> won deals of type new"
    ]


def test_a_tier_that_moves_is_one_change_and_one_that_comes_is_another() -> None:
    assert said(("from: 100%", "from: 95%")) == ["New business, tier from 100%: begins at 100% -> 95%"]
    assert said(("        - {from: 100%", "        - {from: 50%, rate: 9%}\n        - {from: 100%")) == [
        "New business: tier from 50% added (rate 9%)"
    ]


def test_a_component_that_comes_goes_or_is_renamed() -> None:
    more = ("    cap: {per_deal: 250_000}\n", "  - {name: Renewals, measure: {where: {type: renewal}}, rate: 2%}\n")
    added = [each.sentence for each in changes(plan(), plan((more[0], more[0] + more[1])))]
    assert added == ["The plan: component Renewals added (which deals count won deals of type renewal, rate 2%)"]
    assert said(("name: New business", "name: Bookings")) == ["New business: name New business -> Bookings"]


def test_a_key_that_is_added_or_taken_away() -> None:
    assert said(("{per_deal: 250_000}", "{per_deal: 250_000, per_year: 90_000}")) == [
        "New business, cap: paid per year added (USD 90,000)"
    ]
    assert said(("    cap: {per_deal: 250_000}\n", "")) == [
        "New business, cap: credit counted per deal removed (USD 250,000)"
    ]


def test_the_order_of_credit_rules_matters() -> None:
    rules = "crediting: [{rule: splits, role: AE}, {rule: owner}]\ncomponents:"
    other = "crediting: [{rule: owner}, {rule: splits, role: AE}]\ncomponents:"
    before, after = (plan(("components:", text)) for text in (rules, other))
    assert [each.sentence for each in changes(before, after)] == [
        "The plan: order of the credit rules splits then owner -> owner then splits"
    ]


def test_for_one_person_only_what_can_touch_them_is_told() -> None:
    found = changes(plan(), plan(("role: SE, rate: 12%", "role: SE, rate: 14%"), ("rate: 8%", "rate: 9%")))
    rep = Whom(frozenset({"AE", "rep"}), leads=False, spans=YEAR)
    engineer = Whom(frozenset({"SE"}), leads=False, spans=YEAR)
    assert [each.what for each in touching(found, rep)] == ["rate"]
    assert len(touching(found, engineer)) == 2


def test_what_only_managers_are_paid_touches_only_those_who_lead() -> None:
    rule = "crediting: [{rule: owner}, {rule: above, to: managers, share: 50%}]\ncomponents:"
    found = changes(plan(), plan(("components:", rule)))
    assert [touching(found, Whom(frozenset(), leads, YEAR)) != () for leads in (True, False)] == [True, False]


def test_a_rate_for_days_after_somebody_left_the_plan_does_not_touch_them() -> None:
    before, after = (
        plan(("{role: SE, rate: 12%}", f"{{booked: 2026-10-01 .. 2026-11-01, rate: {rate}%}}")) for rate in (12, 15)
    )
    left = (Period("", date(2026, 1, 1), date(2026, 6, 1)),)
    found = changes(before, after)
    assert len(touching(found, Whom(frozenset(), leads=False, spans=YEAR))) == 1
    assert touching(found, Whom(frozenset(), leads=False, spans=left)) == ()


@pytest.mark.parametrize("field", sorted(VARIANTS))
def test_every_field_of_the_language_is_compared(field: str) -> None:
    for variant in VARIANTS[field]:
        there, back = changes(variant.base, variant.plan), changes(variant.plan, variant.base)
        assert there
        assert back
        assert all("object at" not in each.sentence for each in there)


def test_every_field_of_the_language_is_tried() -> None:
    assert language() - set(VARIANTS) == {"DealFilter.stage"}  # which can say nothing but won
