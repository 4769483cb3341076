"""Answers about what could be, what is not, and what changed: frozen, for operations to return and messages to word.

Amounts that are paid are tuples, one `Money` for each currency in which the rep is paid.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.answers import Basis

if TYPE_CHECKING:
    from datetime import date

    from engine.answers import DealName, PlanRef, RepRef
    from engine.bridge import Bridge
    from engine.dates import Period
    from engine.money import Money, Quantity
    from engine.problems import Problem
    from engine.whynot import ComponentTried, Condition

Paid = tuple["Money", ...]


@dataclass(frozen=True, slots=True)
class DealEffect:
    """One open deal, closed on a day for an amount: what it adds alone, and what it adds as the last of them all."""

    deal: DealName
    on: date
    amount: Money
    alone: Paid
    last: Paid


@dataclass(frozen=True, slots=True)
class QuotaMove:
    """How far one quota is without and with the deals; `reaches_tier` where that begins a tier, in ppm of quota."""

    name: str
    period: Period
    before_ppm: int
    after_ppm: int
    reaches_tier: int | None = None


@dataclass(frozen=True, slots=True)
class WhatIfAnswer:
    """What a rep would be paid if some open deals closed.

    `gain` is the joint effect of all the deals, which what each adds alone need not sum to. `rerated` is the part of
    it that is paid for other deals, or for none: because a tier is reached, a gate opens, or a draw is repaid.
    """

    rep: RepRef
    as_of: date
    deals: tuple[DealEffect, ...]
    before: Paid
    after: Paid
    gain: Paid
    rerated: Paid
    quotas: tuple[QuotaMove, ...]
    plan: PlanRef | None = None
    problems: tuple[Problem, ...] = ()
    basis: Basis = field(default_factory=Basis)


@dataclass(frozen=True, slots=True)
class GapRoute:
    """The fewest open deals for "quota" or the next "tier" (`reaches`), which begins at `from_ppm` of the quota.

    `deals` is empty where all open deals together do not reach it; then `short_by` is still missing. `is_least` says
    that no set of so few deals overshoots less.
    """

    reaches: str
    quota: str
    from_ppm: int
    missing: Money | Quantity
    deals: tuple[DealEffect, ...]
    credit: Money | Quantity
    short_by: Money | Quantity
    is_least: bool
    gain: Paid


@dataclass(frozen=True, slots=True)
class GapAnswer:
    """Which open deals close the gap to quota and to the next tier; no routes where nothing is missing."""

    rep: RepRef
    as_of: date
    routes: tuple[GapRoute, ...]
    open_deals: int
    plan: PlanRef | None = None
    problems: tuple[Problem, ...] = ()
    basis: Basis = field(default_factory=Basis)


@dataclass(frozen=True, slots=True)
class WhyNotAnswer:
    """A deal walked through every condition; `blocker` is the first that fails, None where none does."""

    rep: RepRef
    as_of: date
    deal: DealName
    conditions: tuple[Condition, ...]
    components: tuple[ComponentTried, ...]
    paid: Paid
    blocker: Condition | None
    plan: PlanRef | None = None
    problems: tuple[Problem, ...] = ()
    basis: Basis = field(default_factory=Basis)


@dataclass(frozen=True, slots=True)
class BridgeAnswer:
    """Why pay changed from one period to another; its steps sum to the difference. Each side has a receipt."""

    rep: RepRef
    before: Period
    after: Period
    bridge: Bridge
    before_receipt: str
    after_receipt: str
    plan: PlanRef | None = None
    basis: Basis = field(default_factory=Basis)
