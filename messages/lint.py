"""The traps of Jinja that the renderer cannot catch while it runs, found in a template's syntax tree.

What a macro, a block `set` or a filter block gives back no longer says whether it is markup, and is escaped twice;
`~` and most filters lose it too; `&`, `<`, `>` in a template's own text are sent as they stand.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jinja2 import Environment, TemplateSyntaxError, nodes

from messages.collector import FUNCTIONS
from messages.fields import FIELDS
from messages.render import FILTERS, HELPERS

if TYPE_CHECKING:
    from collections.abc import Callable

_BLOCKS = frozenset(FUNCTIONS) - {"button", "row", "divider"}
_CALLED = frozenset({*FUNCTIONS, *FIELDS, *HELPERS})
_ENTITY = re.compile(r"&(?:amp|lt|gt);")
_REFUSED: dict[type[nodes.Node], str] = {
    nodes.Macro: "a macro gives back text that is escaped twice; include a part instead",
    nodes.AssignBlock: "a set block gives back text that is escaped twice; include a part instead",
    nodes.FilterBlock: "a filter block works on escaped text; filter the value instead",
    nodes.Concat: "~ turns markup into text; compose it in a helper",
    nodes.ScopedEvalContextModifier: "autoescape is HTML's; the renderer escapes for Slack",
    nodes.EvalContextModifier: "autoescape is HTML's; the renderer escapes for Slack",
    nodes.Extends: "inheritance hides what a reply says; include a part instead",
    nodes.Block: "inheritance hides what a reply says; include a part instead",
    nodes.Import: "an imported macro gives back text that is escaped twice; include a part instead",
    nodes.FromImport: "an imported macro gives back text that is escaped twice; include a part instead",
    nodes.MarkSafe: "nothing is safe but what a helper makes",
}


def lint(source: str) -> list[str]:
    """Return what is wrong with a template, each as "line 3: …"; empty if it may be used."""
    try:
        tree = Environment(autoescape=False).parse(source)  # noqa: S701 - Slack is escaped by our own finalize
    except TemplateSyntaxError as error:
        return [f"line {error.lineno}: {error.message}"]
    found = [
        (node.lineno, what) for kind, rule in _RULES.items() for node in tree.find_all(kind) if (what := rule(node))
    ]
    found += [(node.lineno, what) for kind, what in _REFUSED.items() for node in tree.find_all(kind)]
    return [f"line {line}: {what}" for line, what in sorted(set(found))]


def _literal(node: nodes.Node) -> str:
    """Refuse text of the template that Slack would read as markup of its own."""
    text = _ENTITY.sub("", node.data) if isinstance(node, nodes.TemplateData) else ""
    wrong = sorted(set(text) & set("&<>"))
    return f"write {' '.join(wrong)} as an entity, or let a helper make the markup" if wrong else ""


def _filter(node: nodes.Node) -> str:
    """Refuse every filter but ours: join and upper turn markup into text, safe and e undo the escaping."""
    name = node.name if isinstance(node, nodes.Filter) else ""
    return f"the filter {name} is not ours; there is {', '.join(sorted(FILTERS))}" if name not in FILTERS else ""


def _include(node: nodes.Node) -> str:
    """Refuse a part whose name is not written out: a value must never pick a template."""
    written = isinstance(node, nodes.Include) and isinstance(node.template, nodes.Const)
    return "" if written else "an include names its part in quotes"


def _call_block(node: nodes.Node) -> str:
    """Refuse a call block of anything but a block of ours."""
    call = node.call if isinstance(node, nodes.CallBlock) else None
    name = call.node.name if call and isinstance(call.node, nodes.Name) else ""
    return "" if name in _BLOCKS else f"{name or 'this'} is no block; there is {', '.join(sorted(_BLOCKS))}"


def _call(node: nodes.Node) -> str:
    """Refuse calls of anything but our functions: a view has values, nothing to run."""
    name = node.node.name if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) else ""
    return "" if name in _CALLED else "only our own functions are called in a template"


def _printed(node: nodes.Node) -> str:
    """Refuse a constant in print brackets: it is text of the template, to be written as such."""
    constants = node.nodes if isinstance(node, nodes.Output) else []
    return (
        "write the text itself, not {{ … }} around it" if any(isinstance(n, nodes.Const) for n in constants) else ""
    )


def _arithmetic(_node: nodes.Node) -> str:
    """Refuse sums in a template: a figure is ready when it comes."""
    return "no arithmetic in a template; the view has the figure ready"


_RULES: dict[type[nodes.Node], Callable[[nodes.Node], str]] = {
    nodes.TemplateData: _literal,
    nodes.Filter: _filter,
    nodes.Include: _include,
    nodes.CallBlock: _call_block,
    nodes.Call: _call,
    nodes.Output: _printed,
    nodes.Add: _arithmetic,
    nodes.Sub: _arithmetic,
    nodes.Mul: _arithmetic,
    nodes.Div: _arithmetic,
    nodes.FloorDiv: _arithmetic,
    nodes.Mod: _arithmetic,
    nodes.Pow: _arithmetic,
}
