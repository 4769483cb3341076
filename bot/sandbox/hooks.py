"""What the caller of the sandbox plugs in: tools, what moving time does, what the inspector adds, how to go live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime, timedelta

JSON = dict[str, Any]


@dataclass(frozen=True)
class Tool:
    """A button of the page such as "Run CRM sync"; `run` returns the sentence shown afterwards."""

    id: str
    label: str
    description: str
    run: Callable[[], str]


@dataclass(frozen=True)
class Link:
    """A page beside the workspace, such as the CRM whose deals are counted."""

    label: str
    url: str
    description: str


@dataclass(frozen=True)
class GoLive:
    """How to use this in a real workspace: manifest text, `.env` lines and steps in order."""

    manifest: str = ""
    env: str = ""
    steps: tuple[str, ...] = ()


def next_quarter(now: datetime) -> datetime:
    """The first instant of the next calendar quarter: the default meaning of "end of period"."""
    first = (now.month - 1) // 3 * 3 + 4
    year, month = (now.year + 1, first - 12) if first > 12 else (now.year, first)
    return now.replace(year=year, month=month, day=1, hour=9, minute=0, second=0, microsecond=0)


def _unhashed(_message: Mapping[str, Any]) -> str:
    return ""


def _nothing(_payload_hash: str) -> Mapping[str, Any]:
    return {}


def _unmoved(_offset: timedelta) -> str:
    return ""


def _kept() -> None:
    return None


@dataclass(frozen=True)
class Hooks:
    """Everything optional.

    `on_clock` hears the new offset after time moved (and zero after a reset) and returns a sentence for the page;
    `inspect` is asked by `payload_hash` of a message and may add operation, template, disclosure and receipt;
    `on_reset` puts the caller's own data back to its start.
    """

    tools: tuple[Tool, ...] = ()
    on_clock: Callable[[timedelta], str] = _unmoved
    period_end: Callable[[datetime], datetime] = next_quarter
    inspect: Callable[[str], Mapping[str, Any]] = _nothing
    payload_hash: Callable[[Mapping[str, Any]], str] = _unhashed
    on_reset: Callable[[], None] = _kept
    golive: GoLive = GoLive()
    prompts: tuple[tuple[str, str], ...] = ()
    links: tuple[Link, ...] = ()
