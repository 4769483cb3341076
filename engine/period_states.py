"""The life of a pay period: open → review → locked → paid, who may move it, and what a move needs.

Locking needs another person than the one who put the period up for review; going back needs a reason. What is paid is
never reopened: what was wrong in it is corrected in the open period.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from engine.errors import MoveRefused

State = Literal["open", "review", "locked", "paid"]
Move = Literal["submit", "withdraw", "lock", "reopen", "pay"]
MOVES: tuple[Move, ...] = get_args(Move)

_TO: dict[tuple[State, Move], State] = {
    ("open", "submit"): "review",
    ("review", "withdraw"): "open",
    ("review", "lock"): "locked",
    ("locked", "reopen"): "open",
    ("locked", "pay"): "paid",
}
_ROLES: dict[Move, frozenset[str]] = {
    "submit": frozenset({"ops", "admin"}),
    "withdraw": frozenset({"ops", "admin"}),
    "lock": frozenset({"ops", "admin"}),
    "reopen": frozenset({"admin"}),
    "pay": frozenset({"ops", "admin"}),
}
_NEEDS_REASON = frozenset({"withdraw", "reopen"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A move that somebody asks for: who they are, what role they have, and why. `submitted_by` made the review."""

    move: Move
    by: str
    role: str
    reason: str = ""
    submitted_by: str = ""


def moved(state: State, asked: Asked) -> State:
    """The state after the move.

    Raises:
        MoveRefused: The state has no such move, the role may not make it, a reason is missing, or the one who
            approves is the one who submitted.
    """
    after = _TO.get((state, asked.move))
    if after is None:
        allowed = ", ".join(move for (before, move) in _TO if before == state) or "nothing"
        raise MoveRefused(f"A period that is {state} cannot be asked to {asked.move}. Allowed here: {allowed}.")
    if asked.role not in _ROLES[asked.move]:
        allowed = " or ".join(sorted(_ROLES[asked.move]))
        raise MoveRefused(f"Your role ({asked.role}) may not {asked.move} a period. Ask somebody who is {allowed}.")
    if asked.move in _NEEDS_REASON and not asked.reason.strip():
        raise MoveRefused(f"To {asked.move} a period needs a reason, which is kept in the audit trail. Give one.")
    if asked.move == "lock" and asked.by == asked.submitted_by:
        raise MoveRefused("Whoever puts a period up for review cannot approve it. Ask somebody else to lock it.")
    return after
