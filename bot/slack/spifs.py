"""What is said of SPIFs: the list, one for whoever leads it, and the reader's own place in one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.slack import phrases
from messages import spif as words
from messages import spif_modal, spif_prose, views
from messages import spif_questions as asked
from operations import spif_answers, spif_deals, spif_launch, spif_notices, spif_questions
from store import spifs

if TYPE_CHECKING:
    from bot.slack.turn import Turn
    from engine.spifs.answers import DealTest
    from messages.spif_card import SpifCard
    from operations.spif_answers import Overview
    from operations.spif_standings import OwnPlace
    from store.spifs import Kept

_SIGNS = {"pass": "✓", "fail": "✗", "unknown": "?"}
#: "Does Acme count for the SPIF?", "why doesn't Acme count?": the deal is what stands between.
_COUNTS = re.compile(
    r"\b(?:does|do|did|will|doesn['’]?t|didn['’]?t|is|isn['’]?t)\s+(?:not\s+)?(?:my |the |this )?(?P<deal>.+?)\s+"
    r"(?:deal\s+)?(?:not\s+)?(?:count|counts|counted|counting)\b",
    re.IGNORECASE,
)
#: "Why did nobody hit the SPIF threshold?" and "What has the SPIF cost? Did it work?", asked by whoever leads it.
_SPREAD = re.compile(r"\b(?:nobody|no[ -]?one|threshold|who (?:has |have )?(?:reached|hit))\b", re.IGNORECASE)
_COST = re.compile(r"\b(?:costs?|spent|budget|work(?:s|ed|ing)?|worth)\b", re.IGNORECASE)
MAKERS = ("manager", *spif_notices.TREASURERS)


def say_list(turn: Turn) -> None:
    """Say which SPIFs there are for the reader."""
    found = [_listed(kept) for kept in spif_answers.visible(turn.context)]
    turn.say("spif_list", views.spif_list(found, turn.reader, may_make=turn.person.role in MAKERS))


def say(turn: Turn, spif_id: int) -> None:
    """Say where one SPIF stands: to whoever leads it with what they may do, to others their own place."""
    if turn.person.role in MAKERS:
        say_lead(turn, spif_id)
    else:
        say_own(turn, spif_id)


def say_lead(turn: Turn, spif_id: int) -> None:
    """Say where a SPIF stands and what the reader may do to it."""
    found = spif_answers.overview(turn.context, spif_id)
    turn.say("spif", views.spif(_standing(turn, found), turn.reader))


def say_own(turn: Turn, spif_id: int) -> None:
    """Say where the reader stands, which of their deals count, and note that they have looked."""
    answer, names = spif_answers.own(turn.context, spif_id)
    spif_launch.looked_at(turn.context, spif_id)
    with turn.services.db.read() as conn:
        is_hidden = turn.person.rep_id in spifs.opted_out(conn)
    awards = tuple(
        _award(answer.kept, place, {one: name.name for one, name in names.items()}) for place in answer.places
    )
    shown = words.OwnStanding(_listed(answer.kept), answer.barred, awards, answer.is_final, is_hidden)
    turn.say("spif", views.spif_own(shown, turn.reader), turn.person)


def say_running(turn: Turn) -> None:
    """Say whether a deal that is named counts; else where the reader stands in the one SPIF that runs for them.

    Where it is not one SPIF, say which there are.
    """
    counts = _COUNTS.search(turn.inbound.text)
    if counts and _say_deal(turn, counts["deal"]):
        return
    if turn.person.role in MAKERS and _say_course(turn):
        return
    found = spif_answers.running(spif_answers.visible(turn.context))
    if len(found) == 1 and turn.person.role == "rep":
        say_own(turn, found[0].spif_id)
    else:
        say_list(turn)


def _say_course(turn: Turn) -> bool:
    """Whether a leader asked what it costs, whether it worked, or why nobody gets there, which is then said."""
    words_ = turn.inbound.text
    if _SPREAD.search(words_):
        spreads = spif_questions.reached(turn.context)
        shown = [asked.Reached(_listed(one.kept), one.spreads, one.names) for one in spreads]
        return bool(shown) and _say_card(turn, asked.reached(shown, turn.reader))
    if _COST.search(words_):
        costs = spif_questions.costs(turn.context)
        priced = [asked.Costing(_listed(one.kept), one.cost, one.review) for one in costs]
        return bool(priced) and _say_card(turn, asked.cost(priced, turn.reader))
    return False


def _say_card(turn: Turn, card: SpifCard) -> bool:
    turn.say("spif", card)
    return True


def _say_deal(turn: Turn, name: str) -> bool:
    """Whether any deal of the reader is called so, which is then said to count or not, test by test."""
    found = spif_deals.tested(turn.context, lambda names: phrases.deals_named(name, names))
    if not found:
        return False
    shown = [_tested(one, test, turn) for one in found for test in one.tests]
    turn.say("spif", views.spif_tested(shown, turn.reader), turn.person)
    return True


def _tested(one: spif_deals.Tested, test: DealTest, turn: Turn) -> words.Tested:
    rules = one.kept.rules
    title = rules.name if len(one.tests) == 1 else f"{rules.name}, {test.award}"
    worth = spif_prose.score(test.value, test.unit, rules.currency, turn.reader)
    tests = tuple((_SIGNS[each.state], each.asks, each.found, each.remedy) for each in test.conditions)
    return words.Tested(title, one.deal, test.counts, worth, tests)


def _listed(kept: Kept) -> words.Listed:
    return words.Listed(kept.spif_id, kept.rules, kept.state, kept.rules_hash)


def _standing(turn: Turn, found: Overview) -> words.Standing:
    rules, reach = found.kept.rules, found.reach
    prizes = found.scored.prizes if found.scored is not None else None
    figures = words.Figures(
        (reach.acknowledged, reach.opened, reach.delivered, reach.waiting),
        reach.unreachable,
        (prizes.cost if prizes is not None else 0, found.paid, rules.budget),
        rules.currency,
    )
    facts = words.facts(figures, turn.reader)
    facts = (
        *facts,
        *_proposed(turn, found),
        *((found.waits,) if found.waits else ()),
        *spif_modal.faults(found.faults),
    )
    by_name = {award.name: award for award in rules.awards}
    winners = tuple(
        (
            spif_prose.ordinal(prize.place),
            found.scored.name_of(prize.rep_id) if found.scored else "",
            spif_prose.reward(by_name[prize.award].reward, prize.amount, prize.place, rules.currency, turn.reader),
        )
        for prize in (prizes.prizes if prizes is not None else ())[:20]
    )
    doubts = tuple((doubt.deal_id, doubt.deal, doubt.reason, _judged(doubt.ruling)) for doubt in found.doubts)
    return words.Standing(
        _listed(found.kept), found.kept.author.name, facts, found.moves, found.seen, doubts, winners
    )


def _proposed(turn: Turn, found: Overview) -> tuple[str, ...]:
    """What new rules that wait for somebody to confirm them would be."""
    if found.proposed is None:
        return ()
    rules, why = found.proposed
    return words.proposed(rules, why, turn.reader)


def _judged(ruling: object) -> str:
    if ruling is None:
        return ""
    return "left out" if getattr(ruling, "is_out", False) else "counts"


def _award(kept: Kept, place: OwnPlace, names: dict[int, str]) -> words.OwnAward:
    award = next(one for one in kept.rules.awards if one.name == place.award)
    noun = "deal" if award.scoring.metric.of == "count" and place.unit == "number" else ""
    around = tuple(
        words.Neighbour(one.rank, one.name, one.percent_ppm, one.is_reader)
        for one in place.around
        if one.rank or one.is_reader  # who has not scored yet is nobody's business
    )
    return words.OwnAward(
        place.award, place.unit, place.rank, place.competing, place.value, place.gap, place.prize, place.kind, noun,
        around, tuple((names.get(deal_id, "A credit"), value) for deal_id, value in place.counted),
    )  # fmt: skip
