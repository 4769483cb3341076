"""The supervisor: restarts what ends, gives up on what cannot run, and stops cleanly on SIGTERM."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import time
from multiprocessing import get_context
from typing import TYPE_CHECKING

import pytest

from bot import supervisor
from bot.errors import SettingsError
from bot.settings import Settings
from bot.supervisor import CONFIGURATION, Child

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess
    from pathlib import Path
    from threading import Event


def note(settings: Settings, word: str) -> None:
    with settings.plans.open("a") as file:
        file.write(f"{word} {os.getpid()}\n")


def notes(path: Path) -> list[str]:
    return [line.split()[0] for line in path.read_text().splitlines()] if path.exists() else []


def pids(path: Path) -> list[int]:
    return [int(line.split()[1]) for line in path.read_text().splitlines()] if path.exists() else []


def patient(settings: Settings, stop: Event) -> None:
    note(settings, "up")
    stop.wait()
    note(settings, "down")


def crashing(settings: Settings, _stop: Event) -> None:
    note(settings, "crash")
    sys.exit(3)


def misconfigured(_settings: Settings, _stop: Event) -> None:
    raise SettingsError


def run(*mains: str, path: str, patience: int) -> None:
    """What the supervising process of a test does."""
    settings = Settings(plans=path, log_level="ERROR")
    children = [Child(name, globals()[name], settings, patience=patience) for name in mains]
    sys.exit(supervisor.supervise(children))


def start(path: Path, *mains: str, patience: int = 8) -> SpawnProcess:
    process = get_context("spawn").Process(target=run, args=mains, kwargs={"path": str(path), "patience": patience})
    process.start()
    return process


def wait_for(path: Path, word: str, count: int, seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while notes(path).count(word) < count:
        assert time.monotonic() < until, notes(path)
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_sigterm_stops_both_cleanly(tmp_path: Path) -> None:
    path = tmp_path / "notes"
    process = start(path, "patient", "patient")
    wait_for(path, "up", 2)
    os.kill(process.pid, signal.SIGTERM)
    process.join(60)
    assert process.exitcode == 0
    assert sorted(notes(path)) == ["down", "down", "up", "up"]


def test_a_killed_process_is_started_again(tmp_path: Path) -> None:
    path = tmp_path / "notes"
    process = start(path, "patient")
    wait_for(path, "up", 1)
    os.kill(pids(path)[0], signal.SIGKILL)
    wait_for(path, "up", 2)
    os.kill(process.pid, signal.SIGTERM)
    process.join(60)
    assert process.exitcode == 0


def test_wrong_settings_are_not_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "notes"
    process = start(path, "patient", "misconfigured")
    process.join(60)
    assert process.exitcode == CONFIGURATION
    assert notes(path).count("up") == notes(path).count("down")


def test_children_end_with_a_killed_parent(tmp_path: Path) -> None:
    path = tmp_path / "notes"
    process = start(path, "patient")
    wait_for(path, "up", 1)
    process.kill()
    process.join(60)
    wait_for(path, "down", 1)


def test_a_process_that_keeps_ending_stops_the_whole_with_its_code(tmp_path: Path) -> None:
    path = tmp_path / "notes"
    process = start(path, "crashing", patience=2)
    process.join(60)
    assert process.exitcode == 3
    assert notes(path) == ["crash", "crash"]


def test_pauses_grow_to_half_a_minute() -> None:
    assert [supervisor.pause(failures) for failures in range(1, 10)] == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]


def test_serving_without_tokens_says_which_are_missing() -> None:
    with pytest.raises(SettingsError, match="SLACK_BOT_TOKEN and SLACK_APP_TOKEN"):
        supervisor.serve(Settings())


def test_a_taken_port_is_named_at_once(capfd: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        settings = Settings(port=port, slack_bot_token="xoxb-1", slack_app_token="xapp-1")
        try:
            assert supervisor.serve(settings) == CONFIGURATION
        finally:
            root.handlers[:], root.level = handlers, level
    (line,) = capfd.readouterr().err.splitlines()
    assert f"Port {port} on 127.0.0.1 is taken: stop what listens there, or set ATTAIN_PORT." in line
