"""Records that several sources tell of: which of them are one, and whose word counts for which field.

The first source of a rule anchors: its records stand for themselves, and those of the others are linked to them by
keys that both sides carry. Everything here is a function of what the sources say now, so that it does not matter in
which order they said it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

#: A record's source and its id there.
Ref = tuple[str, str]
Value = str | int

LINKED, AMBIGUOUS, APART = "linked", "ambiguous", "apart"
#: How a link was found when a person decided it; else the name of the key.
BY_HAND = "by hand"
WAIT, COUNT = "wait", "count"

#: What a mapping calls each field of a deal, and the values that only mean something together.
DEAL_FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "name": ("name",),
        "account": ("account",),
        "owner": ("owner_external_id",),
        "amount": ("amount_cents", "currency"),
        "stage": ("stage", "stage_name"),
        "close": ("booked_on",),
        "type": ("deal_type",),
        "product": ("product",),
    }
)
#: Kinds of which several sources may tell, and their fields.
FIELDS: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType({"deal": DEAL_FIELDS})


@dataclass(frozen=True, slots=True)
class Rule:
    """How the records of one kind are blended.

    Attributes:
        kind: The kind.
        sources: Who tells of it; the first anchors. It is also the order in which they are believed.
        link: Keys that say which records are one, in the order in which they are tried.
        precedence: For some fields another order of belief.
        unlinked: Whether a record that no anchor is found for waits or counts by itself.
    """

    kind: str
    sources: tuple[str, ...]
    link: tuple[str, ...]
    precedence: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    unlinked: str = WAIT

    @property
    def anchor(self) -> str:
        """The source whose records the others are linked to."""
        return self.sources[0]

    def order(self, name: str) -> tuple[str, ...]:
        """The sources in the order in which they are believed about a field; those not named come last."""
        first = self.precedence.get(name)
        if first is None:
            return self.sources
        return (*first, *(source for source in self.sources if source not in first))

    def text(self) -> str:
        """The rule as one canonical text."""
        said = {
            "kind": self.kind,
            "sources": self.sources,
            "link": self.link,
            "precedence": dict(self.precedence),
            "unlinked": self.unlinked,
        }
        return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def rule_of(text: str) -> Rule:
    """The rule that was written as that text."""
    said = json.loads(text)
    precedence = MappingProxyType({name: tuple(order) for name, order in said["precedence"].items()})
    return Rule(said["kind"], tuple(said["sources"]), tuple(said["link"]), precedence, said["unlinked"])


@dataclass(frozen=True, slots=True)
class Part:
    """What one source says of a record.

    Attributes:
        source: The source.
        external_id: The record's id there.
        said: Its fields; "" and a missing name say nothing.
        keys: By the name of the key, what the record is known by elsewhere.
    """

    source: str
    external_id: str
    said: Mapping[str, Value]
    keys: Mapping[str, str]

    @property
    def ref(self) -> Ref:
        """Its source and its id."""
        return self.source, self.external_id


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided: this record is that anchor's, or with `anchor_id` None it is nobody's."""

    anchor_id: str | None


@dataclass(frozen=True, slots=True)
class Link:
    """Which anchor a record was found to belong to.

    Attributes:
        state: `LINKED`, `AMBIGUOUS` (several anchors, or several records for one), or `APART`, as somebody decided.
        anchor_id: The anchor; "" where several came into question, or none may.
        method: The key that found it, or `BY_HAND`.
    """

    state: str
    anchor_id: str
    method: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a field comes from: the source that won, and what the others said that differs.

    Attributes:
        field: Its name in a mapping.
        source: Whose word counts; "" where nobody says anything.
        external_id: The record there.
        values: What counts.
        others: What those less believed say, where they say anything.
    """

    field: str
    source: str
    external_id: str
    values: tuple[Value, ...]
    others: tuple[tuple[str, str, tuple[Value, ...]], ...] = ()


def keyed(text: str) -> str:
    """How values of keys are compared: without case, without blanks around them."""
    return text.strip().casefold()


def links(
    rule: Rule,
    anchors: Iterable[Part],
    others: Iterable[Part],
    decisions: Mapping[Ref, Decision] = MappingProxyType({}),
) -> dict[Ref, Link]:
    """The link of each of the other records; one that no anchor is found for is left out.

    Exactly one anchor links; the first key that finds any decides. Two records of one source that find the same
    anchor are both ambiguous, unless a person decided for one of them.
    """
    index = indexed(anchors)
    found: dict[Ref, Link] = {}
    for other in others:
        decision = decisions.get(other.ref)
        link = found_by(rule, other.keys, index) if decision is None else _decided(decision)
        if link is not None:
            found[other.ref] = link
    return _alone(found)


def indexed(anchors: Iterable[Part]) -> dict[tuple[str, str], set[str]]:
    """The anchors' ids by each key they are known by."""
    index: dict[tuple[str, str], set[str]] = {}
    for anchor in anchors:
        for name, value in anchor.keys.items():
            if keyed(value):
                index.setdefault((name, keyed(value)), set()).add(anchor.external_id)
    return index


def found_by(rule: Rule, keys: Mapping[str, str], index: Mapping[tuple[str, str], Collection[str]]) -> Link | None:
    """The anchor that the first of the keys finds which finds any."""
    for name in rule.link:
        value = keyed(keys.get(name, ""))
        hits = index.get((name, value), ()) if value else ()
        if len(hits) == 1:
            return Link(LINKED, next(iter(hits)), name)
        if hits:
            return Link(AMBIGUOUS, "", name)
    return None


def _decided(decision: Decision) -> Link:
    return Link(APART, "", BY_HAND) if decision.anchor_id is None else Link(LINKED, decision.anchor_id, BY_HAND)


def _alone(found: dict[Ref, Link]) -> dict[Ref, Link]:
    """The links with those taken back that share their anchor with another record of the same source."""
    claims: dict[tuple[str, str], list[Ref]] = {}
    for ref, link in found.items():
        if link.state == LINKED:
            claims.setdefault((ref[0], link.anchor_id), []).append(ref)
    for (_, anchor_id), refs in claims.items():
        by_hand = [ref for ref in refs if found[ref].method == BY_HAND]
        winner = by_hand[0] if len(by_hand) == 1 else None
        for ref in refs if len(refs) > 1 else ():
            if ref != winner:
                found[ref] = Link(AMBIGUOUS, anchor_id, found[ref].method)
    return found


def blended(rule: Rule, parts: Sequence[Part]) -> tuple[dict[str, Value], tuple[Origin, ...]]:
    """The record that those parts make together, and where each field comes from; at most one part per source."""
    by_source = {part.source: part for part in parts}
    said: dict[str, Value] = {}
    origins = []
    for name, members in FIELDS[rule.kind].items():
        told = [
            (source, by_source[source].external_id, tuple(by_source[source].said[one] for one in members))
            for source in rule.order(name)
            if source in by_source and _says(by_source[source], members[0])
        ]
        empty = tuple("" for _ in members)
        source, external_id, values = told[0] if told else ("", "", empty)
        origins.append(Origin(name, source, external_id, values, tuple(one for one in told[1:] if one[2] != values)))
        if told:
            said |= dict(zip(members, values, strict=True))
    return said, tuple(origins)


def saying(rule: Rule) -> Callable[[Sequence[Part]], dict[str, Value]]:
    """What a group of parts says together: the first of what `blended` finds, for those who ask for many groups."""
    asked = [(members, rule.order(name)) for name, members in FIELDS[rule.kind].items()]

    def together(parts: Sequence[Part]) -> dict[str, Value]:
        by_source = {part.source: part.said for part in parts}
        found: dict[str, Value] = {}
        for members, order in asked:
            for source in order:
                said = by_source.get(source)
                if said is not None and said.get(members[0], "") != "":
                    for one in members:
                        found[one] = said[one]
                    break
        return found

    return together


def _says(part: Part, name: str) -> bool:
    return part.said.get(name, "") != ""


def members(rule: Rule, parts: Iterable[Part], found: Mapping[Ref, Link]) -> tuple[tuple[Part, ...], ...]:
    """The parts that make one record each, anchor or most believed source first; what waits is left out.

    A record without an anchor, or whose anchor is gone, counts by itself where the rule says so; an ambiguous one
    never does, for it may be one that is counted already.
    """
    by_anchor: dict[str, list[Part]] = {}
    listed = list(parts)
    for part in listed:
        if part.source == rule.anchor:
            by_anchor[part.external_id] = [part]
    alone: list[tuple[Part, ...]] = []
    for part in sorted(listed, key=lambda one: (rule.sources.index(one.source), one.external_id)):
        link = found.get(part.ref)
        if part.source == rule.anchor:
            continue
        if link is not None and link.state == LINKED and link.anchor_id in by_anchor:
            by_anchor[link.anchor_id].append(part)
        elif rule.unlinked == COUNT and (link is None or link.state != AMBIGUOUS):
            alone.append((part,))
    return (*map(tuple, by_anchor.values()), *alone)
