"""Every rule there is: what `rules.yaml` says of it, with what finds who is due.

N1 and N11 are written where deals are won and figures change; N13 to N16 by SPIFs. N17 has nothing to read yet, as
disputes do not exist: it finds nothing. All of them share the attention budget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.nudges import deals, owed, quotas, team
from engine.nudges.rule import Rule
from engine.nudges.table import table

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from engine.nudges.rule import Due, Readings

_FINDS: Mapping[str, Callable[[Readings], Iterable[Due]]] = {
    "near_tier": quotas.near_tier,
    "tier_crossed": quotas.tier_crossed,
    "goal_reached": quotas.quota_reached,
    "behind_pace": quotas.behind_pace,
    "team_at_risk": team.team_at_risk,
    "stalled_deals": deals.stalled_deals,
    "missing_field": owed.missing_field,
    "waiting_for_payment": deals.waiting_for_payment,
    "statement_ready": owed.statement_ready,
    "plan_changed": owed.plan_changed,
    "approval_waiting": owed.approval_waiting,
    "clawback_exposure": deals.clawback_exposure,
    "my_week": deals.my_week,
    "personal_best": team.personal_best,
}
RULES: Mapping[str, Rule] = {kind: Rule(kind, said, _FINDS[kind]) for kind, said in table().rules.items()}


def due(read: Readings, kinds: Collection[str] | None = None) -> Iterator[Due]:
    """What is due to everybody whom the readings know, rule by rule; of some kinds only where they are named."""
    employed = {person.rep_id for person in read.people if person.is_employed(read.as_of)}
    for rule in RULES.values():
        if rule.kind not in read.limits.off and (kinds is None or rule.kind in kinds):
            yield from _known(rule.find(read), employed)


def _known(found: Iterable[Due], employed: set[int]) -> Iterator[Due]:
    """Only those of people who are with the company."""
    return (each for each in found if each.rep_id in employed)
