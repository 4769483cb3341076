"""What every table shares: its column types, the naming of its constraints, and its Core form."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Integer, Table
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

EPOCH = date(1970, 1, 1)
FOREVER = date.max

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Id(TypeDecorator[int]):
    """A 64-bit row number. SQLite only aliases its rowid for INTEGER, which holds 64 bits there anyway."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """INTEGER on SQLite, BIGINT elsewhere."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())


class Day(TypeDecorator[date]):
    """A calendar day, stored as days since 1970-01-01 so that bulk reads need no conversion."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: date | int | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """The stored number of a day; a number passes as it is."""
        if value is None or isinstance(value, int):
            return value
        return (value - EPOCH).days

    def process_result_value(self, value: int | None, dialect: Dialect) -> date | None:  # noqa: ARG002
        """The day of a stored number."""
        return None if value is None else EPOCH + timedelta(days=value)


def core(model: type[SQLModel]) -> Table:
    """The Core table of a model: statements are written against it, models only declare columns."""
    return SQLModel.metadata.tables[str(model.__tablename__)]
