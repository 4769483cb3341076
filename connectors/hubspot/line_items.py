"""Names of what deals sell: their line items, each name once, in the order of their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.hubspot import ties

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connectors.hubspot.client import Client

#: What a mapping writes to get it.
FIELD = "product_name"
OBJECT = "line_items"
SEPARATOR = "; "


def names(client: Client, deal_ids: Sequence[str], known: dict[str, str]) -> Mapping[str, str]:
    """The names of the line items by deal; deals without any are left out. `known` keeps names between pages."""
    tied = ties.read(client, "deals", OBJECT, deal_ids)
    items = {deal: sorted({tie.id for tie in found}, key=int) for deal, found in tied.items()}
    ties.learn(client, OBJECT, [item for some in items.values() for item in some], known)
    return {
        deal: SEPARATOR.join(dict.fromkeys(known[item] for item in some if known.get(item)))
        for deal, some in items.items()
    }
