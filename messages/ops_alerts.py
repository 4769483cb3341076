"""Ops alerts in words: the channel's message, the list, one alert with all that is known of it, and the checklist.

What goes to a channel comes from a notice's data, which holds nobody's pay. The list, the alert and the checklist are
for whoever runs Attain alone, and say what is at risk.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from engine.alert_kinds import FIXES, KINDS
from engine.money import Money
from messages import actions
from messages.format import age, day, moment, money, number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.alert_kinds import Fix
    from messages.reader import Reader

#: So many fixes have a button in the channel; the form of the alert has all.
BUTTONS = 2
#: So many alerts are listed, and so many findings shown.
LISTED = 15
SEVERITIES = {1: "blocks the lock", 2: "for today", 3: "for the digest"}
MARKS = {1: ":red_circle:", 2: ":large_orange_circle:", 3: ":white_circle:"}
_STATES = {
    "open": "Open",
    "snoozed": "Put off",
    "resolved": "Fixed, to be confirmed by the next check",
    "accepted": "Accepted",
    "closed": "Closed",
}


@dataclass(frozen=True, slots=True)
class Button:
    """A button: what it says, which action it is, and what it carries."""

    label: str
    action_id: str
    value: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class NoticeView:
    """The channel's message about one alert."""

    mark: str
    title: str
    subject: str
    status: str
    lines: tuple[str, ...]
    more: str
    facts: tuple[str, ...]
    done: tuple[str, ...]
    outside: str
    buttons: tuple[Button, ...]
    is_over: bool
    receipt_ids: tuple[str, ...] = ()


def notice(data: Mapping[str, Any], reader: Reader) -> NoticeView:
    """Return what the channel is told of an alert."""
    count, lines, is_over = int(data["count"]), tuple(data["items"]), data["state"] == "closed"
    opened = datetime.fromisoformat(data["opened_at"])
    facts = [f"Severity {data['severity']}: {SEVERITIES[data['severity']]}", f"found {_at(opened, reader)}"]
    if data["owner"] or not is_over:
        facts.append(f"with {data['owner']}" if data["owner"] else "nobody has taken it")
    if data["risk"]:
        facts.append(f"{_risk_word(data['risk_of'])} at risk: {_amounts(data['risk'], reader)}")
    hidden = count - len(lines)
    return NoticeView(
        mark=":white_check_mark:" if is_over else MARKS[data["severity"]],
        title=f"{data['code']} {data['name']}",
        subject=data["subject"],
        status=_status(data, reader),
        lines=lines,
        more=(f"+{hidden} more" if lines else _counted(count)) if hidden > 0 else "",
        facts=tuple(facts),
        done=tuple(data["done"]),
        outside="" if is_over else data["outside"],
        buttons=() if is_over else tuple(_buttons(int(data["alert"]), data)),
        is_over=is_over,
    )


def _at(at: datetime, reader: Reader) -> str:
    """An instant; in a channel, which has no clock of its own, with the zone it is told in."""
    return moment(at, reader) + (" UTC" if reader.timezone == "UTC" else "")


def _counted(count: int) -> str:
    return "1 finding; details are for ops alone" if count == 1 else f"{count} findings; details are for ops alone"


def _status(data: Mapping[str, Any], reader: Reader) -> str:
    """Where the alert stands, with until when and why."""
    if data["state"] == "open":
        return ""
    said = _STATES[data["state"]]
    if data["state"] == "snoozed" and data["until"]:
        said += f" until {_at(datetime.fromisoformat(data['until']), reader)}"
    if data["state"] == "closed" and data["closed_at"]:
        said += f" by itself on {_at(datetime.fromisoformat(data['closed_at']), reader)}: its condition is gone"
    return f"{said}: {data['reason']}" if data["reason"] and data["state"] == "snoozed" else said


def _buttons(alert_id: int, data: Mapping[str, Any]) -> list[Button]:
    """The first fixes, then what every alert offers."""
    found = []
    state = data["state"]
    if state in ("open", "snoozed"):
        chosen = [FIXES[name] for name in data["fixes"] if name in FIXES][:BUTTONS]
        found = [fix_button(alert_id, data["code"], fix, is_first=not at) for at, fix in enumerate(chosen)]
    found.append(Button("Details", actions.ALERT_OPEN, actions.alert_value(alert_id)))
    if not data["owner"]:
        found.append(Button("Take it", actions.ALERT_TAKE, actions.alert_value(alert_id)))
    if state == "open":
        found.append(Button("Snooze", actions.ALERT_SNOOZE, actions.alert_value(alert_id)))
    return found


def fix_button(alert_id: int, code: str, fix: Fix, *, is_first: bool = False) -> Button:
    """Return the button of a fix."""
    value = actions.alert_value(alert_id, fix.name)
    style = "primary" if is_first else ""
    return Button(fix_title(code, fix), actions.ALERT_FIX, value, style)


def fix_title(code: str, fix: Fix) -> str:
    """Return what a fix is called where it is offered: to accept means something else for each kind."""
    return KINDS[code].accept if fix.name == "accept" else fix.title


@dataclass(frozen=True, slots=True)
class DigestLine:
    """One alert of a list."""

    mark: str
    title: str
    subject: str
    facts: str
    button: Button


@dataclass(frozen=True, slots=True)
class DigestView:
    """The channel's digest of a day."""

    title: str
    lines: tuple[DigestLine, ...]
    more: str
    receipt_ids: tuple[str, ...] = ()


def digest(data: Mapping[str, Any], reader: Reader) -> DigestView:
    """Return the digest of a day: what was left to it, and what stands for too long."""
    lines = []
    for each in data["alerts"]:
        opened = datetime.fromisoformat(each["opened_at"])
        facts = f"{_findings(each['count'])}, since {_at(opened, reader)}, {each['owner'] or 'nobody has it'}"
        value = actions.alert_value(each["alert"])
        button = Button("Details", actions.ALERT_OPEN, value)
        lines.append(
            DigestLine(MARKS[each["severity"]], f"{each['code']} {each['name']}", each["subject"], facts, button)
        )
    more = f"+{data['more']} more" if data["more"] else ""
    if data.get("opened"):
        rest = f"+{data['more']} more: /attain alerts lists all of them" if data["more"] else ""
        return DigestView(f"{data['opened']} ops alerts opened at once", tuple(lines), rest)
    return DigestView(f"Ops digest of {day(date.fromisoformat(data['on']), reader)}", tuple(lines), more)


def _findings(count: int) -> str:
    return "1 finding" if count == 1 else f"{count} findings"


@dataclass(frozen=True, slots=True)
class RunView:
    """The channel's message about the day's calculations."""

    sentence: str
    facts: tuple[str, ...]
    receipt_ids: tuple[str, ...] = ()


def run_summary(data: Mapping[str, Any], reader: Reader) -> RunView:
    """Return what was calculated: people, lines and problems, never an amount."""
    reps, runs = data["reps"], data["runs"]
    people, at = _people(reps, reader), _at(datetime.fromisoformat(data["at"]), reader)
    if data.get("unsaid"):
        said = f"The pay of {_people(data['unsaid'], reader)} changed after they had seen it"
        return RunView(said, ("Too many to tell one by one: let them know", f"Calculated {people} {at}"))
    facts = [f"{number(data['lines'], reader)} lines", "1 run today" if runs == 1 else f"{runs} runs today"]
    facts += [f"plans {', '.join(data['plans'])}"] if data["plans"] else []
    problems = data["problems"]
    facts.append(f"{problems} problem{'s' * (problems != 1)} in the data" if problems else "no problem in the data")
    return RunView(f"Calculated {people} {at}", tuple(facts))


def _people(count: int, reader: Reader) -> str:
    return "1 person" if count == 1 else f"{number(count, reader)} people"


@dataclass(frozen=True, slots=True)
class Listed:
    """An alert as operations hand it over to be listed or shown."""

    alert_id: int
    code: str
    severity: int
    state: str
    subject: str
    count: int
    risk: tuple[Money, ...]
    owner: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class ListView:
    """`/attain alerts`."""

    title: str
    lines: tuple[DigestLine, ...]
    more: str
    receipt_ids: tuple[str, ...] = ()


def listing(alerts: Sequence[Listed], reader: Reader) -> ListView:
    """Return the alerts that stand, the most urgent first."""
    lines = tuple(_line(alert, reader) for alert in alerts[:LISTED])
    hidden = len(alerts) - LISTED
    count = "No ops alert stands: nothing needs you." if not alerts else f"{_alerts(len(alerts))} to look at"
    return ListView(count, lines, f"+{hidden} more: `attain alerts list`" if hidden > 0 else "")


def _alerts(count: int) -> str:
    return "1 alert" if count == 1 else f"{count} alerts"


def _line(alert: Listed, reader: Reader) -> DigestLine:
    kind = KINDS[alert.code]
    parts = [_findings(alert.count)]
    if alert.risk and (kind.risk_of != "pay" or alert.count > 1):  # one person's pay stands in the details alone
        parts.append(f"{_risk_word(kind.risk_of)} at risk {', '.join(money(one, reader) for one in alert.risk)}")
    parts += [_STATES[alert.state].lower(), age(alert.opened_at, reader), alert.owner or "nobody has it"]
    button = Button("Open", actions.ALERT_OPEN, actions.alert_value(alert.alert_id))
    return DigestLine(MARKS[alert.severity], f"{alert.code} {kind.name}", alert.subject, " · ".join(parts), button)


def _risk_word(risk_of: str) -> str:
    return "pay" if risk_of == "pay" else "credit"


def _amounts(risk: Sequence[Mapping[str, Any]], reader: Reader) -> str:
    return ", ".join(money(Money(each["minor"], each["currency"]), reader) for each in risk)
