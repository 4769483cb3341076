"""What an account says about itself: its time zone, its currency, and what its deal stages mean."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from connectors.errors import Transient
from connectors.feed import Account, Stage
from connectors.hubspot import listing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connectors.hubspot.client import Client


def read(client: Client) -> Account:
    """The account's own settings.

    Raises:
        SourceError: It cannot be asked, or does not say its time zone.
    """
    said = client.details()
    if not isinstance(said, dict) or not said.get("timeZone"):
        raise Transient("The account does not say its time zone", where=client.paths.account)
    pipelines = listing.shown(client.http.get(client.paths.pipelines)).rows
    found = {
        str(stage["id"]): _stage(stage, pipeline) for pipeline in pipelines for stage in pipeline.get("stages") or ()
    }
    return Account(
        timezone=str(said["timeZone"]),
        currency=str(said.get("companyCurrency") or ""),
        stages=MappingProxyType(found),
    )


def _stage(stage: Mapping[str, Any], pipeline: Mapping[str, Any]) -> Stage:
    """What the stage means. HubSpot writes `"true"` and `"1.0"`, in words."""
    said = stage.get("metadata") or {}
    closed = str(said.get("isClosed")).lower() == "true"
    meaning = "open" if not closed else "won" if _is_certain(said.get("probability")) else "lost"
    label = str(stage.get("label") or stage["id"])
    return Stage(meaning, f"{label} ({pipeline['label']})" if pipeline.get("label") else label)


def _is_certain(probability: Any) -> bool:
    try:
        return Decimal(str(probability)) == 1
    except InvalidOperation:
        return False
