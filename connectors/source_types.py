"""The types of source that exist, and what a mapping may say for each."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

HOUR = 3_600
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class SourceType:
    """What the mapping of one type of source consists of.

    Attributes:
        options: Keys of the source that only this type has.
        required: Those of them that must be there.
        secrets: Those of them that must be references, `env:` or `file:`.
        kind_options: Keys of a kind that only this type has.
        kind_required: Those of them that must be there.
        is_file: It reads files, whose notation is declared; an API writes dates as ISO 8601 and numbers with a point.
        interval: Seconds between two syncs where the mapping says nothing.
        timezone: The zone of its days where the mapping says nothing.
    """

    options: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    secrets: frozenset[str] = frozenset()
    kind_options: tuple[str, ...] = ()
    kind_required: tuple[str, ...] = ()
    is_file: bool = False
    interval: int = 900
    timezone: str = "account"


TYPES: Mapping[str, SourceType] = MappingProxyType(
    {
        "csv": SourceType(is_file=True, interval=DAY, timezone=""),
        "hubspot": SourceType(
            options=("api", "token", "splits"), required=("token",), secrets=frozenset({"token"})
        ),
        "salesforce": SourceType(
            options=(
                "api", "domain", "grant", "client_id", "client_secret", "username", "private_key", "split_types",
            ),
            required=("domain", "client_id"),
            secrets=frozenset({"client_secret", "private_key"}),
        ),
        "sql": SourceType(
            options=("url", "statement_timeout"),
            required=("url",),
            secrets=frozenset({"url"}),
            kind_options=("query", "key", "stamp"),
            kind_required=("query", "key"),
            interval=HOUR,
            timezone="UTC",
        ),
        "http_json": SourceType(
            options=("base_url", "allow_hosts", "auth_header", "token"),
            required=("base_url",),
            secrets=frozenset({"token"}),
            kind_options=("path", "items", "paging", "cursor", "cursor_param", "page_size", "key", "stamp", "params"),
            kind_required=("path", "key"),
            interval=HOUR,
            timezone="UTC",
        ),
    }
)  # fmt: skip
