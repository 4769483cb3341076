"""Associations of the HubSpot fake: batch read, the primary one labelled, ids without any named in an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectors.fakes.hubspot.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_INPUTS = 1_000


def batch_read(known: Mapping[str, list[str]], body: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    """Status and body."""
    ids = [str(entry["id"]) for entry in body.get("inputs", [])]
    if len(ids) > MOST_INPUTS:
        raise Refused.bad_request(f"at most {MOST_INPUTS} inputs are allowed")
    results = [
        {"from": {"id": wanted}, "to": [_tie(other, place == 0) for place, other in enumerate(known[wanted])]}
        for wanted in ids
        if known.get(wanted)
    ]
    answer: dict[str, Any] = {"status": "COMPLETE", "results": results}
    absent = [wanted for wanted in ids if not known.get(wanted)]
    if not absent:
        return 200, answer
    answer["numErrors"] = len(absent)
    answer["errors"] = [
        {
            "status": "error",
            "category": "OBJECT_NOT_FOUND",
            "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
            "message": f"No associations were found from {wanted}.",
            "context": {"fromObjectId": [wanted]},
        }
        for wanted in absent
    ]
    return 207, answer


def _tie(other: str, primary: bool) -> dict[str, Any]:
    kinds = [{"category": "HUBSPOT_DEFINED", "typeId": 341, "label": None}]
    if primary:
        kinds.insert(0, {"category": "HUBSPOT_DEFINED", "typeId": 5, "label": "Primary"})
    return {"toObjectId": int(other), "associationTypes": kinds}
