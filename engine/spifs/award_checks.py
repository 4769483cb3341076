"""What is wrong with the awards of a SPIF: how they score, what they pay, and whether that can be won at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.plans.asked import DERIVED, GIVEN, both, conditions_of, covers, is_empty
from engine.spifs.definition import MOST_METRICS
from engine.spifs.faults import error, warning
from engine.spifs.prize_rules import FirstTo, PerUnit, Pot, Raffle, Ranking, Steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spifs.definition import AwardRule, Metric, Spif
    from engine.spifs.faults import Around, Fault

MOST_AWARDS, USUAL_AWARDS, MOST_PRIZES, MOST_WINDOWS = 10, 3, 100, 12
LARGEST = 10**13  # minor units; more is a typing error
_PERCENTAGES = ("margin_pct", "markup_pct", "discount_pct")


def award_faults(spif: Spif, _: Around) -> Iterator[Fault]:
    """The faults of all awards."""
    count = len(spif.awards)
    if not 1 <= count <= MOST_AWARDS:
        said = ("A SPIF needs awards, and not too many.", "Add or remove some.")
        yield error("awards_count", "awards", said, count, f"1 to {MOST_AWARDS}")
    if len({award.name.strip() for award in spif.awards}) < count or not all(one.name.strip() for one in spif.awards):
        yield error("award_name", "awards", ("Every award needs a name of its own.", "Name them apart."))
    if count > USUAL_AWARDS:
        said = ("It takes many awards to say what matters.", "Reward one behaviour.")
        yield warning("awards_many", "awards", said, count, f"up to {USUAL_AWARDS}")
    behaviours = {(one.source, one.of) for award in spif.awards for one in award.scoring.metrics}
    if len(behaviours) > 1 and all(award.scoring.by != "points" for award in spif.awards):
        said = ("It rewards more than one behaviour.", "Choose the one that matters, or weigh them in a scorecard.")
        yield warning("one_behaviour", "awards", said, ", ".join(sorted(of for _, of in behaviours)))
    for at, award in enumerate(spif.awards):
        yield from _scoring(award, f"awards[{at}].scoring")
        yield from _pays(award, f"awards[{at}].pays")
        yield from _reward(award, f"awards[{at}].reward")


def _scoring(award: AwardRule, at: str) -> Iterator[Fault]:
    scoring = award.scoring
    count, most = len(scoring.metrics), MOST_METRICS if scoring.by == "points" else 1
    if not 1 <= count <= most:
        said = ("The award counts nothing, or too much.", "Count one thing, or up to ten in a scorecard.")
        yield error("metrics_count", f"{at}.metrics", said, count, f"1 to {most}")
    for number, metric in enumerate(scoring.metrics):
        yield from _metric(metric, f"{at}.metrics[{number}]")
    if scoring.by == "attainment" and not scoring.quota and not scoring.own:
        said = ("Attainment of which quota?", "Name a quota, or give everybody a number of their own.")
        yield error("quota_unnamed", f"{at}.quota", said)
    if any(own.value <= 0 for own in scoring.own) or len({own.rep_id for own in scoring.own}) < len(scoring.own):
        said = ("A number of somebody's own is not above zero, or given twice.", "Give each one number above zero.")
        yield error("own_number", f"{at}.own", said)
    if scoring.by == "improvement" and not 1 <= scoring.baseline_windows <= MOST_WINDOWS:
        said = ("The baseline has no windows, or too many.", "Compare with one to twelve windows before.")
        yield error(
            "baseline_windows", f"{at}.baseline_windows", said, scoring.baseline_windows, f"1 to {MOST_WINDOWS}"
        )
    yield from _ranked_by_totals(award, at)


def _ranked_by_totals(award: AwardRule, at: str) -> Iterator[Fault]:
    by = award.scoring.by
    if by == "sum" and isinstance(award.pays, Ranking) and any(one.unit == "money" for one in award.scoring.metrics):
        said = (
            "Ranked by amounts, the largest territory wins.",
            "Rank by attainment or by improvement where territories differ.",
        )
        yield warning("totals_ranked", f"{at}.by", said, by, "attainment, improvement")


def _metric(metric: Metric, at: str) -> Iterator[Fault]:
    if not metric.of.strip():
        yield error("metric_missing", f"{at}.of", ("The metric counts nothing.", "Name what it counts."))
    if metric.of in _PERCENTAGES and metric.source == "deals":
        said = (
            "Percentages of deals cannot be summed.",
            "Count amounts or margin; ask for the percentage in `where`.",
        )
        yield error("metric_percentage", f"{at}.of", said, metric.of)
    unit = (DERIVED | GIVEN).get(metric.of) if metric.source == "deals" else None
    if unit is not None and unit != metric.unit:
        yield error("metric_unit", f"{at}.unit", ("The metric is of another unit.", "Correct it."), metric.unit, unit)
    if metric.weight.num <= 0:
        said = ("A weight is not above zero.", "Give every metric a weight above zero.")
        yield error("metric_weight", f"{at}.weight", said, metric.weight)
    where = conditions_of(metric.where)
    excluded = conditions_of(metric.excluding)
    impossible = any(is_empty(held) for held in where.values())
    if impossible or (metric.excluding.conditions and covers(excluded, where)):
        said = ("No deal can meet these conditions.", "Ask for less, or exclude less.")
        yield error("filter_empty", f"{at}.where", said)
    if metric.source == "achievements" and (metric.where.conditions or metric.excluding.conditions):
        said = ("Achievements are no deals, so conditions on deals mean nothing.", "Leave the conditions out.")
        yield error("filter_achievement", f"{at}.where", said)


def _pays(award: AwardRule, at: str) -> Iterator[Fault]:
    pays = award.pays
    if isinstance(pays, Pot):
        yield from _pot(award, pays, at)
        return
    amounts: tuple[int, ...]
    if isinstance(pays, PerUnit):
        amounts, field = (pays.amount,), f"{at}.amount"
        yield from _units(pays, at)
    elif isinstance(pays, Steps):
        amounts, field = tuple(step.amount for step in pays.steps), f"{at}.steps"
        yield from _steps(pays, at)
    else:
        amounts, field = pays.prizes, f"{at}.prizes"
        yield from _listed(pays, at)
    yield from _amounts(amounts, field, award)


def _units(pays: PerUnit, at: str) -> Iterator[Fault]:
    if pays.per <= 0:
        yield error("unit_size", f"{at}.per", ("A unit is nothing.", "Say how large a unit is."), pays.per, "above 0")
    if pays.most is not None and pays.most < pays.amount:
        said = ("What one may win is less than one unit pays.", "Raise it, or lower the amount.")
        yield error("most_below_unit", f"{at}.most", said, pays.most, f"from {pays.amount}")


def _listed(pays: Ranking | FirstTo | Raffle, at: str) -> Iterator[Fault]:
    if list(pays.prizes) != sorted(pays.prizes, reverse=True) and not isinstance(pays, Raffle):
        said = ("A lower rank wins more than a higher one.", "List the prizes from the first rank down.")
        yield warning("prizes_order", f"{at}.prizes", said, pays.prizes)
    if isinstance(pays, FirstTo) and pays.target <= 0:
        yield error("target_missing", f"{at}.target", ("There is nothing to reach.", "Set a score above zero."))
    if isinstance(pays, Raffle) and pays.per <= 0:
        said = ("A ticket costs nothing.", "Say what makes a ticket.")
        yield error("unit_size", f"{at}.per", said, pays.per, "above 0")


def _amounts(amounts: tuple[int, ...], field: str, award: AwardRule) -> Iterator[Fault]:
    if not 1 <= len(amounts) <= MOST_PRIZES:
        said = ("There is nothing to win, or too many prizes.", "List the prizes.")
        yield error("prizes_count", field, said, len(amounts), f"1 to {MOST_PRIZES}")
    least = 0 if award.reward.kind == "gift" else 1
    for amount in amounts:
        if not least <= amount <= LARGEST:
            said = ("A prize is no sensible amount.", "Correct it.")
            yield error("prize_amount", field, said, amount, f"{least} to {LARGEST}")


def _steps(pays: Steps, at: str) -> Iterator[Fault]:
    rising = sorted(pays.steps, key=lambda step: step.least)
    if any(step.least <= 0 for step in rising) or len({step.least for step in rising}) < len(rising):
        said = ("Steps are not above zero, or two are equal.", "Let every step be above the one before.")
        yield error("steps_order", f"{at}.steps", said, [step.least for step in rising])
    if [step.amount for step in rising] != sorted(step.amount for step in rising):
        said = ("A higher step wins less than a lower one.", "Let the amounts rise with the steps.")
        yield error("steps_falling", f"{at}.steps", said, [step.amount for step in rising])


def _pot(award: AwardRule, pays: Pot, at: str) -> Iterator[Fault]:
    if (pays.total is None) == (pays.rate is None):
        said = ("The pot needs either a sum, or a share of value.", "Give one of `total` and `rate`.")
        yield error("pot_size", at, said)
    if pays.total is not None and not 0 < pays.total <= LARGEST:
        yield error(
            "pot_amount", f"{at}.total", ("The pot is no sensible amount.", "Correct it."), pays.total, "above 0"
        )
    if pays.rate is not None and not 0 < pays.rate.num <= pays.rate.den:
        said = ("The share of value is no share.", "Give a percentage up to 100%.")
        yield error("pot_rate", f"{at}.rate", said, pays.rate, "above 0% up to 100%")
    if pays.rate is not None and any(one.source != "deals" for one in award.scoring.metrics):
        said = ("Achievements have no value of which a share could be paid.", "Put a sum into the pot.")
        yield error("pot_worth", f"{at}.rate", said)
    if pays.divides == "ranks" and (not pays.shares or min(pays.shares) <= 0):
        yield error(
            "pot_shares", f"{at}.shares", ("A rank has no share.", "Give every rank one."), pays.shares, "above 0"
        )


def _reward(award: AwardRule, at: str) -> Iterator[Fault]:
    reward = award.reward
    if reward.kind == "gift":
        if not any(text.strip() for text in reward.texts):
            yield error("gift_unnamed", f"{at}.texts", ("What the gift is, nobody says.", "Name it."))
        if isinstance(award.pays, PerUnit | Pot):
            said = (
                "A gift cannot be divided or paid per unit.",
                "Give it by rank, to the first, by steps or by lot.",
            )
            yield error("gift_divided", f"{at}.kind", said, award.pays.form, "ranking, first_to, steps, raffle")
    if not 0 <= reward.point_value <= LARGEST:
        said = ("What a point costs is no sensible amount.", "Give 0 or more.")
        yield error("point_value", f"{at}.point_value", said, reward.point_value, f"0 to {LARGEST}")
    rate = reward.gross_up
    if rate is not None and not 0 <= rate.num < rate.den:
        said = ("The tax rate is no tax rate.", "Give a percentage below 100%.")
        yield error("gross_up", f"{at}.gross_up", said, rate, "0% up to below 100%")


def may_share_deals(one: Spif, other: Spif) -> bool:
    """Whether a credit could count for two SPIFs: windows touch, somebody may be in both, and conditions agree."""
    if one.window.start_on >= other.window.end_on or other.window.start_on >= one.window.end_on:
        return False
    if any(_apart(getattr(one.eligibility, name), getattr(other.eligibility, name)) for name in _WHO):
        return False
    lots = [
        [m for award in spif.awards for m in award.scoring.metrics if m.source == "deals"] for spif in (one, other)
    ]
    return any(
        both(conditions_of(mine.where), conditions_of(theirs.where)) is not None
        for mine in lots[0]
        for theirs in lots[1]
    )


_WHO = ("roles", "titles", "teams", "regions", "rep_ids")


def _apart(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """Whether both name people, and none of them alike."""
    return bool(one) and bool(other) and not set(one) & set(other)
