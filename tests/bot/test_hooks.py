"""Webhooks leave ids to read and nothing else, each event once, and only if HubSpot signed them just now."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr
from slack_bolt import App
from starlette.testclient import TestClient

from bot import hooks
from bot.clock import SystemClock
from bot.errors import SettingsError
from bot.settings import Settings
from bot.slack.http import build_asgi
from bot.slack.pool import WorkPool
from bot.wiring import Services
from store import hints

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store.database import Database

PUBLIC = "https://attain.example.com"
SECRET = "client-secret"
SETTINGS = Settings(hubspot_source="crm", hubspot_secret=SecretStr(SECRET), public_url=PUBLIC + "/")


def event(number: int = 1, deal: str = "55", **said: Any) -> dict[str, Any]:
    told = {"eventId": number, "subscriptionId": 9, "objectId": deal, "subscriptionType": "deal.propertyChange"}
    return told | {"occurredAt": 1_750_000_000_000 + number, "propertyName": "amount", "propertyValue": "999"} | said


@pytest.fixture
def services(database: Database) -> Iterator[Services]:
    services = Services(database, SETTINGS, SystemClock(), WorkPool())
    yield services
    services.pool.close()


@pytest.fixture
def client(services: Services) -> TestClient:
    return opened(services)


def opened(services: Services) -> TestClient:
    app = App(signing_secret="x", token="xoxb-x", token_verification_enabled=False)
    asgi = build_asgi(app, services.settings, hooks=hooks.routes(services))
    return TestClient(asgi, base_url="http://10.0.0.7:3000", raise_server_exceptions=False)


def post(client: TestClient, *events: dict[str, Any], minutes: float = 0, secret: str = SECRET, **how: Any) -> int:
    body = how.get("body", json.dumps(events).encode())
    stamp = str(int((time.time() + minutes * 60) * 1000))
    uri = how.get("uri", PUBLIC + hooks.PATH)
    signed = b"POST" + uri.encode() + body + stamp.encode()
    signature = base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()
    headers = {"X-HubSpot-Signature-v3": signature, "X-HubSpot-Request-Timestamp": stamp} | how.get("headers", {})
    return client.post(hooks.PATH, content=how.get("sent", body), headers=headers).status_code


def noted(services: Services) -> list[str]:
    with services.db.read() as conn:
        return [hint.external_id for hint in hints.pending(conn, "crm", "deal")]


def test_a_signed_event_leaves_an_id(client: TestClient, services: Services) -> None:
    assert post(client, event(1, "55"), event(2, "56"), event(3, "7", subscriptionType="contact.creation")) == 200
    assert noted(services) == ["55", "56"]


def test_repeated_events_are_taken_once_in_any_order_and_however_late(client: TestClient, services: Services) -> None:
    """HubSpot signs a repetition anew, up to a day after what it tells of; order means nothing, for ids are read."""
    late = event(2, "56", occurredAt=1_600_000_000_000)
    assert post(client, event(3, "57"), event(1, "55")) == 200
    assert post(client, late, event(1, "55")) == 200
    assert post(client, late, event(3, "57"), minutes=4) == 200
    assert sorted(noted(services)) == ["55", "56", "57"]


def test_a_new_event_of_a_record_that_waits_already_is_noted(client: TestClient, services: Services) -> None:
    assert post(client, event(1), event(2)) == 200
    assert noted(services) == ["55", "55"]


@pytest.mark.parametrize(
    "how",
    [
        {"secret": "another"},
        {"minutes": -6},
        {"minutes": 6},
        {"uri": "https://other.example.com" + hooks.PATH},
        {"sent": b'[{"eventId": 1}]'},
        {"headers": {"X-HubSpot-Signature-v3": ""}},
        {"headers": {"X-HubSpot-Request-Timestamp": "yesterday"}},
        {"headers": {"X-HubSpot-Signature-v3": "\u00e9".encode()}},
    ],
    ids=["forged", "stale", "future", "other address", "other body", "unsigned", "no time", "no ascii"],
)
def test_what_hubspot_did_not_sign_just_now_leaves_nothing(
    client: TestClient, services: Services, how: dict[str, Any]
) -> None:
    assert post(client, event(), **how) == 401
    assert noted(services) == []


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff\xfe", b"[" * 100_000, b"[" + b"1," * 2_000 + b"1]"])
def test_a_signed_body_that_is_no_list_of_events_is_refused(
    client: TestClient, services: Services, body: bytes
) -> None:
    assert post(client, body=body) == 400
    assert noted(services) == []


def test_a_body_over_a_megabyte_is_not_read(client: TestClient, services: Services) -> None:
    assert post(client, body=b"[" + b" " * 1_000_001 + b"]") == 413
    assert noted(services) == []


def test_only_posts_are_taken(client: TestClient) -> None:
    assert client.get(hooks.PATH).status_code == 405


def test_without_a_source_there_is_no_such_address(services: Services) -> None:
    off = Services(services.db, Settings(), services.clock, services.pool)
    assert hooks.routes(off) == ()
    assert post(opened(off), event()) == 404


def test_half_a_setting_stops_the_start_and_says_what_is_missing(services: Services) -> None:
    half = Services(services.db, Settings(hubspot_source="crm"), services.clock, services.pool)
    with pytest.raises(SettingsError, match="ATTAIN_HUBSPOT_SECRET and ATTAIN_PUBLIC_URL must be set"):
        hooks.routes(half)


def test_no_secret_and_no_body_is_logged(
    client: TestClient, caplog: pytest.LogCaptureFixture, services: Services
) -> None:
    caplog.set_level("DEBUG")
    assert post(client, event()) == 200
    assert post(client, event(), secret="wrong-one") == 401
    assert SECRET not in caplog.text
    assert "999" not in caplog.text
    assert "999" not in repr(services.settings)
