"""Companies for plans over the whole language, from a seed: mostly sound, with everything that data gets wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.dates import add_months, day
from engine.frames import COLUMNS, Facts
from tests.engine.generated_plans import ACHIEVEMENTS, EVENTS, INCENTIVES, QUOTAS, ROLES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from random import Random

    from engine.plans.schema import Plan

Rows = list[dict[str, Any]]
ABSURD = (0, -1, 10**15 + 1, 2**63 - 1, -(2**63))
FIGURES = {"cost": "money", "list": "money", "mrr": "money", "quantity": "number", "months": "number"}


class Company:
    """People, what they sold and what happened to it, for some plans. `clean`: nothing is missing or wrong."""

    def __init__(self, chance: Random, plans: Sequence[Plan], *, clean: bool = False) -> None:
        """Draw who is there and for which days."""
        self.chance, self.plans, self.clean = chance, plans, clean
        self.first = min(day(plan.effective.start_on) for plan in plans)
        self.last = min(max(day(plan.effective.end_on) for plan in plans), self.first + 500)
        self.reps = list(range(1, chance.choice((1, 2, 3, 5)) + 1))
        self.whole = {"start_on": self.first - 800, "end_on": self.last + 800}
        self.deals = list(range(1, chance.choice((0, 3, 8, 20)) + 1))

    def facts(self) -> Facts:
        """The company as the engine's frames."""
        return Facts.of(
            **{name: getattr(self, name)() for name in COLUMNS if hasattr(self, name) and name != "deals"},
            deals=self.sold(),
        )

    def seldom(self, part: float = 0.05) -> bool:
        return not self.clean and self.chance.random() < part

    def amount(self, low: int = -300_000, high: int = 9_000_000) -> int:
        if self.seldom(0.02):
            return self.chance.choice(ABSURD)
        return self.chance.choice((self.chance.randint(low, high), self.chance.randint(0, 5_000), 100_000))

    def when(self) -> int:
        margin = 0 if self.clean else 25
        return self.chance.randint(self.first - margin, self.last - 1 + margin)

    def span(self) -> dict[str, int]:
        """The whole time; seldom a part of it, or days in the wrong order."""
        if not self.seldom(0.3):
            return self.whole
        start = self.when()
        return {"start_on": start, "end_on": start + self.chance.choice((0, -3, 1, 31, 200))}

    def currency(self) -> str:
        own = self.plans[0].currency
        return own if self.clean or self.chance.random() < 0.8 else self.chance.choice(("USD", "EUR", "JPY", "XXX"))

    def sold(self) -> Rows:
        found = [
            {
                "deal_id": number if not self.seldom(0.02) else 1,
                "owner_id": 0 if self.seldom() else self.chance.choice(self.reps),
                "amount_cents": self.amount(),
                "currency": self.currency(),
                "booked_on": self.when(),
                "deal_type": self.chance.choice(("new", "renewal", "expansion")),
                "product": self.chance.choice(("A", "B", "C")),
                "stage": "won" if not self.seldom(0.15) else self.chance.choice(("open", "lost")),
            }
            for number in self.deals
        ]
        return [*found, dict(found[0])] if found and self.seldom(0.02) else found

    def splits(self) -> Rows:
        found = []
        for number in self.deals:
            if self.chance.random() < 0.25:
                people = self.chance.sample(self.reps, min(len(self.reps), self.chance.choice((1, 2, 3))))
                cuts = sorted(self.chance.sample(range(1, 10**9), len(people) - 1))
                for rep, low, high in zip(people, [0, *cuts], [*cuts, 10**9], strict=True):
                    wrong = self.chance.choice((0, -5, 1, 10**9)) if self.seldom() else 0
                    found.append({"deal_id": number, "rep_id": rep, "share_ppb": high - low + wrong})
        return found

    def quotas(self) -> Rows:
        found = []
        for rep in self.reps:
            for name in QUOTAS:
                step = self.chance.choice((1, 3, 12))
                start = self.plans[0].effective.start_on
                for number in range(24 // step):
                    low, high = (day(add_months(start, (number + more) * step)) for more in (0, 1))
                    amount = self.chance.choice((100_000, 333_333, 2_000_000)) if not self.seldom() else self.amount()
                    row = {"rep_id": rep, "name": name, "start_on": low, "end_on": high, "amount_cents": amount}
                    if not self.seldom():
                        found.append(row | {"currency": self.currency()})
        return found

    def assignments(self) -> Rows:
        return [
            {"rep_id": rep, "plan": name} | self.span()
            for rep in self.reps
            for name in dict.fromkeys(plan.name for plan in self.plans)
            if not self.seldom()
        ]

    def rates(self) -> Rows:
        pairs = [
            (one, other) for one in ("USD", "EUR", "JPY", "KWD") for other in ("USD", "JPY", "KWD") if one != other
        ]
        return [
            {
                "from_currency": one,
                "to_currency": other,
                "rate_num": self.chance.choice((109, 1, 15_423)) if not self.seldom(0.02) else self.amount(),
                "rate_den": self.chance.choice((100, 3)) if not self.seldom(0.02) else self.chance.choice(ABSURD),
            }
            | self.whole
            for one, other in pairs
            if not self.seldom()
        ]

    def figures(self) -> Rows:
        found = []
        for number in self.deals:
            for name, unit in FIGURES.items():
                if not self.seldom(0.15):
                    value = self.chance.choice((0, 12, 5)) * 1_000_000 if unit == "number" else self.amount(0, 90_000)
                    said = self.chance.choice(("money", "number", "x")) if self.seldom(0.03) else unit
                    found.append({"deal_id": number, "name": name, "value": value, "unit": said})
        return found

    def tags(self) -> Rows:
        values = {"category": ("Tools", "Books"), "segment": ("Public", "Small"), "territory": ("North", "South")}
        values["channel"] = ("partner", "direct")
        return [
            {"deal_id": number, "name": name, "value": self.chance.choice(said)}
            for number in self.deals
            for name, said in values.items()
            if self.chance.random() < 0.7 or self.clean
        ]

    def people(self) -> Rows:
        found = []
        for rep in self.reps:
            row = {
                "rep_id": rep,
                "manager_id": self.chance.choice(self.reps) if self.seldom(0.1) else (rep + 1) % (len(self.reps) + 1),
                "role": self.chance.choice(ROLES),
                "title": self.chance.choice(ROLES),
                "team": self.chance.choice(("red", "blue")),
                "territory": self.chance.choice(("North", "South")),
            }
            moved = self.chance.random() < 0.3
            middle = self.when()
            found.append(row | self.whole | ({"end_on": middle} if moved else {}))
            if moved:
                found.append(
                    row | self.whole | {"start_on": middle - self.seldom(), "team": "green", "manager_id": 0}
                )
        return found

    def achievements(self) -> Rows:
        return [
            {
                "rep_id": self.chance.choice((0, *self.reps)),
                "name": name,
                "on": self.when(),
                "value": self.amount(0, 150_000_000),
                "unit": "number" if not self.seldom() else "money",
            }
            for name in ACHIEVEMENTS
            for _ in range(self.chance.choice((0, 2, 5)))
        ]

    def incentives(self) -> Rows:
        return [
            {"rep_id": rep, "name": name, "amount_cents": self.amount(0, 9_000_000), "currency": self.currency()}
            | self.span()
            for rep in self.reps
            for name in INCENTIVES
            if not self.seldom()
        ]

    def events(self) -> Rows:
        return [
            {
                "deal_id": number,
                "name": self.chance.choice(EVENTS),
                "on": self.when(),
                "amount_cents": self.amount(),
                "currency": self.currency(),
            }
            for number in self.deals
            for _ in range(self.chance.choice((0, 0, 1, 3)))
        ]

    def adjustments(self) -> Rows:
        return [
            {
                "adjustment_id": number if not self.seldom() else 1,
                "rep_id": self.chance.choice(self.reps),
                "on": self.when(),
                "kind": self.chance.choice(("adjustment", "prize")) if not self.seldom() else "x",
                "plan": self.chance.choice([plan.name for plan in self.plans]) if not self.seldom() else "none",
                "deal_id": self.chance.choice((0, 0, 1, 77)),
                "amount_cents": self.amount(-90_000, 90_000),
                "currency": self.currency(),
            }
            for number in range(1, self.chance.choice((0, 0, 1, 4)) + 1)
        ]

    def balances(self) -> Rows:
        names = ("draw", *(part.name for plan in self.plans for part in plan.components))
        return [
            {
                "rep_id": self.chance.choice(self.reps),
                "plan": self.chance.choice([plan.name for plan in self.plans]),
                "name": self.chance.choice(names),
                "on": self.chance.choice((self.first, self.when())),
                "value": self.amount(0, 200_000),
            }
            for _ in range(self.chance.choice((0, 0, 1, 3)))
        ]

    def absences(self) -> Rows:
        return [{"rep_id": self.chance.choice(self.reps)} | self.span() for _ in range(self.chance.choice((0, 0, 1)))]


def as_of(chance: Random, plans: Sequence[Plan]) -> date:
    """A last day that counts: mostly late, sometimes in the middle or before everything."""
    start = min(plan.effective.start_on for plan in plans)
    return add_months(start, chance.choice((24, 24, 11, 7, 2, 0, -1)))
