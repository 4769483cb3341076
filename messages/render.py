"""A reply and its template make a message: `render(reply)`. Sends nothing, decides nothing, formats nothing."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import FileSystemLoader, StrictUndefined, Undefined, pass_eval_context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from messages.collector import FUNCTIONS, Collector, current
from messages.errors import (
    MarkupInPlainTextError,
    MissingFallbackError,
    OutsideBlockError,
    UnformattedValueError,
)
from messages.escape import NOTHING, Mrkdwn, clip, code, escape, link, lookalike, mention, one_line, safe
from messages.fields import FIELDS
from messages.reply import Message

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from jinja2 import BaseLoader, Template
    from jinja2.nodes import EvalContext

    from messages.reply import Reply

TEMPLATES = Path(__file__).parent / "templates"


def echo(text: str) -> str:
    """Return what a person wrote, whole: as code in a block, in quotation marks where there is no markup."""
    return code(text) if current.get().mode == "mrkdwn" else f"“{lookalike(text)}”"


HELPERS = {"code": code, "echo": echo, "link": link, "mention": mention}
FILTERS = {"clip": clip}


@pass_eval_context
def finalize(_context: EvalContext, value: object) -> str:
    """Return what `{{ value }}` puts into the text: escaped for the place it stands in.

    It takes the evaluation context only so that Jinja runs it while rendering: folded at compile time it would not
    know the place.

    Raises:
        UnformattedValueError: for anything but text and whole numbers.
        MarkupInPlainTextError: for markup where Slack shows plain text.
    """
    mode = current.get().mode
    if type(value) is str:
        return _placed(value, mode)
    if isinstance(value, Mrkdwn):
        if mode != "mrkdwn":
            raise MarkupInPlainTextError(f"markup in {mode} text: {value[:40]!r}")
        return value
    if isinstance(value, Undefined):
        return str(value)  # StrictUndefined raises here, with the name that is missing
    if isinstance(value, str):
        return _placed(str(value), mode)
    if type(value) is int:
        return str(value)
    raise UnformattedValueError(f"a template printed a {type(value).__name__}; format it in the view")


def _placed(text: str, mode: str) -> str:
    """Return a value escaped for its place; plain text is unescaped again as a whole once its block is complete."""
    if mode == "plain":
        return escape(one_line(text) or NOTHING) if text else ""
    if mode == "outside" and text.strip():
        raise OutsideBlockError(f"a value outside a block: {text[:40]!r}")
    return safe(text)


class Sandbox(ImmutableSandboxedEnvironment):
    """A sandbox in which values have no methods: nothing can be called but our functions and helpers.

    Stricter than Jinja's own rule for what a view holds (text, tuples, truth values, further views), and quicker.
    """

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:  # noqa: ARG002 - Jinja's signature
        """Return whether a template may read the attribute: public, and nothing to run."""
        return not attr.startswith("_") and not callable(value)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return what every template knows as one dict, which Jinja copies for each rendering faster than a chain."""
        return {**self.globals, **(d or {})}

    def wrap_str_format(self, value: object) -> None:  # noqa: ARG002 - Jinja's signature
        """Return no stand-in for `format`: it is refused like every other method."""
        return


def environment(loader: BaseLoader) -> Sandbox:
    """Return the Jinja environment of the templates; only our functions, helpers and filters exist in it."""
    env = Sandbox(
        loader=loader,
        autoescape=False,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    env.globals.clear()
    env.globals.update(FUNCTIONS)
    env.globals.update(FIELDS)
    env.globals.update(HELPERS)
    env.filters.clear()
    env.filters.update(FILTERS)
    return env


@cache
def _environment() -> Sandbox:
    """Return the environment of the templates that ship with Attain, made once."""
    return environment(FileSystemLoader(TEMPLATES))


@cache
def template(name: str, folder: str = "replies") -> Template:
    """Return the template of a reply, or of a modal or notice, compiled once per process."""
    return _environment().get_template(f"{folder}/{name}.j2")


def templates(folder: str = "replies") -> tuple[str, ...]:
    """Return the names of all replies there are, or of all modals or notices, sorted."""
    return tuple(sorted(path.stem for path in (TEMPLATES / folder).glob("*.j2")))


def warm() -> None:
    """Compile every template that somebody waits for now, so that no reader does."""
    for folder in ("replies", "modals"):
        for name in templates(folder):
            template(name, folder)


def render(reply: Reply) -> Message:
    """Return the message for a reply: its blocks and its fallback text.

    Raises:
        TemplateError: the template breaks a rule; a name it uses is missing from the view (`UndefinedError`).
    """
    collected = collect(template(reply.template), {"view": reply.view})
    return Message(collected.fallback, collected.blocks, reply.template, reply.view.receipt_ids)


def collect(source: Template, values: dict[str, Any]) -> Collector:
    """Run a template and return what it put down; text outside a block, or no fallback, raises."""
    collector = Collector()
    token = current.set(collector)
    try:
        stray = source.render(values).strip()
    finally:
        current.reset(token)
    if stray:
        raise OutsideBlockError(f"text outside a block: {stray[:40]!r}")
    if not collector.fallback and not collector.frame:
        raise MissingFallbackError
    return collector
