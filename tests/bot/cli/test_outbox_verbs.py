"""`attain outbox` says what waits, what failed and why, and owes it anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from engine.notices import Notice, Recipient
from store import deliveries, lanes, outbox, recipients
from store.database import Database
from store.deliveries import Hold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["outbox", *arguments])
    assert "Traceback" not in result.output
    return result.exit_code, result.output


@pytest.fixture
def db(elsewhere: Path) -> Iterator[Database]:
    found = Database.open(f"sqlite:///{elsewhere / 'attain.db'}")
    found.migrate()
    yield found
    found.dispose()


def test_what_failed_is_listed_and_owed_anew_without_its_words(db: Database) -> None:
    now = datetime.now(UTC)
    with db.write() as conn:
        outbox.put(conn, [Notice("a", "deal_won", Recipient(channel="#gone"), {"secret": "$9,999.00"})], now)
        (owed,) = deliveries.claim(conn, "w", now, timedelta(minutes=1))
        deliveries.dead(conn, Hold(owed.outbox_id, "w"), "the channel takes no messages", "is_archived", now)
    assert run("status") == (0, run("status")[1])
    code, said = run("dead")
    assert (code, owed.notice_id in said, "is_archived" in said, "9,999" in said) == (0, True, True, False)
    assert run("resend", owed.notice_id)[0] == 0
    with db.read() as conn:
        assert outbox.counts(conn) == {"dead": 1, "pending": 1}
    assert run("resend", "nothing-of-that-id")[0] == 2


def test_a_refused_token_ends_with_a_code_for_the_monitoring(db: Database) -> None:
    with db.write() as conn:
        lanes.block(conn, "T1", lanes.TEAM, datetime.now(UTC) + timedelta(minutes=5), "token_revoked")
    code, said = run("status")
    assert (code, "token_revoked" in said) == (1, True)


def test_who_takes_no_messages_is_named_and_is_no_fault_of_ours(db: Database) -> None:
    with db.write() as conn:
        until = datetime.now(UTC) + timedelta(hours=1)
        recipients.mark(conn, "T1", Recipient(channel="#gone"), until, "is_archived")
    code, said = run("status")
    assert (code, "channel:#gone takes no messages (is_archived)" in said) == (0, True)
