"""The words after a command: a period, a person, `help`; anything else is answered with the nearest that works."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product

from rapidfuzz import fuzz, process, utils

from bot.errors import BotError, NotUnderstoodError

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
UNITS = ("week", "month", "quarter", "half", "year")
_RELATIVE = tuple(
    f"{which} {unit}" for which, unit in product(("this", "last", "next"), ("month", "quarter", "year"))
)
VOCABULARY = (*_RELATIVE, *MONTHS, "2026-Q1", "2026-03", "2026", "help")
#: How alike a slip of the pen is to what was meant, of 100; and what is so short that anything resembles it.
ALMOST, SHORTEST_SUGGESTED = 75, 3
_BEFORE_PERIOD = ("in", "for", "during", "of", "over", "from", "since", "the")
_SAME = {
    "qtd": "this quarter", "mtd": "this month", "ytd": "this year", "now": "", "today": "", "current": "",
    "quarter": "this quarter", "month": "this month", "year": "this year",
}  # fmt: skip
_MONTH_WORD = {word: month for month in MONTHS for word in (month, month[:3])} | {"sept": "september"}
_MONTH_NAMES = "|".join(sorted(_MONTH_WORD, key=len, reverse=True))
_BY_DAY = r"(?:\b(?:by|on|until|before|the) )*"
_DAY_NUMBER = r"(?P<day>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?:,? (?P<year>\d{4}))?"
_DAY = re.compile(rf"{_BY_DAY}\b(?P<iso>\d{{4}}-\d\d-\d\d)\b")
_DAY_FIRST = re.compile(rf"{_BY_DAY}\b{_DAY_NUMBER} (?:of )?(?P<month>{_MONTH_NAMES})\b{_YEAR}")
_MONTH_FIRST = re.compile(rf"{_BY_DAY}\b(?P<month>{_MONTH_NAMES})\.? (?:the )?{_DAY_NUMBER}\b{_YEAR}")
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_EMAIL = re.compile(r"<mailto:([^|>\s]+)(?:\|[^>]*)?>|(?<!\S)([\w.+-]+@[\w-]+\.[\w.-]+)(?!\S)")
_POSSESSIVE = re.compile(r"['’]s\b|\?")
_QUARTER = re.compile(r"(?:(?:fy)?(\d{4})[- ]?)?q([1-4])(?:[- ]?(?:fy)?(\d{4}))?")
#: A fiscal year or a quarter's year as people write it short: FY27, Q3 '27.
_SHORT_YEAR = re.compile(r"(?:(?<![a-z])fy[ ']?|(?<=q[1-4])[- ]?'|(?<=q[1-4])[- ])(?=\d{2}(?!\d))")
_MONTH_NUMBER = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a command was asked: for which period and about whom; empty means now and oneself."""

    period: str | None = None
    mentioned: str = ""
    email: str = ""
    wants_help: bool = False


def parse(text: str) -> Arguments:
    """The arguments in `text`.

    Raises:
        NotUnderstoodError: a word is neither a period nor a person; it carries the nearest word that works.
        BotError: more than one person is named.
    """
    mentioned, email, rest = people_within(text)
    words = " ".join(_POSSESSIVE.sub(" ", rest.casefold()).split())
    if words in ("help", "-h", "--help"):
        return Arguments(wants_help=True)
    found = period(words)
    if found is None:
        raise NotUnderstoodError(words[:80], nearest(words, VOCABULARY))
    return Arguments(found or None, mentioned, email)


def people_within(text: str) -> tuple[str, str, str]:
    """The account that is mentioned or the address that is written in `text`, and the text without it.

    Raises:
        BotError: more than one person is named.
    """
    accounts = {match[1] for match in _MENTION.finditer(text)}
    addresses = {(match[1] or match[2]).casefold() for match in _EMAIL.finditer(text)}
    if len(accounts) + len(addresses) > 1:
        raise BotError("I answer about one person at a time. Ask once for each of them.")
    return "".join(accounts), "".join(addresses), _EMAIL.sub(" ", _MENTION.sub(" ", text))


def period(words: str) -> str | None:
    """`words` as the period label that operations take; "" for now, None where it names no period."""
    words = " ".join(words.removeprefix("for ").removeprefix("in ").removeprefix("the ").split())
    words = words.replace("current ", "this ").replace("previous ", "last ").replace("prior ", "last ")
    words = _SHORT_YEAR.sub(_in_this_century, words)
    if words in ("", *_RELATIVE):
        return words
    if words in _SAME:
        return _SAME[words]
    quarter = _QUARTER.fullmatch(words)
    if quarter and not (quarter[1] and quarter[3]):
        year = quarter[1] or quarter[3]
        return f"{year}-Q{quarter[2]}" if year else f"Q{quarter[2]}"
    return _month(words)


def period_within(words: str) -> str | None:
    """The first period named anywhere in a sentence, None where it names none."""
    parts = words.split()
    for size in (3, 2, 1):
        for start in range(len(parts) - size + 1):
            found = _named(" ".join(parts[start : start + size]))
            if found:
                return found
    return None


def day_within(words: str) -> tuple[str | None, str]:
    """The day named in a sentence as 2026-12-15, or 12-15 where no year is said, and the sentence without it."""
    for pattern in (_DAY, _DAY_FIRST, _MONTH_FIRST):
        match = pattern.search(words)
        if match:
            rest = " ".join(f"{words[: match.start()]} {words[match.end() :]}".split())
            found = match.groupdict()
            if "iso" in found:
                return found["iso"], rest
            month = MONTHS.index(_MONTH_WORD[found["month"]]) + 1
            said = f"{month:02}-{int(found['day']):02}"
            return (f"{found['year']}-{said}" if found["year"] else said), rest
    return None, words


def without_period(words: str) -> tuple[str, str | None]:
    """The words before a period at their end, and that period: "acme in november", "acme last month".

    A lone word is a period only behind a preposition or where it holds a digit: "Summer May" is a name.
    """
    parts = words.split()
    for size in (3, 2, 1):
        rest, said = parts[:-size], " ".join(parts[-size:])
        if not rest or not (found := period(said)):
            continue
        if rest[-1] in _BEFORE_PERIOD:
            return " ".join(rest[:-1]), found
        if (size > 1 and parts[-size] not in _BEFORE_PERIOD) or re.search(r"\d", said):
            return " ".join(rest), found
    return words, None


def nearest(word: str, among: tuple[str, ...]) -> str:
    """The one of `among` that is spelled almost as what was typed, "" where none is.

    Whole against whole: "Maya" is no slip for May, nor "H1" for anything.
    """
    match = process.extractOne(
        word[:200],
        [each for each in among if len(each) > SHORTEST_SUGGESTED],
        scorer=fuzz.ratio,
        processor=utils.default_process,
        score_cutoff=ALMOST,
    )
    return match[0] if match else ""


def _in_this_century(found: re.Match[str]) -> str:
    return "fy20" if found[0].startswith("fy") else " 20"


def _named(words: str) -> str | None:
    """A period that is meant as one: "may" alone or "month" alone in a sentence is not."""
    if words in ("may", "mar", "sat", "dec", "now", "today", "current", *UNITS):
        return None
    return period(words)


def _month(words: str) -> str | None:
    number = _MONTH_NUMBER.fullmatch(words)
    if number:
        return words if 1 <= int(number[2]) <= 12 else None
    name, _, year = words.partition(" ")
    month = _MONTH_WORD.get(name)
    if month and not year:
        return month
    if month and re.fullmatch(r"\d{4}", year):
        return f"{year}-{MONTHS.index(month) + 1:02d}"
    return words if re.fullmatch(r"(fy)?(19|20)\d{2}", words) else None
