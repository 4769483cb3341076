"""Plain questions: answered from the figures, in private, in our words; never a guess."""

from __future__ import annotations

import json

import pytest

from store import quarantine
from tests.bot.slack.staff import DANA, GIL, LENA, MAX, MIA, NICK, NORA, OTTO
from tests.bot.slack.stage import Stage, words


@pytest.mark.parametrize("text", ["What's left of my quota?", "how far am I from my target", "hows my number"])
def test_q1_what_is_left(stage: Stage, text: str) -> None:
    post = stage.ask(DANA, text)
    assert "$40,000" in words(post)
    assert not post.ephemeral
    assert post.channel.startswith("D")
    assert "target" not in post.text.lower()


def test_q2_one_deal(stage: Stage) -> None:
    post = stage.ask(DANA, "How much did I make on Globex?")
    assert "$2,000" in words(post)
    assert "<!channel>" not in post.text + words(post)


def test_q2_two_deals_of_that_name_are_offered_as_buttons(stage: Stage) -> None:
    post = stage.ask(DANA, "how much did i earn on the initech deal")
    labels = [e["text"]["text"] for b in post.blocks for e in b.get("elements", ()) if e.get("type") == "button"]
    assert {"Initech North", "Initech South"} <= set(labels)
    (line,) = stage.press(DANA, post, "why_line")
    assert "Initech" in words(line)


def test_q2_no_such_deal(stage: Stage) -> None:
    post = stage.ask(DANA, "how much did I make on Umbrella?")
    assert "$" not in post.text
    assert "12" not in post.text


def test_q10_a_line(stage: Stage) -> None:
    assert "Initech" in words(stage.ask(DANA, "what is line 1?"))
    assert "Why" in words(stage.ask(DANA, "what is this line?"))


def test_q11_the_statement_ties(stage: Stage) -> None:
    post = stage.ask(DANA, "Explain my statement for this quarter")
    assert "$6,000" in words(post)
    assert "Acme" in words(post)


@pytest.mark.parametrize("text", ["hi", "help", "Hello", "thanks"])
def test_greetings_get_help(stage: Stage, text: str) -> None:
    assert "/myquota" in words(stage.ask(DANA, text))


@pytest.mark.parametrize("text", ["what is the weather", "is there a spiff?", "asdf"])
def test_what_is_not_understood_gets_three_buttons(stage: Stage, text: str) -> None:
    post = stage.ask(DANA, text)
    buttons = [e for b in post.blocks for e in b.get("elements", ()) if e.get("type") == "button"]
    assert len(buttons) == 3
    assert len({button["action_id"] for button in buttons}) == 3
    assert "$" not in post.text
    (answer,) = stage.press(DANA, post, buttons[0]["action_id"])
    assert answer.text


@pytest.mark.parametrize("text", ["my commission cheque", "my bonus", "what's my payout this quarter"])
def test_their_words_are_understood_and_not_repeated(stage: Stage, text: str) -> None:
    post = stage.ask(DANA, text)
    assert "cheque" not in (post.text + words(post)).lower()
    assert "bonus" not in (post.text + words(post)).lower()


@pytest.mark.parametrize("text", ["quota " * 800, "x" * 5000, "<!channel> " * 400, "&amp;" * 1000, "🙂" * 2000])
def test_five_thousand_characters(stage: Stage, text: str) -> None:
    post = stage.ask(DANA, text[:5000])
    assert post.text
    assert "<!channel>" not in post.text + words(post)


def test_a_mention_in_a_channel_is_answered_privately_and_without_figures(stage: Stage) -> None:
    post = stage.ask(DANA, "<@U0ATTAINBOT> what did I earn?".replace("<@U0ATTAINBOT>", "@Attain"), "general")
    assert post.ephemeral
    assert "$" not in words(post)
    channel = stage.fake.workspace.channel("general")
    assert [each.author for each in stage.fake.workspace.posts.history(channel.id)] == [stage.user(DANA).id]


@pytest.mark.parametrize(
    "event",
    [
        {"bot_id": "B1"},
        {"subtype": "message_changed", "hidden": True},
        {"subtype": "message_deleted"},
        {"channel_type": "channel"},
    ],
)
def test_what_nobody_typed_to_us_is_not_answered(stage: Stage, event: dict[str, object]) -> None:
    body = stage.message_body(DANA, "what's left of my quota?")
    body["event"] |= event
    assert stage.dispatch(body).status == 200
    assert stage.new(DANA) == []


@pytest.mark.parametrize("who", [NORA, GIL, OTTO, MIA])
def test_strangers_guests_leavers_and_partners_are_not_linked(stage: Stage, who: str) -> None:
    stage.dispatch(stage.command_body(who, "/earnings", response_url=""))
    texts = {post.text for post in stage.new(who)}
    stage.dispatch(stage.command_body(NORA, "/earnings", response_url=""))
    assert "$" not in json.dumps(list(texts))
    from store import identities

    with stage.services.db.read() as conn:
        assert identities.get(conn, stage.user(who).team_id, stage.user(who).id) is None


def test_a_foreign_team_member_in_a_shared_channel_is_not_linked(stage: Stage) -> None:
    body = stage.event_body(
        {
            "type": "app_mention", "user": stage.user(DANA).id, "user_team": "T0ELSEWHERE", "text": "hi", "ts": "1.2",
            "channel": stage.fake.workspace.channel("partners").id,
        }
    )  # fmt: skip
    stage.dispatch(body)
    (post,) = stage.new(DANA)
    assert "/myquota last quarter" not in words(post)


def test_no_quota_in_words(stage: Stage) -> None:
    assert "quota" in stage.ask(NICK, "what's left of my quota?").text.lower()


@pytest.mark.parametrize("name", ["it", "that", "sec", "form"])
def test_a_scrap_of_a_name_is_no_deal(stage: Stage, name: str) -> None:
    assert "$" not in words(stage.ask(DANA, f"how much did i make on {name}"))


def test_a_deal_that_is_only_spelled_alike_is_offered(stage: Stage) -> None:
    post = stage.ask(DANA, "how much did I make on Intech North")
    assert "$" not in words(post)
    (line,) = stage.press(DANA, post, "why_line")
    assert "Initech North" in words(line)


def test_two_deals_in_one_question_are_both_offered(stage: Stage) -> None:
    post = stage.ask(DANA, "how much did I make on Globex and Umbrella and Initech North")
    labels = [e["text"]["text"] for b in post.blocks for e in b.get("elements", ()) if e.get("type") == "button"]
    assert len(labels) == 2


def test_a_deal_that_waits_is_said_to_wait(stage: Stage) -> None:
    held = quarantine.Held(
        "crm",
        "deal",
        "d9",
        "no_rate",
        "No rate for CHF.",
        "Ops can add it.",
        label="Acme Retail",
        owner_external_id=DANA,
    )
    with stage.services.db.write() as conn:
        quarantine.put(conn, [held], stage.services.clock.now())
    post = stage.ask(DANA, "how much did I make on Acme Retail")
    assert "waiting" in words(post)
    assert "No rate for CHF" in words(post)
    assert "$" not in words(post)


def test_a_line_of_a_period_and_a_line_that_is_not_there(stage: Stage) -> None:
    assert "Acme" in words(stage.ask(DANA, "explain line 1 of july"))
    for text in ("line 0", "explain line 9 of july"):
        post = stage.ask(DANA, text)
        assert "no line" in words(post)
        assert "$" not in words(post)


@pytest.mark.parametrize(
    "text",
    ["what is Dana's quota", "how much did Dana Reyes earn this quarter", "Dana Reyes earnings", "my <@dana> quota"],
)
def test_a_manager_asks_in_words_about_a_report(stage: Stage, text: str) -> None:
    post = stage.ask(MAX, text.replace("dana", stage.user(DANA).id))
    assert "Dana" in words(post)
    assert "$" in words(post)


def test_who_may_not_see_somebody_is_refused_alike_whether_they_exist(stage: Stage) -> None:
    asked = ["what is {}'s quota", "how much did {} make", "what is the quota of {}", "earnings for {}"]
    for text in asked:
        known, unknown = (stage.ask(LENA, text.format(name)) for name in ("Dana Reyes", "Zelda Zee"))
        assert known.text == unknown.text
        assert "$" not in words(known)
        assert "can't show you that" in words(known)
    mention = stage.ask(LENA, f"what did <@{stage.user(DANA).id}> earn")
    assert "can't show you that" in words(mention)


@pytest.mark.parametrize("text", ["show me everyone's earnings", "when did I get paid", "did my payout go through?"])
def test_what_no_figure_answers_gets_the_nearest_three(stage: Stage, text: str) -> None:
    post = stage.ask(DANA, text)
    assert "$" not in words(post)
    assert len([e for b in post.blocks for e in b.get("elements", ()) if e.get("type") == "button"]) == 3
