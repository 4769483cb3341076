"""A nudge in Slack: it comes in working hours, says why, can be put off and muted, and preferences are a form."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.delivery import delivering
from bot.sandbox.driver import Driver
from engine.notices import Notice, Recipient
from messages import actions
from operations import preferences
from operations.context import Context
from store import outbox, people
from store import preferences as kept
from tests.bot.slack.staff import DANA, LENA
from tests.bot.slack.stage import words
from tests.messages.notice_samples import deal_won
from tests.messages.nudge_samples import statement
from tests.messages.sample_words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.sandbox.posts import Post
    from engine.people import Person
    from tests.bot.slack.stage import Stage

#: Monday, ten in the morning in Chicago.
MONDAY = datetime(2026, 8, 17, 15, tzinfo=UTC)
TOPIC = "statement_ready:1:monthly:2025-10-01"


@pytest.fixture
def hands(stage: Stage) -> Iterator[Driver]:
    driver = Driver(stage.fake)
    yield driver
    driver.close()


def dana(stage: Stage) -> Person:
    with stage.services.db.read() as conn:
        found = people.by_email(conn, DANA)
    assert found is not None
    return found


def context(stage: Stage) -> Context:
    now = stage.clock.now()
    return Context(stage.services.db, now.date(), now)


def told(stage: Stage, kind: str = "deal_won") -> Post:
    """The message that comes of a notice to Dana."""
    stage.send(DANA, "/attain whoami")
    stage.clock.move_to(MONDAY)
    data = deal_won(Words()) if kind == "deal_won" else statement(topic=TOPIC)
    notice = Notice(f"{kind}:1", kind, Recipient(dana(stage).rep_id), data | {"state": "x"}, topic=TOPIC)
    with stage.services.db.write() as conn:
        outbox.put(conn, [notice], stage.clock.now())
    assert delivering(stage.services).round().sent == 1
    (post,) = stage.new(DANA)
    return post


def test_why_says_the_kind_and_the_moment(stage: Stage) -> None:
    (why,) = stage.press(DANA, told(stage), "why_this")
    assert "deals won" in words(why)
    assert "Aug 17, 2026" in words(why)


def test_mute_is_undone_by_its_own_button(stage: Stage) -> None:
    post = told(stage)
    (muted,) = stage.press(DANA, post, "mute_kind")
    assert "No more messages about" in words(muted)
    assert preferences.of(context(stage), dana(stage)).muted == {"deal_won"}
    (again,) = stage.press(DANA, muted, "unmute_kind")
    assert "come again" in words(again)
    assert preferences.of(context(stage), dana(stage)).muted == frozenset()


def test_snooze_says_until_when_and_a_click_is_no_ignoring(stage: Stage) -> None:
    post = told(stage)
    (quiet,) = stage.press(DANA, post, "snooze_notice:7")
    assert "Quiet about this until Aug 24, 2026" in words(quiet)
    with stage.services.db.read() as conn:
        assert len(kept.engaged(conn, [dana(stage).rep_id], MONDAY)) == 1
        assert kept.snoozes(conn, [dana(stage).rep_id], stage.clock.now())[dana(stage).rep_id].keys() == {TOPIC}


def test_any_button_of_the_message_counts_as_a_click(stage: Stage) -> None:
    post = told(stage)
    stage.press(DANA, post, "why_line")
    with stage.services.db.read() as conn:
        assert len(kept.engaged(conn, [dana(stage).rep_id], MONDAY)) == 1


def test_a_value_edited_to_anothers_notice_or_to_nothing_is_refused(stage: Stage) -> None:
    post = told(stage)
    with stage.services.db.read() as conn:
        (owed,) = outbox.of_topic(conn, TOPIC)
        lena = people.by_email(conn, LENA)
    assert lena is not None
    assert owed.notice.to.rep_id != lena.rep_id
    for value in ('{"v":1,"notice":"nobody"}', '{"v":1}', '{"v":2,"notice":"x"}', "no json"):
        (refusal,) = stage.press(DANA, post, "why_this", value)
        assert "receipt" not in words(refusal)
    mine = stage.ask(LENA, "/myquota")
    (refusal,) = stage.press(LENA, mine, "show_earnings", actions.notice_value(owed.notice_id))
    assert "deals won" not in words(refusal)


def test_preferences_are_a_form_that_says_what_is_wrong(stage: Stage, hands: Driver) -> None:
    hands.slash(DANA, "dm", "/attain", "preferences")
    stage.settle()
    form = hands.modal(DANA)
    assert form is not None
    assert form["callback_id"] == "preferences"
    wrong = hands.submit(DANA, {"opens": "10:00", "closes": "10:30", "country": "Germany"})
    assert set(wrong["errors"]) == {"closes", "country"}
    assert hands.submit(
        DANA,
        {"opens": "10:00", "closes": "16:00", "country": "de", "muted": ["Deals won"], "asked_for": ["My week"],
         "away_from": "2026-09-01", "away_until": "2026-09-08"},
    ) == {"ok": True}  # fmt: skip
    stage.settle()
    wanted = preferences.of(context(stage), dana(stage))
    assert (wanted.opens, wanted.closes, wanted.country) == (600, 960, "DE")
    assert (wanted.muted, wanted.asked_for) == ({"deal_won"}, {"my_week"})
    assert wanted.away is not None
    assert "saved" in words(stage.new(DANA)[-1])


def test_home_has_the_way_to_the_preferences(stage: Stage) -> None:
    offered = [
        each["action_id"]
        for block in stage.home(DANA)["blocks"]
        if block["type"] == "actions"
        for each in block["elements"]
    ]
    assert any(each.startswith("edit_preferences") for each in offered)
