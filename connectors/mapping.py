"""The mapping file: where each kind comes from and which column is which field. Strict, and versioned by content.

Every problem is listed at once, with file, line, key, what was found and what is allowed.
"""

from __future__ import annotations

import hashlib
from types import MappingProxyType
from typing import TYPE_CHECKING

from connectors.errors import MappingRefused
from connectors.mapping_reader import read
from connectors.schema import Mapping
from engine.problems import Problem

if TYPE_CHECKING:
    from pathlib import Path


def load(text: str, filename: str) -> Mapping:
    """The mapping in `text`.

    Raises:
        MappingRefused: With every problem found, each with file, line, key, found and allowed.
    """
    said = read(text, filename)
    if said.problems:
        raise MappingRefused(*said.problems)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return Mapping(filename, sha256, text, MappingProxyType(said.sources), said.kinds, said.blends)


def load_file(path: Path) -> Mapping:
    """The mapping in that file.

    Raises:
        MappingRefused: The file is missing, is not UTF-8, or has problems.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise MappingRefused(
            Problem(
                code="mapping",
                message=f"The mapping file cannot be read: {reason}",
                remedy="Check the path and save the file as UTF-8",
                where=path.name,
            )
        ) from error
    return load(text, path.name)
