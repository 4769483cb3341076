"""Lists that are paged by `after`. Pages are built from `after` alone: a `link` could lead the token elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connectors.errors import PagingRepeats, Transient

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from connectors.http import Answer, Http


@dataclass(frozen=True, slots=True)
class Shown:
    """The rows of one answer, where the next begins ("" for the last), and the service's clock."""

    rows: tuple[dict[str, Any], ...]
    after: str
    date: datetime
    total: int | None = None


def shown(answer: Answer, key: str = "id") -> Shown:
    """The rows of an answer, each with its key.

    Raises:
        Transient: It is JSON, but no list of rows: half an answer must not pass for a short one.
    """
    body = answer.json
    rows = body.get("results") if isinstance(body, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) and row.get(key) for row in rows):
        raise Transient("The answer holds no list of records")
    following = (body.get("paging") or {}).get("next") or {}
    total = body.get("total")
    return Shown(tuple(rows), str(following.get("after") or ""), answer.date, total if type(total) is int else None)


def chunks(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """The ids in runs of at most `size`."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def listed(http: Http, path: str, params: Mapping[str, str | int], after: str = "") -> Iterator[Shown]:
    """Every page behind `after`.

    Raises:
        PagingRepeats: A page leads to one that was read before.
    """
    seen = {after}
    while True:
        query = dict(params) | ({"after": after} if after else {})
        page = shown(http.get(path, query))
        if page.after and page.after in seen:
            raise PagingRepeats(where=path)
        yield page
        if not page.after:
            return
        after = page.after
        seen.add(after)
