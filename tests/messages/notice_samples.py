"""Notices to word, by name of the state they show. Every string that comes from outside is in `Words`.

Each entry gives a kind, its data and its reader; a noun with many states keeps a file of its own, merged here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.messages.alert_samples import ALERT_NOTICE_CASES
from tests.messages.leadership_samples import LEADERSHIP_CASES
from tests.messages.nudge_samples import NUDGE_CASES
from tests.messages.sample_words import GERMAN, READER, Words
from tests.messages.spif_samples import SPIF_NOTICE_CASES

if TYPE_CHECKING:
    from collections.abc import Callable

    from messages.reader import Reader

Sample = tuple[str, dict[str, Any], "Reader"]
RECEIPT = "rcp_9f2c41d07a"
NOVEMBER = {"label": "2025-11", "start_on": "2025-11-01", "end_on": "2025-12-01"}


def usd(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": "USD"}


def rate(num: int, den: int) -> dict[str, int]:
    return {"num": num, "den": den}


def won(words: Words, **changes: Any) -> dict[str, Any]:
    steps = [{"basis": usd(3_000_000), "rate": rate(2, 25)}, {"basis": usd(1_800_000), "rate": rate(1, 10)}]
    return {
        "deal": words.deal,
        "account": words.account,
        "pay": usd(420_000),
        "steps": steps,
        "lines": [3],
        **changes,
    }


def deal_won(words: Words, *deals: dict[str, Any]) -> dict[str, Any]:
    return {"rep_id": 7, "receipt": RECEIPT, "period": NOVEMBER, "deals": list(deals or (won(words),))}


def cause(words: Words, **changes: Any) -> dict[str, Any]:
    amount = {"field": "amount", "before": usd(4_800_000), "after": usd(4_200_000), "rate": rate(2, 25)}
    made = {
        "deal": words.deal,
        "account": words.account,
        "changes": [amount],
        "pay": usd(-48_000),
        "source": words.source,
        "actor": words.rep,
        "at": "2025-11-21T14:02:00+00:00",
    }
    return made | changes


def figure_changed(words: Words, *causes: dict[str, Any], **changes: Any) -> dict[str, Any]:
    made = {
        "rep_id": 7,
        "period": NOVEMBER,
        "before": usd(812_000),
        "after": usd(764_000),
        "causes": list(causes or (cause(words),)),
        "receipts": [RECEIPT],
    }
    return made | changes


def digest(words: Words, count: int) -> dict[str, Any]:
    one = {"kind": "deal_won", "data": deal_won(words), "id": "n1"}
    other = {"kind": "figure_changed", "data": figure_changed(words), "id": "n2"}
    return {"items": [one if each % 2 == 0 else other for each in range(count)]}


def _moved(words: Words) -> list[dict[str, Any]]:
    return [
        {"field": "owner", "before": words.rep, "after": words.account},
        {"field": "booked_on", "before": "2025-11-30", "after": "2025-12-02"},
        {"field": "share", "before": 500_000_000, "after": 250_000_000},
    ]


def progress(words: Words, state: str, **changes: Any) -> dict[str, Any]:
    made = {"source": words.source, "state": state, "seconds": 95, "read": 41_000, "changed": 12, "held": 0}
    return made | changes


SYNC_CASES: dict[str, Callable[[Words], Sample]] = {
    "sync_progress": lambda words: (
        "sync_progress",
        progress(words, "running", kind="deal", total=100_000, seconds=20),
        READER,
    ),
    "sync_progress_open": lambda words: ("sync_progress", progress(words, "running", kind="tag", total=None), READER),
    "sync_progress_done": lambda words: ("sync_progress", progress(words, "done", held=3, problems=[]), READER),
    "sync_progress_refused": lambda words: (
        "sync_progress",
        progress(words, "refused", problems=[words.message, words.reason], more=4),
        READER,
    ),
    "sync_progress_busy": lambda words: ("sync_progress", progress(words, "busy"), READER),
}
NOTICE_CASES: dict[str, Callable[[Words], Sample]] = {
    "deal_won": lambda words: ("deal_won", deal_won(words), READER),
    "deal_won_german": lambda words: ("deal_won", deal_won(words), GERMAN),
    "deal_won_held": lambda words: (
        "deal_won",
        deal_won(words, won(words, held=usd(210_000), until=["cash"], steps=[], lines=[3, 4])),
        READER,
    ),
    "deal_won_batched": lambda words: ("deal_won", deal_won(words, *[won(words)] * 4), READER),
    "deal_won_limit_plus_1": lambda words: ("deal_won", deal_won(words, *[won(words)] * 11), READER),
    "digest": lambda words: ("digest", digest(words, 2), READER),
    "digest_limit_plus_1": lambda words: ("digest", digest(words, 21), READER),
    "figure_changed": lambda words: ("figure_changed", figure_changed(words), READER),
    "figure_changed_moved": lambda words: (
        "figure_changed",
        figure_changed(words, cause(words, changes=_moved(words), actor="", pay=None)),
        READER,
    ),
    "figure_changed_plan": lambda words: (
        "figure_changed",
        figure_changed(
            words, {"changes": [{"field": "plan"}], "at": "2025-11-21T14:02:00+00:00", "actor": words.rep}
        ),
        READER,
    ),
    "figure_changed_limit_plus_1": lambda words: (
        "figure_changed",
        figure_changed(words, *[cause(words)] * 9, others=3),
        READER,
    ),
    **ALERT_NOTICE_CASES,
    **LEADERSHIP_CASES,
    **NUDGE_CASES,
    **SPIF_NOTICE_CASES,
    **SYNC_CASES,
}
