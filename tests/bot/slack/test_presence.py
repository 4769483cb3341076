"""Who may be disturbed by what Slack says: "do not disturb", travellers, and a workspace that says nothing."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.budget import gate
from engine.notices import Notice, Recipient
from operations.context import Context
from store import outbox, people
from store.database import Database
from tests.bot.slack.staff import DANA, seed
from tests.bot.slack.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Ten in the morning in Chicago, where Dana is by her record.
TEN = datetime(2026, 8, 18, 15, 0, tzinfo=UTC)


@pytest.fixture
def stage(sqlite_template: Path, tmp_path: Path) -> Iterator[Stage]:
    path = tmp_path / "attain.db"
    shutil.copyfile(sqlite_template, path)
    db = Database.open(f"sqlite:///{path}")
    seed(db)
    db.dispose()
    found = Stage(f"sqlite:///{path}")
    found.ask(DANA, "/myquota")  # links her account
    found.clock.move_to(TEN)
    yield found
    found.close()


def judged(stage: Stage, key: str, *, by: object = None) -> tuple[str, datetime | None]:
    """What becomes of a message to Dana, and until when it waits or may go."""
    now = stage.clock.now()
    with stage.services.db.write() as conn:
        dana = people.by_email(conn, DANA)
        assert dana is not None
        outbox.put(conn, [Notice(key, "spif_news", Recipient(dana.rep_id), topic=key)], now)
    passes = by or gate(stage.settings)
    found = passes(Context(stage.services.db, now.date(), now)).judged  # type: ignore[operator]
    one = next(each for each in found if each.owed.notice.key == key)
    return one.verdict.action, one.verdict.until


def test_a_pause_of_slack_holds_a_message_back_until_it_ends(stage: Stage) -> None:
    dana = stage.user(DANA).id
    ends = TEN + timedelta(minutes=90)
    stage.fake.workspace.pauses[dana] = (int((TEN - timedelta(hours=1)).timestamp()), int(ends.timestamp()))
    passes = gate(stage.settings)
    assert judged(stage, "one", by=passes) == ("wait", ends)
    del stage.fake.workspace.pauses[dana]
    stage.clock.move_to(TEN + timedelta(minutes=9))
    assert judged(stage, "two", by=passes)[0] == "wait", "the answer holds for some minutes"
    stage.clock.move_to(TEN + timedelta(minutes=11))
    assert judged(stage, "three", by=passes)[0] == "send"


def test_a_pause_that_begins_later_holds_nothing_back(stage: Stage) -> None:
    later = int((TEN + timedelta(hours=9)).timestamp())
    stage.fake.workspace.pauses[stage.user(DANA).id] = (later, later + 3600)
    assert judged(stage, "one")[0] == "send"


def test_whoever_travels_is_told_in_their_new_hours(stage: Stage) -> None:
    user = stage.user(DANA)
    user.persona = replace(user.persona, tz="Asia/Tokyo")  # midnight there
    assert judged(stage, "one") == ("wait", datetime(2026, 8, 18, 23, 30, tzinfo=UTC))


@pytest.mark.parametrize("tz", ["", "Mars/Base", "../etc/passwd"])
def test_a_zone_that_is_none_leaves_the_record_as_it_is(stage: Stage, tz: str) -> None:
    user = stage.user(DANA)
    user.persona = replace(user.persona, tz=tz)
    assert judged(stage, "one")[0] == "send"


def test_a_workspace_without_the_scope_is_not_asked_again_for_an_hour(stage: Stage) -> None:
    whole = stage.fake.workspace.setup
    pause = int((TEN + timedelta(hours=4)).timestamp())
    stage.fake.workspace.pauses[stage.user(DANA).id] = (1, pause)
    granted = replace(whole.manifest, scopes=whole.manifest.scopes - {"dnd:read"})
    stage.fake.workspace.setup = replace(whole, manifest=granted)
    passes = gate(stage.settings)
    assert judged(stage, "one", by=passes)[0] == "send", "by what is known of her"
    stage.fake.workspace.setup = whole
    stage.clock.move_to(TEN + timedelta(minutes=59))
    assert judged(stage, "two", by=passes)[0] == "send"
    stage.clock.move_to(TEN + timedelta(minutes=61))
    assert judged(stage, "three", by=passes)[0] == "wait"
