"""Fixes about the machine: syncs, rows in quarantine, deletions, calculations, messages; and to let things be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from operations import quarantined
from operations.errors import FixRefused
from operations.fixes.work import Done
from store import outbox, preferences, quarantine, runs, sync_wishes
from store.changes import watermark
from store.sync_wishes import Wish

if TYPE_CHECKING:
    from collections.abc import Mapping

    from operations.fixes.work import Effect, Work
    from store.sync_wishes import What


def retry_sync(work: Work) -> Done:
    """The source is synced as soon as the worker looks, before its schedule."""
    source = work.found("source")
    if not source:
        raise FixRefused("This finding names no source. Sync where the rates come from: `attain sync`.")
    _wish(work, source, "now")
    return Done(f"asked for a sync of {source}")


def approve_deletion(work: Work) -> Done:
    """The next sync deletes what the source no longer shows, however much it is, once."""
    source = work.found("source")
    _wish(work, source, "delete")
    return Done(f"approved the deletion of {work.found('spared')} records of {work.found('kind')} in {source}")


def _wish(work: Work, source: str, what: What) -> None:
    wish = Wish(source, what, work.ctx.actor_name, work.told.reason)
    sync_wishes.put(work.conn, wish, work.ctx.now)


def retry_rows(work: Work) -> Done:
    """The records are read again at their source, with the mapping as it is then."""
    named = {(one.found.get("kind", ""), one.found.get("record", "")) for one in work.items}
    source = work.found("source")
    waiting = [row for row in quarantine.open_rows(work.conn, source=source) if (row.kind, row.external_id) in named]
    again = quarantined.again(work.conn, work.ctx, waiting)
    _wish(work, source, "reread" if again.files else "now")
    return Done(f"asked {source} for {len(waiting)} records again")


def refuse_row(work: Work) -> Done:
    """The record is left out for good, as long as its source says the same of it."""
    item = work.item()
    named = (item.found.get("source", ""), item.found.get("kind", ""), item.found.get("record", ""))
    if not quarantine.refuse(work.conn, *named, work.ctx.now):
        raise FixRefused("This record waits no more.")
    return Done(f"refused {named[2]} of {named[0]}")


def rerun(work: Work) -> Done:
    """Those whom the findings name are calculated again; everybody where they name nobody."""
    reps = {int(one.found["rep"]) for one in work.items if one.found.get("rep", "").isdecimal()}
    if reps:
        runs.mark_stale(work.conn, reps, watermark(work.conn))
    else:
        runs.mark_all_stale(work.conn)
    return Done(f"asked for a calculation of {f'{len(reps)} people' if reps else 'everybody'}")


def resend(work: Work) -> Done:
    """The message is owed once more, under a new key."""
    item = work.item()
    if not outbox.clone(work.conn, item.found.get("notice", ""), work.ctx.now):
        raise FixRefused("This message is no longer among the undelivered ones.")
    return Done("sent the message again")


def accept(work: Work) -> Done:
    """It may stay as it is; it comes back once something else is found. Of an unsigned plan it is a waiver."""
    return _waive(work) if work.alert.code == "A25" else Done(f"accepted it: {work.told.reason}")


def _waive(work: Work) -> Done:
    """Nobody of these has to acknowledge the version any more: for each a waiver on record, with the change."""
    change_id = work.change(f"waive the acknowledgement of {work.alert.subject} for {len(work.items)} people")
    for item in work.items:
        topic, rep = item.found.get("topic", ""), item.found.get("rep", "")
        if topic and rep.isdecimal():
            preferences.acknowledge(work.conn, int(rep), preferences.waived(topic), work.ctx.now)
    return Done(f"recorded a waiver for {len(work.items)} people: {work.told.reason}", change_id)


EFFECTS: Mapping[str, Effect] = {
    "retry_sync": retry_sync,
    "approve_deletion": approve_deletion,
    "retry_rows": retry_rows,
    "refuse_row": refuse_row,
    "rerun": rerun,
    "resend": resend,
    "accept": accept,
}
