"""The Bolt app: listeners record, acknowledge and hand on; nothing else happens on Slack's clock."""

from __future__ import annotations

import logging
import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from slack_bolt import App, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk import WebClient

from bot.log import Journal
from bot.slack import failures, forms, routes, sending
from bot.slack.desk import Desk, whisper
from bot.slack.identity import Directory
from bot.slack.inbound import parse
from bot.slack.middleware import APOLOGY, IN_CONTEXT, Record
from bot.slack.voice import TIMEOUT_SECONDS, Voice
from messages import views
from store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from slack_bolt import Ack, BoltContext

    from bot.settings import Settings
    from bot.wiring import Services

BUSY = "Too many people are asking at once. Please ask again in a minute."
#: What the manifest subscribes to besides `message.im`, which arrives as a message.
EVENTS = ("app_home_opened", "app_mention", "message", "user_change")
_journal = Journal("bot.slack.app")


def build_app(services: Services, client: WebClient | None = None, patience: float = sending.PATIENCE_SECONDS) -> App:
    """The app with every listener, its inbox swept for what an earlier process left open.

    No request is sent: the token is used when there is something to say.

    Args:
        services: store, settings, clock and work pool.
        client: how to reach Slack; made from the settings when None.
        patience: for how many seconds to insist on an answer that Slack does not accept.
    """
    client = client or make_client(services.settings)
    client.retry_handlers = []
    desk = Desk(services, Voice(client, services.clock, patience), Directory(services, client))
    aside = ThreadPoolExecutor(services.settings.listeners, thread_name_prefix="attain-listen")
    app = App(
        name="attain",
        logger=logging.getLogger("slack_bolt.attain"),
        client=WebClient(base_url=client.base_url, retry_handlers=[]),
        signing_secret=services.settings.slack_signing_secret.get_secret_value(),
        authorize=_authorize(client.token or ""),
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        listener_executor=aside,
        ignoring_self_events_enabled=False,
        attaching_function_token_enabled=False,
    )
    app.middleware(Record(desk, aside))
    _Listeners(desk, aside).register(app)
    app.error(_on_error(desk, aside))
    desk.resume()
    desk.sweep()
    return app


def make_client(settings: Settings) -> WebClient:
    """A client of the Web API that repeats nothing by itself."""
    return WebClient(
        token=settings.slack_bot_token.get_secret_value(),
        base_url=settings.slack_api_url,
        timeout=TIMEOUT_SECONDS,
        retry_handlers=[],
    )


def _authorize(token: str) -> Callable[..., AuthorizeResult]:
    """Every request is for the one workspace whose token this is; nothing is asked of Slack to find that out."""

    def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=token)

    return authorize


class _Listeners:
    """The same few lines for every command, button and event: acknowledge, and hand on."""

    def __init__(self, desk: Desk, aside: Executor) -> None:
        self._desk = desk
        self._aside = aside

    def register(self, app: App) -> None:
        """Listen to everything that the routes can answer."""
        for name in routes.COMMANDS:
            app.command(name)(self.command)
        for action in routes.ACTIONS:
            app.action(re.compile(rf"^{action}(:.*)?$"))(self.click)
        # A button of an older version of the app: the routes have a sentence for it.
        app.action(re.compile(""))(self.click)
        app.view(re.compile(""))(self.submission)
        app.view_closed(re.compile(""))(self.click)
        app.options(re.compile(""))(self.options)
        for kind in EVENTS:
            app.event(kind)(self.event)

    def command(self, ack: Ack, context: BoltContext) -> BoltResponse:
        """Acknowledge a command; say so at once when there is too much to do."""
        inbound = context.get(IN_CONTEXT)
        if inbound is None or self._desk.take(inbound):
            return ack()
        return ack(text=BUSY, response_type="ephemeral")

    def click(self, ack: Ack, context: BoltContext) -> BoltResponse:
        """Acknowledge a click."""
        answer = ack()
        self.event(context)
        return answer

    def submission(self, ack: Ack, context: BoltContext) -> BoltResponse:
        """Acknowledge a form: what is wrong with it stands beside its fields, else it closes and is worked on."""
        inbound = context[IN_CONTEXT]
        wrong = forms.check(inbound)
        if wrong:
            return ack(response_action="errors", errors=wrong)
        try:
            is_new = self._desk.record(inbound)
        except StoreError as error:
            _journal.error("form could not be recorded", error, key=inbound.key, form=inbound.name)
            return ack(response_action="push", view=forms.apology(APOLOGY))
        if is_new and not self._desk.take(inbound):
            return ack(response_action="update", view=forms.apology(BUSY))
        return ack()

    def options(self, ack: Ack, context: BoltContext) -> BoltResponse:
        """Offer what fits to what was typed into a menu."""
        return ack(options=self._desk.suggest(context[IN_CONTEXT]))

    def event(self, context: BoltContext) -> None:
        """Hand on an event; Bolt acknowledges it. Bot posts, edits and the like were left out before."""
        inbound = context.get(IN_CONTEXT)
        if inbound is not None and not self._desk.take(inbound):
            self._aside.submit(whisper, self._desk.voice, inbound, "busy", views.busy())


def _on_error(desk: Desk, aside: Executor) -> Callable[..., BoltResponse]:
    """The one handler for what fails before a request is handed on; later failures end at the desk."""

    def handle(error: Exception, body: dict[str, Any]) -> BoltResponse:
        if isinstance(error, BoltUnhandledRequestError):
            # Bolt's own line would suggest code to write, over many lines.
            _journal.info("nothing answers this", kind=str(body.get("type") or body.get("command") or "")[:40])
            return BoltResponse(status=404, body="")
        _journal.error("listener failed", error)
        inbound = parse(body)
        if inbound is None or inbound.kind not in ("command", "action"):
            return BoltResponse(status=500, body="")
        if inbound.kind == "command":
            return BoltResponse(status=200, body={"response_type": "ephemeral", "text": APOLOGY})
        aside.submit(failures.tell, desk.voice, inbound, error)
        return BoltResponse(status=200, body="")

    return handle
