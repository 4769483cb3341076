"""What people want to be told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from store.tables.column_types import Day

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TABLES = ("preference", "snooze", "habit", "engagement", "acknowledgement")


def upgrade() -> None:
    op.create_table(
        "preference",
        sa.Column("rep_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("muted", sa.String(), nullable=False),
        sa.Column("asked_for", sa.String(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=True),
        sa.Column("closes", sa.Integer(), nullable=True),
        sa.Column("workdays", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("digest_only", sa.Boolean(), nullable=False),
        sa.Column("away_from_on", Day(), nullable=True),
        sa.Column("away_until_on", Day(), nullable=True),
        sa.Column("quiet_until_at", UTCDateTime(), nullable=True),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("rep_id", name=op.f("pk_preference")),
    )
    op.create_table(
        "snooze",
        *_keyed("snooze", "topic"),
        sa.Column("until_at", UTCDateTime(), nullable=False),
    )
    op.create_table(
        "habit",
        *_keyed("habit", "kind"),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("told_at", UTCDateTime(), nullable=True),
    )
    op.create_table(
        "engagement",
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("rep_id", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_engagement")),
    )
    op.create_index("ix_engagement_rep_id_at", "engagement", ["rep_id", "at"])
    op.create_table(
        "acknowledgement", *_keyed("acknowledgement", "topic"), sa.Column("at", UTCDateTime(), nullable=False)
    )


def downgrade() -> None:
    for name in _TABLES:
        op.drop_table(name)


def _keyed(table: str, name: str) -> tuple[sa.schema.SchemaItem, ...]:
    """A person and what it is about, which together are the key."""
    return (
        sa.Column("rep_id", sa.BigInteger(), nullable=False),
        sa.Column(name, sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("rep_id", name, name=op.f(f"pk_{table}")),
    )
