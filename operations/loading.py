"""Whose facts a calculation has to load, and who is calculated again when facts change.

Most plans pay each rep for what is their own; then a rep's facts are all that is read. Where a plan pays because of
others, `engine.reach` says of whom.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import reach
from engine.needs import needs
from engine.plans.terms import PaymentTerms
from engine.rules import is_further
from engine.sharing import shares
from operations import memory
from store import company, frames

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from engine.frames import Facts
    from engine.plans.schema import Component, Plan
    from store.database import Connection, Database

_PLAIN = PaymentTerms()


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be loaded: the plans, their days, what was known, and whether open deals come too."""

    plans: tuple[Plan, ...]
    window: tuple[date, date]
    watermark: int
    pipeline: bool = False

    def more(self, plans: Sequence[Plan]) -> frozenset[str]:
        """The frames that some plans need beside those that all need."""
        return needs(plans) | ({frames.PIPELINE} if self.pipeline else frozenset())


def is_sharing(plan: Plan) -> bool:
    """Whether the plan pays anybody because of others."""
    return shares([plan]) or any(is_further(rule) or bool(rule.by_role) for rule in plan.crediting)


def outlasts(plan: Plan) -> bool:
    """Whether what was sold under the plan can still move pay after the plan's last day."""
    return plan.payment != _PLAIN or any(_waits(component) for component in plan.components)


def is_timed(plan: Plan) -> bool:
    """Whether a day alone, without any new fact, can bring lines."""
    return outlasts(plan) or any(component.pool is not None for component in plan.components)


def _waits(component: Component) -> bool:
    return component.clawback is not None or any(part.on != "booking" for part in component.release)


def for_one(conn: Connection, rep_id: int, asked: Asked) -> Facts:
    """The facts that decide what one rep is paid; who is on no plan that shares costs one question more."""
    if not any(map(is_sharing, asked.plans)):
        return _load(conn, asked, [rep_id], asked.more(asked.plans))
    held = company.plans_of(conn, rep_id, asked.watermark)
    own = [plan for plan in asked.plans if plan.name in held]
    if not any(map(is_sharing, own)):
        return _load(conn, asked, [rep_id], asked.more(own or asked.plans))
    return for_many(conn, [rep_id], asked)


def for_many(conn: Connection, reps: Collection[int], asked: Asked) -> Facts:
    """The facts that decide what some reps are paid."""
    sharing = [plan for plan in asked.plans if is_sharing(plan)]
    more = asked.more(asked.plans)
    if not sharing:
        return _load(conn, asked, reps, more)
    people, assignments = company.standing(conn, asked.watermark)
    wanted = reach.needed(sharing, people, assignments, reps)
    found = _load(conn, asked, wanted, more - {"people"})
    return found.changed(people=people) if "people" in more else found


def _load(conn: Connection, asked: Asked, reps: Collection[int] | None, more: frozenset[str]) -> Facts:
    return frames.facts(conn, asked.window, reps=reps, watermark=asked.watermark, more=more)


def again(db: Database, conn: Connection, plans: Sequence[Plan], changed: Collection[int]) -> frozenset[int]:
    """Everybody whose results may change because facts of some reps did, themselves among them."""
    if any(rule.by_role for plan in plans for rule in plan.crediting):
        changed = company.sharers(conn, changed)
    newest = company.newest(conn)
    people, assignments = memory.of(db, "company", capacity=1).recall(newest, lambda: company.ever(conn))
    return reach.affected(plans, people, assignments, changed)


def on_plans(db: Database, conn: Connection, plans: Sequence[Plan]) -> frozenset[int]:
    """Everybody who was ever on one of the plans."""
    newest = company.newest(conn)
    _, assignments = memory.of(db, "company", capacity=1).recall(newest, lambda: company.ever(conn))
    names = {plan.name for plan in plans}
    return frozenset(assignments["rep_id"][assignments["plan"].isin(names)].tolist())
