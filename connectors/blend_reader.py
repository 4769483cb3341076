"""The `blend` block of a mapping: which sources tell of the same records, how that is seen, and who is believed."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from connectors.strict_yaml import words
from engine.blending import COUNT, FIELDS, WAIT, Rule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connectors.schema import KindMapping
    from connectors.strict_yaml import Node, Notes

BLEND_KEYS = ("sources", "link", "precedence", "unlinked")


def split_name(name: str) -> tuple[str, str]:
    """The kind and the source that a block is named for: `deal`, or `deal@erp` where several sources have it."""
    kind, _, source = name.partition("@")
    return kind, source


def keys_of(kind: str, node: Node | None, notes: Notes) -> Mapping[str, str]:
    """What the kind's records are known by elsewhere: the name of each key and its column."""
    if node is None:
        return MappingProxyType({})
    if kind not in FIELDS or node.keys is None:
        notes.refuse(node, "`keys` names columns of records that are blended", tuple(FIELDS))
        return MappingProxyType({})
    found = {}
    for name, value in node.keys.items():
        if not value.text or not name.isidentifier():
            notes.refuse(value, f"The key {name!r} wants the name of a column", ["po: PO_Number"])
        else:
            found[name] = value.text
    return MappingProxyType(found)


def read(node: Node | None, kinds: Sequence[KindMapping], sources: Sequence[str], notes: Notes) -> tuple[Rule, ...]:
    """The rules of the file; what is wrong with them is noted at its line."""
    if node is None:
        return ()
    if node.keys is None:
        notes.refuse(node, "A block for each kind is wanted here, `deal: {…}`", tuple(FIELDS))
        return ()
    found = []
    for kind, block in node.keys.items():
        if kind not in FIELDS or block.keys is None:
            notes.refuse(block, f"{kind!r} is no kind that is blended", tuple(FIELDS), found=repr(kind))
        else:
            rule = _rule(kind, block, notes)
            _check_sources(rule, block, (kinds, sources), notes)
            found.append(rule)
    return tuple(found)


def _rule(kind: str, block: Node, notes: Notes) -> Rule:
    keys = block.keys or {}
    for name, value in keys.items():
        if name not in BLEND_KEYS:
            notes.refuse(value, f"Unknown key {name!r}", BLEND_KEYS, found=repr(name))
    for name in ("sources", "link"):
        if name not in keys:
            notes.refuse(block, f"The key {name!r} is missing", [name], found=", ".join(keys) or "nothing")
    listed = {name: tuple(words(keys[name], notes)) if name in keys else () for name in ("sources", "link")}
    unlinked = keys["unlinked"].text if "unlinked" in keys else WAIT
    if unlinked not in (WAIT, COUNT):
        notes.refuse(keys["unlinked"], "Unknown value", (WAIT, COUNT))
    precedence = _precedence(kind, keys.get("precedence"), listed["sources"], notes)
    return Rule(kind, listed["sources"], listed["link"], MappingProxyType(precedence), unlinked or WAIT)


def _precedence(kind: str, node: Node | None, sources: tuple[str, ...], notes: Notes) -> dict[str, tuple[str, ...]]:
    """Whose word counts for which field, where it is not the order of the sources."""
    if node is None:
        return {}
    if node.keys is None:
        notes.refuse(node, "A block of fields is wanted here, `amount: [erp, crm]`", tuple(FIELDS[kind]))
        return {}
    found = {}
    for name, value in node.keys.items():
        order = tuple(words(value, notes))
        if name not in FIELDS[kind]:
            notes.refuse(value, f"Unknown field {name!r}", tuple(FIELDS[kind]), found=repr(name))
        elif not order or len(set(order)) < len(order) or not set(order) <= set(sources):
            notes.refuse(value, "Each is one of the sources that are blended, once", sources)
        else:
            found[name] = order
    return found


def _check_sources(rule: Rule, block: Node, known: tuple[Sequence[KindMapping], Sequence[str]], notes: Notes) -> None:
    """At least two sources of the file, of which the first has the kind, and every key on both sides."""
    kinds, sources = known
    at = (block.keys or {}).get("sources", block)
    if len(rule.sources) < 2 or len(set(rule.sources)) < len(rule.sources) or not set(rule.sources) <= set(sources):
        notes.refuse(at, "Two or more sources of this file are wanted, the one that anchors first", tuple(sources))
        return
    told = {one.source: one for one in kinds if one.kind == rule.kind}
    if rule.anchor not in told:
        notes.refuse(at, f"The first source has no {rule.kind} records", tuple(told))
    link = (block.keys or {}).get("link", block)
    for source in (source for source in rule.sources if source in told):
        missing = [name for name in rule.link if name not in told[source].keys]
        if len(missing) == len(rule.link) or (source == rule.anchor and missing):
            says = f"{source} does not say which column holds {' or '.join(missing) or 'a key'}"
            notes.refuse(link, says, [f"keys: {{{missing[0] if missing else 'po'}: …}} in its {rule.kind} block"])
