"""A view and its template make a modal: `modal("spif_new", view).payload(private)` is what Slack is given to open."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from messages.errors import TemplateError
from messages.render import collect, template

if TYPE_CHECKING:
    from messages.reply import Block, View


@dataclass(frozen=True, slots=True)
class Modal:
    """A worded modal; its callback id is the name of its template."""

    template: str
    blocks: list[Block]
    frame: dict[str, Any] = field(default_factory=dict)
    receipt_ids: tuple[str, ...] = ()

    def payload(self, private: str = "") -> dict[str, Any]:
        """Return the view as Slack takes it; `private` comes back with whatever happens in it."""
        return {
            "type": "modal",
            "callback_id": self.template,
            "private_metadata": private,
            **self.frame,
            "blocks": self.blocks,
        }


def modal(name: str, view: View) -> Modal:
    """Return the modal of that name for a view.

    Raises:
        TemplateError: the template breaks a rule; a name it uses is missing from the view (`UndefinedError`).
    """
    collected = collect(template(name, "modals"), {"view": view})
    if not collected.frame:
        raise TemplateError(f"the modal {name} has no frame; begin it with modal(…)")
    return Modal(name, collected.blocks, collected.frame, view.receipt_ids)
