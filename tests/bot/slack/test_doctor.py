"""The doctor: each thing that is wrong is one sentence with a remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.settings import Settings
from bot.slack.doctor import report

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bot.slack.stage import Stage


def test_all_is_well(stage: Stage) -> None:
    checks = report(stage.settings)
    assert [check.name for check in checks if not check.ok] == []
    assert {"settings", "store", "bot token", "app token"} <= {check.name for check in checks}


def test_nothing_is_set_up(tmp_path: Path) -> None:
    checks = {check.name: check for check in report(Settings(database_url=f"sqlite:///{tmp_path}/none.db"))}
    assert not checks["settings"].ok
    assert "SLACK_BOT_TOKEN" in checks["settings"].sentence
    assert "manifest.yaml" in checks["settings"].remedy
    assert not checks["store"].ok
    assert "attain init" in checks["store"].remedy


def test_a_refused_token_is_named(stage: Stage) -> None:
    stage.fake.workspace.chaos.turn("revoked_token", on=True)
    checks = {check.name: check for check in report(stage.settings)}
    assert not checks["bot token"].ok
    assert checks["bot token"].remedy


def test_slack_cannot_be_reached(stage: Stage) -> None:
    settings = stage.settings.model_copy(update={"slack_api_url": "http://127.0.0.1:9/api/"})
    broken = [check for check in report(settings) if not check.ok]
    assert {check.name for check in broken} == {"network"}
    assert all("SLACK_API_URL" in check.remedy for check in broken)


def test_no_secret_is_repeated(stage: Stage) -> None:
    stage.fake.workspace.chaos.turn("revoked_token", on=True)
    text = str(report(stage.settings))
    secrets = stage.fake.workspace.secrets
    assert secrets.bot_token not in text
    assert secrets.app_token not in text
