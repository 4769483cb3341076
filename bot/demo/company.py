"""The whole demo company on one seed and one day: people, quotas, plans, rates and every deal with its future."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.demo.budgets import budgets
from bot.demo.calendar import FiscalCalendar, months_after
from bot.demo.deals import Deal, deals
from bot.demo.staff import (
    Assignment,
    Employee,
    Placement,
    Quota,
    assignments,
    dice,
    employees,
    placements,
    quotas,
)
from bot.demo.story import story

if TYPE_CHECKING:
    from datetime import date

DEFAULT_SEED = 2718
MEAN_DOLLARS_PER_EURO = 10_900


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """What one unit of a currency is worth on [start_on, end_on), in ten-thousandths of the other."""

    from_currency: str
    to_currency: str
    start_on: date
    end_on: date
    ten_thousandths: int


@dataclass(frozen=True, slots=True)
class Company:
    """Everything there is to know about the demo company, the future of its deals included."""

    seed: int
    calendar: FiscalCalendar
    people: tuple[Employee, ...]
    placements: tuple[Placement, ...]
    quotas: tuple[Quota, ...]
    assignments: tuple[Assignment, ...]
    rates: tuple[ExchangeRate, ...]
    deals: tuple[Deal, ...]

    def playing(self, part: str) -> Employee:
        """The person with that part in the story, such as `near` or `behind`."""
        return next(person for person in self.people if person.part == part)


def company(seed: int, today: date) -> Company:
    """The demo company as seen from `today`: the same seed and day give the same company, to the byte."""
    calendar = FiscalCalendar(today)
    people = employees(seed, calendar)
    numbers = quotas(seed, people, calendar)
    return Company(
        seed=seed,
        calendar=calendar,
        people=people,
        placements=placements(people, calendar),
        quotas=(*numbers, *budgets(people, numbers, calendar)),
        assignments=assignments(people, calendar),
        rates=_rates(seed, calendar),
        deals=(*deals(seed, calendar, people, numbers), *story(seed, calendar, people)),
    )


def _rates(seed: int, calendar: FiscalCalendar) -> tuple[ExchangeRate, ...]:
    """One rate a month and direction for all three fiscal years, as finance fixes them before a year starts."""
    roll, rows = dice(seed, calendar.today, "rates"), []
    euro, first = MEAN_DOLLARS_PER_EURO, calendar.last_year.start_on
    while first < calendar.next_year.end_on:
        following = months_after(first, 1)
        euro = min(11_800, max(10_200, euro + roll.randint(-120, 120)))
        rows.append(ExchangeRate("EUR", "USD", first, following, euro))
        rows.append(ExchangeRate("USD", "EUR", first, following, 100_000_000 // euro))
        first = following
    return tuple(rows)
