"""What `attain doctor` asks Slack: do the tokens work, are the scopes those of the manifest, do the clocks agree."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.cli.checks import Check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slack_sdk.web import SlackResponse

    from bot.settings import Settings

MOST_SKEW_SECONDS = 60
TIMEOUT_SECONDS = 10


def slack_checks(settings: Settings, *, online: bool = True) -> Iterator[Check]:
    """Tokens, scopes and clock; only what is configured is asked, and nothing unless `online`."""
    missing = settings.missing_for_slack()
    if missing:
        remedy = "Put them in .env; see README, “Connect a real workspace”. The sandbox needs none."
        yield Check("Slack settings", "warn", f"{', '.join(missing)} not set ({settings.transport})", remedy)
    if not online or not settings.slack_bot_token.get_secret_value():
        return
    yield from _bot_token(settings)
    if settings.transport == "socket" and settings.slack_app_token.get_secret_value():
        yield _app_token(settings)


def _bot_token(settings: Settings) -> Iterator[Check]:
    answer = _call(settings, settings.slack_bot_token.get_secret_value(), "auth.test")
    if isinstance(answer, str):
        yield Check("Bot token", "fail", answer, "Copy the Bot User OAuth Token (xoxb-…), or reinstall the app.")
        return
    yield Check("Bot token", "ok", f"{answer.get('user')} in {answer.get('team')}")
    yield _scopes(answer)
    yield _skew(answer)


def _scopes(answer: SlackResponse) -> Check:
    """The scopes Slack granted beside those that manifest.yaml asks for."""
    from bot.sandbox.manifest import MANIFEST, load

    if not MANIFEST.exists():
        return Check("Scopes", "warn", "manifest.yaml is not here", "Run doctor in the folder of the checkout.")
    granted = {scope.strip() for scope in _header(answer, "x-oauth-scopes").split(",") if scope.strip()}
    missing = sorted(load().scopes - granted)
    if missing:
        remedy = "Paste manifest.yaml into the app's settings and install it to the workspace again."
        return Check("Scopes", "fail", f"missing: {', '.join(missing)}", remedy)
    return Check("Scopes", "ok", f"all {len(granted)} granted")


def _skew(answer: SlackResponse) -> Check:
    """How far this machine's clock is from Slack's: signatures older than five minutes are refused."""
    stamp = _header(answer, "date")
    if not stamp:
        return Check("Clock", "warn", "Slack sent no date", "Compare this machine's clock with a time server.")
    seconds = abs((datetime.now(UTC) - parsedate_to_datetime(stamp)).total_seconds())
    if seconds > MOST_SKEW_SECONDS:
        return Check("Clock", "fail", f"{seconds:.0f} s from Slack's", "Let this machine follow a time server (NTP).")
    return Check("Clock", "ok", "agrees with Slack's")


def _app_token(settings: Settings) -> Check:
    answer = _call(settings, settings.slack_app_token.get_secret_value(), "apps.connections.open")
    if isinstance(answer, str):
        remedy = "Create an app-level token (xapp-…) with connections:write and turn Socket Mode on."
        return Check("App token", "fail", answer, remedy)
    return Check("App token", "ok", "a socket can be opened")


def _call(settings: Settings, token: str, method: str) -> SlackResponse | str:
    """The answer, or why there is none in a few words."""
    client = WebClient(token=token, base_url=settings.slack_api_url, timeout=TIMEOUT_SECONDS, retry_handlers=[])
    try:
        return client.api_call(method)
    except SlackApiError as error:
        return f"Slack says {error.response.get('error', 'unknown')}"
    except (SlackClientError, OSError) as error:
        return f"Slack cannot be reached ({type(error).__name__})"


def _header(answer: SlackResponse, name: str) -> str:
    headers = {key.lower(): value for key, value in answer.headers.items()}
    value = headers.get(name, "")
    return ", ".join(value) if isinstance(value, list) else str(value)
