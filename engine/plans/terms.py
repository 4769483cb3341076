"""When and how what was earned is paid: draws, guarantees, releases, clawbacks; and how quotas are made."""

from dataclasses import dataclass
from typing import Annotated, Literal

from engine.money import Money, Rate
from engine.plans.filters import WHOLE, Factor, Says


@dataclass(frozen=True, slots=True)
class Release:
    """A part of a commission and what it waits for. The parts of a component sum to 100%."""

    share: Annotated[Rate, Says("The part of the commission.")]
    on: Annotated[
        Literal["booking", "event", "cash", "days", "quarter_end", "year_end"],
        Says(
            "booking: at once; event: the first `event` of the deal; cash: in proportion to payments; "
            "days: after `days`; quarter_end and year_end: on the last day of the fiscal quarter or year of booking."
        ),
    ] = "booking"
    event: Annotated[
        str,
        Says("The event, such as go_live or setup_paid; with cash: whose amounts count, `payment` if left out."),
    ] = ""
    days: Annotated[int, Says("How many days after booking.")] = 0
    unless: Annotated[tuple[str, ...], Says("Events up to then that forfeit it, such as churn.")] = ()


@dataclass(frozen=True, slots=True)
class ClawbackStep:
    """The part that is taken back up to some time after booking."""

    share: Annotated[Rate, Says("The part that is taken back.")]
    months: Annotated[int, Says("Up to how many months after booking; 0 with `days`.")] = 0
    days: Annotated[int, Says("Up to how many days after booking.")] = 0


@dataclass(frozen=True, slots=True)
class Clawback:
    """What is taken back when a deal goes wrong: only of what was paid, by the elapsed share of a window."""

    on: Annotated[tuple[str, ...], Says("The events that take back, such as churn, cancelled or refund.")]
    months: Annotated[int, Says("The window in months after booking; 0 with `days`.")] = 0
    days: Annotated[int, Says("The window in days after booking.")] = 0
    share: Annotated[Rate, Says("The part that is taken back at most.")] = WHOLE
    falls: Annotated[
        Literal["not", "monthly", "daily"],
        Says("not; daily: by the days that are left; monthly: one part of the window less for each month after one."),
    ] = "not"
    steps: Annotated[
        tuple[ClawbackStep, ...],
        Says("In place of one window: parts that fall step by step, such as all within 6 months, half within 12."),
    ] = ()

    @property
    def window(self) -> ClawbackStep:
        """How long after booking anything is taken back: the last step, or the only window."""
        return self.steps[-1] if self.steps else ClawbackStep(self.share, self.months, self.days)


@dataclass(frozen=True, slots=True)
class Draw:
    """A payment in advance of commission in each pay period."""

    amount: Annotated[Money | None, Says("The floor of each pay period, the same for everybody.")] = None
    by_rep: Annotated[
        str, Says("The name of the yearly amount in the data, per rep, whose part the floor is of each pay period.")
    ] = ""
    recoverable: Annotated[
        bool, Says("true: what topped up is debt that later commission repays, above the floor.")
    ] = True
    periods: Annotated[
        int,
        Says(
            "For how many pay periods from the rep's first on the plan, in whichever version that was; 0: throughout."
        ),
    ] = 0
    shares: Annotated[
        tuple[Rate, ...],
        Says("Share of `amount` in each pay period from the rep's first, such as 100%, 75%, 50%; then it ends."),
    ] = ()
    recovers: Annotated[Rate, Says("The part of what is above the floor that repays debt.")] = WHOLE
    paid: Annotated[
        Literal["at_end", "at_start"],
        Says(
            "at_end: what commission lacks is topped up on the period's last day; at_start: the whole draw is paid "
            "on its first day, and set off against commission on its last."
        ),
    ] = "at_end"
    at_end: Annotated[
        Literal["owed", "forgiven"], Says("What becomes of the debt that is left when the draw ends.")
    ] = "owed"

    @property
    def lasts(self) -> int:
        """For how many pay periods it is paid; 0: throughout."""
        return len(self.shares) or self.periods


@dataclass(frozen=True, slots=True)
class MinimumWage:
    """The least that law or contract allows for the hours worked, over all pay of a period."""

    hourly: Annotated[Money, Says("Per hour.")]
    hours: Annotated[int, Says("Hours a week.")]


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """How earnings become a payout. Order: releases, clawbacks, adjustments, cap, draw, guarantee, minimum wage."""

    salary: Annotated[Money | None, Says("Base salary of each pay period, beside the commission.")] = None
    salary_by_rep: Annotated[str, Says("The name of the yearly base salary in the data, per rep, such as base.")] = ""
    cap: Annotated[Money | None, Says("The plan pays at most this much commission in one pay period.")] = None
    cap_per_year: Annotated[Money | None, Says("The plan pays at most this much commission in one plan year.")] = None
    draw: Annotated[Draw | None, Says("A draw against commission.")] = None
    guarantee: Annotated[Money | None, Says("Commission of a pay period is topped up to this; never repaid.")] = None
    guarantee_by_rep: Annotated[
        str, Says("The name of the yearly guarantee in the data, per rep; each pay period has its part.")
    ] = ""
    guarantee_periods: Annotated[int, Says("For how many pay periods from the rep's first; 0: throughout.")] = 0
    minimum_wage: Annotated[MinimumWage | None, Says("Salary and commission are topped up to it.")] = None
    negative: Annotated[
        Literal["pay", "carry", "floor"],
        Says("A pay period that comes out negative: take it from pay, carry it to the next, or let it drop."),
    ] = "pay"

    @property
    def by_rep(self) -> tuple[str, ...]:
        """The names of the yearly amounts that the data has to say, per rep."""
        of_draw = self.draw.by_rep if self.draw is not None else ""
        return tuple(name for name in (self.salary_by_rep, self.guarantee_by_rep, of_draw) if name)


@dataclass(frozen=True, slots=True)
class QuotaRule:
    """How the quota of a rep is made from the one in the data."""

    name: Annotated[str, Says("The quota's name.")]
    parts: Annotated[Literal["month", "quarter", "half_year", "year"], Says("Into which parts it is cut.")] = "year"
    weights: Annotated[
        tuple[Rate, ...], Says("The seasonal weight of each part; left out: equal. They sum to 100%.")
    ] = ()
    prorate: Annotated[
        Literal["none", "months", "days"],
        Says("How a part shrinks for somebody who starts, leaves or is away in it."),
    ] = "none"
    ramp: Annotated[tuple[Rate, ...], Says("Share of the quota in each month since the rep started; then all.")] = ()
    growth: Annotated[Factor | None, Says("The quota is the credit of an earlier part times this.")] = None
    growth_on: Annotated[
        Literal["year_ago", "previous"], Says("Which part that is: the same one a year ago, or the one before.")
    ] = "year_ago"
    round_to: Annotated[Money | None, Says("Each part is rounded half up to a multiple of this.")] = None
