"""How kinds are blended, as the mappings say it: declared, altered, given up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from sqlalchemy import delete

from engine.blending import APART, BY_HAND, FIELDS, LINKED
from store import blending, blending_links, facts, quarantine
from store.blend_parts import part_key
from store.blending import LINK_KIND
from store.facts import Applied
from store.tables.blending import blend_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.blending import Rule


def declare(conn: Connection, source: str, rules: Iterable[Rule], change_id: int, now: datetime) -> Applied:
    """What it changes that the source's mapping says those rules, and no others that the source is part of.

    A rule that is new or another one blends everything anew that was told so far; the sources themselves are read
    again, because their mapping has changed. Of a source that no rule names any more nothing is kept apart.
    """
    said = {rule.kind: rule for rule in rules if source in rule.sources}
    applied = Applied()
    for kind in FIELDS:
        before, after = blending_links.rule(conn, kind, source), said.get(kind)
        if before == after:
            continue
        if before is not None and (after is None or after.anchor != before.anchor):
            facts.delete(conn, "blend", before.anchor, {kind}, change_id)
        left = set(before.sources if before else ()) - set(after.sources if after else ())
        for one in sorted(left):
            forget(conn, kind, one, change_id, now)
        if after is not None:
            row = {"source": after.anchor, "of_kind": kind, "said": after.text()}
            facts.apply(conn, "blend", pd.DataFrame([row]), change_id)
            told = {ref for ref in blending.parts(conn, kind) if ref[0] in after.sources}
            applied += blending.settle(conn, after, told, change_id, now)
        applied += Applied(healed=1)
    return applied


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person decided of a source's record: the anchor it belongs to, "" for none, None to let keys tell."""

    kind: str
    source: str
    record: str
    anchor_id: str | None


def decide(conn: Connection, verdict: Verdict, actor: str, change_id: int, now: datetime) -> Applied:
    """What the verdict changes; it stays until another one is given."""
    ref = (verdict.source, verdict.record)
    rule = blending_links.rule(conn, verdict.kind, verdict.source)
    if rule is None:
        return Applied()
    before = blending_links.links_of(conn, verdict.kind, verdict.source, [verdict.record])
    if verdict.anchor_id is None:
        facts.delete(conn, "link", verdict.source, {part_key(verdict.kind, verdict.record)}, change_id)
    else:
        row = {
            "source": verdict.source,
            "of_kind": verdict.kind,
            "record": verdict.record,
            "state": LINKED if verdict.anchor_id else APART,
            "anchor_id": verdict.anchor_id,
            "method": BY_HAND,
            "decided_by": actor,
        }
        facts.apply(conn, "link", pd.DataFrame([row]), change_id)
    beside = {anchor for _, anchor in before.values()} | {verdict.anchor_id or ""}
    moved = {(rule.anchor, anchor) for anchor in beside if anchor}
    return Applied(healed=1) + blending.settle(conn, rule, {ref} | moved, change_id, now)


def forget(conn: Connection, kind: str, source: str, change_id: int, now: datetime) -> None:
    """What the source told of the kind is not kept apart any more; facts stay until it is read again."""
    told = blending.live_records(conn, kind, source)
    keys: Collection[str] = {part_key(kind, record) for record in told}
    for what in ("part", "link"):
        facts.delete(conn, what, source, keys, change_id)
    conn.execute(delete(blend_key).where(blend_key.c.of_kind == kind, blend_key.c.source == source))
    quarantine.close_all(conn, source, LINK_KIND, now)
