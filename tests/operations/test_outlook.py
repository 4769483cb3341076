"""What if, which deals, why not, why changed: real answers over a real store, each with a receipt that replays."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from engine.money import Money
from operations import answers, bridges, gap, receipts, what_if, why_not
from operations.errors import DayUnplanned, DealUnclear, NotComparable, UnknownReceipt
from operations.open_deals import Wish, wish
from tests.operations.conftest import deal

if TYPE_CHECKING:
    from tests.operations.conftest import Company

SEPTEMBER = date(2026, 9, 10)


@pytest.fixture
def pipeline(company: Company) -> Company:
    """Dana has 110 of 100 thousand; Sam has nothing, a quota of 100 thousand, and three open deals."""
    from tests.operations.conftest import quota

    company.apply("quota", quota("sam", 10_000_000, date(2026, 7, 1), date(2026, 10, 1)))
    company.apply(
        "deal",
        deal("d5", "sam", 3_000_000, date(2026, 8, 1), stage="lost"),
        deal("s1", "sam", 6_000_000, SEPTEMBER, stage="open", name="Acme Suite", account="Acme"),
        deal("s2", "sam", 5_000_000, SEPTEMBER, stage="open", name="Birch Suite", account="Birch"),
        deal("s3", "sam", 1_000_000, SEPTEMBER, stage="open", name="Birch Support", account="Birch"),
    )
    return company


def usd(cents: int) -> tuple[Money, ...]:
    return (Money(cents, "USD"),)


def test_two_deals_together_pay_more_than_each_alone(pipeline: Company) -> None:
    found = what_if.what_if(pipeline.context(), pipeline.sam, [Wish("Acme"), Wish("s2")])
    assert (found.before, found.gain) == (usd(0), usd(8_000_00 + 1_200_00))  # 100 at 8 %, 10 at 12 %
    assert [(one.deal.name, one.alone, one.last) for one in found.deals] == [
        ("Acme Suite", usd(4_800_00), usd(5_200_00)),
        ("Birch Suite", usd(4_000_00), usd(4_400_00)),
    ]
    assert [(move.before_ppm, move.after_ppm, move.reaches_tier) for move in found.quotas] == [
        (0, 1_100_000, 1_000_000)
    ]
    assert found.rerated == usd(0)


def test_another_amount_and_another_day_can_be_asked_for(pipeline: Company) -> None:
    found = what_if.what_if(pipeline.context(), pipeline.sam, [Wish("Acme", SEPTEMBER, "100_000")])
    assert (found.gain, found.deals[0].on, found.deals[0].amount.minor) == (usd(8_000_00), SEPTEMBER, 100_000_00)
    october = what_if.what_if(pipeline.context(), pipeline.sam, [Wish("Acme", date(2026, 10, 2))])
    assert october.gain == usd(0)  # no quota runs then, and the answer says so
    assert {one.code for one in october.problems} == {"quota_missing"}


@pytest.mark.parametrize(
    ("wishes", "error", "words"),
    [
        ([], DealUnclear, "too few"),
        ([Wish("nothing like it")], DealUnclear, "No open deal of Sam Roe"),
        ([Wish("Birch")], DealUnclear, "2 open deals are called “Birch”: s2 Birch Suite, s3 Birch Support"),
        ([Wish("Acme"), Wish("s1")], DealUnclear, "named twice"),
        ([Wish("Acme", date(2026, 1, 1))], DealUnclear, "is past"),
        ([Wish("Acme", date(2031, 1, 1))], DayUnplanned, "No published plan"),
        ([Wish("d1")], DealUnclear, "No open deal"),
    ],
)
def test_what_is_not_one_open_deal_is_refused_in_words(
    pipeline: Company, wishes: list[Wish], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        what_if.what_if(pipeline.context(), pipeline.sam, wishes)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Acme Suite", Wish("Acme Suite")),
        ("Acme@2026-09-30", Wish("Acme", date(2026, 9, 30))),
        ("Acme=50,000", Wish("Acme", None, "50,000")),
        ("a@b.com deal@2026-09-30=1_000.50", Wish("a@b.com deal", date(2026, 9, 30), "1_000.50")),
    ],
)
def test_how_a_wish_is_written(text: str, read: Wish) -> None:
    assert wish(text) == read


def test_a_day_that_is_none_is_said() -> None:
    with pytest.raises(DealUnclear, match="no day"):
        wish("Acme@2026-02-31")


def test_the_fewest_deals_to_quota(pipeline: Company) -> None:
    found = gap.gap(pipeline.context(), pipeline.sam)
    assert found.open_deals == 3
    (route,) = found.routes
    assert (route.reaches, (route.missing,), (route.credit,)) == ("quota", usd(100_000_00), usd(110_000_00))
    assert [one.deal.external_id for one in route.deals] == ["s1", "s2"]
    assert (route.gain, route.is_least) == (usd(9_200_00), True)


def test_a_gap_that_no_deal_closes_says_what_is_left(pipeline: Company) -> None:
    pipeline.apply("deal", deal("s1", "sam", 1_000_000, SEPTEMBER, stage="open"))
    (route,) = gap.gap(pipeline.context(), pipeline.sam).routes
    assert (route.deals, route.short_by) == ((), Money(30_000_00, "USD"))


def test_nothing_is_missing_once_quota_is_reached(pipeline: Company) -> None:
    assert gap.gap(pipeline.context(), pipeline.dana).routes == ()


def test_an_open_deal_is_not_paid_because_it_is_open(pipeline: Company) -> None:
    found = why_not.why_not(pipeline.context(), pipeline.sam, "Acme")
    assert found.blocker is not None
    assert (found.blocker.asks, found.blocker.found, found.paid) == ("The deal is won", "open", ())


def test_a_deal_that_is_paid_has_no_blocker(pipeline: Company) -> None:
    found = why_not.why_not(pipeline.context(), pipeline.dana, "d1")
    assert (found.blocker, found.paid) == (None, usd(4_800_00))
    assert {one.state for one in found.conditions} == {"pass"}


def test_of_a_deal_of_somebody_else_nothing_is_said(pipeline: Company) -> None:
    with pytest.raises(DealUnclear) as one:
        why_not.why_not(pipeline.context(), pipeline.sam, "d1")
    with pytest.raises(DealUnclear) as other:
        why_not.why_not(pipeline.context(), pipeline.sam, "zz")
    assert str(one.value).replace("d1", "zz") == str(other.value)


def test_why_pay_changed_sums_to_the_difference(pipeline: Company) -> None:
    found = bridges.between_periods(pipeline.context(), pipeline.dana, "2026-07", "2026-08")
    assert (found.bridge.before.minor, found.bridge.after.minor) == (4_800_00, 4_400_00)
    assert sum(step.change.minor for step in found.bridge.steps) == -400_00
    assert {step.deal.external_id: step.cause for step in found.bridge.steps if step.deal} == {
        "d1": "gone_deal",
        "d2": "new_deal",
    }


def test_two_receipts_of_one_period_show_what_came_between(pipeline: Company) -> None:
    before = answers.earnings(pipeline.context(), pipeline.dana, "2026-08").basis.receipt_id
    pipeline.apply("deal", deal("d2", "dana", 4_000_000, date(2026, 8, 5)))
    after = answers.earnings(pipeline.context(), pipeline.dana, "2026-08").basis.receipt_id
    found = bridges.between_receipts(pipeline.context(), before, after)
    (step,) = found.bridge.steps
    assert (step.cause, step.before.minor, step.after.minor) == ("credit", 4_400_00, 3_200_00)
    assert (found.before_receipt, found.after_receipt) == (before, after)


def test_receipts_that_cannot_be_compared_are_refused(pipeline: Company) -> None:
    ctx = pipeline.context()
    dana, sam = (answers.earnings(ctx, who).basis.receipt_id for who in (pipeline.dana, pipeline.sam))
    quota = answers.quota(ctx, pipeline.dana).basis.receipt_id
    with pytest.raises(NotComparable, match="two people"):
        bridges.between_receipts(ctx, dana, sam)
    with pytest.raises(NotComparable, match="of quota"):
        bridges.between_receipts(ctx, quota, dana)
    with pytest.raises(UnknownReceipt):
        bridges.between_receipts(ctx, "rcp_none", dana)


def test_every_answer_replays_byte_for_byte_after_facts_changed(pipeline: Company) -> None:
    ctx = pipeline.context()
    given = [
        what_if.what_if(ctx, pipeline.sam, [Wish("Acme", SEPTEMBER), Wish("s2", None, "70_000")]).basis.receipt_id,
        gap.gap(ctx, pipeline.sam).basis.receipt_id,
        why_not.why_not(ctx, pipeline.sam, "Acme").basis.receipt_id,
    ]
    pipeline.apply("deal", deal("s1", "sam", 1, SEPTEMBER, name="Renamed"))
    assert [receipts.replay(ctx, one).matches for one in given] == [True, True, True]
