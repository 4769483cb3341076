"""What several sources told of a record, for who asks where a figure comes from, and what only one tells of."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine.blending import LINKED, Link, Part, rule_of
from store import blending, blending_links, known
from store.blend_parts import part_key
from store.bulk import among
from store.labels import number, words
from store.tables.blending import blend_link, blend_part, blend_rule
from store.tables.changes import change

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from engine.blending import Ref, Rule


@dataclass(frozen=True, slots=True)
class Telling:
    """What one source said of a record: the version of its word, when it came in, and what it was read from."""

    part: Part
    version_id: int
    change_id: int
    at: datetime
    raw_ref: str
    link: Link | None
    decided_by: str


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A record that no record of the other side is found for."""

    kind: str
    part: Part
    state: str


def tellings(conn: Connection, kind: str, ref: Ref, watermark: int) -> tuple[Rule | None, tuple[Telling, ...]]:
    """The rule and what every source told of the record, its anchor first, as known once that change was made."""
    rule = _rule_at(conn, kind, ref[0], watermark)
    if rule is None:
        return None, ()
    anchor = ref[1] if ref[0] == rule.anchor else _anchor_of(conn, kind, ref, watermark)
    refs = [ref] if not anchor else [(rule.anchor, anchor), *_linked(conn, rule, anchor, watermark)]
    found = [one for each in refs for one in _tellings(conn, kind, each, watermark)]
    return rule, tuple(sorted(found, key=lambda one: rule.sources.index(one.part.source)))


def unmatched(conn: Connection, kind: str) -> tuple[Unmatched, ...]:
    """Live records of every blended source that stand without one of another source, by source and id."""
    found: list[Unmatched] = []
    for rule in blending_links.rules(conn, kind):
        told = {ref: part for ref, part in blending.parts(conn, kind).items() if ref[0] in rule.sources}
        links = {
            ref: state_anchor
            for source in rule.sources[1:]
            for ref, state_anchor in _links(conn, kind, source, told).items()
        }
        paired = {anchor for state, anchor in links.values() if state == LINKED}
        for ref, part in sorted(told.items()):
            state, anchor = links.get(ref, ("", ""))
            has_pair = (
                ref[1] in paired if ref[0] == rule.anchor else state == LINKED and (rule.anchor, anchor) in told
            )
            if not has_pair:
                found.append(Unmatched(kind, part, "" if state == LINKED else state))
    return tuple(found)


def _links(conn: Connection, kind: str, source: str, told: dict[Ref, Part]) -> dict[Ref, tuple[str, str]]:
    records = [record for one, record in told if one == source]
    return {(source, one): link for one, link in blending_links.links_of(conn, kind, source, records).items()}


def _rule_at(conn: Connection, kind: str, source: str, watermark: int) -> Rule | None:
    said = select(blend_rule.c.said).where(blend_rule.c.of_kind == kind, known.at(blend_rule, watermark))
    rules = (rule_of(text) for text in sorted(conn.execute(said).scalars()))
    return next((rule for rule in rules if source in rule.sources), None)


def _of(conn: Connection, table: Any, kind: str, ref: Ref, watermark: int) -> tuple[ColumnElement[bool], ...]:
    mine = table.c.external_id == part_key(kind, ref[1])
    return known.at(table, watermark), table.c.source_label == number(conn, ref[0]), mine


def _anchor_of(conn: Connection, kind: str, ref: Ref, watermark: int) -> str:
    mine = _of(conn, blend_link, kind, ref, watermark)
    return conn.execute(select(blend_link.c.anchor_id).where(*mine, blend_link.c.state == LINKED)).scalar() or ""


def _linked(conn: Connection, rule: Rule, anchor: str, watermark: int) -> list[Ref]:
    theirs = select(blend_link.c.source_label, blend_link.c.record).where(
        blend_link.c.of_kind == rule.kind,
        blend_link.c.state == LINKED,
        known.at(blend_link, watermark),
        among(conn, blend_link.c.anchor_id, [anchor]),
    )
    names = words(conn)
    return sorted((names[label], record) for label, record in conn.execute(theirs) if names[label] in rule.sources)


def _tellings(conn: Connection, kind: str, ref: Ref, watermark: int) -> list[Telling]:
    rows = (
        select(blend_part, change.c.at)
        .join(change, change.c.change_id == blend_part.c.change_id)
        .where(*_of(conn, blend_part, kind, ref, watermark))
    )
    link = conn.execute(select(blend_link).where(*_of(conn, blend_link, kind, ref, watermark))).first()
    return [
        Telling(
            Part(ref[0], ref[1], json.loads(row.said), json.loads(row.keys)),
            row.version_id,
            row.change_id,
            row.at,
            row.raw_ref,
            None if link is None else Link(link.state, link.anchor_id, link.method),
            "" if link is None else link.decided_by,
        )
        for row in conn.execute(rows)
    ]
