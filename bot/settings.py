"""Every setting of a deployment. This is the only file that reads the environment; `.env.example` lists the same."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import SettingsError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

ENV_FILE = ".env"
LONGEST_SHOWN = 12


class Settings(BaseSettings):
    """What the environment (and `.env`) says; every value has a safe default except the Slack secrets."""

    model_config = SettingsConfigDict(
        env_prefix="ATTAIN_", env_file=None, extra="ignore", frozen=True, populate_by_name=True, env_ignore_empty=True
    )

    database_url: str = Field("sqlite:///attain.db", validation_alias="DATABASE_URL")
    slack_bot_token: SecretStr = Field(SecretStr(""), validation_alias="SLACK_BOT_TOKEN")
    slack_app_token: SecretStr = Field(SecretStr(""), validation_alias="SLACK_APP_TOKEN")
    slack_signing_secret: SecretStr = Field(SecretStr(""), validation_alias="SLACK_SIGNING_SECRET")
    slack_api_url: str = Field("https://slack.com/api/", validation_alias="SLACK_API_URL")

    transport: Literal["socket", "http"] = "socket"
    host: str = "127.0.0.1"
    port: int = Field(3000, ge=0, le=65535)
    workers: int = Field(8, ge=1, le=64)
    queue: int = Field(500, ge=1, le=100_000)
    listeners: int = Field(32, ge=1, le=256)

    plans: Path = Path("plans")
    sources: Path = Path("sources")
    sync_minutes: int = Field(15, ge=1, le=1440)
    recalculate_seconds: int = Field(30, ge=5, le=3600)
    lease_seconds: int = Field(3, ge=2, le=60)
    keep_inbox_hours: int = Field(24, ge=1, le=24 * 30)

    pay_after_days: int = Field(0, ge=0, le=90)

    spif_channel: str = "#sales-floor"
    ops_channel: str = "#revops"
    alerts_minutes: int = Field(5, ge=1, le=1440)
    alerts_show_risk: bool = False
    nudges_minutes: int = Field(15, ge=1, le=1440)
    nudges_file: str = ""
    dms_a_day: int = Field(2, ge=1, le=50)
    nudges_a_week: int = Field(5, ge=0, le=100)
    leaders: str = ""
    sends_per_minute: int = Field(100, ge=1, le=10_000)
    keep_notices_days: int = Field(400, ge=1, le=3_650)

    public_url: str = ""
    hubspot_source: str = ""
    hubspot_secret: SecretStr = SecretStr("")

    contact: str = "whoever runs Attain in your company"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_style: Literal["json", "text"] = "json"

    @field_validator("slack_api_url")
    @classmethod
    def _address(cls, value: str) -> str:
        """The API address with the slash that slack_sdk expects at its end."""
        if not value.startswith(("https://", "http://127.0.0.1", "http://localhost", "http://[::1]")):
            raise ValueError("must start with https:// (plain http only to this machine, for the sandbox)")
        return value.rstrip("/") + "/"

    @field_validator("public_url")
    @classmethod
    def _public(cls, value: str) -> str:
        """The address at which others reach this process, without a slash at its end."""
        if value and not value.startswith(("https://", "http://127.0.0.1", "http://localhost", "http://[::1]")):
            raise ValueError("must start with https:// (plain http only to this machine)")
        return value.rstrip("/")

    @property
    def leaders_named(self) -> tuple[str, ...]:
        """The addresses of those who get the leadership digest; empty for whoever stands at the top."""
        return tuple(address.strip() for address in self.leaders.split(",") if address.strip())

    @classmethod
    def from_environment(cls, env_file: str | Path | None = ENV_FILE) -> Settings:
        """The settings of this process.

        Args:
            env_file: a file of `NAME=value` lines read before the environment; None reads the environment only.

        Raises:
            SettingsError: a value cannot be used; the message names each setting and what is allowed.
        """
        try:
            return cls(_env_file=env_file)
        except ValidationError as error:
            raise SettingsError(_sentence(error)) from None

    @classmethod
    def variables(cls) -> tuple[str, ...]:
        """Every name that is read from the environment, in the order of the settings."""
        aliases = ((name, field.validation_alias) for name, field in cls.model_fields.items())
        return tuple(alias if isinstance(alias, str) else f"ATTAIN_{name.upper()}" for name, alias in aliases)

    def missing_for_slack(self) -> tuple[str, ...]:
        """The names of the settings without which this transport cannot reach Slack."""
        needed = {"SLACK_BOT_TOKEN": self.slack_bot_token}
        if self.transport == "socket":
            needed["SLACK_APP_TOKEN"] = self.slack_app_token
        else:
            needed["SLACK_SIGNING_SECRET"] = self.slack_signing_secret
        return tuple(name for name, secret in needed.items() if not secret.get_secret_value())


def variable(name: str) -> str:
    """What a mapping means by `env:NAME`: from the environment or `.env`; "" where it is not set."""
    return os.environ.get(name) or dotenv_values(ENV_FILE).get(name) or ""


def ignore_proxies() -> None:
    """From here on this process connects directly: what runs on this machine cannot be reached through a proxy.

    The Slack clients read the proxy from the environment by themselves, and do not heed NO_PROXY.
    """
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        os.environ.pop(name, None)
        os.environ.pop(name.upper(), None)


def _sentence(error: ValidationError) -> str:
    """Which settings are wrong and what is allowed; a token pasted into the wrong line is not repeated."""
    lines = []
    for problem in error.errors(include_url=False):
        place = str(problem["loc"][0]) if problem["loc"] else "?"
        name = place if place.isupper() else f"ATTAIN_{place.upper()}"
        lines.append(f"{name} {_allowed(place, problem)}")
    return "; ".join(lines) + ". Correct it in the environment or .env; .env.example explains every setting."


def _allowed(place: str, problem: ErrorDetails) -> str:
    """What was found under a setting and what may stand there."""
    found = _found(place, problem["input"])
    if problem["type"] == "value_error":
        return f"is {found} and {problem['msg'].removeprefix('Value error, ')}"
    if problem["type"] == "literal_error":
        return f"is {found}; allowed are {problem['ctx']['expected']}"
    bounds = {type(one).__name__.lower(): one for one in Settings.model_fields[place].metadata if place.islower()}
    if {"ge", "le"} <= bounds.keys():
        return f"is {found}; allowed is a whole number from {bounds['ge'].ge:,} to {bounds['le'].le:,}"
    return f"is {found}: {problem['msg']}"


def _found(place: str, value: object) -> str:
    """The value in quotes; not an address, and nothing long: either may be or hold a secret."""
    text = str(value)
    return "not usable" if place.isupper() or len(text) > LONGEST_SHOWN else repr(text)
