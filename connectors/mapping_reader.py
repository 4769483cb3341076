"""Nodes of a mapping file into its types, noting every problem with its line."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from connectors import format_reader
from connectors.field_reader import read_field
from connectors.normalise.kinds import FIELDS, STAGES
from connectors.schema import KindMapping, Lookup, SourceMapping, Stages
from connectors.source import KINDS
from connectors.strict_yaml import Node, Notes, parse, words

if TYPE_CHECKING:
    from connectors.schema import FieldSource, FileFormat
    from engine.problems import Problem

FILE_KEYS = ("version", "sources", "kinds")
SOURCE_KEYS = ("type", "folder", "interval", *format_reader.KEYS)
KIND_KEYS = (
    "from", "file", "fields", "only_when", "aliases", "lookup", "stages", "required_when_won", "excess_decimals",
    *format_reader.KEYS,
)  # fmt: skip
LOOKUP_KEYS = ("file", "key", "by", "take")
TYPES = ("csv",)
EXCESS = ("reject", "half_even")
DAY_SECONDS = 86_400


def read(text: str, filename: str) -> tuple[dict[str, SourceMapping], tuple[KindMapping, ...], list[Problem]]:
    """Sources, kinds in syncing order, and what is wrong with the file; use the first two only if nothing is."""
    notes = Notes(filename)
    top = parse(text, notes)
    if top is None:
        return {}, (), notes.problems
    keys = block(top, notes, FILE_KEYS, required=FILE_KEYS)
    if "version" in keys and keys["version"].text != "1":
        notes.refuse(keys["version"], "Unknown version of the mapping file", ["1"])
    sources: dict[str, SourceMapping] = {}
    formats: dict[str, Node] = {}
    for name, node in named(keys.get("sources"), notes).items():
        sources[name] = _source(name, node, notes)
        formats[name] = node
    kinds = []
    for kind, node in named(keys.get("kinds"), notes).items():
        if kind not in KINDS:
            notes.refuse(node, f"Unknown kind {kind!r}", KINDS, found=repr(kind))
            continue
        found = _kind(kind, node, formats, notes)
        if found is not None:
            kinds.append(found)
    return sources, tuple(sorted(kinds, key=lambda k: KINDS.index(k.kind))), notes.problems


def block(
    node: Node | None, notes: Notes, allowed: tuple[str, ...], required: tuple[str, ...] = ()
) -> dict[str, Node]:
    """The node's keys that are allowed; unknown and missing ones are noted."""
    if node is None:
        return {}
    if node.keys is None:
        notes.refuse(node, "A block of keys is wanted here", allowed)
        return {}
    for key, value in node.keys.items():
        if key not in allowed:
            notes.refuse(value, f"Unknown key {key!r}", allowed, found=repr(key))
    for key in required:
        if key not in node.keys:
            notes.refuse(node, f"The key {key!r} is missing", [key], found=", ".join(node.keys) or "nothing")
    return {key: value for key, value in node.keys.items() if key in allowed}


def named(node: Node | None, notes: Notes) -> dict[str, Node]:
    """The node's entries under names of the writer's choice."""
    if node is None:
        return {}
    if node.keys is None:
        notes.refuse(node, "Named blocks are wanted here, `name: {…}`")
        return {}
    return node.keys


def text_of(node: Node | None, notes: Notes, default: str = "") -> str:
    """The node's text; a list or block is noted."""
    if node is None:
        return default
    if node.text is None:
        notes.refuse(node, "One value is wanted here, not several")
        return default
    return node.text


def choice(node: Node | None, notes: Notes, allowed: tuple[str, ...]) -> str:
    """The node's text if it is one of `allowed`, else the first of them with a note."""
    found = text_of(node, notes, allowed[0])
    if node is not None and found not in allowed:
        notes.refuse(node, "Unknown value", allowed)
        return allowed[0]
    return found


def _source(name: str, node: Node, notes: Notes) -> SourceMapping:
    keys = block(node, notes, SOURCE_KEYS, required=("type",))
    interval = text_of(keys.get("interval"), notes, str(DAY_SECONDS))
    if not (interval.isascii() and interval.isdigit() and 0 < int(interval) <= 400 * DAY_SECONDS):
        notes.refuse(keys["interval"], "The interval is a number of seconds", ["1 to 34560000"])
        interval = "1"
    return SourceMapping(
        name=name,
        type=choice(keys.get("type"), notes, TYPES),
        folder=text_of(keys.get("folder"), notes, "."),
        interval_seconds=int(interval),
    )


def _kind(kind: str, node: Node, formats: dict[str, Node], notes: Notes) -> KindMapping | None:
    required = ("from", "file", "fields", *(("stages",) if kind == "deal" else ()))
    keys = block(node, notes, KIND_KEYS, required)
    if any(key not in keys for key in required):
        return None
    source = text_of(keys["from"], notes)
    if source not in formats:
        notes.refuse(keys["from"], "No such source", tuple(formats))
        return None
    lookups = _lookups(keys.get("lookup"), notes)
    fields = _fields(kind, keys["fields"], notes)
    _check_lookup_columns(keys["fields"], fields, lookups, notes)
    return KindMapping(
        kind=kind,
        source=source,
        file=text_of(keys["file"], notes),
        fields=MappingProxyType(fields),
        fmt=_format(formats[source], node, notes),
        only_when=MappingProxyType(
            {c: frozenset(words(n, notes)) for c, n in named(keys.get("only_when"), notes).items()}
        ),
        aliases=_aliases(kind, keys.get("aliases"), notes),
        lookups=lookups,
        stages=_stages(keys.get("stages"), notes),
        required_when_won=_required(kind, keys.get("required_when_won"), notes),
        excess_decimals=choice(keys.get("excess_decimals"), notes, EXCESS),
    )


def _format(source: Node, kind: Node, notes: Notes) -> FileFormat:
    """The source's format with what the kind says otherwise."""
    merged = {k: v for k, v in (source.keys or {}).items() if k in format_reader.KEYS}
    merged |= {k: v for k, v in (kind.keys or {}).items() if k in format_reader.KEYS}
    return format_reader.read(merged, kind, notes)


def _fields(kind: str, node: Node, notes: Notes) -> dict[str, FieldSource]:
    known = FIELDS[kind]
    required = tuple(name for name, need in known.items() if need.mandatory)
    keys = block(node, notes, tuple(known), required)
    return {name: read_field(name, known[name], value, notes) for name, value in keys.items()}


def _check_lookup_columns(
    node: Node, fields: dict[str, FieldSource], lookups: tuple[Lookup, ...], notes: Notes
) -> None:
    """Notes a field that reads `names.X` where the lookup `names` does not take X."""
    taken = {look.name: look.take for look in lookups}
    for name, source in fields.items():
        for column in source.columns:
            prefix, _, header = column.partition(".")
            if prefix in taken and header not in taken[prefix]:
                at = (node.keys or {}).get(name, node)
                notes.refuse(
                    at, f"The lookup {prefix!r} does not take that column", taken[prefix], found=repr(header)
                )


def _lookups(node: Node | None, notes: Notes) -> tuple[Lookup, ...]:
    found = []
    for name, entry in named(node, notes).items():
        keys = block(entry, notes, LOOKUP_KEYS, required=LOOKUP_KEYS)
        text = {key: text_of(keys.get(key), notes) for key in ("file", "key", "by")}
        take = tuple(words(keys["take"], notes)) if "take" in keys else ()
        found.append(Lookup(name=name, take=take, **text))
    return tuple(found)


def _aliases(kind: str, node: Node | None, notes: Notes) -> MappingProxyType[str, MappingProxyType[str, str]]:
    found = {}
    for name, entry in block(node, notes, tuple(FIELDS[kind])).items():
        found[name] = MappingProxyType({old: text_of(new, notes) for old, new in named(entry, notes).items()})
    return MappingProxyType(found)


def _stages(node: Node | None, notes: Notes) -> Stages | None:
    if node is None:
        return None
    keys = block(node, notes, STAGES, required=("won",))
    rest = [name for name, entry in keys.items() if entry.text == "rest"]
    if len(rest) > 1:
        notes.refuse(keys[rest[1]], "Only one of won, lost and open can be `rest`", found=", ".join(rest))
    if "won" in rest:
        notes.refuse(keys["won"], "Name the stages that mean won; `rest` would pay for stages nobody has seen yet")
    listed = {s: frozenset(words(keys[s], notes)) if s in keys and s not in rest else frozenset() for s in STAGES}
    for first, second in (("won", "lost"), ("won", "open"), ("lost", "open")):
        both = listed[first] & listed[second]
        if both:
            notes.refuse(keys[second], f"These stages are also {first}", found=", ".join(sorted(both)))
    return Stages(won=listed["won"], lost=listed["lost"], open=listed["open"], rest=rest[0] if rest else "")


def _required(kind: str, node: Node | None, notes: Notes) -> tuple[str, ...]:
    if node is None:
        return ("amount", "close", "owner")
    found = tuple(words(node, notes))
    for name in found:
        if name not in FIELDS[kind]:
            notes.refuse(node, "Unknown field", tuple(FIELDS[kind]), found=repr(name))
    return found
