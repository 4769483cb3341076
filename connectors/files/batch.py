"""One validated file cut into pages."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from connectors.normalise.sheet import arrow_text
from connectors.source import BLENDED_ROWS, PAGE_ROWS, FileSeen, Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from connectors.files.tables import Table
    from connectors.normalise.rows import Normalised
    from connectors.schema import KindMapping
    from connectors.source import Cursor
    from engine.problems import Problem


@dataclass(frozen=True, slots=True)
class Batch:
    """A file's rows, the cursor before it and the one after its last page."""

    mapping: KindMapping
    table: Table
    normalised: Normalised
    before: Cursor
    after: Cursor


def pages_of(batch: Batch) -> Iterator[Page]:
    """The file's pages; refused rows come with the first, the new cursor and the keys of a snapshot with the last."""
    rows = _ordered(batch)
    edges = _edges(batch.mapping.kind, rows, BLENDED_ROWS if batch.mapping.keys else PAGE_ROWS)
    rejected = _placed(batch)
    snapshot = batch.mapping.fmt.snapshot
    file = batch.table.file
    total = len(batch.table.frame) + batch.table.skipped
    for number, (start, stop) in enumerate(edges):
        first, last = number == 0, number == len(edges) - 1
        beside = len(rejected) + batch.table.skipped if first else 0
        yield Page(
            kind=batch.mapping.kind,
            rows=rows.iloc[start:stop].reset_index(drop=True) if len(edges) > 1 else rows,
            rejected=rejected if first else rejected.iloc[:0],
            read=stop - start + beside,
            skipped=batch.table.skipped if first else 0,
            total=total,
            cursor=batch.after if last else batch.before,
            present=batch.normalised.everything if snapshot and last else None,
            files=(FileSeen(file.name, file.sha256, file.body),) if last else (),
        )


def refusal_page(kind: str, cursor: Cursor, problems: tuple[Problem, ...]) -> Page:
    """The page that ends a reading which cannot be trusted any further."""
    nothing = pd.DataFrame()
    return Page(kind, nothing, nothing, read=0, skipped=0, total=None, cursor=cursor, refused=problems)


def _ordered(batch: Batch) -> pd.DataFrame:
    """The rows with their place in the file, deals and people by their id, since new ones are numbered as they come.

    So the order of the lines decides nothing. Splits of a deal stand together so that no page cuts them apart.
    """
    rows = batch.normalised.rows
    if batch.mapping.kind == "deal":
        lines = batch.table.lines[batch.normalised.positions]
        place = pd.Series(lines).astype("str")
        rows["raw_ref"] = f"{batch.table.file.sha256[:12]}:" + place
    if batch.mapping.kind == "split":
        return rows.sort_values("deal_external_id", kind="stable", ignore_index=True)
    if batch.mapping.kind in ("deal", "person") and not rows["external_id"].is_monotonic_increasing:
        order = pc.sort_indices(arrow_text(rows["external_id"]))
        return rows.take(order.to_numpy()).reset_index(drop=True)
    return rows


def _edges(kind: str, rows: pd.DataFrame, most: int) -> list[tuple[int, int]]:
    count = len(rows)
    if count <= most:
        return [(0, count)]
    cuts = np.arange(most, count, most)
    if kind == "split":
        cuts = _group_starts(rows, cuts)
    return list(pairwise([0, *cuts.tolist(), count]))


def _group_starts(rows: pd.DataFrame, cuts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each cut moved back to the start of the deal it falls into; a deal with more splits than a page stays whole."""
    deal = rows["deal_external_id"].to_numpy()
    starts = np.concatenate([[0], np.flatnonzero(deal[1:] != deal[:-1]) + 1])
    moved = np.unique(starts[np.searchsorted(starts, cuts, side="right") - 1])
    return moved[moved > 0]


def _placed(batch: Batch) -> pd.DataFrame:
    """The refused rows with file and line in `place`."""
    rejected = batch.normalised.rejected
    lines = batch.table.lines[rejected["position"].to_numpy(dtype=np.int64)]
    place = [f"{batch.table.file.name}:{line}" for line in lines.tolist()]
    return rejected.drop(columns="position").assign(place=pd.Series(place, dtype="str"))
