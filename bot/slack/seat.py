"""A seat among the answers that are calculated at once."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from threading import BoundedSemaphore
    from types import TracebackType


class Seat:
    """One answer's place; it is free for another answer while this one waits for Slack."""

    def __init__(self, seats: BoundedSemaphore) -> None:
        """One of `seats`, which is not taken yet."""
        self._seats = seats
        self._is_taken = False

    def __enter__(self) -> Seat:
        """Wait until a seat is free."""
        self._take()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let somebody else have it."""
        self.leave()

    def leave(self) -> None:
        """Give the seat up: what is left to do is not worth waiting for one."""
        if self._is_taken:
            self._is_taken = False
            self._seats.release()

    @contextmanager
    def left(self) -> Iterator[None]:
        """Give the seat up for a while, and wait for one again afterwards; whoever had none waits for none."""
        had_one = self._is_taken
        self.leave()
        try:
            yield
        finally:
            if had_one:
                self._take()

    def _take(self) -> None:
        if not self._is_taken:
            self._seats.acquire()
            self._is_taken = True
