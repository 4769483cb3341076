"""Secrets are looked up where the mapping points, and saved so that a crash loses none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connectors.errors import ConfigRefused
from connectors.secrets_by_reference import resolver, save

if TYPE_CHECKING:
    from pathlib import Path


def test_a_reference_is_looked_up(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("-----BEGIN\n")
    secret = resolver({"TOKEN": " abc\n"}.get, tmp_path)  # type: ignore[arg-type]
    assert secret("env:TOKEN") == "abc"
    assert secret("file:key.pem") == "-----BEGIN"


@pytest.mark.parametrize("reference", ["env:MISSING", "file:missing", "file:empty", "plain"])
def test_what_is_not_there_is_said_without_repeating_it(tmp_path: Path, reference: str) -> None:
    (tmp_path / "empty").write_text(" \n")
    with pytest.raises(ConfigRefused) as error:
        resolver(lambda _name: "", tmp_path)(reference)
    assert "plain" not in str(error.value)
    assert error.value.problems[0].remedy


def test_bug_25_a_new_token_replaces_the_old_one_whole(tmp_path: Path) -> None:
    path = tmp_path / "token"
    save(path, "one")
    save(path, "two")
    assert path.read_text() == "two"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["token"]
