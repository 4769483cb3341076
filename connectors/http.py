"""One polite HTTP client for every API source: retries, paces, limits, and never tells a secret.

A token goes to the host it belongs to and to no other: paths are relative, redirects are not followed, proxies and
credentials of the machine are not read. What goes wrong is raised as a class of `connectors.errors`, whose text
names the host and the path, never the query, a header or a body.
"""

from __future__ import annotations

import json as jsonlib
import logging
import random
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type

from connectors.errors import AuthRefused, ConfigRefused, QuotaSpent, SourceError, Transient
from connectors.pacing import Budget, Pacer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Answer", "Auth", "BearerToken", "Budget", "Http", "Manners", "Wire"]

CONNECT_SECONDS, READ_SECONDS = 10.0, 60.0
MAX_BYTES = 10_000_000
TRIES = 5
LONGEST_BACKOFF = 60.0
#: Longer than this nobody waits inside a run: the run ends, and the next one goes on.
LONGEST_RETRY_AFTER = 300.0
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_TRANSIENT = frozenset({406, 408, 420, 425, 429})
_AUTH = frozenset({401, 530})


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Wire:
    """Everything outside a connector, so that tests and the demo can put their own in its place.

    Attributes:
        base_url: Where a fake listens; "" is the real service. The only way to an address of this machine.
        transport: What carries requests; None is the network.
        clock: Now, aware UTC.
        sleep: Waits some seconds.
        jitter: A number in [0, 1).
        deadline: How long one run may take.
    """

    base_url: str = ""
    transport: httpx.BaseTransport | None = None
    clock: Callable[[], datetime] = _utc_now
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random
    deadline: timedelta | None = None


class Auth(Protocol):
    """Who we are, in headers."""

    def headers(self) -> Mapping[str, str]:
        """The headers that say so; may fetch a token."""

    def renew(self) -> bool:
        """Whether a new token was got after the service refused the last one."""


@dataclass(frozen=True, slots=True)
class BearerToken:
    """A token that is given once and cannot be renewed."""

    token: str = field(repr=False)

    def headers(self) -> Mapping[str, str]:
        """The token as a bearer token."""
        return {"Authorization": f"Bearer {self.token}"}

    def renew(self) -> bool:
        """There is no other."""
        return False


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that can be used: its JSON has `Decimal` for numbers with decimals; `date` is the service's clock."""

    status: int
    headers: Mapping[str, str]
    json: Any
    date: datetime


def _silent(_headers: Mapping[str, str]) -> Budget:
    return Budget()


def _undecided(_status: int, _headers: Mapping[str, str], _body: Any) -> SourceError | None:
    return None


@dataclass(frozen=True, slots=True)
class Manners:
    """How one service wants to be treated.

    Attributes:
        judge: What an answer with status 400 and above means; None for the usual meaning of the status.
        budget: What the rate headers say.
        paces: Requests per second of paths that no header limits, by name.
        daily_share: The share of the day's requests after which a run stops.
    """

    judge: Callable[[int, Mapping[str, str], Any], SourceError | None] = _undecided
    budget: Callable[[Mapping[str, str]], Budget] = _silent
    paces: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    daily_share: float = 0.8


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    path: str
    params: Any
    content: bytes | None
    kind: str
    pace: str


class Http:
    """Requests to one host."""

    def __init__(self, base_url: str, wire: Wire, auth: Auth | None = None, manners: Manners | None = None) -> None:
        """Prepare; nothing is sent.

        Raises:
            ConfigRefused: The address is not https, and not the loopback address that the wire names.
        """
        self._base = httpx.URL(base_url.rstrip("/"))
        allowed = self._base.scheme == "https" or (self._base.host in LOOPBACK and bool(wire.base_url))
        if not allowed or not self._base.host or self._base.userinfo:
            raise ConfigRefused("The address must be https and hold no password", where=self._base.host)
        for name in ("httpx", "httpcore"):  # they log whole addresses, and a query can hold names
            logging.getLogger(name).setLevel(logging.WARNING)
        self._root = str(self._base)
        self._wire = wire
        self._auth = auth
        self._manners = manners or Manners()
        self._pacer = Pacer(self._manners.paces)
        self._skew = timedelta(0)
        self._until = None if wire.deadline is None else wire.clock() + wire.deadline
        # A transport without a client around it keeps no cookies, follows nothing and knows no proxies.
        self._transport = wire.transport or httpx.HTTPTransport(trust_env=False)
        self._timeouts = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS).as_dict()
        self._retrying = Retrying(
            sleep=wire.sleep,
            wait=self._backoff,
            stop=self._is_enough,
            retry=retry_if_exception_type(Transient),
            reraise=True,
        )
        self.calls = 0

    def get(self, path: str, params: Any = None, pace: str = "") -> Answer:
        """The answer to a GET.

        Raises:
            SourceError: The class says what to do; `Transient` only after five tries.
        """
        return self._asked(_Call("GET", path, params, None, "", pace))

    def post(self, path: str, json: Any = None, form: Mapping[str, str] | None = None, pace: str = "") -> Answer:
        """The answer to a POST of JSON or of a form; it may be sent several times.

        Raises:
            SourceError: The class says what to do; `Transient` only after five tries.
        """
        if form is not None:
            body = str(httpx.QueryParams(dict(form))).encode()
            return self._asked(_Call("POST", path, None, body, "application/x-www-form-urlencoded", pace))
        return self._asked(_Call("POST", path, None, jsonlib.dumps(json).encode(), "application/json", pace))

    def server_now(self) -> datetime:
        """The service's clock, as far as its last answer tells; this machine's before the first."""
        return self._wire.clock() + self._skew

    def close(self) -> None:
        """Let the connections go."""
        self._transport.close()

    def _asked(self, call: _Call) -> Answer:
        answer: Answer = self._retrying(self._tried, call)
        return answer

    def _tried(self, call: _Call) -> Answer:
        """One try; a refused token is renewed once where it can be."""
        try:
            return self._sent(call)
        except AuthRefused:
            if self._auth is None or not self._auth.renew():
                raise
            return self._sent(call)

    def _sent(self, call: _Call) -> Answer:
        url = self._url(call)
        self._wait_for_turn(call)
        headers = {"Accept": "application/json", "User-Agent": "attain"}
        if call.kind:
            headers["Content-Type"] = call.kind
        headers |= self._auth.headers() if self._auth is not None else {}
        self.calls += 1
        extensions = {"timeout": self._timeouts}
        request = httpx.Request(call.method, url, content=call.content, headers=headers, extensions=extensions)
        try:
            with closing(self._transport.handle_request(request)) as response:
                body = self._body(response)
        except httpx.TransportError as error:
            self._fail(Transient, f"No answer ({type(error).__name__})", call)
        except httpx.HTTPError as error:
            self._fail(Transient, f"No usable answer ({type(error).__name__})", call)
        return self._judged(call, response, body)

    def _judged(self, call: _Call, response: httpx.Response, body: bytes) -> Answer:
        headers = MappingProxyType({name.lower(): value for name, value in response.headers.items()})
        local = self._wire.clock()
        date = _http_date(headers.get("date", "")) or local
        self._skew = date - local
        budget = self._manners.budget(headers)
        self._pacer.told(budget, local.timestamp())
        self._pacer.note_day(budget)
        status = response.status_code
        if status >= 400:
            raise self._verdict(call, status, headers, body)
        if status >= 300:
            self._fail(ConfigRefused, f"The service redirects (status {status}); it is not followed", call)
        try:
            parsed = parse_json(body) if body else None
        except (ValueError, RecursionError):
            self._fail(Transient, f"The answer is no JSON (status {status})", call)
        return Answer(status, headers, parsed, date)

    def _verdict(self, call: _Call, status: int, headers: Mapping[str, str], body: bytes) -> SourceError:
        """What the service's own rules make of it, or else everybody's; `Retry-After` wins over both."""
        usual = self._usual(status, headers, call)
        own = self._manners.judge(status, headers, _json_or_none(body))
        if own is None or (isinstance(own, Transient) and isinstance(usual, QuotaSpent)):
            return usual
        if isinstance(own, Transient) and own.retry_after is None:
            own.retry_after = _retry_after(headers.get("retry-after", ""), self.server_now())
        return own

    def _usual(self, status: int, headers: Mapping[str, str], call: _Call) -> SourceError:
        """What a status means everywhere."""
        where = self._where(call)
        if status in _TRANSIENT or (status >= 500 and status not in _AUTH):
            after = _retry_after(headers.get("retry-after", ""), self.server_now())
            if after is not None and after > LONGEST_RETRY_AFTER:
                resets_at = self.server_now() + timedelta(seconds=after)
                return QuotaSpent(f"The service asks to wait {after:.0f} seconds", where, resets_at=resets_at)
            return Transient(f"The service is busy (status {status})", where, retry_after=after)
        if status in _AUTH:
            return AuthRefused(f"The service does not accept the token (status {status})", where)
        return ConfigRefused(f"The service refuses the request (status {status})", where)

    def _body(self, response: httpx.Response) -> bytes:
        parts, size = [], 0
        for part in response.iter_bytes():
            size += len(part)
            if size > MAX_BYTES:
                raise ConfigRefused(
                    f"The answer is larger than {MAX_BYTES // 1_000_000} MB",
                    where=self._base.host,
                    remedy="Ask for fewer fields or smaller pages",
                )
            if self._until is not None and self._wire.clock() > self._until:
                raise Transient("The run took too long; the next one goes on from here", where=self._base.host)
            parts.append(part)
        return b"".join(parts)

    def _url(self, call: _Call) -> httpx.URL:
        path = call.path
        plain = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
        if call.params:  # spelled here, so that the address is taken apart once
            path += f"{'&' if '?' in path else '?'}{httpx.QueryParams(call.params)}"
        url = _url_or_none(f"{self._root}{path}") if plain else None
        if url is None or _origin(url) != _origin(self._base):
            raise ConfigRefused("The service names an address that is not its own", where=self._base.host)
        return url

    def _wait_for_turn(self, call: _Call) -> None:
        if self._pacer.is_spent(self._manners.daily_share):
            share = f"{self._manners.daily_share:.0%}"
            self._fail(QuotaSpent, f"{share} of today's requests are used up; the rest is left to others", call)
        pause = self._pacer.wait(call.pace, self._wire.clock().timestamp())
        now = self._wire.clock()
        if self._until is not None and now + timedelta(seconds=pause) > self._until:
            self._fail(Transient, "The run took too long; the next one goes on from here", call)
        if pause > 0:
            self._wire.sleep(pause)

    def _backoff(self, state: RetryCallState) -> float:
        """What the service asks for; else any time up to a limit that doubles with every try."""
        error = state.outcome.exception() if state.outcome is not None else None
        if isinstance(error, Transient) and error.retry_after is not None:
            return error.retry_after
        limit = min(LONGEST_BACKOFF, 2.0 ** (state.attempt_number - 1))
        return self._wire.jitter() * limit

    def _is_enough(self, state: RetryCallState) -> bool:
        late = self._until is not None and self._wire.clock() >= self._until
        return state.attempt_number >= TRIES or late

    def _where(self, call: _Call) -> str:
        return f"{self._base.host}{call.path.partition('?')[0]}"

    def _fail(self, kind: type[SourceError], message: str, call: _Call) -> NoReturn:
        # Without its cause: that one quotes the whole address.
        raise kind(message, self._where(call)) from None


def parse_json(body: bytes) -> Any:
    """The JSON in `body`, numbers with decimals as `Decimal`.

    Raises:
        ValueError: It is no JSON, no UTF-8, or holds NaN, infinity or a number without end.
        RecursionError: It is nested too deeply.
    """
    return _JSON.decode(body.decode("utf-8"))


def _url_or_none(text: str) -> httpx.URL | None:
    try:
        return httpx.URL(text)
    except httpx.InvalidURL:
        return None


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


#: Set up once: an answer of a hundred records is read in not much more time than setting it up takes.
_JSON = jsonlib.JSONDecoder(parse_float=Decimal, parse_constant=_refuse_constant)


def _json_or_none(body: bytes) -> Any:
    try:
        return parse_json(body)
    except (ValueError, RecursionError):
        return None


def _http_date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _retry_after(text: str, now: datetime) -> float | None:
    """Seconds from now, from seconds or from a date."""
    if text.strip().isascii() and text.strip().isdigit() and len(text) < 10:
        return float(text)
    at = _http_date(text) if text else None
    return None if at is None else max(0.0, (at - now).total_seconds())
