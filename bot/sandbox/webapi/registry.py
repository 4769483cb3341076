"""Takes one Web API call from token to answer: who calls, may they, how often, and what chaos makes of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from bot.sandbox.chaos import SKEW_SECONDS
from bot.sandbox.errors import RateLimitError, SlackError
from bot.sandbox.respond import answer

if TYPE_CHECKING:
    from bot.sandbox.triggers import Link
    from bot.sandbox.workspace import Workspace

JSON = dict[str, Any]
SLOW_SECONDS = 2.0
RETRY_AFTER = 3
#: What a call is refused with whose reader can get no message at all.
UNREACHABLE = "user_disabled"
_SPARED = ("auth.test", "apps.connections.open")


@dataclass
class Call:
    """One call that passed authentication."""

    workspace: Workspace
    method: str
    args: JSON

    def text(self, name: str, *, required: bool = False) -> str:
        """The argument `name` as text, empty when absent.

        Raises:
            SlackError: invalid_arguments when it is required and absent.
        """
        value = self.args.get(name)
        if value in (None, "") and required:
            raise SlackError("invalid_arguments", _messages(f"missing required field: {name}"))
        return "" if value is None else str(value)

    def flag(self, name: str) -> bool:
        """The argument `name` as a truth value."""
        return str(self.args.get(name, "")).lower() in ("1", "true")

    def number(self, name: str, default: int, most: int) -> int:
        """The argument `name` as a whole number between 1 and `most`."""
        try:
            return max(1, min(most, int(self.args.get(name) or default)))
        except ValueError:
            raise SlackError("invalid_arguments", _messages(f"must be an integer: {name}")) from None

    def parsed(self, name: str, error: str) -> Any:
        """The argument `name`, parsed where it came as a JSON string; None when absent.

        Raises:
            SlackError: `error` when it is not JSON.
        """
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise SlackError(error) from None

    def require_scope(self, scope: str) -> None:
        """Refuse unless the app was granted `scope`.

        Raises:
            SlackError: missing_scope with what is needed and what was provided.
        """
        granted = self.workspace.manifest.scopes
        if scope not in granted:
            raise SlackError("missing_scope", {"needed": scope, "provided": ",".join(sorted(granted))})


Handler = Callable[[Call], JSON]


@dataclass(frozen=True)
class Method:
    """One method: what runs it, the scope it needs, its rate tier and whether it takes the app-level token."""

    handler: Handler
    scope: str = ""
    tier: str = "T4"
    app_level: bool = False


METHODS: dict[str, Method] = {}


def method(name: str, scope: str = "", tier: str = "T4", *, app_level: bool = False) -> Callable[[Handler], Handler]:
    """Register a handler for `name`."""

    def register(handler: Handler) -> Handler:
        METHODS[name] = Method(handler, scope, tier, app_level)
        return handler

    return register


@dataclass(frozen=True)
class Answer:
    """What goes back over HTTP. `broken` means that the connection breaks instead."""

    body: JSON
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    broken: bool = False
    delay: float = 0.0


class WebApi:
    """Answers calls for one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        """Serve `workspace`."""
        self.workspace = workspace

    def call(self, name: str, token: str, args: JSON) -> Answer:
        """Answer one call, chaos included."""
        return self._with_chaos(name, lambda: self._answer(name, token, args))

    def respond(self, token: str, body: JSON) -> Answer:
        """Answer one post to a response_url."""
        return self._with_chaos("response_url", lambda: self._respond(token, body))

    def _with_chaos(self, name: str, run: Callable[[], Answer]) -> Answer:
        chaos = self.workspace.chaos
        if name in _SPARED:
            return run()
        delay = SLOW_SECONDS if chaos.strikes("delay", name) else 0.0
        if chaos.strikes("reset_before", name):
            return Answer({}, broken=True, delay=delay)
        if chaos.strikes("rate_limited", name):
            return _limited(RETRY_AFTER)
        if chaos.strikes("error_before", name):
            return Answer({"ok": False, "error": "service_unavailable"}, 503, delay=delay)
        answer = run()
        if chaos.strikes("lose_response", name):
            return Answer({}, broken=True, delay=delay)
        if chaos.strikes("error_after", name):
            return Answer({"ok": False, "error": "internal_error"}, 500, delay=delay)
        return Answer(answer.body, answer.status, answer.headers, answer.broken, delay)

    def _answer(self, name: str, token: str, args: JSON) -> Answer:
        try:
            with self.workspace.lock:
                body = {"ok": True} | self._run(name, token, args)
        except RateLimitError as error:
            return _limited(error.seconds)
        except SlackError as error:
            if error.code == UNREACHABLE:
                self.workspace.turn_away(str(args.get("channel") or args.get("users")))
            return Answer({"ok": False, "error": error.code} | error.extra, error.status, self._headers())
        return Answer(body, headers=self._headers())

    def _run(self, name: str, token: str, args: JSON) -> JSON:
        known = METHODS.get(name)
        if known is None:
            raise SlackError("unknown_method", {"req_method": name})
        self._authenticate(known, token)
        call = Call(self.workspace, name, args)
        if known.scope:
            call.require_scope(known.scope)
        self.workspace.rates.count(name, known.tier, self.workspace.clock.now())
        return known.handler(call)

    def _authenticate(self, known: Method, token: str) -> None:
        secrets = self.workspace.secrets
        if not token:
            raise SlackError("not_authed")
        if token not in (secrets.bot_token, secrets.app_token):
            raise SlackError("invalid_auth")
        if known.app_level != (token == secrets.app_token):
            raise SlackError("not_allowed_token_type")
        if not known.app_level and self.workspace.chaos.on("revoked_token"):
            raise SlackError("token_revoked")

    def _respond(self, token: str, body: JSON) -> Answer:
        try:
            with self.workspace.lock:
                link: Link = self.workspace.links.use(token, self.workspace.clock.now())
                answer(self.workspace, link, body)
        except SlackError as error:
            return Answer({"ok": False, "error": error.code} | error.extra, max(error.status, 400))
        return Answer({"ok": True})

    def _headers(self) -> dict[str, str]:
        # The date is the machine's, as in signatures: time moved on the page is the company's, not the platform's.
        stamp = time.time() - (SKEW_SECONDS if self.workspace.chaos.on("clock_skew") else 0)
        scopes = ",".join(sorted(self.workspace.manifest.scopes))
        return {"x-oauth-scopes": scopes, "date": formatdate(stamp, usegmt=True)}


def _limited(seconds: int) -> Answer:
    return Answer({"ok": False, "error": "ratelimited"}, 429, {"retry-after": str(seconds)})


def _messages(line: str) -> JSON:
    return {"response_metadata": {"messages": [f"[ERROR] {line}"]}}
