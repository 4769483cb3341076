"""Tiers, what they are measured by, and what reaching one means."""

from dataclasses import dataclass
from typing import Annotated, Literal

from engine.money import Money, Rate
from engine.plans.filters import Factor, Filter, RateRule, Says

Axis = Literal["attainment", "amount", "deal"]
Behaviour = Literal["marginal", "whole_amount", "interpolated", "curve", "step", "overage"]
Over = Literal["week", "pay_period", "month", "quarter", "half_year", "year_to_date", "year"]
Judged = Literal["at_end", "as_reached"]
Reached = Literal["at", "above"]


@dataclass(frozen=True, slots=True)
class Tier:
    """One step of a rate table, from its start up to the start of the next one: [from, next), or (from, next]."""

    start: Annotated[
        Rate | Money, Says("Where the tier begins: a percentage of quota, an amount, or a number.", "from")
    ]
    rate: Annotated[Rate | None, Says("The tier's rate for every deal.")] = None
    rates: Annotated[tuple[RateRule, ...], Says("The tier's rates by product, type, currency or booking date.")] = ()
    per_unit: Annotated[Money | None, Says("What each unit in the tier pays, of a measure that is a number.")] = None
    multiplier: Annotated[
        Factor | None, Says("The tier's rate as a multiple of the component's own: its rate, or target by quota.")
    ] = None
    amount: Annotated[
        Money | None,
        Says("step: paid once the tier is reached; interpolated: worth of the full tier; curve: paid at its start."),
    ] = None
    pays: Annotated[
        Factor | None, Says("curve and step: the share of the target that is paid at the tier's start.")
    ] = None
    slope: Annotated[
        Factor | None,
        Says(
            "curve: what is added beyond the tier's start: share of the target per 100% of attainment, beside an "
            "amount share of the credit; left out: a straight line to the next tier."
        ),
    ] = None

    reached: Annotated[
        Literal["", "at", "above"], Says("at or above, where this tier is reached otherwise than the table says.")
    ] = ""

    @property
    def begins(self) -> Rate:
        """The tier's start as an exact number: attainment, or minor units."""
        return self.start if isinstance(self.start, Rate) else Rate(self.start.minor)

    @property
    def rules(self) -> tuple[RateRule, ...]:
        """The tier's rates as rules; one without conditions when the tier has a single rate."""
        if self.rates:
            return self.rates
        return (RateRule(rate=self.rate, per_unit=self.per_unit),)


@dataclass(frozen=True, slots=True)
class Table:
    """Tiers, what they are measured by, and what reaching one means."""

    by: Annotated[
        Axis,
        Says("What `from` measures: attainment (credit by quota), amount (credit), deal (a figure of the deal)."),
    ]
    behaviour: Annotated[
        Behaviour,
        Says(
            "marginal: each tier's rate pays the credit inside it; whole_amount: the reached tier's rate pays all; "
            "interpolated: a tier's worth in proportion to how full it is, the last tier only ends the others; "
            "curve: straight lines through points; "
            "step: one fixed amount for the highest tier reached; overage: what is beyond the first tier at the "
            "multiplier of the tier reached."
        ),
    ]
    tiers: Annotated[tuple[Tier, ...], Says("In rising order; the first begins at 0, except in a curve or steps.")]
    reached: Annotated[
        Reached,
        Says("at: a tier is reached with exactly its `from`; above: only beyond it, so that tiers are (from, next]."),
    ] = "at"
    of: Annotated[
        str, Says("by: deal - the figure; otherwise the component whose credit or attainment chooses the tier.")
    ] = ""
    unit: Annotated[
        Literal["", "money", "number"],
        Says("by: deal - whether the figure is money or a number. Default: what it is known to be, else money."),
    ] = ""

    def has_to_be_passed(self, tier: Tier) -> bool:
        """Whether exactly the tier's start is not enough to reach it."""
        return (tier.reached or self.reached) == "above"


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition on another component: while it is not met, this component pays nothing, or `otherwise`."""

    component: Annotated[str, Says("The component that is tested.")]
    over: Annotated[Over, Says("Which quota is tested: that of the week, month … year so far or year.")]
    at_least: Annotated[
        Rate | Money | None, Says("What it must have reached: a percentage of its quota, or an amount.")
    ] = None
    more_than: Annotated[
        Rate | Money | None, Says("In place of `at_least`: what it must have passed; exactly that is not enough.")
    ] = None
    judged: Annotated[
        Judged, Says("at_end: by what the window has come to, for all deals in it; as_reached: from the deal on.")
    ] = "at_end"
    otherwise: Annotated[Rate | None, Says("The rate that is paid instead while it is not met.")] = None
    at_most: Annotated[
        Rate | Money | None,
        Says(
            "What the component pays at most in its window while it is not met, in place of nothing: a percentage of "
            "its target incentive, or an amount."
        ),
    ] = None

    @property
    def bar(self) -> Rate | Money:
        """What is tested, whether it has to be reached or passed."""
        found = self.at_least if self.more_than is None else self.more_than
        if found is None:
            raise AssertionError("the loader gives every gate one of the two")
        return found

    @property
    def is_strict(self) -> bool:
        """Whether exactly the bar is not enough."""
        return self.more_than is not None


@dataclass(frozen=True, slots=True)
class MultiplierStep:
    """From where on a multiplier holds."""

    start: Annotated[Rate | Money, Says("A percentage of quota, an amount, or a number.", "from")]
    times: Annotated[Factor, Says("The factor.")]


@dataclass(frozen=True, slots=True)
class Multiplier:
    """A factor on what the component pays: for some deals, or by what another component has come to."""

    name: Annotated[str, Says("The name it has on statements.")]
    when: Annotated[Filter, Says("Deals it holds for.")] = Filter()
    times: Annotated[Factor | None, Says("The factor.")] = None
    component: Annotated[str, Says("The component whose attainment (or credit) chooses the factor.")] = ""
    over: Annotated[Over, Says("Over which window that is judged, at its end.")] = "quarter"
    steps: Annotated[tuple[MultiplierStep, ...], Says("The factors by what was reached, the first from 0.")] = ()
    reached: Annotated[Reached, Says("at: a step holds from exactly its `from` on; above: only beyond it.")] = "at"
    interpolated: Annotated[
        bool, Says("true: between two steps the factor follows a straight line; beyond the last one it stays.")
    ] = False


@dataclass(frozen=True, slots=True)
class Cap:
    """Upper limits."""

    per_deal: Annotated[
        Money | None, Says("A rep's share of one deal counts at most this much: after splitting, before attainment.")
    ] = None
    per_period: Annotated[Money | None, Says("The component pays at most this much in one pay period.")] = None
    pay_per_deal: Annotated[Money | None, Says("One deal pays at most this much.")] = None
    per_year: Annotated[Money | None, Says("The component pays at most this much in one plan year.")] = None
    per_window: Annotated[
        Rate | Money | None,
        Says("The component pays at most this much in each `accumulate`: an amount, or a percentage of its target."),
    ] = None


@dataclass(frozen=True, slots=True)
class Deduction:
    """Fixed amounts that are taken off what the component pays, never more than it pays."""

    per_deal: Annotated[Money | None, Says("Taken off what each deal pays each rep, such as a fee.")] = None
    per_period: Annotated[Money | None, Says("Taken off what the component pays in one pay period.")] = None


@dataclass(frozen=True, slots=True)
class Minimum:
    """Lower limits."""

    per_deal: Annotated[Money | None, Says("A deal that counts pays at least this much.")] = None
