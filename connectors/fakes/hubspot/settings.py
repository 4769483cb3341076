"""What a HubSpot account is set up with: time zone, currencies and their rates, pipelines, properties."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from connectors.fakes.hubspot.records import iso

if TYPE_CHECKING:
    from datetime import datetime

#: Scopes that a read-only service key is granted.
SCOPES = frozenset(
    {
        "crm.objects.deals.read",
        "crm.objects.companies.read",
        "crm.objects.owners.read",
        "crm.objects.line_items.read",
        "crm.objects.goals.read",
        "crm.objects.products.read",
        "crm.schemas.deals.read",
        "crm.dealsplits.read_write",
        "settings.currencies.read",
    }
)

#: The properties that exist, by object type, with the types the service gives them.
PROPERTIES: dict[str, dict[str, str]] = {
    "deals": {
        "dealname": "string",
        "amount": "number",
        "amount_in_home_currency": "number",
        "closedate": "datetime",
        "createdate": "datetime",
        "dealstage": "enumeration",
        "pipeline": "enumeration",
        "dealtype": "enumeration",
        "deal_currency_code": "enumeration",
        "hubspot_owner_id": "enumeration",
        "hs_is_closed": "bool",
        "hs_is_closed_won": "bool",
        "hs_lastmodifieddate": "datetime",
        "hs_updated_by_user_id": "number",
        "hs_merged_object_ids": "enumeration",
        "hs_object_id": "number",
    },
    "companies": {
        "name": "string",
        "domain": "string",
        "createdate": "datetime",
        "hs_lastmodifieddate": "datetime",
        "hs_object_id": "number",
    },
    "line_items": {
        "name": "string",
        "hs_product_id": "number",
        "price": "number",
        "quantity": "number",
        "amount": "number",
        "hs_object_id": "number",
    },
    "products": {"name": "string", "price": "number", "description": "string", "hs_object_id": "number"},
    "goal_targets": {
        "hs_goal_name": "string",
        "hs_target_amount": "number",
        "hs_start_datetime": "datetime",
        "hs_end_datetime": "datetime",
        "hubspot_owner_id": "enumeration",
        "hs_lastmodifieddate": "datetime",
        "hs_object_id": "number",
    },
}


@dataclass(slots=True)
class Stage:
    """One stage. `probability` and `is_closed` leave as strings, as they do at the service."""

    id: str
    label: str
    probability: str
    is_closed: bool

    def shown(self, position: int) -> dict[str, Any]:
        """The stage as an answer holds it."""
        return {
            "id": self.id,
            "label": self.label,
            "displayOrder": position,
            "metadata": {"isClosed": "true" if self.is_closed else "false", "probability": self.probability},
            "archived": False,
        }


@dataclass(slots=True)
class Pipeline:
    """One deal pipeline; its stage ids are its own."""

    id: str
    label: str
    stages: list[Stage]

    def stage(self, won: bool) -> str:
        """The id of the stage a deal closes in."""
        return next(s.id for s in self.stages if s.is_closed and (s.probability == "1.0") == won)

    def shown(self, position: int) -> dict[str, Any]:
        """The pipeline as an answer holds it."""
        stages = [stage.shown(place) for place, stage in enumerate(self.stages)]
        return {"id": self.id, "label": self.label, "displayOrder": position, "stages": stages, "archived": False}


def sales_pipeline() -> Pipeline:
    """The pipeline that every account begins with."""
    stages = [
        Stage("qualifiedtobuy", "Qualified to buy", "0.4", False),
        Stage("contractsent", "Contract sent", "0.9", False),
        Stage("closedwon", "Closed won", "1.0", True),
        Stage("closedlost", "Closed lost", "0.0", True),
    ]
    return Pipeline("default", "Sales pipeline", stages)


@dataclass(slots=True)
class ExchangeRate:
    """What one unit of a currency is worth in the company's, from an instant on."""

    id: str
    currency: str
    rate: str
    effective_at: datetime

    def shown(self, company: list[str]) -> dict[str, Any]:
        """The rate into the company's currency, `conversionRate` still text; it becomes a number when written."""
        return {
            "id": self.id,
            "fromCurrencyCode": self.currency,
            "toCurrencyCode": company[0],
            "conversionRate": self.rate,
            "effectiveAt": iso(self.effective_at),
            "createdAt": iso(self.effective_at),
            "updatedAt": iso(self.effective_at),
            "visibleInUI": True,
        }


@dataclass(slots=True)
class Account:
    """The account's own settings and what its token may do."""

    portal_id: int = 8_675_309
    timezone: str = "America/New_York"
    currency: str = "USD"
    token: str = "pat-fake-0000"  # noqa: S105 - the fake's own, good for nothing else
    scopes: set[str] = field(default_factory=lambda: set(SCOPES))
    pipelines: list[Pipeline] = field(default_factory=lambda: [sales_pipeline()])
    rates: list[ExchangeRate] = field(default_factory=list)
    properties: dict[str, dict[str, str]] = field(
        default_factory=lambda: {name: dict(known) for name, known in PROPERTIES.items()}
    )

    def details(self) -> dict[str, Any]:
        """The account-info answer."""
        return {
            "portalId": self.portal_id,
            "accountType": "STANDARD",
            "timeZone": self.timezone,
            "companyCurrency": self.currency,
            "additionalCurrencies": sorted({rate.currency for rate in self.rates}),
            "uiDomain": "app.hubspot.com",
            "dataHostingLocation": "na1",
        }
