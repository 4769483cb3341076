"""The forms of ops alerts: one alert with its fixes, what a fix asks, until when to put it off; the checklist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from engine.alert_kinds import KINDS
from messages import ops_alerts
from messages.fields import Option
from messages.format import money

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from engine.alert_kinds import Fix
    from engine.money import Money
    from messages.ops_alerts import Button, Listed
    from messages.reader import Reader

#: So many findings are shown one by one, and so many can be chosen from.
SHOWN = 10
CHOICES = 100
#: What a field is called, and what is small print under it.
FIELDS: Mapping[str, tuple[str, str]] = {
    "email": ("Rep", "Type a part of their name or e-mail."),
    "amount": ("Amount", "In major units, such as 120000 or -250.50."),
    "currency": ("Currency", "Three letters, such as USD."),
    "start_on": ("From", "The first day."),
    "end_on": ("Up to", "The first day on which it no longer holds."),
    "plan": ("Plan", "The name it is published under."),
    "rate": ("Rate", "What one unit of the first currency is worth in the second, such as 1.0842."),
    "shares": ("Shares", "anna@example.com 60, ben@example.com 40"),
    "user": ("Slack account", "Whose it is in this workspace."),
}
#: Which of them are picked from a list of people.
_BOXES: Mapping[str, str] = {"email": "rep", "user": "user"}
DAYS = frozenset({"start_on", "end_on"})


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding as operations hand it over."""

    item: str
    message: str
    risk: Money | None


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert with all that is known of it."""

    title: str
    headline: str
    condition: str
    facts: tuple[str, ...]
    lines: tuple[str, ...]
    more: str
    history: tuple[str, ...]
    outside: str
    buttons: tuple[Button, ...]
    receipt_ids: tuple[str, ...] = ()


def alert(about: Listed, items: Sequence[Shown], history: Sequence[str], reader: Reader) -> AlertView:
    """Return one alert: what was found with what is at risk, what was done, and every fix."""
    kind = KINDS[about.code]
    line = ops_alerts.listing([about], reader).lines[0]
    hidden = about.count - len(items[:SHOWN])
    buttons = []
    if about.state in ("open", "snoozed", "resolved"):
        buttons = [ops_alerts.fix_button(about.alert_id, about.code, fix) for fix in kind.offered]
    return AlertView(
        title=f"Alert {about.alert_id}",
        headline=f"{line.mark} {line.title}",
        condition=kind.condition,
        facts=(about.subject, line.facts),
        lines=tuple(_line(each, reader) for each in items[:SHOWN]),
        more=f"+{hidden} more: `attain alerts show {about.alert_id}`" if hidden > 0 else "",
        history=tuple(history[-SHOWN:]),
        outside=kind.outside,
        buttons=tuple(buttons),
    )


def _line(each: Shown, reader: Reader) -> str:
    return f"{each.message}: {money(each.risk, reader)}" if each.risk is not None else each.message


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field of a form: which box, what it asks, and what stands in it."""

    name: str
    label: str
    hint: str
    box: str
    initial: str
    is_optional: bool
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class FixView:
    """What a fix asks for."""

    title: str
    about: str
    items: tuple[Option, ...]
    fields: tuple[FieldView, ...]
    needs_reason: bool
    receipt_ids: tuple[str, ...] = ()


def fix(
    about: Listed, chosen: Fix, items: Sequence[Shown], known: Mapping[str, str], plans: Sequence[str] = ()
) -> FixView:
    """Return the form of a fix, filled in with what is known already; `plans` are those that can be picked."""
    asks_item = "item" in chosen.fields and len(items) > 1
    return FixView(
        title=ops_alerts.fix_title(about.code, chosen)[:24],
        about=f"{about.code} {KINDS[about.code].name}: {about.subject}",
        items=tuple(Option(each.message[:70], each.item) for each in items[:CHOICES]) if asks_item else (),
        fields=tuple(_field(name, known.get(name, ""), chosen, plans) for name in chosen.fields if name != "item"),
        needs_reason=chosen.needs_reason,
    )


def _field(name: str, initial: str, chosen: Fix, plans: Sequence[str]) -> FieldView:
    label, hint = FIELDS[name]
    is_optional = name in chosen.optional
    if name == "plan" and plans:
        options = tuple(Option(plan[:75], plan[:150]) for plan in plans[:CHOICES])
        return FieldView(name, label, hint, "menu", initial if initial in plans else "", is_optional, options)
    box = "day" if name in DAYS else _BOXES.get(name, "text")
    return FieldView(name, label, hint, box, initial, is_optional)


@dataclass(frozen=True, slots=True)
class SnoozeView:
    """The form that puts an alert off."""

    about: str
    until: str
    remark: str
    receipt_ids: tuple[str, ...] = ()


def snooze(about: Listed, today: date, *, lifts: bool) -> SnoozeView:
    """Return the form that puts an alert off, with tomorrow in it; `lifts` where an admin opens it."""
    remark = "It does not hold up the lock meanwhile." if lifts else "It still holds up the lock."
    return SnoozeView(
        about=f"{about.code} {KINDS[about.code].name}: {about.subject}",
        until=(today + timedelta(days=1)).isoformat(),
        remark=remark if about.severity == 1 else "",
    )


@dataclass(frozen=True, slots=True)
class SaidView:
    """A sentence about an alert."""

    sentence: str
    receipt_ids: tuple[str, ...] = ()


def said(sentence: str) -> SaidView:
    """Return what a press did."""
    return SaidView(sentence)


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of the checklist."""

    mark: str
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class ChecklistView:
    """Are we done?"""

    headline: str
    steps: tuple[StepView, ...]
    lines: tuple[ops_alerts.DigestLine, ...]
    more: str
    receipt_ids: tuple[str, ...] = ()


def checklist(
    period: str, steps: Sequence[tuple[str, bool, str]], blockers: Sequence[Listed], reader: Reader
) -> ChecklistView:
    """Return what stands between a pay period and its lock."""
    left = sum(not is_done for _, is_done, _ in steps)
    headline = f"{period} is locked. We are done." if not left else f"{period}: {left} of {len(steps)} steps remain."
    listed = ops_alerts.listing(blockers, reader)
    return ChecklistView(
        headline=headline,
        steps=tuple(
            StepView(":white_check_mark:" if is_done else ":black_square_button:", name, detail)
            for name, is_done, detail in steps
        ),
        lines=listed.lines,
        more=listed.more,
    )
