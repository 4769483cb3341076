"""Small writes of many threads in one transaction: whoever finds nobody writing writes for all who wait.

Threads that queue for the same lock, each for a commit of its own, pay for every hand-over with a turn at Python's
interpreter lock. Here the first one stores what the others have brought until then, and wakes them.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection

T = TypeVar("T")
#: A transaction with more than this many writes keeps the first of them waiting for the last.
MOST_AT_ONCE = 100


class _Wish(Generic[T]):
    """One write that somebody waits for, and how it ended."""

    def __init__(self, job: Callable[[Connection], T]) -> None:
        self.job = job
        self.is_over = False
        self._found: T | None = None
        self._error: BaseException | None = None
        self._asleep = Lock()
        self._asleep.acquire()

    def sleep(self) -> None:
        """Wait until it is over, or until it is its turn to write for everybody."""
        self._asleep.acquire()

    def wake(self) -> None:
        self._asleep.release()

    def work_out(self, conn: Connection) -> None:
        self._found = self.job(conn)

    def end(self, error: BaseException | None = None) -> None:
        self._error = error
        self.is_over = True

    def outcome(self) -> T:
        """What the job returned, once that is stored; else the error that kept it from being stored."""
        if self._error is not None:
            raise self._error
        return cast("T", self._found)


class JoinedWrites:
    """The writes of one database that may share a transaction; safe to use from many threads."""

    def __init__(self, write: Callable[[], AbstractContextManager[Connection]]) -> None:
        """Store through `write`, which opens a transaction."""
        self._write = write
        self._lock = Lock()
        self._waiting: list[_Wish[object]] = []
        self._is_writing = False

    def run(self, job: Callable[[Connection], T]) -> T:
        """What `job` returns, once it is stored. A job that fails takes no other with it.

        Args:
            job: Writes a few rows. It may be run a second time, after a transaction that was rolled back.
        """
        mine: _Wish[T] = _Wish(job)
        with self._lock:
            self._waiting.append(cast("_Wish[object]", mine))
            leads, self._is_writing = not self._is_writing, True
        if not leads:
            mine.sleep()
        if not mine.is_over:
            self._write_for_all(cast("_Wish[object]", mine))
        return mine.outcome()

    def _write_for_all(self, mine: _Wish[object]) -> None:
        """Store what waits, wake whoever brought it, and leave the rest to the next in line."""
        taken: list[_Wish[object]] = []
        try:
            self._store(taken)
        except BaseException as error:
            for wish in taken:
                if not wish.is_over:
                    wish.end(error)
            raise
        finally:
            with self._lock:
                self._waiting = [wish for wish in self._waiting if wish is not mine]
                heir = self._waiting[0] if self._waiting else None
                self._is_writing = heir is not None
            for wish in taken:
                if wish is not mine:
                    wish.wake()
            if heir is not None:
                heir.wake()

    def _store(self, taken: list[_Wish[object]]) -> None:
        try:
            with self._write() as conn:
                taken += self._take()  # not before the transaction has begun: more come while it waits for that
                for wish in taken:
                    wish.work_out(conn)
        except Exception as error:  # noqa: BLE001 - whatever it is, each of them is told its own
            if len(taken) > 1:
                self._store_each_alone(taken)
                return
            # Where the transaction did not begin, it would not for the next in line either.
            taken += self._take() if not taken else []
            _end(taken, error)
        else:
            _end(taken)

    def _store_each_alone(self, taken: list[_Wish[object]]) -> None:
        """Store several writes of which one failed."""
        for wish in taken:
            try:
                with self._write() as conn:
                    wish.work_out(conn)
            except Exception as error:  # noqa: BLE001 - raised where the write was asked for
                wish.end(error)
            else:
                wish.end()

    def _take(self) -> list[_Wish[object]]:
        with self._lock:
            taken, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
        return taken


def _end(wishes: list[_Wish[object]], error: BaseException | None = None) -> None:
    for wish in wishes:
        wish.end(error)
