"""What a rep is paid by a day: the sure sum first, then what is expected, by line, and what could be lost again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.money import Money
from messages import format as written
from messages.escape import clip
from messages.outlook import Rests, deal_name, other, small_print

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.paycheck import PaycheckAnswer, PaycheckPart
    from messages.basis import BasisView
    from messages.reader import Reader

SURE_SHOWN, EXPECTED_SHOWN, EXPOSED_SHOWN, PERIODS_SHOWN = 8, 12, 3, 3


@dataclass(frozen=True, slots=True)
class PartView:
    """One row: what brings it, when, and how much; a sum has no day."""

    what: str
    when: str
    amount: str


@dataclass(frozen=True, slots=True)
class PaycheckView:
    """The whole answer. `hopes` says that anything is expected, `none_by` by which day nothing is paid."""

    other: str
    none_by: str
    due: str
    certain: str
    hopes: bool
    expected: str
    together: str
    rows: tuple[PartView, ...]
    exposed: str
    exposed_parts: tuple[str, ...]
    basis: BasisView

    @property
    def receipt_ids(self) -> tuple[str, ...]:
        """The receipt of the answer."""
        return self.basis.receipts


def view(answer: PaycheckAnswer, reader: Reader) -> PaycheckView:
    """Return the answer ready to be shown."""
    periods = tuple(each.period for each in answer.paydays)
    rests = Rests(answer.rep, answer.plan, answer.basis, answer.problems, periods)
    first = min(each.on for each in answer.paydays)
    return PaycheckView(
        other=other(answer.rep, reader),
        none_by=written.day(answer.by, reader) if first > answer.by else "",
        due=_due(answer, reader),
        certain=written.money(answer.certain_total, reader),
        hopes=bool(answer.expected),
        expected=written.money(answer.expected_total, reader),
        together=written.money(answer.certain_total + answer.expected_total, reader),
        rows=(
            *_rows(_named(answer, reader), SURE_SHOWN, reader),
            *_sum("By today's figures", answer.certain, answer.certain_total, reader),
            *_rows(answer.expected, EXPECTED_SHOWN, reader),
            *_sum("Expected", answer.expected, answer.expected_total, reader),
        ),
        exposed=written.money(answer.exposed_total, reader) if answer.exposed else "",
        exposed_parts=_exposed(answer.exposed, reader),
        basis=small_print(rests, answer.certain_total.currency, reader),
    )


def _due(answer: PaycheckAnswer, reader: Reader) -> str:
    """Return which pay is due when: "The pay of November 2026 is due on Dec 1, 2026"."""
    names = [written.period_name(each.period, reader) for each in answer.paydays]
    last = written.day(max(each.on for each in answer.paydays), reader)
    if len(names) == 1:
        return f"The pay of {names[0]} is due on {last}"
    if len(names) > PERIODS_SHOWN:
        shown = f"{written.number(len(names), reader)} pay periods from {names[0]} to {names[-1]}"
    else:
        shown = f"{', '.join(names[:-1])} and {names[-1]}"
    return f"The pay of {shown} is due by {last}"


def _named(answer: PaycheckAnswer, reader: Reader) -> tuple[PaycheckPart, ...]:
    """Return the sure parts, with pay periods called as the reader calls them."""
    names = {each.period.label: written.period_name(each.period, reader) for each in answer.paydays}
    return tuple(replace(part, what=names[part.what]) if part.kind == "earned" else part for part in answer.certain)


def _rows(parts: Sequence[PaycheckPart], shown: int, reader: Reader) -> tuple[PartView, ...]:
    """Return a row for each part; those beyond `shown` are one row, so that rows always sum."""
    found = [_row(part, reader) for part in parts[:shown]]
    rest = parts[shown:]
    if rest:
        amount = sum((part.amount for part in rest), Money(0, rest[0].amount.currency))
        found.append(PartView(f"+{written.number(len(rest), reader)} more", "", written.money(amount, reader)))
    return tuple(found)


def _row(part: PaycheckPart, reader: Reader) -> PartView:
    deal = clip(deal_name(part.deal), 60) if part.deal is not None else ""
    what = {
        "earned": f"Earned in {part.what} by today",
        "timed": " · ".join(each for each in (clip(part.what, 60), deal) if each),
        "awaited": f"Paid once the customer does, or at an event: {deal}",
        "deal": f"If it closes as planned: {deal}",
        "rerated": "Other deals, paid differently then",
        "exposed": deal,
    }[part.kind]
    return PartView(what, "" if part.kind == "earned" else written.day(part.on, reader), _money(part, reader))


def _sum(name: str, parts: Sequence[PaycheckPart], total: Money, reader: Reader) -> tuple[PartView, ...]:
    """Return the row that sums some parts; one part needs none."""
    return (PartView(name, "", written.money(total, reader)),) if len(parts) > 1 else ()


def _exposed(parts: Sequence[PaycheckPart], reader: Reader) -> tuple[str, ...]:
    """Return the largest exposed parts, each with the day from which it is safe."""
    largest = sorted(parts, key=lambda part: (-part.amount.minor, part.on))[:EXPOSED_SHOWN]
    said = [
        f"{clip(deal_name(part.deal), 60) if part.deal else part.what}: {_money(part, reader)} until "
        f"{written.day(part.on, reader)}"
        for part in largest
    ]
    hidden = len(parts) - len(largest)
    return (*said, f"+{written.number(hidden, reader)} more") if hidden else tuple(said)


def _money(part: PaycheckPart, reader: Reader) -> str:
    return written.money(part.amount, reader)
