"""Findings become one alert per condition, and an alert lives by its rules in whatever order people press."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from engine import alert_states
from engine.alert_kinds import FIXES, KINDS
from engine.alert_states import NEW, STATES, Standing
from engine.errors import MoveRefused
from engine.money import Money
from engine.ops_alerts import Finding, grouped

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def found(item: str, key: str = "crm:4711", **more: object) -> Finding:
    return Finding("A3", key, f"owner {key}", item, f"{item} has no owner", **more)  # type: ignore[arg-type]


def test_there_are_29_kinds_and_each_has_a_way_out() -> None:
    assert list(KINDS) == [f"A{number}" for number in range(1, 30)]
    for kind in KINDS.values():
        assert kind.offered or kind.outside, kind.code
        assert all(name in FIXES for name in kind.fixes)
        assert kind.accept or kind.fixes, kind.code


def test_findings_of_one_condition_are_one_alert() -> None:
    conditions = grouped([found("d2"), found("d1"), found("d9", "crm:12"), found("d2")])
    assert [(one.name, [each.item for each in one.findings]) for one in conditions] == [
        ("A3:crm:12", ["d9"]),
        ("A3:crm:4711", ["d1", "d2"]),
    ]


def test_what_is_at_risk_is_summed_per_currency_and_by_size() -> None:
    one = grouped(
        [
            found("d1", risk=Money(500, "USD")),
            found("d2", risk=Money(-200, "USD")),
            found("d3", risk=Money(70, "EUR")),
            found("d4"),
        ]
    )[0]
    assert one.risk == (Money(70, "EUR"), Money(700, "USD"))


def test_the_first_day_concerned_is_known_only_if_each_finding_has_one() -> None:
    early, late = date(2026, 10, 3), date(2026, 11, 1)
    assert grouped([found("d1", since_on=late), found("d2", since_on=early)])[0].since_on == early
    assert grouped([found("d1", since_on=late), found("d2")])[0].since_on is None


def test_what_was_accepted_stays_accepted_until_something_new_is_found() -> None:
    marks = frozenset({"a", "b"})
    accepted = Standing("accepted", accepted=marks)
    assert alert_states.found(accepted, frozenset({"a"}), NOW) == (accepted, None)
    assert alert_states.found(accepted, marks | {"c"}, NOW) == (Standing("open"), "reopened")


def test_only_severity_1_blocks_and_only_an_admin_puts_that_off() -> None:
    assert alert_states.blocks_lock(1, Standing("open"))
    assert alert_states.blocks_lock(1, Standing("snoozed", NOW))
    assert alert_states.blocks_lock(1, Standing("resolved"))
    assert not alert_states.blocks_lock(1, Standing("snoozed", NOW, lifts_lock=True))
    assert not alert_states.blocks_lock(1, Standing("accepted"))
    assert not alert_states.blocks_lock(2, Standing("open"))


def test_a_closed_alert_takes_no_press() -> None:
    for press in ("take", "snooze", "wake", "resolve", "accept"):
        with pytest.raises(MoveRefused):
            alert_states.pressed(NEW, press)  # type: ignore[arg-type]


class AlertLife(RuleBasedStateMachine):
    """Checks and presses in any order, beside a plain account of what must hold."""

    def __init__(self) -> None:
        super().__init__()
        self.standing = NEW
        self.now = NOW
        self.last_found = frozenset[str]()

    @rule(marks=st.frozensets(st.sampled_from("abc"), min_size=1))
    def find(self, marks: frozenset[str]) -> None:
        before = self.standing
        self.standing, seen = alert_states.found(before, marks, self.now)
        self.last_found = marks
        assert self.standing.state != "closed"
        if before.state == "open":
            assert seen is None
        if seen in ("reopened", "woken", "opened"):
            assert self.standing == Standing("open")
        if self.standing.state == "accepted":
            assert marks <= self.standing.accepted
        if self.standing.state == "snoozed":
            assert self.standing.until is not None
            assert self.now < self.standing.until

    @rule()
    def lose(self) -> None:
        before = self.standing
        self.standing, seen = alert_states.gone(before)
        assert self.standing.state == "closed"
        assert (seen is None) == (before.state == "closed")

    @rule(hours=st.integers(1, 48))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(hours=st.integers(1, 48), by_admin=st.booleans())
    def snooze(self, hours: int, by_admin: bool) -> None:
        after = Standing(until=self.now + timedelta(hours=hours), lifts_lock=by_admin)
        self._press("snooze", after, {"open", "resolved"}, "snoozed")

    @rule()
    def accept(self) -> None:
        after = Standing(accepted=self.last_found)
        self._press("accept", after, {"open", "snoozed", "resolved"}, "accepted")

    @rule(minutes=st.sampled_from([0, 15]))
    def resolve(self, minutes: int) -> None:
        until = self.now + timedelta(minutes=minutes) if minutes else None
        self._press("resolve", Standing(until=until), {"open", "snoozed"}, "resolved")

    @rule()
    def wake(self) -> None:
        self._press("wake", None, {"snoozed", "accepted"}, "open")

    @precondition(lambda self: self.standing.state != "closed")
    @rule()
    def take(self) -> None:
        assert alert_states.pressed(self.standing, "take") == self.standing

    @invariant()
    def holds(self) -> None:
        standing = self.standing
        assert standing.state in STATES
        assert not standing.lifts_lock or standing.state == "snoozed"
        assert not standing.accepted or standing.state == "accepted"
        assert alert_states.blocks_lock(1, standing) == (
            standing.state in ("open", "resolved") or (standing.state == "snoozed" and not standing.lifts_lock)
        )

    def _press(self, press: str, after: Standing | None, allowed: set[str], to: str) -> None:
        if self.standing.state not in allowed:
            with pytest.raises(MoveRefused):
                alert_states.pressed(self.standing, press, after)  # type: ignore[arg-type]
            return
        self.standing = alert_states.pressed(self.standing, press, after)  # type: ignore[arg-type]
        assert self.standing.state == to


TestAlertLife = AlertLife.TestCase
TestAlertLife.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
