"""The buttons there are, and what each carries: identifiers and a version as compact JSON, never an amount."""

from __future__ import annotations

import json

VERSION = 1
#: So much of a hash tells two sets of rules or figures apart.
HASH_SHOWN = 12
WHY_LINE = "why_line"
SHOW_EARNINGS = "show_earnings"
SHOW_QUOTA = "show_quota"
EXPLAIN_STATEMENT = "explain_statement"
OPEN_HOME_HELP = "open_home_help"
WHY_THIS = "why_this"
SNOOZE_NOTICE = "snooze_notice"
MUTE_KIND = "mute_kind"
UNMUTE_KIND = "unmute_kind"
ACKNOWLEDGE_NOTICE = "acknowledge_notice"
EDIT_PREFERENCES = "edit_preferences"
_NOTICES = frozenset({WHY_THIS, SNOOZE_NOTICE, MUTE_KIND, UNMUTE_KIND, ACKNOWLEDGE_NOTICE, EDIT_PREFERENCES})
SPIF_GOT_IT = "spif_got_it"
SPIF_SHOW = "spif_show"
SPIF_STANDING = "spif_standing"
SPIF_NEW = "spif_new"
SPIF_PREVIEW = "spif_preview"
SPIF_APPROVE_BUDGET = "spif_approve_budget"
SPIF_PROPOSE = "spif_propose"
SPIF_APPROVE_RESULTS = "spif_approve_results"
SPIF_PAY = "spif_pay"
SPIF_ASK_REASON = "spif_ask_reason"
SPIF_LET_IN = "spif_let_in"
SPIF_HIDE_ME = "spif_hide_me"
SPIF_EDIT = "spif_edit"
SPIF_AMEND = "spif_amend"
_SPIFS = frozenset({
    SPIF_GOT_IT, SPIF_SHOW, SPIF_STANDING, SPIF_NEW, SPIF_PREVIEW, SPIF_APPROVE_BUDGET, SPIF_PROPOSE,
    SPIF_APPROVE_RESULTS, SPIF_PAY, SPIF_ASK_REASON, SPIF_LET_IN, SPIF_HIDE_ME, SPIF_EDIT,
    SPIF_AMEND,
})  # fmt: skip
SYNC_NOW = "sync_now"
ALERT_OPEN = "alert_open"
ALERT_FIX = "alert_fix"
ALERT_TAKE = "alert_take"
ALERT_SNOOZE = "alert_snooze"
ALERT_REP = "alert_rep"
_ALERTS = frozenset({ALERT_OPEN, ALERT_FIX, ALERT_TAKE, ALERT_SNOOZE, ALERT_REP})
_OWN = frozenset({WHY_LINE, SHOW_EARNINGS, SHOW_QUOTA, EXPLAIN_STATEMENT, OPEN_HOME_HELP, SYNC_NOW})
ACTION_IDS = _OWN | _NOTICES | _SPIFS | _ALERTS


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


def topic_value(topic: str) -> str:
    """Return the value of a button that acknowledges what a notice was about."""
    return _compact({"v": VERSION, "topic": topic})


def kind_value(kind: str) -> str:
    """Return the value of a button about a kind of notices."""
    return _compact({"v": VERSION, "kind": kind})


def spif_value(spif_id: int, seen: str = "", what: str = "", deal_id: int = 0) -> str:
    """Return the value of a button about a SPIF: which, the rules or figures that were seen, and what about it."""
    return _compact({"v": VERSION, "spif": spif_id, "seen": seen[:HASH_SHOWN], "what": what, "deal": deal_id})


def alert_value(alert_id: int, fix: str = "") -> str:
    """Return the value of a button about an ops alert, of a fix of it where one is named."""
    return _compact({"v": VERSION, "alert": alert_id} | ({"fix": fix} if fix else {}))


def sync_value() -> str:
    """Return the value of the button that syncs now."""
    return _compact({"v": VERSION})


def _compact(value: dict[str, int | str]) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
