"""Records that several sources tell of: declared, looked into, and decided where keys cannot tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.access import can
from engine.blending import LINKED, blended, members
from operations.errors import LinkRefused, NotForYou
from store import blended as told
from store import blending, blending_links, blending_rules, changes, runs
from store.blending_rules import Verdict

if TYPE_CHECKING:
    from engine.blending import Origin, Ref, Rule
    from operations.context import Context
    from operations.sources import Feed, Source
    from store.blended import Telling, Unmatched


@dataclass(frozen=True, slots=True)
class Blend:
    """A record as its sources tell of it.

    Attributes:
        rule: How it is blended.
        tellings: What each source said, the anchor first; a record that waits stands alone.
        origins: For each field whose word counts, and what the others say instead.
        counts: Whether it is a record that counts, or waits for one that it belongs to.
    """

    rule: Rule
    tellings: tuple[Telling, ...]
    origins: tuple[Origin, ...]
    counts: bool


def declare(ctx: Context, source: Source | Feed) -> None:
    """The source's mapping says how its records are blended; what that changes is blended anew."""
    with ctx.db.write() as conn:
        change_id = changes.begin(conn, ctx.actor_name, f"blend {source.name}", ctx.now)
        applied = blending_rules.declare(conn, source.name, source.blends, change_id, ctx.now)
        if not applied.written:
            changes.withdraw(conn, change_id)
        elif applied.touched:
            runs.mark_stale(conn, applied.touched, change_id)


def show(ctx: Context, kind: str, ref: Ref, watermark: int | None = None) -> Blend | None:
    """Where each field of a record comes from, now or as known once that change was made; None if no source told."""
    with ctx.db.read() as conn:
        at = changes.watermark(conn) if watermark is None else watermark
        rule, tellings = told.tellings(conn, kind, ref, at)
    if rule is None or not tellings:
        return None
    parts = [one.part for one in tellings]
    links = {one.part.ref: one.link for one in tellings if one.link is not None}
    groups = members(rule, parts, links)
    _, origins = blended(rule, groups[0] if groups else parts)
    return Blend(rule, tellings, origins, bool(groups))


def unmatched(ctx: Context, kind: str = "deal") -> tuple[Unmatched, ...]:
    """Records of blended sources that stand without one of another source, on both sides."""
    with ctx.db.read() as conn:
        return told.unmatched(conn, kind)


def decide(ctx: Context, kind: str, ref: Ref, anchor_id: str | None) -> None:
    """A person says which anchor a record belongs to: its id, "" for none, None to let the keys tell again.

    Raises:
        NotForYou: The actor does not run Attain.
        LinkRefused: There is no such record or anchor, or another record of the source has the anchor.
    """
    if ctx.actor is not None and not can(ctx.actor, "sync", ctx.actor, ()):
        raise NotForYou
    with ctx.db.write() as conn:
        rule = blending_links.rule(conn, kind, ref[0])
        if rule is None or ref[0] == rule.anchor:
            raise LinkRefused(f"{kind} records of {ref[0]} are not linked to another source's")
        wanted = {ref} | ({(rule.anchor, anchor_id)} if anchor_id else set())
        missing = wanted - blending.parts(conn, kind, wanted).keys()
        if missing:
            raise LinkRefused(f"there is no {kind} {' and no '.join(f'{s}:{r}' for s, r in sorted(missing))}")
        holder = blending.decided_for(conn, rule, anchor_id or "", ref[0])
        if anchor_id and holder not in ("", ref[1]):
            raise LinkRefused(f"{rule.anchor}:{anchor_id} was given to {ref[0]}:{holder} by hand")
        change_id = changes.begin(conn, ctx.actor_name, f"link {ref[0]}", ctx.now)
        verdict = Verdict(kind, ref[0], ref[1], anchor_id)
        applied = blending_rules.decide(conn, verdict, ctx.actor_name, change_id, ctx.now)
        if applied.touched:
            runs.mark_stale(conn, applied.touched, change_id)


def is_linked(one: Telling) -> bool:
    """Whether the telling's record belongs to an anchor."""
    return one.link is not None and one.link.state == LINKED
