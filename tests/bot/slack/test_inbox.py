"""Nothing that was acknowledged is lost, nothing is done twice, and what cannot be recorded is said."""

from __future__ import annotations

import io
import logging
import os
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest

from bot import log
from bot.slack.app import BUSY
from bot.slack.desk import LEASE
from bot.slack.inbound import parse
from bot.slack.middleware import APOLOGY
from store import disclosures, inbox
from tests.bot.slack.staff import DANA, LENA, MAX
from tests.bot.slack.stage import Stage, words

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    log.configure("INFO", "json", stream)
    yield stream
    root.handlers[:], root.level = handlers, level


def break_store(stage: Stage, path: Path) -> None:
    """The file becomes unreadable to new and old connections alike."""
    stage.services.db.dispose()
    for name in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        if name.exists():
            name.rename(name.with_name(name.name + ".away"))
    path.mkdir()


def mend_store(stage: Stage, path: Path) -> None:
    stage.services.db.dispose()
    path.rmdir()
    for name in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        away = name.with_name(name.name + ".away")
        if away.exists():
            away.rename(name)


def store_path(stage: Stage) -> Path:
    return Path(stage.settings.database_url.removeprefix("sqlite:///"))


@pytest.mark.parametrize("kind", ["event", "command"])
def test_a_replayed_envelope_has_one_effect(stage: Stage, kind: str) -> None:
    body = stage.message_body(DANA, "hi") if kind == "event" else stage.command_body(DANA, "/myquota")
    assert [stage.dispatch(body).status for _ in range(3)] == [200, 200, 200]
    assert len(stage.new(DANA)) == 1


def test_a_replayed_click_has_one_effect(stage: Stage) -> None:
    quota = stage.ask(DANA, "what's left of my quota?")
    element = next(e for b in quota.blocks for e in b.get("elements", ()) if e.get("action_id"))
    body = {
        "type": "block_actions", "trigger_id": "5.5", "team": {"id": stage.fake.workspace.app["team_id"]},
        "user": {"id": stage.user(DANA).id}, "container": {"type": "message"}, "response_url": "",
        "channel": {"id": quota.channel}, "actions": [{**element, "block_id": "b"}],
    }  # fmt: skip
    assert [stage.dispatch(body).status for _ in range(2)] == [200, 200]
    assert len(stage.new(DANA)) == 1


def test_slack_repeating_events_is_harmless(stage: Stage) -> None:
    stage.fake.workspace.chaos.turn("duplicate_event", on=True)
    assert len(stage.send(DANA, "what's left of my quota?")) == 1


def test_a_request_left_open_by_a_dead_process_is_answered_after_the_restart(stage: Stage) -> None:
    """The process dies between the insert and the work; the next one finds the row."""
    inbound = parse(stage.message_body(DANA, "what's left of my quota?"))
    assert inbound is not None
    with stage.services.db.write() as conn:
        inbox.put(conn, inbound.key, inbound.kind, inbound.model_dump_json(), stage.clock.now())
    stage.restart()
    assert stage.new(DANA) == []
    stage.clock.advance(LEASE + timedelta(seconds=1))
    stage.restart()
    (post,) = stage.new(DANA)
    assert "$40,000" in words(post)
    stage.clock.advance(LEASE * 2)
    stage.restart()
    assert stage.new(DANA) == []


def test_a_stopping_process_finishes_what_it_took(stage: Stage) -> None:
    for _ in range(5):
        stage.dispatch(stage.command_body(DANA, "/attain help"))
    assert stage.services.pool.close(10)
    assert len(stage.new(DANA)) == 5


@pytest.mark.skipif(os.name == "nt", reason="a folder cannot take the place of an open file on Windows")
def test_while_the_store_is_down_nothing_is_acknowledged_as_done(stage: Stage, lines: io.StringIO) -> None:
    path = store_path(stage)
    body = stage.message_body(DANA, "what's left of my quota?")
    break_store(stage, path)
    assert stage.dispatch(body).status == 503
    command = stage.dispatch(stage.command_body(DANA, "/myquota"))
    assert command.status == 200
    assert APOLOGY in command.body
    assert '"ephemeral"' in command.body
    mend_store(stage, path)
    assert stage.dispatch(body).status == 200
    assert "$40,000" in words(stage.new(DANA)[0])
    assert "Traceback" not in lines.getvalue()


def test_a_click_while_the_store_is_down_is_apologised_for(stage: Stage) -> None:
    quota = stage.ask(DANA, "/myquota")
    path = store_path(stage)
    break_store(stage, path)
    posts = stage.press(DANA, quota, "show_earnings")
    mend_store(stage, path)
    if not posts:
        import time

        time.sleep(0.5)
        posts = stage.new(DANA)
    assert "record" in posts[0].text
    assert posts[0].ephemeral


def test_a_full_pool_says_busy_to_each_in_private(stage_url: str) -> None:
    stage, gate = Stage(stage_url, workers=1, queue=1), Event()
    try:
        begun = Event()
        stage.services.pool.hand_on(lambda: begun.set() or (gate.wait(10) and None))
        assert begun.wait(5)
        assert stage.services.pool.hand_on(lambda: None)
        command = stage.dispatch(stage.command_body(DANA, "/myquota"))
        assert command.status == 200
        assert BUSY in command.body
        assert '"ephemeral"' in command.body
        assert stage.dispatch(stage.message_body(LENA, "hi")).status == 200
        gate.set()
        stage.settle()
        import time

        time.sleep(0.5)
        (post,) = stage.new(LENA)
        assert "minute" in post.text
        assert stage.new(DANA) == []
    finally:
        gate.set()
        stage.close()


def test_every_showing_is_on_record_and_nothing_else(stage: Stage) -> None:
    from bot.slack.turn import payload_hash

    own = stage.ask(DANA, "/myquota")
    handle = stage.user(DANA).handle
    theirs = stage.ask(MAX, f"/earnings this quarter @{handle}")
    stage.ask(LENA, f"/myquota @{handle}")
    stage.ask(DANA, "help")
    with stage.services.db.read() as conn:
        rows = [
            disclosures.by_payload(conn, payload_hash(post.sent["text"], post.sent["blocks"]))
            for post in (own, theirs)
        ]
        from store import people

        dana, boss = people.by_email(conn, DANA), people.by_email(conn, MAX)
        assert dana is not None
        assert boss is not None
        everything = disclosures.of_subject(conn, dana.rep_id, stage.clock.now() - timedelta(hours=1))
    (first,), (second,) = rows
    assert (first.viewer, first.subject, first.template, first.surface) == (
        dana.rep_id, dana.rep_id, "quota", "ephemeral",
    )  # fmt: skip
    assert (second.viewer, second.subject, second.template) == (boss.rep_id, dana.rep_id, "earnings")
    assert first.receipt_id.startswith("rcp_")
    assert len(everything) == 2


def test_the_log_holds_no_figure_no_words_and_no_token(stage: Stage, lines: io.StringIO) -> None:
    quota = stage.ask(DANA, "/myquota this quarter")
    stage.press(DANA, quota, "show_earnings")
    stage.ask(DANA, "how much did I make on Globex?")
    stage.ask(LENA, f"/earnings zebra-4711 @{stage.user(DANA).handle}")
    stage.ask(MAX, f"/earnings {DANA}")
    stage.home(DANA)
    text = lines.getvalue()
    assert "answered" in text
    secret = stage.fake.workspace.secrets
    for planted in ("40,000", "40000", "4000000", "Globex", "Acme", "zebra", "this quarter", "/response/",
                    secret.bot_token, secret.app_token, secret.signing_secret):  # fmt: skip
        assert planted not in text, planted


def test_what_is_purged_can_no_longer_be_read(stage: Stage) -> None:
    stage.ask(DANA, "/earnings july")
    with stage.services.db.write() as conn:
        assert inbox.purge(conn, stage.clock.now() + timedelta(hours=25)) >= 1
    assert b"july" not in store_path(stage).read_bytes()


def test_what_nothing_answers_is_one_line_in_the_log(stage: Stage, lines: io.StringIO) -> None:
    assert stage.dispatch(stage.event_body({"type": "reaction_added", "user": "U1"})).status == 404
    assert "Suggestion" not in lines.getvalue()
    assert lines.getvalue().count("nothing answers this") == 1


def test_a_nul_in_a_trigger_id_is_left_out(stage: Stage) -> None:
    assert stage.dispatch(stage.command_body(DANA, "/attain help", trigger_id="1\0.2")).status == 200
    assert len(stage.new(DANA)) == 1
