"""A small company whose figures are known by heart, written straight into the store.

Dana reports to Max, Max to Vera; Lena reports to nobody here. Dana has a quota of 100,000.00 for Q3 2026 and won
Acme (40,000.00 on 10 July) and Globex (20,000.00 on 3 August): 60,000.00 credit at 10 % earns 6,000.00, 40,000.00 is
left. Acme Renewal (5,000.00, 12 August) is of a type that no component pays.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from bot.sandbox.personas import Persona
from operations import plans
from operations.context import Context
from store import changes, facts

if TYPE_CHECKING:
    from store.database import Database

NOW = datetime(2026, 8, 15, 12, 0, tzinfo=UTC)
DANA, LENA, MAX, VERA, OLGA = "dana@x.com", "lena@x.com", "max@x.com", "vera@x.com", "olga@x.com"
NICK, PIA, GIL, OTTO, MIA, NORA = (
    "nick@x.com",
    "pia@x.com",
    "gil@x.com",
    "otto@x.com",
    "mia@partner.com",
    "nora@x.com",
)
PLAN = """\
plan: reps
version: 1
effective: 2026-01-01 .. 2027-01-01
currency: USD
pays: monthly
description: New business against a quarterly quota.
crediting:
  - rule: owner
    when: {stage: won}
components:
  - name: New business
    measure: {sum: amount, where: {type: [new]}}
    quota: bookings
    accumulate: quarter
    table:
      by: attainment
      behaviour: marginal
      tiers:
        - {from: 0%, rate: 10%}
        - {from: 100%, rate: 15%}
"""
PERSONAS = (
    Persona("Dana Reyes", DANA, "Account executive", "America/Chicago"),
    Persona("Lena Weiss", LENA, "Account executive", "Europe/Berlin", "de-DE"),
    Persona("Max Boss", MAX, "Sales manager"),
    Persona("Vera Vice", VERA, "VP Sales"),
    Persona("Olga Ops", OLGA, "Sales ops"),
    Persona("Nick Noquota", NICK, "Account executive"),
    Persona("Pia Noplan", PIA, "Account executive"),
    Persona("Gil Guest", GIL, "Contractor", kind="guest"),
    Persona("Otto Gone", OTTO, "Former rep", kind="deactivated"),
    Persona("Mia Partner", MIA, "Partner", kind="foreign"),
    Persona("Nora New", NORA, "Nobody in the CRM"),
)
_ROLES = {MAX: "manager", VERA: "manager", OLGA: "ops"}
_MANAGERS = {DANA: MAX, MAX: VERA, NICK: MAX, PIA: MAX, GIL: MAX, OTTO: MAX, MIA: MAX}
_START, _END = date(2026, 1, 1), date(2027, 1, 1)
DEALS = (
    ("d1", "Acme Expansion", "Acme", DANA, 4_000_000, "new", date(2026, 7, 10)),
    ("d2", "Globex <!channel> Platform", "Globex", DANA, 2_000_000, "new", date(2026, 8, 3)),
    ("d3", "Acme Renewal", "Acme", DANA, 500_000, "renewal", date(2026, 8, 12)),
    ("d4", "Initech North", "Initech", DANA, 700_000, "new", date(2026, 5, 4)),
    ("d5", "Initech South", "Initech", DANA, 300_000, "new", date(2026, 5, 5)),
    ("d6", "Umbrella", "Umbrella", LENA, 12_345_678, "new", date(2026, 7, 20)),
)


def seed(db: Database) -> None:
    """Write the company: people, quotas, assignments, deals and the plan."""
    people = [
        _row(external_id=p.email, email=p.email, name=p.name, role=_ROLES.get(p.email, "rep"), title=p.title,
             currency="USD", timezone=p.tz, locale=p.locale, team="", region="",
             manager_external_id=_MANAGERS.get(p.email, ""), hired_on=date(2020, 1, 1), left_on=None)
        for p in PERSONAS if p.email != NORA
    ]  # fmt: skip
    reps = [DANA, LENA, NICK, PIA, GIL, OTTO, MIA]
    quotas = [
        _row(person_external_id=rep, name="bookings", start_on=date(2026, m, 1), end_on=end, amount_cents=10_000_000,
             currency="USD")
        for rep in reps if rep != NICK
        for m, end in ((1, date(2026, 4, 1)), (4, date(2026, 7, 1)), (7, date(2026, 10, 1)), (10, _END))
    ]  # fmt: skip
    assignments = [
        _row(person_external_id=rep, plan="reps", start_on=_START, end_on=_END) for rep in reps if rep != PIA
    ]
    deals = [
        _row(external_id=key, name=name, account=account, owner_external_id=owner, amount_cents=cents, currency="USD",
             stage="won", stage_name="Closed Won", booked_on=on, deal_type=kind, product="", source_at=None,
             raw_ref="", deleted=False)
        for key, name, account, owner, cents, kind, on in DEALS
    ]  # fmt: skip
    with db.write() as conn:
        change_id = changes.begin(conn, "test", "seed", NOW)
        for kind, rows in (("person", people), ("quota", quotas), ("assignment", assignments), ("deal", deals)):
            facts.apply(conn, kind, pd.DataFrame(rows), change_id)
    plans.publish(Context(db, NOW.date(), NOW), PLAN, "reps.yaml")


def transfer(db: Database, email: str, to: str) -> None:
    """Move a person to another manager."""
    person = next(p for p in PERSONAS if p.email == email)
    row = _row(external_id=email, email=email, name=person.name, role="rep", title=person.title, currency="USD",
               timezone=person.tz, locale=person.locale, team="", region="", manager_external_id=to,
               hired_on=date(2020, 1, 1), left_on=None)  # fmt: skip
    with db.write() as conn:
        facts.apply(conn, "person", pd.DataFrame([row]), changes.begin(conn, "test", "transfer", NOW))


def _row(**values: Any) -> dict[str, Any]:
    return {"source": "crm", **values}
