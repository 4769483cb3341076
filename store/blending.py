"""Records that several sources tell of, as they come in: kept apart, linked, and written as the one fact they make.

What each source says is a version of its own (`part`), and so is every link. The fact has the identity of its anchor;
it follows from the parts, the links and the rule, so that the order in which they came does not matter. Only what a
page can have moved is looked at again: the records that share a key with one of its own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import delete, select

from engine.blending import AMBIGUOUS, BY_HAND, FIELDS, LINKED, Decision, Link, Part, keyed, links, saying
from engine.blending import members as members_of
from store import blending_links, columns, facts, kinds, quarantine
from store.blend_parts import Parts, by_source, current, known, part_key
from store.blending_repoint import repoint
from store.bulk import PAGE, among, fetch_all, upsert
from store.columns import NOTHING
from store.facts import Applied
from store.labels import number, words
from store.quarantine import Held
from store.tables.blending import blend_key, blend_link, blend_part

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.blending import Ref, Rule

#: How a column of a page is called that says what a record is known by elsewhere.
KEY_PREFIX = "key:"
#: What quarantine calls links that a person has to decide.
LINK_KIND = "link"
_AMBIGUOUS = "link_ambiguous"


@dataclass(frozen=True, slots=True)
class Told:
    """What one source tells of a kind: rows in the kind's columns and `key:…`, and ids that are gone."""

    kind: str
    source: str
    rows: pd.DataFrame
    gone: Collection[str] = ()


@dataclass(slots=True)
class Reach:
    """What a page can have moved.

    Attributes:
        changed: Records that say something new, or are gone.
        anchors: Anchors among them, or that share a key with one.
        others: Records of other sources whose link may be another one now.
        near: Records that the links of `others` are judged beside.
    """

    changed: set[Ref]
    anchors: set[str] = field(default_factory=set)
    others: set[Ref] = field(default_factory=set)
    near: set[Ref] = field(default_factory=set)


def rule_for(conn: Connection, kind: str, source: str) -> Rule | None:
    """The rule by which the source's records of the kind are blended; None where they stand for themselves."""
    return blending_links.rule(conn, kind, source) if kind in FIELDS else None


def take(conn: Connection, told: Told, rule: Rule, change_id: int, now: datetime) -> Applied:
    """What the page did: its parts kept, and every fact that follows from them written anew where it differs."""
    applied = _keep(conn, told, change_id)
    changed = _changed(conn, rule, change_id)
    return applied if not changed else _plus(applied, settle(conn, rule, changed, change_id, now))


def settle(conn: Connection, rule: Rule, changed: set[Ref], change_id: int, now: datetime) -> Applied:
    """Links and facts of everything that those records can have moved."""
    before = blending_links.keys_of(conn, rule.kind, changed)
    told = Parts(conn, rule.kind, change_id)
    now_known = _set_keys(conn, rule, changed, told)
    values = {value for keys in (*before.values(), *now_known.values()) for value in keys.values()}
    reach = _reach(conn, rule, changed, values)
    moved = _relink(conn, rule, reach, told)
    applied = _reblend(conn, rule, reach, moved, told)
    _note_ambiguous(conn, rule, reach.others | changed, now)
    meant = {(rule.anchor, record) for record in reach.anchors | moved.anchors} | reach.others | changed | moved.refs
    return applied + repoint(conn, rule, meant, change_id)


def live_records(conn: Connection, kind: str, source: str) -> frozenset[str]:
    """The ids of the source's records of a blended kind that are known and not deleted."""
    label = number(conn, source)
    live = select(blend_part.c.record).where(
        blend_part.c.of_kind == kind,
        blend_part.c.source_label == label,
        blend_part.c.superseded_by.is_(None),
        blend_part.c.deleted == 0,
    )
    return frozenset(conn.execute(live).scalars())


def parts(conn: Connection, kind: str, refs: Iterable[Ref] | None = None) -> dict[Ref, Part]:
    """The live parts of those records, or of all of the kind."""
    return {part.ref: part for part, _ in known(conn, kind, refs).values()}


def decided_for(conn: Connection, rule: Rule, anchor_id: str, source: str) -> str:
    """The source's record that somebody gave that anchor by hand; "" for none."""
    theirs = select(blend_link.c.record).where(
        blend_link.c.of_kind == rule.kind,
        blend_link.c.superseded_by.is_(None),
        blend_link.c.deleted == 0,
        blend_link.c.anchor_id == anchor_id,
        blend_link.c.method == BY_HAND,
        blend_link.c.source_label == number(conn, source),
    )
    return conn.execute(theirs).scalar() or ""


def _plus(kept: Applied, settled: Applied) -> Applied:
    """The parts count as what was new and changed; of the facts that follow only whom they touch."""
    versions = settled.written
    return replace(
        kept, healed=kept.healed + versions, touched=settled.touched, unresolved=kept.unresolved + settled.unresolved
    )


def _keep(conn: Connection, told: Told, change_id: int) -> Applied:
    applied = Applied()
    if len(told.rows):
        applied += facts.apply(conn, "part", _as_parts(told), change_id)
    if told.gone:
        gone = {part_key(told.kind, record) for record in told.gone}
        applied += facts.delete(conn, "part", told.source, gone, change_id)
    return applied


def _as_parts(told: Told) -> pd.DataFrame:
    """A page as parts: every field in its stored form, `""` where the source says nothing."""
    kind = kinds.named(told.kind)
    frame = told.rows
    rows = columns.read(kind, told.source, frame)
    names = [one.name for one in kind.hashed if one.name not in kind.key]
    listed = {name: rows.texts[name] if name in rows.texts else rows.numbers[name].tolist() for name in names}
    known = [name for name in frame.columns if name.startswith(KEY_PREFIX)]
    keys = {name.removeprefix(KEY_PREFIX): frame[name].tolist() for name in known}
    said = []
    for place, blank in enumerate(rows.deleted.tolist()):
        one = {name: values[place] for name, values in listed.items() if values[place] not in ("", NOTHING)}
        if blank:  # neither is there: the store keeps no empty number
            one = {name: value for name, value in one.items() if value != 0}
        said.append(_spelled(one))
    return pd.DataFrame(
        {
            "source": told.source,
            "of_kind": told.kind,
            "record": rows.keys,
            "said": said,
            "keys": [_spelled(_held(keys, place)) for place in range(len(rows))],
            "source_at": frame.get("source_at"),
            "raw_ref": frame.get("raw_ref", ""),
        }
    )


def _held(keys: Mapping[str, list[Any]], place: int) -> dict[str, str]:
    return {name: keyed(str(values[place])) for name, values in keys.items() if keyed(str(values[place] or ""))}


def _spelled(said: Mapping[str, Any]) -> str:
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _changed(conn: Connection, rule: Rule, change_id: int) -> set[Ref]:
    """The records whose parts this change wrote."""
    mine = select(blend_part.c.source_label, blend_part.c.record).where(
        blend_part.c.change_id == change_id, blend_part.c.superseded_by.is_(None), blend_part.c.of_kind == rule.kind
    )
    names = words(conn)
    return {(names[source], record) for source, record in fetch_all(conn, mine)}


def _set_keys(conn: Connection, rule: Rule, changed: set[Ref], told: Parts) -> dict[Ref, Mapping[str, str]]:
    """What the changed records are known by now, on record; keys that no rule tries are of no use."""
    known = {
        ref: {name: value for name, value in part.keys.items() if name in rule.link}
        for ref, part in told.of(changed).items()
    }
    for source, records in by_source(changed).items():
        for start in range(0, len(records), PAGE):
            mine = among(conn, blend_key.c.record, records[start : start + PAGE])
            conn.execute(
                delete(blend_key).where(blend_key.c.of_kind == rule.kind, blend_key.c.source == source, mine)
            )
    rows = [
        {"of_kind": rule.kind, "source": ref[0], "record": ref[1], "name": name, "value": value}
        for ref, keys in sorted(known.items())
        for name, value in sorted(keys.items())
    ]
    upsert(conn, blend_key, rows, ("of_kind", "source", "record", "name"))
    return dict(known)


def _reach(conn: Connection, rule: Rule, changed: set[Ref], values: set[str]) -> Reach:
    """Who shares a key with what changed, and who stands beside those."""
    reach = Reach(changed)
    touched = changed | blending_links.holders(conn, rule.kind, values)
    reach.anchors = {record for source, record in touched if source == rule.anchor}
    reach.others = {ref for ref in touched if ref[0] in rule.sources[1:]}
    reach.others |= _linked_to(conn, rule, reach.anchors)
    theirs = blending_links.keys_of(conn, rule.kind, reach.others)
    wanted = {value for keys in theirs.values() for value in keys.values()}
    met = {record for ids in blending_links.index_of(conn, rule, wanted).values() for record in ids}
    met |= reach.anchors | {link.anchor_id for link in _kept_links(conn, rule, reach.others).values()}
    shared = blending_links.keys_of(conn, rule.kind, {(rule.anchor, record) for record in met})
    beside = blending_links.holders(conn, rule.kind, {v for keys in shared.values() for v in keys.values()})
    reach.near = reach.others | {ref for ref in beside if ref[0] in rule.sources[1:]} | _linked_to(conn, rule, met)
    reach.anchors |= met - {""}
    return reach


@dataclass(slots=True)
class _Moved:
    """Links that are not what they were: whose, and the anchors before and after."""

    refs: set[Ref] = field(default_factory=set)
    anchors: set[str] = field(default_factory=set)


def _relink(conn: Connection, rule: Rule, reach: Reach, told: Parts) -> _Moved:
    """The links as they are now, on record."""
    before = _kept_links(conn, rule, reach.near)
    live = told.of(reach.near)
    values = {value for part in live.values() for value in part.keys.values()}
    ids = {record for found in blending_links.index_of(conn, rule, values).values() for record in found}
    anchors = told.of({(rule.anchor, record) for record in ids})
    decisions = {ref: Decision(link.anchor_id or None) for ref, link in before.items() if link.method == BY_HAND}
    found = links(rule, anchors.values(), live.values(), decisions)
    judged = {ref for ref in reach.near if ref in reach.others or _meets(found.get(ref), reach.anchors)}
    moved = _Moved({ref for ref in judged if found.get(ref) != before.get(ref) and ref not in decisions})
    moved.anchors = {one.anchor_id for ref in moved.refs for one in (found.get(ref), before.get(ref)) if one}
    rows = [_link_row(rule, ref, found[ref]) for ref in sorted(moved.refs) if ref in found]
    if rows:
        facts.apply(conn, "link", pd.DataFrame(rows), told.change_id)
    for source, records in by_source(ref for ref in moved.refs if ref not in found).items():
        facts.delete(conn, "link", source, {part_key(rule.kind, one) for one in records}, told.change_id)
    return moved


def _meets(link: Link | None, anchors: set[str]) -> bool:
    return link is not None and link.anchor_id in anchors


def _link_row(rule: Rule, ref: Ref, link: Link) -> dict[str, str]:
    said = {"state": link.state, "anchor_id": link.anchor_id, "method": link.method, "decided_by": ""}
    return {"source": ref[0], "of_kind": rule.kind, "record": ref[1]} | said


def _reblend(conn: Connection, rule: Rule, reach: Reach, moved: _Moved, told: Parts) -> Applied:
    """The facts of every record that a changed part or link is about."""
    mine = {record for source, record in reach.changed if source == rule.anchor}
    others = {ref for ref in reach.changed | moved.refs if ref[0] != rule.anchor}
    found = _kept_links(conn, rule, others)
    mine |= moved.anchors | {link.anchor_id for link in found.values() if link.state == LINKED}
    others |= _linked_to(conn, rule, mine)
    wanted = {(rule.anchor, record) for record in mine if record} | others
    known = told.with_places(wanted)
    kept = _kept_links(conn, rule, others)
    made = members_of(rule, [part for part, _ in known.values()], kept)
    applied = Applied()
    if made:
        rows = _facts(rule, made, [known[group[0].ref][1] for group in made])
        applied += facts.apply(conn, rule.kind, rows, told.change_id)
    there = {group[0].ref for group in made}
    for source, records in by_source(wanted - there).items():
        applied += facts.delete(conn, rule.kind, source, records, told.change_id)
    return applied


def _facts(rule: Rule, groups: Sequence[Sequence[Part]], raw_refs: list[str]) -> pd.DataFrame:
    """Groups of parts as rows of their kind; one that has no amount or no date counts nowhere."""
    together = list(map(saying(rule), groups))
    firsts = [group[0] for group in groups]
    found: dict[str, list[Any]] = {
        "source": [one.source for one in firsts],
        "external_id": [one.external_id for one in firsts],
        "raw_ref": raw_refs,
    }
    for one in kinds.named(rule.kind).hashed:
        if one.name != "external_id":
            empty: Any = "" if one.shape in ("text", "label") else 0
            found[one.name] = [said.get(one.name, empty) for said in together]
    found["deleted"] = ["amount_cents" not in said or "booked_on" not in said for said in together]
    return pd.DataFrame(found)


def _kept_links(conn: Connection, rule: Rule, refs: Iterable[Ref]) -> dict[Ref, Link]:
    """The links on record of those records."""
    names = words(conn)
    rows = current(conn, blend_link, ("record", "state", "anchor_id", "method"), rule.kind, refs)
    return {(names[label], record): Link(state, anchor, method) for label, record, state, anchor, method in rows}


def _linked_to(conn: Connection, rule: Rule, anchors: Collection[str]) -> set[Ref]:
    """The records that have a link to one of the anchors."""
    theirs = select(blend_link.c.source_label, blend_link.c.record).where(
        blend_link.c.of_kind == rule.kind,
        blend_link.c.superseded_by.is_(None),
        blend_link.c.deleted == 0,
        among(conn, blend_link.c.anchor_id, sorted(set(anchors) - {""})),
    )
    names = words(conn)
    found = {(names[label], record) for label, record in fetch_all(conn, theirs)}
    return {ref for ref in found if ref[0] in rule.sources[1:]}


def _note_ambiguous(conn: Connection, rule: Rule, looked_at: set[Ref], now: datetime) -> None:
    """Records that may belong to several wait until somebody decides; those that no longer do wait no more."""
    mine = {ref for ref in looked_at if ref[0] != rule.anchor}
    found = _kept_links(conn, rule, mine)
    known = parts(conn, rule.kind, [ref for ref, link in found.items() if link.state == AMBIGUOUS])
    for source, records in by_source(mine).items():
        clear = [record for record in records if (source, record) not in known]
        quarantine.close_passed(conn, source, LINK_KIND, clear, now)
    quarantine.put(conn, [_held_link(part, found[ref]) for ref, part in sorted(known.items())], now)


def _held_link(part: Part, link: Link) -> Held:
    which = f"{link.anchor_id} and another record claim each other" if link.anchor_id else "several records have it"
    return Held(
        source=part.source,
        kind=LINK_KIND,
        external_id=part.external_id,
        code=_AMBIGUOUS,
        detail=f"which record it belongs to cannot be told by {link.method}: {which}",
        remedy="correct the key at the source, or decide with `attain blend link`",
        label=str(part.said.get("name", part.external_id)),
        owner_external_id=str(part.said.get("owner_external_id", "")),
    )
