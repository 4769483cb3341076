"""Plans and facts in a few words, for the tests of credit rules."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from engine.commission import calculate
from engine.dates import day
from engine.frames import Facts
from engine.plans.load import load
from engine.plans.schema import Plan

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from engine.calculation import Calculation

YEAR = {"start_on": day(date(2026, 1, 1)), "end_on": day(date(2027, 1, 1))}
WHOLE = 1_000_000_000
Row = dict[str, Any]


def plan(rest: str, name: str = "p", version: int = 1) -> Plan:
    head = f"plan: {name}\nversion: {version}\neffective: 2026-01-01 .. 2027-01-01\ncurrency: USD\n"
    made = load(head + rest, "p.yaml")
    assert isinstance(made, Plan), [str(problem) for problem in made]
    return made


def refused(rest: str) -> list[str]:
    """The line and code of every problem of a plan."""
    head = "plan: p\nversion: 1\neffective: 2026-01-01 .. 2027-01-01\ncurrency: USD\n"
    made = load(head + rest, "p.yaml")
    assert not isinstance(made, Plan)
    return [f"{problem.where.split(':')[1].split()[0]} {problem.code}" for problem in made]


def deal(deal_id: int, owner: int, amount: str | int, on: date = date(2026, 2, 1), **more: Any) -> Row:
    return {
        "deal_id": deal_id,
        "owner_id": owner,
        "amount_cents": round(float(amount) * 100),
        "currency": more.get("currency", "USD"),
        "booked_on": day(on),
        "deal_type": more.get("type", "new"),
        "product": more.get("product", "A"),
        "stage": "won",
    }


def split(deal_id: int, **shares: str) -> list[Row]:
    """Shares such as r1="60%"; without % they are points."""
    found = []
    for name, share in shares.items():
        ppb = round(float(share[:-1]) * WHOLE / 100) if share.endswith("%") else int(share)
        found.append({"deal_id": deal_id, "rep_id": int(name[1:]), "share_ppb": ppb})
    return found


def person(rep: int, manager: int = 0, **more: Any) -> Row:
    named = {name: more.get(name, "") for name in ("role", "title", "team", "territory")}
    span = {"start_on": YEAR["start_on"], "end_on": YEAR["end_on"]}
    for name, key in (("since", "start_on"), ("until", "end_on")):
        if name in more:
            span[key] = day(more[name])
    return {"rep_id": rep, "manager_id": manager, **named, **span}


def figure(deal_id: int, name: str, value: str | int, unit: str = "money") -> Row:
    scale = 100 if unit == "money" else 1_000_000
    return {"deal_id": deal_id, "name": name, "value": round(float(value) * scale), "unit": unit}


def tag(deal_id: int, name: str, value: str) -> Row:
    return {"deal_id": deal_id, "name": name, "value": value}


def on(name: str, *reps: int) -> list[Row]:
    return [{"rep_id": rep, "plan": name, **YEAR} for rep in reps]


def run(plans: Plan | Sequence[Plan], reps: Collection[int] | None = None, **facts: Any) -> Calculation:
    listed = [plans] if isinstance(plans, Plan) else list(plans)
    return calculate(Facts.of(**facts), listed, date(2026, 12, 31), reps)


def paid(calc: Calculation) -> dict[int, str]:
    """What each rep is paid, as it would be printed."""
    return {
        int(rep): f"{cents / 100:.2f}" for rep, cents in calc.lines.groupby("rep_id")["amount_cents"].sum().items()
    }


def credited(calc: Calculation) -> dict[tuple[int, int, str], int]:
    """Credit by rep, deal and rule, in cents."""
    rows = calc.credits[["rep_id", "deal_id", "rule", "amount_cents"]].itertuples(index=False)
    found = {(int(rep), int(deal_id), str(rule)): int(cents) for rep, deal_id, rule, cents in rows}
    assert len(found) == len(calc.credits), "one credit per rep, deal and rule"
    return found


def codes(calc: Calculation) -> list[str]:
    return [problem.code for problem in calc.problems]
