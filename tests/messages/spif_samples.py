"""SPIFs to word: what is pushed, what is answered, and the forms. Every string from outside is in `Words`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from engine.money import Rate
from engine.spifs import records
from engine.spifs.answers import Cost, Spread
from engine.spifs.definition import AwardRule, Metric, Scoring, Spif, Visibility
from engine.spifs.faults import error, warning
from engine.spifs.prize_rules import MILLION, FirstTo, PerUnit, Pot, Raffle, Ranking, Step, Steps
from engine.spifs.windows import Window
from messages import spif, spif_modal, spif_questions, views
from messages.reply import Reply
from messages.spif_modal import Entered, Outlook
from tests.messages.sample_words import MANAGER, READER

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.spifs.prize_rules import PrizeRule
    from messages.reader import Reader
    from tests.messages.sample_words import Words

WINDOW = Window(date(2025, 12, 1), date(2025, 12, 15), "America/New_York")
COUNT = Scoring(metrics=(Metric("count", unit="number"),))
HASH = "0f" * 32


def rules(words: Words, *pays: PrizeRule, **changes: Any) -> Spif:
    lot = pays or (PerUnit(500_00, most=2_000_00),)
    awards = tuple(AwardRule(f"{words.component} {at}", one, COUNT) for at, one in enumerate(lot, start=1))
    made = {
        "name": words.deal,
        "sentence": words.note,
        "currency": "USD",
        "window": WINDOW,
        "awards": awards,
        "budget": 5_000_00,
        "fair_play": words.remedy,
        "visibility": Visibility(channel="#sales-floor"),
    }
    return Spif(**made | changes)


def about(words: Words) -> dict[str, Any]:
    return {"spif": 12, "hash": HASH, "title": words.deal}


def announced(words: Words, *pays: PrizeRule, **changes: Any) -> dict[str, Any]:
    said = {
        "rules": records.to_record(rules(words, *pays)),
        "author": words.rep,
        "is_reminder": False,
        "reason": "",
        "seed_hash": "",
    }
    return about(words) | said | changes


EVERY_SHAPE: tuple[PrizeRule, ...] = (
    PerUnit(500_00),
    Ranking((1_000_00, 500_00, 250_00), at_least=3 * MILLION),
    FirstTo(5 * MILLION, (500_00,)),
    Steps((Step(3 * MILLION, 200_00), Step(5 * MILLION, 500_00))),
    Pot(rate=Rate(1, 100), most=5_000_00),
    Raffle((500_00, 250_00), most_tickets=10),
)


def replays(_: Words) -> dict[str, Any]:
    window = {"start_on": "2025-11-17", "last_on": "2025-11-30", "cost": 1_500_00, "winners": 3, "scoring": 5}
    return {
        "mean": 1_250_00,
        "highest": 1_500_00,
        "breach_ppm": 50_000,
        "anyway_ppm": 240_000,
        "top_ppm": 330_000,
        "windows": [window, window | {"winners": 2}],
    }


def prize(words: Words, **changes: Any) -> dict[str, Any]:
    return {
        "award": words.component,
        "rep_id": 7,
        "kind": "cash",
        "amount": 500_00,
        "pays": 500_00,
        "cost": 500_00,
        "place": 1,
        "sharing": 1,
        "text": "",
        "team": "",
        "cut": 0,
    } | changes


def approval(words: Words, what: str) -> dict[str, Any]:
    figures: dict[str, Any] = {"hash": HASH, "currency": "USD", "budget": 5_000_00}
    if what in ("budget", "change"):
        figures |= {"worst": 12_000_00, "eligible": 6, "replays": replays(words), "reason": words.reason}
    else:
        winners = [
            prize(words) | {"name": words.rep},
            prize(words, place=2, kind="gift", text=words.note) | {"name": words.rep},
        ]
        figures |= {"cost": 1_000_00, "uncut": 1_200_00, "winners": winners, "left_out": 1}
    return announced(words) | {"what": what, "figures": figures}


def board(words: Words, rows: int, **changes: Any) -> dict[str, Any]:
    listed = [
        {"name": words.rep, "rank": at + 1, "percent_ppm": MILLION - at * 90_000, "moved": at - 1}
        for at in range(rows)
    ]
    awards = [{"award": words.component, "unit": "number", "competing": 9, "rows": listed}]
    said = {
        "rules": records.to_record(rules(words)),
        "state": "live",
        "awards": awards,
        "shows": "percent",
        "as_of": "2025-12-03",
    }
    return about(words) | said | changes


REVIEW = {
    "unit": "number",
    "currency": "USD",
    "cost": 1_500_00,
    "verdict": "lift",
    "why": "It came to more than each of the 4 windows it is compared with.",
    "lift": 6 * MILLION,
    "lift_ppm": 250_000,
    "usual": 24 * MILLION,
    "pulled_forward": MILLION,
    "cost_per_deal": 250_00,
    "actual": {"value": 30 * MILLION, "undone": MILLION},
}
SPIF_NOTICE_CASES: dict[str, Callable[[Words], tuple[str, dict[str, Any], Reader]]] = {
    "spif_announced": lambda words: ("spif_announced", announced(words), READER),
    "spif_announced_every_shape": lambda words: (
        "spif_announced",
        announced(words, *EVERY_SHAPE, seed_hash=HASH),
        READER,
    ),
    "spif_announced_changed": lambda words: ("spif_announced", announced(words, reason=words.reason), READER),
    "spif_announced_reminder": lambda words: ("spif_announced", announced(words, is_reminder=True), READER),
    "spif_near_miss": lambda words: (
        "spif_near_miss",
        about(words)
        | {
            "award": words.component,
            "gap": MILLION,
            "score": 4 * MILLION,
            "unit": "number",
            "currency": "USD",
            "noun": "deals",
            "next": {"minor": 500_00, "kind": "cash"},
            "last_on": "2025-12-14",
        },
        READER,
    ),
    "spif_standings": lambda words: ("spif_standings", board(words, 5), READER),
    "spif_standings_0": lambda words: ("spif_standings", board(words, 0), READER),
    "spif_standings_announced": lambda words: (
        "spif_standings",
        about(words) | {"rules": records.to_record(rules(words)), "state": "announced", "rows": []},
        READER,
    ),
    "spif_results": lambda words: (
        "spif_results",
        about(words)
        | {
            "rows": [{"award": words.component, "place": 1, "name": words.rep, "team": words.plan}],
            "draws": [{"award": words.component, "tickets": 1234}],
            "seed": "abc",
            "currency": "USD",
        },
        READER,
    ),
    "spif_results_0": lambda words: (
        "spif_results",
        about(words) | {"rows": [], "draws": [], "seed": "", "currency": "USD"},
        READER,
    ),
    "spif_won": lambda words: (
        "spif_won",
        about(words)
        | {"rep_id": 7, "prizes": [prize(words, sharing=2, cut=10_00)], "currency": "USD", "on": "2025-12-20"},
        READER,
    ),
    "spif_won_gift": lambda words: (
        "spif_won",
        about(words)
        | {
            "rep_id": 7,
            "prizes": [prize(words, kind="gift", text=words.note, pays=0)],
            "currency": "USD",
            "on": "2025-12-20",
        },
        READER,
    ),
    "spif_ended": lambda words: (
        "spif_ended",
        about(words) | {"reason": words.reason, "by": words.rep, "is_honoured": True},
        READER,
    ),
    "spif_approval_budget": lambda words: ("spif_approval", approval(words, "budget"), MANAGER),
    "spif_approval_change": lambda words: ("spif_approval", approval(words, "change"), MANAGER),
    "spif_approval_results": lambda words: ("spif_approval", approval(words, "results"), MANAGER),
    "spif_news_reviewed": lambda words: (
        "spif_news",
        about(words) | {"what": "reviewed", "state": "reviewed", "by": "system", "reason": "", "review": REVIEW},
        MANAGER,
    ),
    "spif_news": lambda words: (
        "spif_news",
        about(words) | {"what": "sent_back", "state": "verification", "by": words.rep, "reason": words.reason},
        MANAGER,
    ),
}


def listed(words: Words, state: str = "live") -> spif.Listed:
    return spif.Listed(12, rules(words), state, HASH)


def standing(words: Words) -> spif.Standing:
    facts = spif.facts(spif.Figures((3, 2, 4, 1), (words.rep,), (500_00, 0, 5_000_00), "USD"), MANAGER)
    doubts = ((4, words.deal, words.reason, ""), (5, words.deal, words.reason, "counts"))
    moves = ("propose", "cancel", "send_back")
    return spif.Standing(
        listed(words, "verification"), words.rep, facts, moves, HASH, doubts, (("1st", words.rep, "$500.00"),)
    )


def own(words: Words, barred: str = "") -> spif.OwnStanding:
    around = (spif.Neighbour(1, words.rep, MILLION, False), spif.Neighbour(2, words.rep, 750_000, True))
    award = spif.OwnAward(
        words.component,
        "number",
        2,
        9,
        3 * MILLION,
        MILLION,
        1_500_00,
        "cash",
        "deal",
        around,
        ((words.deal, MILLION),) * 7,
    )
    return spif.OwnStanding(listed(words), barred, () if barred else (award,), is_final=False, is_hidden=False)


def judged(words: Words, *, counts: bool) -> spif.Tested:
    tests = (("✓", words.rule, "", ""), ("✗", words.reason, words.plan, words.remedy))
    return spif.Tested(words.deal, words.account, counts, "1", tests)


def costing(words: Words, review: dict[str, Any]) -> spif_questions.Costing:
    signs = ("over_budget", "nobody_scores", "one_rep")
    cost = Cost("USD", 5_000_00, 500_00, 1_000_00, 5_000_00, None, 7_000_00, 700_000, signs)
    return spif_questions.Costing(listed(words), cost, review)


def reached(words: Words) -> spif_questions.Reached:
    near, failed = ((1, MILLION), (2, 2 * MILLION)), (("product", 4), ("not won", 2))
    spread = Spread(words.component, "number", 5 * MILLION, 9, 0, 4, MILLION, 2 * MILLION, 4 * MILLION, near, failed)
    return spif_questions.Reached(listed(words), (spread, spread), {1: words.rep})


SPIF_REPLY_CASES: dict[str, Callable[[Words], Reply]] = {
    "spif_cost": lambda words: Reply(
        "spif", spif_questions.cost([costing(words, REVIEW), costing(words, {})], MANAGER)
    ),
    "spif_reached": lambda words: Reply("spif", spif_questions.reached([reached(words)], MANAGER)),
    "spif": lambda words: Reply("spif", views.spif(standing(words), MANAGER)),
    "spif_own": lambda words: Reply("spif", views.spif_own(own(words), READER)),
    "spif_own_barred": lambda words: Reply("spif", views.spif_own(own(words, words.reason), READER)),
    "spif_tested": lambda words: Reply(
        "spif", views.spif_tested([judged(words, counts=each) for each in (True, False)], READER)
    ),
    "spif_list": lambda words: Reply("spif_list", views.spif_list([listed(words)] * 2, MANAGER, may_make=True)),
    "spif_list_0": lambda _: Reply("spif_list", views.spif_list([], READER, may_make=False)),
    "spif_list_limit_plus_1": lambda words: Reply(
        "spif_list", views.spif_list([listed(words)] * 16, READER, may_make=False)
    ),
}


def form(words: Words, kind: str, outlook: Outlook | None) -> spif_modal.SpifForm:
    groups = (("everybody", "Everybody who sells"), ("West", words.plan))
    return spif_modal.form(Entered(kind, "2025-12-01", groups, "USD", name=words.deal[:60]), outlook, MANAGER)


def seen(words: Words) -> Outlook:
    faults = [
        error("x", "budget", (words.message, words.remedy)),
        warning("y", "name", (words.message, words.remedy)),
    ]
    return Outlook(rules(words), 6, 12_000_00, 5_000_00, replays(words), faults)


def changed(words: Words) -> spif_modal.SpifForm:
    typed = {"cap": "2000", "reward": "gift", "gift": words.deal[:60]}
    entered = Entered(
        "top_three", "2025-12-01", (("mine", "Those who take part now"),), "USD", name=words.deal[:60], length="10",
        ticked=(spif_modal.MORE,), terms=typed, what="change", reason=words.reason[:200],
    )  # fmt: skip
    return spif_modal.form(entered, seen(words), MANAGER)


def of_teams(words: Words) -> spif_modal.SpifForm:
    typed = {"competes": "team_sum", "team_by": "listed", "teams": f"Red: {words.rep}\nBlue: Ben Cole",
             "reward": "points", "point_value": "0.10", "reversal": "30"}  # fmt: skip
    entered = Entered(
        "top_three", "2025-12-01", (("everybody", "Everybody who sells"),), "USD", name=words.deal[:60],
        ticked=(spif_modal.MORE,), terms=typed,
    )  # fmt: skip
    return spif_modal.form(entered, seen(words), MANAGER)


SPIF_MODAL_CASES: dict[str, Callable[[Words], tuple[str, Any]]] = {
    "spif_teams": lambda words: ("spif_new", of_teams(words)),
    "spif_change": lambda words: ("spif_new", changed(words)),
    "spif_refuse": lambda words: ("spif_reason", spif_modal.reason("decline", words.deal)),
    "spif_waive": lambda words: ("spif_reason", spif_modal.reason("waive", words.deal)),
    "spif_new": lambda words: ("spif_new", form(words, "per_deal", seen(words))),
    "spif_new_working": lambda words: ("spif_new", form(words, "raffle", None)),
    "spif_new_unread": lambda words: ("spif_new", form(words, "pot", Outlook(faults=seen(words).faults))),
    "spif_reason": lambda words: ("spif_reason", spif_modal.reason("cancel", words.deal)),
}
