"""Everything the fake Slack refuses, as the platform words it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class SandboxError(Exception):
    """The sandbox could not do what was asked. The message says what to change."""


class SlackError(SandboxError):
    """A Web API call was refused; `code` is Slack's own error code, `extra` goes into the answer beside it."""

    def __init__(self, code: str, extra: Mapping[str, Any] | None = None, status: int = 200) -> None:
        """Refuse with `code`; `status` is the HTTP status, 200 for nearly all of Slack's errors."""
        super().__init__(code)
        self.code = code
        self.extra = dict(extra or {})
        self.status = status


class RateLimitError(SlackError):
    """Too many calls: wait the number of seconds in Retry-After, then call again."""

    def __init__(self, seconds: int) -> None:
        """Refuse with 429 until `seconds` have passed."""
        super().__init__("ratelimited", status=429)
        self.seconds = seconds


class RefusedError(SandboxError):
    """A person tried something their Slack would not let them do; the message is what they would read."""


class NotRunningError(SandboxError):
    """The sandbox has no running bot to talk to. Start it with launch(), or attach a transport first."""


class BadRequestError(SandboxError):
    """The page asked for something that does not exist; the message says what."""
