"""The workload of the calculation benchmark: seeded deals, split deals, quotas, and one plan of three components.

N deals over N/100 reps; 20 % are split between two reps; 2 % are negative; four marginal tiers on year-to-date
attainment with a quota per rep; a flat rate by product and half-year; a bonus in steps by what a month has come to.
Amounts are integer cents.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from engine.dates import day
from engine.frames import Facts
from engine.plans.load import load
from engine.plans.schema import Plan

PRODUCTS = tuple(f"P{number}" for number in range(8))
FIRST, LAST = day(date(2026, 1, 1)), day(date(2027, 1, 1))
MIDYEAR = day(date(2026, 7, 1))
AS_OF = date(2026, 12, 31)
MONTHS = tuple(day(date(2026, month, 1)) for month in range(1, 13))  # the first day of each
TIERS = ((0, 6), (75, 8), (100, 12), (130, 15))  # percent of quota, percent paid
BONUSES = (
    (10_000_000, 50_000),
    (25_000_000, 150_000),
    (40_000_000, 400_000),
)  # the month's cents, the bonus in cents
FLAT_PER_MILLE = tuple(tuple(5 + 3 * product + 2 * half for half in range(2)) for product in range(len(PRODUCTS)))


def text() -> str:
    """The benchmark's plan as it is written."""
    tiers = ", ".join(f"{{from: {start}%, rate: {rate}%}}" for start, rate in TIERS)
    halves = ("2026-01-01 .. 2026-07-01", "2026-07-01 .. 2027-01-01")
    rates = "\n".join(
        f"      - {{product: {name}, booked: {halves[half]}, rate: {FLAT_PER_MILLE[number][half] / 10:.1f}%}}"
        for number, name in enumerate(PRODUCTS)
        for half in range(2)
    )
    steps = ", ".join(f"{{from: {start // 100}, amount: {bonus // 100}}}" for start, bonus in BONUSES)
    return f"""
plan: bench
version: 1
effective: 2026-01-01 .. 2027-01-01
currency: USD
components:
  - name: accelerator
    quota: bookings
    accumulate: year_to_date
    table: {{by: attainment, behaviour: marginal, tiers: [{tiers}]}}
  - name: flat
    rates:
{rates}
  - name: bonus
    accumulate: month
    table: {{by: amount, behaviour: step, tiers: [{steps}]}}
"""


def plan() -> Plan:
    """The benchmark's plan."""
    loaded = load(text(), "bench.yaml")
    assert isinstance(loaded, Plan), loaded
    return loaded


def facts(count: int, seed: int = 20_260_101) -> Facts:
    """`count` deals and what belongs to them."""
    rng = np.random.default_rng(seed)
    reps = max(count // 100, 2)
    rep_ids = np.arange(1, reps + 1)
    amount = rng.integers(50_000, 5_000_000, count) * np.where(rng.random(count) < 0.02, -1, 1)
    owner = rng.integers(1, reps + 1, count)
    deals = pd.DataFrame(
        {
            "deal_id": np.arange(1, count + 1),
            "owner_id": owner,
            "amount_cents": amount,
            "currency": _category(np.zeros(count, dtype=np.int8), ("USD",)),
            "booked_on": rng.integers(FIRST, LAST, count).astype(np.int32),
            "deal_type": _category(np.zeros(count, dtype=np.int8), ("new",)),
            "product": _category(rng.integers(0, len(PRODUCTS), count).astype(np.int8), PRODUCTS),
            "stage": _category(np.zeros(count, dtype=np.int8), ("won",)),
        }
    )
    split = np.flatnonzero(rng.random(count) < 0.2)
    share = rng.integers(1, 1_000, len(split)) * 1_000_000
    partner = (owner[split] - 1 + rng.integers(1, reps, len(split))) % reps + 1
    splits = pd.DataFrame(
        {
            "deal_id": np.concatenate([split + 1, split + 1]),
            "rep_id": np.concatenate([owner[split], partner]),
            "share_ppb": np.concatenate([share, 1_000_000_000 - share]),
        }
    )
    span = {"start_on": np.full(reps, FIRST, dtype=np.int32), "end_on": np.full(reps, LAST, dtype=np.int32)}
    return Facts.of(
        deals=deals,
        splits=splits,
        quotas=pd.DataFrame(
            {
                "rep_id": rep_ids,
                "name": _category(np.zeros(reps, dtype=np.int8), ("bookings",)),
                "amount_cents": rng.integers(1_000, 4_000, reps) * 100_000,
                "currency": _category(np.zeros(reps, dtype=np.int8), ("USD",)),
            }
            | span
        ),
        assignments=pd.DataFrame(
            {"rep_id": rep_ids, "plan": _category(np.zeros(reps, dtype=np.int8), ("bench",))} | span
        ),
    )


def _category(codes: np.ndarray, names: tuple[str, ...]) -> pd.Categorical[Any]:
    return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(list(names)))
