"""The buttons there are, and what each carries: identifiers and a version as compact JSON, never an amount."""

from __future__ import annotations

import json

VERSION = 1
WHY_LINE = "why_line"
SHOW_EARNINGS = "show_earnings"
SHOW_QUOTA = "show_quota"
EXPLAIN_STATEMENT = "explain_statement"
OPEN_HOME_HELP = "open_home_help"
WHY_THIS = "why_this"
SNOOZE_NOTICE = "snooze_notice"
MUTE_KIND = "mute_kind"
ACTION_IDS = frozenset({WHY_LINE, SHOW_EARNINGS, SHOW_QUOTA, EXPLAIN_STATEMENT, OPEN_HOME_HELP})


def base(action_id: str) -> str:
    """Return the listener's part of an action id: `why_line:3` is answered by `why_line`."""
    return action_id.partition(":")[0]


def line_value(receipt_id: str, line_no: int) -> str:
    """Return the value of a button about one line of a receipt."""
    return _compact({"v": VERSION, "receipt": receipt_id, "line": line_no})


def period_value(rep_id: int, period: str) -> str:
    """Return the value of a button about one rep's period; an empty label means the current one."""
    return _compact({"v": VERSION, "rep": rep_id, "period": period})


def notice_value(notice_id: str) -> str:
    """Return the value of a button about a notice."""
    return _compact({"v": VERSION, "notice": notice_id})


def snooze_value(notice_id: str, days: int) -> str:
    """Return the value of a button that asks for quiet about a notice's kind for some days."""
    return _compact({"v": VERSION, "notice": notice_id, "days": days})


def _compact(value: dict[str, int | str]) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
