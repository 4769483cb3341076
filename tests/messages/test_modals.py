"""Every modal in every state, byte for byte; `make golden` writes them anew. Hostile words change only themselves."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from jinja2 import DictLoader

from messages import voice
from messages.errors import TemplateError
from messages.fields import Option
from messages.modals import modal
from messages.render import collect, environment, templates
from messages.validate import validate
from tests.messages.modal_samples import MODAL_CASES
from tests.messages.sample_words import Words
from tests.messages.test_hostile import HOSTILE, shape

FOLDER = Path(__file__).parent / "golden_modals"


@pytest.mark.parametrize("case", MODAL_CASES)
def test_modal_is_as_agreed(case: str) -> None:
    payload = modal(*MODAL_CASES[case](Words())).payload('{"v":1}')
    made, path = json.dumps(payload, indent=1, ensure_ascii=False) + "\n", FOLDER / f"{case}.json"
    if os.environ.get("ATTAIN_WRITE_GOLDEN"):
        path.write_text(made, encoding="utf-8")
    assert validate(payload, "modal") == []
    assert made == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", MODAL_CASES)
def test_a_hostile_word_changes_nothing_but_itself(case: str) -> None:
    calm = modal(*MODAL_CASES[case](Words())).payload()
    for word in HOSTILE:
        made = modal(*MODAL_CASES[case](Words.all(word))).payload()
        assert validate(made, "modal") == []
        assert shape(_bare(made)) == shape(_bare(calm))


def _bare(value: object) -> object:
    """A payload without what a person wrote into its fields and menus."""
    if isinstance(value, dict):
        return {key: _bare(part) for key, part in value.items() if not key.startswith("initial_")}
    return [_bare(part) for part in value] if isinstance(value, list) else value


def test_every_modal_has_a_golden_and_none_is_left_over() -> None:
    assert {MODAL_CASES[case](Words())[0] for case in MODAL_CASES} == set(templates("modals"))
    assert {path.stem for path in FOLDER.glob("*.json")} == set(MODAL_CASES)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ modal(view.title) }}{{ modal(view.title) }}", "two frames"),
        ("{{ modal(view.title) }}{{ ask('a', 'A', view.title) }}", "around a box"),
        ("{{ modal(view.title) }}{{ ask('a', 'A', live(view.title, 'x')) }}", "around a box"),
        ("{{ modal(view.title) }}{{ ask('a', 'A', menu(())) }}", "0 options"),
    ],
)
def test_what_is_no_form_is_refused(source: str, said: str) -> None:
    with pytest.raises(TemplateError, match=said):
        collect(environment(DictLoader({"t": source})).get_template("t"), {"view": voice.working("x")})


def test_every_box_is_one_that_slack_takes() -> None:
    options = (Option("A", "a", "first"), Option("B", "b"))
    boxes = {
        "text": "text_box('x', 'Say', 20, is_long=true)", "number": "number_box('3')", "day": "day_box('2026-03-31')",
        "time": "time_box('08:30')", "one": "menu(view, 'a')", "many": "menu_of_many(view, ('a', 'b'))",
        "radio": "radios(view, 'b')", "tick": "ticks(view, ('b',))", "search": "search_box('Deal', 2, view[0])",
        "who": "people_box('U123')",
    }  # fmt: skip
    source = "{{ modal('Boxes', 'Send') }}" + "".join(
        f"{{{{ ask('{name}', 'Label', {box}, 'Hint', optional=true) }}}}" for name, box in boxes.items()
    )
    made = collect(environment(DictLoader({"t": source})).get_template("t"), {"view": options})
    payload = {"type": "modal", **made.frame, "blocks": made.blocks}
    assert validate(payload, "modal") == []
    assert [block["block_id"] for block in made.blocks] == list(boxes)
