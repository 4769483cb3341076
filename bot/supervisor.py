"""`attain serve`: two processes, started, watched and stopped together.

The web process listens to Slack and answers; the worker process syncs and calculates. They are apart because Python
work beside the listeners starves the three seconds in which Slack wants its acknowledgement. A process that ends is
started again, later each time; one that keeps ending stops the whole, with its exit code.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
import time
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import TYPE_CHECKING

from bot import log
from bot.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.context import SpawnProcess
    from types import FrameType

    from bot.settings import Settings

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0
GIVE_UP_AFTER = 8
STOP_SECONDS = 15.0
CONFIGURATION = 78
_SPAWN = multiprocessing.get_context("spawn")
_journal = log.Journal("bot.supervisor")


@dataclass(slots=True)
class Child:
    """One process that must run, how often it lately failed to, and how often it may in a row."""

    name: str
    main: Callable[[Settings, Event], None]
    settings: Settings
    process: SpawnProcess | None = None
    started_at: float = 0.0
    failures: int = 0
    patience: int = GIVE_UP_AFTER
    due_at: float = field(default_factory=time.monotonic)

    def start(self) -> None:
        """Start the process; it inherits nothing but its settings."""
        self.process = _SPAWN.Process(target=_enter, args=(self.main, self.settings), name=f"attain-{self.name}")
        self.process.start()
        self.started_at = time.monotonic()
        _journal.info("started", process=self.name, pid=self.process.pid)

    def note_exit(self) -> int:
        """The exit code of the process that ended; plans when the next one may start."""
        code = self.process.exitcode or 0 if self.process is not None else 0
        steady = time.monotonic() - self.started_at >= STEADY_SECONDS
        self.failures = 1 if steady else self.failures + 1
        self.due_at = time.monotonic() + pause(self.failures)
        self.process = None
        _journal.warning("ended", process=self.name, code=code, failures=self.failures)
        return code

    def stop(self, within: float) -> None:
        """Wait for the process to end, and insist after `within` seconds."""
        if self.process is None:
            return
        self.process.join(max(within, 0.0))
        if self.process.is_alive():
            _journal.warning("killed", process=self.name)
            self.process.kill()
            self.process.join()


def serve(settings: Settings) -> int:
    """Run both processes until a signal or a hopeless failure; returns the exit code, 78 for a port that is taken.

    Raises:
        SettingsError: a secret that this transport needs is missing.
    """
    need_secrets(settings)
    from bot import worker
    from bot.slack import web

    log.configure(settings.log_level, settings.log_style)
    try:
        web.listen(settings).close()
    except SettingsError as error:
        _journal.error(str(error))
        return CONFIGURATION
    return supervise([Child("web", web.main, settings), Child("worker", worker.main, settings)])


def need_secrets(settings: Settings) -> None:
    """Refuses to begin without what Slack wants to see.

    Raises:
        SettingsError: a secret that this transport needs is missing.
    """
    missing = settings.missing_for_slack()
    if missing:
        raise SettingsError(f"{' and '.join(missing)} must be set; see .env.example, or try `attain sandbox`.")


def supervise(children: list[Child]) -> int:
    """Keep `children` running until SIGTERM or SIGINT (exit code 0) or until one keeps failing (its code)."""
    log.configure(children[0].settings.log_level, children[0].settings.log_style)
    stop = _stop_on_signal()
    code = 0
    while not stop.is_set() and code == 0:
        code = _look_after(children)
        stop.wait(0.1)
    for child in children:
        if child.process is not None:
            child.process.terminate()
    until = time.monotonic() + STOP_SECONDS
    for child in children:
        child.stop(until - time.monotonic())
    return code


def _look_after(children: list[Child]) -> int:
    """Start what is due; a non-zero code once a child cannot be kept alive."""
    for child in children:
        if child.process is not None and child.process.exitcode is not None:
            code = child.note_exit()
            if code == CONFIGURATION or child.failures >= child.patience:
                return _shell_code(code)
        if child.process is None and time.monotonic() >= child.due_at:
            child.start()
    return 0


def pause(failures: int) -> float:
    """Seconds before the next start after that many failures in a row."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (failures - 1))


def _shell_code(code: int) -> int:
    """What a shell reports: 128 plus the signal's number for a killed process, never 0."""
    return 128 - code if code < 0 else code or 1


def _stop_on_signal() -> Event:
    """An event that SIGTERM and SIGINT set; handlers do nothing else."""
    stop = Event()

    def handle(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)
    return stop


def _enter(main: Callable[[Settings, Event], None], settings: Settings) -> None:
    """The first function of a child: logging, signals, and an end when the parent is gone."""
    log.configure(settings.log_level, settings.log_style)
    stop = _stop_on_signal()
    parent = multiprocessing.parent_process()

    def follow() -> None:
        if parent is not None:
            parent.join()
            stop.set()

    Thread(target=follow, name="attain-parent", daemon=True).start()
    try:
        main(settings, stop)
    except SettingsError as error:
        _journal.error(str(error))
        sys.exit(CONFIGURATION)
