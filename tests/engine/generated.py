"""Hypothesis strategies: whole plans as YAML text, and whole companies as plain rows."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from engine.dates import add_months, day
from engine.frames import Facts

TYPES, PRODUCTS, CURRENCIES = ("new", "renewal", "expansion"), ("A", "B", "C"), ("USD", "JPY", "KWD")
STARTS = (date(2026, 1, 1), date(2026, 2, 1), date(2025, 7, 15), date(2024, 8, 31))

percents = st.one_of(
    st.integers(0, 40).map(lambda whole: f"{whole}%"),
    st.integers(0, 400_000).map(lambda ppm: f"{ppm // 10_000}.{ppm % 10_000:04d}%"),
    st.integers(0, 10_000).map(lambda parts: f"0.{parts:07d}"),
)


@st.composite
def filters(draw: st.DrawFn) -> str:
    parts = []
    if draw(st.booleans()):
        parts.append(
            f"type: [{', '.join(draw(st.lists(st.sampled_from(TYPES), min_size=1, max_size=2, unique=True)))}]"
        )
    if draw(st.booleans()):
        parts.append(f"product: {draw(st.sampled_from(PRODUCTS))}")
    return "{" + ", ".join(parts) + "}"


@st.composite
def rate_rules(draw: st.DrawFn) -> str:
    """Rates of which no two are equally specific: by product, by product and type, by date, and the rest."""
    rules = [f"{{rate: {draw(percents)}}}"] if draw(st.integers(0, 5)) else []
    rules += [
        f"{{product: {name}, rate: {draw(percents)}}}" for name in PRODUCTS[: draw(st.integers(0 if rules else 1, 3))]
    ]
    if draw(st.booleans()):
        rules.append(f"{{product: A, type: new, rate: {draw(percents)}}}")
    if draw(st.booleans()):
        rules.append(f"{{product: [B, C], type: new, booked: 2026-03-01 .. 2026-09-10, rate: {draw(percents)}}}")
    return "[" + ", ".join(draw(st.permutations(rules))) + "]"


@st.composite
def tables(draw: st.DrawFn, by: str, rising: bool) -> str:
    count = draw(st.integers(0, 3))
    if by == "attainment":
        marks = sorted(draw(st.lists(st.integers(1, 250_000), min_size=count, max_size=count, unique=True)))
        starts = [f"{mark // 1_000}.{mark % 1_000:03d}%" for mark in marks]
    else:
        marks = sorted(draw(st.lists(st.integers(1, 90_000), min_size=count, max_size=count, unique=True)))
        starts = [str(mark) for mark in marks]
    rates = [draw(st.integers(0, 3_000)) for _ in range(count + 1)]
    rates = sorted(rates) if rising else rates
    written = [f"rate: {rate // 100}.{rate % 100:02d}%" for rate in rates]
    if not rising and draw(st.integers(0, 3)) == 0:
        written = [f"rates: {draw(rate_rules())}" for _ in rates]
    tiers = [f"{{from: {start}, {rate}}}" for start, rate in zip(["0", *starts], written, strict=True)]
    return "[" + ", ".join(tiers) + "]"


@st.composite
def components(draw: st.DrawFn, number: int, rising: bool = False) -> str:
    lines = [f"  - name: component {number}"]
    if not rising and draw(st.booleans()):
        lines.append(f"    measure: {{sum: amount, where: {draw(filters())}}}")
    kind = "table" if rising else draw(st.sampled_from(("rate", "rates", "table", "table", "table")))
    if kind == "rate":
        lines.append(f"    rate: {draw(percents)}")
    elif kind == "rates":
        lines.append(f"    rates: {draw(rate_rules())}")
    else:
        by = draw(st.sampled_from(("attainment", "amount")))
        behaviour = draw(st.sampled_from(("marginal", "whole_amount")))
        table = draw(tables(by, rising))
        lines.append(f"    table: {{by: {by}, behaviour: {behaviour}, tiers: {table}}}")
    windows = ["month", "quarter", "quota_period", "year_to_date"]
    if kind != "table" or by == "amount":
        windows.append("transaction")
    lines += ["    quota: bookings", f"    accumulate: {draw(st.sampled_from(windows))}"]
    if not rising:
        limits = draw(st.sampled_from(("", "per_deal: 700", "per_period: 900", "per_deal: 2_000, per_period: 1_500")))
        lines += [f"    cap: {{{limits}}}"] if limits else []
    return "\n".join(lines)


@st.composite
def plan_texts(draw: st.DrawFn, rising: bool = False, currency: str | None = None) -> str:
    """A plan that the loader accepts. `rising`: rates never fall, nothing is filtered or capped."""
    start = draw(st.sampled_from(STARTS))
    money = currency or draw(st.sampled_from(CURRENCIES))
    places = draw(st.sampled_from(("", "places: 0")))
    mode = draw(st.sampled_from(("half_up", "half_even", "down")))
    crediting = draw(
        st.sampled_from(
            (
                "",
                "crediting: [{rule: owner, when: {stage: won}}]",
                "crediting: [{rule: splits}, {rule: owner, when: {type: [new, renewal]}}]",
                "crediting: [{rule: team, to: splits}]",
            )
        )
    )
    parts = [draw(components(number, rising)) for number in range(draw(st.integers(1, 3)))]
    return "\n".join(
        [
            "plan: generated",
            "version: 1",
            f"effective: {start} .. {add_months(start, draw(st.sampled_from((12, 18))))}",
            f"currency: {money}",
            f"pays: {draw(st.sampled_from(('monthly', 'quarterly')))}",
            f"rounding: {{mode: {mode}{', ' + places if places else ''}}}",
            "" if rising else crediting,
            "components:",
            *parts,
        ]
    )


@st.composite
def companies(draw: st.DrawFn, plan, clean: bool = False) -> dict[str, list[dict]]:
    """Rows for up to four reps under `plan`. Unless `clean`, owners are unknown, splits wrong, quotas missing."""
    first, last = day(plan.effective.start_on), day(plan.effective.end_on)
    reps = list(range(1, draw(st.integers(1, 4)) + 1))
    deals, splits = [], []
    for number in range(1, draw(st.integers(0, 24)) + 1):
        deals.append(
            {
                "deal_id": number * 7,
                "owner_id": draw(st.sampled_from(reps if clean else [0, *reps, *reps, *reps])),
                "amount_cents": draw(st.integers(-400_000, 900_000)),
                "currency": plan.currency if clean else draw(st.sampled_from((plan.currency, plan.currency, "EUR"))),
                "booked_on": draw(st.integers(first, last - 1) if clean else st.integers(first - 20, last + 20)),
                "deal_type": draw(st.sampled_from(TYPES)),
                "product": draw(st.sampled_from(PRODUCTS)),
                "stage": "won" if clean else draw(st.sampled_from(("won", "won", "won", "open", "lost"))),
            }
        )
        if draw(st.integers(0, 3)) == 0:
            splits += draw(shares(number * 7, reps, clean))
    quotas = []
    for rep in reps:
        quotas += draw(quota_rows(plan, rep, clean))
    span = {"start_on": first, "end_on": last}
    assignments = [{"rep_id": rep, "plan": plan.name} | (span if clean else draw(spans(first, last))) for rep in reps]
    rates = draw(exchange_rates(plan, first))
    return {"deals": deals, "splits": splits, "quotas": quotas, "assignments": assignments, "rates": rates}


@st.composite
def exchange_rates(draw: st.DrawFn, plan, first: int) -> list[dict]:
    """Rates of which some overlap, some of those with the same rate, spelled in another way."""
    pair = {"from_currency": "EUR", "to_currency": plan.currency}
    usual, found = draw(st.integers(1, 30_000)), []
    for _ in range(draw(st.integers(1, 4))):
        start = first + draw(st.sampled_from((0, 0, 30, 100, 250)))
        span = {"start_on": start, "end_on": start + draw(st.sampled_from((1, 31, 150, 250)))}
        num = draw(st.sampled_from((usual, usual, usual + 1)))
        times = draw(st.sampled_from((1, 3)))
        found.append(pair | span | {"rate_num": num * times, "rate_den": 10_000 * times})
    return found


@st.composite
def shares(draw: st.DrawFn, deal_id: int, reps: list[int], clean: bool) -> list[dict]:
    people = draw(st.lists(st.sampled_from(reps), min_size=1, max_size=len(reps), unique=True))
    cuts = sorted(
        draw(st.lists(st.integers(1, 999), min_size=len(people) - 1, max_size=len(people) - 1, unique=True))
    )
    edges = [0, *(cut * 1_000_003 for cut in cuts), 1_000_000_000]
    found = [
        {"deal_id": deal_id, "rep_id": rep, "share_ppb": high - low}
        for rep, low, high in zip(people, edges, edges[1:], strict=False)
    ]
    if not clean and draw(st.integers(0, 5)) == 0:
        found[0]["share_ppb"] += draw(st.sampled_from((-2_000_000_000, 1, 5)))
    return found


@st.composite
def quota_rows(draw: st.DrawFn, plan, rep: int, clean: bool) -> list[dict]:
    step = draw(st.sampled_from((1, 3, 12)))
    found = []
    for number in range(18 // step):
        start, end = (add_months(plan.effective.start_on, (number + more) * step) for more in (0, 1))
        amount = draw(st.integers(1, 60_000)) * 10 if clean else draw(st.sampled_from((0, 33_333, 100_000, 250_001)))
        if clean or draw(st.integers(0, 5)):
            row = {"rep_id": rep, "name": "bookings", "start_on": day(start), "end_on": day(end)}
            found.append(row | {"amount_cents": amount, "currency": plan.currency})
    return found


@st.composite
def spans(draw: st.DrawFn, first: int, last: int) -> dict[str, int]:
    start = draw(st.integers(first - 30, last))
    return draw(
        st.sampled_from(
            (
                {"start_on": first - 400, "end_on": last + 400},
                {"start_on": start, "end_on": start + 120},
                {"start_on": start, "end_on": last},
            )
        )
    )


def facts_of(rows: dict[str, list[dict]]) -> Facts:
    """The rows as the engine's frames."""
    return Facts.of(**rows)
