"""The form in which people say what they want to be told, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from engine.preferences import SHORTEST_DAY
from messages import views
from messages.notice_replies import BUNDLED, minutes
from messages.notice_replies import preferences as form
from operations import preferences

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.slack.inbound import Inbound
    from bot.slack.turn import Turn

CALLBACK = "preferences"
_COUNTRY_LETTERS = 2


def open_form(turn: Turn) -> None:
    """Open the form with what the reader wants now."""
    turn.permitted("set_preferences", turn.person)
    turn.open_modal(CALLBACK, form(preferences.of(turn.context, turn.person), turn.reader))


def check(inbound: Inbound) -> Mapping[str, str]:
    """What is wrong with the form, by field."""
    wrong = {}
    opens, closes = (minutes(_text(inbound, name) or "00:00") for name in ("opens", "closes"))
    if opens + SHORTEST_DAY > closes:
        wrong["closes"] = "Leave at least an hour after “Not before”."
    if not _many(inbound, "workdays"):
        wrong["workdays"] = "Leave at least one day."
    country = _text(inbound, "country")
    if country not in ("", "-") and not (
        len(country) == _COUNTRY_LETTERS and country.isascii() and country.isalpha()
    ):
        wrong["country"] = "Two letters, as DE, US or FR; a dash keeps none; empty is that of your locale."
    away = _text(inbound, "away_from"), _text(inbound, "away_until")
    if bool(away[0]) != bool(away[1]):
        wrong["away_until" if away[0] else "away_from"] = "Say both days, or none."
    elif away[0] and away[0] >= away[1]:
        wrong["away_until"] = "Come back after you leave."
    return wrong


def submit(turn: Turn) -> None:
    """Keep what the form says."""
    turn.permitted("set_preferences", turn.person)
    inbound, before = turn.inbound, preferences.of(turn.context, turn.person)
    away = _text(inbound, "away_from"), _text(inbound, "away_until")
    wanted = replace(
        before,
        muted=frozenset(_many(inbound, "muted")),
        asked_for=frozenset(_many(inbound, "asked_for")),
        opens=minutes(_text(inbound, "opens")),
        closes=minutes(_text(inbound, "closes")),
        workdays=frozenset(int(each) for each in _many(inbound, "workdays")),
        country=_text(inbound, "country").upper(),
        digest_only=_text(inbound, "bundled") == BUNDLED,
        away=(date.fromisoformat(away[0]), date.fromisoformat(away[1])) if all(away) else None,
    )
    preferences.save(turn.context, turn.person, wanted)
    turn.say("noted", views.saved(turn.reader))


def _text(inbound: Inbound, name: str) -> str:
    found = inbound.entered.get(name, "")
    return found if isinstance(found, str) else ""


def _many(inbound: Inbound, name: str) -> tuple[str, ...]:
    found = inbound.entered.get(name, ())
    return found if isinstance(found, tuple) else ()


SUBMISSIONS: Mapping[str, Callable[[Turn], None]] = {CALLBACK: submit}
CHECKS: Mapping[str, Callable[[Inbound], Mapping[str, str]]] = {CALLBACK: check}
