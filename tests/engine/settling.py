"""Small companies with plans that say how earnings are paid: rows in, lines and payouts out."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from engine.commission import calculate
from engine.dates import day
from engine.frames import Facts
from engine.plans.load import load
from engine.plans.schema import Plan

if TYPE_CHECKING:
    from engine.calculation import Calculation

FAR = {"start_on": day(date(2000, 1, 1)), "end_on": day(date(2100, 1, 1))}


def plan_of(text: str, currency: str = "USD", effective: str = "2026-01-01 .. 2027-01-01", more: str = "") -> Plan:
    """A plan named `p` whose components and payment `text` writes."""
    head = f"plan: p\nversion: 1\neffective: {effective}\ncurrency: {currency}\n{more}\n"
    made = load(head + text, "p.yaml")
    assert isinstance(made, Plan), [str(problem) for problem in made]
    return made


def deal(deal_id: int, booked: str, amount: str, owner: int = 1, **more: object) -> dict[str, object]:
    row = {
        "deal_id": deal_id,
        "owner_id": owner,
        "amount_cents": cents(amount),
        "currency": "USD",
        "booked_on": on(booked),
        "deal_type": "new",
        "product": "A",
        "stage": "won",
    }
    return row | more


def event(deal_id: int, name: str, when: str, amount: str = "0", currency: str = "USD") -> dict[str, object]:
    return {"deal_id": deal_id, "name": name, "on": on(when), "amount_cents": cents(amount), "currency": currency}


def assigned(rep: int = 1, start: str = "2000-01-01", end: str = "2100-01-01", plan: str = "p") -> dict[str, object]:
    return {"rep_id": rep, "plan": plan, "start_on": on(start), "end_on": on(end)}


def on(text: str) -> int:
    return day(date.fromisoformat(text))


def cents(text: str) -> int:
    whole, _, part = text.replace("_", "").partition(".")
    sign = -1 if whole.startswith("-") else 1
    return sign * (abs(int(whole)) * 100 + int((part + "00")[:2]))


def run(plan: Plan, as_of: str = "2030-12-31", **rows: list[dict[str, object]]) -> Calculation:
    rows.setdefault("assignments", [assigned()])
    return calculate(Facts.of(**rows), [plan], date.fromisoformat(as_of))


def shown(calc: Calculation, *kinds: str, rep: int = 1) -> list[tuple[str, str, int]]:
    """The rep's lines of some kinds (all when none is named): kind, day and amount, by day."""
    lines = calc.lines[calc.lines["rep_id"] == rep]
    found = [
        (str(row.kind), date.fromordinal(row.booked_on + date(1970, 1, 1).toordinal()).isoformat(), row.amount_cents)
        for row in lines.itertuples()
        if not kinds or row.kind in kinds
    ]
    return sorted(found, key=lambda line: line[1])


def paid(calc: Calculation, start: str, end: str, rep: int = 1) -> int:
    """The sum of the rep's lines in [start, end)."""
    lines = calc.lines
    own = (lines["rep_id"] == rep) & (lines["booked_on"] >= on(start)) & (lines["booked_on"] < on(end))
    return int(lines["amount_cents"][own].sum())
