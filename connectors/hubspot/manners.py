"""How HubSpot wants to be treated: what its refusals mean, what its rate headers say, how fast it may be searched."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from connectors.errors import ConfigRefused, QuotaSpent, SourceError, WindowTooLarge
from connectors.http import Budget, Manners

if TYPE_CHECKING:
    from collections.abc import Mapping

SEARCH = "search"
#: Searches per second and account; the answers of a search carry no rate headers.
SEARCHES_PER_SECOND = 5

_PREFIX = "x-hubspot-ratelimit-"
_SCOPE = re.compile(r"[a-z0-9_.\-]{3,80}")


def manners() -> Manners:
    """The manners of a HubSpot client."""
    return Manners(judge=judge, budget=budget, paces=MappingProxyType({SEARCH: float(SEARCHES_PER_SECOND)}))


def judge(status: int, _headers: Mapping[str, str], body: Any) -> SourceError | None:
    """What a refusal means beyond its status; None for the usual meaning."""
    said = body if isinstance(body, dict) else {}
    if status == 429 and said.get("policyName") == "DAILY":
        return QuotaSpent("HubSpot's requests of the day are used up", remedy="Nothing to do: it goes on at midnight")
    if status == 403:
        return _forbidden(said)
    if status == 400 and "results that can be retrieved is limited" in str(said.get("message", "")):
        return WindowTooLarge("More than 10,000 records answer to one search")
    if status == 414:
        return ConfigRefused("The mapping names more properties than fit into one request", remedy="Name fewer")
    return None


def scopes_wanted(body: Mapping[str, Any]) -> tuple[str, ...]:
    """The scopes that a refusal names."""
    found: list[str] = []
    for error in body.get("errors") or ():
        context = error.get("context") if isinstance(error, dict) else None
        if isinstance(context, dict):
            found += [str(scope) for scope in context.get("requiredGranularScopes") or ()]
    return tuple(scope for scope in dict.fromkeys(found) if _SCOPE.fullmatch(scope))


def budget(headers: Mapping[str, str]) -> Budget:
    """What the rate headers say; apps of a marketplace get none for the day."""
    daily, left = _number(headers, "daily"), _number(headers, "daily-remaining")
    interval = _number(headers, "interval-milliseconds")
    return Budget(
        remaining=_number(headers, "remaining"),
        interval_seconds=None if interval is None else interval / 1000,
        maximum=_number(headers, "max"),
        daily_used=None if daily is None or left is None else daily - left,
        daily_max=daily,
    )


def _forbidden(said: Mapping[str, Any]) -> ConfigRefused:
    scopes = scopes_wanted(said)
    if not scopes:
        return ConfigRefused("HubSpot does not let this token read that", remedy="Grant the token read access to it")
    named = " or ".join(scopes)
    return ConfigRefused(f"The token lacks the scope {named}", remedy=f"Grant {named} to the service key in HubSpot")


def _number(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(_PREFIX + name, "")
    return int(text) if text.isascii() and text.isdigit() else None
