"""Answers already worked out, kept while the facts stand still.

An answer follows from the question, the subject, the day and the facts that can matter to the subject, whose newest
change `store.touched` knows: what is remembered under these four is never out of date. Only what does not follow from
them, such as the age of the data, is looked up each time.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, TypeVar, cast
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from store.database import Database

T = TypeVar("T")
#: How many are kept for one database; a rep's calculation is the largest of them and takes some 200 kB.
CAPACITY = 300


class Memory:
    """The newest answers of one database; safe to share between threads."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._kept: OrderedDict[Hashable, object] = OrderedDict()
        self._lock = Lock()

    def recall(self, key: Hashable, work_out: Callable[[], T]) -> T:
        """What is kept under `key`, else what `work_out` returns, which is kept; nothing is kept when it raises."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return cast("T", self._kept[key])
        found = work_out()
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > self._capacity:
                self._kept.popitem(last=False)
        return found


_memories: WeakKeyDictionary[Database, dict[str, Memory]] = WeakKeyDictionary()
_opening = Lock()


def of(db: Database, shelf: str = "answers", capacity: int = CAPACITY) -> Memory:
    """The memory that goes with an open database; what is small and many, or large, has a shelf of its own."""
    with _opening:
        shelves = _memories.setdefault(db, {})
        return shelves.setdefault(shelf, Memory(capacity))
