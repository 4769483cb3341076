"""Records that several sources tell of: what each says, which belong together, and by which rule."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.tables.column_types import Id

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_OWN = {
    "blend_rule": ("rule_id", ("of_kind", "said")),
    "blend_part": ("part_id", ("of_kind", "record", "said", "keys", "raw_ref")),
    "blend_link": ("link_id", ("of_kind", "record", "state", "anchor_id", "method", "decided_by")),
}


def upgrade() -> None:
    for name, (number, texts) in _OWN.items():
        stamp = [sa.Column("source_us", sa.BigInteger(), nullable=True)] if name == "blend_part" else []
        op.create_table(
            name,
            sa.Column("version_id", Id(), autoincrement=False, nullable=False),
            sa.Column("change_id", sa.BigInteger(), nullable=False),
            sa.Column("superseded_by", sa.BigInteger(), nullable=True),
            sa.Column("row_hash", sa.BigInteger(), nullable=False),
            sa.Column("deleted", sa.SmallInteger(), nullable=False),
            sa.Column("source_label", sa.Integer(), nullable=False),
            sa.Column("external_id", sa.String(), nullable=False),
            sa.Column(number, sa.BigInteger(), nullable=False),
            *(sa.Column(text, sa.String(), nullable=False) for text in texts),
            *stamp,
            sa.PrimaryKeyConstraint("version_id", name=op.f(f"pk_{name}")),
        )
        op.create_index(
            f"uq_{name}_current",
            name,
            ["source_label", "external_id"],
            unique=True,
            sqlite_where=sa.text("superseded_by IS NULL"),
            postgresql_where=sa.text("superseded_by IS NULL"),
        )
    op.create_index("ix_blend_part_change_id", "blend_part", ["change_id"], unique=False)
    op.create_index("ix_blend_link_anchor_id", "blend_link", ["of_kind", "anchor_id"], unique=False)
    op.create_table(
        "blend_key",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("of_kind", "source", "record", "name", "value")),
        sa.PrimaryKeyConstraint("of_kind", "source", "record", "name", name=op.f("pk_blend_key")),
    )
    op.create_index("ix_blend_key_value", "blend_key", ["of_kind", "value"], unique=False)


def downgrade() -> None:
    for name in ("blend_key", *_OWN):
        op.drop_table(name)
