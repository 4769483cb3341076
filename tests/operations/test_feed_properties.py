"""Anything may happen in the CRM and to the sync; once both rest, the store holds what the CRM holds."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from connectors.errors import Transient
from tests.operations.feed_desk import Desk, deal

if TYPE_CHECKING:
    from store.database import Database

NUMBERS = st.integers(0, 11)
_sources = itertools.count()


class Chaos(RuleBasedStateMachine):
    """Edits, deletions, merges, late searches, failures and syncs of every mode, in any order."""

    database: Database

    @initialize(page_size=st.integers(1, 7), overlap=st.integers(0, 15), lag=st.integers(0, 5))
    def begin(self, page_size: int, overlap: int, lag: int) -> None:
        self.desk = Desk(self.database, f"crm{next(_sources)}")  # its own records in a database that all share
        self.gone: set[str] = set()  # a CRM never gives the id of a record that was merged away to another
        self.desk.staff()
        self.desk.crm.page_size = page_size
        self.desk.feed.overlap, self.desk.feed.lag = timedelta(minutes=overlap), timedelta(minutes=lag)
        for number in range(6):
            self.desk.crm.put("deal", self.id(number), deal("1"))

    def id(self, number: int) -> str:
        """The id of a record that no other example has."""
        return f"{self.desk.name}-{number}"

    @rule(name=NUMBERS, cents=st.integers(1, 10**9), quiet=st.booleans(), late=st.integers(0, 90))
    def edit(self, name: int, cents: int, quiet: bool, late: int) -> None:
        amount = f"{cents // 100}.{cents % 100:02}"
        if self.id(name) not in self.gone:
            self.desk.crm.put("deal", self.id(name), deal(amount), quiet=quiet, late=timedelta(minutes=late))

    @rule(name=NUMBERS)
    def archive(self, name: int) -> None:
        if self.id(name) in self.desk.crm.live("deal"):
            self.desk.crm.archive("deal", self.id(name))

    @rule(name=NUMBERS, quiet=st.booleans())
    def restore(self, name: int, quiet: bool) -> None:
        if self.id(name) in self.desk.crm.current("deal"):
            self.desk.crm.restore("deal", self.id(name), quiet=quiet)

    @rule(name=NUMBERS)
    def purge(self, name: int) -> None:
        self.desk.crm.purge("deal", self.id(name))

    @rule(survivor=NUMBERS, loser=NUMBERS)
    def merge(self, survivor: int, loser: int) -> None:
        live = self.desk.crm.live("deal")
        if survivor != loser and {self.id(survivor), self.id(loser)} <= live.keys():
            self.desk.crm.merge("deal", self.id(survivor), self.id(loser))
            self.gone.add(self.id(loser))

    @rule(minutes=st.integers(0, 200))
    def wait(self, minutes: int) -> None:
        self.desk.passed(minutes=minutes)

    @rule(after=st.integers(1, 6))
    def fail(self, after: int) -> None:
        self.desk.crm.failures[self.desk.crm.requests + after] = Transient("The service is busy (status 503)")

    @rule(size=st.integers(1, 7))
    def resize(self, size: int) -> None:
        self.desk.crm.page_size = size

    @rule(mode=st.sampled_from(["incremental", "incremental", "settle", "sweep"]))
    def sync(self, mode: str) -> None:
        self.desk.sync(mode)

    @precondition(lambda self: len(self.desk.crm.live("deal")) > 1)
    @rule(every=st.integers(1, 3))
    def sync_while_somebody_edits(self, every: int) -> None:
        def edit(request: int) -> None:
            if request % every == 0:
                live = sorted(self.desk.crm.live("deal"))
                self.desk.passed(seconds=1)
                self.desk.crm.put("deal", live[request % len(live)], deal(str(request)))

        self.desk.crm.on_request = edit
        self.desk.sync()
        self.desk.crm.on_request = None

    def teardown(self) -> None:
        if not hasattr(self, "desk"):
            return
        self.desk.crm.failures.clear()
        self.desk.passed(hours=3)
        # The first sweep may finish one that was cut before and takes nothing that was new when that one began.
        for mode in ("incremental", "settle", "sweep", "sweep"):
            assert self.desk.sync(mode, delete_any=True).ok
        held = {name: _cents(body["amount"]) for name, body in self.desk.crm.live("deal").items()}
        mine = {name: cents for name, cents in self.desk.amounts().items() if name.startswith(f"{self.desk.name}-")}
        assert mine == held
        change = self.desk.change()
        self.desk.passed(minutes=20)
        for mode in ("incremental", "settle", "sweep"):
            self.desk.sync(mode)
        assert self.desk.change() == change


def _cents(amount: str) -> int:
    whole, _, part = amount.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)


@pytest.mark.timeout(600)
def test_at_rest_the_store_holds_what_the_crm_holds(database: Database) -> None:
    Chaos.database = database
    few = database.dialect == "postgresql"
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Chaos,
        settings=settings(
            max_examples=200 if settings.get_current_profile_name() == "soak" else 4 if few else 8,
            stateful_step_count=25,
            phases=(Phase.explicit, Phase.reuse, Phase.generate),
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
