"""List, read and batch read of the HubSpot fake's records: only named properties, archived ones in their own list."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from connectors.fakes.hubspot.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connectors.fakes.hubspot.records import Table

MOST_PER_PAGE = 100
MOST_INPUTS = 100
DEFAULT_PAGE = 10


def listed(table: Table, params: Mapping[str, str], page_size: int = MOST_PER_PAGE) -> dict[str, Any]:
    """One page of live or of archived records, by number. `after` is the number of the last one shown."""
    limit = int(params.get("limit") or DEFAULT_PAGE)
    if not 0 < limit <= MOST_PER_PAGE:
        raise Refused.bad_request(f"limit must be between 1 and {MOST_PER_PAGE}")
    limit = min(limit, page_size)
    rows = list(islice(table.sorted(params.get("archived") == "true", int(params.get("after") or 0)), limit + 1))
    return paged(rows, "0", limit, table.wanted(named(params)))


def paged(rows: list[Any], after: str, limit: int, names: list[str]) -> dict[str, Any]:
    """The rows behind `after`, and where to go on."""
    rest = [row for row in rows if int(row.id) > int(after)]
    answer: dict[str, Any] = {"results": [row.shown(names) if names else row.shown() for row in rest[:limit]]}
    if len(rest) > limit:
        last = rest[limit - 1].id
        answer["paging"] = {"next": {"after": last, "link": f"https://api.hubapi.com/next?after={last}"}}
    return answer


def one(table: Table, record_id: str, params: Mapping[str, str]) -> dict[str, Any]:
    """One record."""
    found = table.get(record_id, params.get("archived") == "true")
    if found is None:
        raise Refused.not_found(f"resource {record_id}")
    return found.shown(table.wanted(named(params)))


def batch_read(table: Table, body: Mapping[str, Any], archived: bool) -> tuple[int, dict[str, Any]]:
    """Status and body: 207 with one error that lists the ids nobody has."""
    ids = [str(entry["id"]) for entry in body.get("inputs", [])]
    if len(ids) > MOST_INPUTS:
        raise Refused.bad_request(f"at most {MOST_INPUTS} inputs are allowed")
    names = table.wanted(body.get("properties") or ())
    found = {record.id: record for wanted in ids if (record := table.get(wanted, archived)) is not None}
    absent = [wanted for wanted in ids if table.get(wanted, archived) is None]
    answer: dict[str, Any] = {"status": "COMPLETE", "results": [record.shown(names) for record in found.values()]}
    if not absent:
        return 200, answer
    answer["numErrors"] = 1
    answer["errors"] = [
        {
            "status": "error",
            "category": "OBJECT_NOT_FOUND",
            "message": f"Could not get some {table.name} objects, they may be deleted or not exist.",
            "context": {"ids": absent},
        }
    ]
    return 207, answer


def named(params: Mapping[str, str]) -> list[str]:
    """The properties that a query names."""
    return [name for name in (params.get("properties") or "").split(",") if name]
