"""The payroll export of a locked period: CSV that ties to its locked lines to the cent."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.dates import on_day
from engine.money import Money
from operations.errors import PeriodNotLocked
from operations.pay_periods import locked_lines
from store import frames, people, periods

if TYPE_CHECKING:
    from engine.answers import DealName
    from engine.people import Person
    from operations.context import Context
    from store.periods import Span

Row = dict[Any, Any]

COLUMNS = (
    "period_start", "period_end", "rep", "email", "source_id", "plan", "component", "kind", "deal_id", "deal",
    "counts_on", "concerns_period_from", "credit_minor", "amount", "currency",
)  # fmt: skip
TOTAL = "total"
#: What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Export:
    """A CSV file and what it comes to: its lines, people, and the sum per currency."""

    text: str
    sha256: str
    lines: int
    reps: int
    totals: tuple[Money, ...]


def export(ctx: Context, span: Span) -> Export:
    """The locked lines of a period by rep, each rep followed by a row `total` for each currency.

    Text that a spreadsheet would run as a formula is written with an apostrophe before it.

    Raises:
        PeriodNotLocked: The period is not locked, so its figures may still change.
    """
    with ctx.db.read() as conn:
        held = periods.history(conn, span)
        if not held or held[-1].state not in ("locked", "paid"):
            raise PeriodNotLocked
    lines = locked_lines(ctx, span)
    with ctx.db.read() as conn:
        names = frames.names(conn, lines["deal_id"].tolist())
        staff = {one.rep_id: one for one in people.all(conn)}
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    totals: dict[str, int] = {}
    own: dict[tuple[int, str], int] = {}
    rows = sorted(lines.to_dict("records"), key=_place)
    for at, row in enumerate(rows):
        rep, currency = int(row["rep_id"]), str(row["currency"])
        writer.writerow(_row(span, row, staff.get(rep), names))
        own[rep, currency] = own.get((rep, currency), 0) + int(row["amount_cents"])
        totals[currency] = totals.get(currency, 0) + int(row["amount_cents"])
        if at + 1 == len(rows) or rows[at + 1]["rep_id"] != rep:
            _total(writer, span, (rep, staff.get(rep)), own)
    text = file.getvalue()
    money = tuple(Money(amount, currency) for currency, amount in sorted(totals.items()))
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Export(text, digest, len(rows), len({row["rep_id"] for row in rows}), money)


def _place(row: Row) -> tuple[Any, ...]:
    return tuple(
        row[name] for name in ("rep_id", "currency", "plan", "component", "on", "deal_id", "kind", "line_no")
    )


def _row(span: Span, row: Row, person: Person | None, names: dict[int, DealName]) -> list[str]:
    deal = names.get(int(row["deal_id"]))
    return [
        span.start_on.isoformat(),
        span.end_on.isoformat(),
        *_person(int(row["rep_id"]), person),
        *(_plain(str(row[name])) for name in ("plan", "component", "kind")),
        _plain(deal.external_id) if deal else "",
        _plain(deal.name) if deal else "",
        on_day(int(row["on"])).isoformat(),
        on_day(int(row["for_on"])).isoformat(),
        str(row["basis_cents"]),
        Money(int(row["amount_cents"]), str(row["currency"])).text,
        str(row["currency"]),
    ]


def _total(writer: Any, span: Span, who: tuple[int, Person | None], own: dict[tuple[int, str], int]) -> None:
    rep, person = who
    for (whose, currency), amount in sorted(own.items()):
        if whose == rep:
            blank = ["", ""]
            row = [span.start_on.isoformat(), span.end_on.isoformat(), *_person(rep, person), *blank, TOTAL]
            writer.writerow([*row, *[""] * 5, Money(amount, currency).text, currency])


def _person(rep: int, person: Person | None) -> list[str]:
    if person is None:
        return [f"rep {rep}", "", ""]
    return [_plain(person.name), _plain(person.email), _plain(person.external_id)]


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
