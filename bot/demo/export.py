"""What the demo company's systems would write on a day: users, deals, splits, quotas, plan assignments and rates."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from bot.demo.company import Company
    from bot.demo.deals import Deal

WON, LOST = "Closed won", "Closed lost"
DEALS, SPLITS, QUOTAS = "deals.csv", "splits.csv", "quotas.csv"
#: What the mappings are called in a company's folder. Read in this order: who somebody is, the people's own system
#: says before the CRM does.
BESIDE_CRM = {"mapping.yaml": "company.yaml", "sales.yaml": "sales.yaml"}
DAY = timedelta(days=1)
OPEN_STAGES = ("Discovery", "Proposal", "Negotiation")

Row = tuple[object, ...]


def export(company: Company, as_of: date, folder: Path) -> tuple[Path, ...]:
    """The written files. The bytes depend on the company and the day only; deals closing later are still open."""
    return _written(company, as_of, folder, {"mapping.yaml": "mapping.yaml"})


def export_beside_crm(company: Company, as_of: date, folder: Path) -> tuple[Path, ...]:
    """The written files of everything that the CRM does not know: people, quotas, plans, rates, and two mappings."""
    return _written(company, as_of, folder, BESIDE_CRM, frozenset({DEALS, SPLITS}))


def _written(
    company: Company, as_of: date, folder: Path, mappings: Mapping[str, str], without: frozenset[str] = frozenset()
) -> tuple[Path, ...]:
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, header, rows in _files(company, as_of):
        if name in without:
            continue
        path = folder / name
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n", delimiter=";" if name == QUOTAS else ",")
        writer.writerow(header)
        writer.writerows(rows)
        path.write_text(text.getvalue(), encoding="utf-8", newline="")
        written.append(path)
    for name, kept in mappings.items():
        path = folder / name
        path.write_bytes(resources.files("bot.demo").joinpath(kept).read_bytes())
        written.append(path)
    return tuple(written)


def _files(company: Company, as_of: date) -> Iterator[tuple[str, tuple[str, ...], Iterable[Row]]]:
    known = [deal for deal in company.deals if deal.opened_on <= as_of]
    email = {person.external_id: person.email for person in company.people}
    yield (
        "people.csv",
        (
            "user_id", "name", "email", "role", "title", "currency", "time_zone", "locale", "team", "region",
            "manager_id", "hired", "left",
        ),
        (
            (
                p.external_id, p.name, p.email, p.role, p.title, p.currency, p.timezone, p.locale, p.team, p.region,
                p.manager, p.hired_on, p.left_on or "",
            )
            for p in company.people
        ),
    )  # fmt: skip
    yield (
        "placements.csv",
        ("user_id", "manager_id", "team", "territory", "from", "to"),
        ((p.person, p.manager, p.team, p.territory, p.start_on, p.end_on) for p in company.placements),
    )
    yield (
        DEALS,
        (
            "deal_id", "deal_name", "account", "owner_id", "amount", "currency", "stage", "close_date", "type",
            "product", "last_modified",
        ),
        (_deal_row(deal, as_of) for deal in known),
    )  # fmt: skip
    yield (
        SPLITS,
        ("deal_id", "user_id", "percent"),
        ((deal.external_id, person, percent) for deal in known for person, percent in deal.sharing),
    )
    yield from _of_finance(company, email)


def _of_finance(company: Company, email: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, ...], Iterable[Row]]]:
    """What finance keeps in spreadsheets, which name people by their address."""
    yield (
        QUOTAS,
        ("email", "quota", "from", "to", "amount", "currency"),
        (
            (
                email[q.person],
                q.name,
                _german(q.start_on),
                _german(q.end_on - DAY),
                _german_amount(q.amount_cents),
                q.currency,
            )
            for q in company.quotas
        ),
    )
    yield (
        "plan_assignments.csv",
        ("email", "plan", "from", "to"),
        ((email[a.person], a.plan, a.start_on, a.end_on) for a in company.assignments),
    )
    yield (
        "exchange_rates.csv",
        ("from_currency", "to_currency", "from", "to", "rate"),
        (
            (r.from_currency, r.to_currency, r.start_on, r.end_on, f"{r.ten_thousandths / 10_000:.4f}")
            for r in company.rates
        ),
    )


def _deal_row(deal: Deal, as_of: date) -> Row:
    stage, changed_on = stage_on(deal, as_of)
    amount = decimal(deal.amount_cents) if deal.amount is None else deal.amount
    close = deal.close_on.isoformat() if deal.close is None else deal.close
    return (
        deal.external_id, deal.name, deal.account, deal.owner, amount, deal.currency, stage, close, deal.deal_type,
        deal.product, f"{changed_on}T17:00:00Z",
    )  # fmt: skip


def stage_on(deal: Deal, as_of: date) -> tuple[str, date]:
    """The stage a deal is in on a day, and the day it got there."""
    if deal.close_on <= as_of:
        return (WON if deal.outcome == "won" else LOST), deal.close_on
    length = (deal.close_on - deal.opened_on) / len(OPEN_STAGES)
    place = min((as_of - deal.opened_on) // length, len(OPEN_STAGES) - 1) if length else 0
    return OPEN_STAGES[place], deal.opened_on + length * place


def decimal(cents: int) -> str:
    """Minor units of a two-place currency as the text a CRM exports: 1234567 is `12345.67`."""
    return f"{cents // 100}.{cents % 100:02d}"


def _german(day: date) -> str:
    """A date as the finance team's spreadsheet writes it: 31.12.2026."""
    return day.strftime("%d.%m.%Y")


def _german_amount(cents: int) -> str:
    """An amount as that spreadsheet writes it: 1.250.000,00."""
    return f"{cents // 100:,}".replace(",", ".") + f",{cents % 100:02d}"
