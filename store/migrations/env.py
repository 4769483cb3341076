"""Alembic's door: it runs inside the transaction that `Database.migrate` opened."""

from __future__ import annotations

from alembic import context

from store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,  # the caller holds the transaction; on both databases it covers the tables too
)
context.run_migrations()
