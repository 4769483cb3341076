"""Deal splits of the HubSpot fake: fractions as text, up to eight decimals, together exactly one."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from connectors.fakes.hubspot.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST_DECIMALS = 8
MOST_INPUTS = 100


@dataclass(frozen=True, slots=True)
class Split:
    """One owner's share of a deal."""

    id: str
    owner_id: str
    fraction: str
    at: str

    def shown(self) -> dict[str, Any]:
        """The split as an answer holds it."""
        properties = {
            "hs_object_id": self.id,
            "hubspot_owner_id": self.owner_id,
            "hs_deal_split_percentage": self.fraction,
            "hs_lastmodifieddate": self.at,
        }
        return {
            "id": self.id,
            "properties": properties,
            "createdAt": self.at,
            "updatedAt": self.at,
            "archived": False,
        }


def fractions(shares: Mapping[str, str]) -> dict[str, str]:
    """The shares, if the service would take them.

    Raises:
        Refused: They are too fine, or not one together.
    """
    amounts = [Decimal(text) for text in shares.values()]
    if any(int(amount.as_tuple().exponent) < -MOST_DECIMALS for amount in amounts):
        raise Refused.bad_request(f"percentages may have up to {MOST_DECIMALS} decimal places")
    if amounts and sum(amounts) != 1:
        raise Refused.bad_request("percentages must sum up to 1.0")
    return dict(shares)


def batch_read(splits: Mapping[str, list[Split]], live: Iterable[str], ids: list[str]) -> dict[str, Any]:
    """The splits of those deals; a deal without any is simply not in the answer."""
    if len(ids) > MOST_INPUTS:
        raise Refused.bad_request(f"at most {MOST_INPUTS} inputs are allowed")
    known = set(live)
    found = [
        {"id": deal_id, "splits": [split.shown() for split in splits[deal_id]]}
        for deal_id in ids
        if deal_id in known and splits.get(deal_id)
    ]
    return {"status": "COMPLETE", "results": found}
