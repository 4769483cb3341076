"""What waits in quarantine: as a table for a spreadsheet, and tried once more."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from store import hints, quarantine, raw_records

if TYPE_CHECKING:
    from collections.abc import Sequence

    from operations.context import Context
    from store.database import Connection
    from store.quarantine import Waiting

COLUMNS = (
    "source",
    "kind",
    "record",
    "name",
    "owner",
    "code",
    "reason",
    "remedy",
    "place",
    "first_seen",
    "last_seen",
)
#: What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Retried:
    """Records that the next sync reads again by their ids, and rows that wait for another reason.

    Attributes:
        again: Records of APIs.
        files: Rows of files, which keep no records: the file has to be read again.
        owners: Rows that are stored and only wait until somebody knows their owner.
    """

    again: int
    files: int
    owners: int


def listed(ctx: Context, source: str | None = None, kind: str | None = None) -> tuple[Waiting, ...]:
    """What waits, longest first."""
    with ctx.db.read() as conn:
        return quarantine.open_rows(conn, source=source, kind=kind)


def export(ctx: Context, source: str | None = None, kind: str | None = None) -> str:
    """What waits as CSV. Text that a spreadsheet would run as a formula is written with an apostrophe before it."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in listed(ctx, source, kind):
        said = (one.source, one.kind, one.external_id, one.label, one.owner_external_id, one.code, one.detail)
        seen = (one.first_seen.isoformat(timespec="seconds"), one.last_seen.isoformat(timespec="seconds"))
        writer.writerow([_plain(text) for text in (*said, one.remedy, one.place, *seen)])
    return file.getvalue()


def retry(ctx: Context, source: str | None = None, kind: str | None = None) -> Retried:
    """What waits of APIs is read again by the next sync: its current values, with the mapping as it is then."""
    waiting = listed(ctx, source, kind)
    with ctx.db.write() as conn:
        return again(conn, ctx, waiting)


def again(conn: Connection, ctx: Context, waiting: Sequence[Waiting]) -> Retried:
    """The same of some that wait, in a transaction that writes."""
    groups = sorted({(one.source, one.kind) for one in waiting})
    told = files = 0
    for name, what in groups:
        mine = [one for one in waiting if (one.source, one.kind) == (name, what)]
        bad = sum(one.code != quarantine.OWNER_UNKNOWN for one in mine)
        held = sorted(raw_records.held(conn, name, what))
        if not held:
            files += bad
            continue
        raw_records.read_again(conn, name, what, held)
        for external_id in held:
            event = f"retry {external_id} {ctx.now.isoformat()}"
            told += hints.put(conn, name, event, (what, external_id), ctx.now)
    owners = sum(one.code == quarantine.OWNER_UNKNOWN for one in waiting)
    return Retried(told, files, owners)


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
