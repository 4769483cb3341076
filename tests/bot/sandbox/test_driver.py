"""The Python driver says what it cannot do, and shows messages exactly as sent."""

from __future__ import annotations

import time
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.errors import RefusedError
from bot.sandbox.posts import Post
from bot.sandbox.workspace import BOT_USER
from tests.bot.sandbox.sample import BOSS, GONE, REP, quota_blocks

if TYPE_CHECKING:
    from tests.bot.sandbox.conftest import Stage


def test_people_are_found_by_any_of_their_names(stage: Stage) -> None:
    found = {stage.slack.user(name).id for name in (REP, REP.email.upper(), "@dana", "Dana Reyes")}
    assert len(found) == 1
    with pytest.raises(RefusedError, match=r"Nobody here is called 'nobody'.*dana@example.com"):
        stage.slack.user("nobody")
    with pytest.raises(RefusedError, match="no channel 'nowhere'"):
        stage.slack.say(REP, "nowhere", "x")


def test_messages_as_sent(stage: Stage) -> None:
    stage.slack.slash(REP, "#sales", "/myquota", "x")
    (answer,) = stage.slack.wait_for_reply()
    assert answer.as_sent() == {
        "channel": "sales",
        "ephemeral": True,
        "text": "$42,000 left. You wrote: x",
        "blocks": quota_blocks("x"),
    }


def test_an_unknown_element_lists_those_there_are(stage: Stage) -> None:
    stage.slack.slash(REP, "sales", "/myquota")
    (answer,) = stage.slack.wait_for_reply()
    with pytest.raises(RefusedError, match=r"why \(Why\?\), form \(Form\)"):
        stage.slack.click(REP, answer, "Because")
    with pytest.raises(RefusedError, match="no longer there"):
        stage.slack.click(BOSS, answer, "Why?")
    with pytest.raises(RefusedError, match="no window open"):
        stage.slack.submit(REP, {})


def test_silence_is_an_empty_answer(stage: Stage) -> None:
    stage.slack.say(REP, "sales", "nobody answers this")
    assert stage.slack.wait_for_reply(timeout=0.2) == []


def test_only_the_latest_gesture_counts(stage: Stage) -> None:
    stage.slack.dm(REP, "one")
    stage.slack.wait_for_reply()
    stage.slack.dm(REP, "two")
    assert [seen.text for seen in stage.slack.wait_for_reply()] == ["You said: two"]


def test_a_reload_drops_what_only_this_person_saw(stage: Stage) -> None:
    stage.slack.slash(REP, "sales", "/myquota")
    stage.slack.wait_for_reply()
    stage.slack.reload(BOSS)
    assert len(stage.slack.messages("sales", REP)) == 1
    stage.slack.reload(REP)
    assert stage.slack.messages("sales", REP) == []


def test_answers_that_arrive_while_somebody_waits_lock_nobody_out(stage: Stage) -> None:
    workspace, place = stage.workspace, stage.channel("sales")
    stage.slack.say(REP, "sales", "nobody answers this")
    found: list[int] = []

    def answer(number: int) -> None:
        with workspace.lock:
            time.sleep(0.02)
            workspace.add_post(Post(place, workspace.next_ts(), BOT_USER, text=f"answer {number}"))

    def wait() -> None:
        found.append(len(stage.slack.wait_for_reply(timeout=5, quiet=0.4)))

    threads = [Thread(target=wait, daemon=True)]
    threads += [Thread(target=answer, args=(number,), daemon=True) for number in range(20)]
    for thread in reversed(threads):
        thread.start()
    until = time.monotonic() + 10
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    assert not any(thread.is_alive() for thread in threads)
    assert found == [20]


def test_nobody_waits_for_an_answer_that_slack_refuses_to_show(stage: Stage) -> None:
    started = time.monotonic()
    stage.slack.dm(GONE, "hi")
    assert stage.slack.wait_for_reply(timeout=10) == []
    assert time.monotonic() - started < 5
    assert stage.slack.turned_away
    stage.slack.dm(REP, "hi")
    assert stage.slack.wait_for_reply()
    assert not stage.slack.turned_away
