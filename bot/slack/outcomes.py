"""What a request's outcome means for the notice it carried: sent, try again, nobody knows, or never.

The codes are those of Slack's reference; one that stands nowhere here is never answered with another attempt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from bot.slack.sending import Sent

Outcome = Literal[
    "sent", "retry", "uncertain", "destination", "credential", "blocks", "ours", "plan", "uneditable", "unlisted"
]
_DESTINATION = frozenset(
    ("channel_not_found", "is_archived", "not_in_channel", "user_disabled", "user_not_found", "messages_tab_disabled")
)
_CREDENTIAL = frozenset(
    ("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope")
)
_BLOCKS = frozenset(("msg_blocks_too_long",))
_OURS = frozenset(("msg_too_long", "no_text"))
_UNEDITABLE = frozenset(("cant_update_message", "edit_window_closed", "message_not_found"))
_KINDS: tuple[tuple[frozenset[str], Outcome], ...] = (
    (_DESTINATION, "destination"),
    (_CREDENTIAL, "credential"),
    (_BLOCKS, "blocks"),
    (_OURS, "ours"),
    (_UNEDITABLE, "uneditable"),
    (frozenset(("message_limit_exceeded",)), "plan"),
)
#: Why a notice is dead, in the words of `attain outbox dead`.
REASONS = {
    "destination": "the channel or account takes no messages",
    "credential": "the token was refused",
    "ours": "Slack refused the message as we made it",
    "blocks": "Slack refused the message as we made it",
    "uneditable": "the message cannot be edited any more",
    "plan": "the workspace's plan allows no more messages",
    "unlisted": "Slack refused it with a code we do not know",
}


def judged(sent: Sent) -> Outcome:
    """What became of a request, as the outbox has to know it."""
    if sent.fate != "refused":
        known: dict[str, Outcome] = {"sent": "sent", "later": "retry", "unknown": "uncertain"}
        return known[sent.fate]
    for codes, outcome in _KINDS:
        if sent.code in codes:
            return outcome
    return _by_its_words(sent.code)


def _by_its_words(code: str) -> Outcome:
    """Families of codes that Slack adds to."""
    if code.startswith("restricted_action"):
        return "destination"
    if code.startswith("invalid_blocks"):
        return "blocks"
    return "ours" if "metadata" in code else "unlisted"
