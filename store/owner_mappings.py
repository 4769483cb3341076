"""Owners whom no source explains, and the reps that somebody named for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from store.bulk import among, upsert
from store.labels import numbers
from store.tables.ops_alerts import owner_mapping

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection


def put(conn: Connection, source: str, owner_external_id: str, rep_id: int, change_id: int) -> None:
    """From the commit on, what that owner has at the source is the rep's; the newest word counts."""
    row = {
        "source_label": numbers(conn, [source])[source],
        "owner_external_id": owner_external_id,
        "rep_id": rep_id,
        "change_id": change_id,
    }
    upsert(conn, owner_mapping, [row], ("source_label", "owner_external_id"))


def reps(conn: Connection, source_label: int, owners: Iterable[str]) -> dict[str, int]:
    """The reps behind those of the owners that are mapped."""
    mapped = select(owner_mapping.c.owner_external_id, owner_mapping.c.rep_id).where(
        owner_mapping.c.source_label == source_label, among(conn, owner_mapping.c.owner_external_id, sorted(owners))
    )
    return {row[0]: row[1] for row in conn.execute(mapped)}
