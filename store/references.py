"""Fields that name other records, resolved to their numbers: people by id or e-mail, deals by id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import Integer, bindparam, select, type_coerce

from store import blending_links, owner_mappings
from store.bulk import FEW, among, as_list, listed_in
from store.labels import number as number_of
from store.spelled import Spelled
from store.tables.facts import deal, person

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from numpy.typing import NDArray
    from sqlalchemy import Column, ColumnElement, Connection, Select, Table
    from sqlalchemy.sql import ClauseElement

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
    people by address and a CRM that numbers them meet. Whom neither finds may have been mapped by somebody.
    """
    wanted = sorted(set(names) - {""})
    if not wanted:
        return {}
    if reference.to == "deal":
        found = _by_id(conn, source_label, wanted, deal.c.deal_id)
        return found if reference.own else found | _blended(conn, source_label, wanted)
    found = _by_id(conn, source_label, wanted, person.c.rep_id)
    addresses = {name: email_key(name) for name in wanted if "@" in name and name not in found}
    holders = of_addresses(conn, addresses.values()) if addresses else {}
    found |= {name: holders[key] for name, key in addresses.items() if key in holders}
    missing = [name for name in wanted if name not in found]
    return found | owner_mappings.reps(conn, source_label, missing) if missing else found


def _blended(conn: Connection, source_label: int, wanted: list[str]) -> dict[str, int]:
    """The deals of another source that those names mean, where the two are blended."""
    anchor, meant = blending_links.anchors_meant(conn, source_label, wanted)
    known = _by_id(conn, number_of(conn, anchor), sorted(set(meant.values())), deal.c.deal_id) if meant else {}
    return {name: known[record] for name, record in meant.items() if record in known}


def email_key(email: str) -> str:
    """How an e-mail address is compared: without case, without blanks around it."""
    return email.strip().casefold()


def waiting(conn: Connection, kind: Kind, reference: Reference) -> Healed:
    """The current versions whose reference is still 0 although what it names is known."""
    table, names = kind.table, kind.table.c[reference.external]
    by_source: dict[int, list[str]] = {}
    for source_label, name in conn.execute(_names_waiting(table, reference)):
        by_source.setdefault(source_label, []).append(name)
    version_ids: list[int] = []
    numbers: list[int] = []
    for source_label, listed in sorted(by_source.items()):
        known = resolve(conn, reference, source_label, listed)
        rows = select(table.c.version_id, names).where(
            _is_waiting(table, reference), table.c.source_label == source_label, among(conn, names, sorted(known))
        )
        found = {version_id: known[name] for version_id, name in conn.execute(rows)} if known else {}
        left = abandoned(conn, found.items()) if table is deal else set()
        for version_id in sorted(found.keys() - left):
            version_ids.append(version_id)
            numbers.append(found[version_id])
    return Healed(np.array(version_ids, dtype=np.int64), np.array(numbers, dtype=np.int64))


def _is_waiting(table: Table, reference: Reference) -> ColumnElement[bool]:
    names = table.c[reference.external]
    return (table.c[reference.column] == 0) & table.c.superseded_by.is_(None) & (names != "")


@cache
def _names_waiting(table: Table, reference: Reference) -> Select[Any]:
    """Spelled once: every page that brings a record asks it of every reference."""
    names = table.c[reference.external]
    return select(table.c.source_label, names).where(_is_waiting(table, reference)).distinct()


def same_person(conn: Connection, source_label: int, emails: Iterable[str]) -> dict[str, tuple[int, bool]]:
    """The rep behind each address that another source knows, and whether a live record speaks for them already."""
    wanted = sorted({email for email in emails if email})
    if not wanted:
        return {}
    known = select(person.c.email_key, person.c.rep_id, person.c.deleted).where(
        person.c.superseded_by.is_(None),
        person.c.source_label != source_label,
        among(conn, person.c.email_key, wanted),
    )
    by_merit = known.order_by(person.c.deleted.desc(), person.c.left_on.is_(None), person.c.rep_id.desc())
    return {key: (rep_id, not deleted) for key, rep_id, deleted in conn.execute(by_merit)}


def of_addresses(conn: Connection, keys: Iterable[str]) -> dict[str, int]:
    """The rep who has each address: who works here before who has left, and nobody where two have it alike."""
    known = select(person.c.email_key, person.c.rep_id, person.c.left_on).where(
        person.c.superseded_by.is_(None), person.c.deleted == 0, among(conn, person.c.email_key, sorted(set(keys)))
    )
    holders: dict[str, dict[int, date]] = {}
    for key, rep_id, left_on in conn.execute(known):
        until = holders.setdefault(key, {})
        until[rep_id] = max(until.get(rep_id, date.min), left_on or date.max)
    # Two people with one address is a question for a human, not a guess about whose pay it is.
    last = {key: [rep for rep, day in until.items() if day == max(until.values())] for key, until in holders.items()}
    return {key: reps[0] for key, reps in last.items() if len(reps) == 1}


def departures(conn: Connection, among_reps: Collection[int] | None = None) -> dict[int, int]:
    """The first day on which each rep who has left was no longer there, in days since 1970-01-01.

    Args:
        conn: Where to look.
        among_reps: Whom it is asked of; of more than a few, everybody is looked at.
    """
    if among_reps is None or len(among_reps) > FEW:
        return dict(_GONE.rows(conn))
    return dict(_GONE_OF_FEW.rows(conn, {"reps": as_list(conn.dialect.name, sorted(among_reps))}))


_LEFT = select(person.c.rep_id, type_coerce(person.c.left_on, Integer)).where(
    person.c.superseded_by.is_(None),
    person.c.deleted == 0,
    person.c.is_primary == 1,
    person.c.left_on.is_not(None),
)
_GONE = Spelled(_LEFT)
_GONE_OF_FEW = Spelled(lambda dialect: _LEFT.where(listed_in(dialect, person.c.rep_id, bindparam("reps"))))


def abandoned(conn: Connection, owned: Iterable[tuple[int, int]]) -> set[int]:
    """Those of the deal versions, each with the owner it would have, that were won after that owner had left."""
    owners = dict(owned)
    gone = departures(conn, set(owners.values()))
    suspects = [version_id for version_id, owner in owners.items() if owner in gone]
    if not suspects:
        return set()
    won = select(deal.c.version_id, type_coerce(deal.c.booked_on, Integer)).where(
        among(conn, deal.c.version_id, suspects), deal.c.stage_label == number_of(conn, "won")
    )
    return {version_id for version_id, booked_on in conn.execute(won) if booked_on >= gone[owners[version_id]]}


def _by_id(conn: Connection, source_label: int, wanted: list[str], number: Column[int]) -> dict[str, int]:
    return dict(_numbered(number).rows(conn, {"source": source_label, "names": as_list(conn.dialect.name, wanted)}))


@cache
def _numbered(number: Column[int]) -> Spelled:
    """The number of each of a source's records in a list of ids."""
    table = number.table

    def spelled(dialect: str) -> ClauseElement:
        mine = listed_in(dialect, table.c.external_id, bindparam("names"))
        known = select(table.c.external_id, number).where(
            table.c.superseded_by.is_(None), table.c.source_label == bindparam("source"), mine
        )
        # Who is deleted can be paid nothing that anybody sees; a deleted deal may come back, and with it its splits.
        return known.where(table.c.deleted == 0) if table is person else known

    return Spelled(spelled)
