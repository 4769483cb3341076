"""The leadership digest as the JSON that its notice carries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.leadership import Exceptions, LeadershipAnswer, PayCost, SpifReturn, TeamStanding
    from engine.money import Money

JSON = dict[str, Any]


def spelled(answer: LeadershipAnswer) -> JSON:
    """Every figure of the answer, amounts in minor units and days in ISO."""
    return {
        "leader": {"rep_id": answer.leader.rep_id, "name": answer.leader.name},
        "as_of": answer.as_of.isoformat(),
        "period": {
            "label": answer.period.label,
            "start_on": answer.period.start_on.isoformat(),
            "end_on": answer.period.end_on.isoformat(),
        },
        "whole": _team(answer.whole),
        "teams": [_team(each) for each in answer.teams],
        "pay": _pay(answer.pay),
        "outcomes": {
            "won": answer.outcomes.won,
            "lost": answer.outcomes.lost,
            "chance_ppm": answer.outcomes.chance_ppm,
        },
        "open_deals": answer.open_deals,
        "overdue": answer.overdue,
        "spifs": [_spif(each) for each in answer.spifs],
        "exceptions": _exceptions(answer.exceptions),
        "stale": [each.source for each in answer.sources if each.stale],
    }


def _team(team: TeamStanding) -> JSON:
    return {
        "name": team.name,
        "reps": team.reps,
        "quota": _money(team.quota),
        "credit": _money(team.credit),
        "expected": _money(team.expected),
        "attainment_ppm": team.attainment_ppm,
        "pace_ppm": team.pace_ppm,
        "expected_ppm": team.expected_ppm,
        "due_ppm": team.due_ppm,
        "reached": team.reached,
        "at_risk": team.at_risk,
    }


def _pay(pay: PayCost) -> JSON:
    return {
        "earned": _money(pay.earned),
        "expected": _money(pay.expected),
        "budget": _money(pay.budget),
        "booked": _money(pay.booked),
        "of_booked_ppm": pay.of_booked_ppm,
        "of_budget_ppm": pay.of_budget_ppm,
    }


def _spif(spif: SpifReturn) -> JSON:
    return {
        "title": spif.title,
        "state": spif.state,
        "spent": _money(spif.spent),
        "budget": _money(spif.budget),
        "lift_ppm": spif.lift_ppm,
    }


def _exceptions(found: Exceptions) -> JSON:
    return {
        "alerts": [list(each) for each in found.alerts],
        "gravest": list(found.gravest),
        "without_quota": found.without_quota,
    }


def _money(amount: Money | None) -> JSON | None:
    return None if amount is None else {"minor": amount.minor, "currency": amount.currency}
