"""`attain serve` before it serves: a setting that is missing or wrong is a sentence and an exit code of its own."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from bot.supervisor import CONFIGURATION


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SLACK_BOT_TOKEN", "", "SLACK_BOT_TOKEN and SLACK_APP_TOKEN must be set"),
        ("ATTAIN_LOG_LEVEL", "loud", "ATTAIN_LOG_LEVEL is 'loud'"),
    ],
)
def test_a_setting_that_is_missing_or_wrong_is_left_alone_by_who_restarts(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    for token in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"):
        monkeypatch.setenv(token, "")
    monkeypatch.setenv(name, value)
    before = sorted(elsewhere.iterdir())
    done = CliRunner().invoke(app, ["serve"])
    assert done.exit_code == CONFIGURATION == 78
    assert said in done.stderr
    assert sorted(elsewhere.iterdir()) == before
