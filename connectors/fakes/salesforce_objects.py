"""The objects and fields that the Salesforce fake has, as its `describe` tells them."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of an object.

    Attributes:
        name: Its API name.
        type: id, reference, string, boolean, picklist, currency, percent, double, int, date or datetime.
        refers: The object that a reference names.
        digits: Digits and decimals of a number.
        currencies: The field exists only in an organisation with several currencies.
    """

    name: str
    type: str = "string"
    refers: str = ""
    digits: tuple[int, int] = (18, 2)
    currencies: bool = False

    @property
    def relationship(self) -> str:
        """The name a query follows the reference by; empty where there is none."""
        if not self.refers:
            return ""
        return f"{self.name[:-1]}r" if self.name.endswith("__c") else self.name.removesuffix("Id")

    def described(self) -> dict[str, Any]:
        """The field as `describe` tells it."""
        number = self.type in ("currency", "percent", "double")
        return {
            "name": self.name,
            "label": self.name,
            "type": self.type,
            "length": {"id": 18, "reference": 18, "string": 255, "picklist": 255}.get(self.type, 0),
            "precision": self.digits[0] if number else 0,
            "scale": self.digits[1] if number else 0,
            "nillable": self.type not in ("id", "boolean"),
            "filterable": True,
            "sortable": True,
            "referenceTo": [self.refers] if self.refers else [],
            "relationshipName": self.relationship or None,
        }


def _system(deletable: bool = True) -> tuple[FieldSpec, ...]:
    stamps = tuple(FieldSpec(name, "datetime") for name in ("CreatedDate", "LastModifiedDate", "SystemModstamp"))
    return (*stamps, *((FieldSpec("IsDeleted", "boolean"),) if deletable else ()))


def _object(*fields: FieldSpec, deletable: bool = True, currencies: bool = True) -> tuple[FieldSpec, ...]:
    code = (FieldSpec("CurrencyIsoCode", "picklist", currencies=True),) if currencies else ()
    return (FieldSpec("Id", "id"), *fields, *code, *_system(deletable))


#: Of each object the fields; objects whose records are never soft-deleted have no `IsDeleted`.
OBJECTS: Mapping[str, tuple[FieldSpec, ...]] = MappingProxyType(
    {
        "Opportunity": _object(
            FieldSpec("Name"),
            FieldSpec("AccountId", "reference", "Account"),
            FieldSpec("OwnerId", "reference", "User"),
            FieldSpec("Amount", "currency"),
            FieldSpec("CloseDate", "date"),
            FieldSpec("StageName", "picklist"),
            FieldSpec("IsClosed", "boolean"),
            FieldSpec("IsWon", "boolean"),
            FieldSpec("Probability", "percent", digits=(3, 0)),
            FieldSpec("Type", "picklist"),
            FieldSpec("ForecastCategoryName", "picklist"),
            FieldSpec("HasOpportunityLineItem", "boolean"),
            FieldSpec("LastModifiedById", "reference", "User"),
        ),
        "OpportunityStage": _object(
            FieldSpec("ApiName"),
            FieldSpec("MasterLabel"),
            FieldSpec("IsActive", "boolean"),
            FieldSpec("IsClosed", "boolean"),
            FieldSpec("IsWon", "boolean"),
            FieldSpec("SortOrder", "int"),
            deletable=False,
            currencies=False,
        ),
        "Account": _object(
            FieldSpec("Name"),
            FieldSpec("OwnerId", "reference", "User"),
            FieldSpec("Website"),
            FieldSpec("MasterRecordId", "reference", "Account"),
        ),
        "User": _object(
            FieldSpec("Name"),
            FieldSpec("Email"),
            FieldSpec("Title"),
            FieldSpec("IsActive", "boolean"),
            FieldSpec("ManagerId", "reference", "User"),
            FieldSpec("TimeZoneSidKey", "picklist"),
            FieldSpec("LocaleSidKey", "picklist"),
            FieldSpec("DefaultCurrencyIsoCode", "picklist", currencies=True),
            FieldSpec("Department"),
            FieldSpec("Division"),
            FieldSpec("UserType", "picklist"),
            deletable=False,
        ),
        "Product2": _object(FieldSpec("Name"), FieldSpec("ProductCode"), FieldSpec("Family", "picklist")),
        "OpportunityLineItem": _object(
            FieldSpec("OpportunityId", "reference", "Opportunity"),
            FieldSpec("Product2Id", "reference", "Product2"),
            FieldSpec("Quantity", "double", digits=(12, 2)),
            FieldSpec("UnitPrice", "currency"),
            FieldSpec("TotalPrice", "currency"),
        ),
        "OpportunitySplitType": _object(
            FieldSpec("MasterLabel"),
            FieldSpec("DeveloperName"),
            FieldSpec("IsActive", "boolean"),
            FieldSpec("IsTotalValidated", "boolean"),
            deletable=False,
            currencies=False,
        ),
        "OpportunitySplit": _object(
            FieldSpec("OpportunityId", "reference", "Opportunity"),
            FieldSpec("SplitOwnerId", "reference", "User"),
            FieldSpec("SplitPercentage", "percent", digits=(5, 2)),
            FieldSpec("SplitAmount", "currency"),
            FieldSpec("SplitTypeId", "reference", "OpportunitySplitType"),
        ),
        "OpportunityTeamMember": _object(
            FieldSpec("OpportunityId", "reference", "Opportunity"),
            FieldSpec("UserId", "reference", "User"),
            FieldSpec("TeamMemberRole", "picklist"),
        ),
        "ForecastingQuota": _object(
            FieldSpec("QuotaOwnerId", "reference", "User"),
            FieldSpec("QuotaAmount", "currency"),
            FieldSpec("StartDate", "date"),
            FieldSpec("ForecastingTypeId"),
            FieldSpec("IsAmount", "boolean"),
            deletable=False,
        ),
        "Organization": _object(
            FieldSpec("Name"), FieldSpec("TimeZoneSidKey", "picklist"), deletable=False, currencies=False
        ),
        "CurrencyType": _object(
            FieldSpec("IsoCode", "picklist"),
            FieldSpec("ConversionRate", "double", digits=(18, 6)),
            FieldSpec("DecimalPlaces", "int"),
            FieldSpec("IsActive", "boolean"),
            FieldSpec("IsCorporate", "boolean"),
            deletable=False,
            currencies=False,
        ),
        "DatedConversionRate": _object(
            FieldSpec("IsoCode", "picklist"),
            FieldSpec("ConversionRate", "double", digits=(18, 6)),
            FieldSpec("StartDate", "date"),
            FieldSpec("NextStartDate", "date"),
            deletable=False,
            currencies=False,
        ),
    }
)

#: The first three characters of an object's ids.
PREFIXES: Mapping[str, str] = MappingProxyType(
    {
        "Opportunity": "006",
        "OpportunityStage": "01J",
        "Account": "001",
        "User": "005",
        "Product2": "01t",
        "OpportunityLineItem": "00k",
        "OpportunitySplitType": "149",
        "OpportunitySplit": "1DS",
        "OpportunityTeamMember": "00q",
        "ForecastingQuota": "0J9",
        "Organization": "00D",
        "CurrencyType": "01L",
        "DatedConversionRate": "04w",
    }
)

#: The same of an object that the organisation added itself.
OWN_PREFIX = "a00"

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def record_id(name: str, number: int) -> str:
    """The 18-character id of the object's record of that number; ids grow with their numbers."""
    digits = ""
    for _ in range(9):
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    short = f"{PREFIXES.get(name, OWN_PREFIX)}A00{digits}"
    return short + "".join(_check(short[start : start + 5]) for start in (0, 5, 10))


def _check(five: str) -> str:
    """The letter that tells which of five characters are capitals."""
    return _CHECK[sum(1 << place for place, letter in enumerate(five) if letter.isupper())]
