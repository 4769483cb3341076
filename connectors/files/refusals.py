"""Why a whole file is refused: one stable code each, what it says and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from connectors.errors import SourceRefused
from engine.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Code to message and remedy; `{}` in a message is filled with the words of the place.
REFUSALS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "file_missing": ("The file cannot be read: {}", "Check the path in the mapping, or put the export there"),
        "file_too_large": ("The file is too large", "Split it"),
        "file_empty": ("The file is empty", "Export it again"),
        "encoding": (
            "This byte is no text in the declared encoding",
            "Save the file in that encoding, or declare the one it has",
        ),
        "header": ("The header names {} more than once", "Give every column its own name"),
        "column_missing": ("The file has no column {}", "Correct the mapping, its delimiter, or the export"),
        "quote": ("A quote is out of place in or after this line", 'Write a quote inside a field twice ("")'),
        "row_length": (
            "The row does not have the fields of the header",
            "Quote fields that hold the delimiter, or export the file again",
        ),
        "date_format": ("{}", "Declare the format the file really uses; it is never guessed"),
        "lookup_duplicate": ("The lookup {} has this key twice", "Keep one row per key"),
        "snapshot_files": ("A snapshot is one file, but several match", "Remove old exports, or name the file"),
    }
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in which file something is wrong, what stands there and what would be allowed."""

    name: str
    line: int = 0
    found: str = ""
    allowed: str = ""


def refused(code: str, place: Place, words: str = "") -> SourceRefused:
    """The refusal of a whole file for that reason."""
    message, remedy = REFUSALS[code]
    where = f"{place.name}:{place.line}" if place.line else place.name
    problem = Problem(code, message.replace("{}", words), remedy, where, found=place.found, allowed=place.allowed)
    return SourceRefused(problem)
