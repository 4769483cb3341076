"""Where each call lives, by version of the service. A version that ends is one more column here."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from connectors.errors import ConfigRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

HOST = "https://api.hubapi.com"
NEWEST = "2026-09"


@dataclass(frozen=True, slots=True)
class Paths:
    """The paths of one version. `objects`, `associations` and `properties` take an object type."""

    objects: str
    associations: str
    properties: str
    owners: str
    pipelines: str
    splits: str
    rates: str
    account: str


#: v1 to v3 lose support in September 2027; v4, which the associations of `v3` need, on 30 March 2027.
VERSIONS: Mapping[str, Paths] = MappingProxyType(
    {
        NEWEST: Paths(
            objects="/crm/objects/2026-09/{}",
            associations="/crm/associations/2026-09/{}/{}/batch/read",
            properties="/crm/properties/2026-09/{}",
            owners="/crm/owners/2026-09",
            pipelines="/crm/pipelines/2026-09/deals",
            splits="/deal-splits/2026-09/batch/read",
            rates="/settings/currencies/2026-09/exchange-rates",
            account="/account-info/2026-09/details",
        ),
        "v3": Paths(
            objects="/crm/v3/objects/{}",
            associations="/crm/v4/associations/{}/{}/batch/read",
            properties="/crm/v3/properties/{}",
            owners="/crm/v3/owners",
            pipelines="/crm/v3/pipelines/deals",
            splits="/crm/objects/v3/deals/splits/batch/read",
            rates="/settings/v3/currencies/exchange-rates",
            account="/account-info/v3/details",
        ),
    }
)


def paths_of(version: str) -> Paths:
    """The paths of that version, of the newest one if none is named.

    Raises:
        ConfigRefused: There is no such version.
    """
    found = VERSIONS.get(version or NEWEST)
    if found is None:
        allowed = ", ".join(VERSIONS)
        raise ConfigRefused(f"HubSpot has no version {version!r} here", remedy=f"Set `api` to one of {allowed}")
    return found
