"""A sync that somebody asked for, or that takes long: told in one message that is kept up to date."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from engine.notices import Notice, Recipient
from store import outbox, people, sync_wishes
from store import sync as syncs
from store.sync_wishes import Wish

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from operations.context import Context
    from operations.sync import SyncSummary

KIND = "sync_progress"
#: A message is brought up to date so often at most; a sync of the schedule that ends sooner is not told at all.
EVERY = timedelta(seconds=10)
LONG = timedelta(seconds=30)
#: A message about a sync that is as old says nothing any more.
WORTH = timedelta(days=1)
MOST_PROBLEMS = 3


def ask(ctx: Context, reason: str) -> tuple[str, ...]:
    """The sources that the worker will sync at once because of it; one that is asked for already stays so."""
    with ctx.db.write() as conn:
        names = sorted({state.source for state in syncs.states(conn)} | {key[0] for key in syncs.newest_runs(conn)})
        new = [name for name in names if not any(wish.what == "now" for wish in sync_wishes.undone(conn, name))]
        for name in new:
            sync_wishes.put(conn, Wish(name, "now", ctx.actor_name, reason), ctx.now)
    return tuple(names)


def to_whom(ctx: Context, emails: Iterable[str]) -> tuple[Recipient, ...]:
    """Those people, as recipients; whom nobody knows is left out."""
    with ctx.db.read() as conn:
        found = (people.by_email(conn, email) for email in sorted(set(emails)))
        return tuple(Recipient(person.rep_id) for person in found if person is not None)


@dataclass(slots=True)
class Watch:
    """Tells how far one sync is: handed to `operations.sync.run` as its progress.

    Attributes:
        ctx: Where notices are owed, and since when the sync runs.
        source: What is synced.
        to: Who is told from the beginning; empty tells `channel`, and only of a sync that takes long.
        channel: The channel of ops; "" tells nobody.
        clock: Tells the time.
    """

    ctx: Context
    source: str
    to: tuple[Recipient, ...]
    channel: str
    clock: Any
    read: dict[str, int] = field(default_factory=dict)
    told_at: datetime | None = None
    number: int = 0

    def __call__(self, kind: str, read: int, total: int | None) -> None:
        """So many records of the kind are stored."""
        now = self.clock.now()
        self.read[kind] = read
        waits = timedelta(0) if self.to else LONG
        due = now - self.ctx.now >= waits if self.told_at is None else now - self.told_at >= EVERY
        if due:
            self._tell({"state": "running", "kind": kind, "read": read, "total": total}, now)

    def end(self, summary: SyncSummary) -> None:
        """The sync is over: the message says how it went, if there is one or somebody waits for it."""
        if not self.to and self.told_at is None:
            return
        state = "busy" if summary.busy else "done" if summary.ok else "refused"
        problems = [problem.message for problem in summary.problems[:MOST_PROBLEMS]]
        said = {"state": state, "read": summary.read, "changed": summary.changed, "held": summary.held}
        self._tell(said | {"problems": problems, "more": len(summary.problems) - len(problems)}, self.clock.now())

    def _tell(self, said: dict[str, Any], now: datetime) -> None:
        recipients = self.to or ((Recipient(channel=self.channel),) if self.channel else ())
        with self.ctx.db.write() as conn:
            outbox.put(conn, [self._notice(one, said, now) for one in recipients], now)
        self.told_at = now
        self.number += 1

    def _notice(self, to: Recipient, said: dict[str, Any], now: datetime) -> Notice:
        topic = f"sync:{self.source}:{self.ctx.now.isoformat()}:{to.key}"
        seconds = int((now - self.ctx.now).total_seconds())
        return Notice(
            key=f"{topic}:{self.number}",
            kind=KIND,
            to=to,
            data={"source": self.source, "seconds": seconds, **said},
            topic=topic,
            edits=topic if self.number else "",
            expires_at=self.ctx.now + WORTH,
        )
