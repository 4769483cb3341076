"""The parts of a line in words: the step of the rate table, the credit in it, and what it pays and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.money import Money, Quantity, Rate
from messages import format as written
from messages.escape import clip

if TYPE_CHECKING:
    from engine.answers import LineExplanation, Slice
    from messages.reader import Reader

#: Parts that a table shows.
SHOWN = 30
_PPM = 1_000_000
_PERCENT_FIGURE = "_pct"
_NAME = 40


@dataclass(frozen=True, slots=True)
class SliceView:
    """The part of a line that one step of the rate table priced; `said` names it inside a sentence."""

    step: str
    credit: str
    rate: str
    amount: str
    said: str


def slices(explanation: LineExplanation, reader: Reader) -> tuple[SliceView, ...]:
    """Return the parts that are shown; a single one of them need not say of how much credit."""
    is_only = len(explanation.slices) == 1
    return tuple(_slice(each, reader, is_only=is_only) for each in explanation.slices[:SHOWN])


def rest(explanation: LineExplanation, reader: Reader) -> str:
    """Return the sum of the parts that are not shown, so that the table still adds up; empty where all are."""
    left = explanation.slices[SHOWN:]
    if not left:
        return ""
    return written.money(Money(sum(each.amount.minor for each in left), explanation.line.amount.currency), reader)


def earlier(explanation: LineExplanation) -> str:
    """Return what the amount for earlier credit is, in a table: a new rate for it, or what a step replaces."""
    if any(each.kind == "value" for each in explanation.slices):
        return "Less what the table had come to before"
    return "Earlier credit, now at the new rate"


def said_earlier(explanation: LineExplanation, reader: Reader) -> str:
    """Return the same inside a sentence; empty where nothing changes for earlier credit."""
    amount = explanation.rerated
    if not amount or not explanation.slices:
        return ""
    if any(each.kind == "value" for each in explanation.slices):
        return f"less {written.money(-amount, reader)} that it had come to before"
    return f"and {written.money(amount, reader)} for earlier credit now at the new rate"


def _slice(each: Slice, reader: Reader, *, is_only: bool) -> SliceView:
    credit, amount = written.money(each.basis, reader), written.money(each.amount, reader)
    paid = _paid(each, reader)
    shown = {
        "fixed": f"a fixed {amount}",
        "value": f"{amount} for the step “{_step(each, reader)}”",
        "jump": f"{amount} for {'falling below' if each.amount.minor < 0 else 'reaching'} {_start(each, reader)}",
    }.get(each.kind, f"at {paid}" if is_only else f"{credit} at {paid}")
    names = {"fixed": "fixed", "value": "in all", "jump": "once"}
    return SliceView(
        step="for the deal" if each.kind == "fixed" else _step(each, reader),
        credit=credit if each.kind == "rate" else "",
        rate=names.get(each.kind, paid),
        amount=amount,
        said=shown,
    )


def _paid(each: Slice, reader: Reader) -> str:
    """Return the rate: "8%" of money, "$50.00 each" of what is counted in numbers."""
    if isinstance(each.basis, Quantity):
        return f"{written.price(each.rate, each.amount.currency, reader)} each"
    return written.rate(each.rate, reader)


def _step(each: Slice, reader: Reader) -> str:
    """Return a step's bounds in words: "80% to 100% of quota", "above $50,000.00", "margin 25% to 40%"."""
    lead, tail = _axis(each)
    low = _bound(each, each.from_bound, reader)
    high = _bound(each, each.to_bound, reader) if each.to_bound is not None else ""
    if high:
        return f"{lead}{low} to {high}{tail}" if each.from_bound > 0 else f"{lead}up to {high}{tail}"
    if each.from_bound > 0:
        return f"{lead}{'from' if each.axis == 'deal' else 'above'} {low}{tail}"
    return f"any {lead.strip()}" if each.axis == "deal" else "all credit"


def _start(each: Slice, reader: Reader) -> str:
    """Return where a step begins: "100% of quota"."""
    return f"{_bound(each, each.from_bound, reader)}{_axis(each)[1]}"


def _axis(each: Slice) -> tuple[str, str]:
    """Return the words before and after a bound that say what is measured."""
    of = clip(each.of, _NAME)
    if each.axis == "deal":
        figure = of.removesuffix(_PERCENT_FIGURE) or "the deal's figure"
        return f"{figure.replace('_', ' ')} ", ""
    if each.axis == "attainment":
        return "", f" of the quota of {of}" if of else " of quota"
    return "", f" of {of}" if of else ""


def _bound(each: Slice, value: int, reader: Reader) -> str:
    """Return a bound as an amount, a number or a share of quota."""
    if each.axis == "attainment":
        return written.percent(value, reader)
    if each.axis_unit == "number":
        if each.axis == "deal" and each.of.endswith(_PERCENT_FIGURE):
            return written.rate(Rate(value, _PPM), reader)
        return written.money(Quantity(value), reader)
    return written.money(Money(value, each.amount.currency), reader)
