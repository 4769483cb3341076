"""Ops alerts: conditions, findings and moves; mapped owners, wishes to a sync, and records that a sync spared."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from store.tables.column_types import Day, Id

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_STANDING = sa.text("state <> 'closed'")
_FIXED = sa.text("fix <> ''")
_UNDONE = sa.text("done_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "ops_alert",
        sa.Column("alert_id", Id(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("since_on", Day(), nullable=True),
        sa.Column("findings", sa.Integer(), nullable=False),
        sa.Column("risk", sa.String(), nullable=False),
        sa.Column("marks", sa.String(), nullable=False),
        sa.Column("accepted", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=True),
        sa.Column("lifts_lock", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("alert_id", name=op.f("pk_ops_alert")),
        sa.UniqueConstraint("key", name=op.f("uq_ops_alert_key")),
    )
    op.create_index(
        "ix_ops_alert_standing", "ops_alert", ["code"], sqlite_where=_STANDING, postgresql_where=_STANDING
    )
    op.create_table(
        "ops_alert_item",
        sa.Column("alert_id", sa.BigInteger(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("risk_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("found", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("alert_id", "item", name=op.f("pk_ops_alert_item")),
    )
    op.create_table(
        "ops_alert_move",
        sa.Column("move_id", Id(), nullable=False),
        sa.Column("alert_id", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("move", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("fix", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("move_id", name=op.f("pk_ops_alert_move")),
    )
    op.create_index("ix_ops_alert_move_alert_id", "ops_alert_move", ["alert_id"])
    op.create_index(
        "uq_ops_alert_move_fix",
        "ops_alert_move",
        ["alert_id", "round", "fix", "item"],
        unique=True,
        sqlite_where=_FIXED,
        postgresql_where=_FIXED,
    )
    op.create_table(
        "owner_mapping",
        sa.Column("source_label", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("owner_external_id", sa.String(), nullable=False),
        sa.Column("rep_id", sa.BigInteger(), nullable=False),
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source_label", "owner_external_id", name=op.f("pk_owner_mapping")),
    )
    op.create_table(
        "sync_wish",
        sa.Column("wish_id", Id(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("wish_id", name=op.f("pk_sync_wish")),
    )
    op.create_index("ix_sync_wish_undone", "sync_wish", ["source"], sqlite_where=_UNDONE, postgresql_where=_UNDONE)
    op.add_column("sync_run", sa.Column("spared", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("sync_run", "spared")
    op.drop_table("sync_wish")
    op.drop_table("owner_mapping")
    op.drop_table("ops_alert_move")
    op.drop_table("ops_alert_item")
    op.drop_table("ops_alert")
