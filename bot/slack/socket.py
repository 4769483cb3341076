"""Socket Mode: one connection to Slack that needs no public address, and is replaced when it goes deaf.

A socket can claim to be connected long after Slack stopped answering, so the age of the last pong decides, not the
client's own opinion.
"""

from __future__ import annotations

import time
from threading import Event, Thread
from typing import TYPE_CHECKING

from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.log import Journal

if TYPE_CHECKING:
    from slack_bolt import App

    from bot.settings import Settings

PING_SECONDS = 5
STALE_SECONDS = 25
LOOK_SECONDS = 5
_journal = Journal("bot.slack.socket")


class Socket:
    """Keeps a Socket Mode connection of `app` alive until it is closed."""

    def __init__(self, app: App, settings: Settings, stale_seconds: float = STALE_SECONDS) -> None:
        """Prepare; nothing is sent before `start`."""
        token = settings.slack_app_token.get_secret_value()
        client = WebClient(token=token, base_url=settings.slack_api_url, retry_handlers=[])
        self._handler = SocketModeHandler(
            app, app_token=token, web_client=client, ping_interval=PING_SECONDS, concurrency=settings.listeners
        )
        self._stale = stale_seconds
        self._opened_at = 0.0
        self._stop = Event()
        self._watch = Thread(target=self._look_after, name="attain-socket-watch", daemon=True)

    def start(self) -> None:
        """Connect and watch the connection in the background; a first failure is tried again, not raised."""
        self._connect()
        self._watch.start()

    def pong_age(self) -> float:
        """Seconds since Slack last answered a ping on the current connection; since it opened before the first."""
        session = self._handler.client.current_session
        heard = session.last_ping_pong_time if session is not None else None
        return time.time() - max(heard or 0.0, self._opened_at)

    def is_live(self) -> bool:
        """Whether the connection is up and answered lately."""
        return bool(self._handler.client.is_connected()) and self.pong_age() < self._stale

    def close(self) -> None:
        """Disconnect and stop watching."""
        self._stop.set()
        self._handler.client.close()

    def _connect(self) -> None:
        try:
            self._handler.client.connect_to_new_endpoint(force=True)
            self._opened_at = time.time()
        except (SlackClientError, OSError) as error:
            _journal.warning("could not connect, trying again", reason=type(error).__name__)

    def _look_after(self) -> None:
        while not self._stop.wait(min(LOOK_SECONDS, self._stale / 3)):
            if not self.is_live():
                _journal.warning("connection is stale, reconnecting", age=round(self.pong_age()))
                self._connect()
