"""SPIFs asked about: which there are, where one stands and what can be done to it, and where the reader is in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.money import Money
from messages import actions, spif_prose
from messages import format as written
from messages.escape import clip
from messages.spif_card import SpifButton, SpifCard, SpifList, stands

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.spifs.definition import Spif
    from messages.reader import Reader

LISTED = 15
DEALS_SHOWN = 5
_MILLION = 1_000_000
#: What a move is called on a button, and what pressing it does.
_MOVES: Mapping[str, tuple[str, str, str]] = {
    "approve_budget": ("Approve budget", actions.SPIF_APPROVE_BUDGET, ""),
    "amend": ("Approve the change", actions.SPIF_AMEND, ""),
    "decline": ("Refuse", actions.SPIF_ASK_REASON, "decline"),
    "withdraw": ("Withdraw the change", actions.SPIF_ASK_REASON, "decline"),
    "propose": ("Propose results", actions.SPIF_PROPOSE, ""),
    "approve_results": ("Approve results", actions.SPIF_APPROVE_RESULTS, ""),
    "pay": ("Pay", actions.SPIF_PAY, ""),
    "send_back": ("Send back", actions.SPIF_ASK_REASON, "send_back"),
    "edit": ("Edit", actions.SPIF_EDIT, "edit"),
    "change": ("Change the rules", actions.SPIF_EDIT, "change"),
    "waive": ("Launch without a dry run", actions.SPIF_ASK_REASON, "waive"),
    "cancel": ("Cancel it", actions.SPIF_ASK_REASON, "cancel"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One SPIF in a list: its number, rules, state, and the hash of its rules."""

    spif_id: int
    rules: Spif
    state: str
    rules_hash: str


@dataclass(frozen=True, slots=True)
class Standing:
    """One SPIF as somebody who leads it sees it.

    Attributes:
        about: Which.
        author: Who made it.
        facts: Sentences about reach, cost and hold, ready to be shown.
        moves: What the reader may do to it.
        seen: The hash of the figures behind it, which approvals carry.
        doubts: Credits to judge: the deal's number, name, reason, and whether it is judged.
        winners: Name, prize, place of whoever would win; only for who may see it.
    """

    about: Listed
    author: str
    facts: tuple[str, ...]
    moves: tuple[str, ...]
    seen: str
    doubts: tuple[tuple[int, str, str, str], ...] = ()
    winners: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One row around the reader: rank, name, share of the leader's score, and whether it is the reader."""

    rank: int
    name: str
    percent_ppm: int
    is_reader: bool


@dataclass(frozen=True, slots=True)
class OwnAward:
    """The reader in one award: score, rank, gap, what it would win, neighbours, and the deals that count."""

    award: str
    unit: str
    rank: int
    competing: int
    value: int
    gap: int | None
    prize: int
    kind: str
    noun: str
    around: tuple[Neighbour, ...]
    deals: tuple[tuple[str, int], ...]
    excluded: str = ""


@dataclass(frozen=True, slots=True)
class OwnStanding:
    """The reader in one SPIF; `barred` says why they take no part."""

    about: Listed
    barred: str
    awards: tuple[OwnAward, ...]
    is_final: bool
    is_hidden: bool
    receipt_ids: tuple[str, ...] = ()


def listed(found: Sequence[Listed], reader: Reader, *, may_make: bool) -> SpifList:
    """Return the SPIFs there are, newest first."""
    cards = tuple(_listed(one, reader) for one in found[:LISTED])
    hidden = len(found) - len(cards)
    buttons = (SpifButton("New SPIF", actions.SPIF_NEW, actions.spif_value(0), "primary"),) if may_make else ()
    headline = "SPIFs" if cards else "There is no SPIF for you now"
    return SpifList(headline, cards, buttons, (f"+{hidden} more",) if hidden > 0 else ())


def standing(found: Standing, reader: Reader) -> SpifCard:
    """Return where a SPIF stands, for whoever leads it, with what they may do to it."""
    about = found.about
    rules = about.rules
    judged = [f"Judge: {clip(name, 60)}, {clip(why, 120)}" + (f": {done}" if done else "") for _, name, why, done in
              found.doubts]  # fmt: skip
    buttons = [_button(move, found) for move in found.moves if move in _MOVES]
    for deal_id, name, _, done in found.doubts:
        if not done:
            buttons += _ruling(about.spif_id, deal_id, name)
    return SpifCard(
        headline=f"{spif_prose.title(rules)}: {stands(about.state)}",
        lines=(
            clip(rules.sentence, spif_prose.SENTENCE),
            *(f"• {line}" for line in spif_prose.prizes(rules, reader)),
            f"When: {spif_prose.window(rules.window, reader)}.",
            *found.facts,
            *judged,
        ),
        columns=("Place", "Who", "Prize") if found.winners else (),
        rows=found.winners,
        small=(f"SPIF {about.spif_id}, by {clip(found.author, 80)}.", *spif_prose.terms(rules, reader)),
        buttons=tuple(buttons[:20]),
    )


@dataclass(frozen=True, slots=True)
class Figures:
    """Reach (said "Got it", opened, delivered, waiting), who cannot be reached, and cost now, posted, budget."""

    reach: tuple[int, int, int, int]
    lost: tuple[str, ...]
    cost: tuple[int, int, int]
    currency: str


def facts(found: Figures, reader: Reader) -> tuple[str, ...]:
    """Return how far the announcement has come, and what it costs, in sentences."""
    known, opened, delivered, waiting = found.reach
    everybody, lost = sum(found.reach) + len(found.lost), found.lost
    said_ = []
    if everybody:
        out = f", cannot be reached: {clip(', '.join(lost), 120)}" if lost else ""
        said_.append(
            f"Reach: of {everybody}, {known} got it, {opened} opened it, {delivered} have it, {waiting} wait{out}."
        )
    now, paid, budget = (written.money(Money(each, found.currency), reader) for each in found.cost)
    said_.append(f"Cost: {now} as it stands, {paid} posted, budget {budget}.")
    return tuple(said_)


def proposed(rules: Spif, why: str, reader: Reader) -> tuple[str, ...]:
    """Return what new rules would say, and why they are proposed; those above hold until somebody confirms them."""
    days, budget = spif_prose.window(rules.window, reader), _money(rules, rules.budget, reader)
    return (
        f"Proposed change, not in force yet: {clip(why, 200)}",
        f"→ {clip(rules.sentence, spif_prose.SENTENCE)}",
        *(f"→ {line}" for line in spif_prose.prizes(rules, reader)),
        f"→ When: {days}. Budget {budget}.",
    )


def own(found: OwnStanding, reader: Reader) -> SpifCard:
    """Return where the reader is: score, rank, gap to the next prize, neighbours, and which deals count."""
    about = found.about
    rules = about.rules
    title = spif_prose.title(rules)
    if found.barred:
        why = f"Why: {clip(found.barred, 160)}."
        return SpifCard(f"You take no part in {title}", (why, f"When: {spif_prose.window(rules.window, reader)}."))
    lines: list[str] = []
    rows: list[tuple[str, ...]] = []
    for award in found.awards:
        lines += _own_lines(rules, award, reader, many=len(found.awards) > 1)
        rows += [
            (spif_prose.ordinal(one.rank) if one.rank else "–", clip("You" if one.is_reader else one.name, 60),
             written.rounded(one.percent_ppm, reader)) for one in award.around
        ]  # fmt: skip
    is_one = len(found.awards) == 1
    sort = "Final" if found.is_final else f"Provisional, {stands(about.state)}"
    label = "Show my name on boards" if found.is_hidden else "Hide my name on boards"
    hide = SpifButton(label, actions.SPIF_HIDE_ME, actions.spif_value(about.spif_id, "", label.split(maxsplit=1)[0]))
    return SpifCard(
        headline=f"You in {title}",
        lines=tuple(lines),
        columns=("Rank", "Who", "Share of the leader’s score") if rows and is_one else (),
        rows=tuple(rows) if is_one else (),
        small=(f"{sort}. When: {spif_prose.window(rules.window, reader)}.",),
        buttons=(hide,),
        receipt_ids=found.receipt_ids,
    )


@dataclass(frozen=True, slots=True)
class Tested:
    """One deal before one SPIF: whether it counts, and each test: sign, what it asks, what was found, what helps."""

    spif: str
    deal: str
    counts: bool
    worth: str
    tests: tuple[tuple[str, str, str, str], ...]


def tested(found: Sequence[Tested], reader: Reader) -> SpifCard:  # noqa: ARG001 - every view takes its reader
    """Return whether a deal counts, test by test; the first that fails says what would mend it."""
    lines: list[str] = []
    for one in found:
        deal, title = clip(one.deal, 60), clip(one.spif, spif_prose.TITLE)
        said_ = f"counts for {title}: {one.worth}" if one.counts else f"does not count for {title}"
        lines.append(f"{'✓' if one.counts else '✗'} {deal} {said_}")
        for sign, asks, was, remedy in one.tests:
            more = f" {clip(remedy, 160)}" if sign == "✗" and remedy else ""
            lines.append(f"  {sign} {clip(asks, 120)}{f' ({clip(was, 80)})' if was else ''}{more}")
    names = " and ".join(dict.fromkeys(clip(one.deal, 60) for one in found))
    return SpifCard(f"Does {names} count?", tuple(lines[:40]))


def _listed(one: Listed, reader: Reader) -> SpifCard:
    value = actions.spif_value(one.spif_id, one.rules_hash)
    return SpifCard(
        headline=f"{spif_prose.title(one.rules)}: {stands(one.state)}",
        lines=(clip(one.rules.sentence, spif_prose.SENTENCE), spif_prose.window(one.rules.window, reader)),
        buttons=(SpifButton("Open", actions.SPIF_SHOW, value),),
    )


def _button(move: str, found: Standing) -> SpifButton:
    label, action, what = _MOVES[move]
    plain = ("send_back", "edit", "change", "waive", "decline", "withdraw")
    style = "danger" if move == "cancel" else "" if move in plain else "primary"
    return SpifButton(label, action, actions.spif_value(found.about.spif_id, found.seen, what), style)


def _ruling(spif_id: int, deal_id: int, name: str) -> list[SpifButton]:
    label = clip(name, 40)
    return [
        SpifButton(f"Counts: {label}", actions.SPIF_LET_IN, actions.spif_value(spif_id, "", "let_in", deal_id)),
        SpifButton(f"Leave out: {label}", actions.SPIF_ASK_REASON, actions.spif_value(spif_id, "", "rule", deal_id)),
    ]


def _own_lines(rules: Spif, award: OwnAward, reader: Reader, *, many: bool) -> list[str]:
    name = f"{clip(award.award, 40)}: " if many else ""
    score = _with_noun(rules, award, award.value, reader)
    rank = f", {spif_prose.ordinal(award.rank)} of {award.competing}" if award.rank else ", no rank yet"
    lines = [f"{name}You have {score}{rank}."]
    if award.prize:
        prize = f"{award.prize} points" if award.kind == "points" else _money(rules, award.prize, reader)
        lines.append(f"As it stands you win {prize}." if award.kind != "gift" else "As it stands you win the gift.")
    if award.gap:
        lines.append(f"{_with_noun(rules, award, award.gap, reader)} to the next prize.")
    for deal, value in award.deals[:DEALS_SHOWN]:
        lines.append(f"✓ {clip(deal, 80)} counts: {spif_prose.score(value, award.unit, rules.currency, reader)}")
    more = len(award.deals) - DEALS_SHOWN
    if more > 0:
        lines.append(f"+{more} more deals count.")
    if award.excluded:
        lines.append(clip(award.excluded, 300))
    return lines


def _with_noun(rules: Spif, award: OwnAward, value: int, reader: Reader) -> str:
    found = spif_prose.score(value, award.unit, rules.currency, reader)
    if not award.noun:
        return found
    return f"1 {award.noun}" if value == _MILLION else f"{found} {award.noun}s"


def _money(rules: Spif, minor: int, reader: Reader) -> str:
    return written.money(Money(minor, rules.currency), reader)
