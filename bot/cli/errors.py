"""What a verb refuses, as a tree; each message is one sentence with its remedy.

CommandError
├── WrongUseError       the arguments cannot be used (exit code 2)
├── NoDatabaseError     nothing to read from yet
└── UnsoundError        the command ran and found something wrong
"""

from __future__ import annotations

from bot.errors import BotError


class CommandError(BotError):
    """The command could not be carried out. Run it with --help to see what it needs."""

    exit_code = 1


class WrongUseError(CommandError):
    """These arguments cannot be used. Run the command with --help to see what is allowed."""

    exit_code = 2


class NoDatabaseError(CommandError):
    """There is no database here yet. Run `attain demo` for a demo company, or `attain init` for your own."""


class UnsoundError(CommandError):
    """Something is wrong with what was checked. Mend what is listed above and run it again."""
