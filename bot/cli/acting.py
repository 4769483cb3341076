"""Who does something from the command line, for the audit trail."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.errors import WrongUseError

if TYPE_CHECKING:
    from operations.context import Context

AsOption = Annotated[
    str, typer.Option("--as", metavar="EMAIL", help="Who does it; kept in the audit trail.", show_default=False)
]


def acting(ctx: Context, email: str) -> Context:
    """The context with the person who acts.

    Raises:
        WrongUseError: Nobody has that address.
    """
    from store import people

    with ctx.db.read() as conn:
        actor = people.by_email(conn, email)
    if actor is None:
        raise WrongUseError(f"Nobody here has the address {email!r}. Name somebody whom Attain knows.")
    return replace(ctx, actor=actor)
