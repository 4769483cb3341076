"""The demo company's deals as HubSpot records: what the story says of a day, written as its people would have."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from bot.demo.export import decimal, stage_on
from connectors.fakes.hubspot.records import iso
from connectors.fakes.hubspot.settings import Pipeline, Stage
from connectors.fakes.hubspot.splits import Split

if TYPE_CHECKING:
    from datetime import date

    from bot.demo.company import Company
    from bot.demo.deals import Deal
    from connectors.fakes.hubspot.portal import Portal

#: Where numbers of owners and companies begin; deals have the numbers of the story, far above and below.
FIRST_OWNER, FIRST_COMPANY, FIRST_OF_PEOPLE = 1_001, 200_001, 900_001
#: An owner that the CRM no longer lists.
NOBODY = "7007"
STAGES = (
    Stage("discovery", "Discovery", "0.2", is_closed=False),
    Stage("proposal", "Proposal", "0.5", is_closed=False),
    Stage("negotiation", "Negotiation", "0.8", is_closed=False),
    Stage("closedwon", "Closed won", "1.0", is_closed=True),
    Stage("closedlost", "Closed lost", "0.0", is_closed=True),
)
_STAGE_IDS = {stage.label: stage.id for stage in STAGES}


class Seed:
    """The story of a company told to a portal, day by day; deals that people `touched` are left alone."""

    def __init__(self, company: Company, portal: Portal) -> None:
        self._company = company
        self._portal = portal
        self._owners = {p.external_id: str(FIRST_OWNER + n) for n, p in enumerate(company.people)}
        self._companies: dict[str, str] = {}
        self.touched: set[str] = set()
        self.day = company.calendar.today

    def fill(self, day: date) -> None:
        """The portal as of that day: owners, companies, and every deal that has been opened."""
        account = self._portal.account
        account.timezone = "UTC"
        account.pipelines = [Pipeline("default", "Sales pipeline", list(STAGES))]
        account.properties["deals"]["product"] = "enumeration"
        for person in self._company.people:
            first, _, last = person.name.partition(" ")
            self._portal.hire(first, last, person.email, person.team, self._owners[person.external_id])
        self.turn(day)
        self._portal.last_id = FIRST_OF_PEOPLE

    def turn(self, day: date) -> None:
        """The deals and their owners as the story says they are on that day, whichever day it was before."""
        self.day = day
        self._dismiss(day)
        table = self._portal.tables["deals"]
        for deal in self._company.deals:
            number = number_of(deal)
            record = table.rows.get(number)
            if number in self.touched:
                continue
            if deal.opened_on > day:
                if record is not None and record.archived_at is None:
                    self._portal.delete("deals", number)
            elif record is None:
                self._open(deal, number, day)
            else:
                if record.archived_at is not None:
                    self._portal.restore("deals", number)
                said = self._said(deal, day)
                if any(record.properties.get(name) != value for name, value in said.items()):
                    self._portal.edit("deals", number, said)

    def _dismiss(self, day: date) -> None:
        """Who has left by that day is deactivated, as the CRM's admin would do it; who has not is active."""
        for person in self._company.people:
            owner = self._portal.owners[self._owners[person.external_id]]
            owner.archived = person.left_on is not None and person.left_on <= day

    def start_over(self) -> None:
        """Deals that people made are gone, and what they edited is again what the story says."""
        table = self._portal.tables["deals"]
        told = {number_of(deal) for deal in self._company.deals}
        for number in self.touched - told:
            if number in table.rows and table.rows[number].archived_at is None:
                self._portal.delete("deals", number)
        # A deal that was merged away or purged does not come back: the CRM has forgotten its number.
        self.touched = {number for number in self.touched & told if number not in table.rows}
        self.turn(self.day)

    def _open(self, deal: Deal, number: str, day: date) -> None:
        self._portal.create("deals", self._said(deal, day), number)
        self._portal.associate("deals", "companies", number, self._company_of(deal.account))
        if deal.sharing:
            # Written past the portal's own check: one shared deal of the story does not add up.
            at = iso(self._portal.now())
            self._portal.splits[number] = [
                Split(f"{number}{place}", self._owner(person), str(Decimal(percent) / 100), at)
                for place, (person, percent) in enumerate(deal.sharing, 1)
            ]

    def _company_of(self, account: str) -> str:
        if account not in self._companies:
            number = str(FIRST_COMPANY + len(self._companies))
            self._companies[account] = self._portal.create("companies", {"name": account}, number)
        return self._companies[account]

    def _said(self, deal: Deal, day: date) -> dict[str, str | None]:
        stage, _ = stage_on(deal, day)
        close = f"{deal.close_on}T00:00:00Z" if deal.close is None else deal.close
        return {
            "dealname": deal.name,
            "amount": decimal(deal.amount_cents) if deal.amount is None else deal.amount,
            "deal_currency_code": deal.currency,
            "pipeline": "default",
            "dealstage": _STAGE_IDS[stage],
            "closedate": close,
            "dealtype": deal.deal_type,
            "product": deal.product,
            "hubspot_owner_id": self._owner(deal.owner),
        }

    def _owner(self, person: str) -> str:
        return self._owners.get(person, NOBODY)


def number_of(deal: Deal) -> str:
    """The deal's number in the CRM, where nothing but digits is a number: 10001 for D-10001."""
    return deal.external_id.removeprefix("D-")
