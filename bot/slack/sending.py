"""One request to Slack and what became of it: sent, refused, not yet accepted, or nobody knows.

One owner of retries: the clients repeat nothing. Only what Slack certainly did not accept is tried again here, for
some seconds and with jitter, so that an answer is never doubled.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import chain, count
from typing import TYPE_CHECKING, Any, Literal
from urllib.error import URLError

from slack_sdk.errors import SlackApiError
from tenacity import RetryCallState, Retrying, retry_if_result, stop_before_delay, wait_random_exponential

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from slack_sdk.web import SlackResponse
    from slack_sdk.webhook import WebhookResponse

#: How long a request that Slack does not accept is tried again; its Retry-After counts towards that.
PATIENCE_SECONDS = 20.0
#: Codes of requests that another attempt may get through; nothing was accepted, or nothing was to be kept.
PASSING = frozenset(
    ("ratelimited", "rate_limited", "service_unavailable", "unreachable", "internal_error", "fatal_error")
)
#: Codes after which the same person or token can be told nothing at all.
HOPELESS = frozenset(
    (
        "user_disabled", "user_not_found", "channel_not_found", "is_archived", "messages_tab_disabled",
        "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope",
    )
)  # fmt: skip
_UNCERTAIN = ("internal_error", "fatal_error", "request_timeout")
_AFTER_WRITING = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError, TimeoutError)
_JITTER = wait_random_exponential(multiplier=0.5, max=8)

CODE_LENGTH = 60

Fate = Literal["sent", "refused", "later", "unknown"]


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one request.

    Attributes:
        fate: `later` was certainly not accepted and may be tried again; `unknown` may have been.
        code: Slack's error code, or the kind of the failure.
        body: what the Web API answered when it was sent.
        pause: the seconds Slack asked to wait.
    """

    fate: Fate
    code: str = ""
    body: Mapping[str, Any] | None = None
    pause: float = 0.0


def persist(attempt: Callable[[], Sent], patience: float, *, repeatable: bool = False) -> Sent:
    """The last of the attempts, which go on while nothing was accepted and `patience` seconds are not over.

    `repeatable` requests may be carried out twice without harm, so that an unknown outcome is tried again as well.
    """
    again = ("later", "unknown") if repeatable else ("later",)
    first = attempt()
    if first.fate not in again:
        return first
    attempts = chain((first,), (attempt() for _ in count()))
    retrying = Retrying(
        retry=retry_if_result(lambda sent: sent.fate in again),
        stop=stop_before_delay(patience),
        wait=_wait,
        retry_error_callback=_last,
    )
    found: Sent = retrying(attempts.__next__)
    return found


def call(send: Callable[[], SlackResponse]) -> Sent:
    """What became of one call of the Web API."""
    try:
        return Sent("sent", body=send().data)  # type: ignore[arg-type] # bytes only for methods that return files
    except SlackApiError as error:
        return _refused(error)
    except OSError as error:
        return _broken(error)


def post(send: Callable[[], WebhookResponse]) -> Sent:
    """What became of one post to a response_url."""
    try:
        response = send()
    except OSError as error:
        return _broken(error)
    if response.status_code == 200 and not response.body.startswith("invalid_"):
        return Sent("sent")
    return _judged(response.status_code, _word(response.body), response.headers)


def _refused(error: SlackApiError) -> Sent:
    answer: Any = error.response
    return _judged(answer.status_code, str(answer.get("error") or ""), answer.headers)


def _judged(status: int, word: str, headers: Mapping[str, Any]) -> Sent:
    """The class of an answer that is no success; one that cannot be read says nothing about what happened."""
    readable = word.isidentifier() and len(word) < CODE_LENGTH
    code = word if readable else f"http_{status}"
    if status == 429 or code in ("ratelimited", "rate_limited"):
        return Sent("later", "ratelimited", pause=_seconds(headers))
    if status == 503 or code == "service_unavailable":
        return Sent("later", "service_unavailable", pause=_seconds(headers, 0.0))
    if status >= 500 or code in _UNCERTAIN or (status == 200 and not readable):
        return Sent("unknown", code)
    return Sent("refused", code)


def _broken(error: OSError) -> Sent:
    """The class of a failed connection: urllib wraps what went wrong before the whole request was written."""
    if isinstance(error, URLError) and not isinstance(error.reason, _AFTER_WRITING):
        return Sent("later", "unreachable")
    return Sent("unknown", type(error).__name__)


def _word(body: str) -> str:
    """The error code in the answer of a response_url, which is either bare or inside JSON."""
    try:
        found = json.loads(body)
    except ValueError:
        return body.strip()
    return str(found.get("error") or "") if isinstance(found, dict) else ""


def _seconds(headers: Mapping[str, Any], otherwise: float = 1.0) -> float:
    """What Retry-After says, in whole seconds; Slack sends no dates there."""
    found = {name.lower(): value for name, value in headers.items()}.get("retry-after")
    said = str(found[0] if isinstance(found, list) and found else found)
    return float(said) if said.isdecimal() else otherwise


def _wait(state: RetryCallState) -> float:
    """What Slack asked for, and some jitter so that not everybody comes back at once."""
    sent: Sent = _last(state)
    return sent.pause + float(_JITTER(state))


def _last(state: RetryCallState) -> Any:
    return state.outcome.result() if state.outcome is not None else None
