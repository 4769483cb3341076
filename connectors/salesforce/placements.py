"""Placements and assignments: who reports to whom, and who is on which plan, where an object holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.errors import ConfigRefused
from connectors.salesforce.people import USER
from connectors.salesforce.table import Table

if TYPE_CHECKING:
    from connectors.schema import KindMapping


def table(mapping: KindMapping) -> Table:
    """The placements of that mapping: of users, or of an object that the mapping names."""
    name = mapping.object or USER
    return Table(name, mapping.columns if name == USER else ("IsDeleted", *mapping.columns))


def assigned(mapping: KindMapping) -> Table:
    """The assignments of that mapping.

    Raises:
        ConfigRefused: The mapping names no object; Salesforce has none for it.
    """
    if not mapping.object:
        raise ConfigRefused(
            "Salesforce has no object for assignments to plans",
            where="assignment",
            remedy="Name yours with `object:`, or take assignments from a file",
        )
    return Table(mapping.object, ("IsDeleted", *mapping.columns))
