"""A worked example's words as facts: names become ids, amounts minor units, days numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from engine.dates import Period, day
from engine.errors import ExampleUnclear
from engine.frames import WHOLE_PPB, Facts
from engine.money import apportion, exponent
from engine.prizes import Score, ranked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from engine.plans.example_files import Booked, Example, Spif
    from engine.plans.numbers import Figure
    from engine.plans.schema import Plan

MILLIONTHS = 6
_ONLY = "Rep"
_TAGS = ("category", "segment", "territory")

Row = dict[str, Any]
Decision = tuple["date", str, int, int, int]  # day, kind, rep, deal, minor units


@dataclass(frozen=True)
class Cast:
    """The people and deals of an example by name; ids count from 1 in the order in which they appear."""

    example: Example
    plans: tuple[Plan, ...]

    @cached_property
    def reps(self) -> dict[str, int]:
        """Rep ids by name."""
        example = self.example
        named = [placed.name for placed in example.reps] + [placed.manager for placed in example.reps]
        named += [deal.rep for deal in example.deals] + [share.rep for deal in example.deals for share in deal.shared]
        named += [score.rep for spif in example.spifs for score in spif.scores]
        given = (example.quotas, example.achievements, example.incentives, example.adjustments, example.balances)
        named += [each.rep for lot in (*given, example.absences) for each in lot]
        found = list(dict.fromkeys(name for name in named if name)) or [_ONLY]
        return {name: number for number, name in enumerate(found, start=1)}

    @cached_property
    def deals(self) -> tuple[tuple[int, Booked, date], ...]:
        """Every deal with its id and day; a deal without one follows the deal before."""
        found, on, number = [], self.starts_on - timedelta(days=1), 0
        for deal in self.example.deals:
            for _ in range(max(deal.times, 1)):
                number += 1
                on = deal.on or on + timedelta(days=1)
                found.append((number, deal, on))
        return tuple(found)

    @property
    def starts_on(self) -> date:
        """The first day of the first plan."""
        return min(plan.effective.start_on for plan in self.plans)

    @property
    def span(self) -> Period:
        """The days of all plans."""
        return Period("", self.starts_on, max(plan.effective.end_on for plan in self.plans))

    @property
    def as_of(self) -> date:
        """The last day that counts."""
        return self.example.as_of or self.span.end_on - timedelta(days=1)

    @property
    def currency(self) -> str:
        """The currency of amounts that name none."""
        return self.plans[0].currency

    def rep(self, name: str) -> int:
        """The id of a rep; the only one's when no name is given.

        Raises:
            ExampleUnclear: There is none of that name, or several where none is named.
        """
        if not name and len(self.reps) == 1:
            return next(iter(self.reps.values()))
        if name not in self.reps:
            known = ", ".join(self.reps)
            raise ExampleUnclear(f"{self.example.name!r}: name one of {known} as the rep; found {name or 'none'}")
        return self.reps[name]

    def deal(self, name: str) -> int:
        """The id of a deal.

        Raises:
            ExampleUnclear: There is none of that name.
        """
        for number, deal, _ in self.deals:
            if deal.id == name:
                return number
        raise ExampleUnclear(f"{self.example.name!r}: there is no deal {name!r}")

    def minor(self, figure: Figure, currency: str) -> int:
        """A number in minor units of a currency; in millionths where there is no currency.

        Raises:
            ExampleUnclear: It has more decimals than these.
        """
        value = figure.minor(exponent(currency) if currency else MILLIONTHS)
        if value.denominator != 1:
            raise ExampleUnclear(
                f"{self.example.name!r}: {figure} has more decimals than {currency or 'a number has'}"
            )
        return value.numerator


def facts_of(cast: Cast) -> Facts:
    """The facts of an example.

    Raises:
        ExampleUnclear: A name or a number in it cannot be understood.
    """
    return Facts.of(
        deals=[_deal(cast, number, deal, on) for number, deal, on in cast.deals],
        splits=[row for number, deal, _ in cast.deals for row in _splits(cast, number, deal)],
        quotas=_quotas(cast),
        assignments=_assignments(cast),
        rates=_rates(cast),
        figures=_figures(cast),
        tags=_tags(cast),
        people=_people(cast),
        achievements=_achievements(cast),
        incentives=_incentives(cast),
        events=_events(cast),
        adjustments=_adjustments(cast),
        balances=_balances(cast),
        absences=[{"rep_id": cast.rep(away.rep), **_days(away.over)} for away in cast.example.absences],
    )


def _days(span: Period) -> Row:
    return {"start_on": day(span.start_on), "end_on": day(span.end_on)}


def _deal(cast: Cast, number: int, deal: Booked, on: date) -> Row:
    currency = deal.currency or cast.currency
    owner = deal.rep or (deal.shared[0].rep if deal.shared else "")
    return {
        "deal_id": number,
        "owner_id": cast.rep(owner),
        "amount_cents": cast.minor(deal.amount, currency),
        "currency": currency,
        "booked_on": day(on),
        "deal_type": deal.type,
        "product": deal.product,
        "stage": "won",
    }


def _splits(cast: Cast, number: int, deal: Booked) -> list[Row]:
    """Shares written in percent as they are; points in the proportion that they have."""
    if not deal.shared:
        return []
    shares = [share.share.minor(9) for share in deal.shared]
    if not all(share.share.is_percent for share in deal.shared):
        points = [int(share.share.value) for share in deal.shared]
        shares = [*map(type(shares[0]), apportion(WHOLE_PPB, points))]
    people = [cast.rep(share.rep) for share in deal.shared]
    return [
        {"deal_id": number, "rep_id": rep, "share_ppb": int(share)} for rep, share in zip(people, shares, strict=True)
    ]


def _numeric_quotas(plans: Sequence[Plan]) -> set[str]:
    return {part.quota for plan in plans for part in plan.components if part.quota and part.measure.is_number}


def _quotas(cast: Cast) -> list[Row]:
    numeric = _numeric_quotas(cast.plans)
    known = dict.fromkeys(part.quota for plan in cast.plans for part in plan.components if part.quota)
    found = []
    for owed in cast.example.quotas:
        people = [cast.rep(owed.rep)] if owed.rep else list(cast.reps.values())
        for name in [owed.name] if owed.name else known:
            currency = "" if name in numeric else owed.currency or cast.currency
            amount = {"amount_cents": cast.minor(owed.amount, currency), "currency": currency}
            span = _days(owed.over or cast.span)
            found += [{"rep_id": rep, "name": name, **span, **amount} for rep in people]
    return found


def _assignments(cast: Cast) -> list[Row]:
    placed = {each.name: each for each in cast.example.reps}
    found = []
    for name, rep in cast.reps.items():
        own = placed.get(name)
        plans = own.plan if own and own.plan else tuple(dict.fromkeys(plan.name for plan in cast.plans))
        span = own.on_plan if own and own.on_plan else cast.span
        found += [{"rep_id": rep, "plan": plan, **_days(span)} for plan in plans if plan != "none"]
    return found


def _people(cast: Cast) -> list[Row]:
    return [
        {
            "rep_id": cast.rep(each.name),
            "manager_id": cast.rep(each.manager) if each.manager else 0,
            "role": each.role,
            "title": each.title,
            "team": each.team,
            "territory": each.territory,
            **_days(each.since or cast.span),
        }
        for each in cast.example.reps
    ]


def _rates(cast: Cast) -> list[Row]:
    return [
        {
            "from_currency": each.source,
            "to_currency": each.target,
            **_days(each.over or cast.span),
            "rate_num": each.rate.minor(0).numerator,
            "rate_den": each.rate.minor(0).denominator,
        }
        for each in cast.example.rates
    ]


def _figures(cast: Cast) -> list[Row]:
    return [
        {
            "deal_id": number,
            "name": each.name,
            "value": cast.minor(each.value, (deal.currency or cast.currency) if each.unit == "money" else ""),
            "unit": each.unit,
        }
        for number, deal, _ in cast.deals
        for each in deal.figures
    ]


def _tags(cast: Cast) -> list[Row]:
    found = []
    for number, deal, _ in cast.deals:
        said = [(name, getattr(deal, name)) for name in _TAGS]
        said += [(name, value) for name, _, value in (tag.partition("=") for tag in deal.tagged)]
        found += [{"deal_id": number, "name": name, "value": value} for name, value in said if value]
    return found


def _achievements(cast: Cast) -> list[Row]:
    return [
        {
            "rep_id": cast.rep(each.rep) if each.rep else 0,
            "name": each.name,
            "on": day(each.on or cast.starts_on),
            "value": cast.minor(each.value, cast.currency if each.unit == "money" else ""),
            "unit": each.unit,
        }
        for each in cast.example.achievements
    ]


def _incentives(cast: Cast) -> list[Row]:
    found = []
    for each in cast.example.incentives:
        currency = cast.currency if each.unit == "money" else ""
        amount = {"amount_cents": cast.minor(each.amount, currency), "currency": currency}
        people = [cast.rep(each.rep)] if each.rep else list(cast.reps.values())
        found += [{"rep_id": rep, "name": each.name, **_days(each.over or cast.span), **amount} for rep in people]
    return found


def _events(cast: Cast) -> list[Row]:
    currencies = {number: deal.currency or cast.currency for number, deal, _ in cast.deals}
    found = []
    for each in cast.example.events:
        number = cast.deal(each.deal)
        amount = cast.minor(each.amount, currencies[number])
        found.append(
            {
                "deal_id": number,
                "name": each.event,
                "on": day(each.on),
                "amount_cents": amount,
                "currency": currencies[number],
            }
        )
    return found


def _adjustments(cast: Cast) -> list[Row]:
    rows: list[Decision] = []
    for each in cast.example.adjustments:
        deal = cast.deal(each.deal) if each.deal else 0
        rows.append((each.on, each.kind, cast.rep(each.rep), deal, cast.minor(each.amount, cast.currency)))
    rows += [row for spif in cast.example.spifs for row in _prizes(cast, spif)]
    return [
        {
            "adjustment_id": number,
            "rep_id": rep,
            "on": day(on),
            "kind": kind,
            "plan": cast.plans[0].name,
            "deal_id": deal,
            "amount_cents": cents,
            "currency": cast.currency,
        }
        for number, (on, kind, rep, deal, cents) in enumerate(rows, start=1)
    ]


def _prizes(cast: Cast, spif: Spif) -> list[Decision]:
    scores = [Score(cast.rep(each.rep), cast.minor(each.value, "")) for each in spif.scores]
    prizes = [cast.minor(prize, cast.currency) for prize in spif.prizes]
    return [(spif.on, "prize", award.rep_id, 0, award.amount) for award in ranked(scores, prizes)]


def _balances(cast: Cast) -> list[Row]:
    numeric = {part.name for plan in cast.plans for part in plan.components if part.measure.is_number}
    return [
        {
            "rep_id": cast.rep(each.rep),
            "plan": cast.plans[0].name,
            "name": each.name,
            "on": day(each.on or cast.starts_on),
            "value": cast.minor(each.value, "" if each.name in numeric else cast.currency),
        }
        for each in cast.example.balances
    ]
