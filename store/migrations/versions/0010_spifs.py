"""SPIFs: their rules as saved, every move of their state, who was reached, what was scored, and what was won."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from store.tables.column_types import Day, Id

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _spif()
    _spif_rules()
    _spif_move()
    _spif_reader()
    _spif_figures()
    _spif_ruling()
    _spif_prize()
    _spif_opt_out()


def downgrade() -> None:
    op.drop_table("spif_opt_out")
    op.drop_table("spif_prize")
    op.drop_table("spif_ruling")
    op.drop_table("spif_figures")
    op.drop_table("spif_reader")
    op.drop_table("spif_move")
    op.drop_table("spif_rules")
    op.drop_table("spif")


def _spif() -> None:
    op.create_table(
        "spif",
        sa.Column("spif_id", Id(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("spif_id", name=op.f("pk_spif")),
    )
    op.create_index(op.f("ix_spif_state"), "spif", ["state"])


def _spif_rules() -> None:
    op.create_table(
        "spif_rules",
        sa.Column("rules_id", Id(), nullable=False),
        sa.Column("spif_id", Id(), nullable=False),
        sa.Column("rules_hash", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["spif_id"], ["spif.spif_id"], name=op.f("fk_spif_rules_spif_id")),
        sa.ForeignKeyConstraint(["change_id"], ["change.change_id"], name=op.f("fk_spif_rules_change_id")),
        sa.PrimaryKeyConstraint("rules_id", name=op.f("pk_spif_rules")),
    )
    op.create_index(op.f("ix_spif_rules_spif_id"), "spif_rules", ["spif_id"])


def _spif_move() -> None:
    op.create_table(
        "spif_move",
        sa.Column("move_id", Id(), nullable=False),
        sa.Column("spif_id", Id(), nullable=False),
        sa.Column("move", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("rules_hash", sa.String(), nullable=False),
        sa.Column("figures_hash", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["spif_id"], ["spif.spif_id"], name=op.f("fk_spif_move_spif_id")),
        sa.ForeignKeyConstraint(["change_id"], ["change.change_id"], name=op.f("fk_spif_move_change_id")),
        sa.PrimaryKeyConstraint("move_id", name=op.f("pk_spif_move")),
    )
    op.create_index(op.f("ix_spif_move_spif_id"), "spif_move", ["spif_id"])


def _spif_reader() -> None:
    op.create_table(
        "spif_reader",
        sa.Column("reader_id", Id(), nullable=False),
        sa.Column("spif_id", Id(), nullable=False),
        sa.Column("rules_hash", sa.String(), nullable=False),
        sa.Column("rep_id", sa.BigInteger(), nullable=False),
        sa.Column("owed_at", UTCDateTime(), nullable=False),
        sa.Column("reminded_at", UTCDateTime(), nullable=True),
        sa.Column("opened_at", UTCDateTime(), nullable=True),
        sa.Column("acknowledged_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["spif_id"], ["spif.spif_id"], name=op.f("fk_spif_reader_spif_id")),
        sa.PrimaryKeyConstraint("reader_id", name=op.f("pk_spif_reader")),
        sa.UniqueConstraint("spif_id", "rules_hash", "rep_id", name=op.f("uq_spif_reader_spif_id_rules_hash_rep_id")),
    )


def _spif_figures() -> None:
    op.create_table(
        "spif_figures",
        sa.Column("figures_id", Id(), nullable=False),
        sa.Column("spif_id", Id(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("rules_hash", sa.String(), nullable=False),
        sa.Column("figures_hash", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("watermark", sa.BigInteger(), nullable=False),
        sa.Column("as_of", Day(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["spif_id"], ["spif.spif_id"], name=op.f("fk_spif_figures_spif_id")),
        sa.PrimaryKeyConstraint("figures_id", name=op.f("pk_spif_figures")),
    )
    op.create_index(op.f("ix_spif_figures_spif_id"), "spif_figures", ["spif_id"])


def _spif_ruling() -> None:
    op.create_table(
        "spif_ruling",
        sa.Column("ruling_id", Id(), nullable=False),
        sa.Column("spif_id", Id(), nullable=False),
        sa.Column("deal_id", sa.BigInteger(), nullable=False),
        sa.Column("rep_id", sa.BigInteger(), nullable=False),
        sa.Column("is_out", sa.Boolean(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["spif_id"], ["spif.spif_id"], name=op.f("fk_spif_ruling_spif_id")),
        sa.ForeignKeyConstraint(["change_id"], ["change.change_id"], name=op.f("fk_spif_ruling_change_id")),
        sa.PrimaryKeyConstraint("ruling_id", name=op.f("pk_spif_ruling")),
    )
    op.create_index(op.f("ix_spif_ruling_spif_id"), "spif_ruling", ["spif_id"])


def _spif_prize() -> None:
    op.create_table(
        "spif_prize",
        sa.Column("prize_id", Id(), nullable=False),
        sa.Column("spif_id", Id(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("rep_id", sa.BigInteger(), nullable=False),
        sa.Column("award", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("reward", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("on_day", Day(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["spif_id"], ["spif.spif_id"], name=op.f("fk_spif_prize_spif_id")),
        sa.ForeignKeyConstraint(["change_id"], ["change.change_id"], name=op.f("fk_spif_prize_change_id")),
        sa.PrimaryKeyConstraint("prize_id", name=op.f("pk_spif_prize")),
        sa.UniqueConstraint("key", name=op.f("uq_spif_prize_key")),
    )
    op.create_index(op.f("ix_spif_prize_rep_id"), "spif_prize", ["rep_id"])
    op.create_index(op.f("ix_spif_prize_spif_id"), "spif_prize", ["spif_id"])


def _spif_opt_out() -> None:
    op.create_table(
        "spif_opt_out",
        sa.Column("rep_id", Id(), nullable=False),
        sa.Column("since_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("rep_id", name=op.f("pk_spif_opt_out")),
    )
