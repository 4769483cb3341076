"""What a plan may say: frozen types that mirror the YAML file field by field, and the JSON Schema made from them.

The annotation of each field is its documentation: the loader takes its key from it, the JSON Schema its description.
"""

import hashlib
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cached_property
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from engine.dates import Calendar, Period
from engine.money import Money, Rate, Rounding
from engine.receipts import canonical

Accumulate = Literal["transaction", "month", "quarter", "quota_period", "year_to_date"]
Axis = Literal["attainment", "amount"]
Behaviour = Literal["marginal", "whole_amount"]


@dataclass(frozen=True, slots=True)
class Says:
    """What a field means, and the key that writes it in the file where that differs from its name."""

    text: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions on a deal; all that are given must hold, one of several values is enough."""

    type: Annotated[tuple[str, ...], Says("Deal types, such as new, expansion or renewal.")] = ()
    product: Annotated[tuple[str, ...], Says("Products.")] = ()
    currency: Annotated[tuple[str, ...], Says("Currencies of the deal.")] = ()
    booked: Annotated[Period | None, Says("Days on which the deal was booked: first day .. first day after.")] = None

    @property
    def conditions(self) -> tuple[str, ...]:
        """The names of the conditions that are given: the more, the more specific."""
        return tuple(name for name in ("type", "product", "currency", "booked") if getattr(self, name))


@dataclass(frozen=True, slots=True)
class DealFilter(Filter):
    """Conditions on a deal, its stage among them."""

    stage: Annotated[tuple[Literal["won"], ...], Says("Only won deals are ever credited; it may be said.")] = ("won",)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateRule(Filter):
    """A rate for the deals that meet all conditions. The rule with the most conditions wins."""

    rate: Annotated[Rate, Says("Share of the credit that is paid; 0% is allowed and means: counts, pays nothing.")]


@dataclass(frozen=True, slots=True)
class CreditRule:
    """Who is credited for which deals. The first rule that a deal meets decides."""

    name: Annotated[
        str, Says("The rule's name, as it appears on statements. `owner` and `splits` are built in.", "rule")
    ]
    to: Annotated[
        Literal["", "owner", "splits"],
        Says("owner: the owner, or those who share the deal; splits: only deals that are shared. Default: `rule`."),
    ] = ""
    when: Annotated[DealFilter, Says("Which deals the rule credits.")] = DealFilter()


@dataclass(frozen=True, slots=True)
class Measure:
    """What a component counts."""

    sum: Annotated[Literal["amount"], Says("The figure that is summed over credited deals.")] = "amount"
    where: Annotated[Filter, Says("Which credited deals count.")] = Filter()


@dataclass(frozen=True, slots=True)
class Tier:
    """One step of a rate table, from its start up to the start of the next one: [from, next)."""

    start: Annotated[Rate | Money, Says("Where the tier begins: a percentage of quota, or an amount.", "from")]
    rate: Annotated[Rate | None, Says("The tier's rate for every deal.")] = None
    rates: Annotated[tuple[RateRule, ...], Says("The tier's rates by product, type, currency or booking date.")] = ()

    @property
    def begins(self) -> Rate:
        """The tier's start as an exact number: attainment, or minor units."""
        return self.start if isinstance(self.start, Rate) else Rate(self.start.minor)

    @property
    def rules(self) -> tuple[RateRule, ...]:
        """The tier's rates as rules; one without conditions when the tier has a single rate."""
        return self.rates if self.rate is None else (RateRule(rate=self.rate),)


@dataclass(frozen=True, slots=True)
class Table:
    """Tiers, what they are measured by, and what reaching one means."""

    by: Annotated[Axis, Says("What `from` measures: attainment (credit divided by quota) or amount (credit).")]
    behaviour: Annotated[
        Behaviour,
        Says("marginal: each tier's rate pays the credit inside it; whole_amount: the reached tier's rate pays all."),
    ]
    tiers: Annotated[tuple[Tier, ...], Says("In rising order; the first begins at 0.")]


@dataclass(frozen=True, slots=True)
class Cap:
    """Upper limits."""

    per_deal: Annotated[
        Money | None, Says("A rep's share of one deal counts at most this much: after splitting, before attainment.")
    ] = None
    per_period: Annotated[Money | None, Says("The component pays at most this much in one pay period.")] = None


@dataclass(frozen=True, slots=True)
class Component:
    """One measure of a plan and how it pays. Exactly one of rate, rates and table is given."""

    name: Annotated[str, Says("The component's name on statements.")]
    measure: Annotated[Measure, Says("What it counts.")] = Measure()
    quota: Annotated[str, Says("The name of the quota that it is measured against.")] = ""
    accumulate: Annotated[
        Accumulate, Says("Over which window credit adds up before it starts again at 0. A table has to say it.")
    ] = "year_to_date"
    rate: Annotated[Rate | None, Says("One rate for everything.")] = None
    rates: Annotated[tuple[RateRule, ...], Says("Rates by product, type, currency or booking date; no tiers.")] = ()
    table: Annotated[Table | None, Says("Rates by tier.")] = None
    cap: Annotated[Cap, Says("Upper limits.")] = Cap()

    @property
    def priced_by(self) -> Table:
        """How the component pays, as a table; without one it is a single tier from 0."""
        if self.table is not None:
            return self.table
        return Table("amount", "marginal", (Tier(Rate(0), self.rate, self.rates),))

    @property
    def needs_quota(self) -> bool:
        """Whether nothing can be priced without a quota."""
        return self.table is not None and self.table.by == "attainment"

    @property
    def reads_quota(self) -> bool:
        """Whether its pricing reads the quota at all: the amount, or the dates as windows."""
        return self.needs_quota or self.accumulate == "quota_period"


@dataclass(frozen=True, slots=True)
class RoundingPolicy:
    """How the running total of a component is rounded; a line is the difference of two rounded totals."""

    mode: Annotated[Rounding, Says("half_up: ties away from zero; half_even: ties to even; down: cut off.")] = (
        "half_up"
    )
    places: Annotated[int | None, Says("Decimals that are kept; those of the plan's currency when left out.")] = None


@dataclass(frozen=True)
class Plan:
    """One version of a compensation plan. Its fiscal years start on the day and month of its effective start."""

    name: Annotated[str, Says("The plan's name; assignments refer to it.", "plan")]
    version: Annotated[int, Says("Counts up with every change. Where two versions overlap the higher one pays.")]
    effective: Annotated[Period, Says("First day .. first day after.")]
    currency: Annotated[str, Says("ISO 4217 code of the currency in which the plan counts and pays.")]
    components: Annotated[tuple[Component, ...], Says("What is measured and paid.")]
    pays: Annotated[Literal["monthly", "quarterly"], Says("How long a pay period is.")] = "monthly"
    rounding: Annotated[RoundingPolicy, Says("How amounts are rounded.")] = RoundingPolicy()
    crediting: Annotated[tuple[CreditRule, ...], Says("Who is credited for which deals.")] = (CreditRule("owner"),)
    description: Annotated[str, Says("A sentence for the people who are paid by the plan.")] = ""

    def __hash__(self) -> int:
        """Cheap on purpose: plans are looked up for every calculation, and equal plans share name and version."""
        return hash((self.name, self.version))

    @cached_property
    def calendar(self) -> Calendar:
        """The plan's fiscal calendar."""
        return Calendar(self.effective.start_on)

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
    if is_dataclass(value) and not isinstance(value, type) and type(value).__module__ == __name__:
        given = ((field.name, getattr(value, field.name), field.default) for field in fields(value))
        return {name: _said(said) for name, said, default in given if said != default}
    return value


def described(kind: type) -> dict[str, tuple[str, Any, Says, bool]]:
    """The file's keys of one of the types above: key → (field name, type, meaning, whether it must be given)."""
    hints = get_type_hints(kind, include_extras=True)
    found: dict[str, tuple[str, Any, Says, bool]] = {}
    for field in fields(kind):
        hint, says = get_args(hints[field.name])
        needed = (field.default is MISSING and field.default_factory is MISSING) or (kind, field.name) == (
            RateRule,
            "rate",
        )
        found[says.key or field.name] = (field.name, hint, says, needed)
    return found


_TEXT: dict[str, object] = {"type": "string", "minLength": 1}
_SCALARS: dict[type, dict[str, object]] = {
    str: _TEXT,
    int: {"type": "integer", "minimum": 0},
    Rate: {"type": ["string", "number"], "pattern": r"^\s*\d[\d_,]*(\.\d+)?\s*%?$", "examples": ["8%", "12.5%"]},
    Money: {"type": ["string", "number"], "pattern": r"^\d[\d_,]*(\.\d+)?$", "examples": ["50_000", "1_250.00"]},
    Period: {
        "type": "string",
        "pattern": r"^\d{4}-\d\d-\d\d\s*\.\.\s*\d{4}-\d\d-\d\d$",
        "examples": ["2026-01-01 .. 2027-01-01"],
    },
}


def json_schema() -> dict[str, object]:
    """The JSON Schema (2020-12) of a plan file, generated from the types so that editors complete it."""
    top = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Attain compensation plan"}
    return top | _object_schema(Plan)


def _object_schema(kind: type) -> dict[str, object]:
    keys = described(kind)
    properties = {key: _schema(hint) | {"description": says.text} for key, (_, hint, says, _) in keys.items()}
    return {
        "type": "object",
        "description": (kind.__doc__ or "").splitlines()[0],
        "properties": properties,
        "required": [key for key, (*_, needed) in keys.items() if needed],
        "additionalProperties": False,
    }


def _schema(hint: Any) -> dict[str, object]:
    if get_origin(hint) is Literal:
        return {"enum": [value for value in get_args(hint) if value]}
    if get_origin(hint) is UnionType:
        kinds = [part for part in get_args(hint) if part is not NoneType]
        return _schema(kinds[0]) if len(kinds) == 1 else {"anyOf": [_schema(part) for part in kinds]}
    if get_origin(hint) is not tuple:
        return dict(_SCALARS[hint]) if hint in _SCALARS else _object_schema(hint)
    item = get_args(hint)[0]
    several = {"type": "array", "items": _schema(item), "minItems": 1}
    is_scalar = item is str or get_origin(item) is Literal
    return {"anyOf": [_schema(item), several]} if is_scalar else several
