"""The threads that do the work after the ack: few, bounded, and honest when there is too much."""

from __future__ import annotations

from queue import Empty, Full, Queue
from threading import Condition, Event, Thread
from typing import TYPE_CHECKING

from bot.log import Journal

if TYPE_CHECKING:
    from collections.abc import Callable

_journal = Journal("bot.slack.pool")


class WorkPool:
    """Runs jobs on `threads` threads; `queue` more may wait, the next one is turned away."""

    def __init__(self, threads: int = 8, queue: int = 500) -> None:
        """Prepare; the threads start with the first job."""
        self._size = threads
        self._jobs: Queue[Callable[[], None] | None] = Queue(maxsize=queue)
        self._threads: list[Thread] = []
        self._changed = Condition()
        self._open = 0
        #: Set once the pool takes no more jobs.
        self.closed = Event()

    def hand_on(self, job: Callable[[], None]) -> bool:
        """Queue `job`, which must not raise; False when the queue is full or the pool is closed."""
        with self._changed:
            if self.closed.is_set():
                return False
            self._start()
            try:
                self._jobs.put_nowait(job)
            except Full:
                return False
            self._open += 1
        return True

    def wait_idle(self, timeout: float = 10.0) -> bool:
        """Wait until no job waits or runs; False when that took longer than `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self._open == 0, timeout)

    def close(self, timeout: float = 10.0) -> bool:
        """Finish what was taken, then stop; False when jobs were still running after `timeout` seconds.

        A job that is cut off stays in the inbox and is taken up by the next process.
        """
        with self._changed:
            self.closed.set()
        done = self.wait_idle(timeout)
        if not done:
            self._drop_waiting()
        for _ in self._threads:
            self._jobs.put(None)
        return done

    def _start(self) -> None:
        """Start the threads once."""
        while len(self._threads) < self._size:
            thread = Thread(target=self._work, name=f"attain-work-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except Exception as error:  # noqa: BLE001 - a thread that dies would shrink the pool without a word
                _journal.error("job failed outside its own handler", error)
            finally:
                with self._changed:
                    self._open -= 1
                    self._changed.notify_all()

    def _drop_waiting(self) -> None:
        """Empty the queue so that the threads can end; the inbox still has the rows."""
        while True:
            try:
                self._jobs.get_nowait()
            except Empty:
                return
