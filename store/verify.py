"""Whether the journal and the facts still say the same: every seal, every row, every succession of versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import Integer, func, or_, select, type_coerce

from engine.plans.load import load
from engine.plans.schema import Plan, plan_hash
from store import columns, labels, plans, versions
from store.journal import seal, spelled
from store.kinds import KINDS
from store.references import email_key
from store.tables.changes import change, change_part
from store.tables.column_types import Day

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Row

    from store.kinds import Field, Kind

#: After this many breaks the answer is clear.
ENOUGH = 20


@dataclass(frozen=True, slots=True)
class Verification:
    """What was read, and every place where the journal does not match; none means nobody edited a row."""

    changes: int
    versions: int
    broken: tuple[str, ...]


def verify(conn: Connection) -> Verification:
    """The whole journal recomputed from the rows as they are now, and each plan from its text. It takes a while."""
    changes, parts = _changes(conn), _parts(conn)
    broken = list(_broken_seals(changes, parts))
    count = 0
    for part in parts:
        count += part.versions
        broken += _broken_rows(conn, part)
    for kind in KINDS.values():
        broken += _broken_succession(conn, kind)
        broken += _broken_lists(conn, kind)
        broken += _unjournalled(conn, kind, sum(part.versions for part in parts if part.kind == kind.name))
    broken += _broken_plans(conn)
    return Verification(len(changes), count, tuple(broken[:ENOUGH]))


def _changes(conn: Connection) -> Sequence[Row[Any]]:
    return conn.execute(select(change).order_by(change.c.change_id)).all()


def _parts(conn: Connection) -> Sequence[Row[Any]]:
    return conn.execute(select(change_part).order_by(change_part.c.change_id, change_part.c.part_no)).all()


def _broken_seals(changes: Sequence[Row[Any]], parts: Sequence[Row[Any]]) -> Iterator[str]:
    of_change: dict[int, list[Row[Any]]] = {}
    for part in parts:
        of_change.setdefault(part.change_id, []).append(part)
    before = ""
    for expected, row in enumerate(changes, start=1):
        said = (row.change_id, row.actor, row.cause, row.reason, spelled(row.at))
        if row.sealed != seal(before, *said) or row.change_id != expected:
            yield f"change {row.change_id}: its entry or the one before it was edited or removed"
        before = row.sealed
        for part in of_change.pop(row.change_id, []):
            content = (part.change_id, part.part_no, part.kind, part.first_version_id, part.versions, part.digest)
            if part.sealed != seal(before, *content):
                yield f"change {part.change_id}, part {part.part_no}: the entry was edited"
            before = part.sealed
    for change_id in of_change:
        yield f"change {change_id}: its entry was removed"


def _broken_rows(conn: Connection, part: Row[Any]) -> Iterator[str]:
    kind = KINDS[part.kind]
    table = kind.table
    kept = [type_coerce(column, Integer) if isinstance(column.type, Day) else column for column in table.c]
    last = part.first_version_id + part.versions - 1
    block = select(*kept).where(table.c.version_id.between(part.first_version_id, last)).order_by(table.c.version_id)
    rows = conn.execute(block).all()
    where = f"change {part.change_id}: {part.kind} versions {part.first_version_id} to {last}"
    if len(rows) != part.versions:
        yield f"{where}: {len(rows)} of {part.versions} are there"
        return
    stored = dict(zip(table.c.keys(), map(list, zip(*rows, strict=True)), strict=True))
    if any(change_id != part.change_id for change_id in stored["change_id"]):
        yield f"{where}: some claim to be of another change"
    if versions.digest(kind, stored) != part.digest:
        yield f"{where}: numbers were edited"
    words = labels.words(conn)
    said = columns.row_hashes([_said(field, stored, words) for field in kind.hashed], len(rows))
    for position in np.flatnonzero(said != np.array(stored["row_hash"], dtype=np.int64)).tolist():
        yield f"{part.kind} version {stored['version_id'][position]}: what the source said was edited"
    if "email_key" in stored:
        yield from _broken_addresses(stored)


def _broken_addresses(stored: Mapping[str, list[Any]]) -> Iterator[str]:
    """People are found by the key of their address, which no digest covers: it follows from the address."""
    for version_id, email, key in zip(stored["version_id"], stored["email"], stored["email_key"], strict=True):
        if key != email_key(email):
            yield f"person version {version_id}: the address it is found by was edited"


def _broken_plans(conn: Connection) -> Iterator[str]:
    """A plan's text says what its hash, its number and its days are."""
    for stored in plans.all(conn):
        said = load(stored.text, stored.name)
        where = f"plan {stored.name} version {stored.version}"
        if not isinstance(said, Plan) or plan_hash(said) != stored.plan_hash:
            yield f"{where}: its text was edited"
        elif (said.name, said.version) != (stored.name, stored.version):
            yield f"{where}: its name or number was edited"
        elif (said.effective.start_on, said.effective.end_on) != (stored.effective_from_on, stored.effective_to_on):
            yield f"{where}: the days it is effective were edited"


def _said(field: Field, stored: Mapping[str, list[Any]], words: Mapping[int, str]) -> list[str]:
    values = stored[field.column]
    if field.shape == "label":
        return [words.get(value, "") for value in values]
    return ["" if value is None else str(value) for value in values]


def _broken_succession(conn: Connection, kind: Kind) -> Iterator[str]:
    """A version is superseded by the change that wrote the record's next one, and by nothing else."""
    table = kind.table
    following = func.lead(table.c.change_id).over(
        partition_by=(table.c.source_label, table.c.external_id), order_by=table.c.version_id
    )
    chained = select(table.c.version_id, table.c.superseded_by, following.label("following")).subquery()
    wrong = select(chained.c.version_id).where(chained.c.superseded_by.is_distinct_from(chained.c.following))
    for version_id in conn.execute(wrong.order_by(chained.c.version_id).limit(ENOUGH)).scalars():
        yield f"{kind.name} version {version_id}: when it stopped being current was edited"


def _broken_lists(conn: Connection, kind: Kind) -> Iterator[str]:
    """A version that is not listed has what the one before it was found by; else nobody would find it."""
    table = kind.table
    if not kind.listed_by:
        return
    record = (table.c.source_label, table.c.external_id)
    said = [type_coerce(table.c[name], Integer) for name in kind.listed_by]
    before = [func.lag(column).over(partition_by=record, order_by=table.c.version_id) for column in said]
    moved = or_(*(column.is_distinct_from(last) for column, last in zip(said, before, strict=True)))
    chained = select(table.c.version_id, table.c.listed, moved.label("moved")).subquery()
    wrong = select(chained.c.version_id).where(chained.c.listed == 0, chained.c.moved)
    for version_id in conn.execute(wrong.order_by(chained.c.version_id).limit(ENOUGH)).scalars():
        yield f"{kind.name} version {version_id}: that it is found by its owner and day was edited"


def _unjournalled(conn: Connection, kind: Kind, known: int) -> Iterator[str]:
    found = int(conn.execute(select(func.count()).select_from(kind.table)).scalar_one())
    if found != known:
        yield f"{kind.name}: {found} versions, the journal knows {known}"
