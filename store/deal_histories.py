"""How deals came to stand as they do: their versions as they were known, oldest first."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.money import Money
from engine.spifs.doubts import Version
from store import labels
from store.bulk import among
from store.tables.changes import change
from store.tables.facts import deal

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def versions(conn: Connection, deal_ids: Collection[int], watermark: int) -> dict[int, tuple[Version, ...]]:
    """The versions of each deal up to a change, those of the record that stands now and no tombstones.

    A version is stamped by the source; one without a stamp of the source says not when it came to be.
    """
    if not deal_ids:
        return {}
    words, won = labels.words(conn), labels.number(conn, "won")
    columns = (
        deal.c.deal_id, deal.c.source_label, deal.c.source_us, deal.c.amount_cents, deal.c.currency_label,
        deal.c.owner_id, deal.c.stage_label, deal.c.booked_on, deal.c.deleted, change.c.at,
    )  # fmt: skip
    rows = conn.execute(
        select(*columns)
        .join(change, change.c.change_id == deal.c.change_id)
        .where(among(conn, deal.c.deal_id, sorted(deal_ids)), deal.c.change_id <= watermark)
        .order_by(deal.c.deal_id, deal.c.version_id)
    ).all()
    of_source = {row.deal_id: row.source_label for row in rows if not row.deleted}
    found: dict[int, list[Version]] = defaultdict(list)
    for row in rows:
        if row.deleted or row.source_label != of_source[row.deal_id]:
            continue
        at = None if row.source_us is None else _EPOCH + timedelta(microseconds=row.source_us)
        amount = Money(row.amount_cents, words[row.currency_label])
        said = (amount, row.owner_id, row.stage_label == won, row.booked_on)
        found[row.deal_id].append(Version(at, row.at, *said))
    return {deal_id: tuple(lot) for deal_id, lot in found.items()}
