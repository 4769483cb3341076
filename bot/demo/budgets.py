"""What the demo company means to pay: a budget for each quarter, held by whoever leads sales."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.demo.staff import Quota

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.demo.calendar import FiscalCalendar, Window
    from bot.demo.staff import Employee

#: Of what the quotas ask for, in thousandths.
OF_QUOTAS = 55
_THOUSAND = 1_000_00


def budgets(people: Iterable[Employee], quotas: Sequence[Quota], calendar: FiscalCalendar) -> tuple[Quota, ...]:
    """One a quarter of this fiscal year and the next, in whole thousands of dollars, currencies taken one for one."""
    head = next(person for person in people if person.role == "manager" and not person.manager)
    coming = [quarter for quarter in calendar.quarters() if quarter.start_on >= calendar.year.start_on]
    return tuple(
        Quota(
            head.external_id,
            "pay_budget",
            quarter.start_on,
            quarter.end_on,
            _asked(quotas, quarter) * OF_QUOTAS // 1_000 // _THOUSAND * _THOUSAND,
            head.currency,
        )
        for quarter in coming
    )


def _asked(quotas: Iterable[Quota], quarter: Window) -> int:
    """What the quotas ask for in a quarter, each by its days in it."""
    total = 0
    for quota in quotas:
        shared = (min(quota.end_on, quarter.end_on) - max(quota.start_on, quarter.start_on)).days
        if shared > 0:
            total += quota.amount_cents * shared // (quota.end_on - quota.start_on).days
    return total
