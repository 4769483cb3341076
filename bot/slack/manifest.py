"""What manifest.yaml grants: scopes, commands, events and prompts; read by the doctor and by the sandbox."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ManifestMissingError

PATH = Path(__file__).resolve().parents[2] / "manifest.yaml"


@dataclass(frozen=True)
class Command:
    """One slash command as the installer sees it."""

    command: str
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = False


@dataclass(frozen=True)
class Manifest:
    """The part of an app manifest that decides what the platform lets the app do; `text` is all of it."""

    name: str = "Attain"
    scopes: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    commands: tuple[Command, ...] = ()
    prompts: tuple[tuple[str, str], ...] = ()
    text: str = ""
    body: dict[str, Any] = field(default_factory=dict)

    def command(self, name: str) -> Command | None:
        """The command called `name` (with its slash), or None."""
        return next((command for command in self.commands if command.command == name), None)


def load(path: Path = PATH) -> Manifest:
    """The manifest in `path`.

    Raises:
        ManifestMissingError: there is no such file.
    """
    if not path.is_file():
        raise ManifestMissingError
    return parse(path.read_text(encoding="utf-8"))


def parse(text: str) -> Manifest:
    """The manifest written as YAML or JSON in `text`."""
    data: dict[str, Any] = yaml.safe_load(text) or {}
    features = data.get("features") or {}
    settings = data.get("settings") or {}
    bot = features.get("bot_user") or {}
    return Manifest(
        name=bot.get("display_name") or (data.get("display_information") or {}).get("name", "Attain"),
        scopes=frozenset(((data.get("oauth_config") or {}).get("scopes") or {}).get("bot") or ()),
        events=frozenset((settings.get("event_subscriptions") or {}).get("bot_events") or ()),
        commands=tuple(_command(entry) for entry in features.get("slash_commands") or ()),
        prompts=tuple(_prompts(features)),
        text=text,
        body=data,
    )


def _command(entry: dict[str, Any]) -> Command:
    return Command(
        command=entry["command"],
        description=entry.get("description", ""),
        usage_hint=entry.get("usage_hint", ""),
        should_escape=bool(entry.get("should_escape", False)),
    )


def _prompts(features: dict[str, Any]) -> list[tuple[str, str]]:
    view = features.get("agent_view") or features.get("assistant_view") or {}
    return [(prompt["title"], prompt["message"]) for prompt in view.get("suggested_prompts") or ()]
