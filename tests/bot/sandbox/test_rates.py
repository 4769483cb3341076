"""Rate limits answer 429 with Retry-After, and end when the fake's clock says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from slack_sdk.errors import SlackApiError

from bot.sandbox.errors import RateLimitError
from bot.sandbox.rates import TIERS, Rates
from tests.bot.sandbox.conftest import start

if TYPE_CHECKING:
    from tests.bot.sandbox.conftest import Stage

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def test_one_message_a_second_per_channel() -> None:
    for stage in start(burst=1):
        stage.client.chat_postMessage(channel="sales", text="one")
        stage.client.chat_postMessage(channel="general", text="another channel has its own pace")
        with pytest.raises(SlackApiError) as refused:
            stage.client.chat_postMessage(channel="sales", text="two")
        assert refused.value.response.status_code == 429
        assert refused.value.response["error"] == "ratelimited"
        assert refused.value.response.headers["retry-after"] == "1"
        stage.workspace.clock.advance(timedelta(seconds=1))
        stage.client.chat_postMessage(channel="sales", text="two")


def test_refused_posts_leave_nothing_behind() -> None:
    for stage in start(burst=1):
        stage.client.chat_postMessage(channel="sales", text="one")
        assert stage.refusal("chat.postMessage", channel="sales", text="two") == "ratelimited"
        assert len(stage.workspace.posts.history(stage.channel("sales"))) == 1


@pytest.mark.parametrize("tier", ["T2", "T3", "T4"])
def test_a_tier_allows_its_number_a_minute(tier: str) -> None:
    rates = Rates()
    for second in range(TIERS[tier]):
        rates.count("method", tier, NOON + timedelta(milliseconds=second))
    with pytest.raises(RateLimitError) as refused:
        rates.count("method", tier, NOON + timedelta(seconds=20))
    assert refused.value.seconds == 40
    rates.count("other", tier, NOON)
    rates.count("method", tier, NOON + timedelta(seconds=60))


def test_a_clock_that_moves_back_does_not_lock_anybody_out(stage: Stage) -> None:
    rates = Rates()
    for _ in range(TIERS["T2"]):
        rates.count("method", "T2", NOON)
    rates.count("method", "T2", NOON - timedelta(days=7))
    rates.post("C1", NOON)
    with pytest.raises(RateLimitError):
        rates.post("C1", NOON - timedelta(days=7))
    rates.post("C1", NOON - timedelta(days=7) + timedelta(seconds=1))
