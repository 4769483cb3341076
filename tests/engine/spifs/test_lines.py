"""Prizes on statements: posted once, found again in the payroll calculation, and taken back to the cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.adjustments import KINDS_OF_ADJUSTMENT
from engine.commission import calculate
from engine.dates import day
from engine.frames import shaped
from engine.spifs.definition import Reversal, Scoring
from engine.spifs.eligibility import participants
from engine.spifs.lines import Posting, PrizeLine, external_id, is_in_time, owed_back, prize_lines, reversal_lines
from engine.spifs.prize_rules import PerUnit, Ranking
from engine.spifs.scores import Board, boards
from tests.engine.spifs.company import AS_OF, PLAN, award, deal, event, ground_of, person, played, spif_of

if TYPE_CHECKING:
    from engine.spifs.definition import Spif
    from engine.spifs.entries import Ground

THREE = [person(1), person(2), person(3)]
DEALS = [deal(1, 1, 5, 30_000), deal(2, 1, 6, 10_000), deal(3, 2, 9, 20_000)]
BOTH = spif_of(
    award(Ranking((50_000, 25_000)), Scoring(), name="Most"), award(PerUnit(1, per=3), Scoring(), name="Each")
)
PLANS = {1: "p", 2: "p", 3: "p"}
POSTING = Posting("7", date(2026, 4, 12), PLANS, "fin@example.com")


def as_rows(lines: tuple[PrizeLine, ...]) -> list[dict[str, object]]:
    return [
        {
            "adjustment_id": number,
            "rep_id": line.rep_id,
            "on": day(line.on),
            "kind": "prize",
            "plan": line.plan,
            "deal_id": 0,
            "amount_cents": line.amount_cents,
            "currency": line.currency,
        }
        for number, line in enumerate(lines, start=1)
    ]


def test_prizes_become_lines_of_the_winners_statements() -> None:
    ground = ground_of({"deals": DEALS})
    lines, problems = prize_lines(BOTH, played(BOTH, ground, THREE), POSTING)
    assert problems == ()
    assert [(line.external_id, line.rep_id, line.amount_cents) for line in lines] == [
        ("spif:7:1:1", 1, 50_000),
        ("spif:7:1:2", 2, 25_000),
        ("spif:7:2:1", 1, 13_333),
        ("spif:7:2:2", 2, 6_666),
    ]
    assert lines[1].reason == "SPIF Spring: Most, place 2"
    assert "prize" in KINDS_OF_ADJUSTMENT
    facts = replace(ground.facts, adjustments=shaped("adjustments", as_rows(lines)))
    paid = calculate(facts, [PLAN], AS_OF).lines
    prizes = paid[paid["kind"] == "prize"]
    assert sorted(zip(prizes["rep_id"], prizes["amount_cents"], strict=True)) == [
        (1, 13_333),
        (1, 50_000),
        (2, 6_666),
        (2, 25_000),
    ]


def test_a_winner_on_no_plan_is_a_problem() -> None:
    found = played(BOTH, ground_of({"deals": DEALS}), THREE)
    lines, problems = prize_lines(BOTH, found, replace(POSTING, plan_of={1: "p"}))
    assert {line.rep_id for line in lines} == {1}
    assert [(problem.code, problem.rep_id) for problem in problems] == [("prize_without_plan", 2)] * 2
    named = replace(BOTH, plan="q")
    assert {line.plan for line in prize_lines(named, found, POSTING)[0]} == {"q"}


def test_a_hostile_title_stays_text_in_one_row() -> None:
    hostile = replace(BOTH, name="<!channel> *x*\n=cmd|' /C calc'!A0\u202e\x00" + "x" * 500)
    line = prize_lines(hostile, played(hostile, ground_of({"deals": DEALS}), THREE), POSTING)[0][0]
    assert line.reason.startswith("SPIF <!channel> *x* =cmd|' /C calc'!A0 x")
    assert len(line.reason) == 200
    assert line.reason.isprintable()


def scored(ground: Ground, spif: Spif = BOTH) -> tuple[Board, ...]:
    return boards(spif, ground, participants(spif, THREE))


def test_a_refund_after_the_payout_takes_back_the_winners_own_part() -> None:
    """S11: 10,000 of 40,000 are refunded: a quarter of each prize of rep 1, and nobody is ranked anew."""
    before = ground_of({"deals": DEALS})
    prizes = played(BOTH, before, THREE).prizes
    later = ground_of({"deals": DEALS, "events": [event(2, "refund", date(2026, 5, 2))]}, as_of=date(2026, 5, 3))
    owed = owed_back(BOTH, prizes, scored(before), scored(later))
    assert owed == {("Most", 1): 12_500, ("Most", 2): 0, ("Each", 1): 3_333, ("Each", 2): 0}
    posting = replace(POSTING, on=date(2026, 5, 3))
    lines = reversal_lines(BOTH, prizes, owed, posting, {})
    assert [(line.external_id, line.amount_cents) for line in lines] == [
        ("spif:7:1:1:back:2026-05-03:0-12500", -12_500),
        ("spif:7:2:1:back:2026-05-03:0-3333", -3_333),
    ]
    assert lines[0].reason == "taken back: SPIF Spring: Most"
    taken = {"spif:7:1:1": 12_500, "spif:7:2:1": 3_333}
    assert reversal_lines(BOTH, prizes, owed, posting, taken) == ()
    again = reversal_lines(BOTH, prizes, owed_back(BOTH, prizes, scored(before), scored(before)), posting, taken)
    assert [line.amount_cents for line in again] == [12_500, 3_333]
    assert again[0].reason.startswith("given again")


def test_a_prize_lost_as_a_whole_is_its_exact_negative() -> None:
    before = ground_of({"deals": DEALS})
    prizes = played(BOTH, before, THREE).prizes
    gone = [event(number, "churn", date(2026, 5, 2)) for number in (1, 2, 3)]
    later = ground_of({"deals": DEALS, "events": gone}, as_of=date(2026, 5, 3))
    lines = reversal_lines(BOTH, prizes, owed_back(BOTH, prizes, scored(before), scored(later)), POSTING, {})
    assert [line.amount_cents for line in lines] == [-prize.pays for prize in prizes]


def test_other_rules_of_reversal() -> None:
    before = ground_of({"deals": DEALS})
    later = ground_of({"deals": DEALS, "events": [event(2, "refund", date(2026, 5, 2))]}, as_of=date(2026, 5, 3))
    for takes, amount in (("whole", 50_000), ("nothing", 0)):
        spif = replace(BOTH, reversal=Reversal(takes=takes))  # type: ignore[arg-type]
        prizes = played(spif, before, THREE).prizes
        assert owed_back(spif, prizes, scored(before, spif), scored(later, spif))["Most", 1] == amount
    assert is_in_time(BOTH, date(2026, 4, 12), date(2026, 6, 10))
    assert not is_in_time(BOTH, date(2026, 4, 12), date(2026, 6, 11))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 40_000), min_size=1, max_size=6))
def test_what_is_taken_back_piece_by_piece_sums_to_what_is_owed(lefts: list[int]) -> None:
    """Refunds that come and go: the lines are the differences of what is owed, and never more than the prize."""
    prize = next(p for p in played(BOTH, GROUND, THREE).prizes if p.rep_id == 1)
    identity, before = external_id("7", BOTH, prize), scored(GROUND)
    taken = 0
    for left in [*lefts, 0]:
        now = [replace(board, value=board.value * 0 + left) for board in before]
        owed = owed_back(BOTH, [prize], before, now)
        for line in reversal_lines(BOTH, [prize], owed, POSTING, {identity: taken}):
            taken -= line.amount_cents
        assert 0 <= taken == owed[prize.award, 1] <= prize.pays
    assert taken == prize.pays


GROUND = ground_of({"deals": DEALS})
