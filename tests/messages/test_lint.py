"""Templates keep to the renderer's rules; each trap of Jinja is refused where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from messages.lint import lint
from messages.render import TEMPLATES

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.j2")), ids=lambda path: path.name)
def test_templates_are_clean(path: Path) -> None:
    assert lint(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{% macro a() %}x{% endmacro %}", "macro"),
        ("{% set a %}x{% endset %}", "set block"),
        ("{% filter upper %}x{% endfilter %}", "filter block"),
        ("{{ view.a ~ view.b }}", "~"),
        ("{{ view.a|join(', ') }}", "join"),
        ("{{ view.a|upper }}", "upper"),
        ("{{ view.a|safe }}", "safe"),
        ("{{ view.a|e }}", "filter e"),
        ("{% autoescape true %}x{% endautoescape %}", "autoescape"),
        ("Tom & Jerry", "&"),
        ("<!channel>", "<"),
        ("{{ view.name.format() }}", "our own functions"),
        ("{{ 'text' }}", "write the text itself"),
        ("{% include view.part %}", "quotes"),
        ("{% extends 'a.j2' %}", "inheritance"),
        ("{% block a %}{% endblock %}", "inheritance"),
        ("{% import 'a.j2' as a %}", "escaped twice"),
        ("{% call view.run() %}x{% endcall %}", "no block"),
        ("{{ view.cents / 100 }}", "arithmetic"),
        ("{% if %}", "line 1"),
    ],
)
def test_traps_are_refused(source: str, said: str) -> None:
    assert said in "\n".join(lint(source))


def test_a_line_is_named() -> None:
    assert lint("fine\nfine\n{{ view.a|safe }}")[0].startswith("line 3: ")


def test_entities_and_plain_logic_pass() -> None:
    assert lint("{% if view.a and view.b == 'x' %}&lt;ok&gt; &amp; {{ view.a|clip(9) }}{% endif %}") == []
