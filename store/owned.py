"""Whose deals are whose: found by owner and day through the versions that changed either, which are the listed ones.

A version that only says another amount stands in no index of owners: whoever looks for a rep's deals finds them by
the version that made them theirs, and goes from the deal's number to the version wanted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import literal_column, select

from store.tables.facts import deal

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select

#: Versions of deals as the index of owners and days holds them.
listed = deal.alias("listed")


def deal_ids(*which: ColumnElement[bool]) -> Select[int]:
    """The deals that ever had an owner and a day such as `which` says of `listed`; one may come more than once."""
    # Spelled as the index spells it: a parameter might be anything, and the index would not be used.
    return select(listed.c.deal_id).where(listed.c.listed == literal_column("1"), *which)
