"""What the bot hands over to be worded, and what it gets back to send."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

Visibility = Literal["ephemeral", "dm", "home", "modal"]
Surface = Literal["message", "home", "modal"]
Block = dict[str, Any]
_SURFACES: dict[Visibility, Surface] = {"ephemeral": "message", "dm": "message", "home": "home", "modal": "modal"}


class View(Protocol):
    """What a template may see: frozen, every figure already text. It names the receipts its figures come from."""

    @property
    def receipt_ids(self) -> tuple[str, ...]:
        """Receipts behind the figures shown."""
        ...


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to be worded: which template, with which view, and who will see it."""

    template: str
    view: View
    visibility: Visibility = "ephemeral"

    @property
    def surface(self) -> Surface:
        """Where Slack shows it, which decides the limits."""
        return _SURFACES[self.visibility]


@dataclass(frozen=True, slots=True)
class Message:
    """A worded reply: blocks for the eye, `text` for screen readers and notifications, and its receipts."""

    text: str
    blocks: list[Block]
    template: str
    receipt_ids: tuple[str, ...] = ()
