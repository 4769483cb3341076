"""What the four answers about what could be, what is not and what changed have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from messages import format as written
from messages.basis import BasisView, Ground, basis_view, beyond

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.answers import Basis, DealName, PlanRef, RepRef
    from engine.dates import Period
    from engine.money import Money
    from engine.outlook import DealEffect
    from engine.problems import Problem
    from messages.reader import Reader


@dataclass(frozen=True, slots=True)
class EffectView:
    """One open deal thought of as closed: when, for how much, and what it adds alone and as the last one."""

    deal: str
    closes_on: str
    amount: str
    alone: str
    last: str


@dataclass(frozen=True, slots=True)
class Rests:
    """What an answer rests on, from which its small print is made."""

    rep: RepRef
    plan: PlanRef | None
    basis: Basis
    problems: tuple[Problem, ...] = ()
    periods: tuple[Period, ...] = ()
    receipts: tuple[str, ...] = ()


def small_print(rests: Rests, currency: str, reader: Reader) -> BasisView:
    """Return the small print of an answer."""
    problems = beyond(rests.problems, has_plan=rests.plan is not None)
    is_own = reader.is_about(rests.rep.rep_id)
    ground = Ground(rests.periods, rests.plan, currency, problems, rests.receipts, is_own=is_own)
    return basis_view(rests.basis, ground, reader)


def other(rep: RepRef, reader: Reader) -> str:
    """Return the name of somebody else, empty where the reader asks about themselves."""
    return "" if reader.is_about(rep.rep_id) else rep.name


def currency_of(amounts: Iterable[Money]) -> str:
    """Return the currency of the first of some amounts; empty where there are none."""
    return next((each.currency for each in amounts), "")


def paid(amounts: Iterable[Money], reader: Reader) -> str:
    """Return what is paid in every currency: "$400.00 and 12,00 €"."""
    return " and ".join(written.money(each, reader) for each in amounts) or written.number(0, reader)


def signed(amount: Money, reader: Reader) -> str:
    """Return an amount with a plus where it is a gain."""
    return f"+{written.money(amount, reader)}" if amount.minor > 0 else written.money(amount, reader)


def deal_name(deal: DealName) -> str:
    """Return what people call a deal."""
    return deal.name or deal.external_id or f"deal {deal.deal_id}"


def kind_name(kind: str) -> str:
    """Return what a kind of line is called, with a capital."""
    return kind.replace("_", " ").capitalize()


def effect(each: DealEffect, reader: Reader) -> EffectView:
    """Return one deal's part of an answer."""
    return EffectView(
        deal_name(each.deal),
        written.day(each.on, reader),
        written.money(each.amount, reader),
        paid(each.alone, reader),
        paid(each.last, reader),
    )
