"""Nudges and duties to word, by name of the state they show. Every string that comes from outside is in `Words`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.messages.sample_words import GERMAN, JAPANESE, MANAGER, READER, Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from messages.reader import Reader

Sample = tuple[str, dict[str, Any], "Reader"]
RECEIPTS = ["rcp_9f2c41d07a"]
PERIOD = {"label": "Q4 2025", "start_on": "2025-10-01", "end_on": "2026-01-01"}


def usd(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": "USD"}


def open_deal(words: Words) -> dict[str, Any]:
    return {"name": words.deal, "amount": usd(2_400_000), "on": "2025-12-09"}


def about(**changes: Any) -> dict[str, Any]:
    return {
        "topic": "near_tier:7:bookings:2025-10-01",
        "state": "1000000",
        "rep_id": 7,
        "receipts": RECEIPTS,
        **changes,
    }


def near(words: Words, **changes: Any) -> dict[str, Any]:
    made = {
        "quota": words.quota,
        "reaches": "quota",
        "from_ppm": 1_000_000,
        "gap": usd(1_800_000),
        "period": PERIOD,
        "attained_ppm": 910_000,
        "next_ppm": 1_000_000,
        "pays": "rate",
        "rate": {"num": 3, "den": 25},
        "deals": [open_deal(words)],
        "gain": [usd(252_000)],
    }
    return about(**made) | changes


def behind(words: Words, **changes: Any) -> dict[str, Any]:
    made = {
        "quota": words.quota,
        "gap": usd(9_000_000),
        "behind_ppm": 214_000,
        "period": PERIOD,
        "attained_ppm": 350_000,
        "elapsed_ppm": 564_000,
        "days_left": 40,
        "per_day": usd(225_000),
        "deals": [open_deal(words)] * 3,
    }
    return about(**made) | changes


def listed(words: Words, count: int, day: str, **changes: Any) -> dict[str, Any]:
    one = {"deal": 5, "name": words.deal, day: "2025-11-04", "amount": usd(190_000)}
    if changes.pop("idle", False):
        one["idle_on"] = "2025-09-30"
    if changes.pop("is_others", False):
        del one["amount"]
    return about(deals=[one] * count, count=count, **changes)


def team(words: Words, count: int) -> dict[str, Any]:
    one = {
        "rep": 7,
        "name": words.rep,
        "quota": "bookings",
        "attained_ppm": 310_000,
        "projected_ppm": 549_000,
        "gap": usd(15_430_000),
        "per_day": usd(342_900),
    }
    return about(reports=[one] * count, team=12)


def held(words: Words, count: int, again: int = 0) -> dict[str, Any]:
    one = {"record": "D-9", "name": words.deal, "reason": words.reason, "remedy": words.remedy}
    return about(deals=[one] * count, count=count, again=again)


def plan(words: Words, **changes: Any) -> dict[str, Any]:
    made = {
        "plan": words.plan,
        "version": 2,
        "before": 1,
        "effective_on": "2026-01-01",
        "changes": [words.note, words.message],
        "examples": [{"name": words.deal, "before": usd(420_000), "after": usd(460_000)}] * 2,
    }
    return about(**made) | changes


def statement(**changes: Any) -> dict[str, Any]:
    made = {"period": "2025-10", "start_on": "2025-10-01", "end_on": "2025-11-01", "pays": "monthly", "lines": 9}
    sums = {"total": [usd(812_000)], "before": usd(764_000), "before_period": "2025-09"}
    return about(**made, **sums) | changes


NUDGE_CASES: dict[str, Callable[[Words], Sample]] = {
    "near_quota": lambda words: ("near_tier", near(words), READER),
    "near_tier": lambda words: ("near_tier", near(words, from_ppm=1_200_000, reaches="tier"), GERMAN),
    "near_tier_no_deals": lambda words: ("near_tier", near(words, deals=[], gain=[], is_stale=True), READER),
    "near_tier_counted": lambda words: (
        "near_tier",
        near(words, gap={"millionths": 3_000_000, "unit": "meetings"}, deals=[], gain=[], is_throttled=True),
        READER,
    ),
    "tier_crossed": lambda words: (
        "tier_crossed",
        near(words, from_ppm=1_000_000, deal=words.deal, rerated=usd(110_000)),
        READER,
    ),
    "tier_crossed_top": lambda words: (
        "tier_crossed",
        about(quota=words.quota, component=words.component, from_ppm=1_500_000),
        READER,
    ),
    "goal_reached": lambda words: (
        "goal_reached",
        near(words, over=usd(600_000), from_ppm=1_200_000, deals=[open_deal(words)] * 2),
        READER,
    ),
    "behind_pace": lambda words: ("behind_pace", behind(words), READER),
    "behind_pace_no_deals": lambda words: ("behind_pace", behind(words, deals=[]), JAPANESE),
    "my_week": lambda words: (
        "my_week",
        near(words, earned=usd(420_000), deals_won=2, payable=usd(812_000), earned_in=PERIOD)
        | {"coming": [open_deal(words)] * 3},
        READER,
    ),
    "my_week_empty": lambda _words: ("my_week", about(deals_won=0, coming=[]), READER),
    "personal_best": lambda words: ("personal_best", about(deal=words.deal, credits=32), READER),
    "stalled_one": lambda words: ("stalled_deals", listed(words, 1, "due_on"), READER),
    "stalled_idle": lambda words: ("stalled_deals", listed(words, 2, "due_on", idle=True), READER),
    "waiting_of_others": lambda words: ("waiting_for_payment", listed(words, 2, "since_on", is_others=True), READER),
    "stalled_deals": lambda words: ("stalled_deals", listed(words, 9, "due_on", more=3), READER),
    "waiting_for_payment": lambda words: (
        "waiting_for_payment",
        listed(words, 2, "since_on", total=usd(380_000)),
        READER,
    ),
    "clawback_exposure": lambda words: (
        "clawback_exposure",
        listed(words, 1, "until_on", total=usd(190_000)),
        READER,
    ),
    "missing_field": lambda words: ("missing_field", held(words, 1), READER),
    "missing_field_again": lambda words: ("missing_field", held(words, 9, again=1), READER),
    "team_at_risk": lambda words: ("team_at_risk", team(words, 3), MANAGER),
    "team_at_risk_limit_plus_1": lambda words: ("team_at_risk", team(words, 9), MANAGER),
    "statement_ready": lambda _words: ("statement_ready", statement(), READER),
    "statement_first_again": lambda _words: (
        "statement_ready",
        about(period="2025-10", lines=1, total=[usd(812_000), {"minor": 900, "currency": "EUR"}], again=2),
        READER,
    ),
    "plan_changed": lambda words: ("plan_changed", plan(words), READER),
    "plan_changed_elsewhere": lambda words: ("plan_changed", plan(words, changes=[], examples=[], again=1), READER),
    "approval_waiting": lambda words: (
        "approval_waiting",
        about(what="pay_period", subject="", name="monthly:2025-10-01", submitted_by=words.rep, pays="monthly")
        | {"period": "2025-10", "totals": [usd(81_200_000)], "reps": 90, "negative": 2},
        MANAGER,
    ),
    "approval_again": lambda words: (
        "approval_waiting",
        about(what="pay_period", subject="", name="quarterly:2025-10-01", submitted_by=words.rep, pays="quarterly")
        | {"period": "Q4 2025", "totals": [], "reps": 0, "negative": 0, "again": 1},
        MANAGER,
    ),
}
