"""The demo company's people with their quotas, plans and teams over time, drawn from the roster."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from bot.demo.calendar import FiscalCalendar, Window, months_after
from bot.demo.roster import (
    ACCOUNT_MANAGER,
    AE_AMERICAS,
    AE_EMEA,
    DOMAIN,
    HEAD,
    STAFF,
    TEAMS,
    VPS,
    Member,
    Team,
)

#: Attainment that each person of the story has today, in percent of the quota that runs today.
STORY_STANDING = {"near": 95, "behind": 31, "over": 122, "hire": 38, "german": 80, "tokyo": 58, "keeper": 104}
ANNUAL_QUOTAS = {
    AE_AMERICAS: (1_000_000, 1_500_000),
    AE_EMEA: (800_000, 1_200_000),
    ACCOUNT_MANAGER: (1_200_000, 2_000_000),
}
QUARTER_SHARES = (20, 24, 25, 31)


@dataclass(frozen=True, slots=True)
class Employee:
    """One person of the demo company, as the CRM's user list shows them."""

    external_id: str
    name: str
    email: str
    role: str
    title: str
    currency: str
    timezone: str
    locale: str
    team: str
    region: str
    manager: str
    hired_on: date
    left_on: date | None = None
    plan: str = ""
    part: str = ""

    @property
    def sells(self) -> bool:
        """Whether deals are theirs."""
        return self.role == "rep"


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a rep stood in the organisation on [start_on, end_on)."""

    person: str
    manager: str
    team: str
    territory: str
    start_on: date
    end_on: date


@dataclass(frozen=True, slots=True)
class Quota:
    """A number to reach on [start_on, end_on), in minor units."""

    person: str
    name: str
    start_on: date
    end_on: date
    amount_cents: int
    currency: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """The plan that pays a rep on [start_on, end_on)."""

    person: str
    plan: str
    start_on: date
    end_on: date


def dice(*topic: object) -> Random:
    """A generator of its own for one topic: adding a draw to one topic leaves every other as it was."""
    return Random("/".join(str(part) for part in topic))  # noqa: S311 - believable figures, no secrets


def external_id(handle: str) -> str:
    """The CRM's id of the person with that handle."""
    return f"E-{handle.replace('.', '-')}"


@dataclass(frozen=True, slots=True)
class Seat:
    """A place above or beside the teams, and who reports to whom."""

    title: str
    team: str
    region: str
    manager: str = ""
    role: str = "manager"
    currency: str = "USD"


def employees(seed: int, calendar: FiscalCalendar) -> tuple[Employee, ...]:
    """Everybody, leaders first; managers come before the people they manage."""
    top = external_id(HEAD.handle)
    people = [_seated(HEAD, Seat("Head of sales", "Sales", "Global"), calendar)]
    for member, region, title in VPS:
        people.append(_seated(member, Seat(title, f"Sales {region}", region, top), calendar))
    for member, role, title in STAFF:
        people.append(_seated(member, Seat(title, "Operations", "Global", top, role), calendar))
    for team in TEAMS:
        seat = Seat(
            f"Manager, {team.name}", team.name, team.region, external_id(team.leads_to), currency=team.currency
        )
        people.append(_seated(team.lead, seat, calendar))
        people += [_rep(seed, team, member, calendar) for member in team.reps]
    return tuple(people)


def _seated(member: Member, seat: Seat, calendar: FiscalCalendar) -> Employee:
    hired = months_after(calendar.last_year.start_on, -18) + timedelta(days=14)
    return Employee(
        external_id(member.handle), member.name, f"{member.handle}@{DOMAIN}", seat.role, seat.title, seat.currency,
        member.timezone, member.locale, seat.team, seat.region, seat.manager, hired,
    )  # fmt: skip


def _rep(seed: int, team: Team, member: Member, calendar: FiscalCalendar) -> Employee:
    roll = dice(seed, calendar.today, "hired", member.handle)
    hired = months_after(calendar.last_year.start_on, -roll.randint(2, 50))
    left: date | None = None
    plan = team.plan
    if member.part == "hire":
        hired = months_after(calendar.year.start_on, 4) + timedelta(days=14)
    elif member.part == "leaver":
        left = calendar.quarter.start_on - timedelta(days=12)
    elif member.part == "unplanned":
        plan = ""
        hired = months_after(calendar.year.start_on, 2)
    return Employee(
        external_id(member.handle), member.name, f"{member.handle}@{DOMAIN}", "rep", team.title, team.currency,
        member.timezone, member.locale, _team_today(team, member), team.region, _manager_today(team, member),
        hired, left, plan, member.part,
    )  # fmt: skip


def _moved_to(team: Team, member: Member) -> Team:
    return next(t for t in TEAMS if t.name == "Americas West") if member.part == "mover" else team


def _team_today(team: Team, member: Member) -> str:
    return _moved_to(team, member).name


def _manager_today(team: Team, member: Member) -> str:
    return external_id(_moved_to(team, member).lead.handle)


def placements(people: tuple[Employee, ...], calendar: FiscalCalendar) -> tuple[Placement, ...]:
    """Each rep's team and territory over time; the mover changes both in the second month of the second quarter."""
    moved_on = months_after(calendar.year.start_on, 4)
    by_id = {person.external_id: person for person in people}
    rows = []
    for team in TEAMS:
        for member in team.reps:
            person = by_id[external_id(member.handle)]
            home = Window(
                max(person.hired_on, calendar.last_year.start_on), person.left_on or calendar.next_year.end_on
            )
            stays = [(team, home)]
            if member.part == "mover":
                stays = [
                    (team, Window(home.start_on, moved_on)),
                    (_moved_to(team, member), Window(moved_on, home.end_on)),
                ]
            rows += [
                Placement(person.external_id, external_id(t.lead.handle), t.name, t.territory, w.start_on, w.end_on)
                for t, w in stays
            ]
    return tuple(rows)


def annual_quota(seed: int, calendar: FiscalCalendar, person: Employee) -> int:
    """What a full year asks of a rep, in minor units: a multiple of 20,000 within the range of the plan."""
    low, high = ANNUAL_QUOTAS[person.plan or ACCOUNT_MANAGER]
    return dice(seed, calendar.today, "quota", person.external_id).randrange(low, high + 1, 20_000) * 100


def quotas(seed: int, people: tuple[Employee, ...], calendar: FiscalCalendar) -> tuple[Quota, ...]:
    """The quotas of three fiscal years: one a year for Americas executives, one a quarter for everybody else.

    Last year asked 10 % less, next year asks 5 % more.
    A hire's quota starts on the hiring day and is prorated by days; one rep has none.
    """
    rows = []
    for person in people:
        if not person.plan or person.part == "unquoted":
            continue
        full = annual_quota(seed, calendar, person)
        asked = (
            (calendar.last_year, full * 9 // 10), (calendar.year, full), (calendar.next_year, full * 21 // 20),
        )  # fmt: skip
        for year, amount in asked:
            for window, share in _quota_windows(person, year, amount):
                start_on = max(window.start_on, person.hired_on)
                if start_on >= window.end_on or (person.left_on and person.left_on <= window.start_on):
                    continue
                prorated = share * (window.end_on - start_on).days // window.days
                rows.append(
                    Quota(
                        person.external_id,
                        "bookings",
                        start_on,
                        window.end_on,
                        prorated // 100 * 100,
                        person.currency,
                    )
                )
    return tuple(rows)


def _quota_windows(person: Employee, year: Window, amount: int) -> list[tuple[Window, int]]:
    if person.plan == AE_AMERICAS:
        return [(year, amount)]
    starts = [months_after(year.start_on, 3 * n) for n in range(5)]
    return [
        (Window(start, end), amount * share // 100)
        for start, end, share in zip(starts[:-1], starts[1:], QUARTER_SHARES, strict=True)
    ]


def assignments(people: tuple[Employee, ...], calendar: FiscalCalendar) -> tuple[Assignment, ...]:
    """Which plan pays whom until next year ends: a leaver's ends on the last day, one rep has none."""
    return tuple(
        Assignment(
            p.external_id,
            p.plan,
            max(p.hired_on, calendar.last_year.start_on),
            p.left_on or calendar.next_year.end_on,
        )
        for p in people
        if p.plan
    )
