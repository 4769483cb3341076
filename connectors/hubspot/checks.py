"""What would stop a sync: the token, the scopes, and properties that the mapping names and the account lacks."""

from __future__ import annotations

from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING

from connectors.errors import SourceError
from connectors.feed import Property
from connectors.hubspot import companies, deals, goods, line_items, owners, quotas, rates, splits
from engine.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from connectors.hubspot.client import Client
    from connectors.schema import KindMapping

#: What may be named of kinds that have no properties of the account's own making.
FIXED: Mapping[str, tuple[str, ...]] = {
    "person": owners.FIELDS,
    "split": splits.FIELDS,
    "rate": rates.FIELDS,
}
OBJECTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "deal": (deals.OBJECT, deals.OWN),
    "figure": (deals.OBJECT, deals.OWN),
    "tag": (deals.OBJECT, deals.OWN),
    "quota": (quotas.OBJECT, quotas.OWN),
    **goods.OBJECTS,
}
NEAREST = 5


def check(client: Client, kinds: tuple[KindMapping, ...]) -> tuple[Problem, ...]:
    """Every problem found; the first that concerns the token itself ends the looking."""
    found: list[Problem] = []
    try:
        client.details()
    except SourceError as error:
        return error.problems
    for mapping in kinds:
        for probe in _probes(client, mapping):
            try:
                probe()
            except SourceError as error:
                found += error.problems
        found += _lacking(client, mapping)
    return tuple(dict.fromkeys(found))


def _probes(client: Client, mapping: KindMapping) -> Iterator[Callable[[], object]]:
    """Calls that a token without the scope is refused; none of them brings a record that is kept."""
    http, paths = client.http, client.paths
    if mapping.kind in OBJECTS:
        name, _ = OBJECTS[mapping.kind]
        yield lambda: http.get(paths.objects.format(name), {"limit": 1})
    if mapping.kind == "deal":
        yield lambda: http.get(paths.pipelines)
        for lent, kind in ((companies.FIELD, companies.OBJECT), (line_items.FIELD, line_items.OBJECT)):
            if lent in mapping.columns:
                yield partial(http.get, paths.objects.format(kind), {"limit": 1})
    if mapping.kind == "person":
        yield lambda: http.get(paths.owners, {"limit": 1})
    if mapping.kind == "split":
        yield lambda: client.batch(paths.splits, [])
    if mapping.kind == "rate":
        yield lambda: http.get(paths.rates, {"limit": 1})


def _lacking(client: Client, mapping: KindMapping) -> Iterator[Problem]:
    """The fields that the mapping names and nobody has."""
    try:
        known = [one.name for one in properties(client, mapping.kind)]
    except SourceError as error:
        yield from error.problems
        return
    for column in mapping.columns:
        if column.partition(".")[0] not in known:
            yield Problem(
                code="field_missing",
                message=f"HubSpot has no field {column!r} for {mapping.kind} records",
                remedy="Correct the mapping, or bring the property back in HubSpot",
                where=f"{mapping.source} {mapping.kind}",
                found=repr(column),
                allowed=", ".join(get_close_matches(column, known, NEAREST, 0.4)),
            )


def properties(client: Client, kind: str) -> tuple[Property, ...]:
    """What may be named of a kind."""
    if kind in FIXED:
        return tuple(Property(name, name, "") for name in FIXED[kind])
    name, own = OBJECTS[kind]
    return (*(Property(one, one, "") for one in own), *client.properties(name))
