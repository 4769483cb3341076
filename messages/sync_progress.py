"""How far a sync is, and how it went: one message that is brought up to date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from messages import actions
from messages.escape import clip
from messages.format import number
from messages.notice_replies import NotedView

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from messages.reader import Reader

#: What a kind of record is called in a sentence.
NOUNS = {"person": "people", "deal": "deals", "split": "shares", "quota": "quotas", "rate": "exchange rates"}
MINUTE = 60
#: So many sources are named, each with so much of its name.
SHOWN, NAME = 5, 60


@dataclass(frozen=True, slots=True)
class ProgressView:
    """A sync: what it is about, how far it is or how it went, and what stands in its way."""

    mark: str
    source: str
    sentence: str
    problems: tuple[str, ...]
    more: str
    receipt_ids: tuple[str, ...] = ()


def view(data: Mapping[str, Any], reader: Reader) -> ProgressView:
    """Return the progress of a sync, ready to be shown."""
    problems = tuple(data.get("problems", ()))
    hidden = data.get("more", 0)
    mark, sentence = _SAID[data["state"]](data, reader)
    return ProgressView(mark, data["source"], sentence, problems, f"+{hidden} more" if hidden > 0 else "")


def asked(sources: Sequence[str], reader: Reader) -> NotedView:
    """Return that the sources are synced next, and where it will be told."""
    if not sources:
        return NotedView("There is no source to sync yet. `attain connect` sets one up.")
    names = ", ".join(clip(source, NAME) for source in sources[:SHOWN])
    if len(sources) > SHOWN:
        names += f" and {number(len(sources) - SHOWN, reader)} more"
    return NotedView(f"The sync of {names} begins within a minute. I tell you here how far it is.")


def button() -> tuple[str, str, str]:
    """Return label, action id and value of the button that syncs now."""
    return "Sync now", actions.SYNC_NOW, actions.sync_value()


def _running(data: Mapping[str, Any], reader: Reader) -> tuple[str, str]:
    noun = NOUNS.get(data["kind"], f"{data['kind']} records")
    read, total = data["read"], data["total"]
    if total:
        share = min(100, read * 100 // total)
        far = f"{number(read, reader)} of {number(total, reader)} {noun} read ({share} %)"
    else:
        far = f"{number(read, reader)} {noun} read"
    return ":hourglass_flowing_sand:", f"{far}, {_lasted(data, reader)} so far."


def _done(data: Mapping[str, Any], reader: Reader) -> tuple[str, str]:
    changed = data["changed"]
    news = f"{number(changed, reader)} changed" if changed else "nothing new"
    held = f", {number(data['held'], reader)} newly in quarantine" if data["held"] else ""
    read = number(data["read"], reader)
    return ":white_check_mark:", f"{read} records read, {news}{held}, {_lasted(data, reader)}."


def _refused(data: Mapping[str, Any], reader: Reader) -> tuple[str, str]:
    return ":warning:", f"Not everything could be read; what was read before stays ({_lasted(data, reader)})."


def _busy(_data: Mapping[str, Any], _reader: Reader) -> tuple[str, str]:
    return ":hourglass_flowing_sand:", "It is synced right now; its records come with that sync."


_SAID = {"running": _running, "done": _done, "refused": _refused, "busy": _busy}


def _lasted(data: Mapping[str, Any], reader: Reader) -> str:
    seconds = data["seconds"]
    if seconds < 2 * MINUTE:
        return f"{number(seconds, reader)} s"
    return f"{number(seconds // MINUTE, reader)} min"
