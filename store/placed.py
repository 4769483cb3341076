"""Where people stand, as the engine's frame: placements and positions laid over each other, and people's records.

For each day the placement that began last says team, territory and manager, and the position that began last says
role and title; where none covers the day, the person's own record does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sqlalchemy import Integer, select, type_coerce

from engine.frames import shaped
from store import known
from store.columns import FOREVER_DAY
from store.tables.counted import position
from store.tables.facts import person, placement

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sqlalchemy import Connection, Table

    Ints = NDArray[np.int64]

#: Before any day that a source could name, and after.
FIRST, LAST = -(2**30), FOREVER_DAY
_HIGH = 32


def people(conn: Connection, watermark: int) -> pd.DataFrame:
    """The frame `people` of everybody, for a hierarchy is only whole with all, as known once that change was made."""
    own = _read(conn, person, ("rep_id", "manager_id", "role", "title", "team"), watermark)
    own = own[own["is_primary"] == 1].drop_duplicates("rep_id").sort_values("rep_id")
    placed = _read(conn, placement, ("rep_id", "manager_id", "team", "territory"), watermark)
    titled = _read(conn, position, ("rep_id", "role", "title"), watermark)
    rep_id, start, end = _stretches(own["rep_id"].to_numpy(), placed, titled)
    row = np.searchsorted(own["rep_id"].to_numpy(), rep_id)
    found: dict[str, Any] = {"rep_id": rep_id, "start_on": start, "end_on": end}
    for name in ("manager_id", "role", "title", "team"):
        found[name] = own[name].to_numpy()[row]
    found["territory"] = np.full(len(row), "", dtype=object)
    for spans, names in ((placed, ("manager_id", "team", "territory")), (titled, ("role", "title"))):
        at = _covering(spans, rep_id, start)
        for name in names:
            said = np.append(spans[name].to_numpy(), found[name][:1] if len(found[name]) else [0])[at]
            found[name] = np.where(at < len(spans), said, found[name])
    return shaped("people", pd.DataFrame(found))


def _read(conn: Connection, table: Table, names: tuple[str, ...], watermark: int) -> pd.DataFrame:
    """The versions of people that were current then, by person and first day."""
    more = ("is_primary",) if table is person else ("start_on", "end_on")
    columns = [
        type_coerce(table.c[name], Integer) if name in ("start_on", "end_on") else table.c[name] for name in more
    ]
    rows = conn.execute(
        select(*(table.c[name] for name in names), *columns).where(known.at(table, watermark), table.c.rep_id != 0)
    ).all()
    frame = pd.DataFrame([tuple(row) for row in rows], columns=[*names, *more])
    if table is person:
        return frame
    frame = frame[frame["start_on"] < frame["end_on"]]
    return frame.sort_values(["rep_id", "start_on", "end_on"], kind="stable").reset_index(drop=True)


def _stretches(everybody: Ints, placed: pd.DataFrame, titled: pd.DataFrame) -> tuple[Ints, Ints, Ints]:
    """The stretches of each person without any move: person, first day, first day after."""
    edges = [(everybody, np.full(len(everybody), FIRST))]
    for spans in (placed, titled):
        reps = spans["rep_id"].to_numpy(dtype=np.int64)
        edges += [(reps, spans[name].to_numpy(dtype=np.int64)) for name in ("start_on", "end_on")]
    rep_id = np.concatenate([reps for reps, _ in edges]).astype(np.int64)
    days = np.concatenate([days for _, days in edges]).astype(np.int64)
    mine = np.isin(rep_id, everybody)
    keys = np.unique((rep_id[mine] << _HIGH) + np.clip(days[mine], FIRST, LAST) - FIRST)
    rep_id, start = keys >> _HIGH, (keys & ((1 << _HIGH) - 1)) + FIRST
    ends = start < LAST
    rep_id, start = rep_id[ends], start[ends]
    follows = np.append(rep_id[1:] == rep_id[:-1], False) if len(rep_id) else np.zeros(0, dtype=bool)
    end = np.where(follows, np.roll(start, -1), LAST)
    return rep_id, start, end


def _covering(spans: pd.DataFrame, rep_id: Ints, day: Ints) -> Ints:
    """The span of each person that began last among those that cover the day; their number where none does."""
    count = len(spans)
    found = np.full(len(rep_id), count, dtype=np.int64)
    if not count:
        return found
    reps = spans["rep_id"].to_numpy(dtype=np.int64)
    start, end = (spans[name].to_numpy(dtype=np.int64) for name in ("start_on", "end_on"))
    at = np.searchsorted((reps << _HIGH) + start - FIRST, (rep_id << _HIGH) + day - FIRST, side="right") - 1
    open_ = np.arange(len(rep_id))
    while len(open_):  # a span may lie inside a longer one: then go back to the one before
        place = at[open_]
        own = (place >= 0) & (reps[np.maximum(place, 0)] == rep_id[open_])
        open_, place = open_[own], place[own]
        covers = day[open_] < end[place]
        found[open_[covers]] = place[covers]
        open_ = open_[~covers]
        at[open_] -= 1
    return found
