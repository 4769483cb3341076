"""Buttons about SPIFs. Each click is judged anew by who presses, where the SPIF stands, and what they were shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import StaleButtonError
from bot.slack import spifs
from bot.slack.modals import spif as form
from messages import actions
from operations import spif_amend, spif_answers, spif_approval, spif_launch, spif_results
from store.spif_prizes import Ruling

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.slack.turn import Turn


class SpifValue(BaseModel):
    """What a button about a SPIF carries: which, the hash of what was shown, and what about it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    v: Literal[1]
    spif: int = Field(ge=0, lt=2**63)
    seen: str = Field("", max_length=64)
    what: str = Field("", max_length=20)
    deal: int = Field(0, ge=0, lt=2**63)


def value(turn: Turn) -> SpifValue:
    """What the button carries.

    Raises:
        StaleButtonError: it was made by an older version, or changed on its way.
    """
    try:
        return SpifValue.model_validate_json(turn.inbound.value)
    except ValidationError:
        raise StaleButtonError from None


def got_it(turn: Turn) -> None:
    """Note that somebody knows the rules as they were shown to them, and say where they stand."""
    found = value(turn)
    with turn.services.db.read() as conn:
        kept = spif_launch.known(conn, found.spif)
    spif_launch.require_same(kept.rules_hash, found.seen)
    spif_launch.acknowledge(turn.context, found.spif, kept.rules_hash)
    spifs.say_own(turn, found.spif)


def show(turn: Turn) -> None:
    """Say where the SPIF stands."""
    spifs.say(turn, value(turn).spif)


def standing(turn: Turn) -> None:
    """Say where the reader stands; to whoever leads it how it goes."""
    spifs.say(turn, value(turn).spif)


def approve_budget(turn: Turn) -> None:
    """Approve the budget of the rules that were shown."""
    found = value(turn)
    spif_approval.approve_budget(turn.context, found.spif, found.seen)
    spifs.say_lead(turn, found.spif)


def propose(turn: Turn) -> None:
    """Propose the results as they are."""
    found = value(turn)
    spif_results.propose(turn.context, found.spif)
    spifs.say_lead(turn, found.spif)


def approve_results(turn: Turn) -> None:
    """Approve the results that were shown."""
    found = value(turn)
    spif_results.approve(turn.context, found.spif, found.seen)
    spifs.say_lead(turn, found.spif)


def pay(turn: Turn) -> None:
    """Pay the prizes that were shown."""
    found = value(turn)
    spif_results.pay(turn.context, found.spif, found.seen)
    spifs.say_lead(turn, found.spif)


def edit(turn: Turn) -> None:
    """Open the form with the rules as they are: of a draft to edit, or announced ones to change."""
    found = value(turn)
    form.open_again(turn, found.spif, found.what)


def amend(turn: Turn) -> None:
    """Confirm the changed rules that were shown, which holds from then on."""
    found = value(turn)
    spif_amend.amend(turn.context, found.spif, found.seen)
    spifs.say_lead(turn, found.spif)


def ask_reason(turn: Turn) -> None:
    """Open the form that asks why."""
    found = value(turn)
    form.open_reason(turn, form.Why(spif=found.spif, what=found.what, deal=found.deal, seen=found.seen))


def let_in(turn: Turn) -> None:
    """Let a doubtful deal count."""
    found = value(turn)
    now = turn.services.clock.now()
    ruling = Ruling(found.deal, 0, is_out=False, actor=turn.person.email, reason="looked at and confirmed", at=now)
    spif_results.rule(turn.context, found.spif, ruling)
    spifs.say_lead(turn, found.spif)


def hide_me(turn: Turn) -> None:
    """Keep the reader's name off boards, or let it stand there again."""
    found = value(turn)
    spif_answers.hide(turn.context, wanted=found.what == "Hide")
    spifs.say_own(turn, found.spif)


ACTIONS: Mapping[str, Callable[[Turn], None]] = {
    actions.SPIF_GOT_IT: got_it,
    actions.SPIF_SHOW: show,
    actions.SPIF_STANDING: standing,
    actions.SPIF_NEW: form.open_new,
    actions.SPIF_PREVIEW: form.preview,
    actions.SPIF_APPROVE_BUDGET: approve_budget,
    actions.SPIF_PROPOSE: propose,
    actions.SPIF_APPROVE_RESULTS: approve_results,
    actions.SPIF_PAY: pay,
    actions.SPIF_ASK_REASON: ask_reason,
    actions.SPIF_LET_IN: let_in,
    actions.SPIF_HIDE_ME: hide_me,
    actions.SPIF_EDIT: edit,
    actions.SPIF_AMEND: amend,
}
