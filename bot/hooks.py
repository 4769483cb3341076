"""Webhooks of a CRM, where they are configured: each is checked over the bytes that came, and leaves ids to read.

A webhook is a hint and never data: what it says has changed is read from the CRM by the next sync. Nothing is lost
without it, for a sync asks by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyio import CapacityLimiter, to_thread
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.clock import SystemClock
from bot.errors import SettingsError
from bot.log import Journal
from bot.slack.guard import Refusal, read_body
from connectors.errors import AuthRefused, ConfigRefused
from connectors.webhooks import Delivery, hubspot_events
from operations import webhooks
from operations.context import Context
from store.errors import StoreError

if TYPE_CHECKING:
    from starlette.requests import Request

    from bot.wiring import Services

PATH = "/hooks/hubspot"
#: Deliveries that are looked at at once; a CRM that sends more waits.
THREADS = 4
_journal = Journal("bot.hooks")


def routes(services: Services) -> tuple[Route, ...]:
    """The addresses at which webhooks are taken; none unless a source is named for them.

    Raises:
        SettingsError: a source is named, but not the secret or the address that its webhooks are checked with.
    """
    settings = services.settings
    if not settings.hubspot_source:
        return ()
    needed = {
        "ATTAIN_HUBSPOT_SECRET": settings.hubspot_secret.get_secret_value(),
        "ATTAIN_PUBLIC_URL": settings.public_url,
    }
    missing = [name for name, value in needed.items() if not value]
    if missing:
        raise SettingsError(
            f"{' and '.join(missing)} must be set, too, to take webhooks for ATTAIN_HUBSPOT_SOURCE; leave that empty "
            "to do without webhooks."
        )
    return (Route(PATH, _Endpoint(services).handle, methods=["POST"]),)


class _Endpoint:
    """Takes what HubSpot posts: small, signed, recent; anything else is refused without a word on why."""

    def __init__(self, services: Services) -> None:
        self._services = services
        # Signatures are made with the real time, whatever day a sandbox pretends it is.
        self._clock = SystemClock()
        self._threads = CapacityLimiter(THREADS)

    async def handle(self, request: Request) -> Response:
        """200 once the ids are stored, also for an event that came before; HubSpot sends again what is not."""
        body = await read_body(request)
        if isinstance(body, Refusal):
            return _refused(body)
        refusal = await to_thread.run_sync(self._noted, request, body, limiter=self._threads)
        return Response(status_code=200) if refusal is None else _refused(refusal)

    def _noted(self, request: Request, body: bytes) -> Refusal | None:
        settings = self._services.settings
        query = f"?{request.url.query}" if request.url.query else ""
        delivery = Delivery(request.method, f"{settings.public_url}{PATH}{query}", request.headers, body)
        try:
            events = hubspot_events(delivery, settings.hubspot_secret.get_secret_value(), self._clock.now())
            now = self._services.clock.now()
            new = webhooks.note(Context(self._services.db, now.date(), now), settings.hubspot_source, events)
        except AuthRefused:
            return Refusal(401, "not signed by HubSpot")
        except ConfigRefused:
            return Refusal(400, "body is no list of events")
        except StoreError as error:
            _journal.error("webhook could not be stored", error)
            return Refusal(503, "try again later")
        _journal.info("webhook", events=len(events), new=new)
        return None


def _refused(refusal: Refusal) -> Response:
    _journal.warning("webhook refused", status=refusal.status, reason=refusal.reason)
    return PlainTextResponse(refusal.reason, status_code=refusal.status, headers={"connection": "close"})
