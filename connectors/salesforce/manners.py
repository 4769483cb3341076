"""How Salesforce says no, and how it tells what is used up."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from connectors.errors import AuthRefused, ConfigRefused, QuotaSpent, SourceError, Transient, WindowTooLarge
from connectors.http import Budget, Manners
from connectors.salesforce.errors import AddressUnknown, LocatorExpired, ObjectMissing

if TYPE_CHECKING:
    from collections.abc import Mapping

_USAGE = re.compile(r"api-usage=(\d{1,12})/(\d{1,12})")
_COLUMN = re.compile(r"No such column '(\w{1,80})' on entity '(\w{1,80})'")
_OBJECT = re.compile(r"sObject type '(\w{1,80})' is not supported")

_TOO_LARGE = frozenset({"QUERY_TIMEOUT", "REQUEST_RUNNING_TOO_LONG", "OPERATION_TOO_LARGE"})
_BUSY = frozenset({"SERVER_UNAVAILABLE", "UNABLE_TO_LOCK_ROW", "UNKNOWN_EXCEPTION"})
_FORBIDDEN = frozenset({"INSUFFICIENT_ACCESS", "INSUFFICIENT_ACCESS_OR_READONLY", "FUNCTIONALITY_NOT_ENABLED"})
_DISABLED = frozenset({"API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED"})

#: Of the token endpoint: what each refusal means and how it is mended.
_LOGIN: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "invalid_client_id": ("The client id is unknown", "Copy the consumer key of the External Client App"),
        "invalid_client": ("The client secret is wrong", "Copy the consumer secret of the External Client App"),
        "invalid_grant": (
            "The app may not sign in as this user",
            "Choose a run-as user in the app's client credentials flow, or pre-authorise the user for its JWT flow",
        ),
        "unsupported_grant_type": ("The grant is switched off", "Enable it in the External Client App's policies"),
        "inactive_user": ("The integration user is inactive", "Activate it, or choose another run-as user"),
        "inactive_org": ("The organisation is locked or closed", "Ask Salesforce"),
    }
)


def judge(status: int, _headers: Mapping[str, str], body: Any) -> SourceError | None:
    """What a refusal means; None for the usual meaning of its status. Only codes and names are quoted."""
    if isinstance(body, dict) and isinstance(body.get("error"), str):
        return _login(body["error"])
    first = body[0] if isinstance(body, list) and body and isinstance(body[0], dict) else {}
    code, message = str(first.get("errorCode", "")), str(first.get("message", ""))
    if code == "REQUEST_LIMIT_EXCEEDED":
        if "concurrent" in message.lower():
            return Transient("Too many requests of this organisation run at once")
        return QuotaSpent("The requests that the organisation has in 24 hours are used up")
    if code == "INVALID_SESSION_ID" or status == 401:
        return AuthRefused("The session has ended or was revoked")
    if code == "INVALID_QUERY_LOCATOR":
        return LocatorExpired()
    if code in _TOO_LARGE:
        return WindowTooLarge("The query takes Salesforce too long")
    if code in _BUSY:
        return Transient("Salesforce is busy")
    return _configured(code, message)


def _configured(code: str, message: str) -> SourceError | None:
    """What must be set up otherwise."""
    column, missing = _COLUMN.search(message), _OBJECT.search(message)
    if code == "INVALID_FIELD" and column:
        return field_missing(column[1], column[2])
    if code == "INVALID_TYPE":
        return ObjectMissing(f"There is no object {missing[1]!r}" if missing else "")
    if code == "NOT_FOUND":
        return AddressUnknown()
    if code in _FORBIDDEN:
        return ConfigRefused(
            "The integration user may not read this", remedy="Give it read access in a permission set"
        )
    if code in _DISABLED:
        return ConfigRefused(
            "The API is switched off", remedy="Give the integration user the permission 'API Enabled'"
        )
    if code in ("INVALID_FIELD", "MALFORMED_QUERY", "URI_TOO_LONG", "QUERY_TOO_LONG"):
        return ConfigRefused(f"Salesforce refuses the query ({code})", remedy="Correct the fields of the mapping")
    return None


def field_missing(field: str, name: str) -> ConfigRefused:
    """The refusal of a field that is not there, or not for us."""
    return ConfigRefused(
        f"{name} has no field {field!r}, or the integration user may not see it",
        remedy="Grant the field in a permission set, or correct its name in the mapping",
    )


def _login(code: str) -> SourceError:
    known = _LOGIN.get(code)
    if known is None:
        return AuthRefused("Salesforce refuses to sign us in")
    return AuthRefused(known[0], remedy=known[1])


def budget(headers: Mapping[str, str]) -> Budget:
    """How many of the organisation's requests of 24 hours are used, by everybody together."""
    found = _USAGE.search(headers.get("sforce-limit-info", ""))
    if found is None:
        return Budget()
    return Budget(daily_used=int(found[1]), daily_max=int(found[2]))


MANNERS = Manners(judge=judge, budget=budget)
