"""What is owed is written once, judged before it goes out, and kept as what was said."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from engine.notices import Notice, Recipient
from store import deliveries, outbox
from store.deliveries import Attempt, Hold, Place
from tests.store.conftest import NOW

if TYPE_CHECKING:
    from store.database import Database

HOUR = timedelta(hours=1)
ADA, BEN = Recipient(1), Recipient(2)


def test_a_notice_is_owed_once(database: Database) -> None:
    with database.write() as conn:
        twice = [Notice("won:1", "deal_won", ADA, {"deal": "Acme"}), Notice("won:1", "deal_won", ADA)]
        assert outbox.put(conn, twice, NOW) == 1
        (owed,) = outbox.pending(conn)
        assert (owed.notice.data, owed.notice.topic, owed.state) == ({"deal": "Acme"}, "won:1", "pending")
        assert outbox.by_notice_id(conn, owed.notice_id) == owed


def test_the_urgent_comes_first(database: Database) -> None:
    with database.write() as conn:
        outbox.put(conn, [Notice(kind, kind, ADA) for kind in ("my_week", "deal_won", "spif_announced")], NOW)
        outbox.put(conn, [Notice("A1", "ops_alert", Recipient(channel="#revops"))], NOW)
        assert [one.notice.key for one in outbox.pending(conn)] == ["A1", "spif_announced", "deal_won", "my_week"]
        assert [one.notice.key for one in outbox.pending(conn, [2])] == []


def test_the_gate_sees_what_is_due_and_not_judged(database: Database) -> None:
    with database.write() as conn:
        later = Notice("later", "deal_won", ADA, not_before_at=NOW + HOUR)
        outbox.put(conn, [Notice("now", "deal_won", ADA), later], NOW)
        (owed,) = outbox.unjudged(conn, NOW)
        outbox.clear(conn, [owed.outbox_id], NOW + HOUR)
        assert outbox.unjudged(conn, NOW) == ()
        assert [one.notice.key for one in outbox.unjudged(conn, NOW + HOUR)] == ["now", "later"]
        outbox.postpone(conn, {owed.outbox_id: NOW + 2 * HOUR})
        assert [one.notice.key for one in outbox.unjudged(conn, NOW + HOUR)] == ["later"]


def test_what_is_suppressed_keeps_its_reason(database: Database) -> None:
    with database.write() as conn:
        outbox.put(conn, [Notice("a", "near_tier", ADA, topic="tier:1"), Notice("b", "near_tier", BEN)], NOW)
        first, second = outbox.pending(conn)
        assert outbox.withdraw(conn, ["tier:1"], "not true any more", NOW) == 1
        assert outbox.suppress(conn, [first.outbox_id, second.outbox_id], "muted", NOW) == 1
        assert [one.reason for key in ("tier:1", "b") for one in outbox.of_topic(conn, key)] == [
            "not true any more",
            "muted",
        ]
        assert outbox.counts(conn) == {"suppressed": 2}


def test_merged_notices_stand_in_one_digest(database: Database) -> None:
    with database.write() as conn:
        outbox.put(conn, [Notice("a", "deal_won", ADA, {"n": 1}, receipt_ids=("r1",))], NOW)
        digest = outbox.merge(conn, 1, [one.outbox_id for one in outbox.pending(conn)], NOW)
        outbox.put(conn, [Notice("b", "deal_won", ADA, {"n": 2}, receipt_ids=("r1", "r2"))], NOW)
        (_, late) = sorted(outbox.pending(conn), key=lambda one: one.notice.key, reverse=True)
        assert outbox.merge(conn, 1, [late.outbox_id], NOW) == digest
        (owed,) = outbox.pending(conn)
        assert [item["data"]["n"] for item in owed.notice.data["items"]] == [1, 2]
        assert owed.notice.receipt_ids == ("r1", "r2")
        assert outbox.merge(conn, 1, [late.outbox_id], NOW) == ""
        (merged,) = outbox.of_topic(conn, "a")
        assert (merged.state, merged.merged_into) == ("suppressed", digest)


def test_a_full_digest_opens_the_next(database: Database) -> None:
    with database.write() as conn:
        outbox.put(conn, [Notice(f"n{each}", "deal_won", ADA) for each in range(outbox.DIGEST_ITEMS + 1)], NOW)
        outbox.merge(conn, 1, [one.outbox_id for one in outbox.pending(conn)], NOW)
        assert [len(one.notice.data["items"]) for one in outbox.pending(conn)] == [outbox.DIGEST_ITEMS, 1]


def test_the_newest_edit_wins(database: Database) -> None:
    board = Recipient(channel="#sales-floor")
    with database.write() as conn:
        edits = [Notice(f"board:{n}", "spif_standings", board, {"n": n}, edits="board") for n in (1, 2)]
        outbox.put(conn, edits, NOW)
        assert [one.notice.data["n"] for one in outbox.pending(conn)] == [2]
        outbox.put(conn, [Notice("won", "deal_won", ADA, {"n": 1}, topic="won")], NOW)
        outbox.put(conn, [Notice("won:2", "deal_won", ADA, {"n": 2}, edits="won")], NOW)
        assert [one.notice.data["n"] for one in outbox.pending(conn, [1])] == [2]
        (said,) = outbox.of_topic(conn, "won:2")
        assert (said.state, said.reason) == ("suppressed", "the message said it at once")
        assert [one.notice.key for one in outbox.unjudged(conn, NOW)] == ["won"]


def test_rows_that_go_together_are_marked_together_and_lost_ones_left_out(database: Database) -> None:
    with database.write() as conn:
        outbox.put(conn, [Notice(f"won:{each}", "deal_won", Recipient(each)) for each in range(1, 5)], NOW)
        outbox.clear(conn, [one.outbox_id for one in outbox.pending(conn)], outbox.ALWAYS)
        claimed = [one.outbox_id for one in deliveries.claim(conn, "w", NOW, HOUR)]
        attempts = {Hold(each, "w"): Attempt(NOW + HOUR, "T", "D", "deal_won", "1", f"h{each}") for each in claimed}
        assert deliveries.start_all(conn, attempts, NOW) == set(claimed)
        deliveries.recover(conn, NOW + HOUR * 2)
        (taken,) = deliveries.claim_unknown(conn, "other", NOW + HOUR * 2, HOUR, 1)
        ours = [each for each in claimed if each != taken.outbox_id]
        arrived = {Hold(each, "w"): (Place("D", f"{each}.5"), "") for each in claimed}
        deliveries.sent_all(conn, arrived, NOW)
        told = [outbox.of_topic(conn, f"won:{each}")[0] for each in range(1, 5)]
        assert [one.outbox_id for one in told if (one.state, one.ts) == ("sent", f"{one.outbox_id}.5")] == ours


def test_who_lost_a_row_is_told_which_are_left(database: Database) -> None:
    with database.write() as conn:
        outbox.put(conn, [Notice(f"won:{each}", "deal_won", Recipient(each)) for each in range(1, 4)], NOW)
        outbox.clear(conn, [one.outbox_id for one in outbox.pending(conn)], outbox.ALWAYS)
        first, *rest = (one.outbox_id for one in deliveries.claim(conn, "w", NOW, HOUR))
        deliveries.let_go(conn, [first], "w")
        deliveries.claim(conn, "other", NOW, HOUR)
        attempts = {Hold(each, "w"): Attempt(NOW + HOUR, "T", "D", "deal_won", "1", "h") for each in (first, *rest)}
        assert deliveries.start_all(conn, attempts, NOW) == set(rest)
