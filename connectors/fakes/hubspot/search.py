"""The search call of the HubSpot fake: filters, one sort, offset paging that loses rows, and a cap on hits.

Rows that tie in the sort come in an order that means nothing, as at the real service.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from connectors.fakes.hubspot.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connectors.fakes.hubspot.records import Record, Table

MOST_PER_PAGE = 200
MOST_GROUPS = 6
MOST_FILTERS = 6
DATES = ("createdate", "closedate", "hs_lastmodifieddate", "hs_start_datetime", "hs_end_datetime")


@dataclass(frozen=True, slots=True)
class SearchRules:
    """What bounds a search: hits per query, and rows per page however many are asked for.

    With `shows_current` an answer holds current values although the index that found and sorted them is late.
    """

    cap: int = 10_000
    page_size: int = MOST_PER_PAGE
    shows_current: bool = False


def search(table: Table, body: Mapping[str, Any], now: datetime, rules: SearchRules) -> dict[str, Any]:
    """The answer to one search.

    Raises:
        Refused: 400, with the service's words.
    """
    groups = body.get("filterGroups") or []
    if len(groups) > MOST_GROUPS or any(len(g.get("filters", [])) > MOST_FILTERS for g in groups):
        raise Refused.bad_request("too many filter groups or filters")
    limit, offset = _paging(body, rules)
    hits = [(r, known) for r, known in table.searched(now) if _matches(groups, known)]
    hits.sort(key=lambda hit: hashlib.sha256(hit[0].id.encode()).digest())
    name, down = _sorting(body)
    hits.sort(key=lambda hit: _sort_key(name, hit[1].get(name)), reverse=down)
    page = hits[offset : offset + limit]
    names = table.wanted(body.get("properties") or ())
    answer: dict[str, Any] = {"total": len(hits), "results": [_shown(hit, names, rules) for hit in page]}
    if offset + limit < len(hits):
        answer["paging"] = {"next": {"after": str(offset + limit)}}
    return answer


def _shown(hit: tuple[Record, dict[str, str | None]], names: list[str], rules: SearchRules) -> dict[str, Any]:
    record, known = hit
    return record.shown(names, record.properties if rules.shows_current else known)


def _paging(body: Mapping[str, Any], rules: SearchRules) -> tuple[int, int]:
    limit = int(body.get("limit") or 10)
    after = str(body.get("after") or "0")
    if not 0 < limit <= MOST_PER_PAGE:
        raise Refused.bad_request(f"limit must be between 1 and {MOST_PER_PAGE}")
    if not after.isdigit():
        raise Refused.bad_request("after must be an integer")
    if int(after) >= rules.cap:
        raise Refused.bad_request(f"The total number of results that can be retrieved is limited to {rules.cap}")
    limit = min(limit, rules.page_size, rules.cap - int(after))
    return limit, int(after)


def _sorting(body: Mapping[str, Any]) -> tuple[str, bool]:
    sorts = body.get("sorts") or ["createdate"]
    if len(sorts) > 1:
        raise Refused.bad_request("only one sort is supported")
    first = sorts[0]
    if isinstance(first, str):
        return first.lstrip("-"), first.startswith("-")
    return str(first["propertyName"]), first.get("direction") == "DESCENDING"


def _sort_key(name: str, value: str | None) -> tuple[bool, Any]:
    return value is not None, "" if value is None else _comparable(name, value)


def _matches(groups: list[dict[str, Any]], known: Mapping[str, str | None]) -> bool:
    if not groups:
        return True
    return any(all(_passes(one, known) for one in group.get("filters", [])) for group in groups)


def _passes(one: Mapping[str, Any], known: Mapping[str, str | None]) -> bool:
    name, operator = str(one["propertyName"]), str(one["operator"])
    value = known.get(name)
    if operator in ("HAS_PROPERTY", "NOT_HAS_PROPERTY"):
        return (value not in (None, "")) == (operator == "HAS_PROPERTY")
    if value in (None, ""):
        return bool(operator == "NEQ")
    found = _comparable(name, str(value))
    if operator in ("IN", "NOT_IN"):
        return (found in [_comparable(name, v) for v in one.get("values", [])]) == (operator == "IN")
    wanted = _comparable(name, str(one["value"]))
    if operator == "BETWEEN":
        return bool(wanted <= found <= _comparable(name, str(one["highValue"])))
    compare = _COMPARISONS.get(operator)
    if compare is None:
        raise Refused.bad_request(f"operator {operator} is not supported")
    return compare(found, wanted)


_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "EQ": lambda a, b: bool(a == b),
    "NEQ": lambda a, b: bool(a != b),
    "LT": lambda a, b: bool(a < b),
    "LTE": lambda a, b: bool(a <= b),
    "GT": lambda a, b: bool(a > b),
    "GTE": lambda a, b: bool(a >= b),
}


def _comparable(name: str, value: str) -> Any:
    """Dates as milliseconds, whether written so or as ISO; ids as numbers; anything else as lower-case text."""
    if name in DATES:
        return _milliseconds(value)
    if name == "hs_object_id":
        return int(value) if value.isdigit() else -1
    if name == "amount":
        try:
            return Fraction(value)
        except ValueError:
            return Fraction(-1)
    return value.lower()


def _milliseconds(value: str) -> int:
    if value.isdigit():
        return int(value)
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return -1
    return int(at.timestamp()) * 1000 + at.microsecond // 1000
