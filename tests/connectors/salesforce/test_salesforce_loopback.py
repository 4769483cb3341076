"""The fake behind a real socket: what the demo and other clients talk to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from connectors.errors import ConfigRefused
from connectors.fakes.server import serve
from connectors.feed import Setup
from connectors.http import Wire
from connectors.salesforce.feed import SalesforceFeed
from connectors.source import Ask

if TYPE_CHECKING:
    from tests.connectors.salesforce.conftest import Desk


def test_a_feed_reads_the_fake_over_loopback(desk: Desk) -> None:
    made = desk.deals(5, Amount="1234567890123456.78")
    desk.fake.page_size = 2
    server = serve(desk.fake)
    try:
        desk.fake.instance_url = server.url
        pages = list(_feed(desk, server.url).pages(Ask("deal", "backfill")))
    finally:
        server.close()
    records = [record for page in pages for record in page.records]
    assert [record.external_id for record in records] == made
    assert {str(record.body["Amount"]) for record in records} == {"1234567890123456.78"}
    assert pages[-1].complete


def test_an_address_of_this_machine_is_taken_only_from_the_wire(desk: Desk) -> None:
    desk.fake.instance_url = "http://127.0.0.1:1"
    server = serve(desk.fake)
    try:
        feed = _feed(desk, server.url)
        with pytest.raises(ConfigRefused, match="not its own"):
            list(feed.pages(Ask("deal", "backfill")))
    finally:
        server.close()


def _feed(desk: Desk, url: str) -> SalesforceFeed:
    mapping = desk.mapping()
    wire = replace(Wire(), base_url=url, clock=lambda: desk.now)
    return SalesforceFeed(Setup(mapping.sources["sf"], mapping.of_source("sf"), desk.secrets.__getitem__, wire))
