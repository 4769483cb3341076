"""Which open deals reach quota and the next tier: for each, what is missing, the fewest deals, and what they pay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from messages import format as written
from messages.outlook import EffectView, Rests, currency_of, effect, other, paid, small_print

if TYPE_CHECKING:
    from engine.outlook import GapAnswer, GapRoute
    from messages.basis import BasisView
    from messages.reader import Reader

ROUTES_SHOWN, DEALS_SHOWN = 4, 8


@dataclass(frozen=True, slots=True)
class RouteView:
    """One way: `tier` is empty where quota itself is reached, `short_by` where the deals suffice."""

    quota: str
    tier: str
    missing: str
    short_by: str
    count: str
    credit: str
    gain: str
    is_least: bool
    deals: tuple[EffectView, ...]
    more: str


@dataclass(frozen=True, slots=True)
class GapView:
    """The whole answer; without routes nothing is missing."""

    other: str
    routes: tuple[RouteView, ...]
    open_deals: str
    basis: BasisView

    @property
    def receipt_ids(self) -> tuple[str, ...]:
        """The receipt of the answer."""
        return self.basis.receipts


def view(answer: GapAnswer, reader: Reader) -> GapView:
    """Return the gap answer ready to be shown."""
    rests = Rests(answer.rep, answer.plan, answer.basis, answer.problems)
    gains = [each for route in answer.routes for each in route.gain]
    return GapView(
        other=other(answer.rep, reader),
        routes=tuple(_route(each, reader) for each in answer.routes[:ROUTES_SHOWN]),
        open_deals=written.count(answer.open_deals, "open deal", reader),
        basis=small_print(rests, currency_of(gains), reader),
    )


def _route(each: GapRoute, reader: Reader) -> RouteView:
    hidden = len(each.deals) - DEALS_SHOWN
    return RouteView(
        quota=each.quota,
        tier="" if each.reaches == "quota" else written.percent(each.from_ppm, reader),
        missing=written.money(each.missing, reader),
        short_by="" if each.deals else written.money(each.short_by, reader),
        count=written.count(len(each.deals), "deal", reader),
        credit=written.money(each.credit, reader),
        gain=paid(each.gain, reader),
        is_least=each.is_least,
        deals=tuple(effect(one, reader) for one in each.deals[:DEALS_SHOWN]),
        more=f"+{hidden} more" if hidden > 0 else "",
    )
