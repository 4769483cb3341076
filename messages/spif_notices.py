"""What a SPIF tells people unprompted, in words: announced, almost won, won, ended, and what waits for an approval.

What goes to a channel says names, places and shares; amounts that people win stand in direct messages only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.money import Money
from engine.spifs import records
from messages import actions, spif_prose
from messages import format as written
from messages.escape import clip
from messages.notice_data import day_of
from messages.spif_card import SpifButton, SpifCard

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from messages.reader import Reader

WINNERS_SHOWN = 20
_WORDS = {
    "budget": ("Budget to approve", "Approve", actions.SPIF_APPROVE_BUDGET),
    "change": ("Changed rules to approve", "Approve the change", actions.SPIF_AMEND),
    "results": ("Results to approve", "Approve results", actions.SPIF_APPROVE_RESULTS),
    "pay": ("Prizes to pay", "Pay", actions.SPIF_PAY),
}
_NEWS = {
    "announced": "is approved and announced to everybody who takes part.",
    "budget_refused": "has its budget refused. Edit it and ask again, or cancel it.",
    "change_refused": "goes on by the rules that were announced: the change that you proposed is refused.",
    "amended": "has its changed rules approved. Everybody who takes part is told.",
    "open": "is live.",
    "closed": "is closed. Its results are being checked.",
    "hold_over": "has passed its hold. Look at its results and propose them.",
    "sent_back": "has its results sent back to verification.",
    "paid": "is paid. Every winner has a direct message, and the prize stands on their statement.",
    "reviewed": "was looked back at.",
}


def announced(data: Mapping[str, Any], reader: Reader) -> SpifCard:
    """Return the announcement: one sentence, what it pays, when, the small print, and a button to say "Got it"."""
    rules = records.from_record(data["rules"])
    sort = "Reminder: SPIF" if data["is_reminder"] else "SPIF changed:" if data["reason"] else "New SPIF:"
    lines = [
        clip(rules.sentence, spif_prose.SENTENCE),
        *(f"• {line}" for line in spif_prose.prizes(rules, reader)),
        f"What counts: {spif_prose.counted(rules, rules.awards[0])}.",
        f"When: {spif_prose.window(rules.window, reader)}.",
    ]
    if data["reason"]:
        lines.insert(1, f"Why it changed: {clip(data['reason'], 200)}")
    small = [clip(rules.fair_play, 200)] if rules.fair_play else []
    small += spif_prose.terms(rules, reader)
    if data["seed_hash"]:
        small.append(f"The draw can be replayed: SHA-256 of its seed is {data['seed_hash'][:16]}…")
    return SpifCard(
        headline=f"{sort} {spif_prose.title(rules)}",
        lines=tuple(lines),
        small=tuple(small),
        buttons=(
            SpifButton("Got it", actions.SPIF_GOT_IT, _value(data), "primary"),
            SpifButton("Where am I?", actions.SPIF_STANDING, _value(data)),
        ),
    )


def near_miss(data: Mapping[str, Any], reader: Reader) -> SpifCard:
    """Return the exact gap to the next prize."""
    gap = spif_prose.score(data["gap"], data["unit"], data["currency"], reader)
    noun = f" {data['noun']}" if data.get("noun") else ""
    prize = _next(data, reader)
    return SpifCard(
        headline=f"{gap}{noun} to {prize}: {clip(data['title'], spif_prose.TITLE)}",
        lines=(f"You have {spif_prose.score(data['score'], data['unit'], data['currency'], reader)}{noun} so far.",),
        small=(f"It ends with {written.day(day_of(data['last_on']), reader)}.",),
        buttons=(SpifButton("Where am I?", actions.SPIF_STANDING, _value(data)),),
    )


def results(data: Mapping[str, Any], reader: Reader) -> SpifCard:
    """Return who won, by place, for a channel: no amounts."""
    rows = data["rows"]
    shown = rows[:WINNERS_SHOWN]
    hidden = len(rows) - len(shown)
    small = [f"+{hidden} more." for _ in range(1) if hidden > 0]
    for draw in data["draws"]:
        said = written.number(draw["tickets"], reader)
        small.append(f"Drawn from {said} tickets with the seed {data['seed']}; anybody can replay it.")
    return SpifCard(
        headline=f"Results: {clip(data['title'], spif_prose.TITLE)}",
        lines=("Congratulations to everybody below. Each has a direct message with the prize.",)
        if shown
        else ("Nobody won anything this time.",),
        columns=("Place", "Who", "For") if shown else (),
        rows=tuple((spif_prose.ordinal(row["place"]), clip(_who(row), 80), clip(row["award"], 60)) for row in shown),
        small=tuple(small),
    )


def won(data: Mapping[str, Any], reader: Reader) -> SpifCard:
    """Return what somebody won, and where it stands."""
    currency = data["currency"]
    prizes = tuple(f"• {_prize(prize, currency, reader)}" for prize in data["prizes"])
    pays = sum(prize["pays"] for prize in data["prizes"])
    total = f" {_money(pays, currency, reader)}" if pays else ""
    on_statement = (
        f"It stands on your statement of {written.day(day_of(data['on']), reader)}, with its receipt."
        if pays
        else "Ops will hand it over."
    )
    value = actions.period_value(data["rep_id"], "this year")
    return SpifCard(
        headline=f"You won{total}: {clip(data['title'], spif_prose.TITLE)}",
        lines=(*prizes, on_statement),
        buttons=(SpifButton("Show my earnings", actions.SHOW_EARNINGS, value, "primary"),) if pays else (),
    )


def ended(data: Mapping[str, Any], reader: Reader) -> SpifCard:  # noqa: ARG001 - every view takes its reader
    """Return that it is cancelled, why, and what becomes of what was earned."""
    honoured = "What you have earned by now is paid." if data["is_honoured"] else "Nothing has been earned by it."
    return SpifCard(
        headline=f"Cancelled: {clip(data['title'], spif_prose.TITLE)}",
        lines=(f"Why: {clip(data['reason'], 300)}", honoured),
        small=(f"Cancelled by {clip(data['by'], 80)}.",),
    )


def approval(data: Mapping[str, Any], reader: Reader) -> SpifCard:
    """Return what waits for an approval, with the figures to judge it by."""
    rules, figures = records.from_record(data["rules"]), data["figures"]
    title, label, action = _WORDS[data["what"]]
    seen = actions.spif_value(data["spif"], figures["hash"])
    lines = [clip(rules.sentence, spif_prose.SENTENCE), *_judged(data, reader)]
    rows = figures.get("winners", ())
    return SpifCard(
        headline=f"{title}: {spif_prose.title(rules)}",
        lines=tuple(lines),
        columns=("Place", "Who", "Prize", "Cost") if rows else (),
        rows=tuple(_winner(row, rules.currency, reader) for row in rows[:WINNERS_SHOWN]),
        small=(f"By {clip(data['author'], 80)}. When: {spif_prose.window(rules.window, reader)}.", *_late(data)),
        buttons=(
            SpifButton(label, action, seen, "primary"),
            *_refusing(data),
            SpifButton("Open", actions.SPIF_SHOW, seen),
        ),
    )


def _late(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what an approval does that comes after the first day has begun."""
    return ("Approved after its first day has begun, it starts on the next.",) if data["what"] == "budget" else ()


def _refusing(data: Mapping[str, Any]) -> tuple[SpifButton, ...]:
    """Return the button that says no, which asks why."""
    is_rules = data["what"] in ("budget", "change")
    label, what = ("Refuse", "decline") if is_rules else ("Send back", "send_back")
    seen = data["figures"]["hash"] if is_rules else ""
    return (SpifButton(label, actions.SPIF_ASK_REASON, actions.spif_value(data["spif"], seen, what)),)


def news(data: Mapping[str, Any], reader: Reader) -> SpifCard:
    """Return how one's SPIF has moved, by whom and why."""
    by = f" By {clip(data['by'], 80)}." if data["by"] and data["by"] != "system" else ""
    lines = [f"It {_NEWS[data['what']]}{by}"]
    if data["reason"]:
        lines.append(f"Why: {clip(data['reason'], 300)}")
    if data.get("review"):
        lines = list(spif_prose.review(data["review"], reader))
    return SpifCard(
        headline=f"Your SPIF: {clip(data['title'], spif_prose.TITLE)}",
        lines=tuple(lines),
        buttons=(SpifButton("Open", actions.SPIF_SHOW, _value(data)),),
    )


def _next(data: Mapping[str, Any], reader: Reader) -> str:
    """Return the prize that a gap leads to."""
    minor, kind = data["next"]["minor"], data["next"]["kind"]
    if not minor or kind == "gift":
        return "the next prize"
    return f"{written.number(minor, reader)} points" if kind == "points" else _money(minor, data["currency"], reader)


def _judged(data: Mapping[str, Any], reader: Reader) -> list[str]:
    """Return the figures of an approval in sentences."""
    figures = data["figures"]
    currency = figures["currency"]
    if data["what"] in ("budget", "change"):
        worst = figures.get("worst")
        cost = _money(worst, currency, reader) if worst is not None else "not limited by its rules"
        budget, part = _money(figures["budget"], currency, reader), spif_prose.people(figures["eligible"], reader)
        first = f"Budget {budget}; worst case {cost}; {part} take part."
        why = [f"Why: {clip(figures['reason'], 300)}"] if data["what"] == "change" else []
        return [*why, first, *spif_prose.replays(figures["replays"], currency, reader)]
    cut = figures["uncut"] - figures["cost"]
    said = f"Cost {_money(figures['cost'], currency, reader)} of {_money(figures['budget'], currency, reader)} budget"
    said += f", {_money(cut, currency, reader)} cut to stay in it." if cut > 0 else "."
    left = figures["left_out"]
    return [said] + ([f"Left out, each with a reason: {left}."] if left else [])


def _winner(row: Mapping[str, Any], currency: str, reader: Reader) -> tuple[str, ...]:
    return (
        spif_prose.ordinal(row["place"]),
        clip(row["name"], 80),
        clip(row["text"], 60) if row["kind"] == "gift" else _amount(row, currency, reader),
        _money(row["cost"], currency, reader),
    )


def _prize(prize: Mapping[str, Any], currency: str, reader: Reader) -> str:
    """Return one prize of one's own: "1st place, Most deals: $500.00"."""
    what = clip(prize["text"], 60) if prize["kind"] == "gift" else _amount(prize, currency, reader)
    shared = f", shared by {prize['sharing']}" if prize["sharing"] > 1 else ""
    cut = " (cut to stay in the budget)" if prize["cut"] else ""
    return f"{clip(prize['award'], 60)}, {spif_prose.ordinal(prize['place'])} place{shared}: {what}{cut}"


def _amount(prize: Mapping[str, Any], currency: str, reader: Reader) -> str:
    if prize["kind"] == "points":
        return f"{written.number(prize['amount'], reader)} points"
    return _money(prize["amount"], currency, reader)


def _who(row: Mapping[str, Any]) -> str:
    return f"{row['name']} ({row['team']})" if row["team"] else str(row["name"])


def _money(minor: int, currency: str, reader: Reader) -> str:
    return written.money(Money(minor, currency), reader)


def _value(data: Mapping[str, Any]) -> str:
    return actions.spif_value(data["spif"], data["hash"])


#: Which function makes the view of which kind; the board of standings is in `messages.spif_board`.
VIEWS: Mapping[str, Callable[[Mapping[str, Any], Reader], SpifCard]] = {
    "spif_announced": announced,
    "spif_near_miss": near_miss,
    "spif_results": results,
    "spif_won": won,
    "spif_ended": ended,
    "spif_approval": approval,
    "spif_news": news,
}
