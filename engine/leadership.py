"""How a leader's people do in a period: attainment by team, forecast, and what pay costs, all in one currency.

Everything is a sum over people of what their own answers say (`engine.attainment`), so that nobody reads one figure
in the team's digest and another under their own name. Quotas run over a quarter for some and over a year for others:
each is taken whole, beside the part of it that its pace asks for by now and by the end of the period.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from engine.attainment import progress
from engine.dates import day
from engine.exchange import Exchange
from engine.frames import Named, integers, named
from engine.money import Money, Quantity, divide, exponent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from engine.answers import Freshness, QuotaProgress, RepRef
    from engine.calculation import Calculation
    from engine.dates import Period
    from engine.forecast import Outcomes
    from engine.frames import Facts

WHOLE_PPM = 1_000_000
#: Projected below this share of quota counts as at risk (the catalogue's Q23).
AT_RISK_PPM = 750_000


@dataclass(frozen=True, slots=True)
class Standing:
    """One rep in the reporting currency: quota, credit so far, and what the quota's pace asks for by now.

    `expected` is the credit at the end of the period with the pipeline closed as expected, `due` what the pace asks
    for then; both are None where nobody can tell how often deals are won.
    """

    rep_id: int
    team: str
    quota: Money
    credit: Money
    pace: Money
    expected: Money | None = None
    due: Money | None = None

    @property
    def is_at_risk(self) -> bool:
        """Whether the expected credit is less than three quarters of what will be due."""
        if self.expected is None or self.due is None:
            return False
        return self.expected.minor * WHOLE_PPM < self.due.minor * AT_RISK_PPM


@dataclass(frozen=True, slots=True)
class TeamStanding:
    """One team: its people with a quota, where they stand together, and how many have reached quota or may miss it.

    `expected`, `due` and `at_risk` are None where nobody can tell how often deals are won.
    """

    name: str
    reps: int
    quota: Money
    credit: Money
    pace: Money
    expected: Money | None
    due: Money | None
    reached: int
    at_risk: int | None

    @property
    def attainment_ppm(self) -> int:
        """Credit as a share of quota, rounded down."""
        return self._of_quota(self.credit) or 0

    @property
    def pace_ppm(self) -> int:
        """What the pace asks for by now as a share of quota."""
        return self._of_quota(self.pace) or 0

    @property
    def expected_ppm(self) -> int | None:
        """Expected credit as a share of quota, rounded down."""
        return self._of_quota(self.expected)

    @property
    def due_ppm(self) -> int | None:
        """What the pace asks for by the end of the period as a share of quota."""
        return self._of_quota(self.due)

    def _of_quota(self, part: Money | None) -> int | None:
        if part is None or self.quota.minor <= 0:
            return None
        return divide(part.minor * WHOLE_PPM, self.quota.minor, "down")


@dataclass(frozen=True, slots=True)
class PayCost:
    """What pay costs in the period: so far, at its end as expected, and the budget where one is set."""

    earned: Money
    expected: Money | None
    budget: Money | None
    booked: Money

    @property
    def of_booked_ppm(self) -> int | None:
        """Pay as a share of what was booked in the period; None where nothing was."""
        return divide(self.earned.minor * WHOLE_PPM, self.booked.minor) if self.booked.minor > 0 else None

    @property
    def of_budget_ppm(self) -> int | None:
        """Pay so far as a share of the budget."""
        return divide(self.earned.minor * WHOLE_PPM, self.budget.minor) if self.budget and self.budget.minor else None


@dataclass(frozen=True, slots=True)
class SpifReturn:
    """One SPIF: its state, what it cost of its budget, and how much more than usual it brought, if that is known."""

    title: str
    state: str
    spent: Money
    budget: Money
    lift_ppm: int | None = None


@dataclass(frozen=True, slots=True)
class Exceptions:
    """What needs somebody: open ops alerts by severity, the gravest in words, and people left out of the sums."""

    alerts: tuple[tuple[str, int], ...] = ()
    gravest: tuple[str, ...] = ()
    without_quota: int = 0


@dataclass(frozen=True, slots=True)
class LeadershipAnswer:
    """The leadership digest of one leader: their people in the fiscal quarter of the day."""

    leader: RepRef
    as_of: date
    period: Period
    whole: TeamStanding
    teams: tuple[TeamStanding, ...]
    pay: PayCost
    outcomes: Outcomes
    open_deals: int
    overdue: int
    spifs: tuple[SpifReturn, ...] = ()
    exceptions: Exceptions = field(default_factory=Exceptions)
    sources: tuple[Freshness, ...] = ()


@dataclass(frozen=True)
class Reporting:
    """The currency of the sums, and the rates of the day by which everything comes into it."""

    exchange: Exchange
    currency: str
    on: date

    @classmethod
    def of(cls, facts: Facts, currency: str, on: date) -> Reporting:
        """The rates of the facts."""
        return cls(Exchange(facts.rates), currency, on)

    def into(self, amount: Money) -> Money | None:
        """The amount in the currency of the sums, rounded half up; None without a rate for the day."""
        if amount.currency == self.currency:
            return amount
        rate = self.exchange.rate_on(amount.currency, self.currency, day(self.on))
        if rate is None:
            return None
        shift = exponent(self.currency) - exponent(amount.currency)
        num, den = rate.num * 10 ** max(shift, 0), rate.den * 10 ** max(-shift, 0)
        return Money(divide(amount.minor * num, den), self.currency)


@dataclass(frozen=True)
class Runs:
    """One calculation as things are, and one with the pipeline closed as expected; None where none can be made."""

    now: Calculation
    facts: Facts
    later: Calculation | None
    later_facts: Facts | None
    as_of: date
    period: Period


def standing(runs: Runs, person: tuple[int, str], reporting: Reporting) -> Standing | None:
    """How a rep of a team stands; None without a quota of money on the day, or without a rate for its currency."""
    rep_id, team_name = person
    now = _first(progress(runs.now, runs.facts, rep_id, runs.as_of))
    if now is None:
        return None
    amounts = [now.quota, now.credit, now.pace]
    if runs.later is not None and runs.later_facts is not None:
        last = min(now.period.last_on, runs.period.last_on)
        then = _first(progress(runs.later, runs.later_facts, rep_id, last))
        amounts += [then.credit, then.pace] if then is not None else []
    made = [reporting.into(each) for each in amounts if not isinstance(each, Quantity)]
    found = [each for each in made if each is not None]
    return Standing(rep_id, team_name, *found) if len(found) == len(amounts) else None


def team(name: str, members: Sequence[Standing], currency: str) -> TeamStanding:
    """The team of some standings."""

    def total(amounts: Iterable[Money | None]) -> Money | None:
        known = [each.minor for each in amounts if each is not None]
        return Money(sum(known), currency) if members and len(known) == len(members) else None

    nothing = Money(0, currency)
    expected, due = total(one.expected for one in members), total(one.due for one in members)
    return TeamStanding(
        name=name,
        reps=len(members),
        quota=total(one.quota for one in members) or nothing,
        credit=total(one.credit for one in members) or nothing,
        pace=total(one.pace for one in members) or nothing,
        expected=expected,
        due=due,
        reached=sum(one.credit.minor >= one.quota.minor for one in members),
        at_risk=None if expected is None else sum(one.is_at_risk for one in members),
    )


def teams(members: Iterable[Standing], currency: str) -> tuple[TeamStanding, ...]:
    """The teams, highest attainment first, then by name."""
    by_name: dict[str, list[Standing]] = {}
    for one in members:
        by_name.setdefault(one.team, []).append(one)
    found = [team(name, own, currency) for name, own in by_name.items()]
    return tuple(sorted(found, key=lambda each: (-each.attainment_ppm, each.name)))


def booked(runs: Runs, reps: Iterable[int], reporting: Reporting) -> Money:
    """What the reps own of the deals won in the period so far; deals without a rate for their day are left out."""
    deals = runs.facts.deals
    stage, days = named(deals, "stage"), integers(deals, "booked_on")
    own = np.isin(integers(deals, "owner_id"), np.array(sorted(reps), dtype=np.int64))
    own &= (stage.codes == stage.code("won")) & (days >= day(runs.period.start_on)) & (days <= day(runs.as_of))
    currency = named(deals, "currency")
    of_own = (integers(deals, "amount_cents")[own], Named(currency.codes[own], currency.names))
    made = reporting.exchange.into(reporting.currency, of_own, days[own], "half_up")
    amounts = made.amount if made.fault is None else made.amount[made.fault == 0]
    return Money(int(amounts.sum()), reporting.currency)


def paid(calc: Calculation, reps: Iterable[int], period: Period) -> Mapping[str, Money]:
    """What the reps' lines of the period come to, by currency."""
    lines = calc.lines
    booked = integers(lines, "booked_on")
    own = np.isin(integers(lines, "rep_id"), np.array(sorted(reps), dtype=np.int64))
    own &= (booked >= day(period.start_on)) & (booked < day(period.end_on))
    amounts, numbers = integers(lines, "amount_cents")[own], integers(lines, "plan_no")[own]
    found: dict[str, Money] = {}
    for number in np.unique(numbers).tolist():
        amount = Money(int(amounts[numbers == number].sum()), calc.plans[number].currency)
        found[amount.currency] = found.get(amount.currency, Money(0, amount.currency)) + amount
    return found


def _first(quotas: Iterable[QuotaProgress]) -> QuotaProgress | None:
    """The first quota that is an amount of money."""
    return next((each for each in quotas if not isinstance(each.quota, Quantity) and each.quota.minor > 0), None)
