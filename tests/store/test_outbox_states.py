"""Whatever happens in whatever order, a notice only makes the moves that are listed, and none is lost."""

from __future__ import annotations

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from engine.notices import Notice, Recipient
from store import deliveries, outbox
from store.database import Database
from store.deliveries import Attempt, Hold, Place
from tests.store.conftest import NOW

#: What the top of store/outbox.py lists.
MOVES = {
    "pending": {"leased", "suppressed"},
    "leased": {"sent", "pending", "unknown", "dead", "suppressed"},
    "unknown": {"sent", "pending", "suppressed", "dead"},
    "sent": set(),
    "suppressed": set(),
    "dead": set(),
}
LEASE = timedelta(seconds=30)
WORKERS = st.sampled_from(("one", "two"))
KINDS = st.sampled_from(("deal_won", "figure_changed", "digest"))
TEMPLATE: list[Path] = []


class Office(RuleBasedStateMachine):
    """Two workers, a gate, time, and somebody who owes."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "attain.db"
        shutil.copyfile(TEMPLATE[0], path)
        self.db = Database.open(f"sqlite:///{path}")
        self.now = NOW
        self.count = 0
        self.held: dict[int, tuple[str, bool]] = {}
        self.seen: dict[str, str] = {}
        self.posted: dict[int, int] = {}
        self.again: set[int] = set()

    def teardown(self) -> None:
        self.db.dispose()
        self.folder.cleanup()

    @rule(kind=KINDS, expires=st.booleans())
    def owe(self, kind: str, expires: bool) -> None:
        self.count += 1
        until = self.now + LEASE * 2 if expires else None
        data = {"items": []} if kind == "digest" else {"deals": []}
        notice = Notice(f"n{self.count}", kind, Recipient(1), data, expires_at=until)
        with self.db.write() as conn:
            assert outbox.put(conn, [notice, notice], self.now) == 1

    @rule(fate=st.sampled_from(("clear", "postpone", "suppress", "merge")))
    def judge(self, fate: str) -> None:
        with self.db.write() as conn:
            waiting = outbox.unjudged(conn, self.now)[:1]
            ids = [one.outbox_id for one in waiting]
            if fate == "clear":
                outbox.clear(conn, ids, self.now + LEASE * 3)
            elif fate == "postpone":
                outbox.postpone(conn, dict.fromkeys(ids, self.now + LEASE))
            elif fate == "suppress":
                outbox.suppress(conn, ids, "muted", self.now)
            elif all(one.notice.kind != "digest" for one in waiting):
                outbox.merge(conn, 1, ids, self.now)

    @rule(worker=WORKERS)
    def claim(self, worker: str) -> None:
        with self.db.write() as conn:
            deliveries.expire(conn, self.now)
            deliveries.recover(conn, self.now)
            for one in deliveries.claim(conn, worker, self.now, LEASE, 2):
                self.held[one.outbox_id] = (worker, False)

    @rule(data=st.data())
    def start(self, data: st.DataObject) -> None:
        mine = sorted(number for number, (_, begun) in self.held.items() if not begun)
        if not mine:
            return
        number = data.draw(st.sampled_from(mine))
        worker, _ = self.held[number]
        attempt = Attempt(self.now + LEASE, "T", "C", "deal_won", "1", "h")
        with self.db.write() as conn:
            begun = deliveries.start(conn, Hold(number, worker), attempt, self.now)
        if begun:
            self.held[number] = (worker, True)
            if data.draw(st.booleans()):
                self.posted[number] = self.posted.get(number, 0) + 1
        else:
            del self.held[number]

    @rule(data=st.data(), fate=st.sampled_from(("sent", "later", "unsure", "dead", "die")))
    def settle(self, data: st.DataObject, fate: str) -> None:
        begun = sorted(number for number, (_, started) in self.held.items() if started)
        if not begun:
            return
        number = data.draw(st.sampled_from(begun))
        hold = Hold(number, self.held.pop(number)[0])
        with self.db.write() as conn:
            if fate == "sent" and self.posted.get(number):
                deliveries.sent(conn, hold, Place("C", "1.0"), self.now)
            elif fate == "later" and not self.posted.get(number):
                deliveries.later(conn, hold, self.now + LEASE, "ratelimited", free=True)
            elif fate == "dead" and not self.posted.get(number):
                deliveries.dead(conn, hold, "gone", "is_archived", self.now)
            elif fate == "unsure":
                deliveries.unsure(conn, hold, "timeout", self.now)

    @rule(worker=WORKERS)
    def look_up(self, worker: str) -> None:
        with self.db.write() as conn:
            for one in deliveries.claim_unknown(conn, worker, self.now, LEASE, 1):
                hold = Hold(one.outbox_id, worker)
                if self.posted.get(one.outbox_id):
                    deliveries.found(conn, hold, Place("C", "1.0"), self.now)
                elif one.notice.kind == "digest":
                    self.again.add(one.outbox_id)
                    deliveries.resend(conn, hold)
                elif one.notice.kind == "figure_changed":
                    deliveries.into_digest(conn, hold, 1, self.now)
                else:
                    deliveries.give_up(conn, hold, self.now)

    @rule(leases=st.sampled_from((0, 1, 3)))
    def pass_time(self, leases: int) -> None:
        self.now += LEASE * leases + timedelta(seconds=1)

    @invariant()
    def only_listed_moves(self) -> None:
        with self.db.read() as conn:
            rows = conn.exec_driver_sql("SELECT notice_id, state FROM outbox").all()
        for notice_id, state in rows:
            before = self.seen.get(notice_id, "pending")
            assert state == before or _reachable(before, state), (before, state)
            self.seen[notice_id] = state
        assert len(rows) >= self.count

    @invariant()
    def nothing_is_posted_twice(self) -> None:
        assert all(times == 1 for number, times in self.posted.items() if number not in self.again)


def _reachable(before: str, after: str) -> bool:
    """Whether listed moves lead there; several may happen between two looks."""
    found, ahead = set(), [before]
    while ahead:
        for state in MOVES[ahead.pop()] - found:
            found.add(state)
            ahead.append(state)
    return after in found


def test_only_the_listed_moves(sqlite_template: Path) -> None:
    TEMPLATE[:] = [sqlite_template]
    run_state_machine_as_test(Office, settings=settings(max_examples=12, stateful_step_count=30, deadline=None))  # type: ignore[no-untyped-call]


@pytest.mark.soak
def test_only_the_listed_moves_at_length(sqlite_template: Path) -> None:
    TEMPLATE[:] = [sqlite_template]
    run_state_machine_as_test(Office, settings=settings(max_examples=400, stateful_step_count=60, deadline=None))  # type: ignore[no-untyped-call]
