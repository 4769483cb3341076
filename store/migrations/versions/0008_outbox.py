"""Messages owed, the pace at which they may go out, and the direct message each account is reached in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from store.tables.column_types import Id

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_OPEN = sa.text("state IN ('pending', 'leased', 'unknown')")


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("outbox_id", Id(), nullable=False),
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("rep_id", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("edits", sa.String(), nullable=False),
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("data", sa.String(), nullable=False),
        sa.Column("receipt_ids", sa.String(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("not_before_at", UTCDateTime(), nullable=True),
        sa.Column("expires_at", UTCDateTime(), nullable=True),
        sa.Column("cleared_until_at", UTCDateTime(), nullable=True),
        sa.Column("retry_at", UTCDateTime(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("leased_until", UTCDateTime(), nullable=True),
        sa.Column("send_started_at", UTCDateTime(), nullable=True),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.Column("ts", sa.String(), nullable=False),
        sa.Column("is_resend", sa.Boolean(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("template_version", sa.String(), nullable=False),
        sa.Column("payload_hash", sa.String(), nullable=False),
        sa.Column("merged_into", sa.String(), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("outbox_id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("notice_id", name=op.f("uq_outbox_notice_id")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index(
        "ix_outbox_open",
        "outbox",
        ["state", "priority", "outbox_id"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index("ix_outbox_rep_id_sent_at", "outbox", ["rep_id", "sent_at"])
    op.create_index("ix_outbox_topic", "outbox", ["topic"])
    op.create_index("ix_outbox_payload_hash", "outbox", ["payload_hash"])
    op.create_index("ix_outbox_edits", "outbox", ["edits"])
    op.create_index("ix_outbox_merged_into", "outbox", ["merged_into"])
    op.create_table(
        "send_lane",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("next_us", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "lane", name=op.f("pk_send_lane")),
    )
    op.create_table(
        "direct_channel",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "user_id", name=op.f("pk_direct_channel")),
    )


def downgrade() -> None:
    op.drop_table("direct_channel")
    op.drop_table("send_lane")
    op.drop_table("outbox")
