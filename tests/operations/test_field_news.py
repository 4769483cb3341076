"""A property of the CRM that becomes another thing is told in one sentence, once it is looked at again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from operations import sync_status
from operations.context import Context
from tests.operations.test_goods import HUBSPOT, Crm

if TYPE_CHECKING:
    from pathlib import Path

    from store.database import Database


def news(crm: Crm) -> list[str]:
    ctx = Context(crm.db, crm.now.date(), crm.now)
    return [one.news for one in sync_status.report(ctx) if one.news]


def test_another_type_is_told_at_the_next_sweep_and_once(sqlite_database: Database, tmp_path: Path) -> None:
    crm = Crm(sqlite_database, tmp_path, HUBSPOT)
    crm.deal(crm.account())
    crm.sync()
    assert news(crm) == []
    crm.hubspot.portal.account.properties["deals"] |= {"amount": "string"}
    crm.now += timedelta(hours=21)
    crm.sync()
    assert news(crm) == []
    crm.sync("sweep")
    (said,) = news(crm)
    assert said == "Fields of deal records at crm changed: amount was number and is string now. Check the mapping."
    crm.now += timedelta(hours=21)
    crm.sync("sweep")
    assert news(crm) == []
