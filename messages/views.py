"""Every view there is, under the name of its template: `views.quota(answer, reader)` goes with `quota.j2`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from messages.alert_forms import checklist
from messages.alert_forms import said as alert_said
from messages.bridge import view as bridge
from messages.earnings import view as earnings
from messages.gap import view as gap
from messages.home import view as home
from messages.line import view as line
from messages.notice_replies import acknowledged, muted, saved, snoozed, unmuted, why_notice
from messages.ops_alerts import listing as alerts
from messages.paycheck import view as paycheck
from messages.quota import view as quota
from messages.reader import Reader
from messages.spif import listed as spif_list
from messages.spif import own as spif_own
from messages.spif import standing as spif
from messages.spif import tested as spif_tested
from messages.statement import view as statement
from messages.voice import Check, Choice, ambiguous, busy, error, not_linked, refused, status
from messages.voice import help_view as help  # noqa: A004 - called as views.help, after its template
from messages.what_if import view as what_if
from messages.why_not import view as why_not

if TYPE_CHECKING:
    from collections.abc import Callable

    from messages.reply import View

__all__ = [
    "VIEWS",
    "Check",
    "Choice",
    "Reader",
    "acknowledged",
    "alert_said",
    "alerts",
    "ambiguous",
    "bridge",
    "busy",
    "checklist",
    "earnings",
    "error",
    "gap",
    "help",
    "home",
    "line",
    "muted",
    "not_linked",
    "paycheck",
    "quota",
    "refused",
    "saved",
    "snoozed",
    "spif",
    "spif_list",
    "spif_own",
    "spif_tested",
    "statement",
    "status",
    "unmuted",
    "what_if",
    "why_not",
    "why_notice",
]

#: Which function makes the view of which template.
VIEWS: dict[str, Callable[..., View]] = {
    "alert_said": alert_said,
    "alerts": alerts,
    "ambiguous": ambiguous,
    "bridge": bridge,
    "checklist": checklist,
    "busy": busy,
    "earnings": earnings,
    "error": error,
    "gap": gap,
    "help": help,
    "home": home,
    "line": line,
    "noted": snoozed,
    "why_notice": why_notice,
    "not_linked": not_linked,
    "paycheck": paycheck,
    "quota": quota,
    "spif": spif,
    "spif_list": spif_list,
    "statement": statement,
    "status": status,
    "what_if": what_if,
    "why_not": why_not,
}
