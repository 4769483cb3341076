"""Records on their way in, beside what was kept of them before."""

from __future__ import annotations

from functools import partial
from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple

from operations.packed_bodies import packed
from store.raw_records import digest, micros

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from operations.sources import FreshRecord
    from store.raw_records import Kept, Known

#: Characters that no database keeps in an id.
_UNFIT = {0: "\N{REPLACEMENT CHARACTER}"}


class Item(NamedTuple):
    """A record on its way in: what came, and what was kept of it before. Stamps are in microseconds since 1970."""

    external_id: str
    source_ts: datetime | None
    source_us: int | None
    read_us: int
    deleted: bool
    body: Mapping[str, Any]
    text: str
    hash: str
    before: Known | None = None
    merged_into: str = ""

    def is_older(self) -> bool:
        """Whether what is kept is newer: by the source's stamp, and where that says nothing by when it was read."""
        kept, mine = self.before, self.source_us
        if kept is None:
            return False
        if kept.source_us is not None and mine is not None and kept.source_us != mine:
            return mine < kept.source_us
        return self.read_us < kept.read_us

    def is_news(self, mapping_hash: str) -> bool:
        """Whether it says something that is not known, or has to be read with another mapping."""
        kept = self.before
        return kept is None or kept.body_hash != self.hash or kept.mapping_hash != mapping_hash

    def counts(self, kind: str) -> bool:
        """Whether it is to be read as rows: a person who has left keeps what was known, if anything was."""
        if self.merged_into:
            return False
        return not self.deleted or (kind == "person" and self.before is None)

    def is_absorbed(self) -> bool:
        """Whether it was merged into another and is shown all the same: a search may still list it for a while."""
        return self.before is not None and bool(self.before.merged_into)

    def was_held(self) -> bool:
        """Whether something of it waited in quarantine."""
        return self.before is not None and bool(self.before.held)


def unique(records: Sequence[FreshRecord]) -> dict[str, FreshRecord]:
    """Each record once, as its source stamped it last: one that moved while pages were read comes twice."""
    found: dict[str, FreshRecord] = {}
    for record in records:
        external_id = record.external_id
        if not (external_id.isascii() and external_id.isprintable()):
            external_id = external_id.translate(_UNFIT).encode("utf-8", "replace").decode()
        other = found.setdefault(external_id, record)
        if other is not record and _stamp(record) >= _stamp(other):
            found[external_id] = record
    return found


def fresh(came: Mapping[str, FreshRecord], read_us: int, before: Mapping[str, Known]) -> list[Item]:
    """The records with what is known of each; made column by column, since a backfill makes millions of them."""
    records = came.values()
    stamps = [record.source_ts for record in records]
    gone = [record.deleted for record in records]
    bodies = [record.body for record in records]
    texts = list(map(packed, bodies))
    columns = (
        came,
        stamps,
        [None if at is None else micros(at) for at in stamps],
        repeat(read_us),
        gone,
        bodies,
        texts,
        map(digest, texts, gone, [record.absorbed for record in records]),
        map(before.get, came) if before else repeat(None),
        repeat(""),
    )
    return list(map(partial(tuple.__new__, Item), zip(*columns, strict=False)))


def absorbed(old: str, survivor: str, read_at: datetime, before: Known | None) -> Item | None:
    """A record that was merged into another, unless that is known."""
    if before is not None and before.merged_into == survivor and before.deleted:
        return None
    text = "{}"
    return Item(old, None, None, micros(read_at), True, {}, text, digest(text, True, (survivor,)), before, survivor)


def again(kept: Kept) -> Item:
    """A record as it was kept, to be read with the mapping as it is now."""
    known = kept.known
    return Item(
        known.external_id,
        kept.source_ts,
        known.source_us,
        known.read_us,
        kept.deleted,
        kept.body,
        packed(kept.body),
        known.body_hash,
        known,
        known.merged_into,
    )


def buried(kept: Kept, read_at: datetime) -> Item:
    """A record that its source no longer has."""
    text = packed(kept.body)
    said = digest(text, True, ("gone",))
    return Item(
        kept.external_id,
        kept.source_ts,
        kept.known.source_us,
        max(micros(read_at), kept.known.read_us),
        True,
        kept.body,
        text,
        said,
        kept.known,
    )


def _stamp(record: FreshRecord) -> int:
    return 0 if record.source_ts is None else micros(record.source_ts)
