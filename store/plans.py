"""Plans as published, word for word; a version never changes once it is stored."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from store.errors import Conflict
from store.spelled import Spelled
from store.tables.pay import plan

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from sqlalchemy import Connection, Row

    from engine.plans.schema import Plan


@dataclass(frozen=True, slots=True)
class PlanText:
    """One published version of a plan, effective over [effective_from_on, effective_to_on)."""

    name: str
    version: int
    plan_hash: str
    text: str
    effective_from_on: date
    effective_to_on: date
    change_id: int


def save(conn: Connection, published: Plan, plan_hash: str, text: str, change_id: int) -> None:
    """The plan's text stored under its name and version. Storing the same content again changes nothing.

    Raises:
        Conflict: that version is stored with other content.
    """
    held = select(plan.c.plan_hash).where(plan.c.name == published.name, plan.c.version == published.version)
    found = conn.execute(held).scalar()
    if found == plan_hash:
        return
    if found is not None:
        raise Conflict(f"{published.name} version {published.version}")
    row = {
        "name": published.name,
        "version": published.version,
        "plan_hash": plan_hash,
        "text": text,
        "effective_from_on": published.effective.start_on,
        "effective_to_on": published.effective.end_on,
        "change_id": change_id,
    }
    conn.execute(insert(plan), row)


def by_hash(conn: Connection, plan_hash: str) -> PlanText | None:
    """The version with that hash."""
    row = conn.execute(select(plan).where(plan.c.plan_hash == plan_hash)).first()
    return None if row is None else _plan_text(row)


def effective(conn: Connection, names: Collection[str] | None, on: date) -> tuple[PlanText, ...]:
    """The version of each plan that pays on a day, by name: the highest one where several cover it."""
    covering = select(plan).where(plan.c.effective_from_on <= on, plan.c.effective_to_on > on)
    if names is not None:
        covering = covering.where(plan.c.name.in_(sorted(names)))
    rows = conn.execute(covering.order_by(plan.c.name, plan.c.version))
    return tuple({row.name: _plan_text(row) for row in rows}.values())


def versions(conn: Connection, name: str) -> tuple[PlanText, ...]:
    """Every version of a plan, oldest first."""
    rows = conn.execute(select(plan).where(plan.c.name == name).order_by(plan.c.version))
    return tuple(map(_plan_text, rows))


def all(conn: Connection) -> tuple[PlanText, ...]:  # noqa: A001 (plans.all reads as it should)
    """Every version of every plan, by name and version."""
    return tuple(PlanText(*row) for row in _ALL.rows(conn))


_ALL = Spelled(select(*(plan.c[field.name] for field in fields(PlanText))).order_by(plan.c.name, plan.c.version))


def _plan_text(row: Row[tuple[object, ...]]) -> PlanText:
    return PlanText(**{name: value for name, value in row._mapping.items() if name != "plan_id"})
