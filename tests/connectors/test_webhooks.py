"""Webhooks that HubSpot signed, and those that somebody else did."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest

from connectors.errors import AuthRefused, ConfigRefused
from connectors.webhooks import Delivery, hubspot_events

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
URI = "https://attain.example.com/hubspot?team=a%3Ab"
EVENT = {"eventId": 7, "subscriptionId": 1, "objectId": 55, "subscriptionType": "deal.propertyChange"}
KEY = "s3cret"


def delivery(body: bytes, at: datetime = NOW, secret: str = KEY, uri: str = URI) -> Delivery:
    stamp = str(int(at.timestamp() * 1000))
    signed = b"POST" + uri.replace("%3A", ":").encode() + body + stamp.encode()
    signature = base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()
    headers = {"X-HubSpot-Signature-v3": signature, "X-HubSpot-Request-Timestamp": stamp}
    return Delivery("POST", URI, headers, body)


def test_a_signed_event_names_what_to_read() -> None:
    body = json.dumps([EVENT, EVENT, {"subscriptionType": "contact.creation", "objectId": 1, "eventId": 2}]).encode()
    events = hubspot_events(delivery(body), KEY, NOW)
    assert {(event.kind, event.external_id) for event in events} == {("deal", "55")}
    assert len({event.event_id for event in events}) == 1


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_time_too_far_in_either_direction_is_refused(minutes: int) -> None:
    with pytest.raises(AuthRefused):
        hubspot_events(delivery(b"[]", NOW + timedelta(minutes=minutes)), KEY, NOW)


def test_what_somebody_else_signed_is_refused() -> None:
    with pytest.raises(AuthRefused):
        hubspot_events(delivery(b"[]", secret="other"), KEY, NOW)
    with pytest.raises(AuthRefused):
        hubspot_events(delivery(b"[]", uri="https://attain.example.com/other"), KEY, NOW)
    with pytest.raises(AuthRefused):
        hubspot_events(Delivery("POST", URI, {}, b"[]"), KEY, NOW)
    signed = delivery(b"[]")
    with pytest.raises(AuthRefused):
        hubspot_events(Delivery("POST", URI, signed.headers, b"[{}]"), KEY, NOW)
    with pytest.raises(AuthRefused):
        hubspot_events(delivery(b"[]", secret=""), "", NOW)


@pytest.mark.parametrize("body", [b"{}", b"\xff", b"[" * 90_000, b"<html>"])
def test_a_signed_body_that_is_no_list_is_refused(body: bytes) -> None:
    with pytest.raises(ConfigRefused):
        hubspot_events(delivery(body), KEY, NOW)
