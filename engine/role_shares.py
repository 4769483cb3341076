"""Shares of a deal by role, in place of those in the data."""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm
from typing import TYPE_CHECKING

import numpy as np

from engine.order import starts_of
from engine.problems import Problem

if TYPE_CHECKING:
    from engine.kinds import Told
    from engine.order import Ints, Rows
    from engine.plans.schema import CreditRule, Plan


@dataclass(frozen=True, slots=True)
class RoleShares:
    """The people who share deals by role, with the weight of each; person 0 stands for a role that is absent.

    `absent` and `unnamed` are what is wrong: deal and role of which nobody shares it, deal and person of no role.
    """

    deal: Rows
    rep_id: Ints
    weight: Ints
    absent: tuple[tuple[int, str], ...]
    unnamed: tuple[tuple[int, int], ...]

    def problems(self, plan: Plan) -> list[Problem]:
        """What is wrong, in words."""
        found = []
        for deal, role in self.absent:
            message = f"Nobody who shares this deal is a {role}, so that role's part is credited to nobody."
            remedy = "Add the person to the deal, or give such deals a credit rule of their own."
            found.append(Problem("role_absent", message, remedy, plan.name, deal=deal, found=role))
        for deal, rep_id in self.unnamed:
            message = "The person shares this deal but has none of the roles that the plan gives a share."
            remedy = "Correct the person's role on that day, or give the role a share in the plan."
            found.append(Problem("role_unnamed", message, remedy, plan.name, rep_id, deal))
        return found


def shared_by_role(rule: CreditRule, told: Told, deal: Rows, rep_id: Ints) -> RoleShares:
    """The weights of those who share deals. Each role's part is shared equally; of two roles the first listed counts.

    `deal` and `rep_id` are those who share, by deal, then rep.
    """
    days, placements = told.deals.booked[deal], told.placements
    which = np.full(len(deal), -1, dtype=np.int64)
    for number, each in reversed(list(enumerate(rule.by_role))):
        which[placements.holds(rep_id, days, (each.role,))] = number
    unnamed = np.flatnonzero(which < 0)
    starts = starts_of(deal)
    group = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(deal)))
    heads = np.zeros((len(starts), len(rule.by_role)), dtype=np.int64)
    named = np.flatnonzero(which >= 0)
    np.add.at(heads, (group[named], which[named]), 1)
    whole = lcm(*(each.share.den for each in rule.by_role))
    parts = np.array([each.share.num * (whole // each.share.den) for each in rule.by_role], dtype=np.int64)
    common = np.lcm.reduce(np.maximum(heads, 1), axis=1) if len(starts) else np.zeros(0, dtype=np.int64)
    lacking = np.argwhere((heads == 0) & (parts > 0))
    weight = parts[which[named]] * (common[group[named]] // heads[group[named], which[named]])
    deals = np.concatenate([deal[named], deal[starts][lacking[:, 0]]])
    reps = np.concatenate([rep_id[named], np.zeros(len(lacking), dtype=np.int64)])
    weights = np.concatenate([weight, parts[lacking[:, 1]] * common[lacking[:, 0]]])
    order = np.lexsort([reps == 0, deals])  # stable: the people stay by rep, who is absent comes last
    ids = told.deals.deal_id
    return RoleShares(
        deals[order],
        reps[order],
        weights[order],
        tuple((int(ids[deal[starts[at]]]), rule.by_role[number].role) for at, number in lacking),
        tuple((int(ids[deal[at]]), int(rep_id[at])) for at in unnamed),
    )
