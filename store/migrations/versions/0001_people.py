"""The change journal, people and their placements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from store.tables.column_types import Day, Id

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "change",
        sa.Column("change_id", Id(), autoincrement=False, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_change")),
    )
    op.create_table(
        "label",
        sa.Column("label_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("label_id", name=op.f("pk_label")),
        sa.UniqueConstraint("text", name=op.f("uq_label_text")),
    )
    op.create_table(
        "person",
        sa.Column("version_id", Id(), autoincrement=False, nullable=False),
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.Column("superseded_by", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.SmallInteger(), nullable=False),
        sa.Column("source_label", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("rep_id", sa.BigInteger(), nullable=False),
        sa.Column("is_primary", sa.SmallInteger(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("email_key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("manager_external_id", sa.String(), nullable=False),
        sa.Column("manager_id", sa.BigInteger(), nullable=False),
        sa.Column("hired_on", Day(), nullable=True),
        sa.Column("left_on", Day(), nullable=True),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_person")),
    )
    op.create_index("ix_person_email_key", "person", ["email_key"], unique=False)
    op.create_index("ix_person_rep_id", "person", ["rep_id"], unique=False)
    op.create_index(
        "ix_person_waiting_manager_external_id",
        "person",
        ["manager_external_id"],
        unique=False,
        sqlite_where=sa.text("manager_id = 0 AND superseded_by IS NULL"),
        postgresql_where=sa.text("manager_id = 0 AND superseded_by IS NULL"),
    )
    op.create_index(
        "uq_person_current",
        "person",
        ["source_label", "external_id"],
        unique=True,
        sqlite_where=sa.text("superseded_by IS NULL"),
        postgresql_where=sa.text("superseded_by IS NULL"),
    )
    op.create_table(
        "placement",
        sa.Column("version_id", Id(), autoincrement=False, nullable=False),
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.Column("superseded_by", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.SmallInteger(), nullable=False),
        sa.Column("source_label", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("person_external_id", sa.String(), nullable=False),
        sa.Column("rep_id", sa.BigInteger(), nullable=False),
        sa.Column("manager_external_id", sa.String(), nullable=False),
        sa.Column("manager_id", sa.BigInteger(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("territory", sa.String(), nullable=False),
        sa.Column("start_on", Day(), nullable=False),
        sa.Column("end_on", Day(), nullable=False),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_placement")),
    )
    op.create_index("ix_placement_rep_id", "placement", ["rep_id"], unique=False)
    op.create_index(
        "ix_placement_waiting_manager_external_id",
        "placement",
        ["manager_external_id"],
        unique=False,
        sqlite_where=sa.text("manager_id = 0 AND superseded_by IS NULL"),
        postgresql_where=sa.text("manager_id = 0 AND superseded_by IS NULL"),
    )
    op.create_index(
        "ix_placement_waiting_person_external_id",
        "placement",
        ["person_external_id"],
        unique=False,
        sqlite_where=sa.text("rep_id = 0 AND superseded_by IS NULL"),
        postgresql_where=sa.text("rep_id = 0 AND superseded_by IS NULL"),
    )
    op.create_index(
        "uq_placement_current",
        "placement",
        ["source_label", "external_id"],
        unique=True,
        sqlite_where=sa.text("superseded_by IS NULL"),
        postgresql_where=sa.text("superseded_by IS NULL"),
    )
    op.create_table(
        "change_part",
        sa.Column("change_id", Id(), nullable=False),
        sa.Column("part_no", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("first_version_id", sa.BigInteger(), nullable=False),
        sa.Column("versions", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["change.change_id"], name=op.f("fk_change_part_change_id")),
        sa.PrimaryKeyConstraint("change_id", "part_no", name=op.f("pk_change_part")),
    )


def downgrade() -> None:
    op.drop_table("change_part")
    op.drop_index(
        "uq_placement_current",
        table_name="placement",
        sqlite_where=sa.text("superseded_by IS NULL"),
        postgresql_where=sa.text("superseded_by IS NULL"),
    )
    op.drop_index(
        "ix_placement_waiting_person_external_id",
        table_name="placement",
        sqlite_where=sa.text("rep_id = 0 AND superseded_by IS NULL"),
        postgresql_where=sa.text("rep_id = 0 AND superseded_by IS NULL"),
    )
    op.drop_index(
        "ix_placement_waiting_manager_external_id",
        table_name="placement",
        sqlite_where=sa.text("manager_id = 0 AND superseded_by IS NULL"),
        postgresql_where=sa.text("manager_id = 0 AND superseded_by IS NULL"),
    )
    op.drop_index("ix_placement_rep_id", table_name="placement")
    op.drop_table("placement")
    op.drop_index(
        "uq_person_current",
        table_name="person",
        sqlite_where=sa.text("superseded_by IS NULL"),
        postgresql_where=sa.text("superseded_by IS NULL"),
    )
    op.drop_index(
        "ix_person_waiting_manager_external_id",
        table_name="person",
        sqlite_where=sa.text("manager_id = 0 AND superseded_by IS NULL"),
        postgresql_where=sa.text("manager_id = 0 AND superseded_by IS NULL"),
    )
    op.drop_index("ix_person_rep_id", table_name="person")
    op.drop_index("ix_person_email_key", table_name="person")
    op.drop_table("person")
    op.drop_table("label")
    op.drop_table("change")
