"""What is paid beside commission: base salary, and what the law or a contract adds to all pay of a period.

Salary is paid for each pay period, by days for somebody who is on the plan for part of it. The minimum wage is hourly
pay × hours a week × weeks, the weeks of a pay period being the days on the plan divided by 7: a February of 28 days
has four. Salary, commission after draws, and prizes all count towards it.

Operands: `salary` x the whole salary of a period, y the days on the plan. `top_up` basis all pay before it, x the
floor, y the days on the plan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.earnings import share_of

if TYPE_CHECKING:
    from engine.draws import Pay
    from engine.order import Ints


def salary(pay: Pay) -> None:
    """Adds the base salary."""
    terms = pay.periods.plan.payment
    if terms.salary is not None or terms.salary_by_rep:
        whole = pay.base(terms.salary, terms.salary_by_rep)
        pay.add("salary", pay.floor(whole), x=whole, y=pay.days)


def minimum_wage(pay: Pay, prizes: Ints) -> None:
    """Tops all pay of the period up to the minimum wage."""
    plan = pay.periods.plan
    wage = plan.payment.minimum_wage
    if wage is not None:
        weekly = np.full(len(pay.days), wage.hourly.minor * wage.hours, dtype=np.int64)
        floor = share_of(weekly, pay.days, 7, plan.rounding.mode)
        pay.amount = pay.amount + prizes
        pay.add("top_up", np.maximum(floor - pay.amount, 0), x=floor, y=pay.days)
