"""What is owed arrives once, as it was meant, at the pace that Slack allows; and what cannot arrive says why."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from threading import Event
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.delivery import let_all
from engine.notices import Notice
from store import disclosures, identities, lanes, outbox
from tests.bot.post_room import ADA, BEN, BOARD, GONE, NOW, OPS, ZOE, PostRoom, changed, told, won

if TYPE_CHECKING:
    from collections.abc import Iterator

    from operations.context import Context
    from store.database import Database


@pytest.fixture
def room(sqlite_database: Database) -> Iterator[PostRoom]:
    found = PostRoom(sqlite_database)
    yield found
    found.close()


def test_a_notice_arrives_as_a_direct_message_and_is_on_record(room: PostRoom) -> None:
    room.owe(won(room.to(ADA), "won"))
    room.run()
    (post,), row = room.posts(ADA), room.row("won")
    assert "Acme won: +$4,200.00" in post.text
    assert (row.state, row.ts, row.channel_id) == ("sent", post.ts, post.channel)
    assert post.metadata == {"event_type": "attain_outbox", "event_payload": {"id": row.notice_id}}
    assert not post.sent["unfurl_links"]
    with room.db.read() as conn:
        (shown,) = disclosures.by_payload(conn, row.payload_hash)
        assert (shown.viewer, shown.subject, shown.receipt_id) == (row.notice.to.rep_id,) * 2 + ("rcp_1",)
        assert [link.email for link in identities.of_person(conn, room.known[ADA])] == [ADA]


def test_it_is_worded_for_who_reads_it(room: PostRoom) -> None:
    with room.db.write() as conn:
        assert outbox.put(conn, [won(BOARD, "board")], NOW) == 1
    room.run()
    (post,) = room.posts("#sales-floor")
    assert all(block["type"] != "actions" for block in post.blocks)


@pytest.mark.parametrize(("email", "reason"), [(ZOE, "not linked"), (GONE, "not linked")])
def test_who_has_no_account_is_listed_for_ops(room: PostRoom, email: str, reason: str) -> None:
    room.owe(won(room.to(email), "won"))
    room.run()
    with room.db.read() as conn:
        assert [(one.notice.key, one.reason) for one in outbox.dead(conn)] == [("won", reason)]


def test_the_urgent_goes_first_and_nothing_outruns_the_pace(room: PostRoom) -> None:
    room.owe(*[won(room.to(ADA), f"won{each}") for each in range(3)], told(OPS, "digest"))
    room.owe(Notice("won", "spif_announced", room.to(BEN)), won(OPS, "alert"))
    with room.db.write() as conn:
        outbox.suppress(conn, [room.row("won").outbox_id], "has no template here", NOW)
    room.run()
    at = [float(post.ts) for post in room.posts(ADA)]
    assert len(at) == 3
    assert all(later - earlier >= 1 for earlier, later in pairwise(at))
    assert room.posts("#revops")[0].text.startswith("Acme won")


def test_a_rate_limit_is_heeded_and_costs_no_attempt(room: PostRoom) -> None:
    room.chaos.turn("rate_limited", on=True, times=1, method="chat.postMessage")
    room.owe(won(room.to(ADA), "won"))
    started = room.clock.now()
    worker = room.worker()
    worker.round()
    assert (room.row("won").state, room.row("won").attempts) == ("pending", 0)
    with room.db.read() as conn:
        assert [(lane, code) for _, lane, _, code in lanes.blocked(conn, started)] == [
            ("method:chat.postMessage", "ratelimited"),
            ("workspace", "ratelimited"),
        ]
    room.run(worker)
    assert len(room.posts(ADA)) == 1
    assert room.clock.now() - started >= timedelta(seconds=3)


def test_an_archived_channel_ends_what_was_for_it_and_nothing_else(room: PostRoom) -> None:
    room.chaos.turn("archived_channel", on=True)
    room.owe(won(BOARD, "board"), won(room.to(ADA), "won"))
    room.run()
    assert (room.row("board").state, room.row("board").error) == ("dead", "is_archived")
    assert room.row("won").state == "sent"


def test_a_refused_token_parks_everything_and_loses_nothing(room: PostRoom) -> None:
    room.owe(*[won(room.to(ADA), f"won{each}") for each in range(3)])
    worker = room.worker()
    assert worker._courier.team().body is not None  # the token was good when the worker began
    with room.chaos.during("revoked_token"):
        done = worker.round()
        assert done.held == "token_revoked"
        room.clock.wait(60)
        worker.round()
        assert room.states() == {"pending": 3}
        assert all(room.row(f"won{each}").attempts == 0 for each in range(3))
    room.run(worker, most=600)
    assert len(room.posts(ADA)) == 3


class Picky(WebClient):
    """A Slack that dislikes blocks."""

    def api_call(self, api_method: str, **given: Any) -> Any:
        if (given.get("json") or {}).get("blocks"):
            self.calls = getattr(self, "calls", 0) + 1
            raise SlackApiError("no", Answer({"ok": False, "error": "invalid_blocks"}))
        return super().api_call(api_method, **given)


class Answer(dict[str, Any]):
    status_code = 200
    headers: ClassVar[dict[str, str]] = {}


def test_disliked_blocks_are_sent_once_as_text(room: PostRoom) -> None:
    room.owe(won(room.to(ADA), "won"))
    picky = Picky(token=room.token, base_url=room.server.api_url, retry_handlers=[])
    room.run(room.worker(picky))
    (post,) = room.posts(ADA)
    assert "Acme won: +$4,200.00" in post.text
    assert picky.calls == 1
    with room.db.read() as conn:
        assert [one.error for one in outbox.sent_as_text(conn, NOW)] == ["invalid_blocks"]


def test_a_notice_that_cannot_be_worded_does_not_stop_the_others(room: PostRoom) -> None:
    room.owe(Notice("broken", "deal_won", room.to(ADA), {"deals": [{}]}), won(room.to(ADA), "won"))
    room.run()
    assert (room.row("broken").state, room.row("won").state) == ("dead", "sent")


def test_what_is_worthless_by_now_is_not_sent(room: PostRoom) -> None:
    room.owe(won(room.to(ADA), "late", expires_at=NOW + timedelta(minutes=1)))
    room.clock.wait(61)
    room.run()
    assert (room.row("late").state, room.row("late").reason) == ("suppressed", "expired")


def test_only_what_the_gate_cleared_is_sent(room: PostRoom) -> None:
    room.owe(won(room.to(ADA), "won"), won(OPS, "ops"))
    room.worker(gate=lambda _ctx: None).round()
    assert (room.row("won").state, room.row("ops").state) == ("pending", "sent")


def test_a_failing_round_does_not_end_the_worker(room: PostRoom) -> None:
    stop, rounds = Event(), []

    def gate(ctx: Context) -> None:
        rounds.append(ctx)
        if len(rounds) == 1:
            raise LookupError("something nobody thought of")
        let_all(ctx)
        stop.set()

    room.owe(won(room.to(ADA), "won"))
    room.worker(gate=gate).run(stop)
    assert len(rounds) == 2


class Faulty(WebClient):
    """A client that fails in a way nobody thought of, once."""

    def api_call(self, api_method: str, **given: Any) -> Any:
        if api_method == "conversations.open" and not hasattr(self, "failed"):
            self.failed = True
            raise LookupError("something nobody thought of")
        return super().api_call(api_method, **given)


def test_a_notice_that_fails_unexpectedly_holds_up_nobody(room: PostRoom) -> None:
    room.owe(won(room.to(ADA), "poison"), won(room.to(BEN), "won"))
    room.run(room.worker(Faulty(token=room.token, base_url=room.server.api_url, retry_handlers=[])))
    assert (room.row("poison").state, room.row("poison").error) == ("dead", "LookupError")
    assert room.row("won").state == "sent"


def test_a_board_is_edited_and_posted_anew_once_it_is_gone(room: PostRoom) -> None:
    room.owe(won(BOARD, "board", "One"))
    room.run()
    room.owe(won(BOARD, "board2", "Two", edits="board"))
    room.run()
    (post,) = room.posts("#sales-floor")
    assert post.text.startswith("Two won")
    assert post.edited_ts
    room.fake.workspace.posts.remove(post)
    room.owe(won(BOARD, "board3", "Three", edits="board"))
    room.run()
    room.owe(won(BOARD, "board4", "Four", edits="board"))
    room.run()
    assert [one.text[:8] for one in room.posts("#sales-floor")] == ["Four won"]


def test_a_correction_mends_the_message_and_says_why_beneath(room: PostRoom) -> None:
    ada = room.to(ADA)
    room.owe(won(ada, "won", "Acme"))
    room.run()
    room.owe(won(ada, "won:2", "Acme, corrected", edits="won"), changed(ada, "changed", thread="won"))
    room.run()
    first, note = room.posts(ADA)
    assert first.text.startswith("Acme, corrected won")
    assert note.thread_ts == first.ts
    assert "$1.00 → $0.50" in note.text


def test_a_correction_of_what_cannot_be_edited_is_a_message_of_its_own(room: PostRoom) -> None:
    ada = room.to(ADA)
    room.owe(won(ada, "won"))
    room.run()
    room.fake.workspace.posts.remove(room.posts(ADA)[0])
    room.owe(won(ada, "won:2", edits="won"), changed(ada, "changed", thread="won"))
    room.run()
    (note,) = room.posts(ADA)
    assert (room.row("won:2").error, note.thread_ts) == ("message_not_found", "")


def test_a_correction_of_what_nobody_has_is_not_sent(room: PostRoom) -> None:
    room.owe(won(room.to(ADA), "won:2", edits="won"))
    room.run()
    assert room.row("won:2").state == "suppressed"
    assert room.posts(ADA) == []


def test_a_dead_notice_can_be_owed_anew(room: PostRoom) -> None:
    with room.chaos.during("archived_channel"):
        room.owe(won(BOARD, "board"))
        room.run()
    with room.db.write() as conn:
        again = outbox.clone(conn, room.row("board").notice_id, room.clock.now())
        assert outbox.clone(conn, again, room.clock.now()) == ""
    room.run()
    assert len(room.posts("#sales-floor")) == 1


def test_two_workers_send_each_notice_once(database: Database) -> None:
    """On both databases, with one pace for both."""
    room = PostRoom(database)
    room.owe(*[won(room.to(ADA if each % 2 else BEN), f"won{each}") for each in range(30)])
    workers = [room.worker() for _ in range(3)]
    try:
        room.run_together(workers)
        assert room.states() == {"sent": 30}
        carried = [post.metadata["event_payload"]["id"] for post in room.all_posts() if post.metadata]
        assert len(carried) == len(set(carried)) == 30
    finally:
        room.close()
