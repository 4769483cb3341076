"""What people do in a Salesforce organisation: create, edit, win, lose, delete, restore, purge, merge, reassign."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from connectors.fakes.salesforce_records import Records

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

DEAL, PERSON, SPLIT = "Opportunity", "User", "OpportunitySplit"

#: Stages of a fresh organisation: name, whether it is closed, whether it is won.
STAGES = (
    ("Prospecting", False, False),
    ("Proposal/Price Quote", False, False),
    ("Negotiation/Review", False, False),
    ("Closed Won", True, True),
    ("Closed Lost", True, False),
)

#: When the organisation was set up.
FOUNDED = datetime(2020, 1, 1, tzinfo=UTC)

#: Objects whose records are deleted and restored with the record they belong to.
CHILDREN: Mapping[str, tuple[tuple[str, str], ...]] = {
    DEAL: (
        (SPLIT, "OpportunityId"),
        ("OpportunityLineItem", "OpportunityId"),
        ("OpportunityTeamMember", "OpportunityId"),
    ),
    "Account": ((DEAL, "AccountId"),),
}


class Org(Records):
    """An organisation with its stages, split types and currencies, and nobody in it yet."""

    def __post_init__(self) -> None:
        super().__post_init__()
        clock, self.clock = self.clock, lambda: FOUNDED
        self._found()
        self.clock = clock

    def _found(self) -> None:
        for place, (name, closed, won) in enumerate(STAGES, start=1):
            stage = {"ApiName": name, "MasterLabel": name, "IsClosed": closed, "IsWon": won}
            self.add("OpportunityStage", stage | {"IsActive": True, "SortOrder": place})
        for name, whole in (("Revenue", True), ("Overlay", False)):
            split = {"MasterLabel": name, "DeveloperName": name, "IsActive": True, "IsTotalValidated": whole}
            self.add("OpportunitySplitType", split)
        self.add("Organization", {"Name": "Acme", "TimeZoneSidKey": "America/Los_Angeles"})
        if self.currencies:
            corporate = {"IsoCode": "USD", "ConversionRate": 1, "DecimalPlaces": 2, "IsActive": True}
            self.add("CurrencyType", corporate | {"IsCorporate": True})

    def create(self, name: str, **values: Any) -> str:
        """The id of a new record; a deal is in its first stage, a person active, unless said otherwise."""
        if name == DEAL:
            values = {"StageName": STAGES[0][0]} | values
        if name == PERSON:
            values = {"IsActive": True, "UserType": "Standard"} | values
        if "CurrencyIsoCode" in self.schema[name]:
            values = {"CurrencyIsoCode": "USD"} | values
        return self.add(name, values | self._derived(name, values))

    def edit(self, name: str, key: str, quiet: bool = False, **values: Any) -> None:
        """The record changed; `quiet` leaves its stamp alone, as formulas and roll-ups do."""
        self.change(name, key, values | self._derived(name, values), quiet)

    def win(self, key: str, close: date | None = None) -> None:
        """The deal won, today unless another day is given."""
        self.edit(DEAL, key, StageName="Closed Won", CloseDate=close or self.clock().date())

    def lose(self, key: str) -> None:
        """The deal lost."""
        self.edit(DEAL, key, StageName="Closed Lost")

    def reassign(self, key: str, owner: str) -> None:
        """The deal given to somebody else."""
        self.edit(DEAL, key, OwnerId=owner)

    def delete(self, name: str, key: str) -> None:
        """The record and what belongs to it put into the bin; of an object without a bin it is gone at once."""
        if "IsDeleted" not in self.schema[name]:
            self.purge(name, key)
            return
        self.change(name, key, {"IsDeleted": True})
        self.together[key] = self._children(name, key)
        for child, found in self.together[key]:
            self.delete(child, found)

    def restore(self, name: str, key: str) -> None:
        """The record, and what was put into the bin together with it, taken out again."""
        self.change(name, key, {"IsDeleted": False})
        for child, found in self.together.pop(key, []):
            if self.record(child, found).latest() is not None:
                self.restore(child, found)

    def empty_bin(self) -> None:
        """Whatever is in the bin purged."""
        for name, records in self.objects.items():
            for key, record in records.items():
                if (record.latest() or {}).get("IsDeleted"):
                    self.purge(name, key)

    def merge(self, name: str, survivor: str, *losers: str) -> None:
        """The losers put into the bin, what belonged to them given to the survivor.

        Salesforce merges accounts itself and names the survivor in `MasterRecordId`. Deals are merged by add-ons,
        which delete the losers.
        """
        for loser in losers:
            for child, field in CHILDREN.get(name, ()):
                for found in [v["Id"] for v in self.living(child) if v[field] == loser]:
                    if name != DEAL:
                        self.change(child, found, {field: survivor})
                    else:
                        self.delete(child, found)
            self.change(name, loser, {"IsDeleted": True})
            if "MasterRecordId" in self.schema[name]:
                self.change(name, loser, {"MasterRecordId": survivor})
        self.change(name, survivor, {})

    def split(self, deal: str, shares: Mapping[str, str], kind: str = "Revenue") -> None:
        """The deal shared in percent by person; splits of that kind that it had before are deleted."""
        kind_id = next(v["Id"] for v in self.living("OpportunitySplitType") if v["MasterLabel"] == kind)
        for old in [v for v in self.living(SPLIT) if v["OpportunityId"] == deal and v["SplitTypeId"] == kind_id]:
            self.delete(SPLIT, old["Id"])
        amount = self.get(DEAL, deal)["Amount"] or Decimal(0)
        for person, percent in shares.items():
            self.create(
                SPLIT,
                OpportunityId=deal,
                SplitOwnerId=person,
                SplitPercentage=percent,
                SplitAmount=amount * Decimal(percent) / 100,
                SplitTypeId=kind_id,
            )

    def _derived(self, name: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """What the stage says about a deal."""
        if name != DEAL or "StageName" not in values:
            return {}
        for stage in self.living("OpportunityStage"):
            if stage["ApiName"] == values["StageName"]:
                return {"IsClosed": stage["IsClosed"], "IsWon": stage["IsWon"]}
        return {"IsClosed": False, "IsWon": False}

    def _children(self, name: str, key: str) -> list[tuple[str, str]]:
        """What belongs to the record and is not in the bin."""
        links = CHILDREN.get(name, ())
        return [(child, v["Id"]) for child, field in links for v in self.living(child) if v[field] == key]
