"""Fields that name other records, resolved to their numbers: people by id or e-mail, deals by id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import func, select

from store.bulk import among
from store.tables.facts import deal, person

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from sqlalchemy import Column, Connection, Select

    from store.kinds import Kind, Reference


@dataclass(frozen=True, slots=True, order=True)
class Unresolved:
    """A record that names someone or something not known yet. It is stored, and heals when that arrives."""

    record: str
    field: str
    missing: str


@dataclass(frozen=True, slots=True)
class Healed:
    """Versions whose waiting reference can be resolved now, and the number it resolves to."""

    version_id: NDArray[np.int64]
    number: NDArray[np.int64]


def resolve(conn: Connection, reference: Reference, source_label: int, names: Iterable[str]) -> dict[str, int]:
    """The number behind each name that is known.

    A person is found by the source's own id first, then by e-mail in any source, which is how a file that names
    people by address and a CRM that numbers them meet.
    """
    wanted = sorted(set(names) - {""})
    if not wanted:
        return {}
    if reference.to == "deal":
        return _by_id(conn, source_label, wanted, deal.c.deal_id)
    found = _by_id(conn, source_label, wanted, person.c.rep_id)
    return _by_email(conn, [name for name in wanted if name not in found]) | found


def email_key(email: str) -> str:
    """How an e-mail address is compared: without case, without blanks around it."""
    return email.strip().casefold()


def waiting(conn: Connection, kind: Kind, reference: Reference) -> Healed:
    """The current versions whose reference is still 0 although what it names is known."""
    table = kind.table
    names = table.c[reference.external]
    is_waiting = (table.c[reference.column] == 0) & table.c.superseded_by.is_(None) & (names != "")
    groups = select(table.c.source_label, names, func.count()).where(is_waiting).group_by(table.c.source_label, names)
    by_source: dict[int, list[str]] = {}
    for source_label, name, _ in conn.execute(groups):
        by_source.setdefault(source_label, []).append(name)
    version_ids: list[int] = []
    numbers: list[int] = []
    for source_label, listed in sorted(by_source.items()):
        known = resolve(conn, reference, source_label, listed)
        rows = select(table.c.version_id, names).where(
            is_waiting, table.c.source_label == source_label, among(conn, names, sorted(known))
        )
        for version_id, name in conn.execute(rows.order_by(table.c.version_id)) if known else ():
            version_ids.append(version_id)
            numbers.append(known[name])
    return Healed(np.array(version_ids, dtype=np.int64), np.array(numbers, dtype=np.int64))


def same_person(conn: Connection, source_label: int, emails: Iterable[str]) -> dict[str, int]:
    """The rep behind each address that another source already knows: the same person, seen twice."""
    wanted = sorted({email for email in emails if email})
    known = select(person.c.email_key, func.min(person.c.rep_id)).where(
        person.c.superseded_by.is_(None),
        person.c.source_label != source_label,
        among(conn, person.c.email_key, wanted),
    )
    return _pairs(conn, known.group_by(person.c.email_key)) if wanted else {}


def _by_id(conn: Connection, source_label: int, wanted: list[str], number: Column[int]) -> dict[str, int]:
    table = number.table
    known = select(table.c.external_id, number).where(
        table.c.superseded_by.is_(None),
        table.c.source_label == source_label,
        among(conn, table.c.external_id, wanted),
    )
    return _pairs(conn, known)


def _pairs(conn: Connection, statement: Select[str, int]) -> dict[str, int]:
    return {row[0]: row[1] for row in conn.execute(statement)}


def _by_email(conn: Connection, wanted: list[str]) -> dict[str, int]:
    addresses = {name: email_key(name) for name in wanted if "@" in name}
    if not addresses:
        return {}
    known = select(person.c.email_key, func.min(person.c.rep_id), func.max(person.c.rep_id)).where(
        person.c.superseded_by.is_(None), among(conn, person.c.email_key, sorted(set(addresses.values())))
    )
    # Two people with one address is a question for a human, not a guess about whose pay it is.
    one = {key: low for key, low, high in conn.execute(known.group_by(person.c.email_key)) if low == high}
    return {name: one[key] for name, key in addresses.items() if key in one}
