"""Faults in the data as the rep they concern reads them: what it means for them, and what sales ops does about it.

The engine and the store word a fault for whoever mends it. Whoever asks for their pay reads it here, by its code; one
that has no code known here keeps the text it came with.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.money import Money
from messages import format as written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from engine.answers import Waiting
    from engine.problems import Problem
    from messages.reader import Reader

_COUNTED = re.compile(r"(\d+) deals?\b")
_PAIR = re.compile(r"from ([A-Z]{3}) to ([A-Z]{3})\b")
_AMOUNT = re.compile(r"(-?\d+) minor units of ([A-Z]{3})")
_OPS = "Sales ops can fix this: "
_SHARES = "correct the shares in the CRM; the next sync counts the deal."


@dataclass(frozen=True, slots=True)
class ProblemView:
    """Something wrong with the data, and what to do about it."""

    message: str
    remedy: str
    found: str


@dataclass(frozen=True, slots=True)
class _Told:
    """A problem, whom it is told, and whether it is about the reader."""

    problem: Problem
    reader: Reader
    is_own: bool

    def whose(self, own: str, other: str) -> str:
        """Return the word for the reader, or the one for somebody else."""
        return own if self.is_own else other

    @property
    def on(self) -> str:
        """The first day the problem names; empty where it names none."""
        days = written.days_in(f"{self.problem.found} {self.problem.message} {self.problem.remedy}")
        return written.day(days[0], self.reader) if days else ""

    @property
    def on_that_day(self) -> str:
        """The same day as it follows a noun: " on Oct 16, 2026"."""
        return f" on {self.on}" if self.on else ""

    @property
    def component(self) -> str:
        """The component it concerns; empty where it concerns none."""
        place = self.problem.where
        return place.partition(" / ")[2] or (place.partition("component ")[2] if "component " in place else "")

    def part(self, otherwise: str) -> str:
        """Return the component's name, or other words where none is named."""
        return self.component or otherwise


def problem_views(problems: Iterable[Problem], reader: Reader, *, is_own: bool) -> tuple[ProblemView, ...]:
    """Return the problems in the rep's words, each sentence once."""
    return tuple(dict.fromkeys(_worded(_Told(each, reader, is_own)) for each in problems))


def _worded(told: _Told) -> ProblemView:
    problem = told.problem
    wording = _WORDINGS.get(problem.code)
    if wording is None:
        found = written.with_days(problem.found.rstrip("."), told.reader)
        return ProblemView(sentence(problem.message), sentence(problem.remedy), found)
    message, remedy = wording(told)
    return ProblemView(message, remedy, "")


def _plan_missing(told: _Told) -> tuple[str, str]:
    you, remedy = told.whose("You", "They"), f"{_OPS}assign a plan from that day."
    if not told.problem.found:
        return f"No plan covers {told.whose('you', 'them')}{told.on_that_day}.", remedy
    counted = _COUNTED.search(told.problem.found)
    if counted and counted[1] == "1":
        return f"{you} won a deal on a day on which no plan covers {told.whose('you', 'them')}{_first(told)}.", remedy
    deals = written.count(int(counted[1]), "deal", told.reader) if counted else "deals"
    first = f" (first: {told.on})" if told.on else ""
    return f"{you} won {deals} on days on which no plan covers {told.whose('you', 'them')}{first}.", remedy


def _first(told: _Told) -> str:
    return f" ({told.on})" if told.on else ""


def _quota(what: str, remedy: str) -> Callable[[_Told], tuple[str, str]]:
    """Return the wording of a quota that cannot be used."""

    def wording(told: _Told) -> tuple[str, str]:
        text = what.format(
            your=told.whose("your", "their"),
            Your=told.whose("Your", "Their"),
            You=told.whose("You have", "They have"),
            you=told.whose("you", "them"),
            on=told.on_that_day,
            part=told.part("the commission on it"),
        )
        return text, _OPS + remedy.format(your=told.whose("your", "their"))

    return wording


def _fx_rate_missing(told: _Told) -> tuple[str, str]:
    pair = _PAIR.search(told.problem.message)
    remedy = f"{_OPS}enter the exchange rate for that day."
    if pair is None:
        your = told.whose("Your", "Their")
        return (
            f"{your} quota{told.on_that_day} is in a currency that has no exchange rate, so it is not used.",
            remedy,
        )
    way = f"from {pair[1]} to {pair[2]}{told.on_that_day}"
    return f"A deal in {pair[1]} is not counted: there is no single exchange rate {way}.", remedy


def _rate_missing(told: _Told) -> tuple[str, str]:
    part = told.part("a component of the plan")
    message = f"A deal of {told.whose('yours', 'theirs')} belongs to {part}, but the plan names no rate for it."
    return f"{message} It is neither counted nor paid.", f"{_OPS}add the rate to the plan."


def _other_currency(told: _Told) -> tuple[str, str]:
    amount, part = _AMOUNT.search(told.problem.found), told.part("another component")
    paid = written.money(Money(int(amount[1]), amount[2]), told.reader) if amount else "an amount"
    message = f"The total leaves out what {part} pays: {paid} in another currency."
    return message, "Sales ops can show you a statement in that currency."


def _deal(message: str, remedy: str) -> Callable[[_Told], tuple[str, str]]:
    """Return the wording of a fault of one deal."""
    return lambda _told: (message, _OPS + remedy)


def _figure(message: str, remedy: str) -> Callable[[_Told], tuple[str, str]]:
    """Return the wording of a fault of a figure, with the figure's name where it is known."""

    def worded(told: _Told) -> tuple[str, str]:
        named = f" ({told.problem.found})" if told.problem.found else ""
        return f"{message}{named}, so {told.part('a component')} does not count it.", _OPS + remedy

    return worded


_WORDINGS: dict[str, Callable[[_Told], tuple[str, str]]] = {
    "plan_missing": _plan_missing,
    "quota_missing": _quota(
        "There is no quota for {you}{on}, so {part} cannot be worked out.", "set {your} quota for that day."
    ),
    "quota_zero": _quota("{Your} quota{on} is zero, so {part} cannot be worked out.", "set the quota's amount."),
    "quota_overlap": _quota(
        "{You} two quotas of one kind{on}, so {part} cannot be worked out.", "end one of the two before the other."
    ),
    "quota_too_long": _quota(
        "{Your} quota{on} runs longer than the plan counts at a time, so {part} cannot be worked out.",
        "split {your} quota to fit the plan.",
    ),
    "fx_rate_missing": _fx_rate_missing,
    "rate_missing": _rate_missing,
    "other_currency": _other_currency,
    "split_share": _deal("A deal has a share that is not between 0% and 100%, so nobody is credited.", _SHARES),
    "split_repeated": _deal("A deal has two shares for one person, so nobody is credited.", _SHARES),
    "split_sum": _deal("The shares of a deal do not add up to 100%, so nobody is credited.", _SHARES),
    "figure_missing": _figure("A deal lacks a figure that its pay depends on", "enter it in the CRM."),
    "figure_repeated": _figure("A deal has a figure twice that its pay depends on", "keep one of the two."),
    "figure_unit": _figure("A deal has a figure in the wrong unit", "correct its unit."),
    "figure_out_of_range": _figure("A deal has a figure that is too large to be meant", "correct it."),
    "owner_unresolved": _deal(
        "A deal has an owner or a share whose person I don't know, so nobody is credited.",
        "correct the owner in the CRM, or add the person.",
    ),
    "deal_repeated": _deal("Two deals carry the same id, so neither is counted.", "keep the one that is right."),
    "amount_out_of_range": _deal(
        "The amount of a deal is too large to be meant, so it is not counted.", "correct the amount in the CRM."
    ),
}

_OWNER = f"{_OPS}correct the owner in the CRM, or add the person."
_CRM = "the next sync counts the deal."
#: How a reason of the connectors ends, and what it says to a rep. The first that fits is taken.
_REASONS = (
    ("close is empty", "The close date is missing.", f"Enter it in the CRM; {_CRM}"),
    ("has no amount", "The amount is missing.", f"Enter it in the CRM; {_CRM}"),
    ("is no amount in the declared notation", "The amount cannot be read.", f"Correct it in the CRM; {_CRM}"),
    ("has more decimals than the currency", "The amount has too many decimals.", f"Round it in the CRM; {_CRM}"),
    ("is too large to be an amount", "The amount is too large to be meant.", f"Correct it in the CRM; {_CRM}"),
    ("is no currency of ISO 4217", "The currency is not known.", f"Correct it in the CRM; {_CRM}"),
    ("is not between nothing and all", "A share is not between 0% and 100%.", f"{_OPS}{_SHARES}"),
    ("is no share in the declared unit", "A share cannot be read.", f"{_OPS}{_SHARES}"),
    ("has shares that do not add up to 100 percent", "Its shares do not add up to 100%.", f"{_OPS}{_SHARES}"),
    ("is empty on a won deal", "It is won and has no owner.", f"Give it an owner in the CRM; {_CRM}"),
    (
        "is nobody Attain knows",
        "Its owner is nobody I know.",
        _OWNER,
    ),
    (
        "whom no source knows yet",
        "Its owner is nobody I know.",
        _OWNER,
    ),
    ("who had left by then", "Its owner had left by then.", f"{_OPS}name the owner who took it over."),
    (
        "is no stage the mapping names",
        "Its stage is not known.",
        f"{_OPS}say whether it is won, lost or open.",
    ),
    ("is no date in the declared format", "A date cannot be read.", f"Correct it in the CRM; {_CRM}"),
    ("stands in the file more than once", "It is there more than once.", f"{_OPS}keep the record that is right."),
)


def reason(waiting: Waiting) -> tuple[str, str]:
    """Return why a deal waits and what clears it, as sentences for the rep."""
    said = waiting.reason.strip().rstrip(".")
    for ending, why, remedy in _REASONS:
        if said.endswith(ending):
            return why, remedy
    return sentence(waiting.reason), sentence(waiting.remedy)


def sentence(text: str) -> str:
    """Return a text as a sentence: a capital first, and the full stop that its source may have left out."""
    said = text.strip()
    stop = "" if not said or said[-1] in ".!?…" else "."
    return said[:1].upper() + said[1:] + stop
