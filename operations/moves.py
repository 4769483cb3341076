"""A kind that a mapping takes from another source than before: what the old one still holds would be paid twice."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from engine.problems import Problem
from operations.sources import Feed
from store import facts, moves
from store import sync as syncs

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    import pandas as pd

    from operations.context import Context
    from operations.sources import RawPage, Source
    from store.moves import Told

#: Kinds that count once more for every source that holds them. People who are known twice are one by their address.
COUNTED = ("deal", "quota", "assignment", "rate", "event", "achievement", "incentive", "adjustment")


def doubled(ctx: Context, source: Source | Feed) -> dict[str, tuple[str, ...]]:
    """The sources that hold at least half of what each kind of this one is about to bring.

    Only looked at while the source is new or its mapping has changed; files are then read once more, and of an API
    the first page.
    """
    found: dict[str, tuple[str, ...]] = {}
    for kind in COUNTED:
        if kind not in source.kinds:
            continue
        with ctx.db.read() as conn:
            is_settled = syncs.state(conn, source.name, kind).config_hash == source.config_hash
            rivals = () if is_settled else _strangers(source, kind, moves.others(conn, kind, source.name))
        incoming = _incoming(source, kind) if rivals else {}
        with ctx.db.read() as conn:
            held = {rival: moves.overlap(conn, kind, rival, incoming) for rival in rivals}
        same = tuple(rival for rival, (both, all_) in held.items() if 0 < min(all_, len(incoming)) <= both * 2)
        if same:
            found[kind] = same
    return found


def _strangers(source: Source | Feed, kind: str, rivals: Sequence[str]) -> tuple[str, ...]:
    """Those of the sources whose records are not meant to be the same as this one's: nothing blended is doubled."""
    together = {name for rule in source.blends if rule.kind == kind for name in rule.sources}
    return tuple(rival for rival in rivals if rival not in together)


def problem(source: str, kind: str, old: str) -> Problem:
    """What ops must decide when a source brings what another one holds."""
    return Problem(
        code="source_renamed",
        message=(
            f"the {kind} records of source {source!r} are held under source {old!r}, which the mapping no longer "
            f"names for them; read again under the new name they would be paid twice, so nothing was read"
        ),
        remedy=f"Keep the name {old!r} in the mapping, or run `attain sync --retire {old}` to give its records up",
        where=source,
        found=source,
        allowed=old,
    )


def _incoming(source: Source | Feed, kind: str) -> dict[str, Told | None]:
    incoming: dict[str, Told | None] = {}
    for rows in _rows_of_feed(source, kind) if isinstance(source, Feed) else _rows_of_files(source, kind):
        if not len(rows):
            continue
        keys = facts.keys(kind, rows)
        if kind == "deal":
            told = zip(rows["name"].tolist(), rows["amount_cents"].tolist(), strict=True)
            incoming |= dict(zip(keys, told, strict=True))
        else:
            incoming |= dict.fromkeys(keys)
    return incoming


def _rows_of_files(source: Source, kind: str) -> Iterator[pd.DataFrame]:
    for page in source.pages(kind, {}):
        yield page.rows


def _rows_of_feed(feed: Feed, kind: str) -> Iterator[pd.DataFrame]:
    """What a first page holds: enough to tell whether the records are known under another name."""
    with closing(_pages(feed, kind)) as pages:
        first = next(pages, None)
    if first is not None and first.records:
        yield feed.normalise(kind, first.records, frozenset()).rows


def _pages(feed: Feed, kind: str) -> Generator[RawPage]:
    yield from feed.pages(kind, "backfill", None, None, {})
