"""What a SPIF owes people unprompted, as notices: announcements, boards, near misses, results, approvals.

No notice to a channel says what anybody is paid.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from engine.notices import Notice, Recipient
from engine.spifs import awards, records
from engine.spifs.life import said
from store import spif_readers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.people import Person
    from store.spifs import Kept

#: The roles that approve budgets and pay prizes.
TREASURERS = ("ops", "admin")


def announcement(kept: Kept, rep_id: int, *, reminder: bool = False, reason: str = "") -> Notice:
    """To somebody who takes part: what it is about, what it pays, when, and what changed since the last version."""
    topic = spif_readers.topic(kept.spif_id, kept.rules_hash, rep_id)
    return Notice(
        key=f"{topic}:reminder" if reminder else topic,
        kind="spif_announced",
        to=Recipient(rep_id),
        data=_about(kept)
        | {
            "rules": records.to_record(kept.rules),
            "author": kept.author.name,
            "is_reminder": reminder,
            "reason": reason,
            "seed_hash": awards.seed_hash(kept.seed) if kept.rules.has_raffle else "",
        },
        topic=topic,
        expires_at=kept.rules.window.closes_at,
    )


def approval(kept: Kept, to: Iterable[Person], what: str, figures: Mapping[str, Any]) -> tuple[Notice, ...]:
    """To those who may approve: what waits, with the figures to judge by. `what`: budget, change, results or pay."""
    rules = records.to_record(kept.newest.rules if what == "change" else kept.rules)
    stamp = f"{kept.rules_hash[:12]}:{figures.get('hash', '')[:12]}"
    return tuple(
        Notice(
            key=f"spif:{kept.spif_id}:approval:{what}:{stamp}:{person.rep_id}",
            kind="spif_approval",
            to=Recipient(person.rep_id),
            data=_about(kept) | {"what": what, "author": kept.author.name, "rules": rules, "figures": figures},
            topic=approval_topic(kept.spif_id, what, person.rep_id),
        )
        for person in to
    )


def approval_topic(spif_id: int, what: str, rep_id: int) -> str:
    """What a request for approval is about, by which it is withdrawn once somebody has decided."""
    return f"spif:{spif_id}:approval:{what}:{rep_id}"


def news(kept: Kept, what: str, by: str = "", reason: str = "", review: Mapping[str, Any] | None = None) -> Notice:
    """To whoever runs it: it has moved, by whom and why; once it is reviewed, what became of it."""
    last = kept.moves[-1] if kept.moves else None
    return Notice(
        key=f"spif:{kept.spif_id}:news:{what}:{last.change_id if last else 0}",
        kind="spif_news",
        to=Recipient(kept.author.rep_id),
        data=_about(kept)
        | {"what": what, "state": said(kept.state), "by": by, "reason": reason}
        | ({"review": review} if review is not None else {}),
        topic=f"spif:{kept.spif_id}:news",
    )


def to_somebody(notice: Notice, rep_id: int) -> Notice:
    """The same notice to somebody else."""
    return replace(notice, to=Recipient(rep_id))


def board_topic(spif_id: int) -> str:
    """What the one message of a SPIF in its channel is about."""
    return f"spif:{spif_id}:board"


def board(kept: Kept, stamp: str, data: Mapping[str, Any], *, first: bool) -> Notice:
    """To the channel: the standings as of now, in place of those before."""
    topic = board_topic(kept.spif_id)
    return Notice(
        key=f"{topic}:{stamp}",
        kind="spif_standings",
        to=Recipient(channel=kept.rules.visibility.channel),
        data=_about(kept) | {"rules": records.to_record(kept.rules), **data},
        topic=topic,
        edits="" if first else topic,
    )


def near_topic(spif_id: int, rep_id: int) -> str:
    """What a word about an almost won prize is about."""
    return f"spif:{spif_id}:near:{rep_id}"


def near_miss(kept: Kept, rep_id: int, number: int, data: Mapping[str, Any]) -> Notice:
    """To somebody one step from a prize: the exact gap. At most two for one SPIF."""
    return Notice(
        key=f"{near_topic(kept.spif_id, rep_id)}:{number}",
        kind="spif_near_miss",
        to=Recipient(rep_id),
        data={**_about(kept), **data},
        topic=near_topic(kept.spif_id, rep_id),
        expires_at=kept.rules.window.closes_at,
    )


def results(kept: Kept, data: Mapping[str, Any]) -> Notice:
    """To the channel: who won, by place; no amounts."""
    return Notice(
        key=f"spif:{kept.spif_id}:results",
        kind="spif_results",
        to=Recipient(channel=kept.rules.visibility.channel),
        data={**_about(kept), **data},
        topic=f"spif:{kept.spif_id}:results",
    )


def won(kept: Kept, rep_id: int, data: Mapping[str, Any], receipt_ids: tuple[str, ...] = ()) -> Notice:
    """To a winner: what they won, why, and on which statement it stands."""
    return Notice(
        key=f"spif:{kept.spif_id}:won:{rep_id}",
        kind="spif_won",
        to=Recipient(rep_id),
        data={**_about(kept), **data},
        topic=f"spif:{kept.spif_id}:won:{rep_id}",
        receipt_ids=receipt_ids,
    )


def ended(kept: Kept, rep_ids: Iterable[int], why: tuple[str, str], honoured: Iterable[int]) -> tuple[Notice, ...]:
    """To everybody who takes part: by whom and why it is cancelled, and whether what they have earned is paid."""
    (by, reason), paid = why, frozenset(honoured)
    return tuple(
        Notice(
            key=f"spif:{kept.spif_id}:ended:{rep_id}",
            kind="spif_ended",
            to=Recipient(rep_id),
            data=_about(kept) | {"reason": reason, "by": by, "is_honoured": rep_id in paid},
            topic=f"spif:{kept.spif_id}:ended:{rep_id}",
        )
        for rep_id in rep_ids
    )


def _about(kept: Kept) -> dict[str, Any]:
    return {"spif": kept.spif_id, "hash": kept.rules_hash, "title": kept.rules.name}
