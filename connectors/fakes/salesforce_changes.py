"""What the Salesforce fake answers about a span of time: ids that changed in it, and what went into the bin."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from connectors.fakes.errors import SalesforceRefused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from connectors.fakes.salesforce_org import Org

#: So far back the service remembers what was deleted, and what changed.
DELETED_LIFE, UPDATED_LIFE = timedelta(days=15), timedelta(days=30)


def changes(org: Org, name: str, what: str, asked: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """`updated` or `deleted` of an object between `start` and `end`, both in whole minutes as the service takes them.

    Raises:
        SalesforceRefused: The span is none, or begins further back than the service remembers.
    """
    start, end = (_instant(asked, bound).replace(second=0) for bound in ("start", "end"))
    oldest = org.clock() - (DELETED_LIFE if what == "deleted" else UPDATED_LIFE)
    if not start < end:
        raise SalesforceRefused("INVALID_REPLICATION_DATE", "endDate must be at least one minute after startDate")
    if start < oldest:
        raise SalesforceRefused("INVALID_REPLICATION_DATE", f"startDate before {_written(oldest)}")
    found = [(key, stamp) for key, stamp, gone in _stamps(org, name) if gone == (what == "deleted")]
    inside = [(key, stamp) for key, stamp in found if start <= stamp < end]
    covered = {"latestDateCovered": _written(end)}
    if what == "updated":
        return {"ids": [key for key, _ in inside]} | covered
    gone = [{"id": key, "deletedDate": _written(stamp)} for key, stamp in inside]
    return {"deletedRecords": gone, "earliestDateAvailable": _written(oldest)} | covered


def _stamps(org: Org, name: str) -> Iterator[tuple[str, datetime, bool]]:
    for key, record in org.objects.get(name, {}).items():
        values = record.seen(org.clock())
        if values is not None:
            yield key, values["SystemModstamp"], bool(values.get("IsDeleted"))


def _instant(asked: Mapping[str, Sequence[str]], bound: str) -> datetime:
    try:
        return datetime.fromisoformat(asked[bound][0].replace(" ", "+"))
    except (KeyError, IndexError, ValueError):
        raise SalesforceRefused("INVALID_REPLICATION_DATE", f"{bound} is no instant") from None


def _written(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
