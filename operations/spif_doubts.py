"""What somebody has to judge in the verification hold of a SPIF, and what was ruled about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.spifs import doubts as rules_of
from engine.spifs.doubts import Entry, Known
from engine.spifs.entries import Counting, entries
from store import deal_changes, deal_histories, frames, spif_prizes

if TYPE_CHECKING:
    from engine.spifs.doubts import Reason
    from operations.spif_scores import Scored
    from store.database import Connection
    from store.spif_prizes import Ruling


@dataclass(frozen=True, slots=True)
class Doubt:
    """A credit that somebody has to judge in the hold, and why; `ruling` is None while nobody has."""

    deal_id: int
    deal: str
    reason: str
    ruling: Ruling | None = None


def doubts(conn: Connection, found: Scored) -> tuple[Doubt, ...]:
    """The deals that count and are doubtful. What happened to one after it was judged has to be judged anew."""
    ids = _counted(found)
    histories = deal_histories.versions(conn, ids, found.field.watermark)
    names = frames.names(conn, ids)
    first_read = deal_changes.came_by_backfill(conn, ids)
    lots = [
        Entry(deal_id, names[deal_id].name, names[deal_id].account, versions, deal_id in first_read)
        for deal_id, versions in sorted(histories.items())
    ]
    announced = found.kept.last("announce")
    known = Known(
        announced.at if announced is not None else None,
        {person.rep_id: person.name for person in found.field.people},
    )
    ruled = spif_prizes.rulings(conn, found.kept.spif_id)
    return tuple(
        Doubt(deal_id, names[deal_id].name, "; ".join(one.said for one in why), _holds(ruled.get((deal_id, 0)), why))
        for deal_id, why in rules_of.doubted(found.rules, lots, known).items()
    )


def _holds(ruling: Ruling | None, why: tuple[Reason, ...]) -> Ruling | None:
    """The ruling, unless it let something in that was edited since; what is left out stays out."""
    if ruling is None or ruling.is_out:
        return ruling
    return None if any(one.at is not None and one.at > ruling.at for one in why) else ruling


def _counted(found: Scored) -> list[int]:
    """The deals that count, over all awards and metrics, whatever was ruled about them."""
    rules, ground = found.rules, found.field.ground
    ids: set[int] = set()
    for award in rules.awards:
        for metric in award.scoring.metrics:
            if metric.source == "deals":
                own = entries(ground, Counting(rules, metric, rules.window_of(award).span)).counted()
                ids.update(own.deal_ids[own.deal].tolist())
    return sorted(ids)
