"""What happens to every request before Slack's acknowledgement: one insert, and a duplicate stops here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slack_bolt import BoltResponse

from bot.log import Journal
from bot.slack.desk import whisper
from bot.slack.inbound import parse
from messages import views
from store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from slack_bolt import BoltContext

    from bot.slack.desk import Desk
    from bot.slack.inbound import Inbound

IN_CONTEXT = "attain_inbound"
APOLOGY = "I can't record your request right now, so I haven't started on it. Please ask again in a minute."
#: A form is recorded by its listener, once nothing is wrong with what was entered; options change nothing.
UNRECORDED = ("submission", "options")
_journal = Journal("bot.slack.middleware")


class Record:
    """Puts each request into the inbox; what cannot be recorded is not acknowledged as if it were."""

    def __init__(self, desk: Desk, aside: Executor) -> None:
        """Record with `desk`; apologies that need a call to Slack go through `aside`."""
        self._desk = desk
        self._aside = aside

    def __call__(self, body: dict[str, Any], context: BoltContext, next: Callable[[], None]) -> BoltResponse | None:  # noqa: A002 - Bolt's name
        """Let a new request through; end a duplicate with an empty 200."""
        inbound = parse(body)
        if inbound is not None and inbound.kind in UNRECORDED:
            context[IN_CONTEXT] = inbound
            next()
            return None
        if inbound is None or not inbound.key:
            next()
            return None
        try:
            is_new = self._desk.record(inbound)
        except StoreError as error:
            _journal.error("request could not be recorded", error, key=inbound.key, kind=inbound.kind)
            return self._unrecorded(inbound)
        if not is_new:
            _journal.info("duplicate", key=inbound.key, kind=inbound.kind)
            return BoltResponse(status=200, body="")
        context[IN_CONTEXT] = inbound
        next()
        return None

    def _unrecorded(self, inbound: Inbound) -> BoltResponse:
        """Slack repeats an event that gets a 503; nobody repeats a command or a click, so the person is told."""
        if inbound.kind == "command":
            return BoltResponse(status=200, body={"response_type": "ephemeral", "text": APOLOGY})
        if inbound.kind == "action":
            sentence, _, remedy = APOLOGY.partition(" Please ")
            view = views.error(sentence, f"Please {remedy}")
            self._aside.submit(whisper, self._desk.voice, inbound, "error", view)
            return BoltResponse(status=200, body="")
        return BoltResponse(status=503, body="")
