"""The life of a SPIF, S1 to S13: which move leads where, who may make it, and what it needs.

    draft ─check→ checked ─approve_budget→ budget_approved ─announce→ announced ─open→ live ─close→ closed
      ─verify→ verification ─propose→ results_proposed ─approve_results→ results_approved ─pay→ paid
      ─watch→ clawback ─review→ reviewed

Until it is announced every edit leads back to the draft, so that lint, dry run and budget are judged anew; so does a
budget that is refused (`decline`, with a reason). From then on its rules are frozen: a change is a new version
(`amend`), with a second person, a reason, and a notice, or is declined, and the announced rules go on. A hidden
run is observed from `checked` on and concluded when it is closed: nobody is told, nothing is paid. Until prizes are
paid it can be cancelled, with a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from engine.errors import SpifMoveRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

State = Literal[
    "draft",
    "checked",
    "budget_approved",
    "announced",
    "live",
    "closed",
    "verification",
    "results_proposed",
    "results_approved",
    "paid",
    "clawback",
    "reviewed",
    "cancelled",
]
STATES: tuple[State, ...] = get_args(State)
#: The catalogue's ids of the states.
CODES: Mapping[State, str] = {state: f"S{number}" for number, state in enumerate(STATES, start=1)}
Move = Literal[
    "edit",
    "check",
    "approve_budget",
    "decline",
    "announce",
    "amend",
    "open",
    "close",
    "verify",
    "propose",
    "send_back",
    "approve_results",
    "pay",
    "watch",
    "reverse",
    "review",
    "observe",
    "conclude",
    "cancel",
]
MOVES: tuple[Move, ...] = get_args(Move)
#: The role of the clock, which opens, closes and proposes.
SYSTEM = "system"

_BEFORE_PAID: tuple[State, ...] = STATES[: STATES.index("paid")]
_TO: dict[tuple[State, Move], State] = {
    ("draft", "edit"): "draft",
    ("draft", "check"): "checked",
    ("checked", "edit"): "draft",
    ("checked", "check"): "checked",
    ("checked", "approve_budget"): "budget_approved",
    ("checked", "decline"): "draft",
    ("checked", "observe"): "live",
    ("budget_approved", "edit"): "draft",
    ("budget_approved", "announce"): "announced",
    ("announced", "amend"): "announced",
    ("announced", "decline"): "announced",
    ("announced", "open"): "live",
    ("live", "amend"): "live",
    ("live", "decline"): "live",
    ("live", "close"): "closed",
    ("closed", "verify"): "verification",
    ("closed", "conclude"): "reviewed",
    ("verification", "propose"): "results_proposed",
    ("results_proposed", "send_back"): "verification",
    ("results_proposed", "approve_results"): "results_approved",
    ("results_approved", "send_back"): "verification",
    ("results_approved", "pay"): "paid",
    ("paid", "watch"): "clawback",
    ("clawback", "reverse"): "clawback",
    ("clawback", "review"): "reviewed",
    ("reviewed", "reverse"): "reviewed",
    **{(state, "cancel"): "cancelled" for state in _BEFORE_PAID},
}
_LEADERS = frozenset({"manager", "ops", "admin"})
_TREASURERS = frozenset({"ops", "admin"})
_CLOCK = frozenset({SYSTEM, "ops", "admin"})
_ROLES: dict[Move, frozenset[str]] = {
    **dict.fromkeys(MOVES, _LEADERS),
    **dict.fromkeys(("open", "close", "verify", "watch", "conclude"), _CLOCK),
    "approve_budget": _TREASURERS,
    "pay": _TREASURERS,
    "propose": _LEADERS | {SYSTEM},
    "reverse": _TREASURERS | {SYSTEM},
    "review": _LEADERS | {SYSTEM},
}
_NEEDS_REASON: frozenset[Move] = frozenset({"amend", "decline", "send_back", "cancel"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A move that somebody asks for: who they are, what role they have, when, and why."""

    move: Move
    by: str
    role: str
    now: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """What is known of a SPIF when a move is asked for. Whoever stores it fills in what its state has come to.

    Attributes:
        state: Where it stands.
        author: Who wrote the rules as they are.
        rules_hash: `records.spif_hash` of the rules as they are.
        opens_at: When its window opens.
        closes_at: When its window closes.
        hold_until: When results may be proposed.
        budget: Its budget, in minor units.
        is_hidden: Whether it is a silent run.
        checked_hash: The hash of the rules that lint and dry run were stored for.
        has_errors: Whether that lint found errors.
        is_dry_run: Whether that dry run could be made, or a waiver was signed for it.
        frozen_hash: The hash of the rules as announced.
        undecided: Doubtful credits in the hold that nobody has judged.
        results_hash: The hash of the results as they would be now.
        proposed_hash: The hash of the results as proposed.
        proposed_by: Who proposed them.
        winners: Who wins anything by them.
        reversal_until: When prizes can no longer be taken back.
    """

    state: State
    author: str
    rules_hash: str
    opens_at: datetime
    closes_at: datetime
    hold_until: datetime
    budget: int = 0
    is_hidden: bool = False
    checked_hash: str = ""
    has_errors: bool = False
    is_dry_run: bool = False
    frozen_hash: str = ""
    undecided: int = 0
    results_hash: str = ""
    proposed_hash: str = ""
    proposed_by: str = ""
    winners: frozenset[str] = frozenset()
    reversal_until: datetime | None = None


def moved(course: Course, asked: Asked) -> State:
    """The state after the move.

    Raises:
        SpifMoveRefused: The state has no such move, the role may not make it, a reason is missing, or a guard of the
            move says no; the message says what would help.
    """
    after = _TO.get((course.state, asked.move))
    if after is None:
        allowed = ", ".join(moves_from(course.state)) or "nothing"
        raise SpifMoveRefused(f"A SPIF that is {said(course.state)} cannot {said(asked.move)}. Allowed: {allowed}.")
    if asked.role not in _ROLES[asked.move]:
        allowed = " or ".join(sorted(_ROLES[asked.move] - {SYSTEM}))
        raise SpifMoveRefused(f"Your role ({asked.role}) may not {said(asked.move)}. Ask somebody who is {allowed}.")
    if asked.move in _NEEDS_REASON and not asked.reason.strip():
        raise SpifMoveRefused(f"To {said(asked.move)} needs a reason, which is kept in the audit trail. Give one.")
    for guard in _GUARDS.get(asked.move, ()):
        refusal = guard(course, asked)
        if refusal:
            raise SpifMoveRefused(refusal)
    return after


def moves_from(state: State) -> tuple[Move, ...]:
    """The moves that a state has, whoever makes them."""
    return tuple(move for (before, move) in _TO if before == state)


def roles_for(move: Move) -> frozenset[str]:
    """Who may make a move."""
    return _ROLES[move]


def refusal(course: Course, asked: Asked) -> str:
    """Why the move is refused; "" when it may be made. For buttons: offer those that are not refused."""
    try:
        moved(course, asked)
    except SpifMoveRefused as refused:
        return str(refused)
    return ""


def said(name: str) -> str:
    """A state or a move in words: "budget approved"."""
    return name.replace("_", " ")


def _is_checked(course: Course, asked: Asked) -> str:
    if course.checked_hash != course.rules_hash:
        return "The rules have changed since they were checked. Check them again first."
    if course.has_errors:
        return f"The check found errors, so nobody can {said(asked.move)}. Correct the rules and check them again."
    return ""


def _is_dry_run(course: Course, asked: Asked) -> str:
    return "" if course.is_dry_run else f"Without a dry run nobody can {said(asked.move)}. Run it, or sign a waiver."


def _by_another(course: Course, asked: Asked) -> str:
    return "Whoever wrote the rules cannot approve them. Ask somebody else." if asked.by == course.author else ""


def _has_budget(course: Course, _: Asked) -> str:
    return "" if course.budget > 0 else "There is no budget to approve. Set one above zero."


def _is_open_to_all(course: Course, _: Asked) -> str:
    return "A hidden run is not announced. Observe it instead." if course.is_hidden else ""


def _is_hidden(course: Course, _: Asked) -> str:
    return "" if course.is_hidden else "Only a hidden run goes unannounced and unpaid. Announce this one."


def _before_it_opens(course: Course, asked: Asked) -> str:
    return (
        "" if asked.now < course.opens_at else "Its window has opened already. Move the window, and check it again."
    )


def _is_frozen(course: Course, _: Asked) -> str:
    if course.is_hidden or course.frozen_hash == course.rules_hash:
        return ""
    return "The rules are not those that were announced. Restore those, or announce a new version with `amend`."


def _has_opened(course: Course, asked: Asked) -> str:
    return "" if asked.now >= course.opens_at else "Its window has not opened yet. Wait until it does."


def _has_closed(course: Course, asked: Asked) -> str:
    return "" if asked.now >= course.closes_at else "Its window is not over yet. Wait, or cancel it."


def _still_runs(course: Course, asked: Asked) -> str:
    return "" if asked.now < course.closes_at else "Its window is over: its rules cannot change any more."


def _is_held(course: Course, asked: Asked) -> str:
    if asked.now < course.hold_until:
        return "The verification hold is not over. Propose the results when it is."
    if course.undecided:
        return f"{course.undecided} doubtful credits are not judged yet. Confirm or exclude each, with a reason."
    return ""


def _is_fresh(course: Course, _: Asked) -> str:
    if course.results_hash and course.results_hash == course.proposed_hash:
        return ""
    return "The figures have changed since the results were proposed. Send them back, and propose them as they are."


def _by_second(course: Course, asked: Asked) -> str:
    first = course.author if course.proposed_by == SYSTEM else course.proposed_by
    if asked.by == first:
        return "Results need a second person: whoever proposed them cannot approve them. Ask somebody else."
    return (
        "Nobody approves a prize of their own. Ask somebody who wins nothing." if asked.by in course.winners else ""
    )


def _in_reversal(course: Course, asked: Asked) -> str:
    if course.reversal_until is not None and asked.now < course.reversal_until:
        return ""
    return "The time to take prizes back is over. Nothing can be reversed any more."


_GUARDS: dict[Move, tuple[Callable[[Course, Asked], str], ...]] = {
    "approve_budget": (_is_open_to_all, _is_checked, _is_dry_run, _by_another, _has_budget),
    "announce": (_is_open_to_all, _is_checked, _is_dry_run, _before_it_opens),
    "amend": (_is_open_to_all, _is_checked, _by_another, _still_runs),
    "open": (_is_frozen, _has_opened),
    "close": (_is_frozen, _has_closed),
    "verify": (_is_open_to_all,),
    "propose": (_is_frozen, _is_held),
    "approve_results": (_is_frozen, _is_fresh, _by_second),
    "pay": (_is_frozen, _is_fresh),
    "reverse": (_in_reversal,),
    "observe": (_is_hidden, _is_checked),
    "conclude": (_is_hidden,),
}
