"""How a file writes text, dates and numbers: read from the mapping, mandatory where a guess could be wrong."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from connectors.schema import ACCOUNT, ISO, NAMED_FORMATS, FileFormat
from connectors.strict_yaml import words

if TYPE_CHECKING:
    from connectors.source_types import SourceType
    from connectors.strict_yaml import Node, Notes

KEYS = ("date_format", "decimal", "thousands", "encoding", "delimiter", "null", "timezone", "snapshot")
#: What an API may be said to do otherwise.
API_KEYS = ("timezone", "date_format", "decimal", "null")
DECIMALS = (".", ",")
THOUSANDS = ("", ",", ".", " ", "'", "’", "\u00a0", "\u202f")
DELIMITERS = (",", ";", "\t", "|")
DIRECTIVES = "YymdHMSfbBzpIj"


def read(keys: dict[str, Node], at: Node, notes: Notes) -> FileFormat:
    """The format those keys declare; what is missing or wrong is noted at its line."""
    for key, example in (("date_format", 'date_format: "%Y-%m-%d"'), ("decimal", 'decimal: "."')):
        if key not in keys:
            notes.refuse(at, f"{key} must be declared; it is never guessed", [example], found="nothing")
    if "date_format" in keys:
        check_date_format(keys["date_format"], notes)
    text = {key: node.text or "" for key, node in keys.items() if key != "null"}
    text["decimal"] = _one_of(keys, "decimal", DECIMALS, notes)
    text["thousands"] = _one_of(keys, "thousands", THOUSANDS, notes)
    text["delimiter"] = _one_of(keys, "delimiter", DELIMITERS, notes)
    snapshot = _one_of(keys, "snapshot", ("false", "true"), notes)
    if text["thousands"] and text["thousands"] == text["decimal"]:
        notes.refuse(keys["thousands"], "Decimal mark and thousands mark are the same")
    return FileFormat(
        date_format=text.get("date_format", ""),
        decimal=text["decimal"],
        thousands=text["thousands"],
        encoding=_encoding(keys.get("encoding"), notes),
        delimiter=text["delimiter"],
        nulls=_nulls(keys.get("null"), notes),
        timezone=_timezone(keys, text, notes),
        snapshot=snapshot == "true",
    )


def read_api(keys: dict[str, Node], kept: SourceType, notes: Notes) -> FileFormat:
    """How an API writes: dates as ISO 8601 and a decimal point, unless those keys say otherwise."""
    if "date_format" in keys:
        check_date_format(keys["date_format"], notes)
    zone = keys["timezone"].text or "" if "timezone" in keys else kept.timezone
    if zone != ACCOUNT and zone not in available_timezones():
        notes.refuse(keys["timezone"], "Unknown time zone", [ACCOUNT, "an IANA name such as Europe/Berlin"])
    return FileFormat(
        date_format=(keys["date_format"].text or "") if "date_format" in keys else ISO,
        decimal=_one_of(keys, "decimal", DECIMALS, notes),
        nulls=_nulls(keys.get("null"), notes),
        timezone=zone,
    )


def check_date_format(node: Node, notes: Notes) -> None:
    """Notes a format that names no day, or a directive that is not read."""
    text = node.text or ""
    if text in NAMED_FORMATS:
        return
    directives = re.findall(r"%(.?)", text)
    unknown = [f"%{d}" for d in directives if d not in DIRECTIVES or not d]
    if unknown:
        notes.refuse(node, "Unknown date directive", [f"%{d}" for d in DIRECTIVES], found=", ".join(unknown))
    elif not ({"Y", "y"} & set(directives) and ({"d", "j"} & set(directives))):
        notes.refuse(node, "A date format names year, month and day", ["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y"])


def _one_of(keys: dict[str, Node], key: str, allowed: tuple[str, ...], notes: Notes) -> str:
    node = keys.get(key)
    if node is None:
        return allowed[0]
    if node.text not in allowed:
        notes.refuse(node, f"Unknown value for {key}", [repr(a) for a in allowed])
        return allowed[0]
    return node.text


def _encoding(node: Node | None, notes: Notes) -> str:
    name = (node.text or "") if node is not None else "utf-8"
    try:
        info = codecs.lookup(name)
        text_codec = isinstance("a".encode(info.name).decode(info.name), str)
    except (LookupError, ValueError):
        text_codec = False
    if not text_codec and node is not None:
        notes.refuse(node, "Unknown encoding", ["utf-8", "utf-8-sig", "cp1252", "iso-8859-1", "utf-16"])
        return "utf-8"
    return name


def _nulls(node: Node | None, notes: Notes) -> tuple[str, ...]:
    if node is None:
        return ("",)
    return tuple(dict.fromkeys(["", *words(node, notes)]))


def _timezone(keys: dict[str, Node], text: dict[str, str], notes: Notes) -> str:
    zone = text.get("timezone", "")
    if zone and zone not in available_timezones():
        notes.refuse(keys["timezone"], "Unknown time zone", ["an IANA name such as Europe/Berlin"])
    if "%z" in text.get("date_format", "") and not zone:
        notes.refuse(
            keys["date_format"], "Instants with %z need `timezone` to become a day", ["timezone: Europe/Berlin"]
        )
    return zone
