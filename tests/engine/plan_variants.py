"""A plan that uses the whole language, and every plan that differs from it in one field of one of its parts."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin, get_type_hints

from engine.dates import Period
from engine.money import Money, Rate
from engine.plans.filters import Factor
from engine.plans.load import load
from engine.plans.schema import Plan

if TYPE_CHECKING:
    from collections.abc import Iterator

EVERYTHING = """\
plan: everything
version: 3
effective: 2026-01-01 .. 2027-01-01
currency: USD
pays: quarterly
rounding: {mode: half_even, places: 0, step: line}
description: Everybody who sells anything.
crediting:
  - rule: shared
    to: splits
    when: {type: [new, renewal], product: Platform, currency: EUR, booked: 2026-02-01 .. 2026-05-01, category: Tools,
           segment: Public, territory: North, role: AE, tagged: [channel=partner], stage: won,
           having: [{of: discount_pct, from: 5%, below: 30%, unit: number}, {of: cost, from: 10, below: 20}]}
    role: [AE, SE]
    shares: points
  - {rule: by role, to: splits, when: {type: upsell}, by_role: [{role: AE, share: 70%}, {role: SE, share: 30%}]}
  - rule: owner
  - {rule: above, to: managers, levels: 2, share: 50%, counts_for: quota}
  - {rule: overlay, to: role, role: SE, same: [team, territory], share: 40%, counts_for: pay}
components:
  - name: New business
    measure: {sum: mrr, unit: money, times: 12, where: {type: new}, credited_by: [owner, shared]}
    quota: bookings
    accumulate: quarter
    table:
      by: attainment
      behaviour: marginal
      tiers:
        - {from: 0%, rates: [{rate: 5%}, {product: Platform, rate: 7%}]}
        - {from: 100%, rate: 10%}
    gates:
      - {component: Renewals, at_least: 80%, over: quarter, judged: as_reached, otherwise: 1%}
      - {component: Licences, at_least: 40, over: year_to_date}
    multipliers:
      - {name: Multi-year, when: {product: Platform}, times: 1.5}
      - {name: Kicker, component: Renewals, over: half_year, steps: [{from: 0%, times: 1}, {from: 90%, times: 1.2}]}
    minimum: {per_deal: 20}
    cap: {per_deal: 250_000, per_period: 30_000, pay_per_deal: 9_000, per_year: 90_000}
    release: [{share: 60%}, {share: 30%, on: event, event: go_live, unless: churn}, {share: 10%, on: days, days: 90}]
    clawback: {on: churn, months: 12, share: 80%, falls: monthly}
  - name: Renewals
    measure: {where: {type: renewal}}
    quota: renewals
    rate: 2%
    clawback: {on: refund, steps: [{months: 3, share: 100%}, {months: 9, share: 50%}]}
  - name: Licences
    measure: {sum: quantity, unit: number, where: {type: new}}
    accumulate: month
    table: {by: amount, behaviour: marginal, tiers: [{from: 0, per_unit: 5}, {from: 100, per_unit: 7}]}
  - name: Satisfaction
    measure: {achievement: nps, take: average}
    incentive: variable
    weight: 20%
    accumulate: half_year
    table:
      by: attainment
      behaviour: curve
      tiers: [{from: 50%, pays: 10%, slope: 2}, {from: 90%, pays: 100%}, {from: 120%, pays: 150%, slope: 0}]
  - name: Training days
    measure: {achievement: days_trained, take: last, unit: number}
    accumulate: quarter
    table: {by: amount, behaviour: step, tiers: [{from: 5, amount: 200}]}
  - name: Steps
    quota: bookings
    target: 5_000
    weight: 50%
    accumulate: year_to_date
    cap: {per_window: 150%}
    table: {by: attainment, behaviour: step, tiers: [{from: 80%, pays: 50%}, {from: 100%, pays: 100%}]}
  - name: Bonus
    quota: bookings
    accumulate: quarter
    table: {by: attainment, behaviour: step, tiers: [{from: 80%, amount: 1_000}, {from: 100%, amount: 2_000}]}
  - name: Margin
    measure: {sum: amount}
    rate: 4%
    accumulate: transaction
    table:
      by: deal
      of: margin_pct
      unit: number
      behaviour: whole_amount
      tiers: [{from: 0%, multiplier: 0.5}, {from: 20%, multiplier: 1}]
  - name: Training
    measure: {where: {product: Training}, excluding: {type: renewal, segment: Public}}
    rates: [{rate: 1%}, {segment: Public, rate: 3%}]
  - {name: Meetings, measure: {sum: count, where: {type: meeting}}, per_unit: 25}
  - {name: Referrals, measure: {where: {type: referral}}, fixed: 500}
  - name: Override
    measure: {team_commission: {levels: 2, plans: [ae, sdr], components: [New business]}}
    rate: 15%
  - name: Levels
    levels: [{level: Junior, rate: 3%}, {level: Senior, rate: 5%}]
  - name: Team pot
    rate: 1%
    accumulate: quarter
    pool: {share: weight, weight: heads, component: New business, at_least: 50%}
quotas:
  - name: bookings
    parts: quarter
    weights: [20%, 20%, 30%, 30%]
    prorate: days
    ramp: [25%, 50%]
    round_to: 1_000
  - {name: renewals, growth: 1.1, growth_on: previous, parts: month}
payment:
  salary: 4_000
  cap: 50_000
  cap_per_year: 200_000
  draw: {amount: 3_000, recoverable: true, shares: [100%, 50%], recovers: 75%, at_end: forgiven}
  guarantee: 2_000
  guarantee_periods: 3
  minimum_wage: {hourly: 18, hours: 38}
  negative: carry
"""


@dataclass(frozen=True)
class Variant:
    """A plan with one field of one part given another value."""

    kind: type
    field: str
    value: Any
    base: Plan
    plan: Plan

    @property
    def label(self) -> str:
        return f"{self.kind.__name__}.{self.field}"


def everything() -> Plan:
    found = load(EVERYTHING, "everything.yaml")
    assert isinstance(found, Plan), found
    return found


def variants(plan: Plan) -> Iterator[Variant]:
    """Every field of every part of the plan with each sample value of its type that is not the present one."""
    for path, part in _parts(plan, ()):
        hints = get_type_hints(type(part), include_extras=True)
        for field in fields(part):
            hint = hints[field.name]
            for value in _samples(get_args(hint)[0] if get_origin(hint) is Annotated else hint):
                if value != getattr(part, field.name):
                    changed = replace(part, **{field.name: value})
                    yield Variant(type(part), field.name, value, plan, _put(plan, path, changed))


def by_field(plan: Plan) -> dict[str, list[Variant]]:
    """The variants by type and field."""
    found: dict[str, list[Variant]] = {}
    for each in variants(plan):
        found.setdefault(each.label, []).append(each)
    return found


def _parts(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, tuple):
        for place, each in enumerate(value):
            yield from _parts(each, (*path, place))
    elif is_dataclass(value) and type(value).__module__.startswith("engine.plans.") and not isinstance(value, Rate):
        yield path, value
        for field in fields(value):
            yield from _parts(getattr(value, field.name), (*path, field.name))


def _put(whole: Any, path: tuple[Any, ...], part: Any) -> Any:
    if not path:
        return part
    step, rest = path[0], path[1:]
    if isinstance(whole, tuple):
        return (*whole[:step], _put(whole[step], rest, part), *whole[step + 1 :])
    return replace(whole, **{step: _put(getattr(whole, step), rest, part)})


def _samples(hint: Any) -> list[Any]:
    """Values of a type that no plan above has."""
    if isinstance(hint, UnionType) or get_origin(hint) is UnionType:
        return [value for kind in get_args(hint) if kind is not NoneType for value in _samples(kind)]
    if get_origin(hint) is Literal:
        return [choice for choice in get_args(hint) if choice]
    if get_origin(hint) is tuple:
        inner = get_args(hint)[0]
        own = [] if is_dataclass(inner) and inner is not Rate else _samples(inner)
        return [(value,) for value in own]
    known: dict[Any, list[Any]] = {
        str: ["zebra"],
        int: [77],
        bool: [True, False],
        Rate: [Rate(37, 100)],
        Factor: [Factor(37, 10)],
        Money: [Money(123_457, "USD")],
        Period: [Period("", date(2031, 3, 4), date(2031, 8, 9))],
        date: [date(2031, 3, 4)],
    }
    return known.get(hint, [])


def language() -> set[str]:
    """Every field of every type in which plans are written, lists of parts left out: their parts vary themselves."""
    from engine.plans import filters, schema, tables, terms

    found = set()
    for module in (schema, tables, terms, filters):
        for kind in vars(module).values():
            own = isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == module.__name__
            if own and kind.__name__ not in ("Says", "Factor", "Filter"):
                hints = get_type_hints(kind)
                found |= {f"{kind.__name__}.{each.name}" for each in fields(kind) if not _of_parts(hints[each.name])}
    return found


def _of_parts(hint: Any) -> bool:
    """Whether a field holds parts rather than values."""
    kinds = [kind for kind in (get_args(hint) or (hint,)) if kind is not NoneType and kind is not Ellipsis]
    return any(is_dataclass(kind) and not issubclass(kind, Rate | Money | Period) for kind in kinds)
