"""The sources that exist, by the `type` a mapping names them with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.errors import UnknownSource
from connectors.files.source import CsvSource

if TYPE_CHECKING:
    from pathlib import Path

    from connectors.schema import Mapping
    from connectors.source import Source


def open_sources(mapping: Mapping, folder: Path) -> tuple[Source, ...]:
    """One source per entry of the mapping's `sources`; relative paths start at `folder`."""
    return tuple(open_source(mapping, name, folder) for name in mapping.sources)


def open_source(mapping: Mapping, name: str, folder: Path) -> Source:
    """The source of that name.

    Raises:
        UnknownSource: The mapping has no source of that name.
    """
    if name not in mapping.sources:
        raise UnknownSource
    return CsvSource(mapping, name, folder)
