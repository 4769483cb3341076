"""The people a fake Slack is set up with: those of the demo, or whoever the store knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store import people

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.cli.place import Place
    from bot.sandbox.channels import ChannelSpec
    from bot.sandbox.personas import Persona
    from engine.people import Person
    from store.database import Database

GROUPS = {"rep": "Reps", "manager": "Managers", "ops": "Operations", "admin": "Operations"}


def cast(where: Place, database: Database, asker: str = "") -> tuple[Persona, ...]:
    """Everybody who can be asked as: the demo's personas first, then everyone the store knows.

    Args:
        where: The demo company in it brings its edge cases along (guests, strangers, people who left).
        database: Whose people take part.
        asker: An e-mail address that takes part even if nobody has it: a Slack member Attain does not know.
    """
    from bot.demo.personas import personas
    from bot.sandbox.personas import Persona, distinct

    told = personas(where.anchor.company()) if where.anchor else ()
    with database.read() as conn:
        known = people.all(conn)
    here = {one.email.casefold() for one in told}
    others = [_persona(one) for one in known if one.email and one.email.casefold() not in here]
    everyone = [*told, *others]
    if asker and asker.casefold() not in {one.email.casefold() for one in everyone}:
        everyone.append(Persona(asker.partition("@")[0], asker, kind="unlinked", group="Not linked"))
    return distinct(everyone)


def channels(personas: Sequence[Persona]) -> tuple[ChannelSpec, ...]:
    """The channels of a fake Slack: the usual ones, the sales floor's boards, and a private one for ops alerts."""
    from bot.sandbox.channels import ChannelSpec
    from bot.sandbox.workspace import DEFAULT_CHANNELS

    ops = tuple(one.email for one in personas if one.group == GROUPS["ops"])
    return (
        *DEFAULT_CHANNELS,
        ChannelSpec("sales-floor", topic="SPIFs, standings and wins"),
        ChannelSpec("revops", "private", "What needs fixing before people are paid", members=ops or None),
    )


def _persona(person: Person) -> Persona:
    from bot.sandbox.personas import Persona

    return Persona(
        person.name,
        person.email,
        person.title,
        tz=person.timezone or "UTC",
        locale=person.locale or "en-US",
        group=GROUPS.get(person.role, "People"),
    )
