"""Which open deals bring a rep to quota, and to the next tier: the fewest that do, with what each would pay."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine import gap as solver
from engine.answers import RepRef
from engine.money import Money, Quantity
from engine.outlook import GapAnswer, GapRoute
from engine.whatif import Closing
from operations import basis, receipted
from operations.open_deals import Pipeline, pipeline
from operations.what_if import effects

if TYPE_CHECKING:
    from engine.gap import Route
    from engine.people import Person
    from operations.context import Context


def gap(ctx: Context, subject: Person) -> GapAnswer:
    """The smallest sets of the rep's open deals that reach quota and the next tier, each closing when it is due."""
    with ctx.db.read() as conn:
        of = pipeline(conn, ctx, subject)
        answer = gap_of(of)
        rests_on = basis.of(conn, ctx, subject)
    receipt_id = receipted.issue(ctx, of.priced, receipted.About("gap"), answer)
    return replace(answer, basis=replace(rests_on, receipt_id=receipt_id))


def gap_of(of: Pipeline) -> GapAnswer:
    """The answer of a rep who is priced: pure, and so what a replay computes again."""
    closings = [Closing(deal_id, on) for deal_id, (on, _) in sorted(of.open.items())]
    closings = [each for each in closings if any(each.on in plan.effective for plan in of.priced.plans)]
    routes = solver.routes(of.question, closings)
    rep_id = of.priced.person.rep_id
    return GapAnswer(
        rep=RepRef(rep_id, of.priced.person.name),
        as_of=of.as_of,
        routes=tuple(_told(of, route, {each.deal_id: each for each in closings}) for route in routes),
        open_deals=len(closings),
        plan=of.priced.plan_ref,
        problems=tuple(one for one in of.priced.calculation.problems if one.rep_id in (None, rep_id)),
    )


def _told(of: Pipeline, route: Route, closings: dict[int, Closing]) -> GapRoute:
    chosen = [closings[deal_id] for deal_id in route.deals]
    return GapRoute(
        route.reaches,
        route.quota,
        route.from_ppm,
        route.missing,
        effects(of, chosen, route.effect) if route.effect is not None else (),
        _like(route.missing, route.credit),
        _like(route.missing, route.short_by),
        route.is_least,
        route.effect.gain if route.effect is not None else (),
    )


def _like(known: Money | Quantity, minor: int) -> Money | Quantity:
    """A number in the unit of another one."""
    return Money(minor, known.currency) if isinstance(known, Money) else Quantity(minor, known.unit)
