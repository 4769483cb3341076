"""Plans, runs, lines, statements and receipts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from store.tables.column_types import Day, Id

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "line",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("rep_id", sa.BigInteger(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("plan_label", sa.Integer(), nullable=False),
        sa.Column("component_label", sa.Integer(), nullable=False),
        sa.Column("kind_label", sa.Integer(), nullable=False),
        sa.Column("rule_label", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.BigInteger(), nullable=False),
        sa.Column("booked_on", Day(), nullable=False),
        sa.Column("basis_cents", sa.BigInteger(), nullable=False),
        sa.Column("before_cents", sa.BigInteger(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "rep_id", "line_no", name=op.f("pk_line")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "receipt",
        sa.Column("receipt_id", sa.String(), nullable=False),
        sa.Column("rep_id", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.String(), nullable=False),
        sa.Column("output", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("pk_receipt")),
    )
    op.create_index(op.f("ix_receipt_rep_id"), "receipt", ["rep_id"], unique=False)
    op.create_table(
        "run",
        sa.Column("run_id", Id(), nullable=False),
        sa.Column("as_of_on", Day(), nullable=False),
        sa.Column("watermark", sa.BigInteger(), nullable=False),
        sa.Column("plan_hashes", sa.String(), nullable=False),
        sa.Column("inputs_hash", sa.String(), nullable=False),
        sa.Column("code_version", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_run")),
    )
    op.create_table(
        "stale_rep",
        sa.Column("rep_id", Id(), autoincrement=False, nullable=False),
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("rep_id", name=op.f("pk_stale_rep")),
    )
    op.create_table(
        "plan",
        sa.Column("plan_id", Id(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("plan_hash", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("effective_from_on", Day(), nullable=False),
        sa.Column("effective_to_on", Day(), nullable=False),
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["change.change_id"], name=op.f("fk_plan_change_id")),
        sa.PrimaryKeyConstraint("plan_id", name=op.f("pk_plan")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_plan_name_version")),
        sa.UniqueConstraint("plan_hash", name=op.f("uq_plan_plan_hash")),
    )
    op.create_table(
        "statement",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("rep_id", sa.BigInteger(), nullable=False),
        sa.Column("period_start_on", Day(), nullable=False),
        sa.Column("period_end_on", Day(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("period_label", sa.String(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.Column("published_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name=op.f("fk_statement_run_id")),
        sa.PrimaryKeyConstraint(
            "run_id", "rep_id", "period_start_on", "period_end_on", "currency", name=op.f("pk_statement")
        ),
    )
    op.create_table(
        "statement_pointer",
        sa.Column("rep_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("period_start_on", Day(), nullable=False),
        sa.Column("period_end_on", Day(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name=op.f("fk_statement_pointer_run_id")),
        sa.PrimaryKeyConstraint(
            "rep_id", "period_start_on", "period_end_on", "currency", name=op.f("pk_statement_pointer")
        ),
    )


def downgrade() -> None:
    op.drop_table("statement_pointer")
    op.drop_table("statement")
    op.drop_table("plan")
    op.drop_table("stale_rep")
    op.drop_table("run")
    op.drop_index(op.f("ix_receipt_rep_id"), table_name="receipt")
    op.drop_table("receipt")
    op.drop_table("line")
