"""What pays, and by which table: refused where it contradicts itself, or does not say exactly one thing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from engine.money import Money, Rate
from engine.plans.axes import counts_numbers, measured_by, start_of

if TYPE_CHECKING:
    from engine.plans.filters import RateRule
    from engine.plans.nodes import Reading
    from engine.plans.schema import Component, Plan
    from engine.plans.tables import Table, Tier

_PRICES = ("rate", "rates", "per_unit", "fixed", "levels", "table")
_OWN = ("rate", "rates", "per_unit")  # what a table's multipliers may multiply
_RATED = ("rate", "rates", "per_unit", "multiplier")
_ALLOWED = {
    "marginal": _RATED,
    "whole_amount": _RATED,
    "overage": _RATED,
    "interpolated": ("amount", "rate", "per_unit", "multiplier"),
    "step": ("amount", "pays"),
    "curve": ("amount", "pays"),
}
_PRICING = (*_RATED, "amount", "pays", "slope")


@dataclass(frozen=True, slots=True)
class _Place:
    """One component, its table, and where it stands in the file."""

    plan: Plan
    component: Component
    path: str
    reading: Reading

    @property
    def table(self) -> Table:
        """The component's table, or the one that stands for its rate or target."""
        return self.component.priced_by

    def refuse(self, code: str, key: str, message: str, **more: str) -> None:
        """Reports a problem at a key of the component, "" for the component itself."""
        self.reading.report(code, f"{self.path}.{key}" if key else self.path, message, **more)


def check(plan: Plan, reading: Reading) -> None:
    """Reports every component of which it is not certain what it pays."""
    for position, component in enumerate(plan.components):
        at = _Place(plan, component, f"components[{position}]", reading)
        if not _is_priced(at):
            continue
        _check_target(at)
        _check_units(at)
        if component.table is not None:
            _check_table(at)


def _given(what: object, keys: tuple[str, ...]) -> list[str]:
    return [key for key in keys if getattr(what, key) not in (None, ())]


def _is_priced(at: _Place) -> bool:
    """Whether exactly one thing says what is paid; a table may multiply a rate that stands beside it."""
    component, table = at.component, at.component.table
    given = _given(component, _PRICES)
    if not given and (component.has_target or component.pool is not None):
        return True
    multiplies = table is not None and any(tier.multiplier is not None for tier in table.tiers)
    if multiplies and len(given) == 2 and given[0] in _OWN:
        return True
    if len(given) == 1:
        return True
    message = "A component is paid by exactly one of rate, rates, per_unit, fixed, levels and table, or by a target."
    remedy = "Keep one of them. Beside a table only rate, rates or per_unit may stand, if its tiers are multipliers."
    at.refuse("component_unpriced", "", message, found=" and ".join(given) or "none of them", remedy=remedy)
    return False


def _check_target(at: _Place) -> None:
    component, tiers = at.component, at.table.tiers
    if component.target is not None and component.incentive:
        at.refuse("target_twice", "incentive", "A component has a target or an incentive, not both.")
    if not component.has_target:
        for key, is_given in (("weight", component.weight != Rate(1)), ("prorate", component.prorate != "none")):
            if is_given:
                message = f"`{key}` is about a target incentive, and there is none."
                at.refuse("target_missing", key, message, remedy="Add `target:` or `incentive:`, or remove it.")
        return
    is_limit = isinstance(component.cap.per_window, Rate)
    if not is_limit and not component.pays_base_rate and not any(tier.pays is not None for tier in tiers):
        remedy = "Remove it, or write the tiers as `multiplier` or `pays`, or leave the rate and the table out."
        key = "incentive" if component.incentive else "target"
        at.refuse("target_unused", key, "Nothing in this component is paid as a part of its target.", remedy=remedy)
    _check_prorate(at)
    if component.accumulate == "transaction":
        remedy = "Choose month, quarter, half_year, quota_period, to_date or year_to_date."
        message = "A target belongs to a time, and a single transaction has none."
        at.refuse("window_unknown", "accumulate", message, remedy=remedy)
    if component.pays_base_rate and not component.quota and not component.is_attainment:
        message = "Paying a target in proportion needs the quota that it is paid for."
        at.refuse("quota_unnamed", "", message, remedy="Add `quota:` with its name.")


def _check_prorate(at: _Place) -> None:
    """A target shrinks in windows that are the same for everybody; those of quota rows have their own length."""
    component = at.component
    if component.prorate == "none":
        return
    if component.accumulate in ("quota_period", "to_date"):
        message = "A target for the days of a quota is as long as these, for joiners and leavers too."
        at.refuse("prorate_unused", "prorate", message, remedy="Remove it, or choose another `accumulate`.")
    if component.prorate == "months" and component.accumulate in ("week", "pay_period"):
        message = "Whole months are counted in windows of whole months."
        at.refuse("prorate_unused", "prorate", message, allowed="days")


def _check_units(at: _Place) -> None:
    """Numbers are paid per unit, money at a rate; every rate rule pays something."""
    component, is_number = at.component, at.component.measure.is_number
    wrong = "rate" if is_number else "per_unit"
    tiers = component.table.tiers if component.table is not None else ()
    priced: list[tuple[str, Component | Tier]] = [("", component)]
    priced += [(f"table.tiers[{number}]", tier) for number, tier in enumerate(tiers)]
    for key, what in priced:
        if getattr(what, wrong) is not None:
            _refuse_unit(at, f"{key}.{wrong}".lstrip("."), is_number)
        for position, rule in enumerate(what.rates):
            _check_rule(at, rule, f"{key}.rates[{position}]".lstrip("."), is_tier=bool(key))


def _refuse_unit(at: _Place, key: str, is_number: bool) -> None:
    said = "a number, which is paid `per_unit`" if is_number else "money, which is paid at a `rate`"
    remedy = "Correct the key, or say with `unit:` in the measure what it counts."
    at.refuse("unit_wrong", key, f"This component counts {said}.", remedy=remedy)


def _check_rule(at: _Place, rule: RateRule, key: str, *, is_tier: bool) -> None:
    given = _given(rule, ("rate", "per_unit", "fixed"))
    if not given:
        at.refuse("rule_unpriced", key, "This rule does not say what it pays.", allowed="rate, per_unit, fixed")
    wrong = "rate" if at.component.measure.is_number else "per_unit"
    if wrong in given:
        _refuse_unit(at, f"{key}.{wrong}", at.component.measure.is_number)
    if rule.fixed is not None and (is_tier or at.component.table is not None):
        message = "A fixed amount for each deal has no place in a table."
        at.refuse("fixed_in_table", f"{key}.fixed", message, remedy="Give it in a component of its own.")


def _check_table(at: _Place) -> None:
    if f"{at.path}.accumulate" not in at.reading.lines:
        remedy = (
            "Add `accumulate:` with transaction, month, quarter, half_year, quota_period, to_date or year_to_date."
        )
        at.refuse("key_missing", "", "A table must say over which window credit adds up.", remedy=remedy)
    _check_axis(at)
    _check_behaviour(at)
    for position, tier in enumerate(at.table.tiers):
        _check_tier(at, tier, f"table.tiers[{position}]")
    _check_alike(at)
    _check_order(at)


def _check_axis(at: _Place) -> None:
    component, table = at.component, at.table
    if table.by == "deal":
        if not table.of:
            message, remedy = "`by: deal` needs the figure of the deal.", "Add `of:`, such as margin_pct."
            at.refuse("key_missing", "table", message, remedy=remedy)
        return
    if table.unit:
        at.refuse("unit_unused", "table.unit", "Only a figure of the deal can be given a unit here.")
    if table.of:
        _check_other(at)
    elif table.by == "attainment" and not component.quota and not component.is_attainment:
        at.refuse(
            "quota_unnamed", "", "Attainment needs the name of a quota.", remedy="Add `quota:`, or use `by: amount`."
        )
    if table.by == "attainment" and component.accumulate == "transaction" and not table.of:
        remedy = "Choose month, quarter, half_year, quota_period, to_date or year_to_date, or use `by: amount`."
        at.refuse("window_unknown", "accumulate", "A single transaction has no attainment.", remedy=remedy)


def _check_other(at: _Place) -> None:
    """The component that a table is `of` is another one, with a window and, for attainment, a quota."""
    other, table = measured_by(at.plan, at.component), at.table
    names = [component.name for component in at.plan.components if component.name != at.component.name]
    if other is at.component:
        message = "The tier is chosen by another component, and this is none."
        at.refuse("component_unknown", "table.of", message, found=table.of, allowed=", ".join(names))
        return
    if other.table is not None and other.table.of and other.table.by != "deal":
        message = f"{other.name!r} goes by yet another component."
        at.refuse("component_chained", "table.of", message, remedy="Name that one.")
    if other.accumulate == "transaction" or other.measure.team_commission is not None:
        message = f"Nothing adds up in {other.name!r} that could choose a tier."
        at.refuse("window_unknown", "table.of", message, remedy="Name a component that accumulates credit.")
    if table.by == "attainment" and not other.quota and not other.is_attainment:
        message = f"{other.name!r} has no quota, so it has no attainment."
        at.refuse("quota_unnamed", "table.of", message, remedy="Give it `quota:`, or use `by: amount`.")


def _check_behaviour(at: _Place) -> None:
    table = at.table
    foreign = bool(table.of)
    if table.behaviour == "overage" and foreign:
        message = "Overage is credit beyond a threshold, so only the component's own credit can measure it."
        at.refuse("behaviour_axis", "table.behaviour", message, remedy="Remove `of`, or choose whole_amount.")
    if table.behaviour == "overage" and any(len(set(rule.counts_for)) < 2 for rule in at.plan.crediting):
        message = "Overage is paid again with every tier, so all credit has to count for quota and for pay."
        at.refuse("behaviour_axis", "table.behaviour", message, remedy="Choose marginal or whole_amount.")
    if table.behaviour == "marginal" and table.by == "deal" and table.of.endswith("_pct"):
        message = "A percentage of a deal is not used up tier by tier."
        remedy = "Write whole_amount: the tier's rate pays all."
        at.refuse("behaviour_axis", "table.behaviour", message, remedy=remedy)
    if table.behaviour in ("overage", "interpolated") and len(table.tiers) < 2:
        message = "One tier alone has no end, so nothing can be beyond it, nor fill it."
        at.refuse("tier_missing", "table.tiers", message, remedy="Add the tier that begins where the first one ends.")


def _check_tier(at: _Place, tier: Tier, key: str) -> None:
    table = at.table
    given = _given(tier, _PRICING)
    allowed = _ALLOWED[table.behaviour]
    ends = table.behaviour == "interpolated" and tier is table.tiers[-1]
    paid = [each for each in given if each in allowed]
    if len(paid) != 1 and not (ends and not paid):
        message = f"A tier of {table.behaviour} pays by exactly one of these."
        at.refuse("tier_unpriced", key, message, found=" and ".join(given) or "none", allowed=", ".join(allowed))
    _check_extra(at, tier, (key, given))
    if ends and _is_worth_something(tier):
        message = "The last tier has no end, so how full it is cannot be told."
        remedy = "Add a tier where it ends; the last one pays 0, and only ends the one before."
        at.refuse("tier_open", key, message, remedy=remedy)
    if tier.multiplier is not None and not (_given(at.component, _OWN) or at.component.has_target):
        message = "There is nothing that this multiplies."
        remedy = "Give the component a rate, rates, per_unit, or a target with a quota."
        at.refuse("multiplier_baseless", f"{key}.multiplier", message, remedy=remedy)
    if tier.pays is not None and not at.component.has_target:
        message = "`pays` is a share of a target incentive, and there is none."
        at.refuse("target_missing", f"{key}.pays", message, remedy="Add `target:` or `incentive:`, or use `amount`.")
    _check_start(at, tier, key)


def _is_worth_something(tier: Tier) -> bool:
    worths = (tier.rate, tier.multiplier, tier.amount, tier.per_unit)
    return any(worth is not None and _size(worth) for worth in worths)


def _size(worth: Rate | Money) -> int:
    return worth.minor if isinstance(worth, Money) else worth.num


def _check_extra(at: _Place, tier: Tier, where: tuple[str, list[str]]) -> None:
    """Keys that mean nothing in this behaviour, or along this axis."""
    (key, given), table = where, at.table
    for other in given:
        if other not in (*_ALLOWED[table.behaviour], *(("slope",) if table.behaviour == "curve" else ())):
            message = f"`{other}` means nothing in a tier of {table.behaviour}."
            at.refuse("tier_key", f"{key}.{other}", message, allowed=", ".join(_ALLOWED[table.behaviour]))
    if tier.pays is not None and table.by == "deal":
        message = "A target belongs to a time, not to a deal."
        at.refuse("behaviour_axis", f"{key}.pays", message, remedy="Write `amount`.")
    if tier.slope is None or table.behaviour != "curve":
        return
    if tier.pays is not None and table.by != "attainment":
        message = "The slope of shares of a target is by attainment."
        at.refuse("slope_axis", f"{key}.slope", message, remedy="Leave it out, or use attainment.")
    if tier.amount is not None and (table.of or at.component.measure.is_number):
        message = "The slope of amounts is a share of the component's own credit in money."
        at.refuse("slope_axis", f"{key}.slope", message, remedy="Leave it out for a straight line to the next tier.")


def _check_start(at: _Place, tier: Tier, key: str) -> None:
    by, is_rate = at.table.by, not isinstance(tier.start, Money)
    if tier.start in (Rate(0), Money(0, at.plan.currency)):
        return
    numbers = by != "attainment" and counts_numbers(at.plan, at.component)
    if numbers or is_rate == (by == "attainment"):
        return
    wanted = "a percentage such as 100%" if by == "attainment" else "an amount such as 50_000"
    said = by if by != "deal" else f"an amount of money, {at.table.of}"
    remedy = "Correct it, or say with `unit: number` that the figure is a number." if by == "deal" else "Correct it."
    message = f"This table is measured by {said}."
    at.refuse("tier_axis", f"{key}.from", message, found=str(tier.start), allowed=wanted, remedy=remedy)


def _check_alike(at: _Place) -> None:
    """Values of one table are all amounts, all shares of a target, or all rates."""
    tiers, behaviour = at.table.tiers, at.table.behaviour
    amounts = [tier.amount is not None for tier in tiers]
    others = [bool(_given(tier, ("pays", *_RATED))) for tier in tiers]
    if any(amounts) and any(others):
        message = "Some tiers give amounts of money, others do not."
        at.refuse("tiers_mixed", "table.tiers", message, remedy="Write all of them in one way.")
    if not at.component.pays_base_rate:
        return
    if behaviour == "interpolated" or any(_given(tier, ("rate", "rates", "per_unit")) for tier in tiers):
        message = "Multiples of target by quota cannot stand beside rates, nor be interpolated."
        at.refuse("tiers_mixed", "table.tiers", message, remedy="Give the component the rate that is multiplied.")


def _check_order(at: _Place) -> None:
    table = at.table
    numbers = table.by != "attainment" and counts_numbers(at.plan, at.component)
    starts = [start_of(tier, table.by, numbers) for tier in table.tiers]
    if starts[0] != 0 and table.behaviour not in ("curve", "step"):
        message = f"The first tier must begin at 0: below {table.tiers[0].start} nothing is said."
        remedy = "Begin at 0, with `rate: 0%` if nothing is paid there."
        at.refuse("tier_gap", "table.tiers[0].from", message, remedy=remedy)
    for position, (low, high) in enumerate(pairwise(starts), start=1):
        if not low < high:
            one, other = table.tiers[position - 1 : position + 1]
            message = f"This tier begins at {other.start}, but the one above it begins at {one.start}: they overlap."
            remedy = "List tiers in rising order, each start once."
            at.refuse("tier_order", f"table.tiers[{position}].from", message, remedy=remedy)
