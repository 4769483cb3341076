"""Records of other sources that name a blended deal: pointed at the deal that they mean now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import or_, select

from store import kinds, references, versions
from store.bulk import PAGE, among, fetch_all
from store.facts import Applied
from store.labels import number
from store.tables.facts import deal

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection

    from engine.blending import Ref, Rule
    from store.kinds import Kind, Reference


def repoint(conn: Connection, rule: Rule, refs: Collection[Ref], change_id: int) -> Applied:
    """Every record of the rule's other sources that may mean one of those deals names the right one."""
    labels = [found for found in (number(conn, source) for source in rule.sources[1:]) if found]
    if not labels or rule.kind != "deal":
        return Applied()
    numbers = _numbers(conn, refs)
    applied = Applied()
    for kind in kinds.KINDS.values():
        for reference in kind.references:
            if reference.to == "deal" and not reference.own:
                applied += _repointed(conn, (kind, reference), labels, numbers, change_id)
    return applied


def _numbers(conn: Connection, refs: Collection[Ref]) -> list[int]:
    """The deals' numbers, of those that were ever known."""
    by_source: dict[str, list[str]] = {}
    for source, record in refs:
        by_source.setdefault(source, []).append(record)
    numbers: set[int] = set()
    for source, records in by_source.items():
        mine = among(conn, deal.c.external_id, sorted(records))
        known = select(deal.c.deal_id).where(
            deal.c.superseded_by.is_(None), deal.c.source_label == number(conn, source), mine
        )
        numbers.update(conn.execute(known).scalars())
    return sorted(numbers)


def _repointed(
    conn: Connection, what: tuple[Kind, Reference], labels: list[int], numbers: list[int], change_id: int
) -> Applied:
    kind, reference = what
    table = kind.table
    held, named = table.c[reference.column], table.c[reference.external]
    rows = select(table.c.version_id, table.c.source_label, named, held).where(
        table.c.superseded_by.is_(None),
        table.c.deleted == 0,
        named != "",
        table.c.source_label.in_(labels),
        or_(held == 0, among(conn, held, numbers)),
    )
    found = fetch_all(conn, rows)
    wanted: dict[int, int] = {}
    for label in labels:
        names = {name for _, source, name, _ in found if source == label}
        known = references.resolve(conn, reference, label, names)
        wanted |= {
            version_id: known.get(name, 0)
            for version_id, source, name, before in found
            if source == label and known.get(name, 0) != before
        }
    applied = Applied()
    version_ids = np.array(sorted(wanted), dtype=np.int64)
    for start in range(0, len(version_ids), PAGE):
        chosen = version_ids[start : start + PAGE]
        override = {reference.column: np.array([wanted[one] for one in chosen.tolist()], dtype=np.int64)}
        touched = versions.reissue(conn, kind, chosen, change_id, override)
        applied += Applied(healed=len(chosen), touched=touched)
    return applied
