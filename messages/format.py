"""Amounts, shares, days and ages as a reader writes them; exact, from whole numbers, never through a float.

Money keeps the plan's currency and takes the reader's separators. A share of quota is rounded towards zero, so that
nobody reads 100% before it is reached.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import get_currency_symbol

from engine.money import exponent

if TYPE_CHECKING:
    from datetime import date, datetime

    from babel import Locale
    from babel.numbers import NumberPattern

    from engine.dates import Period
    from engine.money import Money, Rate
    from messages.reader import Reader

APPROXIMATELY = "≈\u00a0"
_MONTH_LABEL = re.compile(r"\d{4}-\d{2}")
_RATE_PLACES = 6
_PPM_PER_PERCENT = 10_000
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


def money(amount: Money, reader: Reader) -> str:
    """Return an amount, as "$18,400.00" or "18.400,00 €"."""
    return _money_style(reader.conventions, amount.currency).write(amount.minor, exponent(amount.currency))


def percent(ppm: int, reader: Reader) -> str:
    """Return parts per million as a percentage with at most one decimal, rounded towards zero: "81.9%"."""
    tenths = abs(ppm) * 10 // _PPM_PER_PERCENT * (-1 if ppm < 0 else 1)
    whole, tenth = divmod(abs(tenths), 10)
    style = _percent_style(reader.conventions)
    return style.write(tenths, 1) if tenth else style.write(-whole if tenths < 0 else whole, 0)


def rate(value: Rate, reader: Reader) -> str:
    """Return a rate as an exact percentage, "7.25%"; one that has no end is cut and marked as approximate."""
    return _ratio(value.num * 100, value.den, _percent_style(reader.conventions))


def factor(value: Rate, reader: Reader) -> str:
    """Return a rate as a plain number, "1.0825", as exchange rates are written."""
    return _ratio(value.num, value.den, _number_style(reader.conventions))


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


@lru_cache(maxsize=4096)
def _day(on: date, locale: Locale) -> str:
    return format_date(on, "medium", locale=locale)


def day(on: date, reader: Reader) -> str:
    """Return a plain date: "Nov 21, 2025"; fiscal days have no zone."""
    return _day(on, reader.conventions)


def period_name(value: Period, reader: Reader) -> str:
    """Return what a period is called: its label, save that a month "2026-11" reads "November 2026"."""
    if not _MONTH_LABEL.fullmatch(value.label):
        return value.label
    return format_skeleton("yMMMM", value.start_on, locale=reader.conventions)


def period(value: Period, reader: Reader) -> str:
    """Return a period with its first and last day: "Q4 2025 (Oct 1, 2025 – Dec 31, 2025)"."""
    first, last = day(value.start_on, reader), day(value.last_on, reader)
    return f"{period_name(value, reader)} ({first} – {last})"


def moment(at: datetime, reader: Reader) -> str:
    """Return an instant on the reader's clock: "Nov 21, 2025, 2:02 PM"."""
    local = at.astimezone(reader.zone)
    return f"{day(local.date(), reader)}, {format_time(local.time(), 'short', locale=reader.conventions)}"


def age(at: datetime, reader: Reader) -> str:
    """Return how long ago an instant was, "12 min ago"; empty where the time of reading is unknown."""
    if reader.now is None:
        return ""
    seconds = int((reader.now.astimezone(UTC) - at.astimezone(UTC)).total_seconds())
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
