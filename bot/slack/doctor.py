"""Why it does not work: every check is a sentence, and a remedy where it failed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack import manifest
from store.database import Database
from store.errors import StoreError

if TYPE_CHECKING:
    from slack_sdk.web import SlackResponse

    from bot.settings import Settings

SKEW_SECONDS = 60
REFUSED_SECONDS = 300
TIMEOUT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `remedy` is empty where all is well."""

    name: str
    ok: bool
    sentence: str
    remedy: str = ""


def report(settings: Settings) -> list[Check]:
    """Everything that must be right before people can be answered, in the order in which to mend it."""
    checks = [_secrets(settings), _store(settings)]
    if settings.slack_bot_token.get_secret_value():
        checks += _bot_token(settings)
    if settings.transport == "socket" and settings.slack_app_token.get_secret_value():
        checks.append(_app_token(settings))
    return checks


def _secrets(settings: Settings) -> Check:
    missing = settings.missing_for_slack()
    if not missing:
        return Check("settings", ok=True, sentence=f"Everything the {settings.transport} transport needs is set.")
    return Check(
        "settings",
        ok=False,
        sentence=f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set.",
        remedy="Create the app from manifest.yaml, then copy its tokens into .env as .env.example shows.",
    )


def _store(settings: Settings) -> Check:
    try:
        db = Database.open(settings.database_url)
    except StoreError as error:
        return _broken_store(error)
    try:
        db.require_current()
    except StoreError as error:
        return _broken_store(error)
    finally:
        db.dispose()
    return Check("store", ok=True, sentence=f"The store answers ({db.dialect}) and its tables are current.")


def _broken_store(error: StoreError) -> Check:
    sentence, _, remedy = str(error).partition(": ")
    return Check("store", ok=False, sentence=f"{sentence}.", remedy=remedy or "Run `attain init`.")


def _bot_token(settings: Settings) -> list[Check]:
    """The bot token, the clock that signatures are judged by, and the scopes that were granted."""
    client = _client(settings, settings.slack_bot_token.get_secret_value())
    try:
        answer = client.auth_test()
    except SlackApiError as error:
        return [_refused("bot token", error)]
    except (URLError, OSError) as error:
        return [_unreachable(settings, error)]
    who = Check("bot token", ok=True, sentence=f"Slack knows us as {answer['user']} in {answer['team']}.")
    return [who, _clock(answer), _scopes(answer)]


def _app_token(settings: Settings) -> Check:
    client = _client(settings, settings.slack_app_token.get_secret_value())
    try:
        client.apps_connections_open(app_token=settings.slack_app_token.get_secret_value())
    except SlackApiError as error:
        return _refused("app token", error)
    except (URLError, OSError) as error:
        return _unreachable(settings, error)
    return Check("app token", ok=True, sentence="Slack offers us a socket.")


def _clock(answer: SlackResponse) -> Check:
    stamp = _header(answer, "date")
    skew = abs(time.time() - parsedate_to_datetime(stamp).timestamp()) if stamp else 0.0
    if skew <= SKEW_SECONDS:
        return Check("clock", ok=True, sentence=f"This machine's clock is within {SKEW_SECONDS} s of Slack's.")
    fatal = " Every signed request is refused." if skew > REFUSED_SECONDS else ""
    return Check(
        "clock", ok=False, sentence=f"This machine's clock is {skew:.0f} s away from Slack's.{fatal}",
        remedy="Switch on time synchronisation (NTP).",
    )  # fmt: skip


def _scopes(answer: SlackResponse) -> Check:
    granted = {scope.strip() for scope in _header(answer, "x-oauth-scopes").split(",") if scope.strip()}
    if not granted:
        return Check("scopes", ok=True, sentence="Slack did not say which scopes were granted.")
    missing = manifest.load().scopes - granted
    if not missing:
        return Check("scopes", ok=True, sentence="Every scope of the manifest was granted.")
    return Check(
        "scopes", ok=False, sentence=f"These scopes were not granted: {', '.join(sorted(missing))}.",
        remedy="Paste manifest.yaml into the app's settings again and reinstall the app.",
    )  # fmt: skip


def _header(answer: SlackResponse, name: str) -> str:
    headers = {key.casefold(): value for key, value in (answer.headers or {}).items()}
    return str(headers.get(name, ""))


def _client(settings: Settings, token: str) -> WebClient:
    return WebClient(token=token, base_url=settings.slack_api_url, timeout=TIMEOUT_SECONDS, retry_handlers=[])


def _refused(name: str, error: SlackApiError) -> Check:
    code = str(error.response.get("error", "unknown"))
    return Check(
        name, ok=False, sentence=f"Slack refused the {name}: {code}.",
        remedy="Copy the token again from the app's settings; after a reinstall the old one no longer works.",
    )  # fmt: skip


def _unreachable(settings: Settings, error: Exception) -> Check:
    return Check(
        "network", ok=False, sentence=f"Slack does not answer at {settings.slack_api_url} ({type(error).__name__}).",
        remedy="Check the network, the proxy and SLACK_API_URL.",
    )  # fmt: skip
