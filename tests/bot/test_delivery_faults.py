"""A store that fails while messages go out: locked, full, read-only, restarted. One message each, none lost."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk import WebClient
from sqlalchemy import create_engine, event

from bot.delivery import Delivery, let_all
from bot.dispatch import LEASE
from bot.wiring import Services
from store import outbox
from store.database import Database
from store.errors import DatabaseBusy, DatabaseFull, DatabaseReadOnly, StoreError
from tests.bot.post_room import ADA, BEN, NOW, OPS, PostRoom, changed, told, won

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def room(sqlite_database: Database) -> Iterator[PostRoom]:
    found = PostRoom(sqlite_database)
    yield found
    found.close()


class Meanwhile(WebClient):
    """Something happens to the store once Slack has a message and before we hear of it."""

    happens: Callable[[], object]

    def api_call(self, api_method: str, **given: Any) -> Any:
        found = super().api_call(api_method, **given)
        if api_method == "chat.postMessage":
            self.happens()
        return found


def meanwhile(room: PostRoom, happens: Callable[[], object]) -> Meanwhile:
    client = Meanwhile(token=room.token, base_url=room.server.api_url, timeout=5, retry_handlers=[])
    client.happens = happens
    return client


def hasty(room: PostRoom, client: WebClient) -> Delivery:
    """A worker that waits for the store as long as a test may take."""
    url = room.db.engine.url.render_as_string(hide_password=False)
    services = Services(
        Database.open(url, busy_timeout_ms=20), room.services.settings, room.clock, room.services.pool
    )
    return Delivery(services, client, let_all, room.clock.wait)


def test_what_was_sent_while_the_store_was_locked_is_found_not_sent_again(room: PostRoom) -> None:
    other = sqlite3.connect(str(room.db.engine.url.database), isolation_level=None)
    room.owe(changed(room.to(ADA), "duty"))
    with pytest.raises(DatabaseBusy):
        hasty(room, meanwhile(room, lambda: other.execute("BEGIN IMMEDIATE"))).round()
    assert room.states() == {"leased": 1}
    other.close()
    room.clock.advance(LEASE * 2)
    room.run()
    assert (room.states(), len(room.posts(ADA))) == ({"sent": 1}, 1)
    assert room.row("duty").reason == "found in Slack"


@pytest.mark.parametrize(("code", "error"), [(sqlite3.SQLITE_FULL, DatabaseFull), (sqlite3.SQLITE_IOERR, StoreError)])
def test_a_store_that_fails_once_after_sending_is_asked_again(
    room: PostRoom, code: int, error: type[StoreError]
) -> None:
    failing = [code]

    def fail(*_: object) -> None:
        if failing and room.posts(ADA):
            broken = sqlite3.OperationalError("failed")
            broken.sqlite_errorcode = failing.pop()
            raise broken

    event.listen(room.db.engine, "before_cursor_execute", fail)
    room.owe(won(room.to(ADA), "nudge"))
    assert room.worker().round().sent == 1
    assert failing == []
    assert len(room.posts(ADA)) == 1


def test_nothing_is_sent_that_cannot_be_marked(room: PostRoom) -> None:
    worker = room.worker()
    room.owe(won(room.to(ADA), "nudge"), told(OPS, "told"))

    def only_read(connection: Any, _record: object, _proxy: object) -> None:
        connection.execute("PRAGMA query_only = ON")

    event.listen(room.db.engine, "checkout", only_read)
    with pytest.raises(DatabaseReadOnly):
        worker.round()
    event.remove(room.db.engine, "checkout", only_read)
    assert room.all_posts() == []
    room.db.engine.dispose()
    room.run(worker)
    assert (len(room.posts(ADA)), len(room.posts("#revops"))) == (1, 1)


def test_a_full_disk_keeps_nothing_by_halves_and_goes_on_once_there_is_room(room: PostRoom) -> None:
    limit = ["PRAGMA max_page_count = 1"]  # SQLite takes the size it has as the least

    def limited(connection: Any, _record: object, _proxy: object) -> None:
        connection.execute(limit[0])

    event.listen(room.db.engine, "checkout", limited)
    many = [told(room.to(ADA), f"told{each}") for each in range(400)]
    with pytest.raises(DatabaseFull, match="disk"), room.db.write() as conn:
        outbox.put(conn, many, NOW)
    assert room.states() == {}
    limit[0] = "PRAGMA max_page_count = 1000000"
    with room.db.write() as conn:
        assert outbox.put(conn, many, NOW) == 400


def test_when_every_connection_is_in_use_it_is_said(sqlite_database: Database) -> None:
    engine = create_engine(sqlite_database.engine.url, pool_size=1, max_overflow=0, pool_timeout=0.05)
    narrow = Database(engine)
    with narrow.read() as held:
        with pytest.raises(DatabaseBusy, match="every connection is in use"), narrow.read():
            pass
        assert outbox.counts(held) == {}
    with narrow.read() as free:
        assert outbox.counts(free) == {}
    engine.dispose()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_server_that_restarts_at_any_moment_costs_no_message_and_sends_none_twice(database: Database) -> None:
    """Each restart ends every connection, at another statement of what a round does."""
    room, admin = PostRoom(database), create_engine(database.engine.url, isolation_level="AUTOCOMMIT")
    countdown, restarts = [0], [0]

    def restart(conn: Any, *_: object) -> None:
        countdown[0] -= 1
        if countdown[0] == 0:
            restarts[0] += 1
            with admin.connect() as other:
                ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'attain'"
                other.exec_driver_sql(f"{ended} AND datname = current_database()")

    event.listen(room.db.engine, "before_cursor_execute", restart)
    for number, moment in enumerate((2, 5, 9, 12, 15, 17)):
        room.owe(changed(room.to(ADA if number % 2 else BEN), f"duty{number}"))
        countdown[0] = moment
        worker = room.worker()
        for _ in range(3):
            try:
                worker.round()
            except StoreError:
                room.clock.wait(1)
            room.clock.wait(2)
        countdown[0] = 0
    room.clock.advance(LEASE * 2)
    room.run()
    admin.dispose()
    said = (restarts[0], room.states(), len(room.posts(ADA)) + len(room.posts(BEN)))
    room.close()
    assert said == (6, {"sent": 6}, 6)
