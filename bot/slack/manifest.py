"""What manifest.yaml grants and subscribes to, for the doctor and for whoever pastes it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ManifestMissingError

PATH = Path(__file__).resolve().parents[2] / "manifest.yaml"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The parts of the manifest that the application depends on."""

    commands: frozenset[str]
    events: frozenset[str]
    scopes: frozenset[str]
    body: dict[str, Any]


def load(path: Path = PATH) -> Manifest:
    """The manifest in `path`.

    Raises:
        ManifestMissingError: there is no such file.
    """
    if not path.is_file():
        raise ManifestMissingError
    body: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Manifest(
        commands=frozenset(entry["command"] for entry in body["features"]["slash_commands"]),
        events=frozenset(body["settings"]["event_subscriptions"]["bot_events"]),
        scopes=frozenset(body["oauth_config"]["scopes"]["bot"]),
        body=body,
    )
