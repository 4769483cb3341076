"""People: found by number or address, and who stands above them on a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, or_, select

from engine.people import Person
from store import known
from store.bulk import among
from store.references import email_key, of_addresses
from store.spelled import Spelled
from store.tables.facts import person, placement

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy import ColumnElement, Connection, Row

#: No organisation is deeper; it also ends a chain that bites its own tail.
DEEPEST = 50
_FIELDS = (
    "rep_id",
    "external_id",
    "name",
    "email",
    "role",
    "title",
    "currency",
    "timezone",
    "locale",
    "team",
    "region",
    "manager_id",
    "hired_on",
    "left_on",
)

_BY_ID = Spelled(
    select(*(person.c[name] for name in _FIELDS)).where(
        known.now(person), person.c.is_primary == 1, person.c.rep_id == bindparam("rep_id")
    )
)


def by_id(conn: Connection, rep_id: int, watermark: int | None = None) -> Person | None:
    """The person with that number, as known now or once change `watermark` was committed."""
    if watermark is not None:
        found = _people(conn, person.c.rep_id == rep_id, watermark)
        return found[0] if found else None
    row = _BY_ID.first(conn, {"rep_id": rep_id})
    return None if row is None else _said(dict(zip(_FIELDS, row, strict=True)))


def by_ids(conn: Connection, rep_ids: Iterable[int]) -> dict[int, Person]:
    """The people with those numbers, as known now."""
    return {one.rep_id: one for one in _people(conn, among(conn, person.c.rep_id, rep_ids))}


def by_email(conn: Connection, email: str) -> Person | None:
    """The person with that address, whatever its case: who has not left comes first; None where two have it."""
    key = email_key(email)
    if not key:
        return None
    holder = of_addresses(conn, [key]).get(key)
    return None if holder is None else by_id(conn, holder)


def all(conn: Connection) -> tuple[Person, ...]:  # noqa: A001 (people.all reads as it should)
    """Everybody known now, by number."""
    return _people(conn, person.c.rep_id > 0)


def like(conn: Connection, text: str, limit: int) -> tuple[Person, ...]:
    """People whose name or address holds the text, by number; a few."""
    part = text.strip()
    if not part:
        return ()
    low = func.lower(person.c.name).contains(part.lower(), autoescape=True)
    same = or_(low, person.c.name.contains(part, autoescape=True), person.c.email_key.contains(email_key(part)))
    held = select(person.c.rep_id).where(known.now(person), person.c.is_primary == 1, same)
    numbers = conn.execute(held.order_by(person.c.rep_id).limit(limit)).scalars().all()
    return _people(conn, among(conn, person.c.rep_id, numbers)) if numbers else ()


def chain(conn: Connection, rep_id: int, on: date) -> tuple[int, ...]:
    """The managers above someone on a day, nearest first.

    A placement that covers the day says who; where none does, the person's record says who manages them now.
    """
    found: list[int] = []
    below = rep_id
    while len(found) < DEEPEST:
        above = _manager(conn, below, on)
        if not above or above in found or above == rep_id:
            break
        found.append(above)
        below = above
    return tuple(found)


def _manager(conn: Connection, rep_id: int, on: date) -> int:
    placed = (
        select(placement.c.manager_id)
        .where(known.now(placement), placement.c.rep_id == rep_id)
        .where(placement.c.start_on <= on, placement.c.end_on > on)
        .order_by(placement.c.start_on.desc(), placement.c.version_id.desc())
        .limit(1)
    )
    above = conn.execute(placed).scalar()
    if above is not None:
        return int(above)
    said = select(person.c.manager_id).where(known.now(person), person.c.is_primary == 1, person.c.rep_id == rep_id)
    return int(conn.execute(said).scalar() or 0)


def _people(conn: Connection, which: ColumnElement[bool], watermark: int | None = None) -> tuple[Person, ...]:
    held = known.now(person) if watermark is None else known.at(person, watermark)
    primary = select(*(person.c[name] for name in _FIELDS)).where(held, person.c.is_primary == 1, which)
    return tuple(_person(row) for row in conn.execute(primary.order_by(person.c.rep_id)))


def _person(row: Row[tuple[object, ...]]) -> Person:
    return _said(dict(row._mapping))


def _said(said: dict[str, Any]) -> Person:
    for name in ("role", "currency", "timezone", "locale"):
        if not said[name]:
            del said[name]
    return Person(**said)
