"""Everything the bot says unprompted, worded: the view and template of each kind, and what every push offers.

A direct message ends in the same row of buttons whatever its kind: why it came, quiet for a day or a week, and, where
it is not owed, an end to its kind. What goes to a channel or to ops has none.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import TemplateError as JinjaError

from engine.errors import EngineError
from engine.notice_kinds import KINDS
from messages import (
    actions,
    deal_nudges,
    deal_won,
    duties,
    figure_changed,
    leadership,
    nudges,
    ops_alerts,
    spif_board,
    spif_notices,
    sync_progress,
)
from messages.errors import MessageError, NotWordableError
from messages.escape import unescape
from messages.limits import BUTTON_TEXT
from messages.render import TEMPLATES, collect, template
from messages.reply import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.notice_kinds import NoticeKind
    from messages.pictures import Picture
    from messages.reader import Reader
    from messages.reply import Block, View

FOLDER = "notices"
DIGEST_SHOWN = 20
SNOOZE_DAYS = (1, 7)
_HALF = "The last ones of this kind went unanswered, so you get half as many from now on. Home has the switch."


@dataclass(frozen=True, slots=True)
class DigestView:
    """Several notices in one message, each as the sentence that its own message would be read out as."""

    title: str
    sentences: tuple[str, ...]
    more: str
    receipt_ids: tuple[str, ...]


def digest(data: Mapping[str, Any], reader: Reader) -> DigestView:
    """Return the notices that a digest lists, ready to be shown."""
    items = data["items"]
    worded_items = [_message(each["kind"], each["data"], reader) for each in items[:DIGEST_SHOWN]]
    hidden = len(items) - DIGEST_SHOWN
    return DigestView(
        title="One message instead of several" if len(items) > 1 else "Also today",
        sentences=tuple(unescape(each.text) for each in worded_items),
        more=f"+{hidden} more" if hidden > 0 else "",
        receipt_ids=tuple(dict.fromkeys(receipt for each in worded_items for receipt in each.receipt_ids)),
    )


#: Which function makes the view of which kind; its template is `templates/notices/<kind>.j2`.
VIEWS: Mapping[str, Callable[[Mapping[str, Any], Reader], View]] = {
    "deal_won": deal_won.view,
    "digest": digest,
    "figure_changed": figure_changed.view,
    "leadership_digest": leadership.view,
    **dict.fromkeys(("near_tier", "tier_crossed", "goal_reached", "behind_pace"), nudges.quota_nudge),
    "my_week": nudges.my_week,
    "personal_best": nudges.personal_best,
    "stalled_deals": deal_nudges.stalled_deals,
    "missing_field": deal_nudges.missing_field,
    "waiting_for_payment": deal_nudges.waiting_for_payment,
    "clawback_exposure": deal_nudges.clawback_exposure,
    "team_at_risk": deal_nudges.team_at_risk,
    "statement_ready": duties.statement_ready,
    "plan_changed": duties.plan_changed,
    "approval_waiting": duties.approval_waiting,
    "ops_alert": ops_alerts.notice,
    "ops_digest": ops_alerts.digest,
    "run_summary": ops_alerts.run_summary,
    "spif_standings": spif_board.view,
    "sync_progress": sync_progress.view,
    **spif_notices.VIEWS,
}
#: Which kinds come with a picture, and which function draws it; None where there is nothing to draw.
PICTURES: Mapping[str, Callable[[Mapping[str, Any], Reader], Picture | None]] = {
    "leadership_digest": leadership.picture,
    "spif_standings": spif_board.picture,
}


def worded(kind: str, data: Mapping[str, Any], reader: Reader, notice_id: str, *, is_resend: bool = False) -> Message:
    """Return the message of a notice, with the buttons that every push to a person has.

    Args:
        kind: A name of `engine.notice_kinds.KINDS` that has a view.
        data: What the notice carries.
        reader: Whom it is worded for; one without a rep for a channel, where nobody may mute anything for others.
        notice_id: The notice's uuid, which is all that its buttons carry.
        is_resend: It may have been sent before, which is said.

    Raises:
        NotWordableError: the data is not what the view takes, or the template breaks a rule.
    """
    try:
        message = _message(kind, data, reader)
    except (MessageError, JinjaError, EngineError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise NotWordableError(f"{kind}: {type(error).__name__}") from error
    own = (*_throttled(data), *_footer(KINDS[kind], notice_id)) if reader.rep_id else ()
    blocks = [*message.blocks, *own]
    if not is_resend:
        return Message(message.text, blocks, kind, message.receipt_ids)
    said = "Sent again: whether it arrived the first time is not known."
    marked = _small_print(said)
    return Message(f"(resent) {message.text}", [marked, *blocks], kind, message.receipt_ids)


def picture(kind: str, data: Mapping[str, Any], reader: Reader) -> Picture | None:
    """Return the picture that goes with a notice; None where its kind has none."""
    draw = PICTURES.get(kind)
    return None if draw is None else draw(data, reader)


def is_illustrated(kind: str) -> bool:
    """Return whether notices of a kind may come with a picture."""
    return kind in PICTURES


@cache
def version(kind: str) -> str:
    """Return which wording of a kind this is: the first digits of its template's SHA-256."""
    return hashlib.sha256((TEMPLATES / FOLDER / f"{kind}.j2").read_bytes()).hexdigest()[:12]


def _message(kind: str, data: Mapping[str, Any], reader: Reader) -> Message:
    """Return a notice without its buttons."""
    shown = VIEWS[kind](data, reader)
    collected = collect(template(kind, FOLDER), {"view": shown})
    return Message(collected.fallback, collected.blocks, kind, shown.receipt_ids)


def _footer(kind: NoticeKind, notice_id: str) -> list[Block]:
    """Return the last row of buttons of a direct message."""
    if kind.sort in ("board", "ops"):
        return []
    buttons = [_button("Why this?", actions.WHY_THIS, actions.notice_value(notice_id))]
    for days in SNOOZE_DAYS:
        value = actions.snooze_value(notice_id, days)
        buttons.append(_button(f"Snooze {days}d", f"{actions.SNOOZE_NOTICE}:{days}", value))
    if kind.sort == "nudge":
        buttons.append(_button(f"Mute {kind.title}", actions.MUTE_KIND, actions.notice_value(notice_id)))
    return [{"type": "actions", "elements": buttons}]


def _throttled(data: Mapping[str, Any]) -> list[Block]:
    """Return that a kind comes half as often from now on, where the attention budget has it said."""
    return [_small_print(_HALF)] if data.get("is_throttled") else []


def _small_print(said: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": said, "verbatim": True}]}


def _button(label: str, action_id: str, value: str) -> dict[str, Any]:
    text = {"type": "plain_text", "text": label[:BUTTON_TEXT], "emoji": True}
    return {"type": "button", "text": text, "action_id": action_id, "value": value}
