"""The stage on which the Slack side is tested: a seeded store, a fake Slack on loopback, and our real app."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from store.database import Database
from tests.bot.slack.staff import seed
from tests.bot.slack.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def staffed(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the small company in it, copied for each test."""
    path = tmp_path_factory.mktemp("staffed") / "attain.db"
    shutil.copyfile(sqlite_template, path)
    db = Database.open(f"sqlite:///{path}")
    seed(db)
    db.dispose()
    return path


@pytest.fixture
def stage_url(staffed: Path, tmp_path: Path) -> str:
    path = tmp_path / "attain.db"
    shutil.copyfile(staffed, path)
    return f"sqlite:///{path}"


@pytest.fixture
def stage(stage_url: str) -> Iterator[Stage]:
    found = Stage(stage_url)
    yield found
    found.close()
