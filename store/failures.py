"""What a driver's error means to the person running Attain, without the rows the driver quotes."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from store import errors

SQLITE_CODES: dict[int, type[errors.StoreError]] = {
    sqlite3.SQLITE_BUSY: errors.DatabaseBusy,
    sqlite3.SQLITE_LOCKED: errors.DatabaseBusy,
    sqlite3.SQLITE_READONLY: errors.DatabaseReadOnly,
    sqlite3.SQLITE_FULL: errors.DatabaseFull,
    sqlite3.SQLITE_CANTOPEN: errors.DatabaseUnreachable,
    sqlite3.SQLITE_NOTADB: errors.DatabaseUrlInvalid,
    sqlite3.SQLITE_IOERR: errors.DatabaseUnreachable,
}
# The first two characters are the class of an SQLSTATE, the rest the condition: the longest match wins.
SQLSTATES: dict[str, type[errors.StoreError]] = {
    "42P01": errors.DatabaseNotMigrated,
    "42703": errors.DatabaseNotMigrated,
    "25006": errors.DatabaseReadOnly,
    "53100": errors.DatabaseFull,
    "55P03": errors.DatabaseBusy,
    "40": errors.DatabaseBusy,
    "08": errors.DatabaseUnreachable,
    "28": errors.DatabaseUnreachable,
    "3D": errors.DatabaseUnreachable,
    "57": errors.DatabaseUnreachable,
}


def translated(error: BaseException, *, connecting: bool = False) -> errors.StoreError:
    """The store's own error for a driver's: what to do, a code, and never a value of a row."""
    if isinstance(error, PoolTimeout):
        return errors.DatabaseBusy("every connection is in use")
    if isinstance(error, StatementError) and isinstance(error.orig, ValueError) and "timezone" in str(error.orig):
        return errors.InstantNaive()
    driver = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(driver, sqlite3.Error):
        return _of_sqlite(driver)
    state = str(getattr(driver, "sqlstate", None) or "")
    for length in (5, 2):
        kind = SQLSTATES.get(state[:length])
        if state and kind is not None:
            return kind(f"SQLSTATE {state}")
    lost = connecting or (isinstance(error, DBAPIError) and error.connection_invalidated)
    if lost or (not state and type(driver).__name__ == "OperationalError"):
        return errors.DatabaseUnreachable(type(driver).__name__)
    return errors.StatementFailed(f"{type(driver).__name__} {state}".strip())


def _of_sqlite(driver: sqlite3.Error) -> errors.StoreError:
    text = str(driver)
    if text.startswith(("no such table", "no such column", "table ")):
        return errors.DatabaseNotMigrated(text)
    code = getattr(driver, "sqlite_errorcode", 0)
    kind = SQLITE_CODES.get(code & 0xFF)
    if kind is not None:
        return kind(getattr(driver, "sqlite_errorname", ""))
    return errors.StatementFailed(getattr(driver, "sqlite_errorname", "") or type(driver).__name__)
