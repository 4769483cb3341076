"""What a plan may say: frozen types that mirror the YAML file field by field.

The annotation of each field is its documentation: the loader takes its key from it, the JSON Schema its description.
"""

import hashlib
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal, get_args, get_type_hints

from engine.dates import A_MONDAY, PAYS, WINDOWS, Calendar, Period
from engine.money import Money, Rate, Rounding
from engine.plans.asked import unit_of
from engine.plans.filters import WHOLE, DealFilter, Factor, Filter, RateRule, Says
from engine.plans.tables import Cap, Deduction, Gate, Minimum, Multiplier, Table, Tier
from engine.plans.terms import Clawback, PaymentTerms, QuotaRule, Release
from engine.receipts import canonical

_LANGUAGE = "engine.plans."

Accumulate = Literal[
    "transaction", "week", "pay_period", "month", "quarter", "half_year", "quota_period", "to_date", "year_to_date"
]
Pays = Literal["weekly", "biweekly", "semimonthly", "monthly", "quarterly", "yearly"]


@dataclass(frozen=True, slots=True)
class RoleShare:
    """The part of a shared deal that everybody of a role shares equally."""

    role: Annotated[str, Says("The role or title.")]
    share: Annotated[Rate, Says("Their part of the deal.")]


@dataclass(frozen=True, slots=True)
class CreditRule:
    """Who is credited for which deals.

    Of the rules to owner and splits the first that a deal meets decides; every rule to managers, role, team or
    territory that it meets credits further people.
    """

    name: Annotated[
        str, Says("The rule's name, as it appears on statements. `owner` and `splits` are built in.", "rule")
    ]
    to: Annotated[
        Literal["", "owner", "splits", "managers", "role", "team", "territory"],
        Says(
            "owner: the owner, or those who share the deal; splits: only deals that are shared; managers: those "
            "above the credited reps; role: everybody of `role`; team: everybody in the owner's team; territory: "
            "everybody in the deal's territory. Default: `rule`."
        ),
    ] = ""
    when: Annotated[DealFilter, Says("Which deals the rule credits.")] = DealFilter()
    role: Annotated[tuple[str, ...], Says("Only people with one of these roles or titles.")] = ()
    same: Annotated[
        tuple[Literal["team", "territory"], ...],
        Says("role: what these people must share with the owner or the deal."),
    ] = ()
    levels: Annotated[int, Says("managers: how many levels up; 0: all.")] = 1
    share: Annotated[Rate, Says("The part of the deal that each of them is credited with.")] = WHOLE
    shares: Annotated[
        Literal["percent", "points", "full"],
        Says("What the data's shares are: percent that sum to 100%, points of their sum, or full credit for each."),
    ] = "percent"
    by_role: Annotated[
        tuple[RoleShare, ...], Says("Shares by role, in place of those in the data. They sum to 100%.")
    ] = ()
    counts_for: Annotated[
        tuple[Literal["quota", "pay"], ...], Says("Whether the credit counts towards quota, is paid, or both.")
    ] = ("quota", "pay")

    @property
    def credits_whom(self) -> str:
        """The rule's `to`, or its name where that says it."""
        return self.to or self.name

    @property
    def takes_any_shares(self) -> bool:
        """Whether the shares in the data need not sum to 100%, because they are points or mean nothing."""
        return bool(self.by_role) or self.shares != "percent"


@dataclass(frozen=True, slots=True)
class TeamCommission:
    """The commissions of other people as a measure: what an override is paid on."""

    levels: Annotated[int, Says("How many levels below count: 1 is direct reports; 0: all.")] = 1
    plans: Annotated[tuple[str, ...], Says("Only commissions of these plans.")] = ()
    components: Annotated[
        tuple[str, ...],
        Says("Only commissions of these components. Overrides of levels between count only if they are named here."),
    ] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """What a component counts."""

    sum: Annotated[
        str,
        Says(
            "The figure that is summed over credited deals: amount, margin, count, or one that your data brings, "
            "such as quantity, mrr or arr."
        ),
    ] = "amount"
    where: Annotated[Filter, Says("Which credited deals count.")] = Filter()
    excluding: Annotated[Filter, Says("Which of these do not: those that meet all conditions given here.")] = Filter()
    unit: Annotated[
        Literal["", "money", "number"],
        Says(
            "Whether it is money or a number. Default: number for count, quantity, months, percentages and "
            "achievements, else money."
        ),
    ] = ""
    times: Annotated[Factor, Says("Each figure counts this many times: 12 turns monthly into yearly revenue.")] = (
        Factor(1)
    )
    less: Annotated[
        tuple[str, ...], Says("Figures of the deal that are taken off first, such as shipping or discount.")
    ] = ()
    less_per_deal: Annotated[
        Money | None,
        Says("After `times` each deal counts this much less, before it is shared; never below 0."),
    ] = None
    credited_by: Annotated[tuple[str, ...], Says("Only credit given by these credit rules. Default: by any.")] = ()
    achievement: Annotated[
        str, Says("Instead of deals: the achievement of that name, such as nps, mbo or percent of plan.")
    ] = ""
    take: Annotated[
        Literal["sum", "last", "average"], Says("How several values of an achievement in one window are taken.")
    ] = "sum"
    team_commission: Annotated[
        TeamCommission | None, Says("Instead of deals: what the people below are paid in commission.")
    ] = None

    @property
    def is_number(self) -> bool:
        """Whether it is counted in millionths of a unit rather than in minor units of the plan's currency."""
        if self.unit:
            return self.unit == "number"
        return unit_of(self.sum) == "number" or bool(self.achievement)


@dataclass(frozen=True, slots=True)
class LevelRate:
    """What a level of the hierarchy is worth."""

    level: Annotated[str, Says("The title or role.")]
    rate: Annotated[Rate | None, Says("Its share of the measure.")] = None
    per_unit: Annotated[Money | None, Says("What it is paid for each unit of a measure that is a number.")] = None


@dataclass(frozen=True, slots=True)
class Pool:
    """An amount that is shared between the reps on the plan at the end of the component's window."""

    share: Annotated[
        Literal["equal", "credit", "weight"],
        Says(
            "equal: by head; credit: by each one's own credit; weight: by the incentive `weight` of each in the data."
        ),
    ] = "equal"
    weight: Annotated[str, Says("The name of the incentive in the data that holds each one's weight.")] = ""
    amount: Annotated[
        Money | None, Says("The pool of each window, where it is not made of what the component prices.")
    ] = None
    component: Annotated[str, Says("The component whose attainment says who is eligible.")] = ""
    at_least: Annotated[Rate | None, Says("The attainment that makes eligible.")] = None
    more_than: Annotated[Rate | None, Says("In place of `at_least`: the attainment that has to be passed.")] = None

    @property
    def bar(self) -> Rate | None:
        """The attainment that makes eligible, whether it has to be reached or passed; None: everybody is."""
        return self.at_least if self.more_than is None else self.more_than


@dataclass(frozen=True, slots=True)
class Component:
    """One measure of a plan and how it pays.

    Exactly one of rate, rates, per_unit, fixed, levels and table is given, or a target alone, which is paid in
    proportion to attainment. With a table of multipliers, rate or per_unit is what they multiply.
    """

    name: Annotated[str, Says("The component's name on statements.")]
    measure: Annotated[Measure, Says("What it counts.")] = Measure()
    quota: Annotated[str, Says("The name of the quota that it is measured against.")] = ""
    accumulate: Annotated[
        Accumulate,
        Says(
            "Over which window credit adds up before it starts again at 0; to_date: credit and quota both add up "
            "over the plan year, from one row of the quota to the next. A table has to say it."
        ),
    ] = "year_to_date"
    rate: Annotated[Rate | None, Says("One rate for everything.")] = None
    rates: Annotated[tuple[RateRule, ...], Says("Rates by product, type, currency or booking date; no tiers.")] = ()
    per_unit: Annotated[Money | None, Says("Paid for each unit of a measure that is a number.")] = None
    fixed: Annotated[Money | None, Says("Paid for each deal that counts, whatever its size.")] = None
    table: Annotated[Table | None, Says("Rates by tier.")] = None
    levels: Annotated[
        tuple[LevelRate, ...],
        Says("Level differences: going up from the seller, each higher level is paid what lower ones have not been."),
    ] = ()
    target: Annotated[Money | None, Says("The target incentive of one year, the same for everybody.")] = None
    incentive: Annotated[
        str, Says("The name of the yearly target incentive in the data, per rep, such as variable.")
    ] = ""
    weight: Annotated[Rate, Says("The part of the target incentive that this component carries.")] = WHOLE
    prorate: Annotated[
        Literal["none", "months", "days"],
        Says("How the target incentive of a window shrinks for somebody who starts, leaves or is away in it."),
    ] = "none"
    gates: Annotated[tuple[Gate, ...], Says("Conditions on other components; all must be met.")] = ()
    multipliers: Annotated[tuple[Multiplier, ...], Says("Factors on what it pays, one after another.")] = ()
    deduct: Annotated[Deduction, Says("Fixed amounts taken off what it pays.")] = Deduction()
    minimum: Annotated[Minimum, Says("Lower limits.")] = Minimum()
    cap: Annotated[Cap, Says("Upper limits.")] = Cap()
    pool: Annotated[Pool | None, Says("What it prices is not paid to each rep but shared between them.")] = None
    release: Annotated[tuple[Release, ...], Says("When its commission is paid; left out: at once.")] = ()
    clawback: Annotated[Clawback | None, Says("What is taken back when a deal goes wrong.")] = None

    @property
    def priced_by(self) -> Table:
        """How the component pays, as a table; without one it is a single tier from 0."""
        if self.table is not None:
            return self.table
        if self.has_target and self.rate is None and not self.rates and self.per_unit is None and self.fixed is None:
            return Table("attainment", "marginal", (Tier(Rate(0), multiplier=Factor(1)),))
        rates = self.rates or (() if self.fixed is None else (RateRule(fixed=self.fixed),))
        return Table("amount", "marginal", (Tier(Rate(0), self.rate, rates, self.per_unit),))

    @property
    def has_target(self) -> bool:
        """Whether it pays shares of a target incentive."""
        return self.target is not None or bool(self.incentive)

    @property
    def pays_base_rate(self) -> bool:
        """Whether its tiers multiply the target incentive by the quota, for want of a rate of its own."""
        own = self.rate is not None or self.per_unit is not None or bool(self.rates)
        return self.has_target and not own and any(tier.multiplier is not None for tier in self.priced_by.tiers)

    @property
    def is_attainment(self) -> bool:
        """Whether what it counts is attainment already: an achievement without a quota."""
        return bool(self.measure.achievement) and not self.quota

    @property
    def needs_quota(self) -> bool:
        """Whether nothing can be priced without a quota."""
        by_own = self.priced_by.by == "attainment" and not self.priced_by.of
        return (by_own or self.pays_base_rate) and not self.is_attainment

    @property
    def reads_quota(self) -> bool:
        """Whether its pricing reads the quota at all: the amount, or the dates as windows."""
        return self.needs_quota or self.accumulate in ("quota_period", "to_date")


@dataclass(frozen=True, slots=True)
class RoundingPolicy:
    """How amounts are rounded: the running total of a component, whose differences are the lines, or each line."""

    mode: Annotated[Rounding, Says("half_up: ties away from zero; half_even: ties to even; down: cut off.")] = (
        "half_up"
    )
    places: Annotated[int | None, Says("Decimals that are kept; those of the plan's currency when left out.")] = None
    step: Annotated[
        Literal["total", "line"],
        Says("total: running totals are rounded, so that lines always sum up; line: every line by itself."),
    ] = "total"


@dataclass(frozen=True)
class Plan:
    """One version of a compensation plan. Its fiscal years start on the day and month of its effective start."""

    name: Annotated[str, Says("The plan's name; assignments refer to it.", "plan")]
    version: Annotated[int, Says("Counts up with every change. Where two versions overlap the higher one pays.")]
    effective: Annotated[Period, Says("First day .. first day after.")]
    currency: Annotated[str, Says("ISO 4217 code of the currency in which the plan counts and pays.")]
    components: Annotated[tuple[Component, ...], Says("What is measured and paid.")]
    pays: Annotated[
        Pays,
        Says(
            "How long a pay period is. biweekly: every two weeks; semimonthly: the first 15 days of a fiscal month, "
            "and the rest of it."
        ),
    ] = "monthly"
    pays_from: Annotated[
        date | None,
        Says("A day on which a pay period begins, where it has weeks. weekly: Mondays if left out."),
    ] = None
    rounding: Annotated[RoundingPolicy, Says("How amounts are rounded.")] = RoundingPolicy()
    crediting: Annotated[tuple[CreditRule, ...], Says("Who is credited for which deals.")] = (CreditRule("owner"),)
    quotas: Annotated[tuple[QuotaRule, ...], Says("How quotas are made from those in the data.")] = ()
    payment: Annotated[PaymentTerms, Says("How earnings become a payout.")] = PaymentTerms()
    description: Annotated[str, Says("A sentence for the people who are paid by the plan.")] = ""

    def __hash__(self) -> int:
        """Cheap on purpose: plans are looked up for every calculation, and equal plans share name and version."""
        return hash((self.name, self.version))

    @cached_property
    def calendar(self) -> Calendar:
        """The plan's fiscal calendar."""
        return Calendar(self.effective.start_on, self.pays_from or A_MONDAY)

    @property
    def pay_window(self) -> str:
        """What a pay period is in the calendar."""
        return PAYS[self.pays][0]

    def window_kind(self, kind: str) -> str:
        """What a component accumulates over, by the calendar's own names; others stay as they are."""
        return self.pay_window if kind == "pay_period" else kind

    def window(self, kind: str, on: date) -> Period | None:
        """The calendar window with a day, of what a component accumulates over; None where that is no such window."""
        own = self.window_kind(kind)
        return self.calendar.window(own, on) if own in WINDOWS else None

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what the plan says, computed once: it walks the whole plan.

        What a plan leaves at its default is left out, so that a language that has grown gives old plans their old
        hashes.
        """
        return hashlib.sha256(canonical(_said(self))).hexdigest()


def plan_hash(plan: Plan) -> str:
    """SHA-256 of what the plan says; comments, layout and the spelling of numbers do not change it."""
    return plan.digest


def _said(value: object) -> object:
    if isinstance(value, tuple):
        return [_said(part) for part in value]
    if is_dataclass(value) and not isinstance(value, type) and type(value).__module__.startswith(_LANGUAGE):
        given = ((field.name, getattr(value, field.name), field.default) for field in fields(value))
        return {name: _said(said) for name, said, default in given if said != default}
    return value


def described(kind: type) -> dict[str, tuple[str, Any, Says, bool]]:
    """The file's keys of one of the types above: key → (field name, type, meaning, whether it must be given)."""
    hints = get_type_hints(kind, include_extras=True)
    found: dict[str, tuple[str, Any, Says, bool]] = {}
    for field in fields(kind):
        hint, says = get_args(hints[field.name])
        needed = field.default is MISSING and field.default_factory is MISSING
        found[says.key or field.name] = (field.name, hint, says, needed)
    return found
