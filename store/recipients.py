"""Recipients that take no messages for now: marked when Slack says so, asked again after a while or when told to.

What is owed to a marked one is held, so that one request an hour finds out whether it works again, not one for every
notice. A mark is a lane of `store.lanes` that nothing goes through.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, update

from store import lanes
from store.tables.outbox import outbox, send_lane

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.notices import Recipient


def mark(conn: Connection, team_id: str, to: Recipient, until: datetime, code: str) -> None:
    """The recipient takes no messages, as Slack's code says; nobody asks again before `until`."""
    lanes.block(conn, team_id, _lane(to), until, code)


def marked(conn: Connection, team_id: str, now: datetime) -> dict[str, tuple[datetime, str]]:
    """The recipients of a workspace that are marked now, by `Recipient.key`: until when, and why."""
    held = lanes.blocked(conn, now)
    return {
        lane.removeprefix(lanes.RECIPIENT): (until, code)
        for team, lane, until, code in held
        if team == team_id and lane.startswith(lanes.RECIPIENT)
    }


def heal(conn: Connection, to: Recipient) -> int:
    """How many notices were held for the recipient; they go out with the next round, which finds out."""
    if not conn.execute(delete(send_lane).where(send_lane.c.lane == _lane(to))).rowcount:
        return 0
    its = (outbox.c.rep_id == to.rep_id) & (outbox.c.target == to.channel) & (outbox.c.state == "pending")
    return conn.execute(update(outbox).where(its, outbox.c.error != "").values(retry_at=None)).rowcount


def _lane(to: Recipient) -> str:
    return lanes.RECIPIENT + to.key
