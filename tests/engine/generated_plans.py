"""Plans over the whole language, from a seed: every key there is, in sound, odd and contradictory combinations.

The types say which keys exist, so a key that is added is tried from then on. What the loader refuses is changed at
the key it names until the plan is accepted, and every refusal on the way has been a list of problems.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, is_dataclass
from datetime import date
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from engine.dates import Period
from engine.money import Money, Rate, exponent
from engine.plans.filters import Factor, FigureRange
from engine.plans.load import load
from engine.plans.schema import Component, CreditRule, Gate, Measure, Multiplier, Plan, Pool, Table, described
from engine.plans.tables import MultiplierStep, Tier
from engine.plans.terms import Draw, QuotaRule
from engine.problems import Problem

if TYPE_CHECKING:
    from random import Random

FIGURES = (
    "amount",
    "margin",
    "count",
    "quantity",
    "mrr",
    "months",
    "margin_pct",
    "markup_pct",
    "discount_pct",
    "cost",
)
QUOTAS, INCENTIVES, ACHIEVEMENTS = ("bookings", "units", "other"), ("variable", "heads"), ("nps", "pop")
EVENTS = ("go_live", "churn", "payment", "refund")
ROLES = ("AE", "SE", "Lead", "Junior", "Senior")
NAMES = {
    "type": ("new", "renewal", "expansion"),
    "product": ("A", "B"),
    "currency": ("USD", "EUR", "JPY"),
    "category": ("Tools", "Books"),
    "segment": ("Public", "Small"),
    "territory": ("North", "South"),
    "role": ROLES,
    "level": ROLES,
    "tagged": ("channel=partner", "channel=direct", "lead=web"),
    "of": FIGURES,
    "sum": ("amount", "amount", "amount", *FIGURES),
    "less": FIGURES,
    "achievement": ACHIEVEMENTS,
    "incentive": INCENTIVES,
    "weight": INCENTIVES,
    "quota": QUOTAS,
    "event": EVENTS,
    "unless": EVENTS,
    "on": EVENTS,
    "plans": ("alpha", "beta"),
}
PERIODS = ("2026-01-01 .. 2026-07-01", "2026-03-15 .. 2026-05-02", "2025-01-01 .. 2027-01-01")
DAYS = ("2026-01-05", "2025-12-31", "2026-07-01")
PERCENTS = ("0%", "1%", "8%", "12.5%", "33.3333%", "50%", "80%", "99.99%", "100%", "0.05")
FACTORS = ("0", "0.5", "1", "1.25", "150%", "3", "12")
LIMITED = {"share": ("5%", "50%", "100%", "33.3333%"), "months": (1, 6, 12, 240), "days": (1, 30, 90, 7_300)}
PATH = re.compile(r"([A-Za-z_]+)|\[(\d+)\]")


@dataclass
class Author:
    """Who writes a plan: a source of chance, and the names that its parts may speak of."""

    chance: Random
    currency: str = "USD"
    density: float = 0.2
    components: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    refusals: list[Problem] = field(default_factory=list)

    def often(self, part: float) -> bool:
        return self.chance.random() < part

    def money(self) -> str:
        """An amount with the decimals that the currency has; seldom none, the least, or a vast one."""
        places = exponent(self.currency)
        kind = self.chance.randrange(20)
        if kind < 2:
            return "0" if kind else str(10**12)
        minor = self.chance.choice((1, 999, 5_000, 25_000, 123_457, 1_000_000, 7_777_777))
        whole, part = divmod(minor, 10**places)
        return f"{whole}.{part:0{places}d}" if places else str(whole)

    def value(self, key: str, hint: Any) -> Any:
        """A value of the type, as a file writes it."""
        if get_origin(hint) is UnionType:
            kinds = [kind for kind in get_args(hint) if kind is not NoneType]
            return self.value(key, self.chance.choice(kinds))
        if get_origin(hint) is tuple:
            return [self.value(key, get_args(hint)[0]) for _ in range(self.chance.choice((1, 1, 2, 3)))]
        if get_origin(hint) is Literal:
            return self.chance.choice([choice for choice in get_args(hint) if choice])
        if hint is Money:
            return self.money()
        if hint in (Period, date):
            return self.chance.choice(PERIODS if hint is Period else DAYS)
        if hint in (Rate, Factor):
            return self.chance.choice(LIMITED.get(key, FACTORS if hint is Factor else PERCENTS))
        if hint in (bool, int):
            known = LIMITED.get(key, (0, 1, 2, 3, 12))
            return str(self.chance.choice(known if hint is int else ("true", "false")))
        return self.part(hint) if is_dataclass(hint) else self.name(key)

    def name(self, key: str) -> str:
        if key == "component" or (key == "components" and self.components):
            return self.chance.choice(self.components)
        if key == "credited_by":
            return self.chance.choice(self.rules)
        return str(self.chance.choice(NAMES.get(key, ("one", "two", "three"))))

    def part(self, kind: Any) -> dict[str, Any]:
        """An object of the type: what is required, and each other key by chance; then what makes sense of it."""
        made: dict[str, Any] = {}
        for key, (_, hint, _, needed) in described(kind).items():
            if needed or self.often(self.density):
                made[key] = self.value(key, hint)
        sense = _SENSE.get(kind)
        if sense is not None and self.often(0.95):
            sense(self, made)
        return made


def _tables(author: Author, made: dict[str, Any]) -> None:
    """Tiers in rising order that pay by what the behaviour allows."""
    by, behaviour = made["by"], made["behaviour"]
    made.pop("of", None)
    made.pop("unit", None)
    if by == "deal":
        made["of"] = author.chance.choice(FIGURES)
    elif author.often(0.2):
        made["of"] = author.name("component")
    marks = sorted(
        author.chance.sample((20, 50, 75, 90, 100, 110, 150, 300, 10_000), author.chance.choice((1, 2, 3)))
    )
    starts = [0, *marks] if behaviour not in ("curve", "step") or author.often(0.4) else marks
    allowed = {"step": ("amount", "pays"), "curve": ("amount", "pays")}.get(
        behaviour, ("rate", "rate", "multiplier", "per_unit", "rates")
    )
    pays = author.chance.choice((*allowed, "amount") if behaviour == "interpolated" else allowed)
    hints = {key: hint for key, (_, hint, *_) in described(Tier).items()}
    made["tiers"] = [{"from": f"{mark}%" if by == "attainment" else str(mark)} for mark in starts]
    for tier in made["tiers"][: -1 if behaviour == "interpolated" else None]:
        tier[pays] = author.value(pays, hints[pays])
        if behaviour == "curve" and author.often(0.4):
            tier["slope"] = author.chance.choice(FACTORS)


def _components(author: Author, made: dict[str, Any]) -> None:
    """One price that suits what is counted, a table with its window, a name nobody else has."""
    counts = made.get("measure", {})
    unit = "per_unit" if _is_number(counts) else "rate"
    for key in ("rate", "rates", "per_unit", "fixed", "levels", "table", "target", "weight", "incentive"):
        made.pop(key, None)
    hints = {key: hint for key, (_, hint, *_) in described(Component).items()}
    price = author.chance.choice(
        (unit, unit, "rates", "fixed", "levels", "table", "table", "table", "table", "target")
    )
    made[price] = author.value(price, hints[price])
    if price == "table":
        made["accumulate"] = author.value("accumulate", hints["accumulate"])
        price = _multiplied(author, made, (unit, hints[unit]))
    if price == "target":
        made.pop("target", None)
        key = author.chance.choice(("target", "incentive"))
        made |= {key: author.value(key, hints[key]), "accumulate": author.chance.choice(("month", "quarter"))}
    if author.often(0.6) or price == "target":
        made["quota"] = "units" if unit == "per_unit" else "bookings"
    for worth in [made, *made.get("table", {}).get("tiers", ())]:
        for rule in [*worth.get("rates", ()), *([worth] if "rate" in worth or "per_unit" in worth else ())]:
            _repriced(author, rule, unit, inside=worth is not made)


def _multiplied(author: Author, made: dict[str, Any], unit: tuple[str, Any]) -> str:
    """What pays: a target, where the table's tiers are shares or multiples of one, else the table."""
    tiers = made["table"]["tiers"]
    multiplies = any("multiplier" in tier for tier in tiers)
    if any("pays" in tier for tier in tiers) or (multiplies and author.often(0.5)):
        return "target"
    if multiplies:
        made[unit[0]] = author.value(*unit)
    return "table"


def _repriced(author: Author, rule: dict[str, Any], unit: str, *, inside: bool) -> None:
    """What is counted decides whether a rate or an amount for each unit is paid."""
    key = "fixed" if not inside and "fixed" in rule else unit
    for other in ("rate", "per_unit", "fixed"):
        rule.pop(other, None)
    rule[key] = author.value(key, Rate if key == "rate" else Money)


def _is_number(counts: dict[str, Any]) -> bool:
    if "unit" in counts:
        return bool(counts["unit"] == "number")
    return bool(counts.get("sum") in ("count", "quantity", "months") or "_pct" in counts.get("sum", ""))


def _measures(author: Author, made: dict[str, Any]) -> None:
    source = author.chance.choice(("deals",) * 6 + ("achievement", "team_commission"))
    for key in ("achievement", "team_commission", "take", "unit"):
        made.pop(key, None)
    if source == "deals":
        return
    hints = {key: hint for key, (_, hint, *_) in described(Measure).items()}
    made.clear()
    made[source] = author.value(source, hints[source])
    if source == "achievement":
        made |= {"take": author.chance.choice(("sum", "last", "average")), "unit": "number"}


def _rules(author: Author, made: dict[str, Any]) -> None:
    made["to"] = author.chance.choice(("owner", "splits", "managers", "role", "team", "territory"))
    allowed = {
        "managers": ("levels",),
        "role": ("role", "same"),
        "splits": ("by_role", "shares"),
        "owner": ("shares",),
    }
    for key in ("levels", "same", "shares", "by_role"):
        if key not in allowed.get(made["to"], ()):
            made.pop(key, None)
    if made["to"] == "role":
        made["role"] = [author.chance.choice(ROLES)]
    if "by_role" in made:
        made.pop("shares", None)
        made["by_role"] = [{"role": "AE", "share": "70%"}, {"role": "SE", "share": "30%"}]


def _gates(author: Author, made: dict[str, Any]) -> None:
    made["at_least"] = author.chance.choice(("80%", "100%", "250", "0%"))
    if author.often(0.7):
        made.pop(author.chance.choice(("otherwise", "at_most")), None)
    if "more_than" in made:
        made.pop("at_least", None)
    else:
        made.setdefault("at_least", author.value("at_least", Rate | Money))


def _multipliers(author: Author, made: dict[str, Any]) -> None:
    if author.often(0.5):
        made.pop("component", None)
        made.pop("steps", None)
        made["times"] = author.chance.choice(FACTORS)
        return
    made.pop("times", None)
    made["component"] = author.name("component")
    unit = author.chance.choice(("%", ""))
    made["steps"] = [{"from": f"{mark}{unit}", "times": author.chance.choice(FACTORS)} for mark in (0, 90, 120)]


def _steps(author: Author, made: dict[str, Any]) -> None:
    made["from"] = author.chance.choice(("0%", "90%", "120%"))


def _pools(author: Author, made: dict[str, Any]) -> None:
    made.pop("weight", None)
    if made.get("share") == "weight":
        made["weight"] = "heads"
    if ("component" in made) != ("at_least" in made):
        made |= {"component": author.name("component"), "at_least": "50%"}


def _ranges(author: Author, made: dict[str, Any]) -> None:
    made.pop("unit", None)
    made["from"] = author.chance.choice(("0", "1", "10", "20%", "-5"))
    made["below"] = author.chance.choice(("12", "100", "40%", "10_000"))


def _quotas(author: Author, made: dict[str, Any]) -> None:
    made["name"] = author.chance.choice(QUOTAS)
    count = {"month": 12, "quarter": 4, "half_year": 2}.get(made.get("parts", "year"), 1)
    if "weights" in made:
        made["weights"] = ["0%"] * (count - 1) + ["100%"] if author.often(0.5) else [f"1/{count}"] * count


def _draws(author: Author, made: dict[str, Any]) -> None:
    if author.often(0.5):
        made.pop("at_end", None)


_SENSE: dict[Any, Any] = {
    Table: _tables,
    Component: _components,
    Measure: _measures,
    CreditRule: _rules,
    Gate: _gates,
    Multiplier: _multipliers,
    MultiplierStep: _steps,
    Pool: _pools,
    FigureRange: _ranges,
    QuotaRule: _quotas,
    Draw: _draws,
}


def written(chance: Random, name: str = "alpha", version: int = 1, currency: str = "") -> dict[str, Any]:
    """A plan as a file writes it, that the loader need not accept."""
    count = chance.choice((1, 1, 2, 3, 4))
    author = Author(
        chance,
        currency or chance.choice(("USD", "USD", "JPY", "KWD")),
        chance.choice((0.03, 0.1, 0.2, 0.4)),
        tuple(f"{name} {number}" for number in range(count)),
        ("owner", "rule 0", "rule 1"),
    )
    made = author.part(Plan)
    made |= {"plan": name, "version": version, "currency": author.currency}
    start = chance.choice(("2026-01-01", "2026-01-01", "2025-07-31", "2026-02-01"))
    made["effective"] = f"{start} .. {chance.choice(('2027-01-01', '2027-01-01', '2026-09-10', '2028-03-01'))}"
    made["components"] = [author.part(Component) | {"name": each} for each in author.components]
    for key, prefix in (("crediting", "rule"),):
        if key in made:
            made[key] = [{"rule": "owner"}] + [
                each | {"rule": f"{prefix} {number}"} for number, each in enumerate(made[key])
            ]
    return made


def accepted(chance: Random, name: str = "alpha", version: int = 1, currency: str = "") -> tuple[str, Plan]:
    """A plan that the loader accepts, with its text: what is refused is left out or written anew at its own key."""
    while True:
        made = written(chance, name, version, currency)
        for _ in range(60):
            text = json.dumps(made, indent=1)
            found = load(text, "plan.yaml")
            if isinstance(found, Plan):
                return text, found
            assert found
            assert all(isinstance(each, Problem) and each.message for each in found), found
            _mended(made, chance.choice(found), chance)


def _mended(made: dict[str, Any], problem: Problem, chance: Random) -> None:
    """Leaves out what the problem is about, or something beside it."""
    _, _, path = problem.where.partition(" ")
    steps: list[Any] = [name or int(place) for name, place in PATH.findall(path)]
    node, last = made, None
    for step in steps:
        if not isinstance(node, dict | list) or (isinstance(node, dict) and step not in node):
            break
        if isinstance(node, list) and not (isinstance(step, int) and step < len(node)):
            break
        last, node = (node, step), node[step]
    if isinstance(node, dict) and chance.random() < 0.5 and len(node) > 1 and node is not made:
        node.pop(chance.choice(list(node)))
    elif last is not None:
        holder, step = last
        del holder[step]
