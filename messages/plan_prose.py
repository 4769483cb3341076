"""A plan as prose: Markdown for the wiki, in sentences that everybody who is paid by it can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import plan_words as words
from engine.plans.filters import WHOLE
from messages import component_prose
from messages.example_prose import examples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.money import Money
    from engine.plans.example_files import ExampleFile
    from engine.plans.schema import CreditRule, Plan
    from engine.plans.terms import PaymentTerms, QuotaRule

PAID = {
    "weekly": "every week",
    "biweekly": "every two weeks",
    "semimonthly": "twice a month, for its first 15 days and for the rest of it",
    "monthly": "every month",
    "quarterly": "every quarter",
    "yearly": "once a year",
}
PERIODS = {
    "weekly": "week",
    "biweekly": "two weeks",
    "semimonthly": "half month",
    "monthly": "month",
    "quarterly": "quarter",
    "yearly": "year",
}
_MODES = {
    "half_up": "half up (ties away from zero)",
    "half_even": "half to even (ties to the even digit)",
    "down": "down (what is beyond is cut off)",
}
_STEPS = {
    "total": "It is running totals that are rounded, so that lines always sum to what is paid.",
    "line": "Every line is rounded by itself.",
}
_NEGATIVE = {
    "pay": "A pay period that comes out negative is taken from pay.",
    "carry": "A pay period that comes out negative is carried to the next one.",
    "floor": "A pay period that comes out negative pays nothing, and what is missing is dropped.",
}


def plan(told: Plan, worked: ExampleFile | None = None) -> str:
    """The plan as Markdown, with its worked examples at the end where there are some."""
    parts = [f"# {told.name}, version {told.version}", *_facts(told), "## Who is credited"]
    parts += ["\n".join(f"{number}. {_rule(rule)}" for number, rule in enumerate(told.crediting, start=1))]
    if len(told.crediting) > 1:
        parts.append("Of the rules to owners and to those who share a deal, the first that a deal meets decides.")
    parts.append("## What is paid")
    for component in told.components:
        parts += component_prose.component(told, component)
    if told.quotas:
        parts += ["## Quotas", "\n".join(f"- {_quota(rule)}" for rule in told.quotas)]
    parts += ["## From earnings to payout", " ".join(_payment(told.payment, PERIODS[told.pays]))]
    if worked is not None:
        parts += ["## Worked examples", *examples(worked)]
    return "\n\n".join(parts) + "\n"


def _facts(told: Plan) -> Iterator[str]:
    if told.description:
        yield told.description
    yield (
        f"In force from {words.days(told.effective)}; its fiscal year begins on {told.effective.start_on.day} "
        f"{told.effective.start_on:%B}. It counts and pays in {told.currency}, {PAID[told.pays]}."
    )
    if told.pays_from is not None:
        yield f"Weeks are counted from {words.on(told.pays_from)}."
    rounding = told.rounding
    decimals = f"to {rounding.places} decimals" if rounding.places is not None else "to the smallest coin"
    yield f"Amounts are rounded {_MODES[rounding.mode]}, {decimals}. {_STEPS[rounding.step]}"


def _rule(rule: CreditRule) -> str:
    """One credit rule in sentences."""
    found = [f"**{rule.name}**: {_whom(rule)}"]
    if rule.role and rule.credits_whom != "role":
        found.append(f"Only people whose role or title is {words.either(rule.role)} are credited by it.")
    if rule.share != WHOLE:
        found.append(f"Each is credited with {words.share(rule.share)} of the deal.")
    if rule.shares == "points":
        found.append("The shares in the data are points: each one's part is theirs of the sum.")
    if rule.shares == "full":
        found.append("Everybody who shares a deal is credited with all of it.")
    if rule.by_role:
        parts = words.every([f"{words.share(each.share)} to {each.role}" for each in rule.by_role])
        found.append(f"A shared deal goes by role, not by the shares in the data: {parts}; one role shares equally.")
    if rule.counts_for == ("quota",):
        found.append("The credit counts towards quota and is not paid.")
    if rule.counts_for == ("pay",):
        found.append("The credit is paid and does not count towards quota.")
    return " ".join(found)


def _whom(rule: CreditRule) -> str:
    """Whom the rule credits for which deals."""
    levels = "all levels up" if not rule.levels else f"{rule.levels} level{'s' * (rule.levels != 1)} up"
    same = words.every([f"{each} as the {'deal' if each == 'territory' else 'owner'}" for each in rule.same])
    people = f"everybody whose role or title is {words.either(rule.role)}" if rule.role else "everybody of a role"
    which = words.deals(rule.when)
    said = {
        "owner": f"credits the owner of {which}, or those who share it.",
        "splits": f"credits those who share {which}.",
        "managers": f"also credits the managers above whoever is credited for {which}, {levels}.",
        "role": f"also credits {people}, for {which}.",
        "team": f"also credits everybody in the owner's team, for {which}.",
        "territory": f"also credits everybody in the deal's territory, for {which}.",
    }.get(rule.credits_whom, f"credits {which}.")
    return f"{said} They have to be in the same {same}." if same else said


def _quota(rule: QuotaRule) -> str:
    """How one quota is made, in sentences."""
    cut = {"month": "months", "quarter": "quarters", "half_year": "half years", "year": "whole years"}[rule.parts]
    found = [f"**{rule.name}** is taken from the data and cut into {cut}."]
    if rule.weights:
        found.append(f"The parts weigh {words.every([words.share(each) for each in rule.weights])}, in their order.")
    if rule.prorate != "none":
        found.append(
            f"It shrinks by the {rule.prorate} that somebody who starts, leaves or is away misses of a part."
        )
    if rule.ramp:
        steps = words.every([words.share(each) for each in rule.ramp])
        found.append(f"New reps have {steps} of it in their first {len(rule.ramp)} months, then all of it.")
    if rule.growth is not None:
        which = "the same part a year ago" if rule.growth_on == "year_ago" else "the part before"
        found.append(f"It is {words.factor(rule.growth)} what was credited in {which}.")
    elif rule.growth_on == "previous":
        found.append("Growth would be on the part before.")
    if rule.round_to is not None:
        found.append(f"Each part is rounded half up to a multiple of {words.amount(rule.round_to)}.")
    return " ".join(found)


def _payment(terms: PaymentTerms, period: str) -> Iterator[str]:
    """How earnings become a payout, in the order in which it happens."""
    if terms.salary is not None:
        yield f"Base salary is {words.amount(terms.salary)} a {period}, beside the commission."
    if terms.salary_by_rep:
        yield f"Base salary is each rep's part of their yearly “{terms.salary_by_rep}”, beside the commission."
    for limit, span in ((terms.cap, f"pay period ({period})"), (terms.cap_per_year, "plan year")):
        if limit is not None:
            yield f"The plan pays at most {words.amount(limit)} of commission in one {span}."
    yield from _draw(terms, period)
    if terms.guarantee is not None or terms.guarantee_by_rep:
        yield (
            f"Commission is guaranteed: it is topped up to {_floor(terms.guarantee, terms.guarantee_by_rep, period)}"
            f"{_for(terms.guarantee_periods)}, and the top-up is never repaid."
        )
    elif terms.guarantee_periods:
        yield f"A guarantee would hold{_for(terms.guarantee_periods)}."
    if terms.minimum_wage is not None:
        wage = terms.minimum_wage
        hourly = words.amount(wage.hourly)
        yield f"Salary and commission are topped up to {hourly} an hour for {wage.hours} hours a week."
    yield _NEGATIVE[terms.negative]


def _draw(terms: PaymentTerms, period: str) -> Iterator[str]:
    draw = terms.draw
    if draw is None:
        return
    yield f"There is a draw of {_floor(draw.amount, draw.by_rep, period)}{_for(draw.periods)}."
    if draw.shares:
        shares = ", ".join(map(words.share, draw.shares))
        yield f"Of that each rep has {shares} in the first {len(draw.shares)} pay periods, then none."
    if draw.recovers != WHOLE:
        yield f"Of what is above the draw {words.share(draw.recovers)} repays debt."
    if draw.recoverable:
        yield "It is recoverable: what it topped up is repaid from later commission above the draw."
    else:
        yield "It is not recoverable: what it topped up is never repaid."
    if draw.paid == "at_start":
        yield "All of it is paid on the period's first day and set off against commission on its last."
    else:
        yield "What commission lacks is topped up on the period's last day."
    left = {"owed": "is still owed", "forgiven": "is forgiven"}[draw.at_end]
    yield f"Debt that is left when the draw ends {left}."


def _floor(amount: Money | None, by_rep: str, period: str) -> str:
    """Return an amount of each pay period, or whose part of which yearly amount it is."""
    if by_rep or amount is None:
        return f"each rep's part of their yearly “{by_rep}” a {period}"
    return f"{words.amount(amount)} a {period}"


def _for(periods: int) -> str:
    return f" in the first {periods} pay periods of each rep" if periods else ""
