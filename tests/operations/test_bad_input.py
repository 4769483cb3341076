"""What a service may answer at its worst: each is named on record, none is half applied, the next sync mends it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from connectors.http import MAX_BYTES, Wire
from connectors.mapping import load
from connectors.registry import Outside, open_source
from operations import sync
from operations.context import Context
from store import changes, facts
from store import sync as syncs

if TYPE_CHECKING:
    from collections.abc import Callable

    from store.database import Database

NOW = datetime(2026, 3, 29, 12, tzinfo=UTC)
MAPPING = """\
version: 1
sources:
  nps: {type: http_json, base_url: "https://api.example.com/v1"}
kinds:
  achievement:
    from: nps
    path: /scores
    items: items
    key: id
    paging: cursor
    cursor: next
    cursor_param: after
    fields: {person: who, name: {constant: nps}, on: day, record: id, value: score, unit: {constant: number}}
"""


def page(after: str, **said: Any) -> httpx.Response:
    """The good answer: two pages of two scores."""
    first = after == ""
    rows = [{"id": f"{after}{n}", "who": "E-1", "day": "2026-03-28", "score": "71.5"} | said for n in ("1", "2")]
    return httpx.Response(200, json={"items": rows, "next": "b" if first else None})


def spoiled(content: bytes, status: int = 200, **headers: str) -> Callable[[str], httpx.Response]:
    return lambda _: httpx.Response(status, content=content, headers=headers)


#: The second page, spoiled; and the class of the failure that goes on record.
BAD: dict[str, tuple[Callable[[str], httpx.Response], str]] = {
    "more than ten megabytes": (spoiled(b'{"items": ["' + b"x" * MAX_BYTES + b'"]}'), "ConfigRefused"),
    "deeply nested": (spoiled(b'{"items": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"), "Transient"),
    "not UTF-8": (spoiled(b'{"items": [{"id": "\xff\xfe"}]}'), "Transient"),
    "a page of HTML with status 200": (
        spoiled(b"<html><body>Maintenance</body></html>", **{"Content-Type": "text/html"}),
        "Transient",
    ),
    "cut in the middle": (lambda after: httpx.Response(200, content=page(after).content[:40]), "Transient"),
    "a redirect to another host": (spoiled(b"", 302, Location="https://evil.example/"), "ConfigRefused"),
    "a page that leads back": (
        lambda _: httpx.Response(200, json={"items": [], "next": "b"}),
        "PagingRepeats",
    ),
    "a list where a page belongs": (spoiled(json.dumps([1, 2]).encode()), "ConfigRefused"),
    "nothing": (spoiled(b""), "ConfigRefused"),
}


@dataclass
class Desk:
    db: Database
    second: Callable[[str], httpx.Response] = page
    now: datetime = NOW
    skew: timedelta = timedelta(0)

    def handle(self, request: httpx.Request) -> httpx.Response:
        after = request.url.params.get("after", "")
        found = self.second(after) if after else page(after)
        found.headers["Date"] = format_datetime((self.now + self.skew).astimezone(UTC), usegmt=True)
        return found

    def sync(self) -> sync.KindResult:
        wire = Wire(
            transport=httpx.MockTransport(self.handle), clock=lambda: self.now, sleep=lambda _: None, jitter=lambda: 0
        )
        source = open_source(load(MAPPING, "m.yaml"), "nps", None, Outside(lambda _: "", {"nps": wire}))  # type: ignore[arg-type]
        (result,) = sync.run(Context(self.db, date(2026, 3, 29), self.now), source).kinds
        return result

    def known(self) -> int:
        with self.db.read() as conn:
            return len(facts.live_keys(conn, "achievement", "nps"))

    def state(self) -> syncs.State:
        with self.db.read() as conn:
            return syncs.state(conn, "nps", "achievement")


@pytest.fixture
def desk(sqlite_database: Database) -> Desk:
    return Desk(sqlite_database)


@pytest.mark.parametrize("case", BAD)
def test_it_is_named_nothing_is_half_applied_and_the_next_sync_mends_it(desk: Desk, case: str) -> None:
    desk.second, code = BAD[case]
    result = desk.sync()
    assert (result.status, result.error_class) == (sync.REFUSED, code)
    assert all(problem.message and problem.remedy for problem in result.problems)
    assert desk.known() in (0, 2), "a page is applied whole or not at all"
    assert desk.state().finished_at is None, "what is not complete is not said to be"
    desk.second = page
    assert desk.sync().status == sync.DONE
    assert desk.known() == 4
    with desk.db.read() as conn:
        assert not changes.verify_chain(conn).broken


@pytest.mark.parametrize("days", [-400, 400])
def test_a_clock_that_jumps_loses_nothing_and_deletes_nothing(desk: Desk, days: int) -> None:
    assert desk.sync().status == sync.DONE
    desk.skew = timedelta(days=days)
    assert desk.sync().status == sync.DONE
    desk.skew, desk.now = timedelta(0), NOW + timedelta(hours=2)
    desk.second = lambda after: page(after, score="72")
    assert desk.sync().status == sync.DONE
    assert desk.known() == 4


def test_the_night_the_clock_changes_is_a_day_like_others(desk: Desk) -> None:
    """In Berlin the hour from two to three does not exist on 29 March 2026; a day has no hours."""
    desk.second = lambda after: page(after, day="2026-03-29")
    assert desk.sync().status == sync.DONE
    assert desk.known() == 4


def test_a_formula_is_data(desk: Desk) -> None:
    desk.second = lambda after: page(after, who='=HYPERLINK("https://evil.example")')
    assert desk.sync().status == sync.DONE
    assert desk.known() == 4
