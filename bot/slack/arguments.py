"""The words after a command: a period, a person, `help`; anything else is answered with the nearest that works."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product

from rapidfuzz import fuzz, process, utils

from bot.errors import NotUnderstoodError

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
UNITS = ("week", "month", "quarter", "half", "year")
_RELATIVE = tuple(
    f"{which} {unit}" for which, unit in product(("this", "last", "next"), ("month", "quarter", "year"))
)
VOCABULARY = (*_RELATIVE, *MONTHS, "2026-Q1", "2026-03", "2026", "help")
_SAME = {
    "qtd": "this quarter", "mtd": "this month", "ytd": "this year", "now": "", "today": "", "current": "",
    "quarter": "this quarter", "month": "this month", "year": "this year",
}  # fmt: skip
_MONTH_WORD = {word: month for month in MONTHS for word in (month, month[:3])} | {"sept": "september"}
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_EMAIL = re.compile(r"<mailto:([^|>\s]+)(?:\|[^>]*)?>|(?<!\S)([\w.+-]+@[\w-]+\.[\w.-]+)(?!\S)")
_POSSESSIVE = re.compile(r"['’]s\b|\?")
_QUARTER = re.compile(r"(?:(?:fy)?(\d{4})[- ]?)?q([1-4])(?:[- ]?(?:fy)?(\d{4}))?")
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
    """
    mention, email = _MENTION.search(text), _EMAIL.search(text)
    rest = _EMAIL.sub(" ", _MENTION.sub(" ", text))
    words = " ".join(_POSSESSIVE.sub(" ", rest.casefold()).split())
    if words in ("help", "-h", "--help"):
        return Arguments(wants_help=True)
    found = period(words)
    if found is None:
        raise NotUnderstoodError(words[:80], nearest(words, VOCABULARY))
    address = (email.group(1) or email.group(2)) if email else ""
    return Arguments(found or None, mention.group(1) if mention else "", address.casefold())


def period(words: str) -> str | None:
    """`words` as the period label that operations take; "" for now, None where it names no period."""
    words = " ".join(words.removeprefix("for ").removeprefix("in ").removeprefix("the ").split())
    words = words.replace("current ", "this ").replace("previous ", "last ").replace("prior ", "last ")
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
    for size in (2, 1):
        for start in range(len(parts) - size + 1):
            found = _named(" ".join(parts[start : start + size]))
            if found:
                return found
    return None


def nearest(word: str, among: tuple[str, ...]) -> str:
    """The closest of `among` to what was typed, "" where nothing is close."""
    match = process.extractOne(
        word[:200], among, scorer=fuzz.WRatio, processor=utils.default_process, score_cutoff=60
    )
    return match[0] if match else ""


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
