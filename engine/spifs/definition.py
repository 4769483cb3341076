"""The rules of a SPIF, frozen: what counts, who takes part, what is won, and who sees it (SP1 to SP16).

Everything is a whole number: amounts in minor units of the SPIF's currency, numbers (deals, seats, points, tickets)
in millionths of a unit, attainment in parts per million. Days are those of the CRM, `[start_on, end_on)`; the zone of
the window says when the first of them begins and the last one is over.

A SPIF has one or several awards; each scores on its own and pays on its own, so "$200 for each new logo, and $1,000
for whoever has most" is two awards.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from engine.money import Money, Rate
from engine.plans.filters import Filter
from engine.spifs.prize_rules import PrizeRule, Reward
from engine.spifs.windows import Window

#: The day on which a deal is booked; any other anchor is the name of an event of deals, such as "payment".
BOOKED = "booked"
#: What a scorecard may have at most (SM24).
MOST_METRICS = 10

Source = Literal["deals", "achievements"]
Unit = Literal["money", "number"]
By = Literal["sum", "largest", "attainment", "improvement", "points"]
Competes = Literal["rep", "team"]
Divides = Literal["equally", "by_score", "each"]
BudgetRule = Literal["scale", "in_order"]
Stacking = Literal["on_top", "greater_of"]
Takes = Literal["proportion", "whole", "nothing"]
Audience = Literal["channel", "participants", "private", "hidden"]
Shows = Literal["rank", "percent", "score"]
TeamBy = Literal["team", "region", "manager", "listed"]
Leavers = Literal["until_close", "any"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One thing that is counted (SP1, SP2).

    Attributes:
        of: `amount`, `count`, another figure of deals (quantity, margin, months …), or the name of an achievement.
        source: Deals, or achievements: activities such as meetings, one row of the data each (SM11).
        unit: Money in the SPIF's currency, or a number in millionths.
        where: Conditions that a deal must meet; the same as in plans.
        excluding: Conditions that a deal must not meet.
        weight: Points for one unit (one dollar, one deal); only read by a scorecard (SM24).
    """

    of: str = "amount"
    source: Source = "deals"
    unit: Unit = "money"
    where: Filter = field(default_factory=Filter)
    excluding: Filter = field(default_factory=Filter)
    weight: Rate = field(default_factory=lambda: Rate(1))


@dataclass(frozen=True, slots=True)
class OwnNumber:
    """What one rep has to reach, in the unit of the metric, where each has a number of their own (SM16)."""

    rep_id: int
    value: int


@dataclass(frozen=True, slots=True)
class Scoring:
    """How the credits of a rep become one score (SP6).

    Attributes:
        by: `sum` of the metric (a count is the sum of the figure `count`); `largest` single credit; `attainment`: the
            sum over the rep's quota or own number, in parts per million, cut down; `improvement`: the sum beyond the
            rep's own average over the windows before (SM25); `points`: every metric times its weight (SM24).
        metrics: One, or up to ten for `points`.
        quota: The quota's name, for `attainment`; it counts by the days that it shares with the window.
        own: Numbers of reps instead of a quota.
        baseline_windows: How many windows of the same length before it make the rep's own baseline.
        improves: Whether improvement is the difference, or its share of the baseline in parts per million.
    """

    by: By = "sum"
    metrics: tuple[Metric, ...] = (Metric(),)
    quota: str = ""
    own: tuple[OwnNumber, ...] = ()
    baseline_windows: int = 1
    improves: Literal["difference", "percent"] = "difference"

    @property
    def metric(self) -> Metric:
        """The first metric, which is the only one unless it is a scorecard."""
        return self.metrics[0]

    @property
    def unit(self) -> Literal["money", "number", "ppm"]:
        """What the score is counted in: minor units, millionths, or parts per million."""
        if self.by == "attainment" or (self.by == "improvement" and self.improves == "percent"):
            return "ppm"
        return "number" if self.by == "points" else self.metric.unit


@dataclass(frozen=True, slots=True)
class AwardRule:
    """One way to win: how it scores, what the scores win, and who competes (SP6 to SP12).

    Attributes:
        name: What it is called beside the SPIF's other awards.
        pays: The shape of the prizes: per unit, by rank, first to N, steps, a pot, or a raffle.
        scoring: How credits become a score.
        reward: Cash, points or a gift, and whether the company pays the tax on it.
        competes: Reps, or teams, whose score is made of their members' (SP10).
        divides: How a team's prize is divided between its eligible members; `each`: everybody gets the whole of it.
        team_score: The sum of the members' scores, or their average, cut down: then size does not matter.
        window: Some of the SPIF's days only, for an extra that runs for a week (SM3); None for all of them.
    """

    name: str
    pays: PrizeRule
    scoring: Scoring = field(default_factory=Scoring)
    reward: Reward = field(default_factory=Reward)
    competes: Competes = "rep"
    divides: Divides = "equally"
    team_score: Literal["sum", "average"] = "sum"
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Who takes part (SP5); what is left empty asks for nothing. Judged on the first day of the window.

    Attributes:
        roles: Roles in Attain: rep, manager, ops, admin.
        titles: Titles, as the CRM says them.
        teams: Teams.
        regions: Regions.
        rep_ids: Only these people.
        excluded_ids: Never these people.
        tenure_days: Days with the company before the window opens.
        quota: The quota that the next two ask about.
        least_quota: The least quota that must be carried for the days of the window.
        least_attainment: The least attainment of that quota by all deals inside the window.
        leavers: Whether people who leave before the window closes may still win.
    """

    roles: tuple[str, ...] = ("rep",)
    titles: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    rep_ids: tuple[int, ...] = ()
    excluded_ids: tuple[int, ...] = ()
    tenure_days: int = 0
    quota: str = ""
    least_quota: Money | None = None
    least_attainment: Rate | None = None
    leavers: Leavers = "until_close"


@dataclass(frozen=True, slots=True)
class Team:
    """A team made for the SPIF."""

    name: str
    rep_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reversal:
    """What becomes of a prize when a deal goes bad (SP15).

    Until the results are approved a refund simply scores again. After the payout nobody is ranked anew: the winner's
    own prize shrinks with their own score.

    Attributes:
        days: How long after the payout a prize may be taken back.
        events: Events of deals that undo a credit: in part where they have an amount, else all of it.
        takes: A share of the prize equal to the lost share of the score; all of it as soon as anything is lost; or
            nothing.
    """

    days: int = 60
    events: tuple[str, ...] = ("refund", "churn")
    takes: Takes = "proportion"


@dataclass(frozen=True, slots=True)
class Visibility:
    """Who sees the standings, and how much of them (SP16). What people are paid is never shown to others.

    Attributes:
        audience: A channel; everybody who takes part, each by direct message; only managers and ops; or `hidden`: a
            silent run that announces nothing and pays nothing, to know what happens anyway (SM28).
        channel: The channel of announcement and board; "" for the one in the settings.
        shows: The rank only, the share of the leader's score, or the score itself.
        top: How many ranks the board lists.
        neighbours: How many people above and below a reader sees in their own view.
    """

    audience: Audience = "channel"
    channel: str = ""
    shows: Shows = "percent"
    top: int = 5
    neighbours: int = 2


@dataclass(frozen=True, slots=True)
class Spif:
    """All rules of a SPIF. Frozen when it is announced (S4); what is run is known by `records.spif_hash`.

    Attributes:
        name: Its title: plain data, whatever it says.
        sentence: The one sentence that people are told.
        currency: Of budget, prizes and money scores; credits are converted into it at the rate of their booking day.
        window: The days that count, and the zone of their midnights (SP3).
        awards: One or several ways to win.
        budget: What it may cost the company at most, in minor units, tax that it pays included (SP13).
        version: Counts the versions announced; a change after S4 is a new one.
        anchor: The day that decides whether a deal enters: `booked`, or the first event of that name (SP4).
        eligibility: Who takes part.
        cap_per_rep: What one person may win over all awards, in minor units of cost; None for no cap.
        budget_rule: Where the budget does not reach: `scale` cuts all cash and points in the same proportion after
            the gifts; `in_order` pays award by award, place by place, while it lasts.
        stacking: The prize on top of the plan's commission, or only what exceeds the commission on the same credits,
            if anything does (SP14).
        shares_deals: Whether its deals may count in other SPIFs, too.
        hold_days: Days of the verification hold, S7.
        reversal: What becomes of prizes when deals go bad.
        visibility: Who sees what.
        team_by: What makes a team: the field of that name, the manager, or the teams listed here.
        teams: Teams made for it, where `team_by` is `listed`.
        fair_play: The line that forbids holding deals back and moving their dates.
        plan: The plan on whose statement the prizes stand; "" for each winner's own.
    """

    name: str
    sentence: str
    currency: str
    window: Window
    awards: tuple[AwardRule, ...]
    budget: int
    version: int = 1
    anchor: str = BOOKED
    eligibility: Eligibility = field(default_factory=Eligibility)
    cap_per_rep: int | None = None
    budget_rule: BudgetRule = "scale"
    stacking: Stacking = "on_top"
    shares_deals: bool = False
    hold_days: int = 5
    reversal: Reversal = field(default_factory=Reversal)
    visibility: Visibility = field(default_factory=Visibility)
    team_by: TeamBy = "team"
    teams: tuple[Team, ...] = ()
    fair_play: str = ""
    plan: str = ""

    @property
    def is_hidden(self) -> bool:
        """Whether it is a silent run, SM28."""
        return self.visibility.audience == "hidden"

    @property
    def has_raffle(self) -> bool:
        """Whether any award is drawn, so that a seed is needed."""
        return any(award.pays.form == "raffle" for award in self.awards)

    @property
    def hold_until(self) -> datetime:
        """The instant from which results may be proposed: so many days after the window closes."""
        return self.window.closes_at + timedelta(days=self.hold_days)

    def window_of(self, award: AwardRule) -> Window:
        """The days that count for one award."""
        return award.window or self.window

    def reversal_until(self, paid_on: date) -> date:
        """The first day on which a prize paid on `paid_on` can no longer be taken back."""
        return paid_on + timedelta(days=self.reversal.days)
