"""Webhooks are hints: checked over the bytes that came, taken as ids to read, never as data."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from connectors.errors import AuthRefused, ConfigRefused
from connectors.http import parse_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

#: An event that is older, or that claims to be from the future, is not taken.
WINDOW = timedelta(minutes=5)
MAX_BYTES = 1_000_000
MAX_EVENTS = 1_000
#: What HubSpot calls the kinds, by the beginning of a subscription's type and by its object type id.
_KINDS = {"deal": "deal", "0-3": "deal"}
#: What may be written without escapes in the address that is signed; HubSpot signs it decoded.
_DECODED = ("%3A", "%2F", "%3F", "%40", "%21", "%24", "%27", "%28", "%29", "%2A", "%2C", "%3B")


@dataclass(frozen=True, slots=True)
class Delivery:
    """A request as it came: `uri` with scheme and host as the sender called it, `body` to the byte."""

    method: str
    uri: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Event:
    """Something that may have changed; `event_id` is the same when the event is sent again."""

    event_id: str
    kind: str
    external_id: str


def hubspot_events(delivery: Delivery, secret: str, now: datetime) -> tuple[Event, ...]:
    """The events of a delivery that HubSpot signed (v3) in the last five minutes.

    Raises:
        AuthRefused: The signature is not HubSpot's, or its time is more than five minutes away, past or future.
        ConfigRefused: The body is no list of events.
    """
    check_hubspot(delivery, secret, now)
    try:
        listed = parse_json(delivery.body)
    except (ValueError, RecursionError):
        listed = None
    if not isinstance(listed, list) or len(listed) > MAX_EVENTS:
        raise ConfigRefused("The webhook holds no list of events", remedy="Point the subscription at this address")
    events = (_event(one) for one in listed if isinstance(one, dict))
    return tuple(event for event in events if event is not None)


def check_hubspot(delivery: Delivery, secret: str, now: datetime) -> None:
    """Nothing, if HubSpot signed the delivery (v3) within five minutes of now.

    Raises:
        AuthRefused: It did not.
    """
    named = {name.lower(): value for name, value in delivery.headers.items()}
    stamp = named.get("x-hubspot-request-timestamp", "")
    plain = stamp.isascii() and stamp.isdigit() and len(stamp) <= 15
    late = abs(now.timestamp() * 1000 - int(stamp)) > WINDOW.total_seconds() * 1000 if plain else True
    signed = f"{delivery.method}{_decoded(delivery.uri)}".encode() + delivery.body + stamp.encode()
    wanted = base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest())
    given = named.get("x-hubspot-signature-v3", "").encode("utf-8", "replace")
    # Compared in any case, and in constant time: neither the time nor the answer tells which of the two was wrong.
    is_signed = hmac.compare_digest(wanted, given)
    if late or not is_signed or not secret or len(delivery.body) > MAX_BYTES:
        raise AuthRefused("The webhook is not signed by HubSpot", remedy="Check the app's client secret")


def _decoded(uri: str) -> str:
    for code in _DECODED:
        uri = uri.replace(code, unquote(code)).replace(code.lower(), unquote(code))
    return uri


def _event(said: dict[str, Any]) -> Event | None:
    """The event's record; None for one of a kind that is not synced."""
    about = str(said.get("subscriptionType") or "")
    kind = _KINDS.get(str(said.get("objectTypeId") or "")) or _KINDS.get(about.partition(".")[0])
    object_id, event_id = said.get("objectId"), said.get("eventId")
    if kind is None or object_id is None or event_id is None:
        return None
    parts = (event_id, said.get("subscriptionId"), object_id, said.get("occurredAt"))
    return Event(hashlib.sha256(repr(parts).encode()).hexdigest(), kind, str(object_id))
