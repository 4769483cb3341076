"""The deals the demo is told with: one to win tomorrow, shared ones, a hostile name, and the rows that are dirty."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.demo.deals import HOSTILE_NAME, Deal
from bot.demo.names import accounts
from bot.demo.staff import annual_quota, dice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.demo.calendar import FiscalCalendar
    from bot.demo.staff import Employee

#: Deal id → why the row waits in quarantine. Each belongs to one rep of the story, who sees it as waiting.
DIRTY = {
    "D-90001": "amount_unparsable",
    "D-90002": "owner_unknown",
    "D-90003": "split_sum",
    "D-90004": "close_date_missing",
}
NOBODY = "E-contractor-7"
STORY_DAYS = 14


def story(seed: int, calendar: FiscalCalendar, people: Sequence[Employee]) -> tuple[Deal, ...]:
    """The told deals: some won before today, one or more on each of the next days, four that cannot be read."""
    cast = {person.part: person for person in people if person.part}
    return (*_before(calendar, cast), *_after(seed, calendar, people, cast), *_dirty(calendar, people, cast))


def _told(number: int, owner: Employee, account: str, amount_cents: int, close_on: date) -> Deal:
    """A new Platform deal of a rep, won on `close_on` after six weeks."""
    return Deal(
        f"D-{number}", f"{account} – Platform", account, owner.external_id, amount_cents, owner.currency,
        close_on - timedelta(days=45), close_on, "won", "new", "Platform",
    )  # fmt: skip


def _before(calendar: FiscalCalendar, cast: dict[str, Employee]) -> list[Deal]:
    day = calendar.quarter.start_on
    near, over, behind, german = cast["near"], cast["over"], cast["behind"], cast["german"]
    thirds = tuple(
        zip((over.external_id, near.external_id, behind.external_id), ("33.34", "33.33", "33.33"), strict=True)
    )
    return [
        replace(_told(80001, over, HOSTILE_NAME, 1_840_000, day + timedelta(days=9)), name=HOSTILE_NAME),
        replace(_told(80002, over, "Three Rivers Health", 1_000_001, day + timedelta(days=16)), sharing=thirds),
        replace(
            _told(80003, near, "Alder & Finch Hotels", 2_450_000, day + timedelta(days=12)),
            sharing=((near.external_id, "60"), (behind.external_id, "40")),
        ),
        replace(
            _told(80004, behind, "Ironwood Mutual", 3_200_000, day + timedelta(days=6)),
            name="Ironwood Mutual – Platform renewal", deal_type="renewal",
        ),
        replace(_told(80005, german, "Helvetia Präzision AG", 1_975_050, day + timedelta(days=20)), currency="USD"),
    ]  # fmt: skip


def _after(
    seed: int, calendar: FiscalCalendar, people: Sequence[Employee], cast: dict[str, Employee]
) -> list[Deal]:  # fmt: skip
    tomorrow = calendar.today + timedelta(days=1)
    near, german, behind = cast["near"], cast["german"], cast["behind"]
    rows = [
        _told(81001, near, "Brightwater Logistics", annual_quota(seed, calendar, near) // 20, tomorrow),
        _told(81002, german, "Rheinland Versicherung AG", 3_860_000, tomorrow),
        _told(81003, behind, "Kestrel Instruments", 6_450_000, tomorrow),
    ]
    roll = dice(seed, calendar.today, "story")
    customers = accounts(roll, "Americas")
    others = [person for person in people if person.sells and person.plan and not person.part]
    for days in range(2, STORY_DAYS + 1):
        owner = roll.choice(others)
        amount_cents = roll.randrange(1_200_000, 6_000_000, 50_000)
        rows.append(_told(81002 + days, owner, next(customers), amount_cents, calendar.today + timedelta(days=days)))
    return rows


def _dirty(calendar: FiscalCalendar, people: Sequence[Employee], cast: dict[str, Employee]) -> list[Deal]:
    day = calendar.quarter.start_on + timedelta(days=14)
    near, behind, german = cast["near"], cast["behind"], cast["german"]
    colleague = next(one for one in people if one.plan == german.plan and not one.part)
    return [
        replace(_told(90001, behind, "Foxglove Freight", 0, day), amount="12,5OO.00"),
        replace(_told(90002, behind, "Vellum Media", 1_520_000, day), owner=NOBODY),
        replace(
            _told(90003, german, "Thüringer Textil", 2_600_000, day),
            sharing=((german.external_id, "60"), (colleague.external_id, "30")),
        ),
        replace(_told(90004, near, "Marigold Retail", 880_000, day), close=""),
    ]
