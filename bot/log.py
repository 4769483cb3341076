"""Structured log lines without payloads: names, ids, states and durations; secrets are struck out.

A line says what happened to which reference, never what was said: message texts, command arguments, amounts and
payloads have no field here. Third-party lines pass through the same redaction.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import TextIO

_SECRETS = re.compile(
    r"xox[a-z]-[A-Za-z0-9-]+|xapp-[A-Za-z0-9-]+|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"
    r"|https?://[^\s\"']*/(?:commands|actions|response)/[^\s\"']+|(?<=ticket=)[^&\s\"']+|v0=[0-9a-f]{16,}"
)
_FIELDS = "attain_fields"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_QUIET = {
    "slack_bolt": logging.WARNING,
    "slack_sdk": logging.WARNING,
    "apscheduler": logging.ERROR,
    "alembic": logging.WARNING,
}


def redact(text: str) -> str:
    """`text` with tokens, signatures, response addresses and database passwords replaced by `[redacted]`."""
    return _SECRETS.sub("[redacted]", text)


class _Line(logging.Formatter):
    """One JSON object per record; a traceback keeps its frames but never the values in them."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of JSON."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "room": record.name,
            "event": redact(record.getMessage()),
        }
        line.update(getattr(record, _FIELDS, {}))
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["trace"] = _frames(record)
        return json.dumps(line, ensure_ascii=False, default=str)


class _Text(_Line):
    """The same fields for people: `12:00:01 info bot.slack answered key=… ms=12`."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one readable line."""
        at = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        rest = " ".join(f"{name}={value}" for name, value in getattr(record, _FIELDS, {}).items())
        text = f"{at} {record.levelname.lower()} {record.name} {redact(record.getMessage())} {rest}".rstrip()
        if record.exc_info and record.exc_info[0] is not None:
            text += f" error={record.exc_info[0].__name__} at {' < '.join(_frames(record)[-3:])}"
        return _CONTROL.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    """A control character as it is spelled in Python: what Slack sends cannot break or hide a line."""
    return found[0].encode("unicode_escape").decode()


def _frames(record: logging.LogRecord) -> list[str]:
    """Where the error came from, file and line only: the message of an exception may quote a deal."""
    trace = record.exc_info[2] if record.exc_info else None
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in traceback.extract_tb(trace)]


def configure(level: str = "INFO", style: str = "json", stream: TextIO | None = None) -> None:
    """Send every log line to `stream` (standard error by default) in the style "json" or "text"."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_Line() if style == "json" else _Text())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name, quiet in _QUIET.items():
        logging.getLogger(name).setLevel(quiet)


class Journal:
    """A room's log: an event name and fields, nothing else, so that no payload slips into a sentence."""

    def __init__(self, room: str) -> None:
        """Write under the name `room`."""
        self._log = logging.getLogger(room)

    def info(self, event: str, **fields: str | float | None) -> None:
        """Note that `event` happened."""
        self._log.info(event, extra={_FIELDS: fields})

    def warning(self, event: str, **fields: str | float | None) -> None:
        """Note something that ops may want to look at."""
        self._log.warning(event, extra={_FIELDS: fields})

    def error(self, event: str, error: BaseException | None = None, **fields: str | float | None) -> None:
        """Note a failure; of `error` only the kind and the places are kept."""
        self._log.error(event, exc_info=error, extra={_FIELDS: fields})
