"""What was decided, for one reader: the frozen answers that operations return and messages word.

Amounts are `Money` in minor units; shares and attainment are exact integers in parts per million (`_ppm`) or parts
per billion (`_ppb`); every period is `[start_on, end_on)`. `basis` is what an answer rests on and is no part of
its receipt: it says how old the data is, not what the figure is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from engine.dates import Period
    from engine.money import Money, Quantity, Rate
    from engine.problems import Problem


#: Marks a field that answers did not always have: while it says nothing, a receipt is spelled as it always was.
LATER: Mapping[str, bool] = {"later": True}


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old one source's data is: the instant up to which it is complete, and whether that is too old."""

    source: str
    synced_at: datetime
    stale: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """A deal of this rep that is held in quarantine, and why: as it was before, if it ever was, it still counts."""

    deal: str
    reason: str
    remedy: str
    since_at: datetime


@dataclass(frozen=True, slots=True)
class Closing:
    """A pay period that is no longer open: "review", "locked" or "paid", when it was locked, and when it was paid."""

    period: Period
    state: str
    locked_at: datetime | None = None
    paid_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Basis:
    """What an answer rests on besides its figures: its receipt, the age of each source, and what waits.

    `closings` are the pay periods inside the answer's own that are no longer open, in their order.
    """

    receipt_id: str = ""
    sources: tuple[Freshness, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    closings: tuple[Closing, ...] = ()


@dataclass(frozen=True, slots=True)
class RepRef:
    """Whom an answer is about."""

    rep_id: int
    name: str


@dataclass(frozen=True, slots=True)
class PlanRef:
    """The plan version that priced an answer."""

    name: str
    version: int
    plan_hash: str


@dataclass(frozen=True, slots=True)
class DealName:
    """What people call a deal, and where it came from."""

    deal_id: int
    name: str
    account: str
    external_id: str
    source: str


@dataclass(frozen=True, slots=True)
class NextTier:
    """The next step of the rate table: where it starts, what it pays, and how much credit is missing.

    `rate` is what credit beyond it pays; where a tier is worth something else, `pays` says what: a share of the
    target (`target`), or an amount once it is reached (`amount`, minor units of the plan's currency).
    """

    component: str
    from_ppm: int
    rate: Rate
    shortfall: Money | Quantity
    pays: str = field(default="rate", metadata=LATER)


@dataclass(frozen=True, slots=True)
class QuotaProgress:
    """One quota on one day: the number, what counts towards it, what is left, and whether that is on pace.

    `gap` is never negative; `over` is the credit beyond quota. `elapsed_ppm` is the share of the quota's days that
    have passed at the end of `as_of`; `pace_cents` is quota times that share; `per_day` spreads the gap over the
    days left (the whole gap when none is left).
    """

    name: str
    period: Period
    quota: Money | Quantity
    credit: Money | Quantity
    gap: Money | Quantity
    over: Money | Quantity
    attainment_ppm: int
    days_left: int
    days_total: int
    elapsed_ppm: int
    pace: Money | Quantity
    per_day: Money | Quantity
    next_tier: NextTier | None
    open_pipeline: Money | Quantity
    open_deals: int


@dataclass(frozen=True, slots=True)
class ComponentEarnings:
    """What one component paid in a period: the credit counted, the amount, and how many lines make it.

    What a plan pays as a whole, such as a draw or a salary, stands under the name of its kind, with no credit.
    """

    name: str
    credit: Money | Quantity
    amount: Money
    lines: int


@dataclass(frozen=True, slots=True)
class LineSummary:
    """One row of a statement. `line_no` is its number within the rep's calculation and names it to `explain`.

    `deal` is None for what is paid for no deal, `component` "" for what the plan pays as a whole.
    """

    line_no: int
    kind: str
    component: str
    deal: DealName | None
    booked_on: date
    credit: Money | Quantity
    amount: Money


@dataclass(frozen=True, slots=True)
class Slice:
    """The part of a line that one tier priced; `to_bound` is None in the top tier, bounds are [from, to).

    `axis` says what the bounds measure: "attainment" (parts per million of quota), "amount" (credit) or "deal" (the
    figure `of` the deal); `axis_unit` "money" (minor units) or "number" (millionths). With "attainment" and "amount"
    `of` is the component whose credit chooses the tier, "" for its own.

    `kind` says what paid: "rate" (basis times rate; of a number, `rate` is minor units for each unit), "fixed" (an
    amount for the deal), "value" (what the table comes to where the credit stands) or "jump" (of a curve).
    """

    axis: str
    from_bound: int
    to_bound: int | None
    basis: Money | Quantity
    rate: Rate
    amount: Money
    kind: str = "rate"
    of: str = ""
    axis_unit: str = "money"


@dataclass(frozen=True, slots=True)
class LineExplanation:
    """Why a line is what it is: deal, credit rule, share, tiers crossed, arithmetic and sources.

    The amounts of `slices` plus `rerated` sum to the line's amount; `rerated` is what earlier credit gained or lost
    because this deal moved a whole-amount table to another tier, or the whole amount of a line that no tier prices.
    `before` and `after` are the credit around it; of such a line, where a draw's debt, a release or a clawback stood.
    """

    rep: RepRef
    line: LineSummary
    plan: PlanRef
    period: Period
    rule: str
    deal_amount: Money | None
    share_ppb: int
    converted_at: Rate | None
    before: Money | Quantity
    after: Money | Quantity
    quota: Money | Quantity | None
    slices: tuple[Slice, ...]
    rerated: Money
    note: str = ""
    basis: Basis = field(default_factory=Basis)


@dataclass(frozen=True, slots=True)
class PayoutStep:
    """What one kind of line changed on the way from earnings to payout, in words and as an amount.

    `until` says of what is held back when it is paid: at an event by its name, "days" or "cash".
    """

    kind: str
    name: str
    amount: Money
    until: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Payout:
    """What one plan pays for a period: earnings, each step, and the sum of both.

    At the end of the period `held` is what still waits for a release (forfeited parts among it), `owed` the debt of
    the draw, and `carried` what was negative and is taken from a later period.
    """

    plan: str
    period: Period
    earnings: Money
    steps: tuple[PayoutStep, ...]
    payout: Money
    held: Money
    owed: Money
    carried: Money


@dataclass(frozen=True, slots=True)
class QuotaAnswer:
    """`/myquota`: every quota of the rep that runs on the day, or the problems that stand in the way."""

    rep: RepRef
    as_of: date
    plan: PlanRef | None
    quotas: tuple[QuotaProgress, ...]
    earned: Money | None
    problems: tuple[Problem, ...] = ()
    basis: Basis = field(default_factory=Basis)


@dataclass(frozen=True, slots=True)
class EarningsAnswer:
    """`/earnings`: what the rep earned in a period by component and by line; the lines sum to `total`.

    `payouts` lead from earnings to payout, plan by plan; there are none where all that is earned is paid as it is.
    """

    rep: RepRef
    as_of: date
    period: Period
    plan: PlanRef | None
    components: tuple[ComponentEarnings, ...]
    lines: tuple[LineSummary, ...]
    total: Money | None
    problems: tuple[Problem, ...] = ()
    basis: Basis = field(default_factory=Basis)
    payouts: tuple[Payout, ...] = field(default=(), metadata=LATER)


@dataclass(frozen=True, slots=True)
class HomeAnswer:
    """App Home: the quota and earnings answers of the day, side by side."""

    rep: RepRef
    quota: QuotaAnswer
    earnings: EarningsAnswer
