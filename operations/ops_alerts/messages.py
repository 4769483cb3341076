"""A26: messages that could not be delivered, and people whom no Slack account is known of."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from engine.ops_alerts import Finding
from store import alert_facts, outbox

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from operations.ops_alerts.reading import Finder, Reading
    from store.outbox import Owed

#: What failed longer ago is history.
_NEWS = timedelta(days=7)


def failing(reading: Reading) -> Iterator[Finding]:
    """A26: notices that ended undelivered and were not sent again, by recipient and cause."""
    newest = {_tried(owed)[0]: owed for owed in outbox.dead(reading.conn, reading.ctx.now - _NEWS)}
    nexts = {f"{base}#{_tried(owed)[1] + 1}": owed for base, owed in newest.items()}
    again = alert_facts.notices(reading.conn, nexts)
    for key, owed in nexts.items():
        if key not in again:
            yield _undelivered(reading, owed)


def _tried(owed: Owed) -> tuple[str, int]:
    """The key of the first try, and which try this one was."""
    base, _, number = owed.notice.key.partition("#")
    return base, int(number) if number.isdecimal() else 1


def _undelivered(reading: Reading, owed: Owed) -> Finding:
    to, why = owed.notice.to, owed.error or owed.reason or "unknown"
    whom = to.channel or reading.name(to.rep_id)
    told = {"notice": owed.notice_id, "error": why, "channel": to.channel}
    told |= reading.rep(to.rep_id) if to.rep_id else {}
    message = f"{owed.notice.kind.replace('_', ' ')} for {whom} was not delivered: {why}"
    return Finding("A26", why, f"messages that failed: {why}", owed.notice_id, message, found=told)


FINDERS: Mapping[str, Finder] = {"A26": failing}
