"""What people are told when something fails: a sentence, a remedy and a reference; the log has the rest."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from bot.errors import BotError, NotDeliveredError, NotPermittedError, NotUnderstoodError
from bot.log import Journal
from bot.slack.sending import HOPELESS, PASSING
from engine.errors import LineUnknown
from messages import views
from messages.reader import Reader
from messages.render import render
from messages.reply import Reply
from operations.errors import OperationError, UnknownReceipt
from store.errors import DatabaseBusy, StoreError

if TYPE_CHECKING:
    from bot.slack.inbound import Inbound
    from bot.slack.voice import Voice
    from messages.reply import Message

PUT_OFF = "put off"
UNDELIVERED = "not delivered"
REFUSED = (NotPermittedError, UnknownReceipt)
_journal = Journal("bot.slack.failures")


def tell(voice: Voice, inbound: Inbound, error: Exception) -> str:
    """Say on the right surface what went wrong; returns the outcome for the inbox.

    Nothing is said when Slack itself could not be reached for the moment (the outcome is `PUT_OFF`), or when it would
    refuse the apology for the same reason as the answer.
    """
    if isinstance(error, NotDeliveredError) and error.code in PASSING:
        return PUT_OFF
    if isinstance(error, NotDeliveredError) and error.code in HOPELESS:
        _journal.error("answer not delivered", error, key=inbound.key, code=error.code)
        return UNDELIVERED
    message, outcome = worded(error, inbound.key)
    try:
        if inbound.kind == "home":
            voice.publish_home(inbound.user_id, message)
        else:
            voice.answer(inbound, message)
    except NotDeliveredError as failed:
        if failed.code in PASSING:
            return PUT_OFF
        _journal.error("answer not delivered", failed, key=inbound.key, code=failed.code)
        return UNDELIVERED
    return outcome


def worded(error: Exception, key: str) -> tuple[Message, str]:
    """The message for `error`, and a word for the outcome. Unknown errors get a reference that is in the log."""
    if isinstance(error, REFUSED):
        _journal.info("refused", key=key, kind=type(error).__name__)
        return render(Reply("error", views.refused())), "refused"
    if isinstance(error, NotUnderstoodError):
        return render(Reply("help", views.help(Reader(), error.found, error.nearest))), "not understood"
    reference = secrets.token_hex(4)
    if isinstance(error, NotDeliveredError):
        _journal.error("Slack refused", error, key=key, reference=reference, code=error.code)
    elif isinstance(error, BotError | OperationError | LineUnknown):
        sentence, remedy = _parted(str(error))
        return render(Reply("error", views.error(sentence, remedy))), type(error).__name__
    else:
        _journal.error("ops: answer failed", error, key=key, reference=reference, kind=type(error).__name__)
    return render(Reply("error", views.error(*_unexpected(error), reference))), "failed"


def _unexpected(error: Exception) -> tuple[str, str]:
    if isinstance(error, DatabaseBusy):
        return "I'm busy taking in data.", "Ask again in a minute."
    if isinstance(error, StoreError):
        return "I can't reach my records right now.", "Ask again in a few minutes; ops can see this in the log."
    return "Something went wrong on my side.", "Ask again in a minute. If it stays, give ops this reference."


def _parted(message: str) -> tuple[str, str]:
    """The first sentence, and the rest as the remedy."""
    sentence, stop, remedy = message.partition(". ")
    return (f"{sentence}.", remedy) if stop else (sentence, "Send `help` to see what works.")
