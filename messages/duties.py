"""What is owed to somebody: a statement to confirm, a plan to acknowledge, something to approve."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from engine.dates import Period, add_months
from messages import actions
from messages import format as written
from messages.notice_data import day_of, money_of
from messages.nudges import amounts, receipts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from messages.reader import Reader

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class StatementNudge:
    """A finished statement: its total, and how it compares with the one before ("" where there is none)."""

    period: str
    total: str
    lines: str
    change: str
    before_period: str
    is_again: bool
    acknowledge: str
    show: str
    receipt_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanExample:
    """What one deal paid by the old version and would pay by the new."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PlanNudge:
    """A new version of a plan: what changes for the reader; no changes where none touches them."""

    plan: str
    version: str
    effective_on: str
    changes: tuple[str, ...]
    more: str
    examples: tuple[PlanExample, ...]
    is_again: bool
    acknowledge: str
    receipt_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ApprovalNudge:
    """What waits for approval: `subject` names it, `totals` and `reps` say how much it is, "" where unknown."""

    subject: str
    submitted_by: str
    totals: str
    reps: str
    negative: str
    how: str
    is_again: bool
    receipt_ids: tuple[str, ...] = ()


def statement_ready(data: Mapping[str, Any], reader: Reader) -> StatementNudge:
    """Return the statement ready to be shown."""
    period = str(data["period"])
    return StatementNudge(
        period=_called(period, reader),
        total=amounts(data["total"], reader),
        lines=written.count(int(data["lines"]), "line", reader),
        change=_change(data, reader),
        before_period=_called(str(data.get("before_period", "")), reader),
        is_again=bool(data.get("again")),
        acknowledge=actions.topic_value(str(data["topic"])),
        show=actions.period_value(int(data.get("rep_id", 0)), period),
        receipt_ids=receipts(data),
    )


def plan_changed(data: Mapping[str, Any], reader: Reader) -> PlanNudge:
    """Return the changes of a plan ready to be shown."""
    hidden = int(data.get("more", 0))
    return PlanNudge(
        plan=str(data["plan"]),
        version=written.number(int(data["version"]), reader),
        effective_on=written.day(day_of(data["effective_on"]), reader),
        changes=tuple(written.localised(str(each), reader) for each in data["changes"]),
        more=f"+{hidden} more" if hidden else "",
        examples=tuple(
            PlanExample(
                str(each["name"]),
                written.money(money_of(each["before"]), reader),
                written.money(money_of(each["after"]), reader),
            )
            for each in data.get("examples", ())
        ),
        is_again=bool(data.get("again")),
        acknowledge=actions.topic_value(str(data["topic"])),
    )


def approval_waiting(data: Mapping[str, Any], reader: Reader) -> ApprovalNudge:
    """Return what waits for approval ready to be shown."""
    period = _called(str(data["period"]), reader)
    return ApprovalNudge(
        subject=f"the {data['pays']} pay period {period}",
        submitted_by=str(data["submitted_by"]),
        totals=amounts(data.get("totals", ()), reader),
        reps=written.count(int(data["reps"]), "rep", reader) if "reps" in data else "",
        negative=written.count(int(data["negative"]), "statement", reader) if data.get("negative") else "",
        how=f'attain period lock "{data["period"]}" --pays {data["pays"]} --as {reader.linked_as or "YOUR-ADDRESS"}',
        is_again=bool(data.get("again")),
    )


def _called(label: str, reader: Reader) -> str:
    """Return a period by its label: "2025-10" is October 2025, any other label is its name."""
    if not _MONTH.fullmatch(label):
        return label
    first = date.fromisoformat(f"{label}-01")
    return written.period_name(Period(label, first, add_months(first, 1)), reader)


def _change(data: Mapping[str, Any], reader: Reader) -> str:
    """Return "+$320.00" or "-$48.00" against the statement before; empty where there is none to compare."""
    if "before" not in data or len(data["total"]) != 1:
        return ""
    change = data["total"][0]["minor"] - data["before"]["minor"]
    said = written.money(money_of({"minor": change, "currency": data["before"]["currency"]}), reader)
    return f"+{said}" if change > 0 else said
