"""Records as their sources wrote them, and what webhooks hint at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from store.tables.column_types import Id

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "raw_record",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("source_us", sa.BigInteger(), nullable=True),
        sa.Column("read_us", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("body_hash", sa.String(), nullable=False),
        sa.Column("fact_keys", sa.String(), nullable=False),
        sa.Column("mapping_hash", sa.String(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("merged_into", sa.String(), nullable=False),
        sa.Column("first_seen_us", sa.BigInteger(), nullable=False),
        sa.Column("seen_sweep", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", "kind", "external_id", name=op.f("pk_raw_record")),
    )
    op.create_index(
        "ix_raw_record_held",
        "raw_record",
        ["source", "kind"],
        unique=False,
        sqlite_where=sa.text("held = 1"),
        postgresql_where=sa.text("held = 1"),
    )
    op.create_table(
        "sync_hint",
        sa.Column("hint_id", Id(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("hint_id", name=op.f("pk_sync_hint")),
        sa.UniqueConstraint("source", "event_id", name=op.f("uq_sync_hint_source_event_id")),
    )


def downgrade() -> None:
    op.drop_table("sync_hint")
    op.drop_index(
        "ix_raw_record_held",
        table_name="raw_record",
        sqlite_where=sa.text("held = 1"),
        postgresql_where=sa.text("held = 1"),
    )
    op.drop_table("raw_record")
