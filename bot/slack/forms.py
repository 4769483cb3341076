"""Forms in modals: what is checked before Slack is answered, what a form carries, and how one is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import StaleFormError
from messages import voice
from messages.modals import modal

if TYPE_CHECKING:
    from bot.slack.inbound import Inbound


class Private(BaseModel):
    """What a modal carries unseen: ids and a version, never an amount or a decision. Each form has its subclass."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    v: Literal[1] = 1


Carried = TypeVar("Carried", bound=Private)


def private(kind: type[Carried], inbound: Inbound) -> Carried:
    """What the form of this request carries.

    Raises:
        StaleFormError: it was opened by an older version, or is none of ours.
    """
    try:
        return kind.model_validate_json(inbound.private)
    except ValidationError:
        raise StaleFormError from None


def check(inbound: Inbound) -> dict[str, str]:
    """What is wrong with a form, by the block it stands under; empty where it may be taken."""
    from bot.slack import routes  # the handlers that it lists read what forms carry

    rule = routes.CHECKS.get(inbound.name)
    return dict(rule(inbound)) if rule else {}


def apology(said: str) -> dict[str, Any]:
    """A modal with that sentence in it, as the answer to a form that cannot be taken just now."""
    return modal("apology", voice.apology(said)).payload()
