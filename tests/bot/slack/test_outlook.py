"""What if, which deals, why not and why changed, as plain questions: from the figures, in private, never a guess."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from store import changes, disclosures, facts
from tests.bot.slack.staff import DANA, LENA, MAX, NOW
from tests.bot.slack.stage import Stage, words

if TYPE_CHECKING:
    from bot.sandbox.posts import Post

DUE = date(2026, 9, 20)


@pytest.fixture
def pipeline(stage: Stage) -> Stage:
    """Dana, 40 thousand short of a quota of 100, has two open deals; Lena has one."""
    rows = [open_deal("o1", "Hooli Suite", DANA, 5_000_000), open_deal("o2", "Stark Suite", DANA, 1_000_000)]
    rows.append(open_deal("o3", "Wayne Suite", LENA, 9_000_000))
    with stage.services.db.write() as conn:
        facts.apply(conn, "deal", pd.DataFrame(rows), changes.begin(conn, "test", "pipeline", NOW))
    return stage


def open_deal(key: str, name: str, owner: str, cents: int) -> dict[str, Any]:
    account = name.partition(" ")[0]
    return {
        "source": "crm", "external_id": key, "name": name, "account": account, "owner_external_id": owner,
        "amount_cents": cents, "currency": "USD", "stage": "open", "stage_name": "Proposal", "booked_on": DUE,
        "deal_type": "new", "product": "", "source_at": None, "raw_ref": "", "deleted": False,
    }  # fmt: skip


def is_private(post: Post) -> bool:
    return post.channel.startswith("D") and not post.ephemeral


def test_what_if_i_close_a_deal(pipeline: Stage) -> None:
    post = pipeline.ask(DANA, "What if I close Hooli this month?")
    assert is_private(post)
    assert "more" in post.text
    assert "Hooli Suite" in words(post)
    assert "rcp_" in words(post)


def test_two_deals_are_answered_together(pipeline: Stage) -> None:
    post = pipeline.ask(DANA, "what if I close Hooli and Stark?")
    assert "2 open deals" in post.text
    assert "Hooli Suite" in words(post)
    assert "Stark Suite" in words(post)


def test_which_deals_get_me_to_quota(pipeline: Stage) -> None:
    post = pipeline.ask(DANA, "Which deals get me to quota?")
    assert is_private(post)
    assert "1 deal" in words(post)
    assert "Hooli Suite" in words(post)
    assert "Wayne" not in words(post)


def test_why_a_deal_is_not_on_my_statement(pipeline: Stage) -> None:
    post = pipeline.ask(DANA, "Why is Hooli not on my statement?")
    assert is_private(post)
    assert "nothing" in post.text
    assert "The deal is won" in post.text


def test_when_my_pay_comes_and_what_is_in_it(pipeline: Stage) -> None:
    post = pipeline.ask(DANA, "When do I get paid?")
    assert is_private(post)
    assert "by today's figures" in post.text
    assert "is due on" in words(post)
    assert "rcp_" in words(post)


def test_why_my_pay_changed(pipeline: Stage) -> None:
    post = pipeline.ask(DANA, "Why did my payout change from last month?")
    assert is_private(post)
    assert "Globex" in words(post)
    assert "Sum" in words(post)


@pytest.mark.parametrize("name", ["Wayne", "Umbrella", "Nowhere"])
def test_of_deals_of_others_nothing_is_told(pipeline: Stage, name: str) -> None:
    post = pipeline.ask(DANA, f"why is {name} not on my statement?")
    assert post.text.replace(name.lower(), "X") == pipeline.ask(DANA, "why is Zzz not on my statement?").text.replace(
        "zzz", "X"
    )
    assert "$" not in words(post)


def test_a_manager_may_ask_about_a_report_and_a_peer_may_not(pipeline: Stage) -> None:
    dana, lena = pipeline.user(DANA), pipeline.user(LENA)
    shown = pipeline.ask(MAX, f"which deals get me to quota <@{dana.id}>")
    assert "Hooli Suite" in words(shown)
    refused = pipeline.ask(DANA, f"which deals get me to quota <@{lena.id}>")
    assert "Wayne" not in words(refused)
    assert "$" not in words(refused)


def test_every_answer_is_on_record(pipeline: Stage) -> None:
    pipeline.ask(DANA, "which deals get me to quota?")
    with pipeline.services.db.read() as conn:
        last = conn.execute(disclosures.disclosure.select()).mappings().all()[-1]
    assert last["template"] == "gap"
    assert last["receipt_id"].startswith("rcp_")
