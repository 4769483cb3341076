"""A calculation that moves very many figures tells nobody one by one, and knows how many had seen theirs."""

from __future__ import annotations

from datetime import date
from typing import Any

from engine.dates import Period
from engine.money import Money
from operations import pay_notices
from operations.pay_notices import MOST_PEOPLE, Before
from store.runs import Statement

AUGUST = Period("2026-08", date(2026, 8, 1), date(2026, 9, 1))
#: A run of so many is not looked at any closer.
UNREAD: Any = None


def statements(people: int, minor: int) -> tuple[Statement, ...]:
    return tuple(Statement(rep_id, AUGUST, 1, Money(minor, "USD")) for rep_id in range(1, people + 1))


def test_who_saw_a_figure_that_moved_for_very_many_is_counted() -> None:
    people = MOST_PEOPLE + 1
    was = Before(statements(people, 100), told=frozenset({1, 2, people + 7}))
    told = pay_notices.of(UNREAD, UNREAD, UNREAD, statements(people, 200), was)
    assert (told.won, told.changed, told.unsaid) == ((), (), 2)


def test_nothing_that_stays_is_counted() -> None:
    was = Before(statements(MOST_PEOPLE + 1, 100), told=frozenset({1, 2}))
    same = pay_notices.of(UNREAD, UNREAD, UNREAD, statements(MOST_PEOPLE + 1, 100), was)
    new = pay_notices.of(UNREAD, UNREAD, UNREAD, statements(MOST_PEOPLE + 1, 100), Before((), frozenset({1})))
    assert (same.unsaid, new.unsaid) == (0, 0)
