"""Every rule there is, as data: what sets it off, who gets it, how often, and when it is worth nothing any more.

N1 and N11 are written where deals are won and figures change; N13 to N16 by SPIFs. N17 has nothing to read yet, as
disputes do not exist: it finds nothing. All of them share the attention budget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.nudges import deals, owed, quotas, team
from engine.nudges.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from engine.nudges.rule import Due, Readings

_OF_ALL = (
    Rule(
        "near_tier", "N2", "A tenth of the quota or less, or one typical deal, is left to the quota or next tier",
        "the rep", "once for each tier", "with the period", quotas.near_tier,
    ),
    Rule(
        "tier_crossed", "N3", "Your credit reached a tier within the last seven days",
        "the rep", "once for each tier", "after seven days", quotas.tier_crossed,
    ),
    Rule(
        "goal_reached", "N4", "Two working days ago you had reached your quota, and a further tier lies ahead",
        "the rep", "once for each quota", "after seven days", quotas.quota_reached,
    ),
    Rule(
        "behind_pace", "N5", "In the middle of the period you are fifteen points or more behind its days",
        "the rep", "once a week", "with the week", quotas.behind_pace,
    ),
    Rule(
        "team_at_risk", "N6", "At the rate so far, reports of yours end below 75% of quota",
        "their manager", "Mondays", "after two days", team.team_at_risk,
    ),
    Rule(
        "stalled_deals", "N7", "Open deals of yours should have closed by now",
        "the owner", "once for each list of deals", "after two days", deals.stalled_deals,
    ),
    Rule(
        "missing_field", "N8", "Deals of yours cannot be counted as they are in the source",
        "the owner", "once, and again after three days", "when it is mended", owed.missing_field,
    ),
    Rule(
        "waiting_for_payment", "N9", "Parts of your commissions have waited for a payment or event for thirty days",
        "the rep", "once a week", "after five days", deals.waiting_for_payment,
    ),
    Rule(
        "statement_ready", "N10", "Your statement is up for review or locked",
        "the rep", "once, and again after two and four days until you confirm it", "when you confirm it",
        owed.statement_ready,
    ),
    Rule(
        "plan_changed", "N12", "A new version of your plan was published",
        "everybody on the plan", "once, and again after three and seven days until you acknowledge it",
        "when you acknowledge it", owed.plan_changed,
    ),
    Rule(
        "approval_waiting", "N18", "Something waits for a second person to approve it",
        "whoever may approve it", "once, and again after one and two days, then to all who may",
        "when it is approved or withdrawn", owed.approval_waiting,
    ),
    Rule(
        "clawback_exposure", "N19", "Clawback windows of your commissions end within a month",
        "the rep", "once a month", "after two weeks", deals.clawback_exposure,
    ),
    Rule(
        "my_week", "N20", "It is Monday, and you asked for your week",
        "whoever asked for it", "Mondays", "after two days", deals.my_week,
    ),
    Rule(
        "personal_best", "N21", "A deal of the last seven days credits more than each before it",
        "the rep", "once a week", "after seven days", team.personal_best,
    ),
)  # fmt: skip
RULES: Mapping[str, Rule] = {rule.kind: rule for rule in _OF_ALL}


def due(read: Readings, kinds: Collection[str] | None = None) -> Iterator[Due]:
    """What is due to everybody whom the readings know, rule by rule; of some kinds only where they are named."""
    employed = {person.rep_id for person in read.people if person.is_employed(read.as_of)}
    for rule in RULES.values():
        if kinds is None or rule.kind in kinds:
            yield from _known(rule.find(read), employed)


def _known(found: Iterable[Due], employed: set[int]) -> Iterator[Due]:
    """Only those of people who are with the company."""
    return (each for each in found if each.rep_id in employed)
