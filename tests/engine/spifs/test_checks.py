"""Bad rules of SPIFs: each named with its field, what was found, what is allowed and what helps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.money import Money, Rate
from engine.plans.filters import FigureRange, Filter
from engine.spifs import terms
from engine.spifs.checks import Around, faults, has_errors
from engine.spifs.costs import one_prize
from engine.spifs.definition import AwardRule, Eligibility, Metric, OwnNumber, Reversal, Scoring, Team, Visibility
from engine.spifs.prize_rules import FirstTo, PerUnit, Pot, Raffle, Ranking, Reward, Step, Steps
from engine.spifs.templates import Frame, filled, template, templates
from engine.spifs.windows import Window
from tests.engine.spifs.company import COUNT, MARCH, ONE, award, spif_of

TERM_NAMES = (
    "cap", "hold", "reversal", "takes", "reward", "gift", "gross_up", "point_value", "ties", "stacking", "competes",
    "divides", "team_by", "teams",
)  # fmt: skip
TERM_VALUES = (
    "points", "gift", "team_sum", "rep", "listed", "each", "whole", "1e9", "-1", "0", "99%", "1/0", "Red: Ana, Ben\n",
    "9" * 40, "\u202e", "all_win", "{{7*7}}", '"}},{"',
)  # fmt: skip

BEFORE = Around(date(2026, 2, 20), 5)
GOOD = spif_of(award(Ranking((300, 200)), COUNT), budget=500)


def codes(spif: object, around: Around = BEFORE) -> list[str]:
    return [fault.code for fault in faults(spif, around)]  # type: ignore[arg-type]


def test_good_rules_have_no_fault() -> None:
    assert codes(GOOD) == []


ERRORS: dict[str, dict[str, Any]] = {
    "text_missing": {"name": " "},
    "text_long": {"sentence": "x" * 300},
    "text_sign": {"name": "Win\u202ebig"},
    "window_empty": {"window": replace(MARCH, end_on=MARCH.start_on)},
    "zone_unknown": {"window": replace(MARCH, zone="Mars/Base")},
    "window_past": {"window": Window(date(2026, 1, 1), date(2026, 2, 1))},
    "window_begun": {"window": Window(date(2026, 2, 1), date(2026, 3, 1))},
    "window_endless": {"window": Window(date(2026, 3, 1), date(2028, 1, 1))},
    "currency_unknown": {"currency": "XXX"},
    "budget_missing": {"budget": 0},
    "budget_below_prize": {"budget": 299},
    "cap_per_rep": {"cap_per_rep": 0},
    "tenure_negative": {"eligibility": Eligibility(tenure_days=-1)},
    "quota_unnamed": {"eligibility": Eligibility(least_attainment=Rate(1))},
    "quota_currency": {"eligibility": Eligibility(quota="q", least_quota=Money(1, "EUR"))},
    "days_range": {"hold_days": -1},
    "anchor_undoes": {"anchor": "refund"},
    "board_empty": {"visibility": Visibility(top=0)},
    "awards_count": {"awards": ()},
    "award_name": {"awards": (award(Ranking((1,))), award(Ranking((2,))))},
    "award_window": {"awards": (award(Ranking((1,)), window=Window(date(2026, 2, 1), date(2026, 3, 5))),)},
    "teams_missing": {
        "awards": (award(Ranking((1,)), competes="team"),),
        "team_by": "listed",
        "teams": (Team("a", (1,)),),
    },
    "member_repeated": {
        "awards": (award(Ranking((1,)), competes="team"),),
        "team_by": "listed",
        "teams": (Team("a", (1,)), Team("b", (1,))),
    },
}
AWARDS: dict[str, AwardRule] = {
    "metrics_count": award(Ranking((1,)), Scoring(metrics=(Metric(), Metric()))),
    "metric_missing": award(Ranking((1,)), Scoring(metrics=(Metric(" "),))),
    "metric_percentage": award(Ranking((1,)), Scoring(metrics=(Metric("margin_pct", unit="number"),))),
    "metric_unit": award(Ranking((1,)), Scoring(metrics=(Metric("count"),))),
    "metric_weight": award(Ranking((1,)), Scoring("points", (Metric(weight=Rate(0)),))),
    "quota_unnamed": award(Ranking((1,)), Scoring("attainment")),
    "own_number": award(Ranking((1,)), Scoring("attainment", own=(OwnNumber(1, 0),))),
    "baseline_windows": award(Ranking((1,)), Scoring("improvement", baseline_windows=0)),
    "filter_empty": award(
        Ranking((1,)),
        Scoring(metrics=(Metric(where=Filter(having=(FigureRange("amount", Money(5, "USD"), Money(5, "USD")),))),)),
    ),
    "filter_achievement": award(
        Ranking((1,)), Scoring(metrics=(Metric("meetings", "achievements", "number", Filter(product=("A",))),))
    ),
    "prizes_count": award(Ranking(())),
    "prize_amount": award(Ranking((0,))),
    "unit_size": award(PerUnit(1, per=0)),
    "most_below_unit": award(PerUnit(100, most=99)),
    "target_missing": award(FirstTo(0, (1,))),
    "steps_order": award(Steps((Step(ONE, 1), Step(ONE, 2)))),
    "steps_falling": award(Steps((Step(ONE, 5), Step(2 * ONE, 4)))),
    "pot_size": award(Pot(total=1, rate=Rate(1, 2))),
    "pot_amount": award(Pot(total=0)),
    "pot_rate": award(Pot(rate=Rate(2)), Scoring()),
    "pot_worth": award(Pot(rate=Rate(1, 2)), Scoring(metrics=(Metric("meetings", "achievements", "number"),))),
    "pot_shares": award(Pot(total=1, shares=(50, 0))),
    "gift_unnamed": award(Ranking((1,)), reward=Reward("gift")),
    "gift_divided": award(PerUnit(1), reward=Reward("gift", ("Mug",))),
    "point_value": award(PerUnit(1), reward=Reward("points", point_value=-1)),
    "gross_up": award(PerUnit(1), reward=Reward(gross_up=Rate(1))),
}
WARNINGS: dict[str, dict[str, Any]] = {
    "one_sentence": {"sentence": "Close deals. Then close more."},
    "fair_play_missing": {"fair_play": " "},
    "window_long": {"window": Window(date(2026, 3, 1), date(2026, 4, 2))},
    "hold_missing": {"hold_days": 0},
    "budget_short": {"budget": 499},
    "open_ended": {"awards": (award(PerUnit(1)),)},
    "awards_many": {"awards": tuple(award(Ranking((1,)), name=str(n)) for n in range(4))},
    "one_behaviour": {"awards": (award(Ranking((1,)), name="a"), award(Ranking((1,)), Scoring("largest"), name="b"))},
    "totals_ranked": {"awards": (award(Ranking((1,)), Scoring()),)},
    "prizes_order": {"awards": (award(Ranking((1, 2))),)},
    "team_sizes": {
        "awards": (award(Ranking((1,)), competes="team"),),
        "team_by": "listed",
        "teams": (Team("a", (1,)), Team("b", (2, 3))),
    },
}


@pytest.mark.parametrize("code", ERRORS)
def test_errors_of_the_spif(code: str) -> None:
    found = faults(replace(GOOD, **ERRORS[code]), BEFORE)
    assert code in [fault.code for fault in found if fault.level == "error"]
    assert has_errors(found)
    assert all(fault.field and fault.message.endswith(".") and fault.remedy.endswith(".") for fault in found)


@pytest.mark.parametrize("code", AWARDS)
def test_errors_of_awards(code: str) -> None:
    found = faults(replace(GOOD, awards=(AWARDS[code],)), BEFORE)
    named = [fault for fault in found if fault.code == code]
    assert [fault.level for fault in named] == ["error"]
    assert named[0].field.startswith("awards[0].")


@pytest.mark.parametrize("code", WARNINGS)
def test_warnings(code: str) -> None:
    found = faults(replace(GOOD, **WARNINGS[code]), BEFORE)
    assert code in [fault.code for fault in found if fault.level == "warning"]
    assert not has_errors(found)


def test_nobody_to_win_it() -> None:
    assert codes(GOOD, replace(BEFORE, eligible=0)) == ["nobody_eligible"]
    assert codes(GOOD, replace(BEFORE, eligible=1)) == ["one_eligible"]


def test_two_spifs_on_the_same_deals() -> None:
    """Same days, conditions that one deal can meet: refused, unless both allow it."""
    b_only = spif_of(
        award(Ranking((300,)), Scoring(metrics=(Metric("count", unit="number", where=Filter(product=("B",))),))),
    )
    a_only = replace(
        b_only,
        awards=(
            award(Ranking((300,)), Scoring(metrics=(Metric("count", unit="number", where=Filter(product=("A",))),))),
        ),
    )
    assert codes(b_only, replace(BEFORE, others=(GOOD,))) == ["deals_shared"]
    assert codes(b_only, replace(BEFORE, others=(a_only,))) == []
    april = replace(GOOD, window=MARCH.after())
    assert codes(b_only, replace(BEFORE, others=(april,))) == []
    east, west = (replace(GOOD, eligibility=Eligibility(teams=(team,))) for team in ("East", "West"))
    assert codes(east, replace(BEFORE, others=(west,))) == []
    assert codes(east, replace(BEFORE, others=(east,))) == ["deals_shared"]
    assert codes(east, replace(BEFORE, others=(GOOD,))) == ["deals_shared"]
    allowed = replace(b_only, shares_deals=True)
    assert codes(allowed, replace(BEFORE, others=(replace(GOOD, shares_deals=True),))) == []
    assert codes(allowed, replace(BEFORE, others=(GOOD,))) == ["deals_shared"]


def test_a_window_that_opens_today_is_too_late_to_be_announced() -> None:
    assert codes(GOOD, Around(date(2026, 3, 1), 5)) == ["window_begun"]
    assert codes(GOOD, Around(date(2026, 2, 28), 5)) == []


def test_a_new_version_may_be_checked_while_it_runs() -> None:
    running = Around(date(2026, 3, 10), 5)
    assert codes(GOOD, running) == ["window_begun"]
    assert codes(GOOD, replace(running, is_running=True)) == []


def test_a_hidden_run_needs_no_budget_and_may_lie_in_the_past() -> None:
    hidden = replace(GOOD, budget=0, visibility=Visibility("hidden"), window=MARCH.before())
    assert codes(hidden) == []


def test_a_hostile_title_is_plain_data() -> None:
    hostile = "<!channel> *free* {{7*7}} '; drop table spif; --"
    assert codes(replace(GOOD, name=hostile)) == []


def frame(**more: Any) -> Frame:
    return Frame(**{"name": "Spring", "currency": "USD", "window": MARCH, "budget": "10_000", **more})


@pytest.mark.parametrize("identity", [one.id for one in templates()])
def test_templates_are_ready_to_launch(identity: str) -> None:
    spif = filled(template(identity), {}, frame())
    assert not isinstance(spif, tuple)
    assert [fault for fault in faults(spif, replace(BEFORE, eligible=10)) if fault.level == "error"] == []
    assert spif.budget == 1_000_000
    assert "{" not in spif.sentence
    assert spif.fair_play


def test_there_are_ten_templates_of_ten_sorts() -> None:
    assert len({one.id for one in templates()}) == 10
    assert {award.pays.form for one in templates() for award in filled(one, {}, frame()).awards} == {  # type: ignore[union-attr]
        "per_unit",
        "ranking",
        "first_to",
        "steps",
        "pot",
        "raffle",
    }


def test_a_template_is_filled_in_with_what_was_typed() -> None:
    spif = filled(
        template("milestones"), {"steps": "2: 100; 4: 1,000.50", "product": "A, B"}, frame(more={"hold_days": 3})
    )
    assert not isinstance(spif, tuple)
    assert spif.awards[0].pays == Steps((Step(2 * ONE, 10_000), Step(4 * ONE, 100_050)))
    assert spif.awards[0].scoring.metric.where.product == ("A", "B")
    assert spif.hold_days == 3
    assert spif.sentence == "Each step that you reach wins more: 100 USD from 2 deals and 1,000.50 USD from 4 deals."
    ranked = filled(template("attainment"), {"minimum": "75%", "prizes": "1,000, 500"}, frame(sentence="Win."))
    assert not isinstance(ranked, tuple)
    assert ranked.awards[0].pays == Ranking((100_000, 50_000), at_least=750_000)
    assert ranked.sentence == "Win."
    odd = filled(template("attainment"), {"quota": "{prizes} {0} %s"}, frame())
    assert not isinstance(odd, tuple)
    assert odd.sentence == (
        "The highest attainment of {prizes} {0} %s wins 1,500 USD, 1,000 USD and 500 USD; it takes at least 80%."
    )
    one = filled(template("top_three"), {"minimum": "1", "prizes": "500"}, frame())
    assert not isinstance(one, tuple)
    assert one.sentence == "The most deals win 500 USD; it takes at least 1 deal."
    assert isinstance(filled(template("raffle"), {"tickets": "3"}, frame()).awards[0].pays, Raffle)  # type: ignore[union-attr]
    assert spif.reversal == Reversal()


@pytest.mark.parametrize(
    ("identity", "values", "field"),
    [
        ("per_deal", {"amount": "lots"}, "amount"),
        ("per_deal", {"amount": "1.005"}, "amount"),
        ("first_to", {"target": "many"}, "target"),
        ("top_three", {"prizes": ""}, "prizes"),
        ("milestones", {"steps": "3, 5"}, "steps"),
        ("raffle", {"tickets": "2.5"}, "tickets"),
        ("pot", {"rate": "1/0"}, "rate"),
        ("attainment", {"minimum": "9" * 60}, "minimum"),
    ],
)
def test_what_cannot_be_read_is_a_fault_of_its_field(identity: str, values: dict[str, str], field: str) -> None:
    found = filled(template(identity), values, frame())
    assert isinstance(found, tuple)
    assert [(fault.level, fault.field) for fault in found] == [("error", field)]
    assert found[0].remedy.endswith(".")


def test_a_budget_that_cannot_be_read_is_a_fault_too() -> None:
    found = filled(template("per_deal"), {}, frame(budget="-"))
    assert isinstance(found, tuple)
    assert found[0].field == "budget"


def test_terms_that_were_typed_are_read_or_said_to_be_wrong() -> None:
    typed = {"cap": "1,500", "hold": "3", "stacking": "greater_of", "ties": "earliest", "reward": "points"}
    spif = filled(template("top_three"), {"prizes": "1,000, 500"}, frame(terms=typed))
    assert not isinstance(spif, tuple)
    assert (spif.cap_per_rep, spif.hold_days, spif.stacking) == (150_000, 3, "greater_of")
    award = spif.awards[0]
    assert award.pays == Ranking((1_000, 500), ties="earliest", at_least=3 * ONE)
    assert award.reward.kind == "points"
    assert spif.sentence == "The most deals win 1,000 points and 500 points; it takes at least 3 deals."
    gift = filled(template("per_deal"), {}, frame(terms={"reward": "gift", "gift": "a day off", "ties": "earliest"}))
    assert not isinstance(gift, tuple)
    assert gift.sentence == "Every deal you close wins a day off."
    assert gift.awards[0].reward.texts == ("a day off",)
    wrong = filled(template("per_deal"), {}, frame(terms={"cap": "much", "hold": "-1", "reward": "gift"}))
    assert isinstance(wrong, tuple)
    assert [fault.field for fault in wrong] == ["cap", "hold", "gift"]


def test_tax_point_value_reversal_and_teams_that_were_typed_are_read() -> None:
    typed = {"gross_up": "40%", "reversal": "90", "takes": "whole", "competes": "team_average", "divides": "by_score",
             "team_by": "region"}  # fmt: skip
    spif = filled(template("top_three"), {"prizes": "600"}, frame(terms=typed))
    assert not isinstance(spif, tuple)
    award = spif.awards[0]
    assert award.reward.gross_up == Rate(2, 5)
    assert one_prize(award) == 1_000_00, "600 kept of 1,000 at 40%"
    assert (spif.reversal.days, spif.reversal.takes, spif.reversal.events) == (90, "whole", ("refund", "churn"))
    assert (award.competes, award.team_score, award.divides, spif.team_by) == (
        "team",
        "average",
        "by_score",
        "region",
    )
    assert spif.sentence.endswith("; teams compete, by the average of their members.")
    assert not {"one_sentence", "text_long"} & {fault.code for fault in faults(spif, BEFORE)}
    points = filled(template("per_deal"), {}, frame(terms={"reward": "points", "point_value": "0.50"}))
    assert not isinstance(points, tuple)
    assert points.awards[0].reward.point_value == 50
    assert points.awards[0].competes == "rep"
    alone = filled(template("team_race"), {}, frame(terms={"competes": "rep"}))
    assert not isinstance(alone, tuple)
    assert alone.awards[0].competes == "rep"


def test_a_prize_for_each_deal_is_for_reps_whatever_was_typed() -> None:
    spif = filled(template("per_deal"), {}, frame(terms={"competes": "team_sum", "divides": "each"}))
    assert not isinstance(spif, tuple)
    assert (spif.awards[0].competes, spif.sentence.count("teams")) == ("rep", 0)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"gross_up": "100%"}, "gross_up"),
        ({"gross_up": "-5%"}, "gross_up"),
        ({"gross_up": "40"}, "gross_up"),
        ({"gross_up": "a lot"}, "gross_up"),
        ({"reversal": "367"}, "reversal"),
        ({"reversal": "٣"}, "reversal"),
        ({"reward": "points", "point_value": "1/3"}, "point_value"),
        ({"team_by": "listed", "competes": "team_sum"}, "teams"),
        ({"team_by": "listed", "competes": "team_sum", "teams": "Red Ana, Ben"}, "teams"),
        ({"team_by": "listed", "competes": "team_sum", "teams": "Red: , ;"}, "teams"),
        ({"team_by": "listed", "competes": "team_sum", "teams": "x:y;" * 51}, "teams"),
    ],
)
def test_terms_that_cannot_be_read_are_faults_of_their_field(typed: dict[str, str], field: str) -> None:
    found = filled(template("top_three"), {}, frame(terms=typed))
    assert isinstance(found, tuple)
    assert [(fault.field, fault.remedy[-1]) for fault in found] == [(field, ".")]


def test_listed_teams_are_read_a_line_or_a_semicolon_each() -> None:
    assert terms.listed_teams("Red: Ana Diaz, ben@x.example\n Blue : Cy ;\n") == (
        ("Red", ("Ana Diaz", "ben@x.example")),
        ("Blue", ("Cy",)),
    )


@given(st.dictionaries(st.sampled_from(TERM_NAMES), st.text(max_size=30) | st.sampled_from(TERM_VALUES)))
@settings(max_examples=60, deadline=None)
def test_whatever_is_typed_as_terms_is_read_or_refused(typed: dict[str, str]) -> None:
    found = filled(template("top_three"), {}, frame(terms=typed))
    if isinstance(found, tuple):
        assert all(fault.level == "error" and fault.remedy for fault in found)
    else:
        faults(found, Around(date(2026, 1, 1), 5))
