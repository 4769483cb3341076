"""The calculation done a second time, from the words of the plan: plain loops and fractions, nothing shared.

Only the plan's own types are read; dates, rounding, splitting, tiers and windows are written out again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

MODES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN}
DECIMALS = {"USD": 2, "EUR": 2, "JPY": 0, "KWD": 3}
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Line:
    rep: int
    component: str
    kind: str
    deal: int
    basis: int
    before: int
    amount: int


def on(day: int) -> date:
    return EPOCH + timedelta(days=int(day))


def whole(value: Fraction, mode: str) -> int:
    with localcontext() as context:
        context.prec = 200
        down = value.numerator // value.denominator
        rest = value - down
        digits = Decimal(down) + (Decimal(rest.numerator) / Decimal(rest.denominator))
        if rest == Fraction(1, 2):
            digits = Decimal(down) + Decimal("0.5")
        return int(digits.quantize(Decimal(1), rounding=MODES[mode]))


def months_later(start: date, months: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    for back in range(4):
        try:
            return date(year, month + 1, start.day - back)
        except ValueError:
            continue
    raise AssertionError(start)


def window_of(plan, accumulate: str, booked: date) -> tuple[date, date]:
    step = {"month": 1, "quarter": 3, "year_to_date": 12}[accumulate]
    count = 0
    while months_later(plan.effective.start_on, (count + 1) * step) <= booked:
        count += 1
    return months_later(plan.effective.start_on, count * step), months_later(
        plan.effective.start_on, (count + 1) * step
    )


def meets(each, deal: dict) -> bool:
    own = {"type": deal["deal_type"], "product": deal["product"], "currency": deal["currency"]}
    if any(getattr(each, name) and own[name] not in getattr(each, name) for name in own):
        return False
    return each.booked is None or each.booked.start_on <= on(deal["booked_on"]) < each.booked.end_on


def exchanged(amount: int, source: str, target: str, day: int, rates: list[dict], mode: str) -> int | None:
    if source == target:
        return amount
    found = [r for r in rates if (r["from_currency"], r["to_currency"]) == (source, target)]
    own = [r for r in found if r["start_on"] <= day < r["end_on"]]
    values = {Fraction(r["rate_num"], r["rate_den"]) for r in own}
    if len(values) != 1 or source not in DECIMALS:
        return None
    value = values.pop() * Fraction(10) ** (DECIMALS[target] - DECIMALS[source])
    return whole(amount * value, mode)


def shares_of(amount: int, shares: list[tuple[int, int]]) -> dict[int, int]:
    """Largest remainder, by rep id where remainders are equal."""
    exact = {rep: Fraction(abs(amount) * share, 1_000_000_000) for rep, share in shares}
    parts = {rep: value.numerator // value.denominator for rep, value in exact.items()}
    for rep in sorted(exact, key=lambda rep: (parts[rep] - exact[rep], rep))[: abs(amount) - sum(parts.values())]:
        parts[rep] += 1
    return {rep: -part if amount < 0 else part for rep, part in parts.items()}


def rate_for(tier, deal: dict) -> Fraction | None:
    if tier.rate is not None:
        return tier.rate.fraction
    matching = [rule for rule in tier.rates if meets(rule, deal)]
    if not matching:
        return None
    most = max(len(rule.conditions) for rule in matching)
    (best,) = [rule for rule in matching if len(rule.conditions) == most]
    return best.rate.fraction


class Oracle:
    """One plan over plain rows; `lines` are in statement order."""

    def __init__(self, plan, rows: dict[str, list[dict]], as_of: date) -> None:
        self.plan, self.rows, self.as_of = plan, rows, as_of
        self.lines: list[Line] = []
        for rep in sorted({credit[0] for credit in self._credits()}):
            for component in plan.components:
                self._component(rep, component)

    def _credits(self) -> list[tuple[int, dict, int]]:
        found = []
        for deal in sorted(self.rows["deals"], key=lambda deal: (deal["booked_on"], deal["deal_id"])):
            if deal["stage"] != "won" or on(deal["booked_on"]) > self.as_of:
                continue
            shares = [(s["rep_id"], s["share_ppb"]) for s in self.rows["splits"] if s["deal_id"] == deal["deal_id"]]
            is_shared = bool(shares)
            shares = shares or [(deal["owner_id"], 1_000_000_000)]
            reps = [rep for rep, _ in shares]
            sound = sum(share for _, share in shares) == 1_000_000_000 and all(share > 0 for _, share in shares)
            if not sound or 0 in reps or len(set(reps)) < len(reps):
                continue
            mode = self.plan.rounding.mode
            amount = exchanged(
                deal["amount_cents"],
                deal["currency"],
                self.plan.currency,
                deal["booked_on"],
                self.rows["rates"],
                mode,
            )
            if amount is None:
                continue
            for rep, part in sorted(shares_of(amount, shares).items()):
                if self._is_credited(rep, deal, is_shared):
                    found.append((rep, deal, part))
        return found

    def _is_credited(self, rep: int, deal: dict, is_shared: bool) -> bool:
        booked = on(deal["booked_on"])
        if not self.plan.effective.start_on <= booked < self.plan.effective.end_on:
            return False
        spans = [a for a in self.rows["assignments"] if a["rep_id"] == rep and a["plan"] == self.plan.name]
        if not any(a["start_on"] <= deal["booked_on"] < a["end_on"] for a in spans):
            return False
        return any(
            meets(rule.when, deal) and ((rule.to or rule.name) == "owner" or is_shared)
            for rule in self.plan.crediting
        )

    def _quota(self, rep: int, component, start: date, end: date) -> int | None:
        rows = [q for q in self.rows["quotas"] if q["rep_id"] == rep and q["name"] == component.quota]
        total, seen = 0, False
        for row in rows:
            if component.accumulate == "quota_period":
                inside = (on(row["start_on"]), on(row["end_on"])) == (start, end)
            else:
                inside = start <= on(row["start_on"]) < end and self.plan.effective.start_on <= on(row["start_on"])
                inside = inside and on(row["start_on"]) < self.plan.effective.end_on
            if inside:
                longest = {"month": 31, "quarter": 92, "year_to_date": 366, "quota_period": 9999}[
                    component.accumulate
                ]
                if row["end_on"] - row["start_on"] > longest:
                    return None
                seen = True
                total += row["amount_cents"]
        return total if seen and total > 0 else None

    def _window(self, rep: int, component, deal: dict) -> tuple[date, date] | None:
        if component.accumulate == "quota_period":
            own = [q for q in self.rows["quotas"] if q["rep_id"] == rep and q["name"] == component.quota]
            spans = [q for q in own if q["start_on"] <= deal["booked_on"] < q["end_on"]]
            return (on(spans[0]["start_on"]), on(spans[0]["end_on"])) if spans else None
        return window_of(self.plan, component.accumulate, on(deal["booked_on"]))

    def _component(self, rep: int, component) -> None:
        windows: dict[object, list[tuple[dict, int]]] = {}
        needs = component.table is not None and component.table.by == "attainment"
        for owner, deal, amount in self._credits():
            tiers = component.priced_by.tiers
            if owner != rep or not meets(component.measure.where, deal):
                continue
            if any(rate_for(tier, deal) is None for tier in tiers):
                continue
            key: object = ("deal", deal["deal_id"])
            if component.accumulate != "transaction":
                key = self._window(rep, component, deal)
                if key is None or (
                    (needs or component.accumulate == "quota_period") and self._quota(rep, component, *key) is None
                ):
                    continue
            windows.setdefault(key, []).append((deal, amount))
        earned: dict[date, int] = {}
        for key, credits_ in windows.items():
            quota = self._quota(rep, component, *key) if needs else None
            self._price(rep, component, (credits_, quota), earned)

    def _price(self, rep: int, component, window: tuple[list[tuple[dict, int]], int | None], earned: dict) -> None:
        credits_, quota = window
        reached, paid = 0, 0
        done: list[tuple[dict, int]] = []
        most = 10**30 if component.cap.per_deal is None else component.cap.per_deal.minor
        for deal, share in credits_:
            amount = max(-most, min(most, share))
            sign = -1 if component.accumulate == "transaction" and amount < 0 else 1
            done.append((deal, sign * amount))
            total = sign * self._rounded(self._earned(component, done, quota))
            self.lines.append(Line(rep, component.name, "commission", deal["deal_id"], amount, reached, total - paid))
            if component.cap.per_period is not None:
                self._cap(component, earned, (deal, amount, reached, total - paid))
            reached, paid = reached + amount, total

    def _cap(self, component, earned: dict, line: tuple[dict, int, int, int]) -> None:
        deal, amount, reached, change = line
        step = "month" if self.plan.pays == "monthly" else "quarter"
        period = window_of(self.plan, step, on(deal["booked_on"]))[0]
        most = component.cap.per_period.minor
        before = earned.get(period, 0)
        earned[period] = before + change
        paid = max(-most, min(most, earned[period])) - max(-most, min(most, before))
        if paid != change:
            rep, name = self.lines[-1].rep, component.name
            self.lines.append(Line(rep, name, "cap", deal["deal_id"], 0, reached + amount, paid - change))

    def _earned(self, component, done: list[tuple[dict, int]], quota: int | None) -> Fraction:
        """What a window has earned after these credits, exactly."""
        tiers = component.priced_by.tiers
        starts = [tier.begins.fraction * (1 if quota is None else quota) for tier in tiers]
        if component.priced_by.behaviour == "whole_amount":
            total = sum(amount for _, amount in done)
            tier = max(k for k in range(len(tiers)) if k == 0 or total >= starts[k])
            return sum((amount * rate_for(tiers[tier], deal) for deal, amount in done), Fraction(0))
        earned, at = Fraction(0), 0
        for deal, amount in done:
            for k, tier in enumerate(tiers):
                low = starts[k] if k else None
                high = starts[k + 1] if k + 1 < len(tiers) else None
                earned += (inside(at + amount, low, high) - inside(at, low, high)) * rate_for(tier, deal)
            at += amount
        return earned

    def _rounded(self, exact: Fraction) -> int:
        places = self.plan.rounding.places
        unit = 1 if places is None else 10 ** (DECIMALS[self.plan.currency] - places)
        return whole(exact / unit, self.plan.rounding.mode) * unit


def inside(total: int, low: Fraction | None, high: Fraction | None) -> Fraction:
    """How much of a running total lies in [low, high); the first tier reaches below zero."""
    capped = Fraction(total) if high is None else min(Fraction(total), high)
    return capped if low is None else max(capped - low, Fraction(0))
