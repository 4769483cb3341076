"""The tables, one file per group of nouns. Nobody outside the store imports them."""

from sqlmodel import SQLModel

from store.tables import access, changes, counted, facts, outbox, pay, periods, syncing, work

metadata = SQLModel.metadata

__all__ = ["access", "changes", "counted", "facts", "metadata", "outbox", "pay", "periods", "syncing", "work"]
