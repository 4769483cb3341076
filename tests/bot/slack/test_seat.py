"""Seats among the answers that are calculated at once: taken while one calculates, free while it waits for Slack."""

from __future__ import annotations

from threading import BoundedSemaphore

from bot.slack.seat import Seat


def is_free(seats: BoundedSemaphore) -> bool:
    if free := seats.acquire(blocking=False):
        seats.release()
    return free


def test_a_seat_is_free_while_its_answer_waits_for_slack_and_after_its_last_message() -> None:
    seats = BoundedSemaphore(1)
    with Seat(seats) as seat:
        assert not is_free(seats)
        with seat.left():
            assert is_free(seats)
        assert not is_free(seats)
        seat.leave()
        assert is_free(seats)
        with seat.left():
            assert is_free(seats)
        assert is_free(seats), "what was given up is not waited for again"
    assert is_free(seats)


def test_what_fails_leaves_its_seat() -> None:
    seats = BoundedSemaphore(1)
    try:
        with Seat(seats) as seat, seat.left():
            raise LookupError
    except LookupError:
        assert is_free(seats)
