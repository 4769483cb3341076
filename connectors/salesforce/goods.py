"""Accounts, products and line items as records of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.salesforce.table import Table

if TYPE_CHECKING:
    from connectors.schema import KindMapping

OBJECTS = {"account": "Account", "product": "Product2", "line_item": "OpportunityLineItem"}


def table(mapping: KindMapping) -> Table:
    """The records of that mapping, in the bin or not."""
    return Table(mapping.object or OBJECTS[mapping.kind], ("IsDeleted", *mapping.columns))
