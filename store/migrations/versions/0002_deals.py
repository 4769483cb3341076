"""Deals, splits, quotas, assignments and exchange rates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.tables.column_types import Day, Id

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assignment",
        sa.Column("version_id", Id(), autoincrement=False, nullable=False),
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.Column("superseded_by", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.SmallInteger(), nullable=False),
        sa.Column("source_label", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("person_external_id", sa.String(), nullable=False),
        sa.Column("rep_id", sa.BigInteger(), nullable=False),
        sa.Column("plan_label", sa.Integer(), nullable=False),
        sa.Column("start_on", Day(), nullable=False),
        sa.Column("end_on", Day(), nullable=False),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_assignment")),
    )
    op.create_index("ix_assignment_rep_id", "assignment", ["rep_id"], unique=False)
    op.create_index(
        "ix_assignment_waiting_person_external_id",
        "assignment",
        ["person_external_id"],
        unique=False,
        sqlite_where=sa.text("rep_id = 0 AND superseded_by IS NULL"),
        postgresql_where=sa.text("rep_id = 0 AND superseded_by IS NULL"),
    )
    op.create_index(
        "uq_assignment_current",
        "assignment",
        ["source_label", "external_id"],
        unique=True,
        sqlite_where=sa.text("superseded_by IS NULL"),
        postgresql_where=sa.text("superseded_by IS NULL"),
    )
    op.create_table(
        "deal",
        sa.Column("version_id", Id(), autoincrement=False, nullable=False),
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.Column("superseded_by", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.SmallInteger(), nullable=False),
        sa.Column("source_label", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("deal_id", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("booked_on", Day(), nullable=False),
        sa.Column("currency_label", sa.Integer(), nullable=False),
        sa.Column("stage_label", sa.Integer(), nullable=False),
        sa.Column("stage_name_label", sa.Integer(), nullable=False),
        sa.Column("deal_type_label", sa.Integer(), nullable=False),
        sa.Column("product_label", sa.Integer(), nullable=False),
        sa.Column("source_us", sa.BigInteger(), nullable=True),
        sa.Column("owner_external_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("raw_ref", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_deal")),
    )
    op.create_index("ix_deal_deal_id", "deal", ["deal_id"], unique=False)
    op.create_index("ix_deal_owner_id_booked_on", "deal", ["owner_id", "booked_on"], unique=False)
    op.create_index(
        "ix_deal_waiting_owner_external_id",
        "deal",
        ["owner_external_id"],
        unique=False,
        sqlite_where=sa.text("owner_id = 0 AND superseded_by IS NULL"),
        postgresql_where=sa.text("owner_id = 0 AND superseded_by IS NULL"),
    )
    op.create_index(
        "uq_deal_current",
        "deal",
        ["source_label", "external_id"],
        unique=True,
        sqlite_where=sa.text("superseded_by IS NULL"),
        postgresql_where=sa.text("superseded_by IS NULL"),
    )
    op.create_table(
        "fx_rate",
        sa.Column("version_id", Id(), autoincrement=False, nullable=False),
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.Column("superseded_by", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.SmallInteger(), nullable=False),
        sa.Column("source_label", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("from_currency_label", sa.Integer(), nullable=False),
        sa.Column("to_currency_label", sa.Integer(), nullable=False),
        sa.Column("start_on", Day(), nullable=False),
        sa.Column("end_on", Day(), nullable=False),
        sa.Column("rate_num", sa.BigInteger(), nullable=False),
        sa.Column("rate_den", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_fx_rate")),
    )
    op.create_index(
        "uq_fx_rate_current",
        "fx_rate",
        ["source_label", "external_id"],
        unique=True,
        sqlite_where=sa.text("superseded_by IS NULL"),
        postgresql_where=sa.text("superseded_by IS NULL"),
    )
    op.create_table(
        "quota",
        sa.Column("version_id", Id(), autoincrement=False, nullable=False),
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.Column("superseded_by", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.SmallInteger(), nullable=False),
        sa.Column("source_label", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("person_external_id", sa.String(), nullable=False),
        sa.Column("rep_id", sa.BigInteger(), nullable=False),
        sa.Column("name_label", sa.Integer(), nullable=False),
        sa.Column("start_on", Day(), nullable=False),
        sa.Column("end_on", Day(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency_label", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_quota")),
    )
    op.create_index("ix_quota_rep_id", "quota", ["rep_id"], unique=False)
    op.create_index(
        "ix_quota_waiting_person_external_id",
        "quota",
        ["person_external_id"],
        unique=False,
        sqlite_where=sa.text("rep_id = 0 AND superseded_by IS NULL"),
        postgresql_where=sa.text("rep_id = 0 AND superseded_by IS NULL"),
    )
    op.create_index(
        "uq_quota_current",
        "quota",
        ["source_label", "external_id"],
        unique=True,
        sqlite_where=sa.text("superseded_by IS NULL"),
        postgresql_where=sa.text("superseded_by IS NULL"),
    )
    op.create_table(
        "split",
        sa.Column("version_id", Id(), autoincrement=False, nullable=False),
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.Column("superseded_by", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.SmallInteger(), nullable=False),
        sa.Column("source_label", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("deal_external_id", sa.String(), nullable=False),
        sa.Column("deal_id", sa.BigInteger(), nullable=False),
        sa.Column("person_external_id", sa.String(), nullable=False),
        sa.Column("rep_id", sa.BigInteger(), nullable=False),
        sa.Column("share_ppb", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_split")),
    )
    op.create_index("ix_split_deal_id", "split", ["deal_id"], unique=False)
    op.create_index(
        "ix_split_of_deal",
        "split",
        ["source_label", "deal_external_id"],
        unique=False,
        sqlite_where=sa.text("superseded_by IS NULL"),
        postgresql_where=sa.text("superseded_by IS NULL"),
    )
    op.create_index("ix_split_rep_id", "split", ["rep_id"], unique=False)
    op.create_index(
        "ix_split_waiting_deal_external_id",
        "split",
        ["deal_external_id"],
        unique=False,
        sqlite_where=sa.text("deal_id = 0 AND superseded_by IS NULL"),
        postgresql_where=sa.text("deal_id = 0 AND superseded_by IS NULL"),
    )
    op.create_index(
        "ix_split_waiting_person_external_id",
        "split",
        ["person_external_id"],
        unique=False,
        sqlite_where=sa.text("rep_id = 0 AND superseded_by IS NULL"),
        postgresql_where=sa.text("rep_id = 0 AND superseded_by IS NULL"),
    )
    op.create_index(
        "uq_split_current",
        "split",
        ["source_label", "external_id"],
        unique=True,
        sqlite_where=sa.text("superseded_by IS NULL"),
        postgresql_where=sa.text("superseded_by IS NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_split_current",
        table_name="split",
        sqlite_where=sa.text("superseded_by IS NULL"),
        postgresql_where=sa.text("superseded_by IS NULL"),
    )
    op.drop_index(
        "ix_split_waiting_person_external_id",
        table_name="split",
        sqlite_where=sa.text("rep_id = 0 AND superseded_by IS NULL"),
        postgresql_where=sa.text("rep_id = 0 AND superseded_by IS NULL"),
    )
    op.drop_index(
        "ix_split_waiting_deal_external_id",
        table_name="split",
        sqlite_where=sa.text("deal_id = 0 AND superseded_by IS NULL"),
        postgresql_where=sa.text("deal_id = 0 AND superseded_by IS NULL"),
    )
    op.drop_index("ix_split_rep_id", table_name="split")
    op.drop_index(
        "ix_split_of_deal",
        table_name="split",
        sqlite_where=sa.text("superseded_by IS NULL"),
        postgresql_where=sa.text("superseded_by IS NULL"),
    )
    op.drop_index("ix_split_deal_id", table_name="split")
    op.drop_table("split")
    op.drop_index(
        "uq_quota_current",
        table_name="quota",
        sqlite_where=sa.text("superseded_by IS NULL"),
        postgresql_where=sa.text("superseded_by IS NULL"),
    )
    op.drop_index(
        "ix_quota_waiting_person_external_id",
        table_name="quota",
        sqlite_where=sa.text("rep_id = 0 AND superseded_by IS NULL"),
        postgresql_where=sa.text("rep_id = 0 AND superseded_by IS NULL"),
    )
    op.drop_index("ix_quota_rep_id", table_name="quota")
    op.drop_table("quota")
    op.drop_index(
        "uq_fx_rate_current",
        table_name="fx_rate",
        sqlite_where=sa.text("superseded_by IS NULL"),
        postgresql_where=sa.text("superseded_by IS NULL"),
    )
    op.drop_table("fx_rate")
    op.drop_index(
        "uq_deal_current",
        table_name="deal",
        sqlite_where=sa.text("superseded_by IS NULL"),
        postgresql_where=sa.text("superseded_by IS NULL"),
    )
    op.drop_index(
        "ix_deal_waiting_owner_external_id",
        table_name="deal",
        sqlite_where=sa.text("owner_id = 0 AND superseded_by IS NULL"),
        postgresql_where=sa.text("owner_id = 0 AND superseded_by IS NULL"),
    )
    op.drop_index("ix_deal_owner_id_booked_on", table_name="deal")
    op.drop_index("ix_deal_deal_id", table_name="deal")
    op.drop_table("deal")
    op.drop_index(
        "uq_assignment_current",
        table_name="assignment",
        sqlite_where=sa.text("superseded_by IS NULL"),
        postgresql_where=sa.text("superseded_by IS NULL"),
    )
    op.drop_index(
        "ix_assignment_waiting_person_external_id",
        table_name="assignment",
        sqlite_where=sa.text("rep_id = 0 AND superseded_by IS NULL"),
        postgresql_where=sa.text("rep_id = 0 AND superseded_by IS NULL"),
    )
    op.drop_index("ix_assignment_rep_id", table_name="assignment")
    op.drop_table("assignment")
