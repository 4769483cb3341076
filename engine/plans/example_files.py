"""Worked examples beside a plan: facts in the reader's words, then what must come out. YAML text → frozen types.

`NAME.examples.yaml` holds the examples of `NAME.yaml`, or of the plans it names. `engine.worked` runs them.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from engine.dates import Period
from engine.plans.filters import Says
from engine.plans.load import read_object
from engine.plans.numbers import NOTHING, Figure
from engine.problems import Problem

Rep = Annotated[str, Says("The person; left out: the only one.")]


@dataclass(frozen=True, slots=True)
class Placed:
    """A person of the example."""

    name: Annotated[str, Says("The name.")]
    plan: Annotated[tuple[str, ...], Says("The plans they are on; left out: all plans of the example.")] = ()
    on_plan: Annotated[Period | None, Says("From when until when they are on it; left out: throughout.")] = None
    manager: Annotated[str, Says("The name of the person above.")] = ""
    role: Annotated[str, Says("The role.")] = "rep"
    title: Annotated[str, Says("The title or level.")] = ""
    team: Annotated[str, Says("The team.")] = ""
    territory: Annotated[str, Says("The territory.")] = ""
    since: Annotated[Period | None, Says("From when until when they stand there; left out: throughout.")] = None


@dataclass(frozen=True, slots=True)
class Owed:
    """A quota."""

    amount: Annotated[Figure, Says("The amount, or the number of units.")]
    name: Annotated[str, Says("The quota's name; left out: every quota that the plans name.")] = ""
    rep: Rep = ""
    over: Annotated[Period | None, Says("The days it runs; left out: the plan's.")] = None
    currency: Annotated[str, Says("Its currency; left out: the plan's.")] = ""


@dataclass(frozen=True, slots=True)
class Shared:
    """A person's share of a deal."""

    rep: Annotated[str, Says("The person.")]
    share: Annotated[Figure, Says("The share: 60%, or points.")]


@dataclass(frozen=True, slots=True)
class Figured:
    """A figure of a deal beside its amount."""

    name: Annotated[str, Says("The figure's name, such as cost, quantity or mrr.")]
    value: Annotated[Figure, Says("Its value.")]
    unit: Annotated[Literal["money", "number"], Says("Whether it is money or a number.")] = "money"


@dataclass(frozen=True, slots=True)
class Booked:
    """A deal, or several equal ones."""

    amount: Annotated[Figure, Says("The amount.")] = NOTHING
    id: Annotated[str, Says("A name to speak of it by.")] = ""
    rep: Rep = ""
    on: Annotated[date | None, Says("The day it was booked; left out: a day after the deal before.")] = None
    currency: Annotated[str, Says("Its currency; left out: the plan's.")] = ""
    type: Annotated[str, Says("The deal type.")] = "new"
    product: Annotated[str, Says("The product.")] = "any"
    category: Annotated[str, Says("The product's category.")] = ""
    segment: Annotated[str, Says("The customer's segment.")] = ""
    territory: Annotated[str, Says("The territory.")] = ""
    tagged: Annotated[tuple[str, ...], Says("Further tags, each name=value.")] = ()
    figures: Annotated[tuple[Figured, ...], Says("Figures beside the amount.")] = ()
    shared: Annotated[tuple[Shared, ...], Says("Who shares it.")] = ()
    times: Annotated[int, Says("How many equal deals these are.")] = 1


@dataclass(frozen=True, slots=True)
class Achieved:
    """Something achieved other than by a deal."""

    name: Annotated[str, Says("The achievement.")]
    value: Annotated[Figure, Says("Its value.")]
    on: Annotated[date | None, Says("The day; left out: the plan's first.")] = None
    rep: Annotated[str, Says("The person; left out: everybody on the plan.")] = ""
    unit: Annotated[Literal["money", "number"], Says("Whether it is money or a number.")] = "number"


@dataclass(frozen=True, slots=True)
class Targeted:
    """A yearly amount of a rep, such as the target variable, or a weight."""

    name: Annotated[str, Says("Its name in the plan.")]
    amount: Annotated[Figure, Says("The amount of a year, or the weight.")]
    rep: Rep = ""
    over: Annotated[Period | None, Says("The days it holds; left out: the plan's.")] = None
    unit: Annotated[Literal["money", "number"], Says("Whether it is money or a weight.")] = "money"


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened to a deal after it was won."""

    deal: Annotated[str, Says("The deal's id.")]
    event: Annotated[str, Says("What: payment, invoice, go_live, churn, refund or a name of yours.")]
    on: Annotated[date, Says("The day.")]
    amount: Annotated[Figure, Says("The amount, where it has one.")] = NOTHING


@dataclass(frozen=True, slots=True)
class Decided:
    """An adjustment or a prize."""

    amount: Annotated[Figure, Says("The amount.")]
    on: Annotated[date, Says("The day it counts.")]
    rep: Rep = ""
    kind: Annotated[Literal["adjustment", "prize"], Says("Which of the two.")] = "adjustment"
    deal: Annotated[str, Says("The deal it is about.")] = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where something stood before the first day."""

    name: Annotated[str, Says("The component, or draw.")]
    value: Annotated[Figure, Says("The credit or debt.")]
    rep: Rep = ""
    on: Annotated[date | None, Says("The day; left out: the plan's first.")] = None


@dataclass(frozen=True, slots=True)
class Away:
    """Days on which a rep has no quota."""

    over: Annotated[Period, Says("The days.")]
    rep: Rep = ""


@dataclass(frozen=True, slots=True)
class Exchanged:
    """An exchange rate."""

    source: Annotated[str, Says("One unit of this currency", "from")]
    target: Annotated[str, Says("is so many of this one.", "to")]
    rate: Annotated[Figure, Says("The rate.")]
    over: Annotated[Period | None, Says("The days it holds; left out: the plan's.")] = None


@dataclass(frozen=True, slots=True)
class Scored:
    """What somebody came to in a SPIF."""

    rep: Annotated[str, Says("The person.")]
    value: Annotated[Figure, Says("The score.")]


@dataclass(frozen=True, slots=True)
class Spif:
    """A SPIF that pays by rank; those who tie share the prizes of the ranks they occupy."""

    on: Annotated[date, Says("The day its prizes count.")]
    prizes: Annotated[tuple[Figure, ...], Says("The prize of each rank, the first one first.")]
    scores: Annotated[tuple[Scored, ...], Says("What each one came to.")]


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come out: the lines that meet all of rep, deal, component, kind, tier and within are summed."""

    rep: Rep = ""
    deal: Annotated[str, Says("Only lines of this deal.")] = ""
    component: Annotated[str, Says("Only lines of this component.")] = ""
    kind: Annotated[tuple[str, ...], Says("Only lines of these kinds, such as commission or draw.")] = ()
    within: Annotated[Period | None, Says("Only lines that count on one of these days.")] = None
    tier: Annotated[Figure | None, Says("Only the part in the tier that begins here.")] = None
    rule: Annotated[str, Says("Only credit of this credit rule.")] = ""
    pays: Annotated[Figure | None, Says("The sum of their amounts.")] = None
    credits: Annotated[Figure | None, Says("The sum of what they count.")] = None
    rate: Annotated[Figure | None, Says("Amounts divided by credit, to the decimals written.")] = None
    share: Annotated[Figure | None, Says("With `share_of`: amounts as a part of it, to the decimals written.")] = None
    share_of: Annotated[Figure | None, Says("What `share` is a part of.")] = None
    attainment: Annotated[Figure | None, Says("Credit by quota of `component`, to the decimals written.")] = None
    quota: Annotated[Figure | None, Says("The quota of `component` that runs on the last day of `within`.")] = None
    to_earn: Annotated[Figure | None, Says("With `needs`: what the component is to pay.")] = None
    needs: Annotated[Figure | None, Says("The credit that is missing for that, to the decimals written.")] = None
    problem: Annotated[str, Says("The code of a problem that is reported.")] = ""
    figure: Annotated[str, Says("What the publisher calls it.")] = ""


@dataclass(frozen=True, slots=True)
class Example:
    """Facts, and what must come out of them."""

    name: Annotated[str, Says("What it shows.")]
    expect: Annotated[tuple[Expected, ...], Says("What must come out.")]
    plan: Annotated[tuple[str, ...], Says("The plan files; left out: those of the file.")] = ()
    id: Annotated[str, Says("The id of a published case.")] = ""
    source: Annotated[str, Says("Where it was published.")] = ""
    note: Annotated[str, Says("Anything a reader should know.")] = ""
    as_of: Annotated[date | None, Says("The last day that counts; left out: the plan's last.")] = None
    reps: Annotated[tuple[Placed, ...], Says("The people; left out: one rep.")] = ()
    quotas: Annotated[tuple[Owed, ...], Says("Their quotas.")] = ()
    deals: Annotated[tuple[Booked, ...], Says("Won deals.")] = ()
    achievements: Annotated[tuple[Achieved, ...], Says("What was achieved otherwise.")] = ()
    incentives: Annotated[tuple[Targeted, ...], Says("Target incentives and weights.")] = ()
    events: Annotated[tuple[Happened, ...], Says("What happened to deals later.")] = ()
    adjustments: Annotated[tuple[Decided, ...], Says("Adjustments and prizes.")] = ()
    spifs: Annotated[tuple[Spif, ...], Says("SPIFs that pay by rank.")] = ()
    balances: Annotated[tuple[Standing, ...], Says("Opening balances.")] = ()
    absences: Annotated[tuple[Away, ...], Says("Leave.")] = ()
    rates: Annotated[tuple[Exchanged, ...], Says("Exchange rates.")] = ()


@dataclass(frozen=True, slots=True)
class ExampleFile:
    """The worked examples of one or more plans."""

    examples: Annotated[tuple[Example, ...], Says("The examples.")]
    plan: Annotated[tuple[str, ...], Says("The plan files beside it; left out: the one of the same name.")] = ()


def load(text: str, filename: str) -> ExampleFile | tuple[Problem, ...]:
    """The examples that `text` writes, or every problem found, sorted by line."""
    found = read_object(text, filename, ExampleFile)
    if not isinstance(found, ExampleFile):
        return found
    return found
