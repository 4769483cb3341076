"""Deals by owner and day through the versions that changed either; what is there already is listed in full."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_LISTED = sa.text("listed = 1")


def upgrade() -> None:
    op.add_column("deal", sa.Column("listed", sa.SmallInteger(), server_default=sa.text("1"), nullable=False))
    op.drop_index("ix_deal_owner_id_booked_on", table_name="deal")
    op.create_index(
        "ix_deal_listed",
        "deal",
        ["owner_id", "booked_on", "deal_id", "listed"],
        unique=False,
        sqlite_where=_LISTED,
        postgresql_where=_LISTED,
    )


def downgrade() -> None:
    op.drop_index("ix_deal_listed", table_name="deal", sqlite_where=_LISTED, postgresql_where=_LISTED)
    op.create_index("ix_deal_owner_id_booked_on", "deal", ["owner_id", "booked_on"], unique=False)
    op.drop_column("deal", "listed")
