"""The log: ids and states, never what was said, never a secret."""

from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING

import pytest

from bot import log

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    yield stream
    root.handlers[:], root.level = handlers, level


def test_a_line_is_json_with_its_fields(stream: io.StringIO) -> None:
    log.configure("INFO", "json", stream)
    log.Journal("bot.test").info("answered", key="Ev1", count=2)
    line = json.loads(stream.getvalue())
    assert (line["event"], line["key"], line["count"], line["level"]) == ("answered", "Ev1", 2, "info")


@pytest.mark.parametrize("style", ["json", "text"])
def test_an_error_keeps_its_place_but_not_its_words(stream: io.StringIO, style: str) -> None:
    log.configure("INFO", style, stream)
    try:
        raise ValueError("deal Acme is worth 48,000.00")
    except ValueError as error:
        log.Journal("bot.test").error("failed", error, reference="abcd")
    assert "48,000" not in stream.getvalue()
    assert "ValueError" in stream.getvalue()
    assert "test_log.py" in stream.getvalue()


@pytest.mark.parametrize(
    "secret",
    [
        "xoxb" + "-1-aBcDeF",
        "xapp" + "-1-A0-1-abc",
        "https://hooks.slack.com/commands/T1/2/abcDEF",
        "v0=" + "a1" * 32,
    ],
)
def test_secrets_are_struck_out_of_other_peoples_lines(stream: io.StringIO, secret: str) -> None:
    log.configure("INFO", "json", stream)
    logging.getLogger("somebody.else").error("sent with %s to x", secret)
    assert secret not in stream.getvalue()
    assert "[redacted]" in stream.getvalue()


def test_a_database_password_is_struck_out() -> None:
    assert log.redact("postgresql://bob:hunter2@db/attain") == "postgresql://[redacted]@db/attain"


def test_a_control_character_neither_breaks_nor_hides_a_line() -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    try:
        log.configure("INFO", "text", stream)
        log.Journal("bot.test").info("answered", key="1\0.2\nforged\x1b[2K")
        logging.getLogger("alembic.runtime.migration").info("Context impl SQLiteImpl.")
    finally:
        root.handlers[:], root.level = handlers, level
    (line,) = stream.getvalue().splitlines()
    assert line.endswith(r"key=1\x00.2\nforged\x1b[2K")
