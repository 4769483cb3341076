"""One deal as facts in plain values, and which conditions of a filter it does not meet, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.dates import on_day
from engine.deals import deals_in
from engine.exchange import Exchange
from engine.figures import MILLION, Figures
from engine.frames import integers, named
from engine.hierarchy import Placements
from engine.money import Money, Rate
from engine.plans.asked import bounds_of
from engine.tags import Tags

if TYPE_CHECKING:
    from engine.frames import Facts
    from engine.plans.filters import Filter
    from engine.whatif import Question


@dataclass(frozen=True)
class DealFacts:
    """What is known of one deal. `sharers` are the shares in parts per billion by rep id; empty when not shared."""

    deal_id: int
    owner_id: int
    booked: int
    stage: str
    currency: str
    names: dict[str, str]
    sharers: dict[int, int]
    figures: Figures
    tags: Tags

    @classmethod
    def of(cls, facts: Facts, deal_id: int) -> DealFacts | None:
        """The deal's facts; None when there is no such deal."""
        rows = np.flatnonzero(integers(facts.deals, "deal_id") == deal_id)
        if not len(rows):
            return None
        deals = deals_in(facts.deals).take(rows[:1])
        stage = named(facts.deals, "stage")
        own = integers(facts.splits, "deal_id") == deal_id
        reps, shares = integers(facts.splits, "rep_id")[own], integers(facts.splits, "share_ppb")[own]
        return cls(
            deal_id,
            int(deals.owner_id[0]),
            int(deals.booked[0]),
            _name(stage.names, stage.codes[rows[0]]),
            _name(deals.currency.names, deals.currency.codes[0]),
            {
                "type": _name(deals.type.names, deals.type.codes[0]),
                "product": _name(deals.product.names, deals.product.codes[0]),
            },
            dict(zip(reps.tolist(), shares.tolist(), strict=True)),
            Figures(facts.figures, deals),
            Tags(facts.tags, deals),
        )

    def tag(self, name: str) -> str:
        """What the deal carries as that tag; "" for nothing."""
        found = self.tags.of(name)
        return _name(found.names, found.codes[0])

    def exchange_rates(self, facts: Facts, target: str) -> int:
        """Whether there is one exchange rate to the currency on the day of booking: 1, or 0."""
        return int(Exchange(facts.rates).rate_on(self.currency, target, self.booked) is not None)


def unmet(each: Filter, deal: DealFacts, asked: Question) -> list[str]:
    """The conditions of a filter that the deal does not meet, each with what was found and what is asked."""
    found = [
        f"its {name} is {_said(deal.names[name])}, asked for is {_any(getattr(each, name))}"
        for name in ("type", "product")
        if getattr(each, name) and deal.names[name] not in getattr(each, name)
    ]
    for name in ("category", "segment", "territory"):
        wanted = getattr(each, name)
        if wanted and deal.tag(name) not in wanted:
            found.append(f"its {name} is {_said(deal.tag(name))}, asked for is {_any(wanted)}")
    if each.currency and deal.currency not in each.currency:
        found.append(f"its currency is {_said(deal.currency)}, asked for is {_any(each.currency)}")
    if each.booked is not None and on_day(deal.booked) not in each.booked:
        found.append(f"it was booked on {on_day(deal.booked)}, asked for is {each.booked.label}")
    return found + _tags_unmet(each, deal) + _role_unmet(each, deal, asked) + _figures_unmet(each, deal)


def _tags_unmet(each: Filter, deal: DealFacts) -> list[str]:
    wanted: dict[str, list[str]] = {}
    for name, _, value in (tag.partition("=") for tag in each.tagged):
        wanted.setdefault(name, []).append(value)
    return [
        f"its {name} is {_said(deal.tag(name))}, asked for is {_any(tuple(values))}"
        for name, values in wanted.items()
        if deal.tag(name) not in values
    ]


def _role_unmet(each: Filter, deal: DealFacts, asked: Question) -> list[str]:
    if not each.role:
        return []
    person, on = np.array([asked.rep_id]), np.array([deal.booked])
    if Placements(asked.facts.people).holds(person, on, each.role).all():
        return []
    return [f"the rep has no such role on {on_day(deal.booked)}: {_any(each.role)}"]


def _figures_unmet(each: Filter, deal: DealFacts) -> list[str]:
    found = []
    for wanted in each.having:
        (_, _, unit, _), (low, high) = bounds_of(wanted)
        figure = deal.figures.of(wanted.of, unit)
        if figure.lacks[0]:
            found.append(f"its {wanted.of} is not known")
        elif not _inside(int(figure.value[0]), low, high):
            found.append(f"its {wanted.of} is {_number(int(figure.value[0]), unit, deal)}")
    return found


def _inside(value: int, low: int | None, high: int | None) -> bool:
    return (low is None or value >= low) and (high is None or value < high)


def _number(value: int, unit: str, deal: DealFacts) -> str:
    return (
        str(Money(value, deal.currency))
        if unit == "money"
        else Rate(value, MILLION).percent().removesuffix("%") + "%"
    )


def _name(names: tuple[str, ...], code: int) -> str:
    return names[code] if code >= 0 else ""


def _said(value: str) -> str:
    return value or "not said"


def _any(values: tuple[str, ...]) -> str:
    return " or ".join(values)
