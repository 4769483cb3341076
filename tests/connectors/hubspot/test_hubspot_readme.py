"""The mapping that the page shows is one that the account can be read with."""

from __future__ import annotations

from pathlib import Path

from tests.connectors.hubspot.conftest import World

README = Path(__file__).resolve().parents[3] / "connectors" / "hubspot" / "README.md"


def test_the_example_of_the_page_finds_every_field_and_scope() -> None:
    text = README.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    assert World(mapping=text).feed.check() == ()
