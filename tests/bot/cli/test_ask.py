"""`attain ask`: the real bot's answer in a terminal, as text or exactly as sent."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from messages.validate import validate

MAYA = "maya.thompson@larkspur.example"


def ask(folder: Path, *arguments: str) -> Any:
    return CliRunner().invoke(app, ["ask", "--dir", str(folder), *arguments])


def sent(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    result = ask(folder, "--json", *arguments)
    assert result.exit_code == 0, result.output
    messages: list[dict[str, Any]] = json.loads(result.stdout)
    return messages


def mrkdwn(value: Any) -> Iterator[str]:
    """Every mrkdwn text inside a payload."""
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from mrkdwn(part)


def test_the_answer_is_valid_block_kit_and_its_receipt_replays(larkspur: Path) -> None:
    [message] = sent(larkspur, "--as", MAYA, "/myquota")
    assert set(message) == {"channel", "ephemeral", "text", "blocks"}
    assert message["ephemeral"] is True
    assert validate({"text": message["text"], "blocks": message["blocks"]}, "message") == []
    assert "$" in message["text"]
    found = re.search(r"rcp_[a-z2-7]{16}", json.dumps(message["blocks"]))
    assert found
    result = CliRunner().invoke(app, ["replay", found.group(), "--dir", str(larkspur)])
    assert result.exit_code == 0, result.output
    assert "byte for byte" in result.stdout


def test_words_in_the_readers_language_and_currency(larkspur: Path) -> None:
    result = ask(larkspur, "--as", "juergen.weiss@larkspur.example", "/earnings")
    assert result.exit_code == 0, result.output
    assert re.search(r"\d\.\d{3},\d\d\s€", result.stdout)
    assert "21 Nov 2026" in result.stdout


def test_anything_but_a_command_is_a_direct_message(larkspur: Path) -> None:
    [message] = sent(larkspur, "--as", MAYA, "what's left of my quota?")
    assert message["channel"] == "dm"
    assert "$1,000,000.00" in json.dumps(message)


def test_a_command_in_a_channel_is_answered_to_the_asker_alone(larkspur: Path) -> None:
    [message] = sent(larkspur, "--as", MAYA, "--channel", "sales", "/myquota")
    assert (message["channel"], message["ephemeral"]) == ("sales", True)


def test_the_day_moves_the_answer(larkspur: Path) -> None:
    [early] = sent(larkspur, "--as", MAYA, "--as-of", "2026-06-30", "/myquota")
    [late] = sent(larkspur, "--as", MAYA, "/myquota")
    assert early["text"] != late["text"]


@pytest.mark.parametrize(
    "email", ["nobody@larkspur.example", "nora.quist@larkspur.example", "gil.bautista@agency.example"]
)
def test_whoever_is_not_linked_learns_so_and_nothing_else(larkspur: Path, email: str) -> None:
    [message] = sent(larkspur, "--as", email, "/myquota")
    assert "don't know" in message["text"]
    assert "$" not in json.dumps(message)


def test_a_rep_may_not_see_another_but_their_manager_may(larkspur: Path) -> None:
    [refused] = sent(larkspur, "--as", "dwayne.carter@larkspur.example", "/myquota @maya.thompson")
    assert "$" not in json.dumps(refused)
    [shown] = sent(larkspur, "--as", "grace.okonkwo@larkspur.example", "/myquota @maya.thompson")
    assert "$1,000,000.00" in json.dumps(shown)


def test_no_quota_and_no_plan_are_said(larkspur: Path) -> None:
    for who in ("matthias.gruber", "lucille.arceneaux"):
        result = ask(larkspur, "--as", f"{who}@larkspur.example", "/myquota")
        assert result.exit_code == 0
        assert re.search(r"quota|plan", result.stdout)


def test_a_hostile_deal_name_pings_nobody(larkspur: Path) -> None:
    messages = sent(larkspur, "--as", "leo.castellano@larkspur.example", "/earnings last month")
    said = [message["text"] for message in messages] + list(mrkdwn(messages))
    assert any("&lt;!channel&gt;" in text for text in said)
    assert not any("<!" in text for text in said)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--as", MAYA, "--channel", "nowhere", "/myquota"], "#sales"),
        (["--as", "maya", "/myquota"], "no e-mail address"),
        (["--as", MAYA, "--as-of", "soon", "/myquota"], "YYYY-MM-DD"),
        (["--as", MAYA, "  "], "nothing to send"),
        (["--as", MAYA, "x" * 13_000], "too long"),
        (["--as", "hannah.lindqvist@larkspur.example", "hi"], "deactivated people"),
        (["--as", "hannah.lindqvist@larkspur.example", "--dir", "no/such/folder", "/myquota"], "attain demo"),
    ],
)
def test_a_wrong_use_is_one_clear_sentence(larkspur: Path, arguments: list[str], words: str) -> None:
    result = ask(larkspur, *arguments)
    assert result.exit_code in (1, 2)
    assert words in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_an_unknown_command_names_itself(larkspur: Path) -> None:
    result = ask(larkspur, "--as", MAYA, "/mypay")
    assert result.exit_code == 1
    assert "/mypay" in result.stdout
    assert "the bot was not reached" in result.stderr


def test_five_thousand_characters_get_an_answer(larkspur: Path) -> None:
    result = ask(larkspur, "--as", MAYA, "y" * 5_000)
    assert result.exit_code == 0
    assert result.stdout.strip()


def test_without_a_database_it_says_how_to_get_one(elsewhere: Path) -> None:
    result = CliRunner().invoke(app, ["ask", "--as", MAYA, "/myquota"])
    assert result.exit_code == 1
    assert "attain demo" in result.stderr
    assert list(elsewhere.iterdir()) == []


def test_as_a_process_of_its_own_behind_a_proxy(larkspur: Path) -> None:
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9")
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "ask", "--dir", str(larkspur), "--as", MAYA, "/attain whoami"],
        env=os.environ | proxies,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Maya Thompson" in done.stdout
    assert done.stderr == ""
