"""Which exchange rate a day has, and that a day with two different ones has none."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.commission import calculate
from engine.dates import day
from engine.exchange import Exchange
from engine.frames import Facts, Named
from engine.money import Rate
from engine.plans.load import load
from engine.plans.schema import Plan

PAIR = {"from_currency": "EUR", "to_currency": "USD"}


def rate(start_on: int, end_on: int, num: int, den: int = 10) -> dict:
    return PAIR | {"start_on": start_on, "end_on": end_on, "rate_num": num, "rate_den": den}


def on(month: int, number: int = 1) -> int:
    return day(date(2026, month, number))


OVERLAPPING = [rate(on(1), on(2, 2), 11), rate(on(2), on(3), 12), rate(on(8), on(9), 13)]


@pytest.mark.parametrize(
    ("booked", "expected"),
    [
        (on(1), Rate(11, 10)),
        (on(1, 31), Rate(11, 10)),
        (on(2), None),
        (on(2, 2), Rate(12, 10)),
        (on(3), None),
        (on(8, 15), Rate(13, 10)),
        (on(9), None),
        (on(1) - 1, None),
    ],
)
def test_only_a_day_with_two_rates_has_none(booked: int, expected: Rate | None) -> None:
    assert Exchange(Facts.of(rates=OVERLAPPING).rates).rate_on("EUR", "USD", booked) == expected


def test_two_rows_that_agree_are_no_conflict() -> None:
    rates = [rate(on(1), on(3), 11), rate(on(2), on(4), 22, 20), rate(on(2), on(2), 99), rate(on(2), on(3), 0)]
    exchange = Exchange(Facts.of(rates=rates).rates)
    assert [exchange.rate_on("EUR", "USD", on(month)) for month in (1, 2, 3, 4)] == [Rate(11, 10)] * 3 + [None]


def test_a_deal_on_a_clean_day_is_paid_though_other_days_are_not() -> None:
    deals = [
        {"deal_id": number, "owner_id": 1, "amount_cents": 1_000, "currency": "EUR", "stage": "won"}
        | {"booked_on": booked, "deal_type": "new", "product": "A"}
        for number, booked in enumerate((on(2), on(8, 20)), start=1)
    ]
    assigned = [{"rep_id": 1, "plan": "ae", "start_on": on(1), "end_on": on(12)}]
    head = "plan: ae\nversion: 1\neffective: 2026-01-01 .. 2027-01-01\ncurrency: USD\n"
    plan = load(head + "components: [{name: flat, rate: 10%}]", "x.yaml")
    assert isinstance(plan, Plan)
    calc = calculate(Facts.of(deals=deals, assignments=assigned, rates=OVERLAPPING), [plan], date(2026, 12, 31))
    assert calc.lines["amount_cents"].tolist() == [130]
    assert [(each.code, each.deal) for each in calc.problems] == [("fx_rate_missing", 1)]


rows = st.builds(
    lambda start, length, num, times: rate(start, start + length, num * times, 10 * times),
    st.integers(-40, 40),
    st.integers(-3, 30),
    st.integers(0, 3),
    st.integers(1, 3),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(rows, max_size=12))
def test_every_day_has_the_rate_that_all_its_rows_agree_on(rates: list[dict]) -> None:
    days = np.arange(-45, 75)
    amounts = np.full(len(days), 100, dtype=np.int64)
    money = (amounts, Named(np.zeros(len(days), dtype=np.int8), ("EUR",)))
    found = Exchange(Facts.of(rates=rates).rates).into("USD", money, days, "half_up")
    for at, each in enumerate(days.tolist()):
        own = [row for row in rates if row["start_on"] <= each < row["end_on"] and row["rate_num"] > 0]
        agreed = {row["rate_num"] * 30 // row["rate_den"] for row in own}
        assert bool(found.fault is None or found.fault[at] == 0) is (len(agreed) == 1)
        assert found.amount[at] == (agreed.pop() * 100 // 30 if len(agreed) == 1 else 0)
