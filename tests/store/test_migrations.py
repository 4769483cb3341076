"""Migrations lead to the tables that the code declares, on both databases, and can be repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from store.database import Database, head_revision
from store.errors import StoreError
from store.tables import metadata

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection


def test_a_migrated_database_has_the_declared_tables(database: Database) -> None:
    with database.read() as conn:
        assert compare_metadata(MigrationContext.configure(conn, opts={"compare_type": True}), metadata) == []


def test_a_migrated_database_equals_one_created_from_the_tables(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    """Down to types, nullability and the conditions of partial indexes."""
    if database.dialect == "sqlite":
        other = Database.open(f"sqlite:///{tmp_path / 'created.db'}")
        with other.write() as conn:
            metadata.create_all(conn)
        with database.read() as migrated, other.read() as created:
            assert _shape(migrated) == _shape(created)
        other.dispose()
        return
    with database.write() as conn:
        by_migrations = _shape(conn)
        conn.execute(text("DROP TABLE alembic_version"))
        metadata.drop_all(conn)
        metadata.create_all(conn)
        assert _shape(conn) == by_migrations


def test_migrating_again_changes_nothing(database: Database) -> None:
    assert database.revision() == head_revision()
    database.migrate()
    database.require_current()


def test_a_failed_migration_leaves_nothing(tmp_path: Path) -> None:
    fresh = Database.open(f"sqlite:///{tmp_path / 'fresh.db'}")
    with fresh.write() as conn:
        conn.exec_driver_sql("CREATE TABLE statement_pointer (x INTEGER)")
    with pytest.raises(StoreError):
        fresh.migrate()
    with fresh.read() as conn:
        assert set(inspect(conn).get_table_names()) == {"statement_pointer"}
    fresh.dispose()


def _shape(conn: Connection) -> dict[str, object]:
    found: dict[str, object] = {}
    inspector = inspect(conn)
    for name in sorted(set(inspector.get_table_names()) - {"alembic_version"}):
        columns = [
            (c["name"], str(c["type"]), c["nullable"], str(c.get("default"))) for c in inspector.get_columns(name)
        ]
        indexes = sorted(
            (
                i["name"] or "",
                tuple(i["column_names"]),
                bool(i["unique"]),
                str([str(said) for said in i.get("dialect_options", {}).values()]),
            )
            for i in inspector.get_indexes(name)
        )
        keys = sorted((k["name"] or "", tuple(k["column_names"])) for k in inspector.get_unique_constraints(name))
        others = sorted(
            (f["name"] or "", tuple(f["constrained_columns"]), f["referred_table"])
            for f in inspector.get_foreign_keys(name)
        )
        primary = inspector.get_pk_constraint(name)
        found[name] = (columns, indexes, keys, others, primary["name"], tuple(primary["constrained_columns"]))
    return found
