"""Ops alerts to word, by name of the state they show: for the channel, for ops alone, and in forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.alert_kinds import FIXES
from engine.money import Money
from messages import alert_forms, views
from messages.alert_forms import Shown
from messages.ops_alerts import Listed
from messages.reply import Reply
from tests.messages.sample_words import NOW, READER, TODAY, Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from messages.reader import Reader
    from messages.reply import View

CHANNEL = views.Reader("en-US", "UTC")
AT = "2025-11-21T09:00:00+00:00"


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def unmapped(words: Words, **changes: Any) -> dict[str, Any]:
    made = {
        "alert": 12,
        "code": "A3",
        "name": "Unmapped owner",
        "severity": 1,
        "state": "open",
        "subject": words.source,
        "count": 2,
        "items": [f"{words.deal}: {words.message}", words.account],
        "owner": "",
        "reason": "",
        "opened_at": AT,
        "until": "",
        "closed_at": "",
        "fixes": ["map_owner", "accept"],
        "outside": "Or correct the owner in the CRM; the next sync takes it over.",
        "risk_of": "credit",
        "risk": [],
        "done": [],
    }
    return made | changes


def varied(words: Words) -> dict[str, Any]:
    pay = {"code": "A14", "name": "Payout variance", "severity": 2, "risk_of": "pay", "fixes": ["accept"]}
    return unmapped(words, items=[], count=5, outside="", **pay)


def digest(words: Words, count: int) -> dict[str, Any]:
    each = {
        "code": "A26",
        "name": "Messages failing",
        "severity": 3,
        "subject": words.source,
        "count": 1,
        "owner": "",
    }
    alerts = [each | {"alert": number + 1, "opened_at": AT} for number in range(count)]
    return {"on": "2025-11-21", "alerts": alerts, "more": 3 if count > 1 else 0}


def run(words: Words, reps: int) -> dict[str, Any]:
    problems = reps - 1
    return {"at": AT, "runs": reps, "reps": reps, "lines": 1200, "plans": [words.plan], "problems": problems}


ALERT_NOTICE_CASES: dict[str, Callable[[Words], tuple[str, dict[str, Any], Reader]]] = {
    "ops_alert": lambda words: ("ops_alert", unmapped(words), CHANNEL),
    "ops_alert_private": lambda words: ("ops_alert", varied(words), CHANNEL),
    "ops_alert_at_risk": lambda words: (
        "ops_alert",
        unmapped(words, risk=[{"minor": 1_520_000, "currency": "USD"}], owner="ops@example.com", count=9),
        CHANNEL,
    ),
    "ops_alert_put_off": lambda words: (
        "ops_alert",
        unmapped(words, state="snoozed", until="2025-11-24T09:00:00+00:00", reason=words.reason),
        CHANNEL,
    ),
    "ops_alert_fixed": lambda words: (
        "ops_alert",
        unmapped(words, state="resolved", done=[f"ops@example.com: {words.message}"], owner="ops@example.com"),
        CHANNEL,
    ),
    "ops_alert_closed": lambda words: ("ops_alert", unmapped(words, state="closed", closed_at=AT), CHANNEL),
    "ops_digest": lambda words: ("ops_digest", digest(words, 1), CHANNEL),
    "ops_digest_many": lambda words: ("ops_digest", digest(words, 20), CHANNEL),
    "run_summary": lambda words: ("run_summary", run(words, 1), CHANNEL),
    "run_summary_problems": lambda words: ("run_summary", run(words, 40), CHANNEL),
    "run_summary_unsaid": lambda words: ("run_summary", run(words, 1204) | {"unsaid": 1204}, CHANNEL),
}


def listed(words: Words, number: int = 12, code: str = "A3", **changes: Any) -> Listed:
    made = {
        "alert_id": number,
        "code": code,
        "severity": 1,
        "state": "open",
        "subject": words.source,
        "count": 2,
        "risk": (usd(1_520_000),),
        "owner": "",
        "opened_at": NOW,
    }
    return Listed(**(made | changes))


STEPS = (("The period is over", True, "its last day is before 2025-11-01"), ("Locked", False, "not yet"))
ALERT_REPLY_CASES: dict[str, Callable[[Words], Reply]] = {
    "alerts": lambda words: Reply("alerts", views.alerts([listed(words), listed(words, 13, "A14")], READER)),
    "alerts_none": lambda _: Reply("alerts", views.alerts([], READER)),
    "alerts_limit_plus_1": lambda words: Reply(
        "alerts", views.alerts([listed(words, number + 1) for number in range(16)], READER)
    ),
    "alert_said": lambda words: Reply("alert_said", views.alert_said(words.message)),
    "checklist": lambda words: Reply("checklist", views.checklist("2025-10", STEPS, [listed(words)], READER)),
    "checklist_done": lambda _: Reply("checklist", views.checklist("2025-10", STEPS[:1], [], READER)),
}


def findings(words: Words, count: int) -> list[Shown]:
    return [Shown(f"d{number}", words.message, usd(100_000) if number else None) for number in range(count)]


ALERT_MODAL_CASES: dict[str, Callable[[Words], tuple[str, View]]] = {
    "alert": lambda words: ("alert", alert_forms.alert(listed(words), findings(words, 2), [words.message], READER)),
    "alert_limit_plus_1": lambda words: (
        "alert",
        alert_forms.alert(listed(words, code="A10", count=30), findings(words, 11), [], READER),
    ),
    "alert_closed": lambda words: ("alert", alert_forms.alert(listed(words, state="closed"), [], [], READER)),
    "alert_fix": lambda words: ("alert_fix", alert_forms.fix(listed(words), FIXES["map_owner"], (), {})),
    "alert_fix_quota": lambda words: (
        "alert_fix",
        alert_forms.fix(listed(words, code="A4"), FIXES["set_quota"], findings(words, 3), {"currency": "USD"}),
    ),
    "alert_snooze": lambda words: ("alert_snooze", alert_forms.snooze(listed(words), TODAY, lifts=False)),
    "alert_snooze_by_admin": lambda words: ("alert_snooze", alert_forms.snooze(listed(words), TODAY, lifts=True)),
}
