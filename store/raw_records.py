"""Records as their sources wrote them: what is known of each, what a sweep has not seen, what must be read again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, func, select, update

from store import bulk
from store.bulk import PAGE, among
from store.tables.syncing import raw_record

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Update

#: How `fact_keys` says that a record became the one fact that has its id.
OWN = "="

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_KNOWN = (
    raw_record.c.external_id,
    raw_record.c.source_us,
    raw_record.c.read_us,
    raw_record.c.deleted,
    raw_record.c.body_hash,
    raw_record.c.fact_keys,
    raw_record.c.mapping_hash,
    raw_record.c.held,
    raw_record.c.merged_into,
    raw_record.c.first_seen_us,
)


class Known(NamedTuple):
    """What is known of a record, without its body."""

    external_id: str
    source_us: int | None
    read_us: int
    deleted: int
    body_hash: str
    fact_keys: str
    mapping_hash: str
    held: int
    merged_into: str
    first_seen_us: int

    @property
    def facts(self) -> frozenset[str]:
        """The keys of the facts it became."""
        return unpacked_keys(self.external_id, self.fact_keys)


@dataclass(frozen=True, slots=True)
class Kept:
    """A record with its body, as it was read last."""

    known: Known
    body: Mapping[str, Any]

    @property
    def external_id(self) -> str:
        """Its id at the source."""
        return self.known.external_id

    @property
    def source_ts(self) -> datetime | None:
        """When the source says it changed."""
        return None if self.known.source_us is None else instant(self.known.source_us)

    @property
    def deleted(self) -> bool:
        """Whether the source says it is gone."""
        return bool(self.known.deleted)


class Row(NamedTuple):
    """A record as it is stored; the figures are those of `Known`."""

    known: Known
    body: str


@dataclass(frozen=True, slots=True)
class Seen:
    """That records were there, unchanged: when they were read, and by which sweep; 0 is none."""

    ids: Sequence[str]
    read_us: int
    sweep: int = 0


def micros(at: datetime) -> int:
    """Microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND


def instant(us: int) -> datetime:
    """The instant of those microseconds."""
    return _EPOCH + timedelta(microseconds=us)


def digest(body: str, deleted: bool, absorbed: Iterable[str]) -> str:
    """What tells whether a record says anything new."""
    said = f"{body}\x1f1" if deleted else f"{body}\x1f0"
    for one in sorted(absorbed):
        said += f"\x1f{one}"
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def packed_keys(external_id: str, facts: Collection[str]) -> str:
    """The keys of facts as they are kept."""
    if not facts:
        return ""
    return OWN if len(facts) == 1 and external_id in facts else json.dumps(sorted(facts))


def unpacked_keys(external_id: str, keys: str) -> frozenset[str]:
    """The keys of facts that were kept so."""
    if not keys:
        return frozenset()
    return frozenset({external_id}) if keys == OWN else frozenset(json.loads(keys))


def known(conn: Connection, source: str, kind: str, ids: Collection[str]) -> dict[str, Known]:
    """What is known of those records."""
    found: dict[str, Known] = {}
    wanted = sorted(set(ids))
    if not wanted or _is_beyond(conn, source, kind, wanted[0]):
        return found
    for start in range(0, len(wanted), PAGE):
        chosen = among(conn, raw_record.c.external_id, wanted[start : start + PAGE])
        for row in bulk.fetch_all(conn, select(*_KNOWN).where(*_of(source, kind), chosen)):
            found[row[0]] = Known(*row)
    return found


def add(conn: Connection, source: str, kind: str, columns: Mapping[str, Sequence[Any]], sweep: int = 0) -> None:
    """Records stored of which nothing was known: the columns of `Known` and `body`."""
    count = len(columns["external_id"])
    same: dict[str, Sequence[Any]] = {
        "source": [source] * count,
        "kind": [kind] * count,
        "seen_sweep": [sweep] * count,
    }
    bulk.insert(conn, raw_record, same | dict(columns))


def put(conn: Connection, source: str, kind: str, rows: Sequence[Row], sweep: int = 0) -> None:
    """Every record that was known stored as it is now; a sweep's number is kept where it is newer."""
    if rows:
        conn.execute(_changing(source, kind, bool(sweep)), [_said(row, sweep) for row in rows])


def note_seen(conn: Connection, source: str, kind: str, seen: Seen) -> None:
    """Those records were there again."""
    said: dict[str, Any] = {"read_us": seen.read_us} | ({"seen_sweep": seen.sweep} if seen.sweep else {})
    for start in range(0, len(seen.ids), PAGE):
        chosen = among(conn, raw_record.c.external_id, seen.ids[start : start + PAGE])
        conn.execute(update(raw_record).where(*_of(source, kind), chosen).values(**said))


def unseen(conn: Connection, source: str, kind: str, sweep: int, before: datetime) -> list[str]:
    """The live records that the sweep has not seen and that were known before it began."""
    live = (raw_record.c.deleted == 0, raw_record.c.seen_sweep < sweep, raw_record.c.first_seen_us < micros(before))
    rows = conn.execute(select(raw_record.c.external_id).where(*_of(source, kind), *live))
    return sorted(rows.scalars())


def live_count(conn: Connection, source: str, kind: str) -> int:
    """How many records the source has, as far as is known."""
    live = select(func.count()).select_from(raw_record).where(*_of(source, kind), raw_record.c.deleted == 0)
    return int(conn.execute(live).scalar_one())


def to_read_again(
    conn: Connection, source: str, kind: str, mapping_hash: str, limit: int | None = None
) -> list[Kept]:
    """Records that were last read with another mapping, or that have to be read again for another reason."""
    other = select(*_KNOWN, raw_record.c.body).where(*_of(source, kind), raw_record.c.mapping_hash != mapping_hash)
    rows = bulk.fetch_all(conn, other.order_by(raw_record.c.external_id).limit(limit))
    return [Kept(Known(*row[:-1]), json.loads(row[-1] or "{}")) for row in rows]


def count_to_read_again(conn: Connection, source: str, kind: str, mapping_hash: str) -> int:
    """How many of them there are."""
    other = select(func.count()).select_from(raw_record)
    found = conn.execute(other.where(*_of(source, kind), raw_record.c.mapping_hash != mapping_hash))
    return int(found.scalar_one())


def get(conn: Connection, source: str, kind: str, ids: Collection[str]) -> list[Kept]:
    """Those records with their bodies."""
    chosen = among(conn, raw_record.c.external_id, sorted(set(ids)))
    rows = bulk.fetch_all(conn, select(*_KNOWN, raw_record.c.body).where(*_of(source, kind), chosen))
    return [Kept(Known(*row[:-1]), json.loads(row[-1] or "{}")) for row in rows]


def all_live(conn: Connection, source: str, kind: str) -> list[Kept]:
    """Every live record of the kind; for kinds that are few."""
    live = select(*_KNOWN, raw_record.c.body).where(*_of(source, kind), raw_record.c.deleted == 0)
    rows = bulk.fetch_all(conn, live.order_by(raw_record.c.external_id))
    return [Kept(Known(*row[:-1]), json.loads(row[-1] or "{}")) for row in rows]


def read_again(conn: Connection, source: str, kind: str, ids: Collection[str] | None = None) -> None:
    """Those records, or all of the kind, have to be read again with the mapping."""
    chosen = () if ids is None else (among(conn, raw_record.c.external_id, sorted(ids)),)
    conn.execute(update(raw_record).where(*_of(source, kind), *chosen).values(mapping_hash=""))


def held(conn: Connection, source: str, kind: str) -> frozenset[str]:
    """The records of which something waits in quarantine."""
    waiting = select(raw_record.c.external_id).where(*_of(source, kind), raw_record.c.held == 1)
    return frozenset(conn.execute(waiting).scalars())


def claimed(conn: Connection, source: str, kind: str, others: Collection[str]) -> frozenset[str]:
    """The keys of facts that live records have, those in `others` left out."""
    rows = conn.execute(
        select(raw_record.c.external_id, raw_record.c.fact_keys).where(
            *_of(source, kind), raw_record.c.deleted == 0, raw_record.c.fact_keys != ""
        )
    )
    apart = set(others)
    return frozenset(key for one, keys in rows if one not in apart for key in unpacked_keys(one, keys))


def _is_beyond(conn: Connection, source: str, kind: str, first: str) -> bool:
    """Whether no record has that id or a later one: most pages of a backfill, which reads them in their order.

    Postgres may order texts by a language, so there only an empty table tells.
    """
    last = conn.execute(select(func.max(raw_record.c.external_id)).where(*_of(source, kind))).scalar_one()
    return last is None or (conn.dialect.name == "sqlite" and last < first)


def _changing(source: str, kind: str, swept: bool) -> Update:
    """Everything but when it was first seen, and the sweep only if there is one."""
    names = [*Known._fields[1:-1], "body", *(("seen_sweep",) if swept else ())]
    one = raw_record.c.external_id == bindparam("of_id")
    return update(raw_record).where(*_of(source, kind), one).values({name: bindparam(f"to_{name}") for name in names})


def _said(row: Row, sweep: int) -> dict[str, Any]:
    said = {f"to_{name}": value for name, value in zip(Known._fields[1:-1], row.known[1:-1], strict=True)}
    said |= {"of_id": row.known.external_id, "to_body": row.body}
    return said | ({"to_seen_sweep": sweep} if sweep else {})


def _of(source: str, kind: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return raw_record.c.source == source, raw_record.c.kind == kind
