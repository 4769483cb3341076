"""A CRM in memory and the database it is synced into, with a clock that the test moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from connectors.fakes.memory import MemoryCrm, MemoryFeed
from connectors.feed_source import FeedSource
from connectors.mapping import load
from operations import sync
from operations.context import Context
from store import changes, frames, quarantine
from store import sync as syncs

if TYPE_CHECKING:
    from store.database import Database

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WINDOW = (date(2026, 1, 1), date(2027, 1, 1))
MAPPING = """\
version: 1
sources:
  crm: {type: hubspot, token: env:TOKEN, timezone: America/Phoenix}
kinds:
  person:
    from: crm
    fields: {id: id, name: name, email: email, currency: {constant: USD}}
  deal:
    from: crm
    fields: {id: id, name: name, owner: owner, amount: amount, currency: {constant: USD}, stage: stage, close: close}
    stages: {won: [won], lost: [lost], open: [open]}
"""
SPLIT = """\
  split:
    from: crm
    fields: {deal: deal, person: person, share: {column: share, unit: percent}}
"""
RATE = """\
  rate:
    from: crm
    fields: {from: from, to: to, start: start, end: {until: next, last: 3 months}, rate: rate}
"""


def deal(amount: str = "100", **said: Any) -> dict[str, Any]:
    return {"name": "Deal", "owner": "e1", "amount": amount, "stage": "won", "close": "2026-02-01"} | said


@dataclass
class Desk:
    """A source and where its records go; `name` keeps several apart in one database."""

    db: Database
    name: str = "crm"
    mapping: str = MAPPING
    now: datetime = NOW
    crm: MemoryCrm = field(default_factory=MemoryCrm)
    feed: MemoryFeed = field(init=False)

    def __post_init__(self) -> None:
        self.crm.clock = lambda: self.now
        self.feed = MemoryFeed(self.crm)

    def source(self) -> FeedSource:
        text = self.mapping.replace("crm", self.name)
        return FeedSource(load(text, "mapping.yaml"), self.name, self.feed)

    def context(self) -> Context:
        return Context(self.db, self.now.date(), self.now)

    def sync(self, mode: str = "incremental", **options: Any) -> sync.SyncSummary:
        options_ = sync.Options(mode=mode, **options)  # type: ignore[arg-type]
        return sync.run(self.context(), self.source(), options=options_)

    def passed(self, **span: float) -> None:
        self.now += timedelta(**span)

    def staff(self) -> None:
        for who in ("e1", "e2"):
            self.crm.put("person", who, {"name": who.upper(), "email": f"{who}@example.com"})

    def amounts(self, watermark: int | None = None) -> dict[str, int]:
        """Won deals by their id at the source, in cents."""
        facts = frames.facts(self.db, WINDOW, watermark=watermark)
        with self.db.read() as conn:
            names = frames.names(conn, facts.deals.deal_id.tolist(), watermark)
        return {names[d.deal_id].external_id: d.amount_cents for d in facts.deals.itertuples()}

    def waiting(self) -> dict[str, str]:
        """What is in quarantine: record to code."""
        with self.db.read() as conn:
            return {row.external_id: row.code for row in quarantine.open_rows(conn, source=self.name)}

    def watermark(self, kind: str = "deal") -> datetime | None:
        with self.db.read() as conn:
            return syncs.state(conn, self.name, kind).watermark_at

    def change(self) -> int:
        """The newest change."""
        with self.db.read() as conn:
            return changes.watermark(conn)

    def kind(self, summary: sync.SyncSummary, kind: str = "deal") -> sync.KindResult:
        return next(one for one in summary.kinds if one.kind == kind)
