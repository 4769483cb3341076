"""What the inspector shows of a message: how it came about and what exactly was sent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.sandbox.verdict import findings
from bot.sandbox.workspace import BOT_USER

if TYPE_CHECKING:
    from bot.sandbox.envelopes import Record
    from bot.sandbox.fake import FakeSlack
    from bot.sandbox.posts import Post

JSON = dict[str, Any]
_ADDED = ("operation", "disclosure", "receipt", "template", "outbox")
_HIDDEN = ("token", "response_url", "trigger_id")


def inspect(fake: FakeSlack, post: Post) -> JSON:
    """The inspector's page for one message."""
    workspace = fake.workspace
    record = workspace.records.find(post.cause) if post.cause else None
    payload = post.sent or {"text": post.text}
    found = (
        findings({"text": post.text or " ", "blocks": payload.get("blocks") or []}, "message") if post.sent else []
    )
    body: JSON = dict.fromkeys(_ADDED)
    body |= {
        "envelope": described(record), "ack_ms": record.attempts[-1].ack_ms if record and record.attempts else None,
        "transport": record.attempts[-1].transport if record and record.attempts else None,
        "payload": payload, "fallback": post.text, "source": json.dumps(payload, indent=2, ensure_ascii=False),
        "validator": {"ok": not found, "errors": found},
    }  # fmt: skip
    if post.author == BOT_USER:
        body |= {key: value for key, value in fake.hooks.inspect(fake.hooks.payload_hash(payload)).items() if value}
    return body


def described(record: Record | None) -> JSON | None:
    """An envelope with its deliveries, tokens and one-use addresses hidden."""
    if record is None:
        return None
    envelope = record.envelope
    shown = {key: "…" if key in _HIDDEN and value else value for key, value in envelope.payload.items()}
    attempts = [
        {"attempt": one.number, "at": one.at.isoformat(), "ack_ms": one.ack_ms, "acked": one.ack.ok,
         "reason": one.ack.reason, "transport": one.transport}
        for one in record.attempts
    ]  # fmt: skip
    return {"id": envelope.id, "type": envelope.kind, "payload": shown, "attempts": attempts}
