"""What the organisation says for everybody: its time zone, its corporate currency, what its stages mean."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from connectors.feed import Account, Stage
from connectors.salesforce.errors import ObjectMissing
from connectors.salesforce.soql import Select, compare

if TYPE_CHECKING:
    from connectors.salesforce.session import Session
    from connectors.salesforce.table import Row


def account(session: Session) -> Account:
    """The account. An organisation with a single currency does not tell which: then it is empty."""
    zones = session.all(Select("Organization", ("Id", "TimeZoneSidKey")))
    zone = str(zones[0].get("TimeZoneSidKey") or "") if zones else ""
    return Account(zone, corporate_currency(session), MappingProxyType(stages(session)))


def corporate_currency(session: Session) -> str:
    """The currency of amounts that name none; "" where the organisation has only one and does not tell."""
    corporate = Select("CurrencyType", ("Id", "IsoCode"), (compare("IsCorporate", "=", True),))
    try:
        found = session.all(corporate)
    except ObjectMissing:
        return ""
    return str(found[0].get("IsoCode") or "") if found else ""


def stages(session: Session) -> dict[str, Stage]:
    """What each stage means, also retired ones, by the name that deals carry."""
    columns = ("Id", "ApiName", "MasterLabel", "IsClosed", "IsWon")
    found: dict[str, Stage] = {}
    for row in session.all(Select("OpportunityStage", columns)):
        label = str(row.get("MasterLabel") or "")
        stage = Stage(_meaning(row), label)
        for name in (row.get("ApiName"), label):
            if name:
                found.setdefault(str(name), stage)
    return found


def _meaning(row: Row) -> str:
    if row.get("IsWon") is True:
        return "won"
    return "lost" if row.get("IsClosed") is True else "open"
