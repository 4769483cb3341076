"""Deals: opportunities, in the bin or not.

Salesforce itself merges no opportunities. Add-ons that do delete the losers, so that each comes as deleted, or is
missing once the bin was emptied; the survivor is counted once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.salesforce.table import Table

if TYPE_CHECKING:
    from connectors.schema import KindMapping

DEAL = "Opportunity"


def table(mapping: KindMapping) -> Table:
    """The deals of that mapping."""
    return Table(mapping.object or DEAL, ("IsDeleted", *mapping.columns))
