"""The page about ops alerts says of each kind what the engine's table says, and names every fix."""

from __future__ import annotations

from pathlib import Path

from engine.alert_kinds import FIXES, KINDS

PAGE = Path(__file__).parents[2] / "docs" / "ops-alerts.md"


def rows() -> dict[str, list[str]]:
    listed = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| A")]
    cells = ([cell.strip() for cell in line.strip("|").split("|")] for line in listed)
    return {row[0]: row for row in cells}


def test_the_page_lists_every_kind_as_the_engine_has_it() -> None:
    found = rows()
    assert list(found) == list(KINDS)
    for code, kind in KINDS.items():
        _, name, severity, condition, groups, fixes = found[code]
        assert name == kind.name + (" (private)" if kind.is_private else "")
        assert (severity, condition, groups) == (str(kind.severity), kind.condition, kind.groups)
        assert all(FIXES[fix].title in fixes for fix in kind.fixes), code
        assert kind.accept in fixes
        assert kind.outside in fixes
