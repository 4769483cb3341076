"""`attain ask`: a terminal client of the real bot, through the same fake Slack that the sandbox shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import place, terminal
from bot.cli.errors import CommandError, UnsoundError, WrongUseError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.sandbox.launch import Sandbox
    from bot.sandbox.personas import Persona
    from bot.sandbox.sightings import Sighting

REPLY_SECONDS = 30.0
#: Who answers in Slack when a command does not exist, or when the app behind it fails.
SLACKBOT = "Slackbot"
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def ask(
    text: Annotated[str, typer.Argument(help='What to send, such as "/myquota" or "what did I earn?".')],
    email: Annotated[str, typer.Option("--as", metavar="EMAIL", help="Who asks.", show_default=False)],
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="On which day \\[default: today].")
    ] = None,
    channel: Annotated[
        str | None, typer.Option("--channel", metavar="NAME", help="In which channel \\[default: the bot's DM].")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the messages exactly as sent: channel, ephemeral, text, blocks.")
    ] = False,
    folder: place.DirOption = None,
) -> None:
    """Ask the bot as somebody and print what they would read.

    Text that starts with `/` is a slash command, anything else a direct message (with --channel, a mention). The real
    app answers, over HTTP on this machine, through the same fake Slack as the sandbox; nothing leaves it.
    """
    if not EMAIL.fullmatch(email):
        raise WrongUseError(f"--as {email!r} is no e-mail address. Name the person by theirs: --as maya@example.com.")
    if not text.strip():
        raise WrongUseError('There is nothing to send. Try "/myquota" or "/attain help".')
    where = place.find(folder)
    answers = answer(where, Question(text, email, channel, place.day(as_of, "--as-of")))
    if as_json:
        import json

        terminal.say(json.dumps([one.as_sent() for one in answers], ensure_ascii=False, indent=2))
    else:
        terminal.say("\n\n".join(worded(one) for one in answers))
    if any(one.author == SLACKBOT for one in answers):
        raise UnsoundError("Slack itself answered: the bot was not reached. `/attain help` lists its commands.")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, by whom, in which channel (None: the bot's DM) and on which day (None: today)."""

    text: str
    email: str
    channel: str | None = None
    as_of: date | None = None


def answer(where: place.Place, question: Question) -> list[Sighting]:
    """What the asker sees afterwards that they did not see before.

    Raises:
        WrongUseError: Slack would not let them ask that there.
        CommandError: no answer came.
    """
    from bot import log
    from bot.cli.cast import cast
    from bot.sandbox.errors import RefusedError
    from bot.sandbox.launch import launch

    log.configure("ERROR", "text")
    services = where.services(question.as_of)
    try:
        personas = cast(where, services.db, question.email)
        with launch(services, _asker_first(personas, question.email)) as sandbox:
            _send(sandbox, question)
            found = sandbox.slack.wait_for_reply(REPLY_SECONDS)
            refused = sandbox.slack.turned_away
    except RefusedError as error:
        raise WrongUseError(str(error)) from None
    finally:
        services.close()
    if not found and refused:
        raise CommandError(
            f"{question.email} is deactivated, and Slack refuses messages to deactivated people: no answer can come."
        )
    if not found:
        raise CommandError(f"No answer came within {REPLY_SECONDS:.0f} s. Run `attain doctor`, then ask again.")
    return found


def _asker_first(personas: Sequence[Persona], email: str) -> list[Persona]:
    """The asker, then everybody else: names somebody mentions have to be known to Slack."""
    return sorted(personas, key=lambda one: one.email.casefold() != email.casefold())


def _send(sandbox: Sandbox, question: Question) -> None:
    slack = sandbox.slack
    if question.channel is not None:
        _require_channel(sandbox, question.channel)
    if question.text.startswith("/"):
        command, _, rest = question.text.partition(" ")
        slack.slash(question.email, question.channel or "dm", command, rest)
    elif question.channel is None:
        slack.dm(question.email, question.text)
    else:
        slack.mention(question.email, question.channel, question.text)


def _require_channel(sandbox: Sandbox, name: str) -> None:
    """Refuse a channel that is not there, and say which are."""
    there = [one.name for one in sandbox.fake.workspace.channels.values() if not one.direct]
    if name.lstrip("#") not in there:
        raise WrongUseError(f"There is no channel {name!r}. There are: {', '.join(f'#{one}' for one in there)}.")


def worded(seen: Sighting) -> str:
    """A message as a person would read it in a terminal."""
    from messages.terminal import plain
    from messages.terminal import text as read

    return read(seen.blocks) if seen.blocks else plain(seen.text)
