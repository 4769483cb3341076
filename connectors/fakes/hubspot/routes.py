"""Which call a path means, under the date-based paths and under v3."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

_ID = r"(?P<id>\d+)"
_TYPE = r"(?P<kind>[a-z_]+)"
_TABLE: tuple[tuple[str, str, str, str], ...] = (
    ("list", "GET", rf"/crm/objects/2026-09/{_TYPE}", rf"/crm/v3/objects/{_TYPE}"),
    ("one", "GET", rf"/crm/objects/2026-09/{_TYPE}/{_ID}", rf"/crm/v3/objects/{_TYPE}/{_ID}"),
    ("search", "POST", rf"/crm/objects/2026-09/{_TYPE}/search", rf"/crm/v3/objects/{_TYPE}/search"),
    ("read", "POST", rf"/crm/objects/2026-09/{_TYPE}/batch/read", rf"/crm/v3/objects/{_TYPE}/batch/read"),
    ("owners", "GET", r"/crm/owners/2026-09", r"/crm/v3/owners"),
    ("pipelines", "GET", r"/crm/pipelines/2026-09/deals", r"/crm/v3/pipelines/deals"),
    (
        "associations",
        "POST",
        rf"/crm/associations/2026-09/{_TYPE}/(?P<to>[a-z_]+)/batch/read",
        rf"/crm/v4/associations/{_TYPE}/(?P<to>[a-z_]+)/batch/read",
    ),
    ("splits", "POST", r"/deal-splits/2026-09/batch/read", r"/crm/objects/v3/deals/splits/batch/read"),
    (
        "rates",
        "GET",
        r"/settings/currencies/2026-09/exchange-rates(?P<current>/current)?",
        r"/settings/v3/currencies/exchange-rates(?P<current>/current)?",
    ),
    ("account", "GET", r"/account-info/2026-09/details", r"/account-info/v3/details"),
    ("properties", "GET", rf"/crm/properties/2026-09/{_TYPE}", rf"/crm/v3/properties/{_TYPE}"),
)
_COMPILED = tuple(
    (name, method, version, re.compile(pattern))
    for name, method, dated, old in _TABLE
    for version, pattern in (("2026-09", dated), ("v3", old))
)

#: The scopes of which a call needs one; object types are filled in.
_SCOPES = {
    "owners": ("crm.objects.owners.read",),
    "pipelines": ("crm.objects.deals.read",),
    "splits": ("crm.dealsplits.read_write",),
    "rates": ("settings.currencies.read",),
    "properties": ("crm.schemas.deals.read", "crm.objects.deals.read"),
    "goal_targets": ("crm.objects.goals.read",),
}


@dataclass(frozen=True, slots=True)
class Call:
    """One call: what is asked, of which version of the service, and the parts of the path that vary."""

    name: str
    version: str
    parts: dict[str, str | None] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The object type in the path."""
        return self.parts.get("kind") or ""

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes of which one is needed; none for settings that every token may read."""
        if self.name == "account":
            return ()
        return _SCOPES.get(self.name) or _SCOPES.get(self.kind) or (f"crm.objects.{self.kind}.read",)


def route(request: httpx.Request) -> Call | None:
    """The call that a request means, None where there is nothing at that path."""
    for name, method, version, pattern in _COMPILED:
        match = pattern.fullmatch(request.url.path)
        if match is not None and method == request.method:
            return Call(name, version, match.groupdict())
    return None
