"""Reading one kind of an API: what changed, the last hours again, everything, or everything for the first time.

|Mode|Reads|Watermark afterwards|
|---|---|---|
|incremental|`[watermark - overlap, the source's clock - lag)`|the end of the window; of a cut one, its last full key|
|settle|the last two hours again|unchanged|
|sweep|everything, then what it did not show, by id|unchanged|
|backfill|everything, resumable page by page|when it began|
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from engine.problems import Problem
from operations import field_news
from operations.intake import ceiling
from operations.raw_intake import Intake
from operations.sync_run import REFUSED, KindResult
from store import hints, leases, raw_records
from store import sync as syncs

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from operations.raw_intake import Outcome
    from operations.sources import Feed, Mode, RawPage
    from operations.sync_run import SyncRun
    from store.sync import State

#: How far back a settling run looks: a change that a search shows later than that is left to the sweep.
SETTLE = timedelta(hours=2)

#: A sweep or backfill that was cut goes on within this time; later it starts over.
RESUMABLE = timedelta(hours=20)

#: Records that are read by id at once.
BATCH = 100

#: Kept records that are read with a new mapping at once.
AGAIN = 2_000

#: Kinds that mean nothing, or the wrong thing, while another could not be read: a deal without its splits would be
#: paid to its owner alone.
NEEDS = {"placement": "person", "quota": "person", "assignment": "person", "deal": "split"}

#: Failures that every other kind would meet too: they end the run.
ENDING = frozenset({"Transient", "QuotaSpent", "AuthRefused"})
EVERYTHING = "everything"


def order(feed: Feed) -> tuple[str, ...]:
    """The feed's kinds, splits before deals, so that no deal is counted whole for want of its splits."""
    kinds = [kind for kind in feed.kinds if kind != "split"]
    if "split" in feed.kinds:
        kinds.insert(kinds.index("deal") if "deal" in kinds else len(kinds), "split")
    return tuple(kinds)


def read_kind(run: SyncRun, feed: Feed, kind: str) -> KindResult:
    """What reading the kind did; it ends in the state from which the next reading goes on."""
    reading = _begin(run, feed, kind)
    calls = feed.calls()
    if reading.mode != "backfill":
        reading.settle_mapping()
        reading.follow_hints()
    if reading.is_sound and reading.has_window:
        reading.read()
    if reading.mode == "backfill":  # only now the kept bodies have every field that the mapping names
        reading.settle_mapping()
    if reading.is_sound and reading.mode == "sweep":
        reading.bury_absent()
    if reading.is_sound:
        reading.finish()
    return replace(reading.result, api_calls=feed.calls() - calls, mode=reading.mode)


@dataclass(slots=True)
class Reading:
    """One kind being read."""

    run: SyncRun
    feed: Feed
    kind: str
    mode: Mode
    state: State
    intake: Intake
    result: KindResult
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_sound(self) -> bool:
        """Whether nothing was refused so far."""
        return self.result.status != REFUSED

    @property
    def has_window(self) -> bool:
        """Whether there is anything to ask for: a clock that was put back leaves no window."""
        return self.since is None or self.until is None or self.since < self.until

    @property
    def place(self) -> dict[str, Any]:
        """Where this mode goes on, what began when, and for a sweep its number."""
        found: dict[str, Any] = self.state.resume.get(self.mode, {})
        return found

    def settle_mapping(self) -> None:
        """Kept records that were read with another mapping are read with this one."""
        source, hash_ = self.feed.name, self.intake.mapping_hash
        limit = None if self.feed.is_whole(self.kind) else AGAIN
        while self.is_sound:
            with self.run.ctx.db.read() as conn:
                kept = raw_records.to_read_again(conn, source, self.kind, hash_, limit)
            if not kept:
                return
            self._taken(self.intake.again(kept, self.state), counts=False)

    def read(self) -> None:
        """Every page of what is asked for, each stored with the place to go on from it."""
        complete = False
        with closing(self._pages()) as pages:
            for page in pages:
                if page.refused:
                    self.refuse(page.refused)
                    return
                self.state = self._after(page)
                self._taken(self.intake.take(page.records, page.read_at, self.state))
                if not self.is_sound:
                    return
                complete = complete or page.complete
                self._tell(page)
        if not complete:
            self.refuse((_cut_short(self.feed.name, self.kind),))

    def bury_absent(self) -> None:
        """What a complete sweep did not show is read by id; what the source really does not have is deleted.

        If that is more than the ceiling allows, nothing is deleted and somebody has to approve it.
        """
        with self.run.ctx.db.read() as conn:
            began = datetime.fromisoformat(self.place["from"])
            absent = raw_records.unseen(conn, self.feed.name, self.kind, self.intake.sweep, began)
            most = ceiling(raw_records.live_count(conn, self.feed.name, self.kind))
        if self.run.options.delete_any:
            most = len(absent)
        self._bury(absent, most)

    def follow_hints(self) -> None:
        """Records that a webhook named are read by id; what is gone is deleted, within the ceiling."""
        if not self.is_sound:
            return
        with self.run.ctx.db.read() as conn:
            waiting = hints.pending(conn, self.feed.name, self.kind)
            most = ceiling(raw_records.live_count(conn, self.feed.name, self.kind)) if waiting else 0
        if not waiting:
            return
        self._bury(sorted({one.external_id for one in waiting}), most)
        if self.is_sound:
            with self.run.ctx.db.write() as conn:
                self.run.keep(conn)
                hints.done(conn, [one.hint_id for one in waiting], self.run.ctx.now)

    def finish(self) -> None:
        """The reading is complete, and on record as such."""
        resume = {name: value for name, value in self.state.resume.items() if name != self.mode}
        resume["columns"] = sorted(self.feed.columns(self.kind))
        watermark = self.state.watermark_at
        if self.mode == "backfill":
            watermark = datetime.fromisoformat(self.place["from"])
        now = self.run.ctx.now
        known = min(now, watermark) if watermark is not None else now
        state = replace(self.state, resume=resume, watermark_at=watermark, finished_at=known)
        with self.run.ctx.db.write() as conn:
            leases.check(conn, self.run.lease, self.run.token)
            syncs.set_state(conn, state)
        self.state = state

    def refuse(self, problems: Sequence[Problem]) -> None:
        """The reading ends here; what was stored stays."""
        code = problems[0].code if problems else ""
        self.result = replace(self.result, status=REFUSED, problems=tuple(problems), error_class=code)

    def _pages(self) -> Generator[RawPage]:
        yield from self.feed.pages(self.kind, self.mode, self.since, self.until, self.place.get("at", {}))

    def _after(self, page: RawPage) -> State:
        """Where the next reading goes on once the page is stored."""
        if self.mode in ("backfill", "sweep"):
            place = self.place | {"at": page.resume, "total": page.total}
            return replace(self.state, resume=self.state.resume | {self.mode: place})
        if self.mode != "incremental":
            return self.state
        reached = page.safe_watermark
        if reached is None and page.complete:
            reached = self.until
        if reached is None:
            return self.state
        # Whatever a source says: nothing younger than its lag is known to be complete.
        reached = min(reached, page.read_at - self.feed.lag)
        before = self.state.watermark_at
        return replace(self.state, watermark_at=reached if before is None else max(before, reached))

    def _bury(self, ids: Sequence[str], most: int) -> None:
        missing: list[str] = []
        read_at = self.feed.now()
        for start in range(0, len(ids), BATCH):
            page = self.feed.read(self.kind, ids[start : start + BATCH])
            if page.refused:
                self.refuse(page.refused)
                return
            self._taken(self.intake.take(page.records, page.read_at, self.state), counts=False)
            missing += sorted(set(page.missing) & set(ids[start : start + BATCH]))
            read_at = page.read_at
            if len(missing) > most or not self.is_sound:
                break
        if len(missing) > most:
            self.result = replace(self.result, spared=len(ids))
        elif missing and self.is_sound:
            with self.run.ctx.db.read() as conn:
                kept = raw_records.get(conn, self.feed.name, self.kind, missing)
            self._taken(self.intake.bury(kept, read_at, self.state), counts=False)

    def _tell(self, page: RawPage) -> None:
        """How far the reading is: to who asked for it, and on record for everybody else."""
        if self.run.progress is not None:
            self.run.progress(self.kind, self.result.read, page.total)
        if not page.complete:
            with self.run.ctx.db.write() as conn:
                syncs.set_mode(conn, self.run.run_id, self.mode)
                syncs.note_progress(conn, self.run.run_id, self.result.pages, self.result.read)

    def _taken(self, outcome: Outcome, counts: bool = True) -> None:
        """The outcome of a page added to the result; records that were not asked for are not counted as read."""
        if outcome.refused:
            self.refuse(outcome.refused)
            return
        if outcome.applied is None:
            return
        result, facts = self.result, outcome.applied.facts
        read = outcome.read if counts else 0
        new = facts.inserted + facts.changed
        self.result = replace(
            result,
            pages=result.pages + 1,
            read=result.read + read,
            skipped=result.skipped + (outcome.skipped if counts else 0),
            inserted=result.inserted + facts.inserted,
            changed=result.changed + facts.changed,
            unchanged=result.unchanged + max(0, read - new - outcome.skipped - outcome.rejected),
            deleted=result.deleted + facts.deleted,
            held=result.held + outcome.applied.held,
            released=result.released + outcome.released,
        )


def _begin(run: SyncRun, feed: Feed, kind: str) -> Reading:
    """The reading with its mode, its window and its place decided."""
    with run.ctx.db.read() as conn:
        state = syncs.state(conn, feed.name, kind)
    state = replace(state, config_hash=feed.config_hash, interval_seconds=feed.interval_seconds)
    wanted: Mode = "sweep" if run.options.reread else run.options.mode
    mode = "backfill" if _needs_everything(feed, kind, state) else wanted
    reading = Reading(run, feed, kind, mode, state, Intake(run, feed, kind), KindResult(kind))
    now = feed.now()
    if mode in ("backfill", "sweep"):
        _resume(reading, now)
    else:
        until = now - feed.lag
        reached = state.watermark_at or until
        reading.since = min(reached, until - SETTLE) if mode == "settle" else reached - feed.overlap
        reading.until = until
    return reading


def _needs_everything(feed: Feed, kind: str, state: State) -> bool:
    """Whether the kind was never read to its end, or the mapping names a field that no kept record has."""
    columns = state.resume.get("columns")
    if state.watermark_at is None or columns is None or "backfill" in state.resume:
        return True
    return not set(feed.columns(kind)) <= set(columns)


def _resume(reading: Reading, now: datetime) -> None:
    """A reading that was cut lately goes on; one that begins looks whether the account has changed."""
    feed, place = reading.feed, reading.place
    columns = sorted(feed.columns(reading.kind))
    fresh = (
        not place
        or place.get("columns") != columns
        or not timedelta(0) <= now - datetime.fromisoformat(place["from"]) <= RESUMABLE
    )
    if fresh:
        number = raw_records.micros(reading.run.now())
        place = {"from": (now - feed.lag).isoformat(), "number": number, "columns": columns, "at": {}}
        resume = reading.state.resume | {reading.mode: place}
        reading.state = replace(reading.state, resume=resume)
        _watch_account(reading)
        reading.state = field_news.watched(reading.state, feed.types(reading.kind))
    if reading.mode == "sweep":
        reading.intake.sweep = int(place["number"])


def _watch_account(reading: Reading) -> None:
    """Records are read again when the account means something else by a stage, a day or an amount."""
    said = reading.feed.account_hash()
    before = reading.state.resume.get("account", said)
    if said:
        reading.state = replace(reading.state, resume=reading.state.resume | {"account": said})
    if said and before and said != before:
        with reading.run.ctx.db.write() as conn:
            reading.run.keep(conn)
            raw_records.read_again(conn, reading.feed.name, reading.kind)


def _cut_short(source: str, kind: str) -> Problem:
    return Problem(
        code="Transient",
        message=f"the {kind} records ended before the source said that they were all",
        remedy="Nothing to do: the next sync goes on from here",
        where=source,
    )
