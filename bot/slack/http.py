"""The HTTP side: Slack's requests through the guard to Bolt, and two pages for whoever watches the process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyio import CapacityLimiter, to_thread
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.clock import SystemClock
from bot.log import Journal
from bot.slack.guard import Refusal, ReplayCache, check_head, check_shape, is_signed, read_body

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from slack_bolt import App, BoltResponse
    from starlette.requests import Request

    from bot.settings import Settings

PATH = "/slack/events"
_journal = Journal("bot.slack.http")


class _Endpoint:
    """Takes what Slack posts: refuses cheaply, then hands the raw request to Bolt in a thread."""

    def __init__(self, app: App, settings: Settings) -> None:
        # Signatures are made with the real time, whatever day the sandbox pretends it is.
        self._clock = SystemClock()
        self._app = app
        self._secret = settings.slack_signing_secret.get_secret_value()
        self._replays = ReplayCache(self._clock)
        self._threads = CapacityLimiter(settings.listeners)

    async def handle(self, request: Request) -> Response:
        """Bolt's answer, an empty 200 for a replay, or a refusal."""
        refusal = check_head(request.headers, self._clock)
        if refusal is not None:
            return _refuse(refusal)
        body = await read_body(request)
        if isinstance(body, Refusal):
            return _refuse(body)
        if not is_signed(self._secret, request.headers, body):
            return _refuse(Refusal(401, "signature does not match"))
        refusal = check_shape(request.headers["content-type"], body)
        if refusal is not None:
            return _refuse(refusal)
        signature = request.headers["x-slack-signature"]
        if not self._replays.is_new(signature):
            _journal.warning("replayed request ignored")
            return Response(status_code=200)
        response = await to_thread.run_sync(self._dispatch, request, body, limiter=self._threads)
        if isinstance(response, Refusal):
            return _refuse(response)
        if response.status >= 500:
            self._replays.forget(signature)
        return to_starlette_response(response)

    def _dispatch(self, request: Request, body: bytes) -> BoltResponse | Refusal:
        try:
            bolt_request = to_bolt_request(request, body)
        except (TypeError, AttributeError, KeyError, IndexError, ValueError, RecursionError):
            # Bolt reads team and user while it builds the request; a signed payload of another shape ends here.
            return Refusal(400, "payload has an unexpected shape")
        return self._app.dispatch(bolt_request)


def build_asgi(
    app: App,
    settings: Settings,
    ready: Callable[[], Mapping[str, bool]] | None = None,
    hooks: Sequence[Route] = (),
) -> Starlette:
    """The web application: `/slack/events` behind the guard, `/healthz` and `/readyz`, and webhooks of others.

    Args:
        app: what `bot.slack.app.build_app` returned.
        settings: for the signing secret and the number of threads.
        ready: names of parts and whether each works; asked by `/readyz` in a thread.
        hooks: what `bot.hooks.routes` made of the settings.
    """
    endpoint = _Endpoint(app, settings)

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(_: Request) -> Response:
        parts = dict(await to_thread.run_sync(ready)) if ready else {}
        return JSONResponse(parts, status_code=200 if all(parts.values()) else 503)

    return Starlette(
        routes=[
            Route(PATH, endpoint.handle, methods=["POST"]),
            Route("/healthz", healthz, methods=["GET"]),
            Route("/readyz", readyz, methods=["GET"]),
            *hooks,
        ]
    )


def _refuse(refusal: Refusal) -> Response:
    """The refusal as plain text; the caller learns the kind, not which byte was wrong."""
    _journal.warning("request refused", status=refusal.status, reason=refusal.reason)
    return PlainTextResponse(refusal.reason, status_code=refusal.status, headers={"connection": "close"})
