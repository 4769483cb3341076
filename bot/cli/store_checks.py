"""What `attain doctor` asks the database: reachable, of this version, and with something to answer from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.checks import Check
from bot.cli.place import sqlite_file
from store import plans, quarantine, runs
from store.changes import verify_chain
from store.database import Database, head_revision
from store.errors import StoreError
from store.people import all as everybody

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from store.database import Connection


def store_checks(url: str, now: datetime, *, deep: bool = False) -> Iterator[Check]:
    """One check after the other; what cannot be looked at because of an earlier failure is left out.

    Args:
        url: Where the database is.
        now: When "stale" is judged.
        deep: Whether the whole change log is verified, which reads everything.
    """
    file = sqlite_file(url)
    if file is not None and not file.exists():
        remedy = "Run `attain init`, or `attain demo` for a demo company."
        yield Check("Database", "fail", f"{file} does not exist", remedy)
        return
    try:
        database = Database.open(url)
    except StoreError as error:
        yield Check("Database", "fail", str(error), "Compare DATABASE_URL with .env.example.")
        return
    try:
        yield from _checks(database, now, deep)
    finally:
        database.dispose()


def _checks(database: Database, now: datetime, deep: bool) -> Iterator[Check]:
    yield Check("Database", "ok", database.address)
    found, wanted = database.revision(), head_revision()
    if found != wanted:
        remedy = "Back up, then run any verb that writes, such as `attain sync`; it migrates the tables."
        yield Check("Schema", "fail", f"at {found or 'nothing'}, this version needs {wanted}", remedy)
        return
    yield Check("Schema", "ok", f"at {found}")
    with database.read() as conn:
        if deep:
            yield _chain(conn)
        yield _people(conn)
        yield _plans(conn, now)
        yield from _age(conn, now)
        yield _waiting(conn)
        yield _stale(conn)


def _chain(conn: Connection) -> Check:
    """Whether the journal still matches the facts, version by version."""
    verified = verify_chain(conn)
    if verified.broken:
        found = f"{len(verified.broken)} places do not match, the first: {verified.broken[0]}"
        remedy = "Facts were altered outside Attain. Find out by whom, and restore a backup."
        return Check("Change log", "fail", found, remedy)
    return Check("Change log", "ok", f"{verified.changes:,} changes and {verified.versions:,} versions, unaltered")


def _people(conn: Connection) -> Check:
    count = len(everybody(conn))
    if not count:
        return Check("People", "warn", "nobody is known", "Sync a source with people: `attain sync --mapping FILE`.")
    return Check("People", "ok", f"{count:,} known")


def _plans(conn: Connection, now: datetime) -> Check:
    there = plans.effective(conn, None, now.date())
    if not there:
        return Check("Plans", "warn", "none is in force today", "Publish one: `attain plan publish FILE`.")
    return Check("Plans", "ok", ", ".join(f"{one.name} v{one.version}" for one in there))


def _age(conn: Connection, now: datetime) -> Iterator[Check]:
    from operations.basis import freshness

    for one in freshness(conn, now):
        said = f"synced {one.synced_at:%Y-%m-%d %H:%M} UTC"
        if one.stale:
            remedy = "Run `attain sync`, or see why the worker does not."
            yield Check(f"Data of {one.source}", "warn", f"stale, {said}", remedy)
        else:
            yield Check(f"Data of {one.source}", "ok", said)


def _waiting(conn: Connection) -> Check:
    count = quarantine.count(conn)
    if count:
        return Check("Quarantine", "warn", f"{count} rows wait", "`attain sync` lists them with their remedies.")
    return Check("Quarantine", "ok", "empty")


def _stale(conn: Connection) -> Check:
    count = runs.stale_count(conn)
    if count:
        return Check("Statements", "warn", f"{count} people wait for a calculation", "Run `attain calc`.")
    return Check("Statements", "ok", "up to date")
