"""The tables, one file per group of nouns. Nobody outside the store imports them."""

from sqlmodel import SQLModel

from store.tables import (
    access,
    attention,
    blending,
    changes,
    counted,
    facts,
    goods,
    ops_alerts,
    outbox,
    pay,
    periods,
    spifs,
    syncing,
    work,
)

metadata = SQLModel.metadata

__all__ = [
    "access",
    "attention",
    "blending",
    "changes",
    "counted",
    "facts",
    "goods",
    "metadata",
    "ops_alerts",
    "outbox",
    "pay",
    "periods",
    "spifs",
    "syncing",
    "work",
]
