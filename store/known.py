"""The facts as they were known: after one change and before the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, or_

from store.changes import watermark as newest

if TYPE_CHECKING:
    from sqlalchemy import BindParameter, ColumnElement, Connection, Table


def at(table: Table, watermark: int | BindParameter[int]) -> ColumnElement[bool]:
    """Whether a version was the record's current one, and no tombstone, once change `watermark` was committed."""
    return and_(version_at(table, watermark), table.c.deleted == 0)


def version_at(table: Table, watermark: int | BindParameter[int]) -> ColumnElement[bool]:
    """Whether a version, tombstone or not, was the record's current one once change `watermark` was committed."""
    superseded_by = table.c.superseded_by
    return and_(table.c.change_id <= watermark, or_(superseded_by.is_(None), superseded_by > watermark))


def now(table: Table) -> ColumnElement[bool]:
    """Whether a version is the record's current one, and no tombstone."""
    return and_(table.c.superseded_by.is_(None), table.c.deleted == 0)


def point(conn: Connection, watermark: int | None) -> int:
    """The watermark asked for, else the newest."""
    return newest(conn) if watermark is None else watermark
