"""The life of an ops alert: open → snoozed, accepted or resolved by a fix → closed, by itself, once it is gone.

An alert opens when its condition is found and closes only when a check no longer finds it; people take it, put it off
with a reason, fix it, or accept it with a reason. What comes back opens again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

from engine.errors import MoveRefused

if TYPE_CHECKING:
    from datetime import datetime

State = Literal["open", "snoozed", "resolved", "accepted", "closed"]
#: What people do, and what a check does.
Press = Literal["take", "snooze", "wake", "resolve", "accept"]
Seen = Literal["opened", "reopened", "woken", "closed"]
STATES: tuple[State, ...] = get_args(State)

_ALLOWED: dict[Press, frozenset[State]] = {
    "take": frozenset({"open", "snoozed", "resolved", "accepted"}),
    "snooze": frozenset({"open", "resolved"}),
    "wake": frozenset({"snoozed", "accepted"}),
    "resolve": frozenset({"open", "snoozed"}),
    "accept": frozenset({"open", "snoozed", "resolved"}),
}
_TO: dict[Press, State] = {"snooze": "snoozed", "wake": "open", "resolve": "resolved", "accept": "accepted"}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an alert stands.

    Attributes:
        state: The state.
        until: Until when it is snoozed, or until when a fix that takes its time may still work.
        lifts_lock: An admin put it off, so that it does not hold up a lock meanwhile.
        accepted: The marks of the findings that were accepted.
    """

    state: State = "closed"
    until: datetime | None = None
    lifts_lock: bool = False
    accepted: frozenset[str] = frozenset()


NEW = Standing()


def found(standing: Standing, marks: frozenset[str], now: datetime) -> tuple[Standing, Seen | None]:
    """Where the alert stands after a check that found its condition with those marks, and what that did."""
    if standing.state == "closed":
        return Standing("open"), "reopened"
    if standing.state in ("snoozed", "resolved"):
        if standing.until is not None and now < standing.until:
            return standing, None
        return Standing("open"), "woken" if standing.state == "snoozed" else "reopened"
    if standing.state == "accepted" and not marks <= standing.accepted:
        return Standing("open"), "reopened"
    return standing, None


def gone(standing: Standing) -> tuple[Standing, Seen | None]:
    """Where the alert stands after a check that no longer found its condition."""
    return (standing, None) if standing.state == "closed" else (NEW, "closed")


def pressed(standing: Standing, press: Press, after: Standing | None = None) -> Standing:
    """Where the alert stands after somebody did that; `after` brings what the new state needs.

    Raises:
        MoveRefused: The state does not allow it.
    """
    if standing.state not in _ALLOWED[press]:
        raise MoveRefused(f"An alert that is {standing.state} cannot be asked to {press}. Look at it once more.")
    if press == "take":
        return standing
    return replace(after or Standing(), state=_TO[press])


def blocks_lock(severity: int, standing: Standing) -> bool:
    """Whether an alert holds up a lock: severity 1, neither closed, accepted, nor put off by an admin."""
    if severity != 1 or standing.state in ("closed", "accepted"):
        return False
    return not (standing.state == "snoozed" and standing.lifts_lock)
