"""What the renderer refuses, and how a text looks in each place."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from jinja2 import DictLoader, UndefinedError
from jinja2.exceptions import SecurityError

from messages.errors import (
    MarkupInPlainTextError,
    MissingFallbackError,
    OutsideBlockError,
    TemplateError,
    TextTooLongError,
    UnformattedValueError,
)
from messages.render import collect, environment

if TYPE_CHECKING:
    from messages.collector import Collector

END = "{% call fallback() %}All of it.{% endcall %}"


def made(source: str, **values: object) -> Collector:
    return collect(environment(DictLoader({"t": source})).get_template("t"), values)


def section(body: str, **values: object) -> str:
    text: str = made("{% call section() %}" + body + "{% endcall %}" + END, **values).blocks[0]["text"]["text"]
    return text


def test_values_are_escaped_once_and_lose_emphasis() -> None:
    assert section("{{ name }}", name="<!here> & *Co*") == "&lt;!here&gt; &amp; Co"


def test_entities_of_the_template_stay() -> None:
    assert section("R&amp;D {{ name }}", name="&amp;") == "R&amp;D &amp;amp;"


def test_helpers_make_markup_once() -> None:
    assert section("{{ code(name) }} {{ link('https://a.example', name) }}", name="a_b") == (
        "`a_b` <https://a.example|a_b>"
    )


@pytest.mark.parametrize("value", [None, 1.5, Decimal(1), b"x", True, ["a"], {"a": 1}])
def test_a_raw_value_is_refused(value: object) -> None:
    with pytest.raises(UnformattedValueError):
        section("{{ value }}", value=value)


def test_a_count_may_be_printed() -> None:
    assert section("{{ value }} rows", value=12) == "12 rows"


def test_a_missing_name_raises() -> None:
    with pytest.raises(UndefinedError, match="nothing"):
        section("{{ nothing }}")


def test_text_outside_a_block_raises() -> None:
    for source in ("lost" + END, "{{ name }}" + END, "{% call actions() %}lost{% endcall %}" + END):
        with pytest.raises(OutsideBlockError):
            made(source, name="lost")


def test_a_fallback_is_mandatory() -> None:
    with pytest.raises(MissingFallbackError):
        made("{% call section() %}x{% endcall %}")
    with pytest.raises(TemplateError, match="two fallbacks"):
        made(END + END)


def test_plain_places_show_what_was_written() -> None:
    blocks = made(
        "{% call header() %}R&amp;D {{ name }}{% endcall %}"
        "{% call actions() %}{{ button(name, 'why_line', '1') }}{% endcall %}"
        "{% call table(['A']) %}{{ row(name) }}{% endcall %}" + END,
        name="<b> &amp; *",
    ).blocks
    assert blocks[0]["text"]["text"] == "R&D <b> &amp; *"
    assert blocks[1]["elements"][0]["text"]["text"] == "<b> &amp; *"
    assert blocks[2]["rows"][1][0] == {"type": "raw_text", "text": "<b> &amp; *"}


@pytest.mark.parametrize(
    "source",
    [
        "{% call header() %}{{ code('x') }}{% endcall %}",
        "{% call fallback() %}{{ code('x') }}{% endcall %}",
        "{% call actions() %}{{ button(code('x'), 'a', 'b') }}{% endcall %}",
        "{% call table(['A']) %}{{ row(code('x')) }}{% endcall %}",
    ],
)
def test_markup_in_plain_text_is_refused(source: str) -> None:
    with pytest.raises(MarkupInPlainTextError):
        made(source + END)


def test_action_ids_are_unique_and_still_routable() -> None:
    blocks = made(
        "{% call section(button('Why?', 'why_line', 'v')) %}x{% endcall %}"
        "{% call actions() %}{{ button('a', 'why_line:7', 'v') }}{{ button('b', 'show_quota', 'v') }}{% endcall %}"
        + END
    ).blocks
    ids = [blocks[0]["accessory"]["action_id"], *(each["action_id"] for each in blocks[1]["elements"])]
    assert ids == ["why_line:1", "why_line:2", "show_quota:3"]


def test_a_text_too_long_raises_and_a_clipped_one_does_not() -> None:
    with pytest.raises(TextTooLongError, match="at most 3,000"):
        section("{{ name }}", name="x" * 3_001)
    assert len(section("{{ name|clip(3000) }}", name="&" * 5_000)) <= 3_000


def test_a_button_label_is_clipped_to_what_fits() -> None:
    source = "{% call actions() %}{{ button(name, 'a', 'v', name) }}{% endcall %}" + END
    element = made(source, name="x" * 200).blocks[0]["elements"][0]
    assert len(element["text"]["text"]) == 75
    assert len(element["accessibility_label"]) == 75


@pytest.mark.parametrize(
    "source",
    [
        "{% call section() %}{% call section() %}x{% endcall %}{% endcall %}",
        "{% call fields() %}{% call section() %}x{% endcall %}{% endcall %}",
        "{% call section() %}{% endcall %}",
        "{% call actions() %}{% endcall %}",
        "{% call field('A') %}x{% endcall %}",
        "{{ row('x') }}",
        "{% call table(['A', 'B']) %}{{ row('x') }}{% endcall %}",
        "{% call section('text') %}x{% endcall %}",
        "{% call actions() %}{% call fields() %}x{% endcall %}{% endcall %}",
    ],
)
def test_a_wrong_structure_raises(source: str) -> None:
    with pytest.raises(TemplateError):
        made(source + END)


@dataclass(frozen=True)
class Thing:
    name: str = "x"


def test_the_sandbox_holds() -> None:
    for body in (
        "{{ thing.__class__ }}",
        "{{ thing.__class__.__mro__ }}",
        "{{ thing.name.upper() }}",
        "{{ thing.name.format(thing) }}",
        "{{ thing.name.join(['x']) }}",
        "{{ thing['__class__'] }}",
    ):
        with pytest.raises((SecurityError, UndefinedError)):
            section(body, thing=Thing())
    with pytest.raises(UndefinedError):
        section("{{ range(3) }}")


def test_a_rendering_that_failed_leaves_nothing_behind() -> None:
    with pytest.raises(UndefinedError):
        section("{{ nothing }}")
    assert json.dumps(made("{% call section() %}x{% endcall %}" + END).blocks).count("section") == 1
