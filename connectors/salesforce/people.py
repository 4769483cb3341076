"""People: users, also inactive ones, who have left but keep their deals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.salesforce.table import Table, is_deleted

if TYPE_CHECKING:
    from connectors.salesforce.table import Row
    from connectors.schema import KindMapping

USER = "User"


def has_left(row: Row) -> bool:
    """Whether the user is inactive; Salesforce never deletes one."""
    return row.get("IsActive") is not True


def table(mapping: KindMapping) -> Table:
    """The people of that mapping; of another object than `User`, deleted records have left."""
    name = mapping.object or USER
    if name == USER:
        return Table(name, ("IsActive", *mapping.columns), has_left)
    return Table(name, ("IsDeleted", *mapping.columns), is_deleted)
