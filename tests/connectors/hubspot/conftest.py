"""A HubSpot account in memory, its clock, and a feed that reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from connectors.fakes.hubspot import HubSpotFake
from connectors.feed import Setup
from connectors.feed_source import FeedSource
from connectors.http import Wire
from connectors.hubspot.feed import HubSpotFeed
from connectors.mapping import load
from connectors.source import Ask, Mode, Raw, RawPage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connectors.errors import SourceError

MORNING = datetime(2026, 3, 31, 9, tzinfo=UTC)
TOKEN = "pat-fake-0000"

MAPPING = """\
version: 1
sources:
  crm: {type: hubspot, api: "2026-09", token: env:HUBSPOT_TOKEN}
kinds:
  person:
    from: crm
    fields: {id: id, name: {join: [firstName, lastName]}, email: email, team: team, currency: {account: true}}
  deal:
    from: crm
    fields:
      id: id
      name: dealname
      owner: hubspot_owner_id
      amount: amount
      currency: {column: deal_currency_code, account: true}
      stage: dealstage
      close: closedate
  split:
    from: crm
    fields: {deal: deal, person: hubspot_owner_id, share: {column: hs_deal_split_percentage, unit: fraction}}
  quota:
    from: crm
    fields:
      person: hubspot_owner_id
      name: hs_goal_name
      start: hs_start_datetime
      end: {column: hs_end_datetime, inclusive: false}
      amount: hs_target_amount
      currency: {account: true}
  rate:
    from: crm
    fields:
      from: fromCurrencyCode
      to: toCurrencyCode
      start: effectiveAt
      end: {until: next, last: 1 year}
      rate: conversionRate
"""


@dataclass
class Clock:
    """Time that passes only when somebody waits."""

    at: datetime = MORNING
    waited: float = 0.0

    def __call__(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.waited += seconds
        self.at += timedelta(seconds=seconds)

    def pass_(self, **span: float) -> datetime:
        self.at += timedelta(**span)
        return self.at


@dataclass
class World:
    """The account, the connection to it, and what a reader sees."""

    clock: Clock = field(default_factory=Clock)
    mapping: str = MAPPING
    token: str = TOKEN
    #: How far this machine's clock is off from the service's.
    skew: timedelta = timedelta(0)

    def __post_init__(self) -> None:
        self.crm = HubSpotFake(self.clock)
        self.portal = self.crm.portal
        self._feed: HubSpotFeed | None = None

    @property
    def feed(self) -> HubSpotFeed:
        if self._feed is None:
            self._feed = self.connect()
        return self._feed

    def connect(self) -> HubSpotFeed:
        """A new connection, as a new process would make it."""
        mapping = load(self.mapping, "mapping.yaml")
        wire = Wire(
            transport=httpx.MockTransport(self.crm.handle),
            clock=lambda: self.clock() + self.skew,
            sleep=self.clock.sleep,
            jitter=lambda: 0.5,
        )
        return HubSpotFeed(Setup(mapping.sources["crm"], mapping.of_source("crm"), lambda _: self.token, wire))

    def source(self) -> FeedSource:
        return FeedSource(load(self.mapping, "mapping.yaml"), "crm", self.feed)

    def deal(self, name: str = "Deal", **properties: str | None) -> str:
        base: dict[str, str | None] = {
            "dealname": name,
            "pipeline": "default",
            "dealstage": "qualifiedtobuy",
            "amount": "1000",
            "closedate": "2026-04-30T16:00:00Z",
        }
        return self.portal.create("deals", base | properties)

    def deals(self, count: int) -> list[str]:
        return [self.deal(f"Deal {number}") for number in range(count)]

    def window(
        self, since: datetime, until: datetime, kind: str = "deal", mode: Mode = "incremental"
    ) -> list[RawPage]:
        return list(self.feed.pages(Ask(kind, mode, since, until)))

    def changed(self, since: datetime = MORNING, kind: str = "deal") -> list[RawPage]:
        return self.window(since, self.clock(), kind)

    def pages(self, kind: str = "deal", mode: Mode = "sweep", **resume: str) -> Iterator[RawPage]:
        return self.feed.pages(Ask(kind, mode, resume=resume))


def until_it_fails(pages: Iterator[RawPage], error: type[SourceError]) -> list[RawPage]:
    """The pages that came before the read failed with that error."""
    found: list[RawPage] = []
    try:
        found.extend(pages)
    except error:
        return found
    raise AssertionError(f"{error.__name__} was not raised")


def raws(pages: list[RawPage]) -> list[Raw]:
    return [raw for page in pages for raw in page.records]


def ids(pages: list[RawPage]) -> list[str]:
    return [raw.external_id for raw in raws(pages)]


@pytest.fixture
def world() -> World:
    return World()
