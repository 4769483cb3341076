"""The same plan done by others: a Decimal loop, one-shot numpy, polars and DuckDB, straight from the same frames.

Every function returns the amounts of the three components per credit, by rep, then day, then deal.
"""

from __future__ import annotations

from bisect import bisect_right
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pandas as pd
import polars as pl

from benchmarks.workload import BONUSES, FLAT_PER_MILLE, MIDYEAR, MONTHS, PRODUCTS, TIERS

if TYPE_CHECKING:
    from engine.frames import Facts

WHOLE = 1_000_000_000
Amounts = tuple[np.ndarray, np.ndarray, np.ndarray]


def decimal_loop(facts: Facts) -> Amounts:
    """One rep at a time, one deal at a time, with Decimal: what a careful person writes first."""
    by_rep: dict[int, list[tuple[int, int, int, str]]] = {}
    for deal_id, rep, day, product, amount in _credited(facts):
        by_rep.setdefault(rep, []).append((day, deal_id, amount, product))
    quotas = dict(zip(facts.quotas["rep_id"].tolist(), facts.quotas["amount_cents"].tolist(), strict=True))
    tiered: list[int] = []
    flat: list[int] = []
    bonus: list[int] = []
    for rep in sorted(by_rep):
        _price_rep(sorted(by_rep[rep]), Decimal(quotas[rep]), tiered, flat)
        _price_months(sorted(by_rep[rep]), bonus)
    return np.array(tiered), np.array(flat), np.array(bonus)


def _credited(facts: Facts) -> list[tuple[int, int, int, str, int]]:
    shares: dict[int, list[tuple[int, int]]] = {}
    for deal_id, rep, share in facts.splits.itertuples(index=False):
        shares.setdefault(deal_id, []).append((rep, share))
    found = []
    columns = ("deal_id", "owner_id", "booked_on", "product", "amount_cents")
    for deal_id, owner, day, product, amount in zip(*(facts.deals[name].tolist() for name in columns), strict=True):
        if deal_id not in shares:
            found.append((deal_id, owner, day, product, amount))
            continue
        sign, size, seats = (-1 if amount < 0 else 1), abs(amount), sorted(shares[deal_id])
        parts = [divmod(size * share, WHOLE) for _, share in seats]
        left = size - sum(whole for whole, _ in parts)
        favoured = sorted(range(len(parts)), key=lambda at: (-parts[at][1], at))[:left]
        for at, (rep, _) in enumerate(seats):
            found.append((deal_id, rep, day, product, sign * (parts[at][0] + (at in favoured))))
    return found


def _price_rep(credits_: list[tuple[int, int, int, str]], quota: Decimal, tiered: list[int], flat: list[int]) -> None:
    starts = [quota * start / 100 for start, _ in TIERS]
    rates = [Decimal(rate) / 100 for _, rate in TIERS]
    reached, paid, flat_exact, flat_paid = Decimal(0), Decimal(0), Decimal(0), Decimal(0)
    for day, _, amount, product in credits_:
        reached += amount
        exact = reached * rates[0]
        for tier in range(1, len(rates)):
            if reached > starts[tier]:
                exact += (reached - starts[tier]) * (rates[tier] - rates[tier - 1])
        total = exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)
        tiered.append(int(total - paid))
        paid = total
        flat_exact += amount * Decimal(FLAT_PER_MILLE[PRODUCTS.index(product)][int(day >= MIDYEAR)]) / 1000
        total = flat_exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)
        flat.append(int(total - flat_paid))
        flat_paid = total


def _price_months(credits_: list[tuple[int, int, int, str]], bonus: list[int]) -> None:
    month, reached, paid = 0, 0, 0
    for day, _, amount, _ in credits_:
        now = bisect_right(MONTHS, day)
        if now != month:
            month, reached, paid = now, 0, 0
        reached += amount
        total = max((worth for start, worth in BONUSES if reached >= start), default=0)
        bonus.append(total - paid)
        paid = total


def _codes(column: pd.Series) -> np.ndarray:
    return column.cat.codes.to_numpy(dtype=np.int64)


def numpy_one_shot(facts: Facts) -> Amounts:
    """Sort, gather, calculate: all credits at once, written for this one plan."""
    who, row, x = _sorted_credits(facts)
    return _numpy_priced(facts, who, row, x)[2]


def numpy_one_shot_lines(facts: Facts) -> Amounts:
    """The same, and the frame of lines: the components of a rep together, with the credit behind every amount."""
    who, row, x = _sorted_credits(facts)
    before, before_in_month, amounts = _numpy_priced(facts, who, row, x)
    counts = np.bincount(who)
    shift = np.repeat((2 * (np.cumsum(counts) - counts))[counts > 0], counts[counts > 0])
    place = np.arange(len(who)) + shift
    total = 3 * len(who)
    component = np.empty(total, dtype=np.int8)
    columns = {name: np.empty(total, dtype=np.int64) for name in ("rep_id", "deal_id", "basis", "before", "amount")}
    booked, line_no = (np.empty(total, dtype=dtype) for dtype in (np.int32, np.int64))
    ids, days = facts.deals["deal_id"].to_numpy()[row], facts.deals["booked_on"].to_numpy()[row]
    first = np.repeat(3 * (np.cumsum(counts) - counts)[counts > 0], counts[counts > 0])
    for number, amount in enumerate(amounts):
        at = place + number * counts[who]
        reached = before_in_month if number == len(amounts) - 1 else before
        component[at] = number
        for name, values in (
            ("rep_id", who),
            ("deal_id", ids),
            ("basis", x),
            ("before", reached),
            ("amount", amount),
        ):
            columns[name][at] = values
        booked[at] = days
        line_no[at] = at - first + 1
    names = pd.Categorical.from_codes(component, dtype=pd.CategoricalDtype(["accelerator", "flat", "bonus"]))
    frame = pd.DataFrame(columns | {"component": names, "booked_on": booked, "line_no": line_no}, copy=False)
    assert len(frame) == total
    return amounts


def _sorted_credits(facts: Facts) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rep, deal row and amount of every credit, by rep, day and deal."""
    deals = facts.deals
    ids, owner, amount = (deals[name].to_numpy() for name in ("deal_id", "owner_id", "amount_cents"))
    day = deals["booked_on"].to_numpy()
    shared = facts.splits.sort_values(["deal_id", "rep_id"], kind="stable")
    row = np.searchsorted(ids, shared["deal_id"].to_numpy()[::2])
    rep = shared["rep_id"].to_numpy().reshape(-1, 2)
    share = shared["share_ppb"].to_numpy().reshape(-1, 2)
    size = np.abs(amount[row])[:, None]
    parts, rest = np.divmod(size * share, WHOLE)
    left = size[:, 0] - parts.sum(axis=1)
    wins = rest[:, 0] >= rest[:, 1]
    parts[:, 0] += left * wins
    parts[:, 1] += left * ~wins
    parts *= np.where(amount[row] < 0, -1, 1)[:, None]
    whole = np.ones(len(ids), dtype=bool)
    whole[row] = False
    alone = np.flatnonzero(whole)
    seat = np.empty((len(ids), 2), dtype=np.int64)
    seat[alone, 0] = amount[alone]
    seat[row] = parts
    c_row = np.concatenate([alone, row, row])
    c_rep = np.concatenate([owner[alone], rep[:, 0], rep[:, 1]])
    second = np.arange(len(c_row)) >= len(alone) + len(row)
    key = np.sort((c_rep << 44) | ((day[c_row].astype(np.int64) - int(day.min())) << 35) | (c_row << 1) | second)
    order = (key & ((1 << 35) - 1)) >> 1
    return key >> 44, order, seat[order, key & 1]


def _numpy_priced(
    facts: Facts, who: np.ndarray, row: np.ndarray, x: np.ndarray
) -> tuple[np.ndarray, np.ndarray, Amounts]:
    """What had accumulated before each credit, in the year and in its month, and its amounts in all components."""
    product, day = _codes(facts.deals["product"])[row], facts.deals["booked_on"].to_numpy()[row]
    quota_of = np.zeros(int(who.max()) + 1, dtype=np.int64)
    quota_of[facts.quotas["rep_id"].to_numpy()] = facts.quotas["amount_cents"].to_numpy()
    starts = np.concatenate([[0], np.flatnonzero(np.diff(who)) + 1])
    lengths = np.diff(starts, append=len(who))
    total = np.cumsum(x)
    reached = total - np.repeat(total[starts] - x[starts], lengths)
    quota = quota_of[who]
    exact = TIERS[0][1] * reached * 100
    for (_, low), (start, high) in pairwise(TIERS):
        exact += (high - low) * np.maximum(reached * 100 - start * quota, 0)
    flat = x * np.array(FLAT_PER_MILLE)[product, (day >= MIDYEAR).astype(np.int64)]
    running = np.cumsum(flat)
    running -= np.repeat(running[starts] - flat[starts], lengths)
    month = np.searchsorted(MONTHS, np.arange(MONTHS[0], MONTHS[-1] + 31), side="right")[day - MONTHS[0]]
    begins = np.concatenate([starts[:1], np.flatnonzero(np.diff(who * 16 + month)) + 1])
    in_month = total - np.repeat(total[begins] - x[begins], np.diff(begins, append=len(who)))
    worth = np.array([0, *(bonus for _, bonus in BONUSES)])
    bonus = worth[np.searchsorted([start for start, _ in BONUSES], in_month, side="right")]
    tiered, flat = _stepped(_half_up(exact, 10_000), starts), _stepped(_half_up(running, 1_000), starts)
    return reached - x, in_month - x, (tiered, flat, _stepped(bonus, begins))


def _half_up(num: np.ndarray, den: int) -> np.ndarray:
    return (num + den // 2 - (num < 0)) // den


def _stepped(total: np.ndarray, starts: np.ndarray) -> np.ndarray:
    found = np.diff(total, prepend=0)
    found[starts] = total[starts]
    return found


def polars_frames(facts: Facts) -> Amounts:
    """Lazy expressions: joins, a window per rep, differences."""
    deals = pl.from_pandas(facts.deals[["deal_id", "owner_id", "amount_cents", "booked_on"]]).with_columns(
        product=pl.Series(_codes(facts.deals["product"]))
    )
    splits, quotas = pl.from_pandas(facts.splits), pl.from_pandas(facts.quotas[["rep_id", "amount_cents"]])
    rates = pl.DataFrame(
        [(product, half, rate) for product, pair in enumerate(FLAT_PER_MILLE) for half, rate in enumerate(pair)],
        schema=["product", "half", "rate"],
        orient="row",
    )
    size = pl.col("amount_cents").abs() * pl.col("share_ppb")
    shared = (
        splits.lazy()
        .join(deals.lazy(), on="deal_id")
        .with_columns(part=size // WHOLE, rest=size % WHOLE)
        .sort("deal_id", "rest", "rep_id", descending=[False, True, False])
        .with_columns(
            left=pl.col("amount_cents").abs() - pl.col("part").sum().over("deal_id"),
            rank=pl.int_range(pl.len()).over("deal_id"),
        )
        .with_columns(part=(pl.col("part") + (pl.col("rank") < pl.col("left"))) * pl.col("amount_cents").sign())
        .select("deal_id", "rep_id", "booked_on", "product", x="part")
    )
    whole = deals.lazy().join(splits.lazy(), on="deal_id", how="anti")
    whole = whole.select("deal_id", pl.col("owner_id").alias("rep_id"), "booked_on", "product", x="amount_cents")
    reached, quota = pl.col("x").cum_sum().over("rep_id"), pl.col("quota")
    exact = TIERS[0][1] * 100 * pl.col("reached")
    for (_, low), (start, high) in pairwise(TIERS):
        exact = exact + (high - low) * pl.max_horizontal(pl.col("reached") * 100 - start * quota, 0)
    days = np.arange(MONTHS[0], MONTHS[-1] + 31, dtype=np.int32)
    months = pl.LazyFrame({"booked_on": days, "month": np.searchsorted(MONTHS, days, side="right")})
    worth = pl.lit(0, pl.Int64)
    for start, value in BONUSES:
        worth = pl.when(pl.col("in_month") >= start).then(value).otherwise(worth)
    found = (
        pl.concat([whole, shared])
        .join(quotas.lazy().rename({"amount_cents": "quota"}), on="rep_id")
        .join(months, on="booked_on")
        .with_columns(half=(pl.col("booked_on") >= MIDYEAR).cast(pl.Int64))
        .join(rates.lazy(), on=["product", "half"])
        .sort("rep_id", "booked_on", "deal_id")
        .with_columns(reached=reached, flat=(pl.col("x") * pl.col("rate")).cum_sum().over("rep_id"))
        .with_columns(in_month=pl.col("x").cum_sum().over("rep_id", "month"))
        .with_columns(bonus=worth)
        .with_columns(pl.col("bonus") - pl.col("bonus").shift(1, fill_value=0).over("rep_id", "month"))
        .with_columns(tiered=_polars_half_up(exact, 10_000), flat=_polars_half_up(pl.col("flat"), 1_000))
        .with_columns(
            pl.col(name) - pl.col(name).shift(1, fill_value=0).over("rep_id") for name in ("tiered", "flat")
        )
        .select("tiered", "flat", "bonus")
        .collect()
    )
    return found["tiered"].to_numpy(), found["flat"].to_numpy(), found["bonus"].to_numpy()


def _polars_half_up(num: pl.Expr, den: int) -> pl.Expr:
    return (num + den // 2 - (num < 0).cast(pl.Int64)).floordiv(den)


def duckdb_sql(facts: Facts) -> Amounts:
    """One SQL statement with window functions."""
    base = duckdb.connect()
    base.execute("SET threads = 2")
    columns = ["deal_id", "owner_id", "amount_cents", "booked_on"]
    deals = facts.deals[columns].assign(product=_codes(facts.deals["product"]))
    for name, frame in {
        "deals": deals,
        "splits": facts.splits,
        "quotas": facts.quotas[["rep_id", "amount_cents"]].rename(columns={"amount_cents": "quota"}),
    }.items():
        base.register(name, frame)
    rates = ", ".join(
        f"({product}, {half}, {rate})"
        for product, pair in enumerate(FLAT_PER_MILLE)
        for half, rate in enumerate(pair)
    )
    hinges = " + ".join(
        f"{high - low} * greatest(reached * 100 - {start} * quota, 0)" for (_, low), (start, high) in pairwise(TIERS)
    )
    steps = " ".join(f"WHEN in_month >= {start} THEN {value}" for start, value in reversed(BONUSES))
    found = base.execute(f"""
        WITH shared AS (
            SELECT deal_id, rep_id, booked_on, product, amount_cents,
                   (abs(amount_cents) * share_ppb) // {WHOLE} AS part,
                   (abs(amount_cents) * share_ppb) % {WHOLE} AS rest
            FROM splits JOIN deals USING (deal_id)),
        ranked AS (
            SELECT *, abs(amount_cents) - sum(part) OVER (PARTITION BY deal_id) AS rest_cents,
                   row_number() OVER (PARTITION BY deal_id ORDER BY rest DESC, rep_id) AS seat
            FROM shared),
        credits AS (
            SELECT deal_id, rep_id, booked_on, product,
                   ((part + (seat <= rest_cents)::BIGINT) * sign(amount_cents))::BIGINT AS x FROM ranked
            UNION ALL
            SELECT deal_id, owner_id, booked_on, product, amount_cents FROM deals ANTI JOIN splits USING (deal_id)),
        rates(product, half, rate) AS (VALUES {rates}),
        reached AS (
            SELECT rep_id, booked_on, deal_id, quota, month(DATE '1970-01-01' + booked_on) AS in_which,
                   (sum(x) OVER w)::BIGINT AS reached, (sum(x * rate) OVER w)::BIGINT AS flat,
                   (sum(x) OVER (PARTITION BY rep_id, month(DATE '1970-01-01' + booked_on)
                                 ORDER BY booked_on, deal_id))::BIGINT AS in_month
            FROM credits JOIN quotas USING (rep_id)
            JOIN rates ON rates.product = credits.product AND half = (booked_on >= {MIDYEAR})::INT
            WINDOW w AS (PARTITION BY rep_id ORDER BY booked_on, deal_id)),
        exact AS (SELECT *, {TIERS[0][1]} * 100 * reached + {hinges} AS tiered FROM reached),
        totals AS (
            SELECT rep_id, booked_on, deal_id, in_which, CASE {steps} ELSE 0 END AS bonus,
                   sign(tiered)::BIGINT * ((abs(tiered) + 5000) // 10000) AS tiered,
                   sign(flat)::BIGINT * ((abs(flat) + 500) // 1000) AS flat
            FROM exact)
        SELECT tiered - coalesce(lag(tiered) OVER w, 0) AS tiered, flat - coalesce(lag(flat) OVER w, 0) AS flat,
               (bonus - coalesce(lag(bonus) OVER (PARTITION BY rep_id, in_which
                                                  ORDER BY booked_on, deal_id), 0))::BIGINT AS bonus
        FROM totals WINDOW w AS (PARTITION BY rep_id ORDER BY booked_on, deal_id)
        ORDER BY rep_id, booked_on, deal_id""").fetchnumpy()
    return np.asarray(found["tiered"]), np.asarray(found["flat"]), np.asarray(found["bonus"])
