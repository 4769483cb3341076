"""The sources of a deployment: every mapping file of its folder, with the secrets they refer to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.log import Journal
from bot.settings import variable
from connectors import mapping as mappings
from connectors.errors import ConnectorError
from connectors.registry import Outside, open_source
from connectors.secrets_by_reference import resolver

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connectors.feed_source import FeedSource
    from connectors.source import Source

_journal = Journal("bot.sources")


def outside(folder: Path) -> Outside:
    """What API sources need: secrets from the environment and from files below `folder`."""
    return Outside(secret=resolver(variable, folder))


def opened(folder: Path, failed: list[str], given: Outside | None = None) -> Iterator[Source | FeedSource]:
    """The sources of all mapping files of a folder; the name of what cannot be opened goes to `failed`."""
    given = given or outside(folder)
    for path in sorted(folder.glob("*.y*ml")):
        try:
            mapping = mappings.load_file(path)
        except ConnectorError as error:
            _journal.error("mapping refused", error, file=path.name)
            failed.append(path.name)
            continue
        for name in mapping.sources:
            try:
                yield open_source(mapping, name, folder, given)
            except ConnectorError as error:
                _journal.error("source cannot be opened", error, source=name)
                failed.append(name)
