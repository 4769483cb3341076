"""Pay periods: the moves of their state, and lines as they were locked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from store.tables.column_types import Day, Id

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "period_move",
        sa.Column("move_id", Id(), nullable=False),
        sa.Column("pays", sa.String(), nullable=False),
        sa.Column("start_on", Day(), nullable=False),
        sa.Column("end_on", Day(), nullable=False),
        sa.Column("move", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["change.change_id"], name=op.f("fk_period_move_change_id")),
        sa.PrimaryKeyConstraint("move_id", name=op.f("pk_period_move")),
    )
    op.create_table(
        "locked_line",
        sa.Column("locked_line_id", Id(), nullable=False),
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.Column("superseded_by", sa.BigInteger(), nullable=True),
        sa.Column("pays", sa.String(), nullable=False),
        sa.Column("period_start_on", Day(), nullable=False),
        sa.Column("rep_id", sa.BigInteger(), nullable=False),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("component", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("deal_id", sa.BigInteger(), nullable=False),
        sa.Column("on_day", Day(), nullable=False),
        sa.Column("for_on", Day(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("basis_cents", sa.BigInteger(), nullable=False),
        sa.Column("before_cents", sa.BigInteger(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("watermark", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["change.change_id"], name=op.f("fk_locked_line_change_id")),
        sa.PrimaryKeyConstraint("locked_line_id", name=op.f("pk_locked_line")),
    )
    op.create_index(op.f("ix_locked_line_change_id"), "locked_line", ["change_id"])
    op.create_index(op.f("ix_locked_line_rep_id"), "locked_line", ["rep_id"])


def downgrade() -> None:
    op.drop_table("locked_line")
    op.drop_table("period_move")
