"""Figures and tags of HubSpot's deals: properties side by side become facts of their own."""

from datetime import UTC, datetime

import httpx

from connectors.fakes.hubspot import HubSpotFake
from connectors.feed_source import FeedSource
from connectors.http import Wire
from connectors.mapping import load
from connectors.registry import Outside, open_feed

MAPPING = """\
version: 1
sources: {crm: {type: hubspot, token: env:TOKEN, timezone: UTC}}
kinds:
  figure:
    from: crm
    fields: {deal: id, currency: {column: deal_currency_code, account: true}}
    values: {mrr: {column: hs_mrr, unit: money}, quantity: {column: seats, unit: number}}
  tag: {from: crm, fields: {deal: id}, values: {segment: segment}}
"""


def test_properties_of_deals_are_read_as_figures_and_tags() -> None:
    fake = HubSpotFake(lambda: datetime(2026, 3, 1, tzinfo=UTC))
    fake.portal.account.properties["deals"] |= {"hs_mrr": "number", "seats": "number", "segment": "enumeration"}
    said = {"hs_mrr": "99.90", "seats": "12", "segment": "Enterprise", "deal_currency_code": ""}
    first = fake.portal.create("deals", said)
    second = fake.portal.create("deals", {"hs_mrr": "1,800.00", "seats": "", "segment": "SMB"})
    wire = Wire(transport=httpx.MockTransport(fake.handle), sleep=lambda _: None)
    token = fake.portal.account.token
    given = Outside(lambda _: token, {"crm": wire})
    mapping = load(MAPPING, "m.yaml")
    source = FeedSource(mapping, "crm", open_feed(mapping, "crm", given))
    assert source.check() == ()
    found = {}
    for kind in source.kinds:
        pages = source.pages(kind, "backfill", None, None, {})
        records = [raw for page in pages for raw in page.records]
        found[kind] = source.normalise(kind, records, frozenset())
    rows = found["figure"].rows[["deal_external_id", "name", "value"]].to_numpy().tolist()
    assert rows == [[first, "mrr", 9_990], [first, "quantity", 12_000_000]]
    assert found["figure"].rejected["code"].tolist() == ["value_unparsable"]
    assert found["figure"].rejected["place"].tolist() == [f"crm: figure {second}"]
    assert found["tag"].rows["value"].tolist() == ["Enterprise", "SMB"]
