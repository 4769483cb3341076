"""Rules of SPIFs as JSON: the same back, one hash for one meaning, and nothing foreign let in."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dates import Period
from engine.errors import SpifUnreadable
from engine.money import Money, Rate
from engine.plans.filters import FigureRange, Filter
from engine.spifs.checks import Around, faults
from engine.spifs.definition import (
    AwardRule,
    Eligibility,
    Metric,
    OwnNumber,
    Reversal,
    Scoring,
    Spif,
    Team,
    Visibility,
)
from engine.spifs.prize_rules import FirstTo, PerUnit, Pot, Raffle, Ranking, Reward, Step, Steps
from engine.spifs.records import from_record, from_text, spif_hash, text_of, to_record
from engine.spifs.windows import Window
from tests.engine.spifs.company import MARCH, RANKING, spif_of

texts = st.text(max_size=20)
amounts = st.integers(1, 10**12)
rates = st.builds(Rate, st.integers(1, 10**9), st.integers(1, 10**9))
windows = st.builds(
    Window, st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.dates(date(2030, 1, 2), date(2035, 1, 1))
)
names = st.lists(texts, max_size=2).map(tuple)
ranges = st.builds(FigureRange, texts, st.one_of(st.none(), rates, amounts.map(lambda minor: Money(minor, "JPY"))))
filters = st.builds(
    Filter,
    type=names,
    tagged=names,
    having=st.lists(ranges, max_size=2).map(tuple),
    booked=st.one_of(
        st.none(), windows.map(lambda one: Period(f"{one.start_on} .. {one.end_on}", one.start_on, one.end_on))
    ),
)
metrics = st.builds(
    Metric, texts, st.sampled_from(["deals", "achievements"]), where=filters, excluding=filters, weight=rates
)
scorings = st.builds(
    Scoring,
    st.sampled_from(["sum", "points", "attainment"]),
    st.lists(metrics, max_size=3).map(tuple),
    own=st.lists(st.builds(OwnNumber, amounts, amounts), max_size=2).map(tuple),
)
purses = st.lists(amounts, min_size=1, max_size=3).map(tuple)
shapes = st.one_of(
    st.builds(PerUnit, amounts, amounts, st.booleans(), most=st.one_of(st.none(), amounts)),
    st.builds(Ranking, purses, st.sampled_from(["share", "earliest", "all_win"])),
    st.builds(FirstTo, amounts, purses),
    st.builds(Steps, st.lists(st.builds(Step, amounts, amounts), max_size=3).map(tuple)),
    st.builds(Pot, st.one_of(st.none(), amounts), st.one_of(st.none(), rates)),
    st.builds(Raffle, purses),
)
rules = st.builds(
    Spif,
    texts,
    texts,
    st.just("USD"),
    windows,
    st.lists(st.builds(AwardRule, texts, shapes, scorings, window=st.one_of(st.none(), windows)), max_size=2).map(
        tuple
    ),
    amounts,
    eligibility=st.builds(
        Eligibility, teams=names, least_quota=st.one_of(st.none(), amounts.map(lambda m: Money(m, "USD")))
    ),
    reversal=st.builds(Reversal, st.integers(0, 90), names),
    visibility=st.builds(Visibility, st.sampled_from(["channel", "hidden"]), texts),
    teams=st.lists(st.builds(Team, texts, st.lists(st.integers(1, 9), max_size=2).map(tuple)), max_size=2).map(tuple),
)


@settings(max_examples=40, deadline=None)
@given(rules)
def test_rules_come_back_as_they_went(spif: Spif) -> None:
    again = from_text(text_of(spif))
    assert again == spif
    assert spif_hash(again) == spif_hash(spif)
    assert from_record(json.loads(json.dumps(to_record(spif)))) == spif


def test_what_goes_without_saying_is_left_out() -> None:
    """So that a field that is added later changes no hash that was approved."""
    record = to_record(spif_of(RANKING))
    assert set(record) == {"name", "sentence", "currency", "window", "awards", "budget", "fair_play"}
    assert record["awards"][0]["pays"] == {"form": "ranking", "prizes": [100_000, 50_000]}


def test_every_change_changes_the_hash() -> None:
    spif = spif_of(RANKING)
    others = [
        replace(spif, name="Other"),
        replace(spif, budget=spif.budget + 1),
        replace(spif, window=replace(MARCH, zone="UTC")),
        replace(spif, awards=(replace(RANKING, pays=Ranking((100_000, 50_001))),)),
        replace(spif, awards=(replace(RANKING, reward=Reward(gross_up=Rate(1, 3))),)),
    ]
    assert len({spif_hash(one) for one in [spif, *others]}) == 6


@pytest.mark.parametrize(
    ("where", "what"),
    [
        ("budget", "1000"),
        ("budget", True),
        ("budget", 10.5),
        ("currency", 7),
        ("window", {"start_on": "2026-02-30", "end_on": "2026-04-01"}),
        ("window", ["2026-03-01"]),
        ("awards", [{"name": "x", "pays": {"form": "theft", "prizes": [1]}}]),
        ("awards", [{"name": "x", "pays": {"form": "ranking"}}]),
        ("awards", [{"name": "x", "pays": {"form": "pot", "rate": "1/0"}}]),
        ("awards", {}),
        ("visibility", {"audience": "everybody"}),
        ("eligibility", {"least_quota": "a lot"}),
        ("__class__", "Spif"),
    ],
)
def test_what_is_no_rule_is_refused(where: str, what: Any) -> None:
    record = to_record(spif_of(RANKING)) | {where: what}
    with pytest.raises(SpifUnreadable):
        from_record(record)


@pytest.mark.parametrize("text", ["", "[]", "null", "{", "[" * 100_000, '{"name": "x"}'])
def test_text_that_is_no_spif_is_refused(text: str) -> None:
    with pytest.raises(SpifUnreadable):
        from_text(text)


@settings(max_examples=60, deadline=None)
@given(rules, st.one_of(st.none(), st.integers(0, 3)))
def test_no_rules_are_too_odd_to_be_checked(spif: Spif, eligible: int | None) -> None:
    """Whatever a record may hold, the checks answer with faults and never raise."""
    found = faults(spif, Around(date(2026, 1, 1), eligible, (spif,)))
    assert all(fault.message and fault.remedy and fault.field for fault in found)
