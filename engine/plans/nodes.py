"""A YAML document as plain nodes that know their line: everything that could surprise a reader is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import yaml

from engine.problems import Problem

if TYPE_CHECKING:
    from yaml.error import Mark

MOST_CHARACTERS = 200_000
_DEEPEST = 12
# The parser written in C, where PyYAML was built with it: the same nodes and lines, ten times as fast.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Reading:
    """One file being read: its problems so far, and the line on which each path stands."""

    filename: str
    problems: list[Problem] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)

    def line(self, path: str) -> int:
        """The line of a path, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.lines.get(path, 1)

    def report(self, code: str, path: str, message: str, **more: str) -> None:
        """Adds a problem at `path`; `more` may give remedy, found and allowed."""
        where = f"{self.filename}:{self.line(path)}" + (f" {path}" if path else "")
        remedy = more.get("remedy", "Correct the file and load it again.")
        quoted = {"found": more.get("found", ""), "allowed": more.get("allowed", "")}
        self.problems.append(Problem(code, message, remedy, where, None, None, **quoted))


def compose(text: str, reading: Reading) -> yaml.Node | None:
    """The root node of the one document in `text`, or None after reporting why there is none."""
    if len(text) > MOST_CHARACTERS:
        limit = f"A plan file holds at most {MOST_CHARACTERS:,} characters."
        reading.report("plan_too_long", "", limit, found=f"{len(text):,}")
        return None
    try:
        if not _is_plain(text, reading):
            return None
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as fault:
        _report_syntax(reading, fault.problem_mark or fault.context_mark, fault.problem or fault.context or "")
        return None
    except (yaml.YAMLError, UnicodeEncodeError) as fault:
        reading.report("yaml_unreadable", "", "This is no text that YAML allows.", found=str(fault).splitlines()[0])
        return None
    if root is None:
        reading.report("plan_empty", "", "The file is empty.", remedy="Start with `plan: name-of-the-plan`.")
    return root


def _report_syntax(reading: Reading, mark: Mark | None, fault: str) -> None:
    reading.lines[""] = mark.line + 1 if mark else 1
    remedy = "Check indentation, colons and quotes on this line and the one before; indent with spaces."
    reading.report("yaml_unreadable", "", "This line is no valid YAML.", found=fault, remedy=remedy)


def _is_plain(text: str, reading: Reading) -> bool:
    """Whether the text is one document without anchors, aliases, tags or absurd nesting; reports the first."""
    depth = documents = 0
    for event in yaml.parse(text, Loader=_LOADER):
        documents += isinstance(event, yaml.DocumentStartEvent)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        fault = _fault_of(event, depth, documents)
        if fault:
            reading.lines[""] = event.start_mark.line + 1 if event.start_mark else 1
            reading.report(
                "yaml_refused", "", fault, remedy="Write the value out where it is needed, once, in plain YAML."
            )
            return False
    return True


def _fault_of(event: yaml.Event, depth: int, documents: int) -> str:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        return "Anchors (&) and aliases (*) are not allowed in a plan."
    if getattr(event, "tag", None):
        return "Tags (!) are not allowed in a plan."
    if depth > _DEEPEST:
        return f"Nesting deeper than {_DEEPEST} levels is not allowed in a plan."
    return "A plan file holds one document." if documents > 1 else ""


def mapping(node: yaml.Node, path: str, reading: Reading) -> dict[str, yaml.Node] | None:
    """The keys and values of a mapping, or None after reporting; a key that is repeated is reported."""
    if not isinstance(node, yaml.MappingNode):
        reading.report("wrong_type", path, "This must be a mapping, `key: value` lines.", found=shown(node))
        return None
    found: dict[str, yaml.Node] = {}
    for key_node, value in node.value:
        key = key_node.value if isinstance(key_node, yaml.ScalarNode) else shown(key_node)
        place = f"{path}.{key}" if path else key
        if key in found:
            reading.lines[place] = key_node.start_mark.line + 1
            reading.report("key_repeated", place, f"`{key}` is given twice.", remedy="Keep one of the two.")
        reading.lines[place] = key_node.start_mark.line + 1
        found[key] = value
    return found


def items(node: yaml.Node, path: str, reading: Reading) -> list[tuple[str, yaml.Node]] | None:
    """The entries of a non-empty list with their paths, or None after reporting."""
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        reading.report("wrong_type", path, "This must be a list with at least one entry.", found=shown(node))
        return None
    found = []
    for position, value in enumerate(node.value):
        place = f"{path}[{position}]"
        reading.lines[place] = value.start_mark.line + 1
        found.append((place, value))
    return found


def scalar(node: yaml.Node, path: str, reading: Reading) -> str | None:
    """The text of a value that is neither empty nor a list nor a mapping, or None after reporting."""
    if not isinstance(node, yaml.ScalarNode):
        reading.report("wrong_type", path, "This must be a single value.", found=shown(node))
        return None
    text: str = node.value.strip()
    if not text or (node.style is None and text in {"~", "null"}):
        reading.report("value_missing", path, "A value is missing here.", remedy="Give a value, or remove the key.")
        return None
    return text


def shown(node: yaml.Node) -> str:
    """What stands at a node, briefly, for a message."""
    if isinstance(node, yaml.ScalarNode):
        return repr(node.value[:60])
    return "a list" if isinstance(node, yaml.SequenceNode) else "a mapping"
