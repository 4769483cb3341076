"""Third parties judge the golden payloads: slack_sdk's models and the types that Slack publishes for Node."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from tests import npm

FOLDER = Path(__file__).parent / "golden"
PACKAGES = ("@slack/types@3.2.0", "typescript@7.0.2")
GOLDEN = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}


@pytest.mark.parametrize("case", GOLDEN)
def test_slack_sdk_takes_every_block(case: str) -> None:
    """Its models check lengths and counts as they turn back into dicts, and drop nothing we say."""
    for block in GOLDEN[case]["blocks"]:
        parsed = Block.parse(block)
        assert parsed is not None
        assert parsed.to_dict() == block


@pytest.mark.parametrize("case", [case for case in GOLDEN if GOLDEN[case]["surface"] == "home"])
def test_slack_sdk_takes_app_home(case: str) -> None:
    View(type="home", blocks=GOLDEN[case]["blocks"]).to_dict()


@pytest.fixture(scope="session")
def types() -> Path:
    """A folder with the types and the compiler, fetched once and kept; skips where that is not possible."""
    return npm.fetched(*PACKAGES, unchecked="the published types are not checked")


def compiled(types: Path, name: str, source: str) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory(dir=types) as folder:
        file = Path(folder) / f"{name}.ts"
        file.write_text(source, encoding="utf-8")
        command = [str(types / "node_modules/.bin/tsc"), "--noEmit", "--strict", "--skipLibCheck"]
        command += ["--module", "nodenext", "--target", "es2022", str(file)]
        return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False, cwd=types)


def program(payloads: dict[str, dict[str, Any]]) -> str:
    lines = ["import type { HomeView, KnownBlock } from '@slack/types';"]
    lines.append("type Home = Omit<HomeView, 'blocks'> & { blocks: KnownBlock[] };")
    for place, golden in enumerate(payloads.values()):
        blocks = json.dumps(golden["blocks"], ensure_ascii=False)
        if golden["surface"] == "home":
            lines.append(f"export const m{place}: Home = {{ type: 'home', blocks: {blocks} }};")
        else:
            lines.append(f"export const m{place}: KnownBlock[] = {blocks};")
    return "\n".join(lines)


@pytest.mark.node
def test_slack_types_take_every_golden(types: Path) -> None:
    done = compiled(types, "golden", program(GOLDEN))
    assert done.returncode == 0, done.stdout[:3_000]


@pytest.mark.node
def test_slack_types_would_refuse_a_wrong_key(types: Path) -> None:
    """The judge judges: a misspelt key in one payload fails the same program."""
    wrong = {"x": {"surface": "message", "blocks": [{"type": "divider", "colour": "red"}]}}
    assert compiled(types, "wrong", program(wrong)).returncode != 0
