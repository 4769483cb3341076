"""What was worked out for a SPIF and kept as it was: checks with their dry run, standings, results, reviews."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import insert, select

from store.tables.spifs import spif_figures

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from sqlalchemy import Connection

Kind = Literal["check", "waiver", "standings", "results", "review"]


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of a SPIF under the rules of that hash, from the facts as known at a watermark; `body` is JSON."""

    spif_id: int
    kind: Kind
    rules_hash: str
    body: Mapping[str, Any]
    watermark: int
    as_of: date
    at: datetime

    @property
    def figures_hash(self) -> str:
        """SHA-256 of the canonical text: what is proposed and what is approved must have the same."""
        return hashlib.sha256(_text(self.body).encode()).hexdigest()


def save(conn: Connection, figures: Figures) -> str:
    """The hash of the figures, which are stored unless the last of their kind say the same."""
    found = latest(conn, figures.spif_id, figures.kind)
    own = figures.figures_hash
    if found is not None and (found.figures_hash, found.rules_hash) == (own, figures.rules_hash):
        return own
    row = {
        "spif_id": figures.spif_id,
        "kind": figures.kind,
        "rules_hash": figures.rules_hash,
        "figures_hash": own,
        "body": _text(figures.body),
        "watermark": figures.watermark,
        "as_of": figures.as_of,
        "at": figures.at,
    }
    conn.execute(insert(spif_figures), row)
    return own


def latest(conn: Connection, spif_id: int, kind: Kind) -> Figures | None:
    """The last figures of a kind; None where there are none."""
    its = select(spif_figures).where(spif_figures.c.spif_id == spif_id, spif_figures.c.kind == kind)
    row = conn.execute(its.order_by(spif_figures.c.figures_id.desc()).limit(1)).first()
    if row is None:
        return None
    return Figures(row.spif_id, row.kind, row.rules_hash, json.loads(row.body), row.watermark, row.as_of, row.at)


def of_rules(conn: Connection, spif_id: int, kind: Kind, rules_hash: str) -> Figures | None:
    """The last figures of a kind under the rules of that hash; None where there are none."""
    its = select(spif_figures).where(
        spif_figures.c.spif_id == spif_id, spif_figures.c.kind == kind, spif_figures.c.rules_hash == rules_hash
    )
    row = conn.execute(its.order_by(spif_figures.c.figures_id.desc()).limit(1)).first()
    if row is None:
        return None
    return Figures(row.spif_id, row.kind, row.rules_hash, json.loads(row.body), row.watermark, row.as_of, row.at)


def by_hash(conn: Connection, spif_id: int, figures_hash: str) -> Figures | None:
    """The last figures with that hash; None where there are none."""
    its = select(spif_figures).where(spif_figures.c.spif_id == spif_id, spif_figures.c.figures_hash == figures_hash)
    row = conn.execute(its.order_by(spif_figures.c.figures_id.desc()).limit(1)).first()
    if row is None:
        return None
    return Figures(row.spif_id, row.kind, row.rules_hash, json.loads(row.body), row.watermark, row.as_of, row.at)


def _text(body: Mapping[str, Any]) -> str:
    return json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
