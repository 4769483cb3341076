"""YAML with line numbers, every key a string, no key twice: what a strict reader needs.

Scalars stay the text they were written as, so that `null: ["", "NULL"]`, `decimal: .` and `2026-09` mean what they
look like.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import yaml

from engine.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Deep or huge files are refused before they cost anything.
MAX_BYTES = 1_000_000
MAX_DEPTH = 12


@dataclass(frozen=True, slots=True)
class Node:
    """One value of the file and the line it starts on; exactly one of text, items and keys is not None."""

    line: int
    text: str | None = None
    items: tuple[Node, ...] | None = None
    keys: dict[str, Node] | None = None
    is_null: bool = False

    def shown(self) -> str:
        """The value as an error message quotes it."""
        if self.text is not None:
            return repr(self.text)
        return "a list" if self.items is not None else "a block of keys"


@dataclass(slots=True)
class Notes:
    """Collects what is wrong with one file."""

    filename: str
    problems: list[Problem] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)

    def refuse(self, node: Node, message: str, allowed: Iterable[str] = (), found: str | None = None) -> None:
        """Notes one problem at the node's line."""
        listed = ", ".join(allowed)
        self.problems.append(
            Problem(
                code="mapping",
                message=message,
                remedy="Mend this line of the mapping file",
                where=f"{self.filename}:{node.line}",
                found=node.shown() if found is None else found,
                allowed=listed,
            )
        )


def parse(text: str, notes: Notes) -> Node | None:
    """The file as nodes, or None with the reason in `notes`."""
    top = Node(1, text="")
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        notes.refuse(top, "The file is too large", [f"at most {MAX_BYTES} bytes"], found=f"{len(text)} characters")
        return None
    try:
        raw = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        context, problem = getattr(error, "context", None) or "", getattr(error, "problem", None) or str(error)
        found = f"{context} {problem}".strip().splitlines()[0]
        notes.refuse(Node(line, text=""), "The file is not valid YAML; quote texts with * & : or #", found=found)
        return None
    if raw is None:
        notes.refuse(top, "The file is empty", ["keys version, sources, kinds"], found="nothing")
        return None
    return _node(raw, notes, 0)


def words(node: Node, notes: Notes) -> list[str]:
    """The texts of a list, or of one value."""
    if node.text is not None:
        return [node.text]
    if node.items is None or any(item.text is None for item in node.items):
        notes.refuse(node, "A list of values is wanted here, [a, b]")
        return []
    return [item.text for item in node.items if item.text is not None]


def _node(raw: yaml.Node, notes: Notes, depth: int) -> Node:
    line = raw.start_mark.line + 1
    if depth > MAX_DEPTH:
        notes.refuse(Node(line, text=""), "Nested too deeply", [f"{MAX_DEPTH} levels"], found="more levels")
        return Node(line, text="")
    if isinstance(raw, yaml.ScalarNode):
        return Node(line, text=str(raw.value), is_null=raw.tag.endswith(":null"))
    if id(raw) in notes.seen:  # an alias: a few of them nested would unfold into billions of nodes
        notes.refuse(Node(line, text=""), "Anchors and aliases are not read", found="an alias")
        return Node(line, text="")
    notes.seen.add(id(raw))
    if isinstance(raw, yaml.SequenceNode):
        return Node(line, items=tuple(_node(item, notes, depth + 1) for item in raw.value))
    return Node(line, keys=dict(_pairs(raw, notes, depth)))


def _pairs(raw: yaml.Node, notes: Notes, depth: int) -> Iterator[tuple[str, Node]]:
    seen: dict[str, int] = {}
    for key, value in raw.value:
        line = key.start_mark.line + 1
        name = str(key.value) if isinstance(key, yaml.ScalarNode) else ""
        if not isinstance(key, yaml.ScalarNode):
            notes.refuse(Node(line, text=""), "A key must be a word", found="a nested key")
        elif name in seen:
            notes.refuse(Node(line, text=name), f"The key {name!r} is there twice; first on line {seen[name]}")
        else:
            seen[name] = line
            yield name, _node(value, notes, depth + 1)
