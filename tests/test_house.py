"""The house rules that no tool knows: names, sizes, fakes, and what must never be committed."""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("engine", "store", "connectors", "messages", "operations", "bot")
NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "base", "core"}
#: Lines a file may have, by suffix; a longer one is split by noun.
CEILINGS = {".py": 400, ".js": 400, ".css": 600}


@cache
def tracked() -> tuple[Path, ...]:
    out = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return tuple(ROOT / name for name in out.split("\n") if name and (ROOT / name).is_file())


def python_files(*rooms: str) -> list[Path]:
    return [p for p in tracked() if p.suffix == ".py" and p.relative_to(ROOT).parts[0] in rooms]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def defined_names(path: Path) -> set[str]:
    names = {path.stem}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return names


def retired_words() -> set[str]:
    """The synonyms of the glossary's last column, one word each; context-bound ones are left to review."""
    words: set[str] = set()
    for row in (ROOT / "docs/glossary.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        if len(cells) == 3 and cells[0] not in ("say", "---"):
            plain = re.sub(r"\(.*?\)|\*\*", "", cells[2])
            words |= {w.strip() for w in plain.split(",") if re.fullmatch(r"[a-z]+", w.strip())}
    # `order` is also a sequence, `target`/`warning`/`alert`/`notification` belong to Slack's and Python's own
    # vocabulary, an `entry` can be of a cache: these are caught by review instead.
    return words - {"order", "target", "warning", "alert", "notification", "entry", "payment", "agent", "band"}


def test_no_nameless_modules() -> None:
    offenders = [p for p in python_files(*ROOMS, "tests") if p.stem in NAMELESS]
    assert offenders == []


def test_files_stay_small() -> None:
    long = {
        str(p.relative_to(ROOT)): n
        for p in tracked()
        if p.suffix in CEILINGS
        and p.relative_to(ROOT).parts[0] in ROOMS
        and (n := len(p.read_text(encoding="utf-8").splitlines())) > CEILINGS[p.suffix]
    }
    assert long == {}


def test_one_errors_file_per_room() -> None:
    """Exceptions are defined in a room's `errors.py`, where a reader finds them all."""
    strays = []
    for path in python_files(*ROOMS):
        if path.stem == "errors":
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef) and any(
                isinstance(b, ast.Name) and b.id.endswith(("Error", "Exception")) for b in node.bases
            ):
                strays.append(f"{path.relative_to(ROOT)}: {node.name}")
    assert strays == []


def test_glossary_words_only() -> None:
    retired = retired_words()
    assert {"opportunity", "payee", "spiff"} <= retired
    strays = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in python_files(*ROOMS)
        for name in defined_names(path)
        for word in re.split(r"_|(?<=[a-z])(?=[A-Z])", name)
        if word.lower() in retired
    ]
    assert strays == []


def test_no_float_where_money_is() -> None:
    """No float literal, float() call or true division of amounts in the rooms that decide and word money."""
    strays = []
    for path in python_files("engine", "messages", "operations"):
        for node in ast.walk(tree(path)):
            literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
            call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
            if literal or call:
                strays.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert strays == []


def test_only_settings_reads_the_environment() -> None:
    strays = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in python_files(*ROOMS)
        if path != ROOT / "bot/settings.py"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "environb")
    ]
    assert strays == []


def test_nothing_is_patched_above_the_transport() -> None:
    """Tests run the real code: no mock library, and no monkeypatching of our own functions."""
    strays = []
    for path in python_files("tests"):
        if path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8")
        if re.search(r"unittest\.mock|from mock |mocker\b", text):
            strays.append(str(path.relative_to(ROOT)))
        for match in re.finditer(r"monkeypatch\.setattr\(([^)]*)\)", text):
            if re.search(rf"\b({'|'.join(ROOMS)})\b", match.group(1)):
                strays.append(f"{path.relative_to(ROOT)}: {match.group(0)}")
    assert strays == []


def test_every_room_says_what_it_is() -> None:
    for room in ROOMS:
        assert ast.get_docstring(tree(ROOT / room / "__init__.py")), room


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a machine's path", r"/(wor" + r"k|roo" + r"t|home/[a-z]+)/"),
        ("a registry's host", r"(py" + r"pi\.org|python" + r"hosted\.org|registry\.npm" + r"js|deb\.deb" + r"ian)"),
        ("a Slack token", r"xox[abpr]-[0-9]{6,}|xapp-1-[A-Z0-9]{6,}"),
        ("a private key", r"BEGIN (RSA |EC )?PRIVATE KEY"),
    ],
)
def test_never_committed(what: str, pattern: str) -> None:
    strays = []
    for path in tracked():
        if path.suffix in {".png", ".ico", ".woff2", ".gif"}:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        strays += [f"{path.relative_to(ROOT)}: {m.group(0)}" for m in re.finditer(pattern, text)]
    assert strays == [], what


def test_no_lock_file_that_names_an_index() -> None:
    names = {p.name for p in tracked()}
    assert not names & {"uv.lock", "pylock.toml", "package-lock.json", "yarn.lock", "poetry.lock"}
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert "--index-url" not in text


def test_every_dependency_is_pinned_with_hashes() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = re.sub(r"\\\n", " ", (ROOT / name).read_text(encoding="utf-8"))
        for row in text.splitlines():
            if row and not row.startswith("#"):
                assert "==" in row, row[:80]
                assert "--hash=sha256:" in row, row[:80]


def test_ci_runs_the_readme_commands() -> None:
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert "make check" in script
    assert "make test" in script
