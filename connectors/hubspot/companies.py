"""Names of the companies that deals belong to: the primary one, or the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.hubspot import ties

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connectors.hubspot.client import Client
    from connectors.hubspot.ties import Tie

#: What a mapping writes to get it.
FIELD = "account_name"
ID_FIELD = "account_id"
OBJECT = "companies"


def names(client: Client, deal_ids: Sequence[str], known: dict[str, str]) -> Mapping[str, str]:
    """The company's name by deal; deals without one are left out. `known` keeps names between pages."""
    tied = ties.read(client, "deals", OBJECT, deal_ids)
    chosen = {deal: _primary(found) for deal, found in tied.items() if found}
    ties.learn(client, OBJECT, chosen.values(), known)
    return {deal: known.get(company, "") for deal, company in chosen.items()}


def ids(client: Client, deal_ids: Sequence[str], _known: dict[str, str]) -> Mapping[str, str]:
    """The company's id by deal; deals without one are left out."""
    return {deal: _primary(found) for deal, found in ties.read(client, "deals", OBJECT, deal_ids).items() if found}


def _primary(found: Sequence[Tie]) -> str:
    labelled = [tie.id for tie in found if tie.is_primary]
    return labelled[0] if labelled else found[0].id
