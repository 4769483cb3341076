"""One seeded demo company for all tests of the command line that only read it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.main import app

TODAY = "2026-11-21"


@pytest.fixture(scope="session")
def seeding(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a demo company, and what seeding it printed."""
    folder = tmp_path_factory.mktemp("demo")
    result = CliRunner().invoke(app, ["demo", "--dir", str(folder), "--today", TODAY, "--no-serve"])
    assert result.exit_code == 0, result.output
    return folder, result.output


@pytest.fixture(scope="session")
def larkspur(seeding: tuple[Path, str]) -> Path:
    """The folder of a demo company."""
    return seeding[0]


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory without settings."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path
