"""What records are associated with, and what those others are called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connectors.hubspot import listing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from connectors.hubspot.client import Client

MOST_IDS = 1_000
BATCH = 100
#: Names kept between pages; more of them are asked for again, so that memory stays flat.
MOST_KNOWN = 10_000
PRIMARY = 5


@dataclass(frozen=True, slots=True)
class Tie:
    """One associated record."""

    id: str
    is_primary: bool


def read(client: Client, from_object: str, to_object: str, ids: Sequence[str]) -> Mapping[str, tuple[Tie, ...]]:
    """The associated records by id; ids without any are left out."""
    found: dict[str, tuple[Tie, ...]] = {}
    path = client.paths.associations.format(from_object, to_object)
    for chunk in listing.chunks(ids, MOST_IDS):
        page = listing.shown(client.batch(path, chunk), "from")
        for row in page.rows:
            found[str(row["from"]["id"])] = tuple(_tie(one) for one in row.get("to") or ())
    return found


def learn(client: Client, kind: str, ids: Iterable[str], known: dict[str, str]) -> None:
    """Puts the names of those records into `known`, "" for what does not exist any more."""
    wanted = list(dict.fromkeys(ids))
    unknown = [one for one in wanted if one not in known]
    if len(known) + len(unknown) > MOST_KNOWN:
        kept = {one: known[one] for one in wanted if one in known}
        known.clear()
        known.update(kept)
    path = client.paths.objects.format(kind) + "/batch/read"
    for chunk in listing.chunks(unknown, BATCH):
        known.update(dict.fromkeys(chunk, ""))
        page = listing.shown(client.batch(path, chunk, {"properties": ["name"]}))
        known.update({str(row["id"]): str((row.get("properties") or {}).get("name") or "") for row in page.rows})


def _tie(one: dict[str, Any]) -> Tie:
    kinds = one.get("associationTypes") or ()
    return Tie(str(one.get("toObjectId") or one.get("id")), any(kind.get("typeId") == PRIMARY for kind in kinds))
