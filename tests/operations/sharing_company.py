"""A company whose plans pay people because of others, its facts as rows, and any edit of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from operations import pay_periods, plans
from operations.context import Context
from store import people
from tests.operations.conftest import DEAL, NOW, PERSON, apply

if TYPE_CHECKING:
    from engine.people import Person
    from engine.period_states import Move
    from store.database import Database

START, TODAY = date(2026, 1, 1), date(2026, 5, 20)
YEAR = {"start_on": START, "end_on": date(2027, 1, 1)}
SELLERS, LEADERS = ("ann", "bob", "cat", "dan", "eve"), ("lea", "max")
EVERYBODY = (*SELLERS, *LEADERS, "zoe")
ROLES, TEAMS, PLANS = ("rep", "SE", "manager"), ("East", "West", ""), ("seller", "pot", "lead", "overlay")

SELLER = """\
plan: seller
version: 1
effective: 2026-01-01 .. 2027-01-01
currency: USD
components:
  - name: New business
    quota: bookings
    accumulate: year_to_date
    table:
      by: attainment
      behaviour: marginal
      tiers: [{from: 0%, rate: 8%}, {from: 50%, rate: 12%}]
    release: [{share: 60%}, {share: 40%, on: event, event: go_live, unless: churn}]
    clawback: {on: churn, months: 6, falls: monthly}
  - name: Services
    measure: {where: {category: Services}}
    rate: 3%
    gates: [{component: New business, at_least: 30%, over: quarter}]
  - name: Contest
    measure: {achievement: contest}
    per_unit: 7
payment:
  draw: {amount: 900}
  negative: carry
"""
POT = """\
plan: pot
version: 1
effective: 2026-01-01 .. 2027-01-01
currency: USD
crediting:
  - {rule: by role, to: splits, by_role: [{role: rep, share: 70%}, {role: SE, share: 30%}]}
  - rule: owner
components:
  - name: Own
    rate: 5%
  - name: Team pot
    rate: 2%
    accumulate: month
    pool: {share: weight, weight: heads}
"""
LEAD = """\
plan: lead
version: 1
effective: 2026-01-01 .. 2027-01-01
currency: EUR
pays: quarterly
crediting:
  - rule: owner
  - {rule: below, to: managers, levels: 2, share: 50%}
components:
  - name: Roll-up
    measure: {credited_by: [below]}
    rate: 2%
    accumulate: quarter
  - name: Levels
    levels: [{level: rep, rate: 1%}, {level: manager, rate: 3%}]
  - name: Override
    measure: {team_commission: {levels: 1, plans: [seller, pot], components: [New business, Own, Team pot]}}
    rate: 10%
"""
OVERLAY = """\
plan: overlay
version: 1
effective: 2026-01-01 .. 2027-01-01
currency: USD
crediting:
  - rule: owner
  - {rule: helped, to: role, role: SE, same: team, share: 40%}
  - {rule: area, to: territory, share: 10%}
components:
  - name: Everything
    rate: 1%
    accumulate: year_to_date
    cap: {per_period: 5_000}
"""
TEXTS = (SELLER, POT, LEAD, OVERLAY)


@dataclass(frozen=True)
class Edit:
    """One change of facts, or of a pay period with kind `lock`."""

    kind: str
    row: dict[str, Any]


def founded(db: Database) -> None:
    """The company as it begins."""
    apply(db, "person", *(_person(who, "lea" if who in SELLERS[:3] else "max") for who in SELLERS))
    apply(db, "person", *(_person(who, "zoe") | {"role": "manager"} for who in LEADERS), _person("zoe", ""))
    held = dict.fromkeys(SELLERS[:3], "seller") | {"dan": "pot", "eve": "pot", "lea": "lead", "max": "lead"}
    apply(db, "assignment", *(_row(person_external_id=who, plan=plan, **YEAR) for who, plan in held.items()))
    apply(db, "assignment", _row(person_external_id="zoe", plan="overlay", **YEAR))
    apply(db, "quota", *(_quota(who, 2_000_000) for who in SELLERS))
    heads = [_row(person_external_id=who, name="heads", amount_cents=1, currency="USD", **YEAR) for who in SELLERS]
    apply(db, "incentive", *heads)
    apply(db, "rate", _rate(9))
    deals = [_deal(number, SELLERS[number % 5], 300_000 + 7 * number, 20 * number) for number in range(7)]
    apply(db, "deal", *deals)
    for text in TEXTS:
        plans.publish(Context(db, TODAY, NOW), text, "plan.yaml")


def made(db: Database, edit: Edit, as_of: date) -> None:
    """The edit made."""
    if edit.kind != "lock":
        apply(db, edit.kind, *edit.row["rows"])
        return
    admin = replace(_known(db, "zoe"), role="admin")
    for mover, what in (("petra", "submit"), ("seun", "lock")):
        ctx = Context(db, as_of, NOW, replace(admin, email=f"{mover}@example.com"))
        waiting = [p for p in pay_periods.listed(ctx) if p.span.pays == "monthly" and p.state in ("open", "review")]
        if waiting and waiting[0].span.end_on <= as_of:
            step: Move = "submit" if what == "submit" else "lock"
            pay_periods.move(ctx, waiting[0].span, step)


def _known(db: Database, who: str) -> Person:
    with db.read() as conn:
        found = people.by_email(conn, f"{who}@example.com")
    assert found is not None
    return found


def _row(**said: Any) -> dict[str, Any]:
    return {"source": "crm"} | said


def _person(who: str, manager: str) -> dict[str, Any]:
    named = {"external_id": who, "name": who.title(), "email": f"{who}@example.com", "role": "rep"}
    return PERSON | named | {"manager_external_id": manager}


def _quota(who: str, amount_cents: int) -> dict[str, Any]:
    return _row(person_external_id=who, name="bookings", amount_cents=amount_cents, currency="USD", **YEAR)


def _rate(num: int) -> dict[str, Any]:
    return _row(from_currency="USD", to_currency="EUR", rate_num=num, rate_den=10, **YEAR)


def _deal(number: int, owner: str, amount_cents: int, day: int, **said: Any) -> dict[str, Any]:
    known = {"external_id": f"d{number}", "name": f"Deal {number}", "owner_external_id": owner}
    return DEAL | known | {"amount_cents": amount_cents, "booked_on": START + timedelta(days=day)} | said


DAYS = st.integers(0, 150)
DATES = DAYS.map(lambda days: START + timedelta(days=days))
WHO, SELLER_NAMES, DEALS = st.sampled_from(EVERYBODY), st.sampled_from(SELLERS), st.integers(0, 9)


@st.composite
def spans(draw: st.DrawFn) -> dict[str, date]:
    start = draw(st.sampled_from((START, START, date(2026, 2, 10), date(2026, 4, 1))))
    return {"start_on": start, "end_on": draw(st.sampled_from((date(2026, 5, 1), date(2027, 1, 1))))}


@st.composite
def edits(draw: st.DrawFn) -> Edit:
    """Any one edit; the commonest are deals and shares."""
    kind = draw(st.sampled_from(("deal", "deal", "deal", "split", *_DRAWN)))
    rows = draw(_DRAWN[kind])
    return Edit(kind, {"rows": rows if isinstance(rows, list) else [rows]})


@st.composite
def _deals(draw: st.DrawFn) -> dict[str, Any]:
    amount, stage = draw(st.integers(-20_000, 900_000)), draw(st.sampled_from(("won", "won", "won", "open")))
    deleted = draw(st.integers(0, 6)) == 0
    return _deal(draw(DEALS), draw(WHO), amount, draw(DAYS), stage=stage, deleted=deleted)


@st.composite
def _splits(draw: st.DrawFn) -> list[dict[str, Any]]:
    who = draw(st.lists(SELLER_NAMES, min_size=1, max_size=3, unique=True))
    cuts = sorted(draw(st.lists(st.integers(1, 999), min_size=len(who) - 1, max_size=len(who) - 1, unique=True)))
    edges = [0, *(cut * 1_000_003 for cut in cuts), 1_000_000_000]
    wrong = draw(st.sampled_from((0, 0, 0, 5)))
    deal = f"d{draw(DEALS)}"
    return [
        _row(deal_external_id=deal, person_external_id=one, share_ppb=high - low + wrong)
        for one, low, high in zip(who, edges, edges[1:], strict=False)
    ]


def _of(**drawn: st.SearchStrategy[Any] | str | int) -> st.SearchStrategy[dict[str, Any]]:
    given = {name: value if isinstance(value, st.SearchStrategy) else st.just(value) for name, value in drawn.items()}
    return st.fixed_dictionaries(given).map(lambda said: _row(**said.pop("span", {}), **said))


_CENTS = st.integers(-50_000, 50_000)
_DRAWN: dict[str, st.SearchStrategy[Any]] = {
    "deal": _deals(),
    "split": _splits(),
    "quota": st.builds(_quota, WHO, st.sampled_from((500_000, 1_234_567, 4_000_000))),
    "assignment": _of(person_external_id=WHO, plan=st.sampled_from(PLANS), span=spans()),
    "person": st.builds(_person, SELLER_NAMES, st.sampled_from(("", *LEADERS, "zoe"))),
    "placement": _of(
        person_external_id=WHO,
        manager_external_id=st.sampled_from((*LEADERS, "zoe", "")),
        team=st.sampled_from(TEAMS),
        territory=st.sampled_from(("", "North", "South")),
        span=spans(),
    ),
    "position": _of(person_external_id=WHO, role=st.sampled_from(ROLES), title="", span=spans()),
    "tag": _of(
        deal_external_id=DEALS.map(lambda number: f"d{number}"),
        name=st.sampled_from(("category", "territory")),
        value=st.sampled_from(("Services", "Tools", "North")),
    ),
    "event": _of(
        deal_external_id=DEALS.map(lambda number: f"d{number}"),
        name=st.sampled_from(("go_live", "churn")),
        on_day=DATES,
        record="",
        amount_cents=0,
        currency="USD",
    ),
    "adjustment": _of(
        external_id=st.sampled_from(("a1", "a2")),
        person_external_id=WHO,
        on_day=DATES,
        kind=st.sampled_from(("adjustment", "prize")),
        plan="",
        deal_external_id="",
        amount_cents=_CENTS,
        currency="USD",
        reason="",
        approved_by="",
    ),
    "achievement": _of(
        person_external_id=st.sampled_from(("", "ann", "dan")),
        name="contest",
        on_day=DATES,
        record="",
        value=st.integers(0, 9).map(lambda whole: whole * 1_000_000),
        unit="number",
    ),
    "incentive": _of(
        person_external_id=SELLER_NAMES,
        name="heads",
        amount_cents=st.integers(0, 4),
        currency="USD",
        span=st.just(dict(YEAR)),
    ),
    "balance": _of(
        person_external_id=SELLER_NAMES,
        plan="seller",
        name=st.sampled_from(("draw", "New business")),
        on_day=st.just(START),
        value=st.integers(0, 90_000),
    ),
    "rate": st.builds(_rate, st.integers(8, 11)),
    "lock": st.just([]),
}
