"""The sources that exist, by the `type` a mapping names them with."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from connectors.errors import ConfigRefused, UnknownSource
from connectors.feed import Setup
from connectors.feed_source import FeedSource
from connectors.files.source import CsvSource
from connectors.http import Wire

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping as ReadOnly
    from pathlib import Path

    from connectors.feed import Feed
    from connectors.schema import Mapping
    from connectors.source import Source

#: Where the feed of each type is; loaded when a mapping names it.
FEEDS: ReadOnly[str, tuple[str, str]] = MappingProxyType(
    {
        "hubspot": ("connectors.hubspot.feed", "HubSpotFeed"),
        "salesforce": ("connectors.salesforce.feed", "SalesforceFeed"),
        "sql": ("connectors.sql.feed", "SqlFeed"),
        "http_json": ("connectors.web.feed", "WebFeed"),
    }
)


def _no_secrets(_reference: str) -> str:
    raise ConfigRefused("No secrets were handed over", remedy="Sync through `attain sync`, which looks them up")


@dataclass(frozen=True, slots=True)
class Outside:
    """What API sources need from outside.

    Attributes:
        secret: Turns a reference into the secret.
        wires: How to reach a source, by its name; the real service where it is not named.
    """

    secret: Callable[[str], str] = _no_secrets
    wires: ReadOnly[str, Wire] = field(default_factory=lambda: MappingProxyType({}))


def open_sources(mapping: Mapping, folder: Path, outside: Outside | None = None) -> tuple[Source | FeedSource, ...]:
    """One source per entry of the mapping's `sources`; relative paths start at `folder`."""
    return tuple(open_source(mapping, name, folder, outside) for name in mapping.sources)


def open_source(mapping: Mapping, name: str, folder: Path, outside: Outside | None = None) -> Source | FeedSource:
    """The source of that name.

    Raises:
        UnknownSource: The mapping has no source of that name.
        ConfigRefused: A secret is not where its reference points.
    """
    if name not in mapping.sources:
        raise UnknownSource
    if mapping.sources[name].type in FEEDS:
        return FeedSource(mapping, name, open_feed(mapping, name, outside))
    return CsvSource(mapping, name, folder)


def open_feed(mapping: Mapping, name: str, outside: Outside | None = None) -> Feed:
    """The feed of the API source of that name: what can be asked for its fields before there are any kinds.

    Raises:
        ConfigRefused: A secret is not where its reference points.
    """
    given = outside or Outside()
    entry = mapping.sources[name]
    module, found = FEEDS[entry.type]
    build: Any = getattr(import_module(module), found)
    feed: Feed = build(Setup(entry, mapping.of_source(name), given.secret, given.wires.get(name, Wire())))
    return feed
