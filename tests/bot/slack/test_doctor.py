"""The doctor asks a running Slack: each thing that is wrong is named, with a remedy, and no secret is repeated."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from bot.cli.main import app
from bot.settings import Settings
from bot.slack.doctor import slack_checks

if TYPE_CHECKING:
    from bot.checks import Check
    from tests.bot.slack.stage import Stage


def found(settings: Settings, *, online: bool = True) -> dict[str, Check]:
    return {check.name: check for check in slack_checks(settings, online=online)}


def failing(stage: Stage, **changes: Any) -> dict[str, Check]:
    """What fails with these settings changed; each of them says what to do."""
    checks = found(stage.settings.model_copy(update=changes))
    broken = {name: check for name, check in checks.items() if check.state == "fail"}
    assert all(check.remedy for check in broken.values())
    return broken


def uninstall(stage: Stage, *scopes: str) -> None:
    """Install the app again without these scopes."""
    workspace = stage.fake.workspace
    manifest = replace(workspace.manifest, scopes=workspace.manifest.scopes - set(scopes))
    workspace.setup = replace(workspace.setup, manifest=manifest)


def test_all_is_well(stage: Stage) -> None:
    checks = found(stage.settings)
    assert list(checks) == ["Bot token", "Clock", "Scopes", "App token"]
    assert {check.state for check in checks.values()} == {"ok"}
    assert stage.fake.workspace.setup.name in checks["Bot token"].found


def test_behind_http_no_socket_is_asked_for(stage: Stage) -> None:
    assert list(found(stage.settings.model_copy(update={"transport": "http"}))) == ["Bot token", "Clock", "Scopes"]


def test_what_is_not_set_is_named_and_not_asked() -> None:
    [only] = found(Settings()).values()
    assert only.state == "warn"
    assert "SLACK_BOT_TOKEN, SLACK_APP_TOKEN" in only.found
    assert "README" in only.remedy


def test_offline_asks_nothing(stage: Stage) -> None:
    assert found(stage.settings, online=False) == {}


def test_a_revoked_token_is_named(stage: Stage) -> None:
    stage.fake.workspace.chaos.turn("revoked_token", on=True)
    broken = failing(stage)
    assert list(broken) == ["Bot token"]
    assert "token_revoked" in broken["Bot token"].found


@pytest.mark.parametrize(
    ("setting", "check", "said"),
    [
        ("slack_bot_token", "Bot token", "invalid_auth"),
        ("slack_app_token", "App token", "invalid_auth"),
    ],
)
def test_a_mistyped_token_is_named(stage: Stage, setting: str, check: str, said: str) -> None:
    broken = failing(stage, **{setting: SecretStr("x-mistyped")})
    assert list(broken) == [check]
    assert said in broken[check].found


def test_tokens_in_each_others_place_are_named(stage: Stage) -> None:
    broken = failing(
        stage, slack_bot_token=stage.settings.slack_app_token, slack_app_token=stage.settings.slack_bot_token
    )
    assert list(broken) == ["Bot token", "App token"]
    assert "xoxb-" in broken["Bot token"].remedy
    assert "xapp-" in broken["App token"].remedy


def test_missing_scopes_are_named(stage: Stage) -> None:
    uninstall(stage, "im:history", "users:read.email")
    broken = failing(stage)
    assert list(broken) == ["Scopes"]
    assert broken["Scopes"].found == "missing: im:history, users:read.email"
    assert "manifest.yaml" in broken["Scopes"].remedy


def test_a_clock_that_differs_is_told_in_seconds(stage: Stage) -> None:
    stage.fake.workspace.chaos.turn("clock_skew", on=True)
    broken = failing(stage)
    assert list(broken) == ["Clock"]
    assert broken["Clock"].found.startswith(("600 s", "601 s"))
    assert "every signed request is refused" in broken["Clock"].found
    assert "NTP" in broken["Clock"].remedy


def test_slack_cannot_be_reached(stage: Stage) -> None:
    broken = failing(stage, slack_api_url="http://127.0.0.1:9/api/")
    assert list(broken) == ["Bot token", "App token"]
    assert all("SLACK_API_URL" in check.remedy for check in broken.values())


def test_no_secret_is_repeated(stage: Stage) -> None:
    stage.fake.workspace.chaos.turn("revoked_token", on=True)
    text = str(found(stage.settings))
    secrets = stage.fake.workspace.secrets
    assert secrets.bot_token not in text
    assert secrets.app_token not in text


def test_the_verb_asks_the_slack_of_the_environment(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = stage.settings
    for name, value in {
        "DATABASE_URL": settings.database_url,
        "SLACK_API_URL": settings.slack_api_url,
        "SLACK_BOT_TOKEN": settings.slack_bot_token.get_secret_value(),
        "SLACK_APP_TOKEN": settings.slack_app_token.get_secret_value(),
    }.items():
        monkeypatch.setenv(name, value)
    well = CliRunner().invoke(app, ["doctor"])
    assert well.exit_code == 0, well.output
    assert "App token: a socket can be opened" in well.stdout
    stage.fake.workspace.chaos.turn("revoked_token", on=True)
    ill = CliRunner().invoke(app, ["doctor"])
    assert ill.exit_code == 1
    assert "Bot token: Slack says token_revoked" in ill.stdout
    assert "1 thing must be mended" in ill.stderr
    assert CliRunner().invoke(app, ["doctor", "--offline"]).exit_code == 0
