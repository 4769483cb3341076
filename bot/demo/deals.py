"""The demo company's deals: what becomes of each, from the day it is opened to the day it closes.

A deal is written once, outcome included, as if the future were known; `bot.demo.export` shows it as the CRM would on
a day. So moving the clock wins deals that were open, and never rewrites one that was won.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.demo import names
from bot.demo.calendar import MONTHS_PER_QUARTER, FiscalCalendar, Window, months_after
from bot.demo.roster import ACCOUNT_MANAGER
from bot.demo.staff import STORY_STANDING, Employee, Quota, annual_quota, dice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from random import Random

WINS_PER_QUARTER = 5
LOSSES_PER_QUARTER = 5
MONTH_WEIGHTS = (10, 13, 22)
PRODUCTS = (("Platform", 40), ("Analytics", 25), ("Security", 20), ("Onboarding", 10), ("Support", 5))
KINDS = {
    ACCOUNT_MANAGER: (("renewal", 60), ("expansion", 40)),
    "": (("new", 78), ("expansion", 22)),
}
SHARINGS = (("70", "30"), ("60", "40"), ("80", "20"), ("50", "50"), ("50", "25", "25"))
TO_DOLLARS_PER_CENT = 110
#: The first deal of this and last fiscal year, and of the next: more of one renumbers nothing of the other.
FIRST_NUMBER, FIRST_NUMBER_NEXT_YEAR = 10_001, 20_001
HOSTILE_NAME = '<!channel> & "Sons"'


@dataclass(frozen=True, slots=True)
class Deal:
    """One deal with its whole life: opened, then won or lost on `close_on`.

    `sharing` lists (person, percent as text) and is empty when the owner has it all. `amount` and `close` override
    what the export writes, which is how a dirty row comes about.
    """

    external_id: str
    name: str
    account: str
    owner: str
    amount_cents: int
    currency: str
    opened_on: date
    close_on: date
    outcome: str
    deal_type: str
    product: str
    sharing: tuple[tuple[str, str], ...] = ()
    amount: str | None = None
    close: str | None = None


@dataclass(frozen=True, slots=True)
class Market:
    """What the deals of one rep are drawn from."""

    seed: int
    calendar: FiscalCalendar
    person: Employee
    quotas: tuple[Quota, ...]
    accounts: Iterator[str]
    roll: Random
    form: float
    windows: tuple[Window, ...]


def deals(
    seed: int, calendar: FiscalCalendar, people: Sequence[Employee], quotas: Sequence[Quota]
) -> tuple[Deal, ...]:  # fmt: skip
    """Every deal drawn for the company, those of next fiscal year last, numbered in the order they were opened in."""
    streams = _account_streams(seed, calendar)
    mine: dict[str, list[Quota]] = {}
    for quota in quotas:
        mine.setdefault(quota.person, []).append(quota)

    def drawn(first_number: int, windows: tuple[Window, ...], *topic: str) -> tuple[Deal, ...]:
        rows: list[Deal] = []
        for person in people:
            if person.sells:
                market = Market(
                    seed, calendar, person, tuple(mine.get(person.external_id, ())), streams[_market_name(person)],
                    dice(seed, calendar.today, "deals", person.external_id, *topic),
                    dice(seed, calendar.today, "form", person.external_id).gauss(1.0, 0.22), windows,
                )  # fmt: skip
                rows += _of_rep(market)
        rows = _share(dice(seed, calendar.today, "sharing", *topic), rows, people)
        rows.sort(key=lambda deal: (deal.opened_on, deal.owner, deal.close_on, deal.name))
        return tuple(replace(deal, external_id=f"D-{first_number + n}") for n, deal in enumerate(rows))

    return (
        *drawn(FIRST_NUMBER, calendar.windows()),
        *drawn(FIRST_NUMBER_NEXT_YEAR, calendar.next_windows(), "next year"),
    )


def _market_name(person: Employee) -> str:
    return "Tokyo" if person.part == "tokyo" else person.region


def _account_streams(seed: int, calendar: FiscalCalendar) -> Mapping[str, Iterator[str]]:
    regions = ("Americas", "EMEA", "Tokyo")
    return {region: names.accounts(dice(seed, calendar.today, "accounts", region), region) for region in regions}


def _of_rep(market: Market) -> list[Deal]:
    rows: list[Deal] = []
    for window in market.windows:
        active = _active(market.person, window)
        if active.days < 1:
            continue
        rows += _wins(market, window, active)
        count = round(LOSSES_PER_QUARTER * active.days / 91 * market.roll.uniform(0.6, 1.4))
        typical = annual_quota(market.seed, market.calendar, market.person) // (4 * WINS_PER_QUARTER)
        rows += [
            _deal(market, active, round(typical * market.roll.lognormvariate(0.1, 0.5)), "lost") for _ in range(count)
        ]
    return rows


def _active(person: Employee, window: Window) -> Window:
    """The days of a window on which a rep closes deals: nobody closes one in the first three weeks."""
    first = max(window.start_on, person.hired_on + timedelta(days=21))
    return Window(first, min(window.end_on, person.left_on or window.end_on))


def _wins(market: Market, window: Window, active: Window) -> list[Deal]:
    count = max(2, round(WINS_PER_QUARTER * active.days / 91 * market.roll.uniform(0.7, 1.3)))
    goal = _credit_of(market, window)
    weights = [market.roll.lognormvariate(0, 0.45) for _ in range(count)]
    scale = goal / sum(weights)
    return [_deal(market, active, round(weight * scale), "won") for weight in weights]


def _credit_of(market: Market, window: Window) -> int:
    """What a rep wins in a window, in minor units: what their standing today asks for, or an ordinary stretch."""
    calendar, person = market.calendar, market.person
    full = annual_quota(market.seed, calendar, person)
    form = market.form * market.roll.gauss(1.0, 0.15)
    ordinary = round(full * _expected(calendar, window) * min(1.6, max(0.35, form)))
    if person.part not in STORY_STANDING:
        return ordinary
    quota = next(quota for quota in market.quotas if quota.start_on <= calendar.today < quota.end_on)
    if window.end_on <= quota.start_on or window.start_on > calendar.today:
        return ordinary
    done = [w for w in calendar.windows() if w.end_on > quota.start_on and w.start_on <= calendar.today]
    done = [w for w in done if _active(person, w).days > 0]
    part = _expected(calendar, window) / sum(_expected(calendar, w) for w in done)
    return round(quota.amount_cents * STORY_STANDING[person.part] / 100 * part)


def _expected(calendar: FiscalCalendar, window: Window) -> float:
    """The share of a year's business that falls into a window: the months of a quarter weigh more towards its end."""
    share, first = 0.0, window.start_on
    while first < window.end_on:
        following = min(months_after(first, 1), window.end_on)
        length = (months_after(first, 1) - first.replace(day=1)).days
        place = (first.month - calendar.year.start_on.month) % MONTHS_PER_QUARTER
        share += MONTH_WEIGHTS[place] * (following - first).days / length
        first = following
    return share / sum(MONTH_WEIGHTS) / 4


def _close_day(roll: Random, window: Window) -> date:
    """A day of the window, on a weekday where there is one, more likely towards the end of a quarter."""
    days = [window.start_on + timedelta(days=n) for n in range(window.days)]
    days = [day for day in days if day.weekday() < 5] or days
    weights = [1 + 1.2 * n / len(days) for n in range(len(days))]
    return roll.choices(days, weights)[0]


def _deal(market: Market, window: Window, amount_cents: int, outcome: str) -> Deal:
    roll, person = market.roll, market.person
    close_on = _close_day(roll, window)
    kinds = KINDS.get(person.plan, KINDS[""])
    deal_type = roll.choices([k for k, _ in kinds], [w for _, w in kinds])[0]
    product = roll.choices([p for p, _ in PRODUCTS], [w for _, w in PRODUCTS])[0]
    currency = person.currency
    if currency == "EUR" and roll.random() < 0.14:
        currency, amount_cents = "USD", amount_cents * TO_DOLLARS_PER_CENT // 100
    step = 1 if roll.random() < 0.15 else 10_000
    account = next(market.accounts)
    suffix = {"new": "", "expansion": " expansion", "renewal": " renewal"}[deal_type]
    opened_on = close_on - timedelta(days=roll.randint(21, 120))
    return Deal(
        "", f"{account} – {product}{suffix}", account, person.external_id, max(step, amount_cents // step * step),
        currency, max(opened_on, person.hired_on), close_on, outcome, deal_type, product,
    )  # fmt: skip


def _share(roll: Random, drawn: list[Deal], people: Sequence[Employee]) -> list[Deal]:
    """The deals with one in sixteen shared among colleagues on the same plan; the story's people share none."""
    by_id = {person.external_id: person for person in people}
    shared = []
    for deal in drawn:
        owner = by_id[deal.owner]
        peers = [p.external_id for p in people if p.plan == owner.plan and p.sells and not p.part and p != owner]
        if owner.part or not owner.plan or roll.random() >= 1 / 16:
            shared.append(deal)
            continue
        percents = roll.choice(SHARINGS)
        others = roll.sample(peers, len(percents) - 1)
        shared.append(replace(deal, sharing=tuple(zip((deal.owner, *others), percents, strict=True))))
    return shared
