"""Answers to the buttons under a notice, by name of the state they show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.notice_answers import Snoozed, WhyNotice
from messages import views
from messages.reply import Reply
from tests.messages.sample_words import NOW, READER, Words

if TYPE_CHECKING:
    from collections.abc import Callable

NEAR = WhyNotice(
    "near_tier",
    "close to quota or tier",
    "N2",
    NOW,
    "A tenth of the quota or less is left",
    "the rep",
    "once for each tier",
    "with the period",
    ("rcp_9f2c41d07a", "rcp_0000000000"),
)
DIGEST = WhyNotice("digest", "daily digest", "NG2", NOW, "", "", "", "", (), ("statements", "behind pace"))

NOTICE_ANSWER_CASES: dict[str, Callable[[Words], Reply]] = {
    "why_notice": lambda _: Reply("why_notice", views.why_notice(NEAR, READER)),
    "why_notice_digest": lambda _: Reply("why_notice", views.why_notice(DIGEST, READER)),
    "noted_snoozed": lambda _: Reply("noted", views.snoozed(Snoozed("near_tier", NOW), READER)),
    "noted_muted": lambda _: Reply("noted", views.muted("near_tier", READER)),
    "noted_owed": lambda _: Reply("noted", views.muted("", READER)),
    "noted_again": lambda _: Reply("noted", views.unmuted("near_tier", READER)),
    "noted_acknowledged": lambda _: Reply("noted", views.acknowledged(READER, is_first=True)),
}
