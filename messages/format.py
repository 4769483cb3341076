"""Amounts, shares, days and ages as a reader writes them; exact, from whole numbers, never through a float.

Money keeps the plan's currency and takes the reader's separators. A share of quota is rounded towards zero, so that
nobody reads 100% before it is reached.

One rule for languages: the words are English, so the names of months are too. Amounts, percentages, numbers and the
12 or 24 hours of the clock are the reader's; dates are English with the day first ("21 Nov 2025"), or as the reader's
own English has them ("Nov 21, 2025" in the United States).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date
from fractions import Fraction
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import get_currency_symbol

from engine.errors import EngineError
from engine.money import Money, Quantity, Rate, exponent

if TYPE_CHECKING:
    from datetime import datetime, time

    from babel.numbers import NumberPattern

    from engine.dates import Period
    from messages.reader import Reader

APPROXIMATELY = "≈\u00a0"
ENGLISH = Locale.parse("en_001")
_MONTH_LABEL = re.compile(r"\d{4}-\d{2}")
_FISCAL_LABEL = re.compile(r"(?:Q[1-4] )?(?:FY)?\d{4}")
_ISO_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_RATE_PLACES = 6
_PPM_PER_PERCENT = 10_000
_PPM_PER_TENTH = 1_000
_TENTH = 100_000  # of a unit, in millionths
_QUOTED = re.compile("(“[^”]*”)")
_FIGURES = re.compile(
    r"(?<![\w.])(?P<amount>-?\d+(?:\.\d+)?) (?P<currency>[A-Z]{3})\b"
    r"|(?<![\w.])(?P<percent>-?\d+(?:\.\d+)?)%"
    r"|\b(?P<day>\d{4}-\d{2}-\d{2})\b"
)
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


@dataclass(frozen=True, slots=True)
class _Style:
    """How a locale writes one kind of number: what stands around it, and what within."""

    before: tuple[str, str]
    after: tuple[str, str]
    grouping: tuple[int, int]
    group: str
    decimal: str

    def write(self, value: int, places: int) -> str:
        """Return `value / 10**places` with exactly that many decimals."""
        sign = value < 0
        digits = str(abs(value)).rjust(places + 1, "0")
        whole, fraction = (digits[:-places], digits[-places:]) if places else (digits, "")
        text = self._grouped(whole) + (self.decimal + fraction if fraction else "")
        return self.before[sign] + text + self.after[sign]

    def _grouped(self, whole: str) -> str:
        """Return the digits with the locale's separators: the last group, then the others."""
        last, other = self.grouping
        if len(whole) <= last:
            return whole
        parts, rest = [whole[-last:]], whole[:-last]
        while rest:
            parts.append(rest[-other:])
            rest = rest[:-other]
        return self.group.join(reversed(parts))


@cache
def _money_style(locale: Locale, currency: str) -> _Style:
    """Return how a locale writes amounts in a currency."""
    return _style(locale, locale.currency_formats["standard"], get_currency_symbol(currency, locale))


@cache
def _percent_style(locale: Locale) -> _Style:
    """Return how a locale writes percentages."""
    return _style(locale, locale.percent_formats[None], "")


@cache
def _number_style(locale: Locale) -> _Style:
    """Return how a locale writes bare numbers."""
    return _style(locale, locale.decimal_formats[None], "")


def _style(locale: Locale, pattern: NumberPattern, symbol: str) -> _Style:
    """Return the style of a locale's number pattern with the currency sign put in."""
    symbols = locale.number_symbols["latn"]
    return _Style(
        before=(_spaced(pattern.prefix[0], symbol), _spaced(pattern.prefix[1], symbol)),
        after=(pattern.suffix[0].replace("¤", symbol), pattern.suffix[1].replace("¤", symbol)),
        grouping=pattern.grouping,
        group=symbols["group"],
        decimal=symbols["decimal"],
    )


def _spaced(prefix: str, symbol: str) -> str:
    """Return the prefix with the symbol; one that ends in a letter (CHF) gets a space, as CLDR says."""
    gap = "\u00a0" if prefix.endswith("¤") and symbol[-1:].isalpha() else ""
    return prefix.replace("¤", symbol) + gap


def money(amount: Money | Quantity, reader: Reader) -> str:
    """Return an amount, as "$18,400.00" or "18.400,00 €"; what is counted in numbers, as "12.5 seats"."""
    if isinstance(amount, Quantity):
        return f"{factor(Rate(amount.millionths, 1_000_000), reader)} {amount.unit}".rstrip()
    return _money_style(reader.conventions, amount.currency).write(amount.minor, exponent(amount.currency))


def percent(ppm: int, reader: Reader) -> str:
    """Return parts per million as a percentage with at most one decimal, rounded towards zero: "81.9%"."""
    tenths = abs(ppm) * 10 // _PPM_PER_PERCENT * (-1 if ppm < 0 else 1)
    whole, tenth = divmod(abs(tenths), 10)
    style = _percent_style(reader.conventions)
    return style.write(tenths, 1) if tenth else style.write(-whole if tenths < 0 else whole, 0)


def rounded(ppm: int, reader: Reader) -> str:
    """Return parts per million as a percentage with at most one decimal, rounded half up: "64.4%" of the days."""
    return percent((2 * ppm + _PPM_PER_TENTH) // (2 * _PPM_PER_TENTH) * _PPM_PER_TENTH, reader)


def rate(value: Rate, reader: Reader) -> str:
    """Return a rate as an exact percentage, "7.25%"; one that has no end is cut and marked as approximate."""
    return _ratio(value.num * 100, value.den, _percent_style(reader.conventions))


def factor(value: Rate, reader: Reader) -> str:
    """Return a rate as a plain number, "1.0825", as exchange rates are written."""
    return _ratio(value.num, value.den, _number_style(reader.conventions))


def price(value: Rate, currency: str, reader: Reader) -> str:
    """Return a rate of minor units for each thing counted, as "$50.00", or "$0.0125" with more decimals."""
    places = exponent(currency)
    scaled, rest = divmod(abs(value.num) * 10 ** (_RATE_PLACES - places), value.den)
    shown = _RATE_PLACES
    while shown > places and scaled % 10 == 0:
        scaled, shown = scaled // 10, shown - 1
    said = _money_style(reader.conventions, currency).write(-scaled if value.num < 0 else scaled, shown)
    return (APPROXIMATELY if rest else "") + said


def about(amount: Money | Quantity, reader: Reader) -> str:
    """Return an amount that need not be exact: a number with at most one decimal, rounded half up; money as it is."""
    if not isinstance(amount, Quantity):
        return money(amount, reader)
    tenths = (2 * amount.millionths + _TENTH) // (2 * _TENTH)
    mark = "" if tenths * _TENTH == amount.millionths else APPROXIMATELY
    return mark + money(Quantity(tenths * _TENTH, amount.unit), reader)


def share(ppb: int, reader: Reader) -> str:
    """Return a share in parts per billion as an exact percentage: "33.3333333%" is what a third of a deal is."""
    return _ratio(ppb, 10_000_000, _percent_style(reader.conventions), places=7)


def _ratio(num: int, den: int, style: _Style, places: int = _RATE_PLACES) -> str:
    """Return `num / den` with as few decimals as say it exactly, at most `places`."""
    scaled, rest = divmod(abs(num) * 10**places, den)
    while places and scaled % 10 == 0:
        scaled, places = scaled // 10, places - 1
    return (APPROXIMATELY if rest else "") + style.write(-scaled if num < 0 else scaled, places)


def times(part: int, whole: int, reader: Reader) -> str:
    """Return how many times `whole` goes into `part`, one decimal, rounded down: "3.5×"."""
    return _number_style(reader.conventions).write(part * 10 // whole, 1) + "×"


def number(value: int, reader: Reader) -> str:
    """Return a whole number with separators."""
    return _number_style(reader.conventions).write(value, 0)


def count(value: int, noun: str, reader: Reader) -> str:
    """Return "1 deal", "5 deals"."""
    return f"{number(value, reader)} {noun}{'' if value == 1 else 's'}"


def _english(locale: Locale) -> Locale:
    """Return the English in which a reader's dates are named: their own, or the international one."""
    return locale if locale.language == "en" else ENGLISH


@lru_cache(maxsize=4096)
def _day(on: date, locale: Locale) -> str:
    return format_date(on, "medium", locale=_english(locale))


def day(on: date, reader: Reader) -> str:
    """Return a plain date: "Nov 21, 2025"; fiscal days have no zone."""
    return _day(on, reader.conventions)


def days_in(text: str) -> tuple[date, ...]:
    """Return the days that a text names as "2026-10-16", in its order."""
    return tuple(filter(None, map(_read, _ISO_DAY.findall(text))))


def with_days(text: str, reader: Reader) -> str:
    """Return a text in which each "2026-10-16" is written as the reader's dates are."""

    def written(match: re.Match[str]) -> str:
        on = _read(match[0])
        return day(on, reader) if on else match[0]

    return _ISO_DAY.sub(written, text)


def localised(text: str, reader: Reader) -> str:
    """Return a sentence of the engine with its amounts, percentages and days as the reader writes them.

    What stands in quotation marks is a name and stays as it is.
    """
    parts = _QUOTED.split(text)
    parts[::2] = [_FIGURES.sub(lambda match: _figure(match, reader), part) for part in parts[::2]]
    return "".join(parts)


def _figure(match: re.Match[str], reader: Reader) -> str:
    if match["amount"]:
        try:
            return money(Money.parse(match["amount"], match["currency"]), reader)
        except EngineError:
            return match[0]
    if match["percent"]:
        value = Fraction(match["percent"])
        return rate(Rate.of(value / 100), reader)
    on = _read(match["day"])
    return day(on, reader) if on else match[0]


def _read(text: str) -> date | None:
    """Return the day of "2026-10-16", or None for one that no calendar has."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def period_name(value: Period, reader: Reader) -> str:
    """Return what a period is called: "Q4 2025", "November 2026"; one without a name goes by its days."""
    if _MONTH_LABEL.fullmatch(value.label):
        return format_date(value.start_on, "MMMM y", locale=ENGLISH)
    return value.label if _FISCAL_LABEL.fullmatch(value.label) else _days(value, reader)


def period(value: Period, reader: Reader) -> str:
    """Return a period with its first and last day: "Q4 2025 (Oct 1, 2025 – Dec 31, 2025)"."""
    name, days = period_name(value, reader), _days(value, reader)
    return days if name == days else f"{name} ({days})"


def within(value: Period, reader: Reader) -> str:
    """Return a period as it follows a verb: "in Q4 2025", "from Aug 15, 2026 to Mar 31, 2027"."""
    name = period_name(value, reader)
    if name != _days(value, reader):
        return f"in {name}"
    return f"from {day(value.start_on, reader)} to {day(value.last_on, reader)}"


def _days(value: Period, reader: Reader) -> str:
    return f"{day(value.start_on, reader)} – {day(value.last_on, reader)}"


def moment(at: datetime, reader: Reader) -> str:
    """Return an instant on the reader's clock: "Nov 21, 2025, 2:02 PM"."""
    local = at.astimezone(reader.zone)
    return f"{day(local.date(), reader)}, {_clock(local.time(), reader.conventions)}"


def _clock(at: time, locale: Locale) -> str:
    """Return a time of day with 24 hours where the locale counts so, else in English."""
    counts_to_24 = "H" in locale.time_formats["short"].pattern
    return format_time(at, "HH:mm" if counts_to_24 else "short", locale=_english(locale))


def age(at: datetime, reader: Reader) -> str:
    """Return how long ago an instant was, "12 min ago"; empty where the time of reading is unknown."""
    if reader.now is None:
        return ""
    seconds = int((reader.now.astimezone(UTC) - at.astimezone(UTC)).total_seconds())
    if seconds < -_MINUTE:
        return "ahead of this clock"
    if seconds < _MINUTE:
        return "just now"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min ago"
    if seconds < 2 * _DAY:
        return f"{seconds // _HOUR} h ago"
    return f"{seconds // _DAY} days ago"


def days_left(days: int) -> str:
    """Return "40 days left", "1 day left", or that none is."""
    if days <= 0:
        return "no days left"
    return f"{days} day{'' if days == 1 else 's'} left"
