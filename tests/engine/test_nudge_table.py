"""The table of nudges: what it says, and what a deployment may put in the place of its numbers."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import NudgesUnreadable
from engine.notice_kinds import KINDS
from engine.nudges.rule import Limits
from engine.nudges.rules import RULES
from engine.nudges.table import limits, table


def test_the_table_is_the_numbers_that_the_code_falls_back_to() -> None:
    assert limits() == table().limits == Limits()
    named = {name for names in table().names.values() for name in names}
    assert named == {each.name.removesuffix("_ppm") for each in fields(Limits)} - {"off"}


@pytest.mark.parametrize("kind", RULES)
def test_every_rule_says_what_it_goes_by(kind: str) -> None:
    said = RULES[kind].said.worded(Limits())
    assert said.code == KINDS[kind].code
    assert all(getattr(said, each.name) for each in fields(said))
    assert "{" not in said.trigger + said.cap + said.ends


def test_a_file_changes_numbers_and_sentences_with_them_and_switches_rules_off() -> None:
    own = limits("near_tier: {near: 12.5%}\nplan_changed: {plan_days: [1, 2, 5]}\npersonal_best: false\n")
    assert own == replace(Limits(), near_ppm=125_000, plan_days=(1, 2, 5), off=frozenset({"personal_best"}))
    assert RULES["near_tier"].said.worded(own).trigger.startswith("12.5% of the quota or less")
    assert "again after 1, 2 and 5 days" in RULES["plan_changed"].said.worded(own).cap
    assert limits("shared: {recent_days: 3}").recent_days == 3
    assert limits("# nothing but a remark") == Limits()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("nearly: {near: 1%}", "There is no rule 'nearly'"),
        ("near_tier: {far: 1%}", "It has near"),
        ("near_tier: {near: 101%}", "up to 100%"),
        ("near_tier: {near: 10}", "up to 100%"),
        ("near_tier: 10%", "write its numbers"),
        ("shared: false", "write its numbers"),
        ("personal_best: {best_of: 0}", "from 1 to"),
        ("personal_best: {best_of: true}", "from 1 to"),
        ("personal_best: {off: 1}", "It has best_of"),
        ("plan_changed: {plan_days: [7, 3]}", "above the one before"),
        ("plan_changed: {plan_days: []}", "several numbers"),
        ("behind_pace: {middle: [10%, 20%, 30%]}", "two shares"),
        ("- near_tier", "no rules by name"),
        ("a: [", "no YAML"),
        ("!!python/object/apply:os.system ['true']", "no YAML"),
    ],
)
def test_what_is_not_in_the_table_is_refused_with_what_is(text: str, why: str) -> None:
    with pytest.raises(NudgesUnreadable, match=re.escape(why)):
        limits(text)


NAMES = [*table().names, *(name for names in table().names.values() for name in names)]
WORDS = st.sampled_from([*NAMES, "x", "", "10%", "[1,2]", ": ", "{", "}", "\n", "false"])


@given(st.lists(WORDS, max_size=12).map("".join))
@settings(max_examples=60, deadline=None)
def test_whatever_a_file_says_is_read_or_refused(text: str) -> None:
    with suppress(NudgesUnreadable):
        assert isinstance(limits(text), Limits)
