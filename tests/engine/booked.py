"""Small companies for tests of conditions and sharing: deals, people and quotas in a line each."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from engine.commission import calculate
from engine.dates import day
from engine.frames import Facts
from engine.plans.load import load
from engine.plans.schema import Plan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.calculation import Calculation

YEAR = (date(2026, 1, 1), date(2027, 1, 1))
AS_OF = date(2026, 12, 31)


def plan_of(components: str, head: str = "", name: str = "p") -> Plan:
    """A plan of 2026 in USD; `components` are its entries in YAML."""
    text = f"plan: {name}\nversion: 1\neffective: 2026-01-01 .. 2027-01-01\ncurrency: USD\n{head}\ncomponents:\n"
    plan = load(text + components, "p.yaml")
    assert isinstance(plan, Plan), [str(problem) for problem in plan]
    return plan


def codes_of(components: str, head: str = "") -> list[str]:
    """The codes of the problems for which a plan is refused."""
    text = f"plan: p\nversion: 1\neffective: 2026-01-01 .. 2027-01-01\ncurrency: USD\n{head}\ncomponents:\n"
    found = load(text + components, "p.yaml")
    return [] if isinstance(found, Plan) else [problem.code for problem in found]


def deal(number: int, owner: int, on: tuple[int, int], amount: int, **more: object) -> dict[str, object]:
    """A won deal; `on` is month and day, `amount` in minor units."""
    booked = day(date(2026, *on))
    row = {"deal_id": number, "owner_id": owner, "amount_cents": amount, "currency": "USD", "booked_on": booked}
    return row | {"deal_type": "new", "product": "A", "stage": "won"} | more


def quota(rep: int, start: tuple[int, int], end: date, amount: int, name: str = "bookings") -> dict[str, object]:
    """A quota from a month and day of 2026 to the day before `end`."""
    row = {"rep_id": rep, "name": name, "start_on": day(date(2026, *start)), "end_on": day(end)}
    return row | {"amount_cents": amount, "currency": "USD"}


def quarters(rep: int, amount: int, name: str = "bookings") -> list[dict[str, object]]:
    """Four quarterly quotas of the same amount."""
    ends = (date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1), date(2027, 1, 1))
    return [quota(rep, (3 * n + 1, 1), end, amount, name) for n, end in enumerate(ends)]


def person(rep: int, manager: int, title: str = "", span: tuple[date, date] = YEAR) -> dict[str, object]:
    """A person's placement."""
    names = {"role": "rep", "title": title, "team": "", "territory": ""}
    return {"rep_id": rep, "manager_id": manager, "start_on": day(span[0]), "end_on": day(span[1])} | names


def on_plan(reps: Sequence[int], plan: str = "p", span: tuple[date, date] = YEAR) -> list[dict[str, object]]:
    """Assignments of some reps to a plan."""
    return [{"rep_id": rep, "plan": plan, "start_on": day(span[0]), "end_on": day(span[1])} for rep in reps]


def facts_of(deals: Sequence[Mapping[str, object]], **more: Sequence[Mapping[str, object]]) -> Facts:
    """Facts with every owner on plan p throughout, unless assignments are given."""
    owners = sorted({int(str(each["owner_id"])) for each in deals})
    return Facts.of(**{"deals": deals, "assignments": on_plan(owners)} | more)  # type: ignore[arg-type]


def run(
    plan: Plan | Sequence[Plan], facts: Facts, as_of: date = AS_OF, reps: Sequence[int] | None = None
) -> Calculation:
    """The calculation of one plan or several."""
    return calculate(facts, [plan] if isinstance(plan, Plan) else plan, as_of, reps)


def paid(calc: Calculation, component: str = "", rep: int | None = None) -> int:
    """The sum of the lines of a component, or of all; of a rep, or of all."""
    lines = calc.lines
    own = lines[(lines["component"] == component)] if component else lines
    own = own if rep is None else own[own["rep_id"] == rep]
    return int(own["amount_cents"].sum())


def listed(calc: Calculation, component: str) -> list[tuple[int, str, int]]:
    """Deal, kind and amount of each line of a component."""
    own = calc.lines[calc.lines["component"] == component]
    return [(int(row.deal_id), str(row.kind), int(row.amount_cents)) for row in own.itertuples()]
