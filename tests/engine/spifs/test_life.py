"""The states of a SPIF: only the listed moves, by whoever may make them, under their guards."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from engine.errors import SpifMoveRefused
from engine.spifs.life import CODES, MOVES, STATES, Asked, Course, Move, moved, moves_from, refusal, roles_for

OPENS = datetime(2026, 3, 1, 5, tzinfo=UTC)
CLOSES, HELD = OPENS + timedelta(days=31), OPENS + timedelta(days=36)
LEADERS, TREASURERS, CLOCK = {"manager", "ops", "admin"}, {"ops", "admin"}, {"system", "ops", "admin"}

#: The listed moves, written down a second time: from, move, to, and who may.
LISTED = {
    ("draft", "edit"): ("draft", LEADERS),
    ("draft", "check"): ("checked", LEADERS),
    ("checked", "edit"): ("draft", LEADERS),
    ("checked", "check"): ("checked", LEADERS),
    ("checked", "approve_budget"): ("budget_approved", TREASURERS),
    ("checked", "decline"): ("draft", LEADERS),
    ("checked", "observe"): ("live", LEADERS),
    ("budget_approved", "edit"): ("draft", LEADERS),
    ("budget_approved", "announce"): ("announced", LEADERS),
    ("announced", "amend"): ("announced", LEADERS),
    ("announced", "decline"): ("announced", LEADERS),
    ("announced", "open"): ("live", CLOCK),
    ("live", "amend"): ("live", LEADERS),
    ("live", "decline"): ("live", LEADERS),
    ("live", "close"): ("closed", CLOCK),
    ("closed", "verify"): ("verification", CLOCK),
    ("closed", "conclude"): ("reviewed", CLOCK),
    ("verification", "propose"): ("results_proposed", {*LEADERS, "system"}),
    ("results_proposed", "send_back"): ("verification", LEADERS),
    ("results_proposed", "approve_results"): ("results_approved", LEADERS),
    ("results_approved", "send_back"): ("verification", LEADERS),
    ("results_approved", "pay"): ("paid", TREASURERS),
    ("paid", "watch"): ("clawback", CLOCK),
    ("clawback", "reverse"): ("clawback", {*TREASURERS, "system"}),
    ("clawback", "review"): ("reviewed", {*LEADERS, "system"}),
    ("reviewed", "reverse"): ("reviewed", {*TREASURERS, "system"}),
} | {(state, "cancel"): ("cancelled", LEADERS) for state in STATES[:9]}

FINE = Course(
    "draft", "ann", "h1", OPENS, CLOSES, HELD, 1_000, checked_hash="h1", is_dry_run=True, frozen_hash="h1",
    results_hash="r1", proposed_hash="r1", proposed_by="ann", reversal_until=HELD + timedelta(days=60),
)  # fmt: skip


def when(move: str) -> datetime:
    """An instant at which the clock lets a move pass."""
    early = {"announce", "amend", "observe"}
    return OPENS - timedelta(days=1) if move in early else OPENS if move == "open" else HELD


def asked(move: Move, by: str = "bob", role: str = "ops", **more: object) -> Asked:
    return replace(Asked(move, by, role, when(move), "because"), **more)  # type: ignore[arg-type]


def test_only_the_listed_moves_are_legal() -> None:
    for state in STATES:
        for move in MOVES:
            course = replace(FINE, state=state, is_hidden=move in ("observe", "conclude"))
            if (state, move) in LISTED:
                assert moved(course, asked(move)) == LISTED[state, move][0]
            else:
                with pytest.raises(SpifMoveRefused, match="cannot"):
                    moved(course, asked(move))
        assert set(moves_from(state)) == {move for before, move in LISTED if before == state}


def test_only_those_who_may_make_a_move() -> None:
    for (state, move), (_, roles) in LISTED.items():
        course = replace(FINE, state=state, is_hidden=move in ("observe", "conclude"))
        for role in ("rep", "manager", "ops", "admin", "system", ""):
            allowed = not refusal(course, asked(move, role=role))
            assert allowed == (role in roles), (state, move, role)
        assert roles_for(move) == roles


def test_states_carry_the_ids_of_the_catalogue() -> None:
    assert [CODES[state] for state in ("draft", "announced", "paid", "cancelled")] == ["S1", "S4", "S10", "S13"]


GUARDS = {
    "whoever wrote the rules approves their budget": ("checked", asked("approve_budget", "ann"), {}),
    "a budget of nothing": ("checked", asked("approve_budget"), {"budget": 0}),
    "a budget for rules edited since the check": ("checked", asked("approve_budget"), {"rules_hash": "h2"}),
    "a budget for rules with errors": ("checked", asked("approve_budget"), {"has_errors": True}),
    "a budget without a dry run": ("checked", asked("approve_budget"), {"is_dry_run": False}),
    "a launch without a dry run": ("budget_approved", asked("announce"), {"is_dry_run": False}),
    "a launch into an open window": ("budget_approved", asked("announce", now=OPENS), {}),
    "a launch of a hidden run": ("budget_approved", asked("announce"), {"is_hidden": True}),
    "observing what was meant for all": ("checked", asked("observe"), {}),
    "opening early": ("announced", asked("open", now=OPENS - timedelta(seconds=1)), {}),
    "opening other rules than announced": ("announced", asked("open"), {"rules_hash": "h2", "checked_hash": "h2"}),
    "closing early": ("live", asked("close", now=CLOSES - timedelta(seconds=1)), {}),
    "amending by the author alone": ("live", asked("amend", "ann"), {}),
    "amending without a check": ("live", asked("amend"), {"rules_hash": "h2"}),
    "amending without a reason": ("live", asked("amend", reason=" "), {}),
    "refusing without a reason": ("checked", asked("decline", reason=" "), {}),
    "amending what is over": ("live", asked("amend", now=CLOSES), {}),
    "proposing inside the hold": ("verification", asked("propose", now=HELD - timedelta(seconds=1)), {}),
    "proposing with doubts": ("verification", asked("propose"), {"undecided": 1}),
    "approving one's own proposal": ("results_proposed", asked("approve_results", "ann"), {}),
    "the author approving what the clock proposed": (
        "results_proposed",
        asked("approve_results", "ann"),
        {"proposed_by": "system"},
    ),
    "approving one's own prize": ("results_proposed", asked("approve_results"), {"winners": frozenset({"bob"})}),
    "approving stale figures": ("results_proposed", asked("approve_results"), {"results_hash": "r2"}),
    "approving nothing": ("results_proposed", asked("approve_results"), {"results_hash": "", "proposed_hash": ""}),
    "paying stale figures": ("results_approved", asked("pay"), {"results_hash": "r2"}),
    "sending back without a reason": ("results_proposed", asked("send_back", reason=""), {}),
    "cancelling without a reason": ("live", asked("cancel", reason=""), {}),
    "taking back too late": ("clawback", asked("reverse", now=HELD + timedelta(days=60)), {}),
}


@pytest.mark.parametrize("case", GUARDS)
def test_guards_refuse_with_a_remedy(case: str) -> None:
    state, what, change = GUARDS[case]
    good = replace(FINE, state=state)  # type: ignore[arg-type]
    refused = refusal(replace(good, **change), what)  # type: ignore[arg-type]
    assert refused.endswith(".")
    assert len(refused) > 30


@pytest.mark.parametrize(("role", "by"), [("manager", "carl"), ("ops", "bob"), ("admin", "eve")])
def test_results_are_approved_by_a_second_person(role: str, by: str) -> None:
    assert moved(replace(FINE, state="results_proposed"), asked("approve_results", by, role)) == "results_approved"


class Life(RuleBasedStateMachine):
    """A SPIF under random moves by random people: whatever happens, what must never happen does not."""

    @initialize()
    def begin(self) -> None:
        self.course = replace(
            FINE, checked_hash="", frozen_hash="", is_dry_run=False, proposed_by="", proposed_hash=""
        )
        self.now = OPENS - timedelta(days=20)
        self.announced = False
        self.approved_by = ""
        self.edited = 1

    @rule(days=st.integers(0, 20))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(figures=st.sampled_from(["r1", "r2"]))
    def refund(self, figures: str) -> None:
        self.course = replace(self.course, results_hash=figures)

    @rule(
        move=st.sampled_from(MOVES),
        who=st.sampled_from(
            [("ann", "manager"), ("bob", "ops"), ("carl", "manager"), ("rep", "rep"), ("system", "system")]
        ),
        reason=st.sampled_from(["", "because"]),
    )
    def move(self, move: Move, who: tuple[str, str], reason: str) -> None:
        before, what = self.course, Asked(move, *who, self.now, reason)
        try:
            after = moved(before, what)
        except SpifMoveRefused:
            return
        state, roles = LISTED[before.state, move]
        assert after == state
        assert who[1] in roles
        self.course = replace(before, state=after)
        self._effects(what, before)

    def _effects(self, what: Asked, before: Course) -> None:
        if what.move == "edit":
            self.edited += 1
            self.course = replace(self.course, rules_hash=f"h{self.edited}", author=what.by)
        if what.move == "check":
            self.course = replace(self.course, checked_hash=before.rules_hash, is_dry_run=True)
        if what.move in ("announce", "amend"):
            self.course = replace(self.course, frozen_hash=before.rules_hash)
            self.announced = True
        if what.move == "approve_budget":
            assert what.by != before.author
        if what.move == "propose":
            assert self.now >= HELD
            self.course = replace(self.course, proposed_by=what.by, proposed_hash=before.results_hash)
        if what.move == "approve_results":
            assert what.by != before.proposed_by
        if what.move == "pay":
            assert before.results_hash == before.proposed_hash

    @invariant()
    def what_is_announced_stays(self) -> None:
        course = self.course
        if self.announced and course.state not in ("draft", "checked", "budget_approved"):
            assert course.rules_hash == course.frozen_hash == course.checked_hash
        if course.state in ("live", "closed", "verification", "results_proposed", "results_approved", "paid"):
            assert self.announced
        if course.state in ("closed", "verification", "paid"):
            assert self.now >= CLOSES


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=30, stateful_step_count=40, deadline=None)
