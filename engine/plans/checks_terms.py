"""When and how pay is paid, and how quotas are made: refused where it contradicts itself or can never happen."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from engine.money import Rate

if TYPE_CHECKING:
    from engine.money import Money
    from engine.plans.nodes import Reading
    from engine.plans.schema import Component, Plan
    from engine.plans.terms import Clawback, ClawbackStep, Draw, PaymentTerms, QuotaRule, Release

_ONE = Rate(1)
_LONGEST_MONTHS, _LONGEST_DAYS = 240, 7_300
_MOST_HOURS = 168
_PARTS = {"month": 12, "quarter": 4, "half_year": 2, "year": 1}
_WINDOWS = {"month": 1, "quarter": 3, "half_year": 6, "year_to_date": 12}
_SHORT = dict.fromkeys(("week", "two_weeks", "half_month"), 0)


def check(plan: Plan, reading: Reading) -> None:
    """Reports what is wrong with releases, clawbacks, payment terms and quota rules."""
    for position, component in enumerate(plan.components):
        path = f"components[{position}]"
        if component.release:
            _check_releases(component.release, f"{path}.release", reading)
        if component.clawback is not None:
            _check_clawback(component.clawback, f"{path}.clawback", reading)
    _check_payment(plan.payment, reading)
    for name, times in Counter(rule.name for rule in plan.quotas).items():
        if times > 1:
            last = max(at for at, rule in enumerate(plan.quotas) if rule.name == name)
            message = f"{times} rules make the quota {name!r}."
            reading.report("name_repeated", f"quotas[{last}]", message, remedy="Keep one of them.")
    for position, rule in enumerate(plan.quotas):
        _check_quota(plan, rule, f"quotas[{position}]", reading)
    for position, component in enumerate(plan.components):
        _check_unit(plan, component, f"components[{position}].quota", reading)


def _check_releases(releases: tuple[Release, ...], path: str, reading: Reading) -> None:
    total = sum((release.share.fraction for release in releases), start=Rate(0).fraction)
    if total != 1:
        message = "The shares of a release must sum to 100%."
        reading.report("release_sum", path, message, found=str(Rate.of(total)), allowed="100%")
    for position, release in enumerate(releases):
        place = f"{path}[{position}]"
        if release.share.num == 0:
            reading.report("release_empty", f"{place}.share", "A part of 0% is never paid.", remedy="Remove it.")
        _check_release(release, place, reading)


def _check_release(release: Release, path: str, reading: Reading) -> None:
    if release.on == "event" and not release.event:
        remedy = "Add `event:` with its name, such as go_live."
        reading.report("event_unnamed", path, "A part that waits for an event must name it.", remedy=remedy)
    if release.on not in ("event", "cash") and release.event:
        message = f"A part that is paid `on: {release.on}` waits for no event."
        reading.report("event_unused", f"{path}.event", message, remedy="Remove it, or use `on: event`.")
    if release.on == "days" and not 1 <= release.days <= _LONGEST_DAYS:
        message = "A part that waits for days must say how many."
        reading.report(
            "days_unknown", f"{path}.days", message, found=str(release.days), allowed=f"1 to {_LONGEST_DAYS}"
        )
    if release.on != "days" and release.days:
        message = f"A part that is paid `on: {release.on}` waits for no days."
        reading.report("days_unused", f"{path}.days", message, remedy="Remove it, or use `on: days`.")
    if release.unless and (release.on == "booking" or release.event in release.unless):
        message = "Nothing can come before this part is paid."
        reading.report("unless_unused", f"{path}.unless", message, remedy="Remove `unless`, or name other events.")


def _check_clawback(clawback: Clawback, path: str, reading: Reading) -> None:
    if clawback.steps:
        _check_steps(clawback, path, reading)
    elif bool(clawback.months) == bool(clawback.days):
        message = "A clawback has a window: either months or days after booking."
        found = "both" if clawback.months else "neither"
        reading.report("window_missing", path, message, found=found, remedy="Give one of `months` and `days`.")
    _check_window(clawback, path, reading)
    for position, step in enumerate(clawback.steps):
        _check_window(step, f"{path}.steps[{position}]", reading)
    if clawback.falls == "monthly" and clawback.days:
        message = "What falls by the month needs a window in months."
        reading.report("window_unknown", f"{path}.falls", message, remedy="Use `months:`, or `falls: daily`.")
    if len(set(clawback.on)) < len(clawback.on):
        reading.report("name_repeated", f"{path}.on", "An event is named twice.", remedy="Name it once.")


def _check_window(each: Clawback | ClawbackStep, path: str, reading: Reading) -> None:
    for key, most in (("months", _LONGEST_MONTHS), ("days", _LONGEST_DAYS)):
        if getattr(each, key) > most:
            said = str(getattr(each, key))
            reading.report(
                "window_too_long", f"{path}.{key}", "This window is too long.", found=said, allowed=f"1 to {most}"
            )
    if not 0 < each.share.num <= each.share.den:
        message = "The share that is taken back lies above 0% and up to 100%."
        reading.report("share_out_of_range", f"{path}.share", message, found=str(each.share))


def _check_steps(clawback: Clawback, path: str, reading: Reading) -> None:
    """Steps say everything about the window, each by one measure of time, and end one after another."""
    if clawback.months or clawback.days or clawback.falls != "not" or clawback.share != _ONE:
        message = "Steps stand in place of `months`, `days`, `share` and `falls`."
        reading.report("steps_contradict", f"{path}.steps", message, remedy="Keep the steps, or one window.")
    if any(bool(step.months) == bool(step.days) for step in clawback.steps):
        message = "A step ends so many months or so many days after booking."
        reading.report("window_missing", f"{path}.steps", message, remedy="Give each one of `months` and `days`.")
        return
    if len({bool(step.months) for step in clawback.steps}) > 1:
        message = "Some steps end after months, others after days, so it is not certain which comes first."
        reading.report("steps_mixed", f"{path}.steps", message, remedy="Give all in months, or all in days.")
        return
    for position, (one, other) in enumerate(pairwise(clawback.steps), start=1):
        if one.months + one.days >= other.months + other.days:
            message = "This step does not end after the one above it."
            remedy = "List steps in rising order."
            reading.report("step_order", f"{path}.steps[{position}]", message, remedy=remedy)


def _check_payment(terms: PaymentTerms, reading: Reading) -> None:
    amounts: list[tuple[str, Money | None]] = [
        ("salary", terms.salary),
        ("cap", terms.cap),
        ("cap_per_year", terms.cap_per_year),
        ("guarantee", terms.guarantee),
        ("draw.amount", None if terms.draw is None else terms.draw.amount),
        ("minimum_wage.hourly", None if terms.minimum_wage is None else terms.minimum_wage.hourly),
    ]
    for key, amount in amounts:
        if amount is not None and amount.minor == 0:
            message = "An amount of 0 does nothing, or leaves nothing to pay."
            reading.report("amount_zero", f"payment.{key}", message, remedy="Give an amount, or remove the key.")
    _check_by_rep(terms, reading)
    wage, draw = terms.minimum_wage, terms.draw
    if wage is not None and not 1 <= wage.hours <= _MOST_HOURS:
        allowed = f"1 to {_MOST_HOURS}"
        message = "A week has no such hours."
        reading.report(
            "hours_out_of_range", "payment.minimum_wage.hours", message, found=str(wage.hours), allowed=allowed
        )
    if draw is not None:
        _check_draw(draw, reading)


def _check_by_rep(terms: PaymentTerms, reading: Reading) -> None:
    """An amount is either in the plan or in the data."""
    for key, fixed, by_rep in (
        ("salary", terms.salary, terms.salary_by_rep),
        ("guarantee", terms.guarantee, terms.guarantee_by_rep),
    ):
        if fixed is not None and by_rep:
            message = f"Two things say what the {key} is."
            reading.report("amount_twice", f"payment.{key}_by_rep", message, remedy=f"Keep it, or `{key}:`.")
    if terms.guarantee is None and not terms.guarantee_by_rep and terms.guarantee_periods:
        message = "There is no guarantee that could last so long."
        reading.report("guarantee_missing", "payment.guarantee_periods", message, remedy="Add `guarantee:`.")
    draw = terms.draw
    if draw is not None and (draw.amount is None) == (not draw.by_rep):
        message = "A draw has either an amount or the name of one in the data."
        reading.report("draw_amount", "payment.draw", message, remedy="Give one of `amount:` and `by_rep:`.")


def _check_draw(draw: Draw, reading: Reading) -> None:
    if not draw.recoverable and draw.at_end == "forgiven":
        message = "A draw that is not recoverable leaves no debt to forgive."
        reading.report(
            "debt_missing", "payment.draw.at_end", message, remedy="Remove it, or write `recoverable: true`."
        )
    if not draw.recoverable and draw.recovers != _ONE:
        message = "A draw that is not recoverable leaves no debt to repay."
        reading.report(
            "debt_missing", "payment.draw.recovers", message, remedy="Remove it, or write `recoverable: true`."
        )
    if draw.recovers.num == 0 or draw.recovers > _ONE:
        message = "The part that repays debt lies above 0% and up to 100%."
        remedy = "Write `recoverable: false` for a draw that is never repaid."
        reading.report(
            "share_out_of_range", "payment.draw.recovers", message, found=str(draw.recovers), remedy=remedy
        )
    if draw.recovers != _ONE and draw.paid == "at_start":
        message = "A draw that is paid in advance is set off in full on the period's last day."
        reading.report("recovers_unused", "payment.draw.recovers", message, remedy="Remove it, or `paid: at_end`.")
    if draw.shares and draw.periods:
        message = "`shares` says already for how many pay periods there is a draw."
        reading.report("periods_twice", "payment.draw.periods", message, remedy="Remove it.")
    if len(draw.shares) > _LONGEST_MONTHS or any(share > _ONE for share in draw.shares):
        message = "The draw of a pay period is at most all of its amount, for at most 240 periods."
        reading.report("share_out_of_range", "payment.draw.shares", message, allowed="0% to 100%")


def _check_quota(plan: Plan, rule: QuotaRule, path: str, reading: Reading) -> None:
    users = [component for component in plan.components if component.quota == rule.name]
    if not users:
        known = ", ".join(sorted({component.quota for component in plan.components if component.quota}))
        message = f"No component is measured against the quota {rule.name!r}."
        reading.report("quota_unused", f"{path}.name", message, found=rule.name, allowed=known)
    for component in users:
        window = plan.window_kind(component.accumulate)
        if component.reads_quota and (_WINDOWS | _SHORT).get(window, 12) < 12 // _PARTS[rule.parts]:
            message = f"A part of a {rule.parts} is longer than the window of {component.name!r}."
            remedy = f"Cut the quota into parts no longer than `accumulate: {component.accumulate}`."
            if window in _SHORT:
                remedy = "Load the quota of each such window as it is, and remove this rule."
            reading.report("quota_too_long", f"{path}.parts", message, found=rule.parts, remedy=remedy)
    _check_shares(rule, path, reading)
    if rule.round_to is not None and rule.round_to.minor == 0:
        message = "Nothing is a multiple of 0."
        reading.report("amount_zero", f"{path}.round_to", message, remedy="Give an amount such as 1, or remove it.")
    _check_growth(rule, users, path, reading)


def _check_shares(rule: QuotaRule, path: str, reading: Reading) -> None:
    parts = _PARTS[rule.parts]
    if rule.weights and len(rule.weights) != parts:
        message = f"A year of {rule.parts}s has {parts} weights, one for each part."
        reading.report("weights_count", f"{path}.weights", message, found=str(len(rule.weights)), allowed=str(parts))
    total = sum((weight.fraction for weight in rule.weights), start=Rate(0).fraction)
    if rule.weights and total != 1:
        message = "The weights of a year must sum to 100%."
        reading.report("weights_sum", f"{path}.weights", message, found=str(Rate.of(total)), allowed="100%")
    for position, share in enumerate(rule.ramp):
        if share > _ONE:
            message = "A ramp leads up to the whole quota, never beyond it."
            reading.report(
                "ramp_too_high", f"{path}.ramp[{position}]", message, found=str(share), allowed="0% to 100%"
            )
    if len(rule.ramp) > _LONGEST_MONTHS:
        reading.report("ramp_too_long", f"{path}.ramp", "This ramp is too long.", found=str(len(rule.ramp)))


def _check_growth(rule: QuotaRule, users: list[Component], path: str, reading: Reading) -> None:
    if rule.growth is None:
        if rule.growth_on != "year_ago":
            message = "Nothing grows without `growth`."
            reading.report("growth_missing", f"{path}.growth_on", message, remedy="Add `growth:`, such as 110%.")
        return
    if rule.growth.num == 0:
        reading.report("growth_zero", f"{path}.growth", "A quota of 0 cannot be reached.", remedy="Give a factor.")
    if users and users[0].measure.team_commission is not None:
        message = f"{users[0].name!r} counts commissions, of which there is no history."
        remedy = "Let a quota grow that counts deals or achievements."
        reading.report("growth_unknown", f"{path}.growth", message, remedy=remedy)


def _check_unit(plan: Plan, component: Component, path: str, reading: Reading) -> None:
    """One quota cannot be money for one component and a number for another."""
    if not component.quota:
        return
    first = next(each for each in plan.components if each.quota == component.quota)
    if first.measure.is_number != component.measure.is_number:
        kinds = " and ".join(f"{each.name!r}" for each in (first, component))
        message = f"{kinds} share a quota, but one counts money and the other a number."
        reading.report("quota_unit", path, message, remedy="Name two quotas, one for each.")
