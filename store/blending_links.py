"""Which of our records a source means that tells of them beside others: by its links, or by the keys it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.blending import LINKED, Rule, found_by, keyed, rule_of
from store.bulk import among, fetch_all
from store.labels import number
from store.tables.blending import blend_key, blend_link, blend_rule
from store.tables.changes import label

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from engine.blending import Ref

Index = dict[tuple[str, str], set[str]]


def rules(conn: Connection, kind: str) -> tuple[Rule, ...]:
    """How records of the kind are blended now; one rule for each anchor."""
    said = select(blend_rule.c.said).where(
        blend_rule.c.of_kind == kind, blend_rule.c.superseded_by.is_(None), blend_rule.c.deleted == 0
    )
    return tuple(rule_of(text) for text in sorted(conn.execute(said).scalars()))


def rule(conn: Connection, kind: str, source: str) -> Rule | None:
    """How the source's records of the kind are blended now; None where they stand for themselves."""
    return next((one for one in rules(conn, kind) if source in one.sources), None)


def anchors_meant(conn: Connection, source_label: int, names: Iterable[str]) -> tuple[str, dict[str, str]]:
    """The anchor source, and for each name of a deal that the source writes the anchor it means; others left out.

    A name is the id of a record of its own that is linked, or else a key of the anchor.
    """
    declared = rules(conn, "deal")
    if not declared:
        return "", {}
    source = conn.execute(select(label.c.text).where(label.c.label_id == source_label)).scalar()
    mine = next((one for one in declared if source in one.sources[1:]), None)
    if mine is None or source is None:
        return "", {}
    wanted = set(names)
    linked = links_of(conn, "deal", source, wanted)
    found = {name: anchor for name, (state, anchor) in linked.items() if state == LINKED}
    open_ = wanted - linked.keys()
    index = index_of(conn, mine, {keyed(name) for name in open_}) if open_ else {}
    for name in open_:
        link = found_by(mine, dict.fromkeys(mine.link, keyed(name)), index)
        if link is not None and link.state == LINKED:
            found[name] = link.anchor_id
    return mine.anchor, found


def links_of(conn: Connection, kind: str, source: str, records: Iterable[str]) -> dict[str, tuple[str, str]]:
    """State and anchor of each of the source's records that has a link."""
    mine = select(blend_link.c.record, blend_link.c.state, blend_link.c.anchor_id).where(
        blend_link.c.of_kind == kind,
        blend_link.c.source_label == number(conn, source),
        blend_link.c.superseded_by.is_(None),
        blend_link.c.deleted == 0,
        among(conn, blend_link.c.record, sorted(records)),
    )
    return {record: (state, anchor) for record, state, anchor in fetch_all(conn, mine)}


def index_of(conn: Connection, by: Rule, values: Iterable[str]) -> Index:
    """The anchors that are known by one of the values, by key."""
    rows = select(blend_key.c.name, blend_key.c.value, blend_key.c.record).where(
        blend_key.c.of_kind == by.kind,
        blend_key.c.source == by.anchor,
        among(conn, blend_key.c.value, sorted(values)),
    )
    index: Index = {}
    for name, value, record in fetch_all(conn, rows):
        index.setdefault((name, value), set()).add(record)
    return index


def holders(conn: Connection, kind: str, values: Iterable[str]) -> set[Ref]:
    """The records of any source that are known by one of the values, whatever the key."""
    rows = select(blend_key.c.source, blend_key.c.record).where(
        blend_key.c.of_kind == kind, among(conn, blend_key.c.value, sorted(values))
    )
    return {(source, record) for source, record in fetch_all(conn, rows)}


def keys_of(conn: Connection, kind: str, refs: Iterable[Ref]) -> dict[Ref, dict[str, str]]:
    """What each of the live records is known by; records without keys are left out."""
    by_source: dict[str, set[str]] = {}
    for source, record in refs:
        by_source.setdefault(source, set()).add(record)
    found: dict[Ref, dict[str, str]] = {}
    for source, records in sorted(by_source.items()):
        mine = among(conn, blend_key.c.record, sorted(records))
        rows = select(blend_key.c.record, blend_key.c.name, blend_key.c.value).where(
            blend_key.c.of_kind == kind, blend_key.c.source == source, mine
        )
        for record, name, value in fetch_all(conn, rows):
            found.setdefault((source, record), {})[name] = value
    return found
