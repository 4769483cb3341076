"""What the page for mapping writers shows is what the reader accepts."""

from __future__ import annotations

import re
from pathlib import Path

from connectors.format_reader import KEYS
from connectors.mapping import load
from connectors.normalise.kinds import FIELDS

README = Path(__file__).resolve().parents[2] / "connectors" / "files" / "README.md"


def test_the_example_loads() -> None:
    text = README.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    mapping = load(text, "README.md")
    assert [kind.kind for kind in mapping.kinds] == ["quota"]
    assert all(key in text for key in KEYS)


def test_the_table_lists_every_field_and_marks_the_mandatory_ones() -> None:
    rows = re.findall(r"^\| (\w+) \| (.*) \|$", README.read_text(encoding="utf-8"), flags=re.MULTILINE)
    told = {kind: said for kind, said in rows if kind in FIELDS}
    assert set(told) == set(FIELDS)
    for kind, fields in FIELDS.items():
        bold = set(re.findall(r"\*\*(\w+)\*\*", told[kind]))
        assert bold == {name for name, field in fields.items() if field.mandatory}, kind
        assert {name for name in fields if not re.search(rf"\b{name}\b", told[kind])} == set(), kind
