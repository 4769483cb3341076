"""Quotas: those of collaborative forecasts. They have no bin: what is gone is only missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.salesforce.table import Table

if TYPE_CHECKING:
    from connectors.schema import KindMapping

QUOTA = "ForecastingQuota"


def table(mapping: KindMapping) -> Table:
    """The quotas of that mapping."""
    name = mapping.object or QUOTA
    return Table(name, mapping.columns if name == QUOTA else ("IsDeleted", *mapping.columns))
