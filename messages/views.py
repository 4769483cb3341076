"""Every view there is, under the name of its template: `views.quota(answer, reader)` goes with `quota.j2`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from messages.bridge import view as bridge
from messages.earnings import view as earnings
from messages.gap import view as gap
from messages.home import view as home
from messages.line import view as line
from messages.quota import view as quota
from messages.reader import Reader
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
    "ambiguous",
    "bridge",
    "busy",
    "earnings",
    "error",
    "gap",
    "help",
    "home",
    "line",
    "not_linked",
    "quota",
    "refused",
    "statement",
    "status",
    "what_if",
    "why_not",
]

#: Which function makes the view of which template.
VIEWS: dict[str, Callable[..., View]] = {
    "ambiguous": ambiguous,
    "bridge": bridge,
    "busy": busy,
    "earnings": earnings,
    "error": error,
    "gap": gap,
    "help": help,
    "home": home,
    "line": line,
    "not_linked": not_linked,
    "quota": quota,
    "statement": statement,
    "status": status,
    "what_if": what_if,
    "why_not": why_not,
}
