"""`attain init`: something to start from, and nothing that exists is touched."""

import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from connectors.mapping import load_file
from engine.plans.load import load
from engine.plans.schema import Plan
from store.database import Database


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path


def test_it_leaves_settings_a_database_and_examples_that_hold(here: Path) -> None:
    result = CliRunner().invoke(app, ["init"])
    assert result.exit_code == 0, result.output
    assert stat.S_IMODE((here / ".env").stat().st_mode) == 0o600
    database = Database.open(f"sqlite:///{here / 'attain.db'}")
    database.require_current()
    database.dispose()
    assert len(load_file(here / "sources/mapping.yaml.example").kinds) == 7
    example = (here / "plans/ae-americas.yaml.example").read_text(encoding="utf-8")
    assert isinstance(load(example, "example"), Plan)
    assert "version: 1" in example
    assert "-01-01 .. " in example


def test_a_second_time_nothing_is_overwritten(here: Path) -> None:
    (here / ".env").write_text("ATTAIN_SOURCES=feeds\n", encoding="utf-8")
    assert CliRunner().invoke(app, ["init"]).exit_code == 0
    (here / "feeds/mapping.yaml.example").write_text("mine\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["init"])
    assert result.exit_code == 0
    assert result.stdout.count("kept") == 3
    assert (here / ".env").read_text(encoding="utf-8") == "ATTAIN_SOURCES=feeds\n"
    assert (here / "feeds/mapping.yaml.example").read_text(encoding="utf-8") == "mine\n"


def test_a_setting_that_cannot_be_used_is_one_sentence(here: Path) -> None:
    (here / ".env").write_text("ATTAIN_PORT=lots\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["init"])
    assert result.exit_code == 1
    assert "ATTAIN_PORT" in result.stderr
    assert "Traceback" not in result.output


def test_an_address_that_is_no_database_names_the_remedy(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://root:hunter2@nowhere/attain")
    result = CliRunner().invoke(app, ["init"])
    assert result.exit_code == 1
    assert "hunter2" not in result.output
    assert "unexpectedly" not in result.output
