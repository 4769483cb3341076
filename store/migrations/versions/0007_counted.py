"""What plans may go by beside deals and quotas: positions, figures, tags, events, achievements, decided amounts."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from store.tables.column_types import Day, Id

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TABLES = (
    "absence",
    "achievement",
    "adjustment",
    "balance",
    "deal_event",
    "deal_figure",
    "deal_tag",
    "incentive",
    "position",
)


def upgrade() -> None:
    _create("absence", _who(), ("start_on", Day()), ("end_on", Day()))
    _create("achievement", _who(), _label("name"), _on_day(), _text("record"), _number("value"), _label("unit"))
    _create(
        "adjustment",
        ("adjustment_id", sa.BigInteger()),
        _who(),
        _on_day(),
        _label("kind"),
        _label("plan"),
        _deal(),
        *_money(),
        _text("reason"),
        _text("approved_by"),
    )
    _create("balance", _who(), _label("plan"), _label("name"), _on_day(), _number("value"))
    _create("deal_event", _deal(), _label("name"), _on_day(), _text("record"), *_money())
    _create("deal_figure", _deal(), _label("name"), _number("value"), _label("unit"))
    _create("deal_tag", _deal(), _label("name"), _label("value"))
    _create("incentive", _who(), _label("name"), ("start_on", Day()), ("end_on", Day()), *_money())
    _create("position", _who(), _text("role"), _text("title"), ("start_on", Day()), ("end_on", Day()))


def downgrade() -> None:
    for name in _TABLES:
        op.drop_table(name)


Kept = tuple[str, sa.types.TypeEngine[Any]]


def _create(name: str, *kept: Kept | tuple[Kept, ...]) -> None:
    """A table of versions, with the indexes by which its records are found."""
    flat = [column for each in kept for column in (each if isinstance(each[0], tuple) else (each,))]
    op.create_table(
        name,
        sa.Column("version_id", Id(), autoincrement=False, nullable=False),
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.Column("superseded_by", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.SmallInteger(), nullable=False),
        sa.Column("source_label", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        *(sa.Column(column, kind, nullable=False) for column, kind in flat),
        sa.PrimaryKeyConstraint("version_id", name=op.f(f"pk_{name}")),
    )
    names = [column for column, _ in flat]
    found_by = "rep_id" if "rep_id" in names else "deal_id"
    op.create_index(f"ix_{name}_{found_by}", name, [found_by])
    for reference, external in (("rep_id", "person_external_id"), ("deal_id", "deal_external_id")):
        if external in names:
            where = sa.text(f"{reference} = 0 AND superseded_by IS NULL")
            op.create_index(
                f"ix_{name}_waiting_{external}", name, [external], sqlite_where=where, postgresql_where=where
            )
    where = sa.text("superseded_by IS NULL")
    op.create_index(
        f"uq_{name}_current",
        name,
        ["source_label", "external_id"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )


def _who() -> tuple[Kept, ...]:
    return (_text("person_external_id"), ("rep_id", sa.BigInteger()))


def _deal() -> tuple[Kept, ...]:
    return (_text("deal_external_id"), ("deal_id", sa.BigInteger()))


def _money() -> tuple[Kept, ...]:
    return (_number("amount_cents"), _label("currency"))


def _text(name: str) -> Kept:
    return (name, sa.String())


def _label(name: str) -> Kept:
    return (f"{name}_label", sa.Integer())


def _number(name: str) -> Kept:
    return (name, sa.BigInteger())


def _on_day() -> Kept:
    return ("on_day", Day())
