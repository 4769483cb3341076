"""SPIFs: their rules as they were saved, and every move that led to the state they are in.

Rules are added and never rewritten. Those of the last announcement hold from then on; whatever is saved later is a
proposal until it is announced, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from engine.spifs import records
from store import bulk
from store.tables.spifs import spif, spif_move, spif_opt_out, spif_rules

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from engine.spifs.definition import Spif
    from engine.spifs.life import Move, State

#: The moves after which rules hold.
FREEZING = ("announce", "amend", "observe")


@dataclass(frozen=True, slots=True)
class By:
    """Who did something: a person, or the clock with the number 0."""

    rep_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Moved:
    """One move: what, by whom, why, when, on which rules and figures, and the state it led to."""

    move: Move
    state: State
    by: By
    reason: str
    rules_hash: str
    figures_hash: str
    at: datetime
    change_id: int


@dataclass(frozen=True, slots=True)
class Saved:
    """Rules as they were saved once, by whom and when."""

    rules: Spif
    rules_hash: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """A SPIF as it stands.

    Attributes:
        author: Who made it.
        seed: What its raffles are drawn with; "" before it is announced.
        newest: The rules saved last; `announced` are those that hold, None before there are any.
        moves: Every move, oldest first.
    """

    spif_id: int
    state: State
    author: By
    seed: str
    created_at: datetime
    newest: Saved
    announced: Saved | None
    moves: tuple[Moved, ...]

    @property
    def rules(self) -> Spif:
        """The rules that hold, or those of the draft."""
        return (self.announced or self.newest).rules

    @property
    def rules_hash(self) -> str:
        """Their hash."""
        return (self.announced or self.newest).rules_hash

    def last(self, *moves: Move) -> Moved | None:
        """The last of these moves, None where none was made."""
        return next((moved for moved in reversed(self.moves) if moved.move in moves), None)


def create(conn: Connection, rules: Spif, by: By, now: datetime, change_id: int) -> int:
    """The number of a new draft."""
    spif_id = bulk.next_id(conn, spif.c.spif_id)
    head = {"author_id": by.rep_id, "author": by.name, "state": "draft", "seed": "", "created_at": now}
    conn.execute(insert(spif), {"spif_id": spif_id, **head})
    save_rules(conn, spif_id, rules, by, (now, change_id))
    return spif_id


def save_rules(conn: Connection, spif_id: int, rules: Spif, by: By, when: tuple[datetime, int]) -> str:
    """The hash of rules that were added, by whom, when and in which change."""
    at, change_id = when
    rules_hash = records.spif_hash(rules)
    body = records.text_of(rules)
    row = {"spif_id": spif_id, "rules_hash": rules_hash, "body": body, "actor": by.name}
    conn.execute(insert(spif_rules), row | {"at": at, "change_id": change_id})
    return rules_hash


def record(conn: Connection, spif_id: int, moved: Moved) -> None:
    """A move stored, and the state that it led to."""
    row = {
        "spif_id": spif_id,
        "move": moved.move,
        "state": moved.state,
        "actor_id": moved.by.rep_id,
        "actor": moved.by.name,
        "reason": moved.reason,
        "rules_hash": moved.rules_hash,
        "figures_hash": moved.figures_hash,
        "at": moved.at,
        "change_id": moved.change_id,
    }
    conn.execute(insert(spif_move), row)
    conn.execute(update(spif).where(spif.c.spif_id == spif_id).values(state=moved.state))


def set_seed(conn: Connection, spif_id: int, seed: str) -> None:
    """The seed of its raffles stored, where there is none yet: it is drawn once."""
    conn.execute(update(spif).where(spif.c.spif_id == spif_id, spif.c.seed == "").values(seed=seed))


def get(conn: Connection, spif_id: int) -> Kept | None:
    """The SPIF of that number, None where there is none."""
    row = conn.execute(select(spif).where(spif.c.spif_id == spif_id)).first()
    return _kept(conn, row) if row is not None else None


def listed(conn: Connection, states: Collection[State] | None = None) -> tuple[Kept, ...]:
    """Every SPIF, or those in some states, newest first."""
    wanted = select(spif).order_by(spif.c.spif_id.desc())
    if states is not None:
        wanted = wanted.where(spif.c.state.in_(sorted(states)))
    return tuple(_kept(conn, row) for row in conn.execute(wanted).all())


def opted_out(conn: Connection) -> frozenset[int]:
    """Who does not want their name on boards that others read."""
    return frozenset(conn.execute(select(spif_opt_out.c.rep_id)).scalars())


def opt_out(conn: Connection, rep_id: int, now: datetime, *, wanted: bool) -> None:
    """Keep a person's name off the boards, or let it stand there again."""
    if wanted:
        bulk.insert_new(conn, spif_opt_out, {"rep_id": rep_id, "since_at": now}, ("rep_id",))
    else:
        conn.execute(spif_opt_out.delete().where(spif_opt_out.c.rep_id == rep_id))


def _kept(conn: Connection, row: Row[tuple[object, ...]]) -> Kept:
    head = row._mapping
    own = head["spif_id"]
    moves = tuple(
        Moved(
            each.move,
            each.state,
            By(each.actor_id, each.actor),
            each.reason,
            each.rules_hash,
            each.figures_hash,
            each.at,
            each.change_id,
        )
        for each in conn.execute(select(spif_move).where(spif_move.c.spif_id == own).order_by(spif_move.c.move_id))
    )
    every = conn.execute(select(spif_rules).where(spif_rules.c.spif_id == own).order_by(spif_rules.c.rules_id)).all()
    frozen = next((moved.rules_hash for moved in reversed(moves) if moved.move in FREEZING), "")
    announced = next((each for each in reversed(every) if each.rules_hash == frozen), None)
    return Kept(
        spif_id=own,
        state=head["state"],
        author=By(head["author_id"], head["author"]),
        seed=head["seed"],
        created_at=head["created_at"],
        newest=_saved(every[-1]),
        announced=_saved(announced) if announced is not None else None,
        moves=moves,
    )


def _saved(row: Row[tuple[object, ...]]) -> Saved:
    held = row._mapping
    return Saved(records.from_text(held["body"]), held["rules_hash"], held["actor"], held["at"])
