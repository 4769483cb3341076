"""SPIFs over the past, and after the fact: what they would have cost, and whether they worked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from engine.spifs.definition import Scoring, Visibility
from engine.spifs.dry_run import dry_run, hidden_twin, shifted
from engine.spifs.eligibility import participants
from engine.spifs.prize_rules import PerUnit, Ranking
from engine.spifs.review import Tally, due_on, post_mortem, reviewed, tally
from engine.spifs.windows import Window
from tests.engine.spifs.company import COUNT, MARCH, ONE, award, deal, event, ground_of, person, played, spif_of

if TYPE_CHECKING:
    from engine.spifs.entries import Ground

FIVE = [person(n) for n in range(1, 6)]
#: Deals per month, November to April, of reps 1 to 3; reps 4 and 5 sell nothing.
SOLD = {
    (2025, 11): (0, 0, 0),
    (2025, 12): (5, 2, 1),
    (2026, 1): (5, 1, 2),
    (2026, 2): (6, 2, 2),
    (2026, 3): (4, 4, 4),
    (2026, 4): (1, 1, 0),
}


def company(times: int = 1, as_of: date = date(2026, 2, 28)) -> Ground:
    lots = [
        (rep, date(year, month, 1 + turn % 28))
        for (year, month), counts in SOLD.items()
        for rep, count in enumerate(counts, start=1)
        for turn in range(count * times)
    ]
    deals = [deal(1, 1, date(2025, 11, 1), 0)]
    deals += [deal(n, rep, on, 10_000) for n, (rep, on) in enumerate(lots, start=2)]
    return ground_of({"deals": deals}, as_of)


EACH = award(PerUnit(10_000), COUNT, name="Each")
BEST = award(Ranking((30_000,)), COUNT, name="Best")


def test_a_replay_is_what_the_window_would_have_paid() -> None:
    ground = company()
    found = dry_run(spif_of(EACH, BEST, budget=100_000), ground, FIVE)
    # January begins before the first deal that the plan of 2026 credits; February is covered
    assert [(r.window.start_on, r.cost, r.paid, r.won) for r in found.replays] == [
        (date(2026, 2, 1), 130_000, 100_000, ((1, 90_000), (2, 20_000), (3, 20_000))),
        (date(2026, 1, 1), 110_000, 100_000, ((1, 80_000), (3, 20_000), (2, 10_000))),
    ]
    direct = played(replace(shifted(spif_of(EACH, BEST), 1), budget=100_000), ground, FIVE)
    assert direct.cost == found.replays[0].paid
    assert (found.mean_cost, found.highest_cost, found.is_made) == (120_000, 130_000, True)
    assert found.breach_ppm == 1_000_000  # every mixture of the two costs more than 100,000
    assert found.regulars == (1, 2, 3)
    assert found.paid_anyway_ppm == 1_000_000
    assert found.top_ppm == 170_000 * 1_000_000 // 240_000
    assert {fault.code for fault in found.lint} == {"one_rep", "paid_anyway", "breach", "same_winners"}


def test_a_generous_budget_and_a_high_bar_are_found_fair() -> None:
    found = dry_run(spif_of(award(PerUnit(10_000, at_least=6 * ONE), COUNT), budget=500_000), company(), FIVE)
    assert [replay.cost for replay in found.replays] == [60_000, 0]
    assert found.breach_ppm == 0
    assert found.paid_anyway_ppm == 60_000
    assert [fault.code for fault in found.lint] == ["one_rep"]


def test_ranks_count_as_paid_anyway_only_for_regulars() -> None:
    found = dry_run(spif_of(BEST, budget=30_000), company(), FIVE)
    assert found.regulars == (1,)
    assert found.paid_anyway_ppm == 1_000_000
    swapped = dry_run(
        spif_of(award(Ranking((30_000,)), Scoring("improvement", COUNT.metrics)), budget=30_000), company(), FIVE
    )
    assert swapped.replays[0].winners == (1, 2)  # one more than in January each
    assert len(swapped.replays) == 1  # what January improved on is not known
    assert swapped.regulars == ()
    assert swapped.paid_anyway_ppm == 0


def test_without_history_nothing_is_claimed() -> None:
    found = dry_run(spif_of(EACH), ground_of({}), FIVE)
    assert not found.is_made
    assert [fault.code for fault in found.lint] == ["no_history"]
    assert found.breach_ppm is None
    lonely = dry_run(spif_of(EACH), company(), FIVE, windows=1)
    assert len(lonely.replays) == 1
    assert lonely.breach_ppm is None


def test_nobody_would_have_scored() -> None:
    found = dry_run(
        spif_of(award(PerUnit(1), Scoring(metrics=(replace(COUNT.metric, of="seats"),)))), company(), FIVE
    )
    assert "nobody_scores" in {fault.code for fault in found.lint}


def test_the_same_history_tells_the_same_odds() -> None:
    spif = spif_of(EACH, BEST, budget=118_000)
    assert dry_run(spif, company(), FIVE) == dry_run(spif, company(), FIVE)
    assert 0 < (dry_run(spif, company(), FIVE).breach_ppm or 0) < 1_000_000


def test_awards_of_some_days_move_with_the_window() -> None:
    week = Window(date(2026, 3, 9), date(2026, 3, 16), MARCH.zone)
    late = Window(date(2026, 3, 28), date(2026, 4, 1), MARCH.zone)
    moved = shifted(spif_of(replace(EACH, window=week), replace(BEST, window=late)), 1)
    assert moved.awards[0].window == replace(week, start_on=date(2026, 2, 9), end_on=date(2026, 2, 16))
    assert moved.awards[1].window == replace(late, start_on=date(2026, 2, 28), end_on=date(2026, 3, 1))
    hidden = hidden_twin(spif_of(EACH), 2)
    assert hidden.is_hidden
    assert hidden.window.start_on == date(2026, 1, 1)
    assert played(replace(hidden, budget=10**9), company(), FIVE).prizes == ()


def test_a_post_mortem_tells_a_lift_and_what_was_pulled_forward() -> None:
    spif = spif_of(EACH)
    ground = company(times=5, as_of=date(2026, 4, 30))
    found = reviewed(spif, ground, participants(spif, FIVE), cost=600_000)
    assert (found.actual.value, found.actual.deals) == (60 * ONE, 60)
    assert [one.deals for one in found.baselines] == [50, 40]
    assert (found.usual, found.usual_deals, found.verdict) == (45 * ONE, 45, "lift")
    assert (found.lift, found.lift_ppm) == (15 * ONE, 333_333)
    assert (found.deals, found.cost_per_deal) == (15, 40_000)
    assert found.pulled_forward == 35 * ONE  # April had 10
    assert found.net == -20 * ONE
    silent = Tally(MARCH.before(), 50 * ONE, 50, is_hidden=True)
    twice = reviewed(spif, ground, participants(spif, FIVE), cost=600_000, hidden=[silent])
    assert [(one.deals, one.is_hidden) for one in twice.baselines] == [(50, True), (40, False)]
    early = reviewed(spif, company(times=5, as_of=date(2026, 4, 5)), participants(spif, FIVE), cost=600_000)
    assert early.pulled_forward is None
    assert early.net == 15 * ONE


def test_a_post_mortem_says_when_it_cannot_tell() -> None:
    spif = spif_of(EACH)
    thin = reviewed(spif, company(as_of=date(2026, 4, 30)), participants(spif, FIVE), cost=600_000)
    assert (thin.verdict, thin.lift, thin.cost_per_deal, thin.net) == ("cannot_tell", None, None, None)
    assert "20 are needed" in thin.why
    one = post_mortem(spif, Tally(MARCH, 9, 90), [Tally(MARCH, 5, 50)], 100)
    assert one.verdict == "cannot_tell"
    assert "2 are needed" in one.why


@pytest.mark.parametrize(("value", "verdict"), [(61, "lift"), (60, "within"), (50, "within"), (49, "drop")])
def test_only_what_lies_outside_is_told(value: int, verdict: str) -> None:
    baselines = [Tally(MARCH, 50, 50), Tally(MARCH, 60, 60, is_hidden=True)]
    found = post_mortem(spif_of(EACH), Tally(MARCH, value, value), baselines, 1_000)
    assert found.verdict == verdict
    assert found.lift == value - 55
    assert (found.cost_per_deal is None) == (verdict != "lift")


def test_a_tally_tells_what_was_undone() -> None:
    spif = spif_of(award(PerUnit(1), Scoring()))
    rows = {"deals": [deal(1, 1, 5, 300), deal(2, 2, 6, 200)], "events": [event(1, "refund", date(2026, 4, 2), 100)]}
    found = tally(spif, ground_of(rows), participants(spif, FIVE))
    assert (found.value, found.undone, found.deals) == (400, 100, 2)
    hidden = replace(spif, visibility=Visibility("hidden"))
    assert tally(hidden, ground_of(rows), participants(hidden, FIVE)).is_hidden


def test_the_review_is_due_within_ten_workdays() -> None:
    assert due_on(date(2026, 4, 10)) == date(2026, 4, 24)
    assert due_on(date(2026, 4, 11)) == date(2026, 4, 24)
