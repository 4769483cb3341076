"""Nodes of a mapping file into its types, noting every problem with its line."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from connectors import blend_reader, format_reader
from connectors.blend_reader import keys_of, split_name
from connectors.field_reader import read_field
from connectors.normalise.kinds import FIELDS, STAGES, WIDE
from connectors.schema import KindMapping, Lookup, SourceMapping, Stages, Won
from connectors.secrets_by_reference import is_reference
from connectors.source import KINDS
from connectors.source_types import DAY, TYPES
from connectors.strict_yaml import Node, Notes, parse, words
from connectors.values_reader import SPREAD, check_currency, values_of

if TYPE_CHECKING:
    from connectors.schema import FieldSource, FileFormat
    from connectors.source_types import SourceType
    from engine.blending import Rule
    from engine.problems import Problem

FILE_KEYS = ("version", "sources", "kinds", "blend")
FILE_NEEDS = ("version", "sources", "kinds")
SOURCE_KEYS = ("type", "interval", "record_url")
KIND_KEYS = (
    *("from", "fields", "values", "keys", "only_when", "aliases", "stages", "required_when_won", "excess_decimals"),
)
FILE_SOURCE_KEYS = ("folder", *format_reader.KEYS)
FILE_KIND_KEYS = ("file", "lookup", *format_reader.KEYS)
API_KIND_KEYS = ("object", "won", *format_reader.API_KEYS)
WON_KEYS = ("property", "closed")
LOOKUP_KEYS = ("file", "key", "by", "take")
EXCESS = ("reject", "half_even")
DAY_SECONDS = DAY


@dataclass(frozen=True, slots=True)
class Said:
    """Sources, kinds in syncing order, rules of blending, and what is wrong with the file; then use none of them."""

    sources: dict[str, SourceMapping]
    kinds: tuple[KindMapping, ...]
    blends: tuple[Rule, ...]
    problems: list[Problem]


def read(text: str, filename: str) -> Said:
    """What the file says."""
    notes = Notes(filename)
    top = parse(text, notes)
    if top is None:
        return Said({}, (), (), notes.problems)
    keys = block(top, notes, FILE_KEYS, required=FILE_NEEDS)
    if "version" in keys and keys["version"].text != "1":
        notes.refuse(keys["version"], "Unknown version of the mapping file", ["1"])
    sources: dict[str, SourceMapping] = {}
    formats: dict[str, Node] = {}
    for name, node in named(keys.get("sources"), notes).items():
        sources[name] = _source(name, node, notes)
        formats[name] = node
    kinds: list[KindMapping] = []
    for name, node in named(keys.get("kinds"), notes).items():
        kind, source = split_name(name)
        if kind not in KINDS:
            notes.refuse(node, f"Unknown kind {kind!r}", KINDS, found=repr(kind))
            continue
        found = _kind(kind, node, _Sources(sources, formats, source), notes)
        if found is not None and any((one.kind, one.source) == (kind, found.source) for one in kinds):
            notes.refuse(node, f"{found.source!r} has a block for {kind} already")
        elif found is not None:
            kinds.append(found)
    ordered = tuple(sorted(kinds, key=lambda k: KINDS.index(k.kind)))
    blends = blend_reader.read(keys.get("blend"), ordered, tuple(sources), notes)
    return Said(sources, ordered, blends, notes.problems)


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
    said = (node.keys or {}).get("type")
    type_name = choice(said, notes, tuple(TYPES))
    kept = TYPES[type_name]
    own = FILE_SOURCE_KEYS if kept.is_file else (*kept.options, *format_reader.API_KEYS)
    keys = block(node, notes, (*SOURCE_KEYS, *own), required=("type", *kept.required))
    interval = text_of(keys.get("interval"), notes, str(kept.interval))
    if not (interval.isascii() and interval.isdigit() and 0 < int(interval) <= 400 * DAY_SECONDS):
        notes.refuse(keys["interval"], "The interval is a number of seconds", ["1 to 34560000"])
        interval = "1"
    options = {key: ",".join(words(keys[key], notes)) for key in kept.options if key in keys}
    for key in kept.secrets & options.keys():
        if not is_reference(options[key]):
            found = "something else, which is not repeated here"
            notes.refuse(keys[key], f"{key} is named by reference", ["env:NAME", "file:path"], found=found)
    return SourceMapping(
        name=name,
        type=type_name,
        folder=text_of(keys.get("folder"), notes, "."),
        interval_seconds=int(interval),
        options=MappingProxyType(options),
        record_url=_record_url(keys.get("record_url"), notes),
    )


def _record_url(node: Node | None, notes: Notes) -> str:
    said = text_of(node, notes)
    if node is not None and not (said.startswith("https://") and said.count("{id}") == 1 and " " not in said):
        notes.refuse(
            node, "The address of a record is https and says {id} once", ["https://crm.example.com/deal/{id}"]
        )
    return said


@dataclass(frozen=True, slots=True)
class _Sources:
    """The sources of the file, as read and as written, and the one that a block's own name says."""

    read: dict[str, SourceMapping]
    nodes: dict[str, Node]
    named: str = ""

    def type_of(self, name: str) -> SourceType:
        return TYPES[self.read[name].type]


def _kind(kind: str, node: Node, sources: _Sources, notes: Notes) -> KindMapping | None:
    said = (node.keys or {}).get("from")
    source = text_of(said, notes, sources.named)
    if (source or said is not None) and (source not in sources.nodes or sources.named not in ("", source)):
        notes.refuse(said or node, "No such source", tuple(sources.nodes), found=repr(source))
        return None
    kept = sources.type_of(source) if source else TYPES["csv"]
    own_required = _file_required(kind) if kept.is_file else kept.kind_required
    required = (*(() if sources.named else ("from",)), "fields", *own_required)
    own = FILE_KIND_KEYS if kept.is_file else (*API_KIND_KEYS, *kept.kind_options)
    keys = block(node, notes, (*KIND_KEYS, *own), required)
    if any(key not in keys for key in required):
        return None
    lookups = _lookups(keys.get("lookup"), notes)
    values = values_of(kind, keys.get("values"), notes)
    fields = _fields(kind, keys["fields"], notes, WIDE[kind] if values else ())
    check_currency(kind, keys["fields"], fields, values, notes)
    _check_lookup_columns(keys["fields"], fields, lookups, notes)
    return KindMapping(
        kind=kind,
        source=source,
        file=text_of(keys.get("file"), notes),
        fields=MappingProxyType(fields),
        fmt=_format(sources.nodes[source], node, kept, notes),
        only_when=MappingProxyType(
            {c: frozenset(words(n, notes)) for c, n in named(keys.get("only_when"), notes).items()}
        ),
        aliases=_aliases(kind, keys.get("aliases"), notes),
        lookups=lookups,
        stages=_stages(keys.get("stages"), notes),
        required_when_won=_required(kind, keys.get("required_when_won"), notes),
        excess_decimals=choice(keys.get("excess_decimals"), notes, EXCESS),
        won=_won(kind, keys, notes),
        object=text_of(keys.get("object"), notes),
        options=MappingProxyType({key: text_of(keys[key], notes) for key in kept.kind_options if key in keys}),
        values=values,
        keys=keys_of(kind, keys.get("keys"), notes),
    )


def _file_required(kind: str) -> tuple[str, ...]:
    return ("file", "stages") if kind == "deal" else ("file",)


def _won(kind: str, keys: dict[str, Node], notes: Notes) -> Won | None:
    """The properties that say what a deal's stage means."""
    node = keys.get("won")
    if node is None:
        return None
    if kind != "deal" or "stages" in keys:
        notes.refuse(node, "`won` is for deals, and instead of `stages`", ["one of the two"])
    said = block(node, notes, WON_KEYS, required=("property",))
    return Won(text_of(said.get("property"), notes), text_of(said.get("closed"), notes))


def _format(source: Node, kind: Node, kept: SourceType, notes: Notes) -> FileFormat:
    """The source's format with what the kind says otherwise."""
    known = format_reader.KEYS if kept.is_file else format_reader.API_KEYS
    merged = {k: v for k, v in (source.keys or {}).items() if k in known}
    merged |= {k: v for k, v in (kind.keys or {}).items() if k in known}
    return format_reader.read(merged, kind, notes) if kept.is_file else format_reader.read_api(merged, kept, notes)


def _fields(kind: str, node: Node, notes: Notes, wide: tuple[str, ...]) -> dict[str, FieldSource]:
    """The fields as written; those that `values` stand for come from the columns that it spreads."""
    known = {name: need for name, need in FIELDS[kind].items() if name not in wide}
    required = tuple(name for name, need in known.items() if need.mandatory)
    keys = block(node, notes, tuple(known), required)
    found = {name: read_field(name, known[name], value, notes) for name, value in keys.items()}
    return found | {name: SPREAD[name] for name in wide}


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
