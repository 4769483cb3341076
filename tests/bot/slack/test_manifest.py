"""manifest.yaml promises exactly what the application listens to and may call."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.errors import ManifestMissingError
from bot.slack import app, manifest, routes
from messages.actions import ACTION_IDS

SOURCES = Path(__file__).resolve().parents[3] / "bot" / "slack"
#: The scope each Web API method of ours needs.
SCOPES = {
    "chat.postMessage": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.update": "chat:write",
    "conversations_open": "im:write",
    "dnd_teamInfo": "dnd:read",
    "files_getUploadURLExternal": "files:write",
    "files_completeUploadExternal": "files:write",
    "users_info": "users:read",
    "users_lookupByEmail": "users:read.email",
    "views_publish": "",
    "views_open": "",
    "views_push": "",
    "views_update": "",
    "auth_test": "",
    "auth.test": "",
    "apps.connections.open": "",
}
EVENT_SCOPES = {"app_mention": "app_mentions:read", "message.im": "im:history", "user_change": "users:read"}


def test_commands_are_the_ones_that_are_answered() -> None:
    assert {entry.command for entry in manifest.load().commands} == set(routes.COMMANDS)


def test_events_are_the_ones_that_are_heard() -> None:
    assert {event.split(".")[0] for event in manifest.load().events} == set(app.EVENTS)
    assert {event for event in manifest.load().events if event.startswith("message")} == {"message.im"}


def test_every_button_has_a_handler_and_every_handler_a_button() -> None:
    assert set(routes.ACTIONS) == ACTION_IDS


def test_scopes_cover_what_is_called_and_no_more() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES.rglob("*.py"))
    calls = re.findall(r"client\.(?:(\w+_\w+)\(|(views_\w+))", text)
    named = re.findall(r'"((?:chat|auth|apps\.\w+)\.\w+)"', text)
    called = {*named, *(called or taken for called, taken in calls)}
    called -= {"api_call", "is_connected", "connect_to_new_endpoint"}
    assert called == set(SCOPES), "a new method: name the scope it needs here and in the manifest"
    needed = {SCOPES[method] for method in called} | set(EVENT_SCOPES.values()) | {"commands", "users:read.email"}
    assert manifest.load().scopes == needed - {""}


def test_commands_escape_and_say_how_they_are_used() -> None:
    for entry in manifest.load().commands:
        assert entry.should_escape
        assert "help" in entry.usage_hint or "@person" in entry.usage_hint


def test_the_app_can_be_pasted() -> None:
    body = manifest.load().body
    assert body["settings"]["socket_mode_enabled"] is True
    assert body["settings"]["interactivity"]["is_enabled"] is True
    assert body["features"]["app_home"]["home_tab_enabled"] is True
    assert len(body["display_information"]["name"]) <= 35
    assert len(body["display_information"]["description"]) <= 140
    assert 175 <= len(body["display_information"]["long_description"]) <= 4000


def test_a_missing_manifest_is_said(tmp_path: Path) -> None:
    with pytest.raises(ManifestMissingError):
        manifest.load(tmp_path / "manifest.yaml")
