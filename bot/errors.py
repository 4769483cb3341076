"""What can go wrong while talking, as a tree; the docstring is the default message and names the remedy.

BotError
├── SettingsError          the environment is incomplete or contradictory
├── ManifestMissingError        manifest.yaml is not where the application looks
├── NotUnderstoodError          words a command or question cannot use
├── StaleButtonError            a button from an older version of a message
├── StaleFormError              a form from an older version of the application
├── TooLateToOpenError          a form that Slack no longer lets us open
├── NotPermittedError           the reader may not see this
├── NotDeliveredError           Slack refused the answer
└── TooEarlyError               a notice that Slack's pace allows only later
"""

from __future__ import annotations


class BotError(Exception):
    """Something went wrong while talking to Slack. Try again; if it stays, run `attain doctor`."""

    def __init__(self, message: str = "") -> None:
        """Keep `message`, or the first sentence of the class when there is none."""
        super().__init__(message or (self.__doc__ or "").strip())


class SettingsError(BotError):
    """A setting is missing or wrong. Compare your environment with .env.example."""


class ManifestMissingError(BotError):
    """manifest.yaml was not found. Run from the folder of the checkout, or restore the file from Git."""


class NotUnderstoodError(BotError):
    """I did not understand that. Send `help` to see what works."""

    def __init__(self, found: str, nearest: str = "") -> None:
        """Remember the word that was not understood and the closest one that is."""
        self.found = found
        self.nearest = nearest
        super().__init__()


class StaleButtonError(BotError):
    """This button belongs to an older message. Ask again to get a fresh one."""


class StaleFormError(BotError):
    """This form belongs to an older version of me. Close it and open it again."""


class TooLateToOpenError(BotError):
    """That took too long to open. Press it again."""


class NotPermittedError(BotError):
    """There is nothing I can show you for that person. Ask your manager, or whoever runs Attain."""


class NotDeliveredError(BotError):
    """Slack did not take the answer. Ask again in a minute."""

    def __init__(self, code: str) -> None:
        """Remember Slack's error code; it holds no payload."""
        self.code = code
        super().__init__()


class TooEarlyError(BotError):
    """The pace that Slack allows leaves no room just now. Nothing to do: the notice goes out in a later round."""
