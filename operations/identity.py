"""Who a Slack account is: linked once by e-mail, checked again at every use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store import identities, people

if TYPE_CHECKING:
    from engine.people import Person
    from operations.context import Context


def resolve(ctx: Context, team_id: str, user_id: str) -> Person | None:
    """The person behind a linked account; None where there is no link or the person is not employed on the day."""
    with ctx.db.read() as conn:
        found = identities.get(conn, team_id, user_id)
        person = people.by_id(conn, found.rep_id) if found else None
    return person if person is not None and person.is_employed(ctx.as_of) else None


def link(ctx: Context, team_id: str, user_id: str, email: str) -> Person | None:
    """The person with that e-mail, linked to the account from now on; None where nobody employed has it."""
    with ctx.db.read() as conn:
        person = people.by_email(conn, email)
    if person is None or not person.is_employed(ctx.as_of):
        return None
    with ctx.db.write() as conn:
        identities.link(conn, identities.Link(team_id, user_id, person.rep_id, email, "email"), ctx.now)
    return person
