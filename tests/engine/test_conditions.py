"""Gates, multipliers, minimum and caps against the same rules in plain loops and fractions; and reversals of all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.dates import on_day
from tests.engine.booked import deal, facts_of, listed, paid, plan_of, quota, run

if TYPE_CHECKING:
    from engine.plans.schema import Plan

MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12, "year_to_date": 12}
AS_OF = date(2026, 11, 17)


@dataclass(frozen=True)
class Case:
    plan: Plan
    deals: list[dict]
    quotas: list[dict]


@st.composite
def gates(draw: st.DrawFn) -> str:
    level = draw(st.sampled_from(["50%", "100%", "133.3%", "40", "120"]))
    over, judged = draw(st.sampled_from(sorted(MONTHS))), draw(st.sampled_from(["at_end", "as_reached"]))
    instead = draw(st.sampled_from(["", ", otherwise: 2.5%", ", otherwise: 0.33%"]))
    return f"{{component: Goal, at_least: {level}, over: {over}, judged: {judged}{instead}}}"


@st.composite
def multipliers(draw: st.DrawFn, number: int) -> str:
    when = draw(st.sampled_from(["", "when: {product: B}, "]))
    if draw(st.booleans()):
        return f"{{name: m{number}, {when}times: {draw(st.sampled_from(['1.5', '1/3', '90%', '0']))}}}"
    over = draw(st.sampled_from(sorted(MONTHS)))
    steps = draw(
        st.sampled_from(
            [
                "[{from: 0%, times: 0.5}, {from: 80%, times: 1.25}]",
                "[{from: 0, times: 1}, {from: 30, times: 1.1}, {from: 90, times: 2}]",
            ]
        )
    )
    return f"{{name: m{number}, {when}component: Goal, over: {over}, steps: {steps}}}"


@st.composite
def cases(draw: st.DrawFn, lowest: int = 1) -> Case:
    parts = [
        f"gates: [{', '.join(draw(st.lists(gates(), max_size=2)))}]",
        f"multipliers: [{', '.join(draw(multipliers(n)) for n in range(draw(st.integers(0, 2))))}]",
        draw(st.sampled_from(["", "minimum: {per_deal: 0.75}"])),
        draw(st.sampled_from(["", "cap: {pay_per_deal: 1.50}", "cap: {per_period: 2, per_year: 5}"])),
    ]
    rest = ", ".join(part for part in parts if part and not part.endswith("[]"))
    where = draw(st.sampled_from(["", "measure: {where: {type: new}}, "]))
    accumulate = draw(st.sampled_from(["transaction", "month", "quarter", "year_to_date"]))
    text = f"- {{name: Goal, {where}quota: bookings, rate: 0%}}\n"
    text += f"- {{name: Pay, accumulate: {accumulate}, rate: 3.3%{', ' * bool(rest)}{rest}}}"
    step, places = draw(st.sampled_from(["total", "line"])), draw(st.sampled_from(["2", "1"]))
    deals = [
        deal(
            number,
            7,
            (draw(st.integers(1, 12)), draw(st.integers(1, 28))),
            draw(st.integers(lowest, 60_00)),
            product=draw(st.sampled_from("AB")),
            deal_type=draw(st.sampled_from(["new", "renewal"])),
        )
        for number in range(1, draw(st.integers(2, 9)))
    ]
    quotas = []
    for number in range(4):
        end = date(2026 + (number == 3), (3 * number + 3) % 12 + 1, 1)
        if draw(st.integers(0, 4)):
            quotas.append(quota(7, (3 * number + 1, 1), end, draw(st.sampled_from([0, 33_33, 60_00]))))
    return Case(plan_of(text, f"rounding: {{step: {step}, places: {places}}}"), deals, quotas)


def window(months: int, booked: date) -> int:
    return (booked.month - 1) // months


class Loops:
    """The component `Pay`, deal by deal."""

    def __init__(self, case: Case) -> None:
        self.case, (self.goal, self.pay) = case, case.plan.components
        in_time = [each for each in case.deals if on_day(each["booked_on"]) <= AS_OF]
        self.deals = sorted(in_time, key=lambda each: (each["booked_on"], each["deal_id"]))
        self.lines: list[tuple[int, str, int]] = []
        amounts = self.scaled([Fraction(each["amount_cents"]) * Fraction(33, 1000) for each in self.deals])
        for each, amount in zip(self.deals, amounts, strict=True):
            self.lines.append((each["deal_id"], "commission", amount))
        opened, gated = self.gated(amounts)
        amounts = self.then("gate", amounts, gated)
        for multiplier in self.pay.multipliers:
            factors = [self.factor(multiplier, each) for each in self.deals]
            exact = [amount * factor for amount, factor in zip(amounts, factors, strict=True)]
            amounts = self.then("multiplier", amounts, self.scaled(exact))
        if self.pay.minimum.per_deal is not None:
            least = self.pay.minimum.per_deal.minor
            lifted = [max(amount, least) if up else amount for amount, up in zip(amounts, opened, strict=True)]
            amounts = self.then("minimum", amounts, lifted)
        cap = self.pay.cap
        if cap.pay_per_deal is not None:
            amounts = self.then("cap", amounts, [min(amount, cap.pay_per_deal.minor) for amount in amounts])
        for limit, months in ((cap.per_period, 1), (cap.per_year, 12)):
            if limit is not None:
                amounts = self.then("cap", amounts, self.within(amounts, limit.minor, months))

    def then(self, kind: str, before: list[int], after: list[int]) -> list[int]:
        for each, old, new in zip(self.deals, before, after, strict=True):
            if new != old:
                self.lines.append((each["deal_id"], kind, new - old))
        return after

    def rounded(self, value: Fraction) -> int:
        unit = 10 ** (2 - (self.case.plan.rounding.places or 0))
        return unit * ((2 * value + unit) // (2 * unit))

    def scaled(self, exact: list[Fraction]) -> list[int]:
        """Amounts as differences of rounded totals of the window of `Pay`; single ones by themselves."""
        found, totals = [], {}
        for each, value in zip(self.deals, exact, strict=True):
            if self.pay.accumulate == "transaction" or self.case.plan.rounding.step == "line":
                found.append(self.rounded(value))
                continue
            key = window(MONTHS[self.pay.accumulate], on_day(each["booked_on"]))
            before = totals.get(key, Fraction(0))
            totals[key] = before + value
            found.append(self.rounded(totals[key]) - self.rounded(before))
        return found

    def within(self, amounts: list[int], limit: int, months: int) -> list[int]:
        left: dict[int, int] = {}
        found = []
        for each, amount in zip(self.deals, amounts, strict=True):
            key = window(months, on_day(each["booked_on"]))
            found.append(min(amount, left.get(key, limit)))
            left[key] = left.get(key, limit) - found[-1]
        return found

    def reached(self, over: str, each: dict, judged: str) -> int:
        months, on = MONTHS[over], on_day(each["booked_on"])
        place = (each["booked_on"], each["deal_id"])
        return sum(
            other["amount_cents"]
            for other in self.deals
            if window(months, on_day(other["booked_on"])) == window(months, on)
            and (not self.goal.measure.where.type or other["deal_type"] == "new")
            and (judged == "at_end" or (other["booked_on"], other["deal_id"]) <= place)
        )

    def quota(self, over: str, each: dict, judged: str) -> int | None:
        """The quota of the window; None where it cannot be used."""
        months, on = MONTHS[over], on_day(each["booked_on"])
        own = [row for row in self.case.quotas if window(months, on_day(row["start_on"])) == window(months, on)]
        by = AS_OF if judged == "at_end" else on
        if over == "year_to_date":
            whole = sum(row["amount_cents"] for row in own)
            own = [row for row in own if on_day(row["start_on"]) <= by]
            if whole <= 0:
                return None
        if not own or months < 3 or sum(row["amount_cents"] for row in own) <= 0:
            return None
        return sum(row["amount_cents"] for row in own)

    def meets(self, start: object, over: str, each: dict, judged: str) -> bool | None:
        """Whether the goal has come to `start`; None where its quota cannot be used."""
        total = self.reached(over, each, judged)
        if hasattr(start, "minor"):
            return total >= start.minor
        by = self.quota(over, each, judged)
        return None if by is None else total >= start.fraction * by

    def gated(self, amounts: list[int]) -> tuple[list[bool], list[int]]:
        opened, closed_by = [], []
        for each in self.deals:
            states = [self.meets(gate.at_least, gate.over, each, gate.judged) for gate in self.pay.gates]
            opened.append(all(states))
            closed_by.append(next((n for n, state in enumerate(states) if not state), -1))
        instead = [0] * len(amounts)
        for number, gate in enumerate(self.pay.gates):
            if gate.otherwise is not None:
                exact = [
                    each["amount_cents"] * gate.otherwise.fraction if by == number else Fraction(0)
                    for each, by in zip(self.deals, closed_by, strict=True)
                ]
                instead = [one + other for one, other in zip(instead, self.scaled(exact), strict=True)]
        return opened, [amount if up else other for amount, up, other in zip(amounts, opened, instead, strict=True)]

    def factor(self, multiplier: object, each: dict) -> Fraction:
        if multiplier.when.product and each["product"] not in multiplier.when.product:
            return Fraction(1)
        if multiplier.times is not None:
            return multiplier.times.fraction
        states = [self.meets(step.start, multiplier.over, each, "at_end") for step in multiplier.steps]
        if None in states:
            return Fraction(1)
        return multiplier.steps[max(sum(states) - 1, 0)].times.fraction


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases())
def test_every_line_is_what_plain_loops_find(case: Case) -> None:
    calc = run(case.plan, facts_of(case.deals, quotas=case.quotas), AS_OF)
    assert sorted(listed(calc, "Pay")) == sorted(Loops(case).lines)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases(lowest=-60_00), st.randoms(use_true_random=False))
def test_taking_back_every_deal_leaves_nothing(case: Case, random: object) -> None:
    """Each deal is taken back on its own day, in any order."""
    numbers = list(range(101, 101 + len(case.deals)))
    random.shuffle(numbers)
    back = [
        each | {"deal_id": number, "amount_cents": -each["amount_cents"]}
        for number, each in zip(numbers, case.deals, strict=True)
    ]
    calc = run(case.plan, facts_of([*case.deals, *back], quotas=case.quotas), date(2026, 12, 31))
    assert paid(calc) == 0
