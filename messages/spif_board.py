"""The board of a SPIF in its channel: who leads, by rank and share, and who moved; never what anybody wins.

One message stands in the channel and is edited: announced, live with its standings, closed, cancelled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.spifs import records
from messages import actions, spif_prose
from messages import format as written
from messages.escape import clip
from messages.notice_data import day_of
from messages.pictures import Bar, Picture, bars
from messages.spif_card import SpifButton, SpifCard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from messages.reader import Reader

_STATES = {
    "announced": "begins soon",
    "live": "is running",
    "closed": "is over; its results are being checked",
    "verification": "is over; its results are being checked",
    "cancelled": "is cancelled",
}


def view(data: Mapping[str, Any], reader: Reader) -> SpifCard:
    """Return the board: the rules in short while it is ahead, then the first places of each award."""
    rules = records.from_record(data["rules"])
    state = _STATES[data["state"]]
    lines = [clip(rules.sentence, spif_prose.SENTENCE), f"When: {spif_prose.window(rules.window, reader)}."]
    rows = [cells for award in data.get("awards", ()) for cells in _rows(award, data, reader)]
    if data["state"] == "live" and not rows:
        lines.append("Nobody has scored yet: the first one leads.")
    many = len(data.get("awards", ())) > 1
    buttons = (SpifButton("Where am I?", actions.SPIF_STANDING, actions.spif_value(data["spif"], data["hash"])),)
    small = [_competing(data, reader)] if rows else []
    if data.get("as_of"):
        small.append(f"As of {written.day(day_of(data['as_of']), reader)}; brought up to date every day at 9:00.")
    columns = ("Rank", "Who", _measure(data), "Moved")
    return SpifCard(
        headline=f"SPIF {spif_prose.title(rules)} {state}",
        lines=tuple(lines),
        columns=(("Award", *columns) if many else columns) if rows else (),
        rows=tuple(rows),
        small=tuple(small),
        buttons=buttons if data["state"] != "cancelled" else (),
        said=_said(rules.name, state, data),
    )


def picture(data: Mapping[str, Any], reader: Reader) -> Picture | None:
    """Return the first award's places as bars of shares of the leader's score."""
    awards = [award for award in data.get("awards", ()) if award["rows"]]
    if not awards:
        return None
    rows = [
        Bar(row["name"], row["percent_ppm"], written.rounded(row["percent_ppm"], reader)) for row in awards[0]["rows"]
    ]
    return bars(f"spif-{data['spif']}", f"{clip(data['title'], 40)}: share of the leader’s score", rows)


def _rows(award: Mapping[str, Any], data: Mapping[str, Any], reader: Reader) -> list[tuple[str, ...]]:
    many = len(data["awards"]) > 1
    found: list[tuple[str, ...]] = []
    for row in award["rows"]:
        cells = (
            spif_prose.ordinal(row["rank"]),
            clip(row["name"], 60),
            _figure(award, row, data, reader),
            _moved(row["moved"]),
        )
        found.append((clip(award["award"], 40), *cells) if many else cells)
    return found


def _figure(award: Mapping[str, Any], row: Mapping[str, Any], data: Mapping[str, Any], reader: Reader) -> str:
    if data["shows"] == "score":
        currency = data["rules"]["currency"]
        return spif_prose.score(row["value"], award["unit"], currency, reader)
    return written.rounded(row["percent_ppm"], reader) if data["shows"] == "percent" else ""


def _measure(data: Mapping[str, Any]) -> str:
    return {"score": "Score", "percent": "Share of the leader’s score"}.get(data.get("shows", ""), "")


def _moved(by: int | None) -> str:
    if not by:
        return ""
    return f"up {by}" if by > 0 else f"down {-by}"


def _competing(data: Mapping[str, Any], reader: Reader) -> str:
    most = max(award["competing"] for award in data["awards"])
    return f"{spif_prose.people(most, reader)} take part. Only you see your own gap: press “Where am I?”."


def _said(name: str, state: str, data: Mapping[str, Any]) -> str:
    leaders = [award["rows"][0]["name"] for award in data.get("awards", ()) if award["rows"]]
    lead = f" {clip(leaders[0], 60)} leads." if leaders else ""
    return f"SPIF {clip(name, spif_prose.TITLE)} {state}.{lead}"
