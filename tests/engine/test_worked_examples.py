"""Published, worked examples of sales pay that plans can already say: id, source, and what the publisher printed.

The `centify` cases are unit tests of github.com/felixele217/app-centify at 31ad1d91 (tests/Unit/Agent).

The rules are restated as a plan's component, the inputs as deals of 2026; nothing is adjusted to fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from engine.attainment import progress
from engine.commission import calculate
from engine.dates import day
from engine.frames import Facts
from engine.money import Money
from engine.plans.load import load
from engine.plans.schema import Plan
from engine.statements import explain

AS_OF = date(2026, 12, 31)
YEAR = {"start_on": day(date(2026, 1, 1)), "end_on": day(date(2027, 1, 1))}
Deal = tuple[str, str]  # amount and product, in the order in which they are booked


@dataclass(frozen=True)
class Example:
    """A published case: its component(s), its deals, and the printed amounts by line or in total."""

    id: str
    source: str
    components: str
    deals: tuple[Deal, ...]
    lines: tuple[str, ...] = ()
    total: str = ""
    quota: str = ""
    quarterly: bool = False


def tiers(
    *steps: tuple[str, str], window: str = "year_to_date", by: str = "amount", behaviour: str = "marginal"
) -> str:
    """One component with a table."""
    written = ", ".join(f"{{from: {start}, rate: {rate}%}}" for start, rate in steps)
    table = f"{{by: {by}, behaviour: {behaviour}, tiers: [{written}]}}"
    return f"[{{name: commission, quota: bookings, accumulate: {window}, table: {table}}}]"


def flat(rate: str, more: str = "") -> str:
    return f"[{{name: commission, rate: {rate}%{more}}}]"


def one(amount: str) -> tuple[Deal, ...]:
    return ((amount, "any"),)


STEP_RATES = tiers(("0", "1"), ("1000", "2"), ("3000", "3"), ("8000", "5"), window="transaction")
REGRESSIVE = tiers(("0", "4.5"), ("100_000", "2"), ("250_000", "1.2"), ("500_000", "0.2"))
PRODUCT_RATES = """
  - name: commission
    accumulate: month
    table:
      by: amount
      behaviour: marginal
      tiers:
        - {from: 0, rate: 0%}
        - from: 5_000
          rates:
            - {product: basic, rate: 4%}
            - {product: maintenance, rate: 6%}
            - {product: replacement, rate: 1.5%}
            - {product: consulting, rate: 8%}
  - name: bonus
    accumulate: month
    table: {by: amount, behaviour: marginal, tiers: [{from: 0, rate: 0%}, {from: 100_000, rate: 1.5%}]}
"""
ORACLE_STEPS = (
    "https://docs.oracle.com/en/cloud/saas/sales/facmi/examples-of-calculating-earnings-using-step-rates.html"
)
DIGITAL_HELP = "https://www.get-digital-help.com/how-to-do-tiered-calculations-in-one-formula/"
SE420 = "https://github.com/denizmak/SE420-Mini-Project-5, src/test/CalculatorTest.java"

EXAMPLES = (
    Example(
        "oracle-step-per-transaction",
        ORACLE_STEPS,
        STEP_RATES,
        tuple((amount, "any") for amount in ("200", "300", "1500", "1200", "2000", "4500")),
        lines=("2", "3", "20", "14", "30", "95"),
        total="164",
    ),
    Example(
        "salesforce-spiff-mamount",
        "https://trailhead.salesforce.com/content/learn/modules/salesforce-spiff-marginal-payout-rules/use-marginal-payout-rule-functions",
        tiers(("0", "4"), ("150_000", "6"), ("250_000", "8")),
        (("145000", "any"), ("20000", "any")),
        lines=("5800", "1100"),
    ),
    Example(
        "bonuspaycalc-blended-tiers",
        "https://bonuspaycalc.com/guides/commission-tiers-accelerators-caps.html",
        tiers(("0", "5"), ("100_000", "7"), ("250_000", "9")),
        one("180000"),
        total="10600",
    ),
    Example(
        "referello-progressive",
        "https://referello.com/tools/tiered-commission-calculator",
        tiers(("0", "10"), ("10_000", "20")),
        one("15000"),
        total="2000",
    ),
    Example(
        "satispilot-tiers",
        "https://satispilot.com/en/blog/sales-commission-calculation",
        tiers(("0", "3"), ("50_000", "5"), ("100_000", "8")),
        one("150000"),
        total="8000",
    ),
    Example(
        "earnbase-retroactive-vs-incremental: retroactive",
        "https://www.earnbase.no/glossary/retroactive-tier-jumping",
        tiers(("0", "50"), ("100_000", "60"), behaviour="whole_amount"),
        one("180000"),
        total="108000",
    ),
    Example(
        "earnbase-retroactive-vs-incremental: incremental",
        "https://www.earnbase.no/glossary/retroactive-tier-jumping",
        tiers(("0", "50"), ("100_000", "60")),
        one("180000"),
        total="98000",
    ),
    *(
        Example(f"get-digital-help-regressive-tiers: {amount}", DIGITAL_HELP, REGRESSIVE, one(amount), total=total)
        for amount, total in (("65000", "2925"), ("125000", "5000"), ("280000", "7860"), ("540000", "10580"))
    ),
    Example(
        "mathtutor-graduated",
        "https://mathtutor.com/software/business-math-lesson-overviews/lesson-0803.html",
        tiers(("0", "6"), ("3_000", "8"), ("8_000", "10")),
        one("9000"),
        total="680",
    ),
    Example(
        "qammunity-graduated-80000",
        "https://qammunity.org/7400068/?show=7400069",
        tiers(("0", "10"), ("5_000", "15"), ("10_000", "25"), ("50_000", "30")),
        one("80000"),
        total="20250",
    ),
    Example(
        "hf-salestool-tiers",
        "https://huggingface.co/salestool/TieredCommissionCalculator",
        tiers(("0", "5"), ("10_000", "7"), ("25_000", "10")),
        one("30000"),
        total="2050",
    ),
    Example(
        "excelforum-quarter-accelerators",
        "https://excelforum.com/excel-formulas-and-functions/861932-vlookup-for-multiple-results-without-duplicates-prev-thread.html",
        tiers(("0", "5"), ("100%", "6"), ("125%", "7"), by="attainment", window="quarter"),
        one("150000"),
        total="8250",
        quota="100000",
        quarterly=True,
    ),
    Example(
        "paycheckcalcs-quota-accelerator",
        "https://www.paycheckcalcs.com/commission-calculator",
        tiers(("0", "5"), ("100%", "7"), by="attainment", window="quota_period"),
        one("130000"),
        total="7100",
        quota="100000",
        quarterly=True,
    ),
    Example(
        "comish-blended-rate",
        "https://comish.online/blog/tiered-commission-structures",
        tiers(("0", "6"), ("100%", "8"), ("125%", "10"), ("150%", "12"), by="attainment", window="quarter"),
        one("500000"),
        total="33125",
        quota="375000",
        quarterly=True,
    ),
    Example(
        "mathcentral-deductible-tiers",
        "http://mathcentral.uregina.ca/QQ/database/QQ.09.18/h/herschel1.html",
        tiers(("0", "0"), ("15_000", "0.9"), ("25_000", "1.1")),
        one("28400"),
        total="127.40",
    ),
    Example(
        "github-py-erp-module: flat",
        "github, author's comments in a Python ERP module",
        flat("5"),
        one("10000"),
        total="500",
    ),
    Example(
        "github-py-erp-module: progressive",
        "github, author's comments in a Python ERP module",
        tiers(("0", "5"), ("50_000", "8")),
        one("70000"),
        total="4100",
    ),
    Example(
        "sparrowgenie-cap",
        "https://www.sparrowgenie.com/sales-commission-models/capped-commission",
        flat("3", ", cap: {per_period: 10_000}"),
        one("400000"),
        lines=("12000", "-2000"),
        total="10000",
    ),
    Example(
        "carvd-line-item",
        "https://getcarvd.com/features/commission-calculator",
        flat("8"),
        one("48000"),
        total="3840",
    ),
    Example(
        "prowi-renewal", "https://www.prowi.io/en/glossary/renewal-commission", flat("3"), one("45000"), total="1350"
    ),
    Example(
        "sparrowgenie-renewal",
        "https://www.sparrowgenie.com/sales-commission-models/renewal-commission",
        flat("4"),
        one("450000"),
        total="18000",
    ),
    *(
        Example(
            f"mathscore-straight: {amount}",
            "https://www.mathscore.com/math/practice/Commissions/",
            flat(rate),
            one(amount),
            total=total,
        )
        for amount, rate, total in (("23000", "15", "3450"), ("27000", "21", "5670"), ("37000", "17", "6290"))
    ),
    *(
        Example(f"se420-experienced-product-rates: {name}", SE420, PRODUCT_RATES, deals, total=total)
        for name, deals, total in (
            ("below", (("4000", "basic"), ("999", "maintenance")), "0"),
            ("at minimum", (("4000", "basic"), ("1000", "maintenance")), "0"),
            ("basic", (("5000", "basic"), ("1500", "basic")), "60"),
            ("replacement", (("5000", "basic"), ("1000", "replacement")), "15"),
            ("maintenance", (("5000", "basic"), ("10000", "maintenance")), "600"),
            ("consulting", (("5000", "basic"), ("10000", "consulting")), "800"),
            ("bonus basic", (("5000", "basic"), ("100000", "basic")), "4075"),
            ("bonus maintenance", (("5000", "basic"), ("100000", "maintenance")), "6075"),
            ("bonus replacement", (("5000", "basic"), ("200000", "replacement")), "4575"),
            (
                "bonus consulting",
                (("5000", "basic"), ("400000", "consulting"), ("50000", "consulting"), ("50000", "consulting")),
                "46075",
            ),
        )
    ),
)


def plan_of(components: str) -> Plan:
    head = "plan: published\nversion: 1\neffective: 2026-01-01 .. 2027-01-01\ncurrency: USD\ncomponents: "
    plan = load(head + components, "published.yaml")
    assert isinstance(plan, Plan), plan
    return plan


def company(
    deals: tuple[Deal, ...], shares: tuple[str, ...] = ("1",), quota: str = "", quarterly: bool = False
) -> Facts:
    """Deals booked on consecutive days of January, each shared between reps 1, 2, … in these shares."""
    rows, splits = [], []
    for number, (amount, product) in enumerate(deals, start=1):
        row = {"deal_id": number, "owner_id": 1, "amount_cents": Money.parse(amount, "USD").minor, "currency": "USD"}
        rows.append(
            row | {"booked_on": YEAR["start_on"] + number, "deal_type": "new", "product": product, "stage": "won"}
        )
        if len(shares) > 1:
            parts = enumerate(shares, start=1)
            splits += [
                {"deal_id": number, "rep_id": rep, "share_ppb": int(float(part) * 1_000_000_000)}
                for rep, part in parts
            ]
    reps = range(1, len(shares) + 1)
    span = YEAR | ({"end_on": day(date(2026, 4, 1))} if quarterly else {})
    amount = Money.parse(quota or "0", "USD").minor
    quotas = [{"rep_id": rep, "name": "bookings", "amount_cents": amount, "currency": "USD"} | span for rep in reps]
    assignments = [{"rep_id": rep, "plan": "published"} | YEAR for rep in reps]
    return Facts.of(deals=rows, splits=splits, quotas=quotas, assignments=assignments)


def dollars(text: str) -> int:
    return Money.parse(text, "USD").minor


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.id)
def test_a_published_example_pays_what_was_printed(example: Example) -> None:
    facts = company(example.deals, quota=example.quota, quarterly=example.quarterly)
    calc = calculate(facts, [plan_of(example.components)], AS_OF)
    assert calc.problems == ()
    if example.lines:
        assert calc.lines["amount_cents"].tolist() == [dollars(line) for line in example.lines]
    if example.total:
        assert calc.lines["amount_cents"].sum() == dollars(example.total)


# sources: sparrowgenie.com/sales-commission-models/split-commission, getcarvd.com/blog/commission-split,
# prowi.io/en/glossary/split-commission, qobra.co/blog/split-sales
SPLITS = (
    ("sparrowgenie-split: two people", "8", "100000", ("0.20", "0.80"), ("1600", "6400")),
    ("sparrowgenie-split: three people", "10", "250000", ("0.15", "0.25", "0.60"), ("3750", "6250", "15000")),
    ("carvd-split-70-30", "10", "80000", ("0.70", "0.30"), ("5600", "2400")),
    ("prowi-territory-split", "10", "100000", ("0.60", "0.40"), ("6000", "4000")),
)


@pytest.mark.parametrize(("example", "rate", "amount", "shares", "paid"), SPLITS, ids=lambda part: str(part)[:40])
def test_a_published_split_pays_each_person_what_was_printed(example, rate, amount, shares, paid) -> None:
    lines = calculate(company(one(amount), shares), [plan_of(flat(rate))], AS_OF).lines
    assert lines["amount_cents"].tolist() == [dollars(part) for part in paid], example


def test_prowi_sdr_ae_split() -> None:
    """prowi-sdr-ae-split: the SDR's 2 % applies to their 15 % of the credit, the AE's 10 % to the other 85 %."""
    facts = company(one("100000"), ("0.15", "0.85"))
    paid = [
        calculate(facts, [plan_of(flat(rate))], AS_OF, reps=[rep]).lines["amount_cents"].sum()
        for rep, rate in ((1, "2"), (2, "10"))
    ]
    assert paid == [dollars("300"), dollars("8500")]


def test_qobra_credit_split() -> None:
    """qobra-credit-split: a deal of 10 million shared 50/50 gives each 5 million of credit."""
    credits_ = calculate(company(one("10000000"), ("0.5", "0.5")), [plan_of(flat("1"))], AS_OF).credits
    assert credits_["amount_cents"].tolist() == [dollars("5000000")] * 2


@pytest.mark.parametrize(("months", "deals"), [(1, 1), (3, 3), (12, 12)])
def test_centify_per_deal_cap(months: int, deals: int) -> None:
    """centify-per-deal-cap: a deal counts at most 100,000, so deals of 200,000 on a target of 100,000 make 100 %."""
    facts = company((("200000", "any"),) * deals, quota=str(100_000 * months))
    calc = calculate(
        facts,
        [plan_of(tiers(("0", "1"), by="attainment").replace("quota:", "cap: {per_deal: 100_000}, quota:"))],
        AS_OF,
    )
    (only,) = progress(calc, facts, 1, AS_OF)
    assert only.attainment_ppm == 1_000_000


@pytest.mark.parametrize(
    ("partner", "owner_at", "partner_at"),
    [("0.20", 50, 20), ("0.40", 50, 40), ("0.60", 40, 50), ("0.80", 20, 50)],
)
def test_centify_split_then_cap(partner: str, owner_at: int, partner_at: int) -> None:
    """centify-split-then-cap: the cap of 5,000 applies to each person's share, after the split."""
    facts = company(one("10000"), (f"{1 - float(partner):.2f}", partner), quota="10000")
    plan = plan_of(tiers(("0", "1"), by="attainment").replace("quota:", "cap: {per_deal: 5_000}, quota:"))
    calc = calculate(facts, [plan], AS_OF)
    reached = [progress(calc, facts, rep, AS_OF)[0].attainment_ppm for rep in (1, 2)]
    assert reached == [owner_at * 10_000, partner_at * 10_000]


def test_centify_attainment_rounding() -> None:
    """centify-attainment-rounding: 3,333.33 of 10,000 is 33.33 %."""
    facts = company(one("3333.33"), quota="10000")
    calc = calculate(facts, [plan_of(tiers(("0", "1"), by="attainment"))], AS_OF)
    assert progress(calc, facts, 1, AS_OF)[0].attainment_ppm // 100 == 3_333


@pytest.mark.parametrize(
    ("amount", "parts"),
    [("15000", ("10000", "5000")), ("60000", ("10000", "40000", "10000"))],
    ids=("15000", "60000"),
)
def test_oracle_split_tier_amounts(amount: str, parts: tuple[str, ...]) -> None:
    """oracle-split-tier-amounts: how much of one transaction falls into each tier."""
    steps = (("0", "1"), ("10_000", "2"), ("50_000", "3"), ("100_000", "4"))
    plan = plan_of(tiers(*steps, window="transaction"))
    facts = company(one(amount))
    slices = explain(calculate(facts, [plan], AS_OF), facts, 1, 1, {}).slices
    assert [each.basis.minor for each in slices] == [dollars(part) for part in parts]
