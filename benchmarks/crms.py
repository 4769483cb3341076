"""CRMs with as many deals as a benchmark wants: the fakes without latency, here or next door, and a generated one."""

from __future__ import annotations

import multiprocessing
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx

from benchmarks.sync import REPS
from connectors.fakes.hubspot import HubSpotFake
from connectors.fakes.memory import MemoryCrm, MemoryFeed
from connectors.fakes.salesforce import SalesforceFake
from connectors.feed import Setup
from connectors.feed_source import FeedSource
from connectors.http import Wire
from connectors.hubspot.feed import HubSpotFeed
from connectors.mapping import load
from connectors.salesforce.feed import SalesforceFeed
from connectors.source import Raw, RawPage
from operations import sync
from operations.context import Context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from connectors.feed import Feed
    from connectors.source import Ask
    from store.database import Database

    Handle = Callable[[httpx.Request], httpx.Response]

NOW = datetime(2026, 7, 1, tzinfo=UTC)
#: When the deals last changed: before any window that an incremental sync asks for.
LONG_AGO = NOW - timedelta(days=30)
#: HubSpot's limit: so many requests in so many seconds.
PER_WINDOW, WINDOW_SECONDS = 190, 10
TOKEN = "pat-fake-0000"  # noqa: S105 (the fake's)
DEAL = """\
  deal:
    from: crm
    fields: {id: ID, name: NAME, owner: OWNER, amount: AMOUNT, currency: {constant: USD}, stage: STAGE, close: CLOSE}
"""
HUBSPOT = (
    "version: 1\nsources:\n  crm: {type: hubspot, token: env:TOKEN, timezone: UTC}\nkinds:\n"
    + DEAL.replace("ID", "id").replace("NAME", "dealname").replace("OWNER", "hubspot_owner_id")
    .replace("AMOUNT", "amount").replace("STAGE", "dealstage").replace("CLOSE", "closedate")
)  # fmt: skip
SALESFORCE = (
    "version: 1\nsources:\n  crm: {type: salesforce, domain: acme.my.salesforce.com, client_id: env:SF_ID, "
    "client_secret: env:SF_SECRET, timezone: UTC}\nkinds:\n"
    + DEAL.replace("ID", "Id").replace("NAME", "Name").replace("OWNER", "OwnerId")
    .replace("AMOUNT", "Amount").replace("STAGE", "StageName").replace("CLOSE", "CloseDate")
)  # fmt: skip
SECRETS = {"env:TOKEN": TOKEN, "env:SF_ID": "attain-client", "env:SF_SECRET": "attain-secret"}


@dataclass
class Clock:
    """Time that passes only when somebody waits."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class Timed:
    """A fake's door, and the time spent behind it."""

    handle: Handle
    seconds: float = 0.0
    cpu_seconds: float = 0.0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        start, cpu = time.perf_counter(), time.process_time()
        answer = self.handle(request)
        answer.read()
        self.seconds += time.perf_counter() - start
        self.cpu_seconds += time.process_time() - cpu
        return answer


class NextDoor:
    """A fake in a process of its own, as a CRM is: its records fill neither this one's memory nor its caches.

    `seconds` is the time spent waiting for it, `cpu_seconds` what carrying questions and answers took meanwhile.
    """

    def __init__(self, make: Callable[[int, Clock], Handle], n: int, clock: Clock) -> None:
        self.seconds = self.cpu_seconds = 0.0
        self._clock = clock
        spawn = multiprocessing.get_context("spawn")
        self._line, theirs = spawn.Pipe()
        spawn.Process(target=_answering, args=(make, n, clock.at, theirs), daemon=True).start()
        theirs.close()
        self._line.recv()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        start, cpu = time.perf_counter(), time.process_time()
        self._line.send((self._clock.at, request.method, str(request.url), request.headers.raw, request.content))
        status, headers, content = self._line.recv()
        self.seconds += time.perf_counter() - start
        self.cpu_seconds += time.process_time() - cpu
        return httpx.Response(status, headers=headers, content=content)


def _answering(make: Callable[[int, Clock], Handle], n: int, at: datetime, line: Any) -> None:
    """Every request answered until nobody asks any more."""
    clock = Clock(at)
    handle = make(n, clock)
    line.send(n)
    with closing(line):
        while True:
            try:
                clock.at, method, url, headers, content = line.recv()
            except EOFError:
                return
            answer = handle(httpx.Request(method, url, headers=headers, content=content))
            line.send((answer.status_code, answer.headers.raw, answer.read()))


@dataclass(slots=True)
class Generated(MemoryFeed):
    """As many deals as wanted, made while they are read, so that the memory is the sync's alone."""

    n: int = 0

    def pages(self, ask: Ask) -> Iterator[RawPage]:
        """Two thousand at a time, by id."""
        if ask.mode == "incremental":
            yield RawPage((), self.now(), complete=True)
            return
        for start in range(int(ask.resume.get("at", 0)), self.n, 2_000):
            until = min(start + 2_000, self.n)
            records = tuple(Raw(f"d{i:08}", NOW, False, body(i) | {"id": f"d{i:08}"}) for i in range(start, until))
            yield RawPage(records, self.now(), {"at": until}, complete=until == self.n, total=self.n)


@dataclass
class Bench:
    """One sync of many deals: its source, the fake's door and the clock."""

    mapping: str
    feed: Feed
    door: Timed | NextDoor = field(default_factory=lambda: Timed(lambda _: httpx.Response(404)))
    clock: Clock = field(default_factory=Clock)

    def sync(self, database: Database, mode: str = "incremental") -> sync.SyncSummary:
        """What one sync did; it must have been sound."""
        source = FeedSource(load(self.mapping, "mapping.yaml"), "crm", self.feed)
        options = sync.Options(mode=mode)  # type: ignore[arg-type]
        summary = sync.run(Context(database, self.clock().date(), self.clock()), source, options=options)
        assert summary.ok, summary.problems
        return summary


def body(number: int) -> dict[str, str]:
    """A deal's fields under HubSpot's names."""
    return {
        "dealname": f"Renewal {number}, platform and support",
        "hubspot_owner_id": f"U{number % REPS:05}",
        "amount": f"{number % 9_000 + 1}.{number % 100:02}",
        "dealstage": "closedwon",
        "closedate": f"2026-{number % 6 + 1:02}-15T00:00:00Z",
    }


def generated(n: int) -> Bench:
    feed = Generated(MemoryCrm(clock=lambda: NOW), kinds=("deal",), n=n)
    stages = "    stages: {won: [closedwon], lost: [closedlost], open: rest}\n"
    return Bench(HUBSPOT + stages, feed)


def hubspot(n: int, *, limited: bool = False) -> Bench:
    """Deals of the HubSpot fake in this process, under HubSpot's limits or none."""
    clock = Clock()
    door = Timed(hubspot_fake(n, clock, PER_WINDOW if limited else 10**9))
    return _over_http(HUBSPOT, HubSpotFeed, door, clock)


def hubspot_fake(n: int, clock: Clock, per_window: int = 10**9) -> Handle:
    """The door of a fake that has been quiet for long."""
    now, clock.at = clock.at, LONG_AGO
    fake = HubSpotFake(clock)
    fake.limits.per_window = per_window
    for number in range(n):
        fake.portal.create("deals", body(number) | {"pipeline": "default"})
    clock.at = now
    return fake.handle


def salesforce_fake(n: int, clock: Clock) -> Handle:
    """The door of a fake that has been quiet for long."""
    now, clock.at = clock.at, LONG_AGO
    fake = SalesforceFake()
    fake.org.clock, fake.daily_max = clock, 10**9
    for number in range(n):
        said = body(number)
        fake.org.create(
            "Opportunity", Name=said["dealname"], OwnerId=said["hubspot_owner_id"], Amount=said["amount"],
            StageName="Closed Won", CloseDate=said["closedate"][:10],
        )  # fmt: skip
    clock.at = now
    return fake.handle


def hubspot_next_door(n: int) -> Bench:
    clock = Clock()
    return _over_http(HUBSPOT, HubSpotFeed, NextDoor(hubspot_fake, n, clock), clock)


def salesforce_next_door(n: int) -> Bench:
    clock = Clock()
    return _over_http(SALESFORCE, SalesforceFeed, NextDoor(salesforce_fake, n, clock), clock)


def _over_http(mapping: str, feed: Any, door: Timed | NextDoor, clock: Clock) -> Bench:
    found = load(mapping, "mapping.yaml")
    wire = Wire(transport=httpx.MockTransport(door), clock=clock, sleep=clock.sleep, jitter=lambda: 0.5)
    return Bench(
        mapping, feed(Setup(found.sources["crm"], found.of_source("crm"), SECRETS.__getitem__, wire)), door, clock
    )


MAKERS: dict[str, Callable[[int], Bench]] = {
    "generated": generated,
    "hubspot": hubspot_next_door,
    "salesforce": salesforce_next_door,
}
