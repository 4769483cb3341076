"""What every message about a SPIF is made of: a headline, sentences, a table, small print, and buttons."""

from __future__ import annotations

from dataclasses import dataclass

from engine.spifs import life

IN_A_PARAGRAPH = 6

#: States that say to a reader what is awaited; the others are called by their names.
_AWAITED = {
    "checked": "waiting for its budget to be approved",
    "verification": "ended, results are being checked",
    "results_proposed": "results wait to be approved",
    "results_approved": "results wait to be paid",
    "clawback": "paid",
}


def stands(state: str) -> str:
    """Return where a SPIF stands, by its state, as a reader would say it."""
    return _AWAITED.get(state, life.said(state))


@dataclass(frozen=True, slots=True)
class SpifButton:
    """One button: what it says, which action, what it carries, and its look."""

    label: str
    action: str
    value: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class SpifCard:
    """A message about one SPIF, ready to be shown; a part that has nothing to say is empty.

    Attributes:
        headline: The first words: what it is about and what is asked.
        lines: Sentences below it, each on a line.
        columns: The headings of the table; empty where there is none.
        rows: Its rows.
        small: Small print.
        buttons: At most five stand in a row.
        said: The whole in a sentence, for screen readers and notifications.
    """

    headline: str
    lines: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    small: tuple[str, ...] = ()
    buttons: tuple[SpifButton, ...] = ()
    said: str = ""
    receipt_ids: tuple[str, ...] = ()

    @property
    def first(self) -> tuple[str, ...]:
        """The sentences that stand with the headline; a paragraph holds so many of any length."""
        return self.lines[:IN_A_PARAGRAPH]

    @property
    def further(self) -> tuple[tuple[str, ...], ...]:
        """The paragraphs after it."""
        starts = range(IN_A_PARAGRAPH, len(self.lines), IN_A_PARAGRAPH)
        return tuple(self.lines[at : at + IN_A_PARAGRAPH] for at in starts)

    @property
    def fallback(self) -> str:
        """The whole in a sentence."""
        return self.said or " ".join((self.headline, *self.lines[:2]))


@dataclass(frozen=True, slots=True)
class SpifList:
    """Several SPIFs, one section each with its button."""

    headline: str
    cards: tuple[SpifCard, ...]
    buttons: tuple[SpifButton, ...] = ()
    small: tuple[str, ...] = ()
    receipt_ids: tuple[str, ...] = ()
