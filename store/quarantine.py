"""Records held back, and why: one open row per record, which closes by itself when the record passes."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, bindparam, func, or_, select, tuple_, update

from store import kinds, labels
from store.bulk import PAGE, among, inserting
from store.references import email_key
from store.spelled import Spelled
from store.tables import facts
from store.tables.changes import label
from store.tables.syncing import OPEN, quarantine

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.people import Person

#: The reason of a record that is stored but names a person nobody knows.
OWNER_UNKNOWN = "owner_unknown"


@dataclass(frozen=True, slots=True)
class Held:
    """A record to hold back. `owner_external_id` is whose it is, as the source says it; `place` where to look."""

    source: str
    kind: str
    external_id: str
    code: str
    detail: str
    remedy: str = ""
    label: str = ""
    owner_external_id: str = ""
    place: str = ""
    raw_hash: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record that waits, since when, and when it was last seen."""

    quarantine_id: int
    source: str
    kind: str
    external_id: str
    code: str
    detail: str
    remedy: str
    label: str
    owner_external_id: str
    place: str
    raw_hash: str
    first_seen: datetime
    last_seen: datetime


_OPEN = (
    select(*(quarantine.c[f"{name}_at" if name.endswith("_seen") else name] for name in Waiting.__slots__))
    .where(OPEN)  # spelled as the indexes of open rows are, or SQLite does not see that they fit
    .order_by(quarantine.c.first_seen_at, quarantine.c.quarantine_id)
)
_records = (
    select(label.c.text, facts.person.c.external_id, facts.person.c.email_key)
    .join(label, label.c.label_id == facts.person.c.source_label)
    .where(facts.person.c.superseded_by.is_(None), facts.person.c.rep_id == bindparam("rep_id", type_=BigInteger()))
    .cte("records")
)
#: What a source says is theirs, by its own id or by e-mail. Every answer asks, so it is spelled once.
_OF_PERSON = Spelled(
    _OPEN.where(
        or_(
            tuple_(quarantine.c.source, quarantine.c.owner_external_id).in_(
                select(_records.c.text, _records.c.external_id)
            ),
            quarantine.c.owner_key.in_(select(_records.c.email_key).where(_records.c.email_key != "")),
        )
    )
)


def put(conn: Connection, rows: Sequence[Held], now: datetime) -> int:
    """How many of the records were not waiting before. One that waits already keeps its first date.

    A record that comes several times, each time as somebody else's, is shown to whom it counts for meanwhile.
    """
    if not rows:
        return 0
    rows = _not_refused(conn, rows)
    if not rows:
        return 0
    before = count(conn)
    wanted = {(row.source, row.kind, row.external_id): row for row in rows}
    owners: dict[tuple[str, str, str], set[str]] = {}
    for row in rows:
        owners.setdefault((row.source, row.kind, row.external_id), set()).add(row.owner_external_id)
    for key in (key for key, claimed in owners.items() if len(claimed) > 1):
        wanted[key] = replace(wanted[key], owner_external_id=_owner(conn, *key) or wanted[key].owner_external_id)
    stored = [
        asdict(row)
        | {
            "owner_key": email_key(row.owner_external_id),
            "status": "open",
            "first_seen_at": now,
            "last_seen_at": now,
            "closed_at": None,
        }
        for row in wanted.values()
    ]
    new = inserting(conn, quarantine)
    said = [name for name in stored[0] if name not in ("source", "kind", "external_id", "first_seen_at")]
    again = new.on_conflict_do_update(
        index_elements=["source", "kind", "external_id"],
        index_where=OPEN,
        set_={name: new.excluded[name] for name in said},
    )
    conn.execute(again, stored)
    return count(conn) - before


def refuse(conn: Connection, source: str, kind: str, external_id: str, now: datetime) -> bool:
    """Whether the record waited; it waits no more until its source says something else of it."""
    its = (quarantine.c.source == source, quarantine.c.kind == kind, quarantine.c.external_id == external_id)
    refused = update(quarantine).where(quarantine.c.status == "open", *its)
    return conn.execute(refused.values(status="refused", closed_at=now)).rowcount == 1


def _not_refused(conn: Connection, rows: Sequence[Held]) -> Sequence[Held]:
    """Without the records that somebody refused and that say the same as then."""
    refused = select(quarantine.c.source, quarantine.c.kind, quarantine.c.external_id, quarantine.c.raw_hash).where(
        quarantine.c.status == "refused", quarantine.c.raw_hash != ""
    )
    known = {tuple(row) for row in conn.execute(refused)}
    if not known:
        return rows
    return [row for row in rows if (row.source, row.kind, row.external_id, row.raw_hash) not in known]


def _owner(conn: Connection, source: str, kind: str, external_id: str) -> str:
    """Whose the record is as it stands in the store, in the source's words; nobody's while it is not stored."""
    found = kinds.named(kind)
    table = found.table
    for owner in found.owners:
        mine = (table.c.source_label == labels.number(conn, source), table.c.external_id == external_id)
        said = select(table.c[owner.external]).where(table.c.superseded_by.is_(None), table.c.deleted == 0, *mine)
        return conn.execute(said).scalar() or ""
    return ""


def close_passed(conn: Connection, source: str, kind: str, external_ids: Iterable[str], now: datetime) -> int:
    """How many waiting records are closed because they passed. One that waits for a person passes when they come."""
    waiting = select(quarantine.c.external_id).where(
        quarantine.c.status == "open",
        quarantine.c.source == source,
        quarantine.c.kind == kind,
        quarantine.c.code != OWNER_UNKNOWN,
    )
    passed = sorted(set(conn.execute(waiting).scalars()) & set(external_ids))
    for start in range(0, len(passed), PAGE):
        conn.execute(
            update(quarantine)
            .where(quarantine.c.status == "open", quarantine.c.source == source, quarantine.c.kind == kind)
            .where(among(conn, quarantine.c.external_id, passed[start : start + PAGE]))
            .values(status="closed", closed_at=now)
        )
    return len(passed)


def close_all(conn: Connection, source: str, kind: str, now: datetime) -> None:
    """Nothing of the source's kind waits any more."""
    waiting = (quarantine.c.status == "open", quarantine.c.source == source, quarantine.c.kind == kind)
    conn.execute(update(quarantine).where(*waiting).values(status="closed", closed_at=now))


def release_known(conn: Connection, now: datetime) -> int:
    """How many records that waited for a person are closed: that person is known now, or the record is gone."""
    waiting = select(quarantine).where(quarantine.c.status == "open", quarantine.c.code == OWNER_UNKNOWN)
    by_group: dict[tuple[str, str], dict[str, int]] = {}
    for row in conn.execute(waiting):
        by_group.setdefault((row.source, row.kind), {})[row.external_id] = row.quarantine_id
    released: list[int] = []
    for (source, kind), held in sorted(by_group.items()):
        unknown = _still_unknown(conn, source, kind, sorted(held))
        released += [number for external_id, number in held.items() if external_id not in unknown]
    if released:
        closed = update(quarantine).where(among(conn, quarantine.c.quarantine_id, released))
        conn.execute(closed.values(status="closed", closed_at=now))
    return len(released)


def open_rows(
    conn: Connection, *, person: Person | None = None, source: str | None = None, kind: str | None = None
) -> tuple[Waiting, ...]:
    """What waits, longest first; of one person: what a source says is theirs, by its own id or by e-mail."""
    if person is not None:
        theirs = (Waiting(*row) for row in _OF_PERSON.rows(conn, {"rep_id": person.rep_id}))
        return tuple(row for row in theirs if source in (None, row.source) and kind in (None, row.kind))
    rows = _OPEN
    if source is not None:
        rows = rows.where(quarantine.c.source == source)
    if kind is not None:
        rows = rows.where(quarantine.c.kind == kind)
    return tuple(Waiting(*row) for row in conn.execute(rows))


def count(conn: Connection) -> int:
    """How many records wait."""
    waiting = select(func.count()).select_from(quarantine).where(quarantine.c.status == "open")
    return int(conn.execute(waiting).scalar_one())


def _still_unknown(conn: Connection, source: str, kind: str, external_ids: list[str]) -> set[str]:
    """Those of the records that still name nobody known."""
    found = kinds.named(kind)
    records = found.table.c
    unknown = select(records.external_id).where(
        records.superseded_by.is_(None),
        records.deleted == 0,
        records.source_label == labels.number(conn, source),
        among(conn, records.external_id, external_ids),
        or_(*(records[column] == 0 for column in found.reps)),
    )
    return set(conn.execute(unknown).scalars())
