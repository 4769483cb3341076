"""Accounts, products and the line items of deals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.tables.column_types import Id

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_CURRENT = sa.text("superseded_by IS NULL")
_WAITING = sa.text("deal_id = 0 AND superseded_by IS NULL")


def upgrade() -> None:
    texts = {
        "account": ("name", "domain", "industry", "segment", "region"),
        "product": ("name", "code", "family"),
        "line_item": ("deal_external_id", "product_external_id", "name"),
    }
    for name, said in texts.items():
        numbers = ("deal_id", "quantity", "amount_cents") if name == "line_item" else ()
        label = [sa.Column("currency_label", sa.Integer(), nullable=False)] if name == "line_item" else []
        op.create_table(
            name,
            sa.Column("version_id", Id(), autoincrement=False, nullable=False),
            sa.Column("change_id", sa.BigInteger(), nullable=False),
            sa.Column("superseded_by", sa.BigInteger(), nullable=True),
            sa.Column("row_hash", sa.BigInteger(), nullable=False),
            sa.Column("deleted", sa.SmallInteger(), nullable=False),
            sa.Column("source_label", sa.Integer(), nullable=False),
            sa.Column("external_id", sa.String(), nullable=False),
            sa.Column(f"{name}_id", sa.BigInteger(), nullable=False),
            *(sa.Column(text, sa.String(), nullable=False) for text in said),
            *(sa.Column(number, sa.BigInteger(), nullable=False) for number in numbers),
            *label,
            sa.PrimaryKeyConstraint("version_id", name=op.f(f"pk_{name}")),
        )
        op.create_index(
            f"uq_{name}_current",
            name,
            ["source_label", "external_id"],
            unique=True,
            sqlite_where=_CURRENT,
            postgresql_where=_CURRENT,
        )
    op.create_index("ix_line_item_deal_id", "line_item", ["deal_id"], unique=False)
    op.create_index(
        "ix_line_item_waiting_deal_external_id",
        "line_item",
        ["deal_external_id"],
        unique=False,
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )


def downgrade() -> None:
    for name in ("line_item", "product", "account"):
        op.drop_table(name)
