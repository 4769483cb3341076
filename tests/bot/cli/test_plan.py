"""`attain plan`: a plan that holds is summed up, one that does not is refused line by line."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.main import app

GOOD = """\
plan: ae
version: 1
effective: 2026-01-01 .. 2027-01-01
currency: USD
components:
  - name: New business
    rate: 8%
"""


@pytest.fixture
def runner() -> CliRunner:
    return CliRunner()


def test_a_plan_that_holds_is_summed_up(runner: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "ae.yaml"
    path.write_text(GOOD, encoding="utf-8")
    result = runner.invoke(app, ["plan", "check", str(path)])
    assert result.exit_code == 0
    assert result.stdout == "ae.yaml: ae version 1, 2026-01-01 .. 2027-01-01, USD: New business\n"


def test_every_problem_names_file_line_key_and_remedy(runner: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "ae.yaml"
    path.write_text(GOOD.replace("8%", "eight").replace("currency: USD", "curency: USD"), encoding="utf-8")
    result = runner.invoke(app, ["plan", "check", str(path)])
    assert result.exit_code == 1
    assert "ae.yaml:4 curency" in result.stderr
    assert "Did you mean `currency`?" in result.stderr
    assert "ae.yaml:7 components[0].rate" in result.stderr
    assert "found. Mend what is named" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "plan: [", "\x00", "plan: ae\nplan: ae\n", "a" * 10_000])
def test_malformed_yaml_is_refused_in_words(runner: CliRunner, tmp_path: Path, text: str) -> None:
    path = tmp_path / "ae.yaml"
    path.write_text(text, encoding="utf-8")
    result = runner.invoke(app, ["plan", "check", str(path)])
    assert result.exit_code == 1
    assert "ae.yaml" in result.stderr
    assert "unexpectedly" not in result.stderr


def test_a_folder_stands_for_the_files_in_it(runner: CliRunner, tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yml"):
        (tmp_path / name).write_text(GOOD.replace("plan: ae", f"plan: {name[0]}"), encoding="utf-8")
    result = runner.invoke(app, ["plan", "check", str(tmp_path)])
    assert result.exit_code == 0
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == ["a.yml", "b.yaml"]


def test_a_wrong_path_is_a_wrong_use(runner: CliRunner, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for path, words in ((tmp_path / "no.yaml", "Check the path"), (empty, "no YAML file")):
        result = runner.invoke(app, ["plan", "check", str(path)])
        assert result.exit_code == 2
        assert words in result.stderr


def test_a_file_in_another_encoding_is_one_problem_among_the_others(runner: CliRunner, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes("plan: é".encode("latin-1"))
    (tmp_path / "b.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "c.yaml").write_text(GOOD.replace("8%", "eight"), encoding="utf-8")
    result = runner.invoke(app, ["plan", "check", str(tmp_path)])
    assert result.exit_code == 1
    assert "a.yaml is not UTF-8 text. Save it as UTF-8" in result.stderr
    assert result.stdout.startswith("b.yaml: ae version 1")
    assert "c.yaml:7" in result.stderr
    assert "2 problems found" in result.stderr


def test_the_schema_is_json_that_editors_understand(runner: CliRunner) -> None:
    import json

    import jsonschema
    import yaml

    result = runner.invoke(app, ["plan", "schema"])
    assert result.exit_code == 0
    schema = json.loads(result.stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(yaml.safe_load(GOOD))) == []
