"""Which question somebody means, by their words alone: no language model, and no guess where the words don't say.

People use their own words; ours are on the right. Those on the left are understood and never printed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from rapidfuzz import fuzz, process

from bot.slack import arguments, outlook_phrases

Question = Literal[
    "quota",
    "earnings",
    "deal",
    "line",
    "statement",
    "what_if",
    "gap",
    "why_not",
    "bridge",
    "paycheck",
    "help",
    "status",
    "spif",
    "checklist",
]
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
_PAID_ME = re.compile(
    r"\b(?:what|how much)(?: money| commission)? (?:did|does|has|have|will) (?P<deal>.+?) "
    r"(?:pay|paid|make|made|earn|earned|bring|brought|net|netted|give|gave|get|got) me\b(?P<rest>.*)"
)
_NOISE = re.compile(r"^(?:the|my|that|this|our)\s+|\s+(?:deal|opportunity|opp|account|order|please|thanks|pls)$")
_POINTED_AT = re.compile(
    r"(?:it|that|this|them|those|these|him|her|you|they|we|i|he|she|one|(?:this|that|the) (?:one|deal|line))"
)
_ALL_DEALS = re.compile(
    r"(?:all |each |every |of |my |the |these |those |won |closed )*(?:deals?|opportunities|lines)"
)
_AMOUNT_ASKED = re.compile(r"(?:so |and |ok |please |hi |hey |hello )*(?:how much|what)\b")
#: What is asked here has no answer in quotas, lines and statements: when money moves, why it changed, what if.
_BEYOND = re.compile(
    r"\b(?:when|why|wrong|incorrect|mistake|missing|error|dispute|isn't|isnt|is not|aren't|not on|not in|changed?|"
    r"differs?|different|compared?|versus|vs|tax|taxes|forecast|if|would|should|will i|arrived?|landed|approved?|"
    r"(?:go|gone|went|come|came) (?:through|in)|did i get pay|did i get paid|been paid|be paid|bank|spif)\b"
)
#: A SPIF together with what is asked of one: whether a deal counts, where one is, what it costs, which there are.
_ABOUT_SPIFS = re.compile(
    r"\b(?:where|stand|standing|standings|rank|ranking|place|counts?|counted|score|gap|lead|leads|leading|next prize|"
    r"which|any|are there|running|list|show|cost|costs|work|works|worked|threshold|nobody)\b.*\bspif\b|"
    r"\bspif\b.*\b(?:where|stand|standing|standings|rank|place|counts?|score|gap|lead|leads|leading|running|cost|costs|"
    r"work|worked|threshold)\b|^(?:my |the |this |current )?spif$"
)
_HOW_AM_I = re.compile(r"^(?:so |and |hey |hi )*how am i (?:doing|looking|tracking)\b")
_YES_OR_NO = re.compile(r"(?:did|do|does|have|has|is|was|were|are|am|will)\b")
#: Somebody else is meant, but not one person: nobody's figures answer that.
_SEVERAL = re.compile(
    r"\b(?:every(?:one|body)(?:'?s)?|any(?:one|body)(?:'?s)?|some(?:one|body)(?:'?s)?|teams?|reps|company|department|"
    r"peers|colleagues|coworkers|leaderboard|ranking|who|whose|we|us|our|ours|he|she|they|him|them|his|hers?|their|"
    r"theirs|yours?|all(?! (?:of )?(?:my|the|deals|lines)\b))\b"
)
#: What ops ask before they lock a pay period.
_ARE_WE_DONE = re.compile(
    r"(?:are|when (?:are|will)) we (?:be )?(?:done|ready|finished)\b.*|(?:can|may) (?:we|i) lock\b.*|"
    r"what (?:blocks|is blocking|holds up) the lock\b.*|lock checklist"
)
_ASKING = re.compile(
    r"\b(?:show|tell|give|send|let) me\b|\b(?:can|could|may|might|would) (?:i|you)(?: please)?"
    r"(?: (?:see|know|have|show|tell|give|get))?(?: me)?\b|\bi (?:want|need|would like) to (?:see|know)\b"
)
_ONESELF = re.compile(r"\b(?:i|i'm|i've|im|ive|me|my|mine|myself)\b")
_OWNER = re.compile(r"((?:[^\W\d_][\w.-]* ){0,2}[^\W\d_][\w.-]*)(?:'s|(?<=s)')(?!\w)")
_EARNS = (
    r"(?:make|made|makes|earn|earned|earns|get|got|paid|making|earning|owed|close|closed|have|had|stand|doing|"
    r"sell|sold)"
)
_EARNER = re.compile(rf"\b(?:did|does|do|has|have|is|was|will) ((?:[\w.-]+ ){{1,3}}?){_EARNS}\b")
_ABOUT = re.compile(r"\b(?:for|of|about|by) ((?:[^\W\d_][\w.-]*)(?: [^\W\d_][\w.-]*){0,2})$")
#: Words that are in questions about pay without naming anybody.
_ORDINARY = """
a about achieved all am an and any are as at be been by can current currently did do does doing done due each
every explain far figure figures first for from fully get give got had has have hit how hows i im in is it its ive
last latest least left let line look lot many may me met mine month months most much my need next no not now of off
ok okay on or our out over pace pacing percent please pls previous prior progress quarter quarters quick remaining
remains looking looks against ahead behind
reach reached report see show so still sum summary tell thanks thank that the their there these this those till to
today total toward towards track until up us want was we week weeks were what whats when where wheres which with year
years yet you your half fiscal fy ytd qtd mtd date detail details breakdown big close closed closer go going know like
long more near make made makes earn earned earns earning making paid owed attain achieve achievement fresh stale deal
statement quota pay
"""
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
    "what can you do",
    "what do you do",
    "what can i ask",
    "what can i ask you",
    "how does this work",
    "who are you",
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


_KNOWN = frozenset((*_ORDINARY.split(), *_THEIR_WORDS, *_THEIR_WORDS.values()))
#: What is only ever asked about oneself, or about whoever is mentioned by their account or address.
_OF_ONESELF = ("what_if", "gap", "why_not", "bridge", "paycheck")
#: Below this many letters everything is spelled like something: "it" is in "Security".
SHORTEST_ALIKE = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was recognised: what kind, about which deal or line, for which period, and about whom.

    `person` is the name of somebody else that the words hold, empty for oneself. `claim` says how it was said: "sure"
    where only a name can stand, "bare" where the words are merely strange, "deal" where it may be a deal as well.
    """

    question: Question
    deal: str = ""
    line: int | None = None
    period: str | None = None
    person: str = ""
    claim: Literal["", "sure", "bare", "deal"] = ""


def understand(text: str) -> Asked | None:
    """The question in `text`, None where its words do not say which or ask what no figure here answers."""
    words, spoken = normal(text), _spoken(text)
    if words in _GREETINGS or not words:
        return Asked("help")
    if _ARE_WE_DONE.fullmatch(words):
        return Asked("checklist", period=arguments.period_within(words))
    if _ABOUT_SPIFS.search(words):
        return Asked("spif")
    asked = _outlook(spoken) or _meant(words, spoken)
    if asked is None or asked.question in ("help", "status"):
        return asked
    before, _, after = spoken.rpartition(asked.deal) if asked.deal else (spoken, "", "")
    rest = f"{before} {after}"
    if _SEVERAL.search(_ASKING.sub(" ", rest)):
        return None
    return asked if asked.question in _OF_ONESELF else _with_person(asked, rest)


def nearest(text: str, count: int = 3) -> tuple[Question, ...]:
    """The `count` kinds of question that sound most like `text`, best first."""
    scored = process.extract(normal(text), tuple(_EXAMPLES), scorer=fuzz.token_set_ratio, limit=None)
    return tuple(dict.fromkeys(_EXAMPLES[example] for example, _, _ in scored))[:count]


def normal(text: str) -> str:
    """The words in lower case, those of people turned into ours; only the start of a long text is read."""
    plain = text[:READ_CHARACTERS].casefold().replace("’", "'").replace("what's", "what is").replace("'s ", " ")
    return " ".join(_THEIR_WORDS.get(word, word) for word in _WORD.findall(plain))


def deals_named(wanted: str, names: dict[int, str]) -> list[int]:
    """The keys whose name has every word that was wanted; the one alone that has no other word."""
    words = set(_WORD.findall(wanted.casefold()))
    if not words:
        return []
    spelled = {key: set(_WORD.findall(name.casefold())) for key, name in names.items()}
    same = [key for key, name in spelled.items() if name == words]
    return same if len(same) == 1 else [key for key, name in spelled.items() if words <= name]


def deals_like(wanted: str, names: dict[int, str]) -> list[int]:
    """The keys whose name is spelled almost like what was wanted: good to be offered, never to be answered with."""
    long_enough = {key: name.casefold() for key, name in names.items() if len(name) >= SHORTEST_ALIKE}
    if len(wanted) < SHORTEST_ALIKE:
        return []
    close = process.extract(wanted.casefold(), long_enough, scorer=fuzz.partial_ratio, score_cutoff=78, limit=20)
    return [key for _, _, key in close]


def _spoken(text: str) -> str:
    """The words as they were typed, in lower case, without question marks."""
    plain = text[:READ_CHARACTERS].casefold().replace("’", "'").replace("?", " ").replace("what's", "what is")
    return " ".join(re.sub(r"(?<!\w)'s\b", " ", plain).split())


def _outlook(spoken: str) -> Asked | None:
    """A question about what could be, what is not there, or what changed."""
    about = outlook_phrases.about(spoken)
    return Asked(about.question, deal=about.deal, period=about.period) if about else None


def _meant(words: str, spoken: str) -> Asked | None:
    line = _about_line(words)
    if line is not None:
        return line
    deal = _about_deal(words, spoken)
    if deal == Asked("deal"):
        return None
    if deal is not None and deal.deal and _AMOUNT_ASKED.match(spoken):
        return deal
    if _BEYOND.search(words):
        return None
    return deal or _about_pay(words, arguments.period_within(words))


def _about_line(words: str) -> Asked | None:
    period = arguments.period_within(words)
    number = _LINE_NUMBER.search(words)
    if number:
        return Asked("line", line=int(number[1]), period=period)
    if re.search(r"\b(?:what|why|explain)\b.*\bline\b", words):
        return Asked("line", period=period)
    return None


def _about_deal(words: str, spoken: str) -> Asked | None:
    """A question on one deal, or on all of them; its name is as it was typed, empty where it is only pointed at."""
    paid_me = _PAID_ME.search(spoken)
    if paid_me:
        deal, before = paid_me["deal"], paid_me["rest"]
    elif _MADE_ON.search(words) or _PAY_FOR.search(words) or _MY_PAY_ON.search(words):
        match = re.search(r"^(?P<before>.*?)\b(?:on|from|off|with|for)\s+(?P<deal>.+)$", spoken)
        deal, before = (match["deal"], match["before"]) if match else ("", "")
    else:
        return None
    said, period = arguments.without_period(deal.strip(" .,;!"))
    name, period = _bare(said), period or arguments.period_within(before.replace(",", " "))
    if _POINTED_AT.fullmatch(said) or _POINTED_AT.fullmatch(name):
        return Asked("deal")
    if _ALL_DEALS.fullmatch(name):
        return Asked("earnings", period=period)
    if not name or arguments.period(name) is not None or normal(name) in ("quota", "pay", "statement", "spif"):
        return None
    return Asked("deal", deal=name[:120], period=period)


def _bare(name: str) -> str:
    """A deal's name without what people put around it."""
    name = name.strip(" .,;!?\"'")
    while (shorter := _NOISE.sub("", name)) != name:
        name = shorter.strip(" .,;!?\"'")
    return name


def _about_pay(words: str, period: str | None) -> Asked | None:
    """Quota, earnings or the statement, by the words that only they use."""
    said = set(words.split())
    if "statement" in said or ("explain" in said and "pay" in said):
        return Asked("statement", period=period)
    if (
        _HOW_AM_I.search(words)
        or "quota" in said
        or said >= {"on", "pace"}
        or said >= {"on", "track"}
        or "pacing" in said
    ):
        return Asked("quota", period=period)
    if said & {"earn", "earned", "made", "make", "pay", "paid", "earning"} and not _YES_OR_NO.match(words):
        return Asked("earnings", period=period)
    if said & {"fresh", "stale", "synced", "sync"}:
        return Asked("status")
    return Asked("help") if "help" in said and len(said) <= 4 else None


def _with_person(asked: Asked, rest: str) -> Asked:
    """The question with the somebody else whom its words name; `rest` are the words without a deal's name."""
    plain = " ".join(_ASKING.sub(" ", rest).split())
    sure = _owner(plain) or _earner(plain)
    if sure:
        return replace(asked, person=sure, claim="sure")
    if _ONESELF.search(plain) or asked.question == "line":
        return asked
    if asked.question == "deal":
        is_for = re.search(r"\bfor$", plain)
        return replace(asked, person=asked.deal, claim="deal") if is_for else asked
    about = _ABOUT.search(arguments.without_period(plain)[0])
    person = _strange(about[1]) if about else ""
    if person:
        return replace(asked, person=person, claim="sure")
    bare = _strange(plain)
    return replace(asked, person=bare, claim="bare") if bare else asked


def _owner(plain: str) -> str:
    """Whose something is: "dwayne carter's quota"."""
    for match in _OWNER.finditer(plain):
        person = _strange(match[1])
        if person and arguments.period(person) is None:
            return person
    return ""


def _earner(plain: str) -> str:
    """Who did something: "how much did dwayne carter make"."""
    match = _EARNER.search(plain)
    return _strange(match[1]) if match and not _ONESELF.search(match[1]) else ""


def _strange(words: str) -> str:
    """The words among these that are no part of a question about pay: "quota of dwayne carter" has two."""
    found = [word.strip(".").removesuffix("'s") for word in re.findall(r"[^\W_][\w.'-]*", words.replace("@", " "))]
    return " ".join(
        word.replace(".", " ")
        for word in found
        if word not in _KNOWN and arguments.period(word) is None and not any(letter.isdigit() for letter in word)
    )
