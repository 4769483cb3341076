"""What `attain doctor` asks Slack: do the tokens work, are the scopes those of the manifest, do the clocks agree."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.checks import Check
from bot.errors import ManifestMissingError
from bot.slack import manifest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slack_sdk.web import SlackResponse

    from bot.settings import Settings

SKEW_SECONDS = 60
REFUSED_SECONDS = 300
TIMEOUT_SECONDS = 10


def slack_checks(settings: Settings, *, online: bool = True) -> Iterator[Check]:
    """Tokens, clock and scopes, in the order in which to mend them.

    Args:
        settings: only what is configured is asked.
        online: whether Slack is asked at all.
    """
    missing = settings.missing_for_slack()
    if missing:
        remedy = "Put them in .env; see README, “Connect a real workspace”. The sandbox needs none."
        yield Check("Slack settings", "warn", f"{', '.join(missing)} not set ({settings.transport})", remedy)
    if not online:
        return
    if settings.slack_bot_token.get_secret_value():
        yield from _bot_token(settings)
    if settings.transport == "socket" and settings.slack_app_token.get_secret_value():
        yield _app_token(settings)


def _bot_token(settings: Settings) -> Iterator[Check]:
    """The bot token, the clock that signatures are judged by, and the scopes that were granted."""
    answer = _call(settings, settings.slack_bot_token.get_secret_value(), "auth.test")
    if not isinstance(answer, str):
        yield Check("Bot token", "ok", f"{answer.get('user')} in {answer.get('team')}")
        yield _clock(answer)
        yield _scopes(answer)
    elif answer:
        remedy = "Copy the Bot User OAuth Token (xoxb-…) again; after a reinstall the old one no longer works."
        yield Check("Bot token", "fail", f"Slack says {answer}", remedy)
    else:
        yield _unreachable("Bot token", settings)


def _app_token(settings: Settings) -> Check:
    answer = _call(settings, settings.slack_app_token.get_secret_value(), "apps.connections.open")
    if not isinstance(answer, str):
        return Check("App token", "ok", "a socket can be opened")
    if answer:
        remedy = "Create an app-level token (xapp-…) with connections:write and turn Socket Mode on."
        return Check("App token", "fail", f"Slack says {answer}", remedy)
    return _unreachable("App token", settings)


def _unreachable(name: str, settings: Settings) -> Check:
    found = f"Slack does not answer at {settings.slack_api_url}"
    return Check(name, "fail", found, "Check the network, the proxy and SLACK_API_URL.")


def _clock(answer: SlackResponse) -> Check:
    """How far this machine's clock is from Slack's: older signatures than five minutes are refused."""
    stamp = _header(answer, "date")
    if not stamp:
        return Check("Clock", "warn", "Slack sent no date", "Compare this machine's clock with a time server.")
    skew = abs(time.time() - parsedate_to_datetime(stamp).timestamp())
    if skew <= SKEW_SECONDS:
        return Check("Clock", "ok", "agrees with Slack's")
    fatal = "; every signed request is refused" if skew > REFUSED_SECONDS else ""
    return Check("Clock", "fail", f"{skew:.0f} s from Slack's{fatal}", "Let this machine follow a time server (NTP).")


def _scopes(answer: SlackResponse) -> Check:
    """The scopes Slack granted beside those that manifest.yaml asks for."""
    granted = {scope.strip() for scope in _header(answer, "x-oauth-scopes").split(",") if scope.strip()}
    if not granted:
        return Check("Scopes", "warn", "Slack did not say which were granted", "Compare them with manifest.yaml.")
    try:
        missing = sorted(manifest.load().scopes - granted)
    except ManifestMissingError:
        return Check("Scopes", "warn", "manifest.yaml is not here", "Run doctor in the folder of the checkout.")
    if missing:
        remedy = "Paste manifest.yaml into the app's settings and install it to the workspace again."
        return Check("Scopes", "fail", f"missing: {', '.join(missing)}", remedy)
    return Check("Scopes", "ok", f"all {len(granted)} granted")


def _call(settings: Settings, token: str, method: str) -> SlackResponse | str:
    """The answer; Slack's word for why it refuses; "" when it cannot be reached."""
    client = WebClient(token=token, base_url=settings.slack_api_url, timeout=TIMEOUT_SECONDS, retry_handlers=[])
    try:
        return client.api_call(method)
    except SlackApiError as error:
        return str(error.response.get("error") or "nothing it explains")
    except (SlackClientError, OSError):
        return ""


def _header(answer: SlackResponse, name: str) -> str:
    headers = {key.casefold(): value for key, value in (answer.headers or {}).items()}
    value = headers.get(name, "")
    return ", ".join(value) if isinstance(value, list) else str(value)
