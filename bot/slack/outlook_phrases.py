"""Questions about what could be, what is not there, and what changed, by their words alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from bot.slack import arguments

Outlook = Literal["what_if", "gap", "why_not", "bridge", "paycheck"]

_CLOSE = r"(?:close|closed|win|won|land|landed|sign|signed|book|booked|get|got)"
_I_CLOSE = re.compile(rf"\b(?:if|when|once) i (?:can |could |do |were to |also )?{_CLOSE} (?P<deal>.+)$")
_DEAL_CLOSES = re.compile(
    r"\b(?:if|when|once) (?P<deal>.+?) "
    r"(?:closes|closed|is won|were won|lands|landed|signs|signed|comes in)\b(?P<rest>.*)$"
)
_ASKS_IF = re.compile(r"(?:so |and |ok |please |hi |hey |hello )*(?:what|how)\b")
_QUOTA = r"(?:(?:quota|tier|target|goal|number|accelerator)\b|100 ?%|100 percent)"
_GAP = re.compile(
    rf"\b(?:which|what)(?: open)? deals?\b.*\b{_QUOTA}"
    r"|\b(?:what|how) (?:do|can|must|should|would) i (?:need to |have to )?(?:close|win|get|reach|hit|make)\b"
    rf".*\b{_QUOTA}"
    rf"|\bwhat (?:gets|would get|will get|brings) me (?:to|over)\b.*\b{_QUOTA}"
)
_STATEMENT = r"(?:statement|pay|payout|payslip|paycheck|commission|commissions|earnings|cheque|check)"
_WHY_NOT = (
    re.compile(
        rf"\bwhy (?:is|was|isn't|isnt|wasn't) (?P<deal>.+?) (?:not |missing )?(?:on|in|from) my {_STATEMENT}\b"
    ),
    re.compile(
        r"\bwhy (?:is|was|did|does|has|isn't|isnt|doesn't|didn't|hasn't) (?P<deal>.+?) "
        r"(?:missing|not (?:count|counted|pay|paid|paying)|not (?:pay|paid) me|pay (?:me )?nothing|count|paid)$"
    ),
    re.compile(
        r"\bwhy (?:am i not|was i not|wasn't i|did i not get|didn't i get|haven't i been|i'm not|aren't i) "
        r"(?:being |been )?(?:paid|credited|pay) (?:on|for|from|with) (?P<deal>.+)$"
    ),
)
_CHANGED = (
    r"(?:change|changed|differ|differs|different|lower|higher|less|more|smaller|bigger|drop|dropped|fall|fell|rise|"
    r"rose|down|up)"
)
_BRIDGE = re.compile(
    rf"\bwhy\b.*\bmy (?:\w+ )?{_STATEMENT}\b.*\b{_CHANGED}\b"
    rf"|\bwhat changed\b.*\b(?:{_STATEMENT}|since|from)\b"
    r"|\bwhy (?:did|do|have) i (?:get|earn|make|earned|made) (?:less|more)\b"
)
_PAY = r"(?:pay|paid|payday|paycheck|paycheque|payout|payslip|commission|commissions|bonus)"
_PAYCHECK = re.compile(
    r"\bnext (?:pay|payday|paycheck|paycheque|payout|payslip)\b"
    rf"|\bwhen (?:do|will|am|are|is|can|does) (?:i|we|my|the|our)\b.*\b{_PAY}\b"
    r"|\b(?:what|how much|how big|how high)\b.*\b(?:will|going to)\b.*\b"
    r"(?:be paid|get paid|paycheck|paycheque|payday|payout|payslip)\b"
    r"|^(?:my )?(?:payday|pay date|paycheck)$"
)
_ON_A_DEAL = re.compile(r"\b(?:on|for|from|off|with|if)\s+\w")
_NEVER_A_DEAL = re.compile(
    r"(?:it|that|this|them|everything|something|a deal|one|nothing|i|deals?|(?:my )?(?:quota|pay|payout|statement))"
)


@dataclass(frozen=True, slots=True)
class About:
    """What is asked, about which deals (as they were typed), and for which period; "" for none."""

    question: Outlook
    deal: str = ""
    period: str | None = None


def about(spoken: str) -> About | None:
    """The question in words that were typed, in lower case and without question marks; None where it is none."""
    if _ASKS_IF.match(spoken):
        wished = _what_if(spoken)
        if wished is not None:
            return wished
    if _GAP.search(spoken):
        return About("gap")
    if _PAYCHECK.search(spoken):
        return _paycheck(spoken)
    for pattern in _WHY_NOT:
        match = pattern.search(spoken)
        if match:
            return _named("why_not", match["deal"], "")
    if _BRIDGE.search(spoken):
        return About("bridge", period=arguments.period_within(spoken.replace(",", " ")))
    return None


def _what_if(spoken: str) -> About | None:
    match = _I_CLOSE.search(spoken) or _DEAL_CLOSES.search(spoken)
    if match is None:
        return None
    rest = match.groupdict().get("rest") or ""
    return _named("what_if", match["deal"], rest)


def _paycheck(spoken: str) -> About | None:
    """The question about a pay day; None where it is about the pay for a deal."""
    on, rest = arguments.day_within(spoken)
    period = on or arguments.period_within(rest.replace(",", " "))
    rest = arguments.without_period(rest)[0]
    return None if _ON_A_DEAL.search(rest) else About("paycheck", period=period)


def _named(question: Outlook, said: str, rest: str) -> About | None:
    """The question about a deal; None where the words only point at one."""
    deal, period = arguments.without_period(said.strip(" .,;!\"'").replace(" by ", " in "))
    period = period or arguments.period_within(rest.replace(",", " "))
    deal = re.sub(r"^(?:the|my|our) ", "", re.sub(r"\s+(?:deal|opportunity|opp)$", "", deal)).strip(" .,;!\"'")
    if not deal or _NEVER_A_DEAL.fullmatch(deal):
        return None
    return About(question, deal[:200], period)
