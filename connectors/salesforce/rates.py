"""Exchange rates: dated ones, of one corporate currency to the others. They have no bin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.salesforce.table import Row, Table

if TYPE_CHECKING:
    from connectors.schema import KindMapping

RATE, CURRENCY = "DatedConversionRate", "CurrencyType"

#: How Salesforce writes "since ever" and "for ever", if it writes anything, and the days that stand for them here.
EVER = {"StartDate": ("0001-01-01", "1900-01-01"), "NextStartDate": ("9999-12-31", "2200-01-01")}


def table(mapping: KindMapping) -> Table:
    """The rates of that mapping."""
    name = mapping.object or RATE
    own = name in (RATE, CURRENCY)
    return Table(name, mapping.columns if own else ("IsDeleted", *mapping.columns), tidy=bounded)


def bounded(row: Row) -> Row:
    """The rate with days that a calendar has."""
    return row | {name: day for name, (ever, day) in EVER.items() if name in row and row[name] in (None, ever)}
