"""An organisation in memory, a clock for each side, and the feed and the source that read it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from connectors.fakes.salesforce import SalesforceFake
from connectors.feed import Setup
from connectors.feed_source import FeedSource
from connectors.http import Wire
from connectors.mapping import load
from connectors.salesforce.feed import SalesforceFeed
from connectors.source import Ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from connectors.source import Mode, RawPage

NOW = datetime(2026, 5, 1, 12, 0, 0, tzinfo=UTC)

SOURCE = """\
version: 1
sources:
  sf:
    type: salesforce
    domain: "{domain}"
    client_id: env:SF_ID
    client_secret: env:SF_SECRET
    split_types: "{split_types}"
    {extra}
kinds:
"""

KINDS = """\
  person:
    from: sf
    fields: {id: Id, name: Name, email: Email, currency: {column: DefaultCurrencyIsoCode, account: true},
             manager: ManagerId, timezone: TimeZoneSidKey}
  deal:
    from: sf
    fields: {id: Id, name: Name, account: Account.Name, owner: OwnerId, amount: Amount, currency: CurrencyIsoCode,
             stage: StageName, close: CloseDate, type: Type}
  split:
    from: sf
    fields: {deal: OpportunityId, person: SplitOwnerId, share: {column: SplitPercentage, unit: percent}}
  quota:
    from: sf
    fields: {person: QuotaOwnerId, name: {constant: bookings}, start: StartDate, end: {length: 3 months},
             amount: QuotaAmount, currency: CurrencyIsoCode}
  rate:
    from: sf
    fields: {from: {constant: USD}, to: IsoCode, start: StartDate, end: {column: NextStartDate, inclusive: false},
             rate: ConversionRate}
"""

SECRETS = {"env:SF_ID": "attain-client", "env:SF_SECRET": "attain-secret", "env:SF_USER": "sync@acme.example"}


@dataclass
class Desk:
    """Both sides of the wire. `now` is Salesforce's clock, `skew` how far ours is ahead.

    `meanwhile` is called with the address of each request before it is answered.
    """

    fake: SalesforceFake = field(default_factory=SalesforceFake)
    now: datetime = NOW
    skew: timedelta = timedelta(0)
    slept: list[float] = field(default_factory=list)
    kinds: str = KINDS
    extra: str = ""
    split_types: str = "Revenue"
    domain: str = "acme.my.salesforce.com"
    meanwhile: list[Callable[[str], None]] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=lambda: dict(SECRETS))

    def __post_init__(self) -> None:
        self.fake.org.clock = lambda: self.now

    @property
    def org(self) -> Any:
        return self.fake.org

    def mapping(self) -> Any:
        return load(
            SOURCE.format(extra=self.extra, split_types=self.split_types, domain=self.domain) + self.kinds,
            "mapping.yaml",
        )

    def wire(self) -> Wire:
        return Wire(
            transport=httpx.MockTransport(self.handle),
            clock=lambda: self.now + self.skew,
            sleep=self.sleep,
            jitter=lambda: 0.5,
        )

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    def handle(self, request: httpx.Request) -> httpx.Response:
        for meanwhile in self.meanwhile:
            meanwhile(str(request.url))
        return self.fake.handle(request)

    def feed(self) -> SalesforceFeed:
        mapping = self.mapping()
        setup = Setup(mapping.sources["sf"], mapping.of_source("sf"), self.secrets.__getitem__, self.wire())
        return SalesforceFeed(setup)

    def source(self) -> FeedSource:
        return FeedSource(self.mapping(), "sf", self.feed())

    def ask(
        self, kind: str = "deal", since: datetime | None = NOW - timedelta(days=1), until: datetime | None = None
    ) -> Ask:
        return Ask(kind, "incremental", since, until or self.now)

    def changed(self, kind: str = "deal", **window: Any) -> list[RawPage]:
        return list(self.feed().pages(self.ask(kind, **window)))

    def whole(self, kind: str = "deal", mode: Mode = "sweep", resume: dict[str, Any] | None = None) -> list[RawPage]:
        return list(self.feed().pages(Ask(kind, mode, resume=resume or {})))

    def pass_time(self, **span: float) -> None:
        self.now += timedelta(**span)

    def deals(self, count: int, **values: Any) -> list[str]:
        return [self.org.create("Opportunity", Name=f"deal {n}", **values) for n in range(count)]


@pytest.fixture
def desk() -> Desk:
    """An organisation with nobody in it."""
    return Desk()
