"""Words that other products use, and what they are called here: remedies for values and keys that are not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_RETROACTIVE = "`whole_amount`, where the rate of the tier reached pays everything"
_MARGINAL = "`marginal`, where each tier's rate pays the credit inside it"

VALUES = {
    "cumulative": f"Elsewhere it means two things. Write {_MARGINAL}, or {_RETROACTIVE}.",
    "retroactive": f"Write {_RETROACTIVE}.",
    "slab": f"Write {_RETROACTIVE}.",
    "progressive": f"Write {_MARGINAL}.",
    "incremental": f"Write {_MARGINAL}.",
    "tiered": f"Write {_MARGINAL}, or {_RETROACTIVE}.",
    "linear": "Write `curve`: straight lines through points; or `interpolated`: a tier by how full it is.",
    "ytd": "Write `year_to_date`.",
    "year": "Write `year_to_date`: credit adds up over the plan year.",
    "annual": "Write `year_to_date`, or in `pays` `yearly`.",
    "deal": "Write `transaction`: every deal begins at the bottom.",
    "quota": "Write `attainment`: credit in percent of quota.",
    "revenue": "Write `amount`.",
    "month": "Write `monthly`.",
    "quarter": "Write `quarterly`.",
    "closed": "Write `won`, or leave the stage out.",
    "closed won": "Write `won`, or leave the stage out.",
    "yes": "Write `true`.",
    "no": "Write `false`.",
    "manager": "Write `managers`.",
    **dict.fromkeys(("week", "per week"), "Write `weekly`."),
    **dict.fromkeys(("fortnightly", "bi weekly", "every two weeks", "every 2 weeks"), "Write `biweekly`."),
    **dict.fromkeys(("bimonthly", "twice monthly", "twice a month", "semi monthly"), "Write `semimonthly`."),
}
_TIER = {
    **dict.fromkeys(("to", "until", "upto", "end"), "A tier ends where the next one begins: leave it out."),
    "max": "A tier ends where the next one begins; an upper limit is written `cap:` in the component.",
    "min": "Where a tier begins is written `from:`; a lower limit of a deal is `minimum:` in the component.",
    "percent": "Write `rate:`.",
    "commission": "Write `rate:`.",
}
_COMPONENT = {
    "threshold": "Write a table whose first tier, from 0, has `rate: 0%`.",
    "accelerator": "Write a table whose tier from 100% has a higher `rate` or `multiplier`.",
    "commission": "Write `rate:`.",
    "percent": "Write `rate:`.",
    "tiers": "Tiers stand in a `table:`, which also says `by` and `behaviour`.",
    "filter": "Write it in the measure: `measure: {where: {…}}`.",
    "where": "Write it in the measure: `measure: {where: {…}}`.",
    **dict.fromkeys(("draw", "guarantee", "salary"), "It belongs to the whole plan: write it under `payment:`."),
}


def for_key(key: str, allowed: Collection[str]) -> str:
    """What to write in place of a key of a tier or a component; nothing when that is not known."""
    if "slope" in allowed:
        return _TIER.get(key, "")
    return _COMPONENT.get(key, "") if "accumulate" in allowed else ""


def for_value(text: str, choices: list[str]) -> str:
    """What to write in place of a value; nothing when no word that is allowed here is known for it."""
    word = text.strip().lower().replace("-", " ")
    if word.replace(" ", "_") in choices:
        return f"Did you mean `{word.replace(' ', '_')}`?"
    remedy = VALUES.get(word, "")
    return remedy if any(f"`{choice}`" in remedy for choice in choices) else ""
