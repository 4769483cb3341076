"""Sync, calc, explain, replay and doctor on the demo company, and what they say when something is wrong."""

import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import place
from bot.cli.main import app


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments))
    assert "Traceback" not in result.output
    assert "unexpectedly" not in result.stderr, result.stderr
    return result.exit_code, result.stdout, result.stderr


def figure(text: str) -> int:
    return int(text.replace(",", ""))


@pytest.fixture
def own(larkspur: Path, tmp_path: Path) -> Path:
    """A copy of the demo company that a test may change."""
    shutil.copytree(larkspur, tmp_path / "own")
    return tmp_path / "own"


def test_a_second_sync_changes_nothing(own: Path) -> None:
    code, out, _ = run("sync", "--dir", str(own), "--reread")
    assert code == 0
    figures = [line.split() for line in out.splitlines() if re.match(r"\s+(hr|crm|finance)\s+\w+\s+[\d,]+ ", line)]
    assert len(figures) == 8
    assert all(row[3:5] == ["0", "0"] for row in figures), "nothing is new, nothing has changed"
    assert all(figure(row[2]) == figure(row[5]) + figure(row[6]) for row in figures), "read = same + held"
    assert run("calc", "--dir", str(own))[1] == "Nobody's facts changed: nothing to calculate.\n"


def test_what_was_read_adds_up(seeding: tuple[Path, str]) -> None:
    head = next(line.split() for line in seeding[1].splitlines() if line.split()[:1] == ["source"])
    assert head == ["source", "kind", "read", "new", "changed", "same", "held", "deleted", "noted", "state"]
    lines = map(str.split, seeding[1].splitlines())
    rows = [row for row in lines if row[:1] in (["hr"], ["crm"], ["finance"]) and row[-1] == "done"]
    assert [row[1] for row in rows].count("person") == 2, "the people's own system and the CRM"
    for source, kind, *figures in rows:
        read, *became = (figure(text) for text in figures[:5])
        assert read == sum(became) or (kind == "split" and read < sum(became)), (source, kind)
    held, deleted, noted = next(row[6:9] for row in rows if row[1] == "deal")
    assert (held, deleted, noted) == ("3", "0", "1")
    assert "read = new + changed + same + held." in seeding[1]


def test_a_renamed_source_is_refused_until_its_former_name_is_retired(own: Path) -> None:
    path = own / "sources/mapping.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("  finance:", "  payroll:").replace("from: finance", "from: payroll"), encoding="utf-8"
    )
    code, _, err = run("sync", "--dir", str(own))
    assert code == 1
    assert "--retire finance" in err
    assert run("sync", "--dir", str(own), "--retire", "finance")[0] == 0
    assert "payroll" not in run("sync", "--dir", str(own))[2]


def test_a_corrected_row_is_released_and_paid(own: Path) -> None:
    before = run("ask", "--dir", str(own), "--as", "dwayne.carter@larkspur.example", "/myquota")[1]
    where = place.find(own)
    books = where.crm(where.clock())
    assert books is not None
    with books.serve(0) as server:
        assert run("crm", "edit", "90001", "--amount", "12500.00", "--url", server.url)[0] == 0
    code, out, _ = run("sync", "--dir", str(own))
    assert code == 0
    assert "Foxglove Freight" not in out
    code, out, _ = run("calc", "--dir", str(own))
    assert code == 0
    assert "ae-americas" in out
    after = run("ask", "--dir", str(own), "--as", "dwayne.carter@larkspur.example", "/myquota")[1]
    assert before.splitlines()[0] != after.splitlines()[0]
    assert "Foxglove Freight" in before
    assert "Foxglove Freight" not in after


def test_strict_fails_while_something_waits(own: Path) -> None:
    code, _, err = run("sync", "--dir", str(own), "--strict")
    assert code == 1
    assert "quarantine" in err


def test_a_wrong_file_is_refused_as_a_whole(own: Path) -> None:
    path = own / "sources/people.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("manager_id", "boss"), encoding="utf-8")
    code, out, err = run("sync", "--dir", str(own))
    assert code == 1
    assert "refused" in out
    assert "manager_id" in err


def test_a_wrong_mapping_names_line_and_key(own: Path) -> None:
    path = own / "sources/mapping.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("amount: amount", "amuont: amount"), encoding="utf-8")
    code, _, err = run("sync", "--dir", str(own))
    assert code == 1
    assert re.search(r"mapping\.yaml:\d+", err)
    assert "amuont" in err


def test_a_missing_mapping_says_so(own: Path) -> None:
    code, _, err = run("sync", "--dir", str(own), "--mapping", str(own / "no.yaml"))
    assert code == 1
    assert "no.yaml" in err
    for name in ("mapping", "sales"):
        (own / f"sources/{name}.yaml").unlink()
    code, _, err = run("sync", "--dir", str(own))
    assert code == 2
    assert "no mapping file" in err


def receipt(folder: Path, question: str, who: str = "maya.thompson") -> str:
    out = run("ask", "--dir", str(folder), "--as", f"{who}@larkspur.example", question)[1]
    found = re.search(r"rcp_[a-z2-7]{16}", out)
    assert found, out
    return found.group()


def test_a_receipt_is_explained_down_to_a_line(larkspur: Path) -> None:
    number = receipt(larkspur, "/earnings last month")
    code, out, _ = run("explain", "--dir", str(larkspur), number)
    assert code == 0
    assert "Maya Thompson" in out
    lines = re.findall(r"^\s+(\d+)\s+2026-10", out, flags=re.MULTILINE)
    assert lines
    code, out, _ = run("explain", "--dir", str(larkspur), number, lines[0])
    assert code == 0
    assert "Maya Thompson" in out
    assert "8%" in out


def test_a_receipt_may_be_typed_large_and_with_blanks(larkspur: Path) -> None:
    number = receipt(larkspur, "/myquota")
    for verb in ("replay", "explain"):
        assert number in run(verb, "--dir", str(larkspur), f" {number.upper()} ")[1]


def test_a_deal_is_found_by_a_part_of_its_name(larkspur: Path) -> None:
    whole = run("explain", "--dir", str(larkspur), "80003")[1]
    assert run("explain", "--dir", str(larkspur), "alder & finch")[1] == whole
    code, _, err = run("explain", "--dir", str(larkspur), "platform")
    assert code == 2
    assert re.search(r"\d+ deals are called that: \d+ .+ \(crm\), .* and \d+ more", err)


def test_a_shared_deal_is_explained_for_everybody_credited(larkspur: Path) -> None:
    code, out, _ = run("explain", "--dir", str(larkspur), "80003")
    assert code == 0
    assert "Maya Thompson" in out
    assert "Dwayne Carter" in out
    assert "60%" in out
    assert "40%" in out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["D-0"], 2, "No deal won by"),
        (["80003", "3"], 2, "receipt"),
        (["rcp_aaaaaaaaaaaaaaaa", "x"], 2, "LINE 'x' is not a line number"),
        (["platform"], 2, "Name one by its id."),
        ([" "], 2, "No deal won by"),
        (["80004"], 1, "nobody's statement"),
        (["rcp_aaaaaaaaaaaaaaaa"], 1, "No receipt has that id"),
        (["rcp_aaaaaaaaaaaaaaaa", "1"], 1, "No receipt has that id"),
    ],
)
def test_what_cannot_be_explained_is_said(larkspur: Path, arguments: list[str], code: int, words: str) -> None:
    found, _, err = run("explain", "--dir", str(larkspur), *arguments)
    assert found == code
    assert words in err


def test_a_line_that_is_not_there_is_said(larkspur: Path) -> None:
    code, _, err = run("explain", "--dir", str(larkspur), receipt(larkspur, "/earnings"), "9999")
    assert code == 1
    assert "no line with this number" in err


def test_a_replay_shows_what_was_altered(own: Path) -> None:
    number = receipt(own, "/myquota")
    assert run("replay", "--dir", str(own), number)[0] == 0
    code, out, _ = run("replay", "--dir", str(own), number, "--full")
    assert code == 0
    assert '"quotas"' in out
    with sqlite3.connect(own / "attain.db") as conn:
        conn.execute("UPDATE receipt SET output = replace(CAST(output AS TEXT), '100000000', '100000001')")
    conn.close()
    code, out, err = run("replay", "--dir", str(own), number)
    assert code == 1
    assert "as replayed" in out
    assert "100000001" in out
    assert "stored answer has been altered" in err


def test_doctor_is_content_with_the_demo_and_names_what_waits(larkspur: Path) -> None:
    code, out, _ = run("doctor", "--dir", str(larkspur), "--offline")
    assert code == 0
    assert "ae-americas v2" in out
    assert "Quarantine: 6 rows wait" in out


def test_doctor_fails_without_a_database(elsewhere: Path) -> None:
    code, out, err = run("doctor", "--offline")
    assert code == 1
    assert "attain init" in out
    assert "must be mended" in err
    assert list(elsewhere.iterdir()) == []


def test_publishing_an_older_version_is_refused(own: Path) -> None:
    code, _, err = run("plan", "publish", "--dir", str(own), str(own / "plans/ae-emea-v2.yaml"))
    assert code == 0, err
    old = own / "plans/ae-emea-v1.yaml"
    old.write_text(old.read_text(encoding="utf-8").replace("4.5%", "9.5%"), encoding="utf-8")
    code, _, err = run("plan", "publish", "--dir", str(own), str(old))
    assert code == 1
    assert "version" in err


def test_serving_without_tokens_names_them(elsewhere: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "serve"],
        cwd=elsewhere,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 78, "a supervisor is not to try again"
    assert "SLACK_BOT_TOKEN" in done.stderr
    assert "Traceback" not in done.stderr


VERBS = (
    *("demo", "init", "connect", "sync", "calc", "ask", "explain", "replay"),
    *("sandbox", "crm", "serve", "doctor", "plan"),
)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb: str) -> None:
    code, out, _ = run(verb, "--help")
    assert code == 0
    assert "Usage: " in out
    assert len(out.splitlines()) > 8
    assert not re.search(r"\w \.\s", out), "a default in brackets is no markup to be swallowed"


def test_it_says_which_version_it_is() -> None:
    code, out, _ = run("--version")
    assert code == 0
    assert re.fullmatch(r"attain \d+\.\d+\.\d+\n", out)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("ATTAIN_PORT", "80x", "ATTAIN_PORT is '80x'; allowed is a whole number from 0 to 65,535."),
        ("ATTAIN_WORKERS", "0", "ATTAIN_WORKERS is '0'; allowed is a whole number from 1 to 64."),
        ("ATTAIN_TRANSPORT", "ftp", "ATTAIN_TRANSPORT is 'ftp'; allowed are 'socket' or 'http'."),
        ("SLACK_API_URL", "ftp://secret@x", "SLACK_API_URL is not usable and must start with https://"),
    ],
)
def test_a_wrong_setting_is_one_sentence(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(name, value)
    code, _, err = run("doctor", "--offline")
    assert code == 1
    assert err.startswith(sentence)
    assert "secret" not in err
    assert ".env.example" in err
    assert list(elsewhere.iterdir()) == []


def test_an_unknown_verb_or_option_is_a_wrong_use() -> None:
    for arguments in (["quota"], ["sync", "--fast"], ["ask", "/myquota"]):
        assert run(*arguments)[0] == 2


def test_help_is_quick() -> None:
    """The heavy rooms are imported by the verb that needs them; help needs none."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "bot.cli", "--help"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    for heavy in ("pandas", "sqlalchemy", "slack_bolt", "slack_sdk", "pydantic", "starlette", "numpy"):
        assert f" {heavy}\n" not in done.stderr, heavy
