"""What the gate writes into the outbox beside its verdicts, and the instants that rules go by."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, select, update

from store.bulk import among
from store.tables.changes import change
from store.tables.outbox import outbox
from store.tables.pay import plan

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection


def reword(conn: Connection, outbox_id: int, data: Mapping[str, Any], receipt_ids: Sequence[str]) -> bool:
    """Whether a notice that is still pending says this from now on."""
    spelled = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    its = and_(outbox.c.outbox_id == outbox_id, outbox.c.state == "pending")
    told = update(outbox).where(its).values(data=spelled, receipt_ids=json.dumps(list(receipt_ids)))
    return conn.execute(told).rowcount > 0


def known_keys(conn: Connection, keys: Collection[str]) -> frozenset[str]:
    """Those of the keys that notices have already."""
    rows = select(outbox.c.key).where(among(conn, outbox.c.key, sorted(keys)))
    return frozenset(conn.execute(rows).scalars())


@dataclass(frozen=True, slots=True)
class Unsent:
    """A notice that was not sent by itself, and why."""

    rep_id: int
    kind: str
    topic: str
    reason: str
    at: datetime


def unsent(conn: Connection, since: datetime) -> tuple[Unsent, ...]:
    """What was owed to people and not sent by itself since then, newest first."""
    its = and_(outbox.c.state == "suppressed", outbox.c.ended_at >= since, outbox.c.rep_id != 0)
    rows = select(outbox.c.rep_id, outbox.c.kind, outbox.c.topic, outbox.c.reason, outbox.c.ended_at).where(its)
    return tuple(Unsent(*row) for row in conn.execute(rows.order_by(outbox.c.ended_at.desc())))


def published(conn: Connection) -> dict[tuple[str, int], datetime]:
    """When each version of each plan was published."""
    rows = select(plan.c.name, plan.c.version, change.c.at).join(change, change.c.change_id == plan.c.change_id)
    return {(row.name, row.version): row.at for row in conn.execute(rows)}
