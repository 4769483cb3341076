"""Slash commands end to end: who sees what, and what happens with words that make no sense."""

from __future__ import annotations

import time

import pytest

from bot.slack.voice import USES
from store import quarantine
from tests.bot.slack.staff import DANA, LENA, MAX, NICK, NORA, OLGA, PIA, VERA, transfer
from tests.bot.slack.stage import Stage, words


def test_myquota_says_what_is_left(stage: Stage) -> None:
    post = stage.ask(DANA, "/myquota")
    assert "$40,000" in words(post)
    assert "$100,000" in words(post)
    assert "40,000" in post.text
    assert post.ephemeral


def test_a_command_in_a_channel_is_answered_to_the_asker_only(stage: Stage) -> None:
    post = stage.ask(DANA, "/earnings this quarter", "general")
    assert post.ephemeral
    assert "$6,000" in words(post)
    channel = stage.fake.workspace.channel("general")
    assert stage.fake.workspace.posts.history(channel.id) == []
    assert stage.new(LENA) == []


def test_a_command_works_where_the_bot_is_not_a_member(stage: Stage) -> None:
    assert "$40,000" in words(stage.ask(DANA, "/myquota", "random"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/myquota last quarter", "$90,000"),
        ("/myquota q2", "$90,000"),
        ("/earnings july", "$4,000"),
        ("/earnings 2026-08", "$2,000"),
        ("/earnings this year", "$7,000"),
    ],
)
def test_periods(stage: Stage, text: str, said: str) -> None:
    assert said in words(stage.ask(DANA, text))


def test_today_is_the_readers_today(stage: Stage) -> None:
    """At 02:00 UTC on 1 October it is still September in Chicago, and already October in Berlin."""
    stage.clock.move_to(stage.clock.now().replace(month=10, day=1, hour=2))
    assert "$60,000" in words(stage.ask(DANA, "/myquota"))
    assert "123,456" not in words(stage.ask(LENA, "/myquota"))


@pytest.mark.parametrize("command", ["/myquota help", "/earnings help", "/attain help", "/attain"])
def test_help(stage: Stage, command: str) -> None:
    post = stage.ask(DANA, command)
    assert "/myquota" in words(post)
    assert "/earnings" in words(post)
    assert post.ephemeral


@pytest.mark.parametrize(
    ("command", "nearest"),
    [("/myquota this quater", "this quarter"), ("/earnings octobre", "october"), ("/attain statsu", "status")],
)
def test_an_unknown_word_gets_help_and_the_nearest_known_one(stage: Stage, command: str, nearest: str) -> None:
    post = stage.ask(DANA, command)
    assert nearest in words(post)
    assert "/myquota" in words(post)


@pytest.mark.parametrize(
    "text", ["x" * 5000, "<!channel>", "'; DROP TABLE person;--", "{{7*7}}", "*_~`", "\u202eabc"]
)
def test_nonsense_is_answered_safely(stage: Stage, text: str) -> None:
    post = stage.ask(DANA, f"/myquota {text}")
    assert "<!channel>" not in post.text + words(post)
    assert "$" not in post.text
    assert "49" not in post.text


def test_status_and_whoami(stage: Stage) -> None:
    assert DANA in words(stage.ask(DANA, "/attain whoami"))
    assert stage.ask(DANA, "/attain status").ephemeral


def test_whoami_writes_the_day_as_the_reader_does(stage: Stage) -> None:
    assert "Aug 15, 2026" in words(stage.ask(DANA, "/attain whoami"))
    assert "15 Aug 2026" in words(stage.ask(LENA, "/attain whoami"))


def test_status_tells_only_those_who_run_it_how_many_records_wait(stage: Stage) -> None:
    assert "no record waits" in words(stage.ask(OLGA, "/attain status"))
    held = quarantine.Held("crm", "deal", "d99", "owner_unknown", "Nobody has that address.")
    with stage.services.db.write() as conn:
        quarantine.put(conn, [held], stage.services.clock.now())
    assert "1 record waits" in words(stage.ask(OLGA, "/attain status"))
    assert "wait" not in words(stage.ask(DANA, "/attain status"))


@pytest.mark.parametrize("reader", [MAX, OLGA])
@pytest.mark.parametrize("command", ["/myquota", "/earnings", "my earnings", "explain my statement"])
def test_who_leads_or_runs_it_carries_no_quota_and_is_told_what_to_ask(
    stage: Stage, reader: str, command: str
) -> None:
    post = stage.ask(reader, command)
    assert "You carry no quota yourself" in words(post)
    assert "/myquota @name" in words(post)
    assert "No plan" not in words(post)


def test_two_people_are_answered_one_at_a_time(stage: Stage) -> None:
    post = stage.ask(OLGA, f"/earnings @{stage.user(DANA).handle} @{stage.user(LENA).handle}")
    assert "one person at a time" in words(post)
    assert "$" not in words(post)


@pytest.mark.parametrize("reader", [MAX, VERA, OLGA])
def test_who_is_above_or_runs_it_may_look(stage: Stage, reader: str) -> None:
    post = stage.ask(reader, f"/myquota @{stage.user(DANA).handle}")
    assert "$40,000" in words(post)
    assert "Dana Reyes" in words(post)


def test_all_refusals_read_alike(stage: Stage) -> None:
    peer = stage.ask(LENA, f"/myquota @{stage.user(DANA).handle}")
    above = stage.ask(DANA, f"/earnings @{stage.user(MAX).handle}")
    unlinked = stage.ask(LENA, f"/myquota @{stage.user(NORA).handle}")
    nobody = stage.ask(LENA, "/myquota nobody@x.com")
    outside = stage.ask(MAX, f"/earnings @{stage.user(LENA).handle}")
    texts = {(post.text, words_without_ids(post)) for post in (peer, above, unlinked, nobody, outside)}
    assert len(texts) == 1
    assert "$" not in peer.text


def words_without_ids(post: object) -> str:
    blocks = [{key: value for key, value in block.items() if key != "block_id"} for block in post.blocks]  # type: ignore[attr-defined]
    return str(blocks)


def test_a_manager_looks_by_address_too(stage: Stage) -> None:
    assert "$40,000" in words(stage.ask(MAX, f"/myquota {DANA}"))


def test_scope_moves_with_the_organisation(stage: Stage) -> None:
    assert "$40,000" in words(stage.ask(MAX, f"/myquota @{stage.user(DANA).handle}"))
    transfer(stage.services.db, DANA, "")
    assert "$" not in words(stage.ask(MAX, f"/myquota @{stage.user(DANA).handle}"))


@pytest.mark.parametrize("who", [NICK, PIA])
def test_without_quota_or_plan_the_answer_says_so(stage: Stage, who: str) -> None:
    post = stage.ask(who, "/myquota")
    assert post.text
    assert "reference" not in words(post).lower()


def test_somebody_unknown_is_told_so_and_nothing_else(stage: Stage) -> None:
    post = stage.ask(NORA, "/myquota")
    assert post.ephemeral
    assert "$" not in words(post)
    assert "Dana" not in words(post)


def test_the_ack_does_not_wait_for_the_work(stage: Stage) -> None:
    stage.fake.workspace.chaos.turn("delay", on=True)
    started = time.perf_counter()
    response = stage.dispatch(stage.command_body(DANA, "/myquota"))
    assert time.perf_counter() - started < 0.5
    assert response.status == 200
    assert response.body == ""
    stage.fake.workspace.chaos.clear()
    stage.settle()


def test_after_five_uses_the_answer_comes_as_a_direct_message(stage: Stage) -> None:
    post = stage.ask(DANA, "/earnings", "general")
    found = []
    for _ in range(USES + 1):
        found += stage.press(DANA, post, "why_line") or stage.press(DANA, post, "show_quota")
    assert found
    assert all(each.ephemeral or each.channel.startswith("D") for each in found)


def test_an_expired_address_falls_back_to_a_direct_message(stage: Stage) -> None:
    body = stage.command_body(DANA, "/myquota", response_url=f"{stage.server.base_url}/response/gone")
    stage.dispatch(body)
    posts = stage.new(DANA)
    assert len(posts) == 1
    assert not posts[0].ephemeral
    assert posts[0].channel.startswith("D")


def test_links_never_unfold(stage: Stage) -> None:
    sent = stage.ask(DANA, "what's left of my quota?").sent
    assert sent["unfurl_links"] is False
    assert sent["unfurl_media"] is False
