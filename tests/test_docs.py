"""Every setting, command, verb and document is where a reader looks for it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

ROOT = Path(__file__).resolve().parent.parent
DOCS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def all_docs() -> str:
    return "\n".join(read(path) for path in DOCS)


@pytest.mark.parametrize("path", DOCS, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    broken = [
        target
        for target in re.findall(r"\]\(([^)#\s]+)", read(path))
        if "://" not in target and not (path.parent / target).exists()
    ]
    assert broken == []


def test_every_setting_is_in_the_example_with_its_meaning() -> None:
    from bot.settings import Settings

    example = read(ROOT / ".env.example")
    named = set(re.findall(r"^#?\s?([A-Z][A-Z0-9_]+)=", example, flags=re.MULTILINE))
    assert named == set(Settings.variables())


def test_every_slash_command_is_in_the_readme_and_the_manifest() -> None:
    manifest = yaml.safe_load(read(ROOT / "manifest.yaml"))
    commands = {entry["command"] for entry in manifest["features"]["slash_commands"]}
    readme = read(ROOT / "README.md")
    assert commands >= {"/myquota", "/earnings", "/attain"}
    assert all(f"`{command}" in readme or command in read(ROOT / "CHANGELOG.md") for command in commands)


def test_every_verb_of_the_command_line_is_documented() -> None:
    from bot.cli.main import app

    verbs = set(get_command(app).commands)  # type: ignore[attr-defined]
    text = all_docs()
    assert {verb for verb in verbs if f"attain {verb}" not in text} == set()


def test_the_readme_names_the_two_commands_first() -> None:
    readme = read(ROOT / "README.md")
    assert readme.index("make demo") < readme.index("make test") < readme.index("attain --help")


def test_make_targets_of_the_readme_exist() -> None:
    makefile = read(ROOT / "Makefile")
    for target in set(re.findall(r"(?:^|`)make ([a-z]+)", read(ROOT / "README.md"), flags=re.MULTILINE)):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target
