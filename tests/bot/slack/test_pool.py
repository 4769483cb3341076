"""The work pool: bounded, honest when full, and it finishes what it took."""

from __future__ import annotations

from threading import Event

from bot.slack.pool import WorkPool


def test_every_job_runs() -> None:
    pool, done = WorkPool(4, 100), []
    assert all(pool.hand_on(lambda n=n: done.append(n)) for n in range(50))
    assert pool.wait_idle()
    assert sorted(done) == list(range(50))
    assert pool.close()


def test_a_full_queue_turns_the_next_away() -> None:
    pool, gate, begun = WorkPool(1, 2), Event(), Event()

    def slow() -> None:
        begun.set()
        gate.wait(5)

    assert pool.hand_on(slow)
    assert begun.wait(5)
    assert pool.hand_on(lambda: None)
    assert pool.hand_on(lambda: None)
    assert not pool.hand_on(lambda: None)
    gate.set()
    assert pool.close()


def test_a_job_that_fails_does_not_cost_a_thread() -> None:
    pool, done = WorkPool(1, 10), []

    def fail() -> None:
        raise RuntimeError

    for _ in range(3):
        pool.hand_on(fail)
    pool.hand_on(lambda: done.append(1))
    assert pool.wait_idle()
    assert done == [1]
    assert pool.close()


def test_a_closed_pool_takes_nothing() -> None:
    pool = WorkPool(1, 10)
    pool.close()
    assert not pool.hand_on(lambda: None)


def test_closing_does_not_wait_for_ever() -> None:
    pool, gate = WorkPool(1, 10), Event()
    pool.hand_on(lambda: gate.wait(5) and None)
    pool.hand_on(lambda: None)
    assert not pool.close(timeout=0.2)
    gate.set()
