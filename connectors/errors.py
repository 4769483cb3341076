"""What a connector refuses, drawn as a tree.

ConnectorError
├── MappingRefused     the mapping file is wrong: file, line, key, found, allowed
├── SourceRefused      a whole file or answer is wrong; none of its rows were applied
└── UnknownSource      no such source in the mapping

A bad *row* is no error: it comes back in `Page.rejected` with a code and a remedy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.problems import Problem


class ConnectorError(Exception):
    """The source cannot be read as asked; each problem names the place and the remedy."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(str(p) for p in problems) or " ".join((self.__doc__ or "").split()))
        self.problems = problems


class MappingRefused(ConnectorError):
    """The mapping file has problems. Mend the keys it lists; nothing was read."""


class SourceRefused(ConnectorError):
    """The file cannot be trusted as a whole. Mend it and sync again; nothing of it was applied."""


class UnknownSource(ConnectorError):
    """The mapping has no source of that name. Use one of the names under `sources`."""
