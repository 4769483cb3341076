"""Settings: what is documented is what is read, and a mistake is named without repeating a secret."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import Settings

EXAMPLE = Path(__file__).resolve().parents[2] / ".env.example"


def example_values() -> dict[str, str]:
    return dict(re.findall(r"^([A-Z][A-Z0-9_]+)=(.*)$", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE))


def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.variables():
        monkeypatch.delenv(name, raising=False)


def test_the_example_lists_every_setting_and_nothing_else() -> None:
    assert set(example_values()) == set(Settings.variables())


def test_the_example_shows_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    clean(monkeypatch)
    assert Settings.from_environment(EXAMPLE) == Settings.from_environment(None)


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clean(monkeypatch)
    (tmp_path / ".env").write_text("ATTAIN_PORT=4000\nSLACK_BOT_TOKEN=xoxb-file\n")
    monkeypatch.setenv("ATTAIN_PORT", "5000")
    found = Settings.from_environment(tmp_path / ".env")
    assert found.port == 5000
    assert found.slack_bot_token.get_secret_value() == "xoxb-file"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ATTAIN_PORT", "eighty", "'eighty'; allowed is a whole number from 0 to 65,535"),
        ("ATTAIN_TRANSPORT", "pigeon", "'pigeon'; allowed are 'socket' or 'http'"),
        ("SLACK_API_URL", "http://slack.example/api", "https://"),
        ("ATTAIN_WORKERS", "0", "'0'; allowed is a whole number from 1 to 64"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    clean(monkeypatch)
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment(None)
    assert name in str(caught.value)
    assert said in str(caught.value)
    assert ".env.example" in str(caught.value)


@pytest.mark.parametrize("name", ["ATTAIN_PORT", "ATTAIN_TRANSPORT", "SLACK_API_URL"])
def test_a_token_in_the_wrong_line_is_not_repeated(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    clean(monkeypatch)
    monkeypatch.setenv(name, "xoxb-planted-secret")
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment(None)
    assert name in str(caught.value)
    assert "planted" not in str(caught.value)


def test_secrets_are_not_shown() -> None:
    settings = Settings(slack_bot_token="xoxb-planted", slack_signing_secret="hush")
    assert "planted" not in repr(settings)
    assert "hush" not in str(settings)


@pytest.mark.parametrize(
    ("transport", "missing"),
    [("socket", ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")), ("http", ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"))],
)
def test_each_transport_names_what_it_lacks(transport: str, missing: tuple[str, ...]) -> None:
    assert Settings(transport=transport).missing_for_slack() == missing
