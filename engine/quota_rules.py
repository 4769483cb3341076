"""How quotas are made from those in the data: parts, seasons, proration, ramps, growth, rounding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.quotas import quota_rows

if TYPE_CHECKING:
    from engine.exchange import Exchange
    from engine.frames import Facts
    from engine.order import Ints
    from engine.plans.schema import Plan
    from engine.quotas import QuotaRows


def quotas_of(facts: Facts, name: str, rep_ids: Ints, plan: Plan, exchange: Exchange) -> QuotaRows:
    """The rows of the quota called `name` as the plan makes them, for the reps in `rep_ids`."""
    return quota_rows(facts.quotas, name, rep_ids, plan, exchange)
