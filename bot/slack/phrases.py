"""Which question somebody means, by their words alone: no language model, and no guess where the words don't say.

People use their own words; ours are on the right. Those on the left are understood and never printed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz, process

from bot.slack import arguments

Question = Literal["quota", "earnings", "deal", "line", "statement", "help", "status"]
READ_CHARACTERS = 400
#: What people say → the word the patterns below know.
_THEIR_WORDS = {
    "target": "quota", "targets": "quota", "goal": "quota", "goals": "quota", "quotas": "quota", "number": "quota",
    "plan number": "quota", "attainment": "quota", "attained": "quota", "quotta": "quota",
    "cheque": "pay", "check": "pay", "paycheck": "pay", "paycheque": "pay", "payout": "pay", "payment": "pay",
    "bonus": "pay", "money": "pay", "commissions": "pay", "commission": "pay", "earnings": "pay", "comp": "pay",
    "spiff": "spif", "spiffs": "spif", "contest": "spif", "contests": "spif", "spifs": "spif",
    "opportunity": "deal", "opp": "deal", "account": "deal", "order": "deal", "opportunities": "deal",
    "row": "line", "entry": "line", "lines": "line", "payslip": "statement", "statements": "statement",
}  # fmt: skip
_WORD = re.compile(r"[^\W_]+(?:[-'&.][^\W_]+)*")
_MADE_ON = re.compile(
    r"\b(?:make|made|earn|earned|get|got|paid|pay|making|earning|owed)\b.{0,40}?\b(?:on|from|off|with)\s+(?P<deal>.+)"
)
_PAY_FOR = re.compile(
    r"\b(?:what|how much)\b.{0,60}?\b(?:pay|made|make|earn|earned|get|got)\b.{0,20}?\bfor\s+(?P<deal>.+)"
)
_MY_PAY_ON = re.compile(r"\bpay (?:on|from|for)\s+(?P<deal>.+)")
_LINE_NUMBER = re.compile(r"\bline\s+(?:no\.?|number|#)?\s*(\d{1,6})\b")
_NOISE = re.compile(r"^(?:the|my|that|this|our)\s+|\s+(?:deal|please|thanks|pls)$")
_GREETINGS = {
    "hi",
    "hello",
    "hey",
    "help",
    "hola",
    "yo",
    "thanks",
    "thank you",
    "good morning",
    "start",
    "menu",
    "morning",
}
_EXAMPLES: dict[str, Question] = {
    "what is left of my quota": "quota",
    "how far am i from my quota": "quota",
    "am i on pace": "quota",
    "how much did i earn this month": "earnings",
    "what are my earnings": "earnings",
    "how much did i make on a deal": "deal",
    "what is this line": "line",
    "explain my statement": "statement",
    "how fresh is the data": "status",
    "help": "help",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was recognised: what kind, about which deal or line, for which period."""

    question: Question
    deal: str = ""
    line: int = 0
    period: str | None = None


def understand(text: str) -> Asked | None:
    """The question in `text`, None where its words do not say which."""
    words = normal(text)
    if words in _GREETINGS or not words:
        return Asked("help")
    period = arguments.period_within(words)
    return _about_line(words) or _about_deal(words, text) or _about_pay(words, period)


def nearest(text: str, count: int = 3) -> tuple[Question, ...]:
    """The `count` kinds of question that sound most like `text`, best first."""
    scored = process.extract(normal(text), tuple(_EXAMPLES), scorer=fuzz.token_set_ratio, limit=None)
    return tuple(dict.fromkeys(_EXAMPLES[example] for example, _, _ in scored))[:count]


def normal(text: str) -> str:
    """The words in lower case, those of people turned into ours; only the start of a long text is read."""
    plain = text[:READ_CHARACTERS].casefold().replace("’", "'").replace("what's", "what is").replace("'s ", " ")
    return " ".join(_THEIR_WORDS.get(word, word) for word in _WORD.findall(plain))


def deals_like(wanted: str, names: dict[int, str]) -> list[int]:
    """The keys whose name is what was wanted: those that contain all its words, else those spelled almost alike."""
    words = set(_WORD.findall(wanted.casefold()))
    exact = [key for key, name in names.items() if words <= set(_WORD.findall(name.casefold()))]
    if exact or not words:
        return exact
    close = process.extract(wanted.casefold(), {key: name.casefold() for key, name in names.items()},
                            scorer=fuzz.partial_ratio, score_cutoff=84, limit=20)  # fmt: skip
    return [key for _, _, key in close]


def _about_line(words: str) -> Asked | None:
    number = _LINE_NUMBER.search(words)
    if number:
        return Asked("line", line=int(number[1]))
    if re.search(r"\b(?:what|why|explain)\b.*\bline\b", words):
        return Asked("line")
    return None


def _about_deal(words: str, text: str) -> Asked | None:
    """A question on one deal; the deal's name is taken as it was typed, not in our words."""
    if not (_MADE_ON.search(words) or _PAY_FOR.search(words) or _MY_PAY_ON.search(words)):
        return None
    spoken = " ".join(text[:READ_CHARACTERS].casefold().replace("?", " ").replace("’", "'").split())
    match = re.search(r"\b(?:on|from|off|with|for)\s+(?P<deal>.+)$", spoken)
    deal = match["deal"].strip(" .!?\"'") if match else ""
    while (shorter := _NOISE.sub("", deal)) != deal:
        deal = shorter
    deal = re.sub(r"\s+(?:deal|opportunity|opp|account|order)$", "", deal)
    if not deal or arguments.period(deal) is not None or normal(deal) in ("quota", "pay", "statement"):
        return None
    return Asked("deal", deal=deal[:120])


def _about_pay(words: str, period: str | None) -> Asked | None:
    """Quota, earnings or the statement, by the words that only they use."""
    said = set(words.split())
    if "statement" in said or ("explain" in said and "pay" in said):
        return Asked("statement", period=period)
    if "quota" in said or said >= {"on", "pace"} or "pacing" in said:
        return Asked("quota", period=period)
    if said & {"earn", "earned", "made", "make", "pay", "paid", "earning"} and "spif" not in said:
        return Asked("earnings", period=period)
    if said & {"fresh", "stale", "synced", "sync"}:
        return Asked("status")
    return Asked("help") if "help" in said and len(said) <= 4 else None
