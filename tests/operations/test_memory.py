"""What is worked out once is not worked out again, and a failure is not remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from operations import memory
from operations.memory import Memory

if TYPE_CHECKING:
    from store.database import Database


class Counter:
    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> int:
        self.calls += 1
        return self.calls


def test_a_key_is_worked_out_once() -> None:
    kept, count = Memory(), Counter()
    assert [kept.recall("a", count), kept.recall("a", count), kept.recall("b", count)] == [1, 1, 2]


def test_the_key_longest_unused_goes_first() -> None:
    kept, count = Memory(capacity=2), Counter()
    for key in ("a", "b", "a", "c"):
        kept.recall(key, count)
    assert kept.recall("a", count) == 1
    assert kept.recall("b", count) == 4


def test_a_failure_is_not_remembered() -> None:
    kept = Memory()

    def fail() -> int:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        kept.recall("a", fail)
    assert kept.recall("a", lambda: 7) == 7


def test_each_database_has_its_own(sqlite_database: Database) -> None:
    assert memory.of(sqlite_database) is memory.of(sqlite_database)
