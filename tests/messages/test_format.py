"""Figures as a reader writes them. Babel, given a Decimal, is the judge of money."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from babel.numbers import format_currency
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dates import Period
from engine.money import Money, Rate, exponent
from messages import format as written
from messages.views import Reader

LOCALES = ["en-US", "en-GB", "en-IN", "de-DE", "de-CH", "fr-FR", "es-ES", "pt-BR", "ja-JP", "pl-PL", "sv-SE", "nl-NL"]
CURRENCIES = ["USD", "EUR", "GBP", "JPY", "KWD", "CHF", "INR", "SEK"]
US, DE = Reader("en-US"), Reader("de-DE", "Europe/Berlin")


@settings(deadline=None)
@given(st.integers(-(10**14), 10**14), st.sampled_from(CURRENCIES), st.sampled_from(LOCALES))
def test_money_is_what_babel_says(minor: int, currency: str, locale: str) -> None:
    places = exponent(currency)
    exact = Decimal(minor).scaleb(-places)
    expected = format_currency(
        exact, currency, locale=locale.replace("-", "_"), currency_digits=False, decimal_quantization=False
    )
    if exact == exact.to_integral() or places == 0 or minor % 10 == 0:  # Babel drops trailing zeros in this mode
        expected = format_currency(exact, currency, locale=locale.replace("-", "_"))
    shown = written.money(Money(minor, currency), Reader(locale))
    assert shown.replace("\u00a0", "") == expected.replace("\u00a0", "")


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "shown"),
    [
        (1_840_000, "USD", "en-US", "$18,400.00"),
        (1_840_000, "EUR", "de-DE", "18.400,00\u00a0€"),
        (1_840_000, "JPY", "ja-JP", "￥1,840,000"),
        (5, "USD", "en-US", "$0.05"),
        (-5, "USD", "en-US", "-$0.05"),
        (0, "USD", "en-US", "$0.00"),
        (123_456_789, "KWD", "en-US", "KWD\u00a0123,456.789"),
        (9_007_199_254_740_993, "USD", "en-US", "$90,071,992,547,409.93"),
        (100_000, "USD", "xx-YY", "$1,000.00"),
    ],
)
def test_money(minor: int, currency: str, locale: str, shown: str) -> None:
    assert written.money(Money(minor, currency), Reader(locale)) == shown


@pytest.mark.parametrize(
    ("ppm", "shown"),
    [(0, "0%"), (999_999, "99.9%"), (1_000_000, "100%"), (820_000, "82%"), (819_607, "81.9%"), (-5_500, "-0.5%")],
)
def test_nobody_reads_100_percent_too_early(ppm: int, shown: str) -> None:
    assert written.percent(ppm, US) == shown


@pytest.mark.parametrize(
    ("rate", "shown"),
    [("8%", "8%"), ("12.5%", "12.5%"), ("0.0725", "7.25%"), ("1/3", "≈\u00a033.333333%"), ("0", "0%")],
)
def test_rates_are_exact_or_say_that_they_are_not(rate: str, shown: str) -> None:
    assert written.rate(Rate.parse(rate), US) == shown


def test_rates_and_shares_in_german() -> None:
    assert written.rate(Rate.parse("12.5%"), DE) == "12,5\u00a0%"
    assert written.factor(Rate.parse("1.0825"), DE) == "1,0825"
    assert written.share(333_333_333, DE) == "33,3333333\u00a0%"
    assert written.times(35, 10, DE) == "3,5×"


def test_days_and_periods() -> None:
    q4 = Period("Q4 2025", date(2025, 10, 1), date(2026, 1, 1))
    assert written.period(q4, US) == "Q4 2025 (Oct 1, 2025 – Dec 31, 2025)"
    november = Period("2026-11", date(2026, 11, 1), date(2026, 12, 1))
    assert [written.period_name(november, reader) for reader in (US, DE)] == ["November 2026", "November 2026"]
    assert written.period_name(november, Reader("ja-JP")) == "November 2026"
    assert written.within(november, Reader("fr-FR")) == "in November 2026"
    assert written.period(q4, DE) == "Q4 2025 (1 Oct 2025 – 31 Dec 2025)"
    assert [written.days_left(days) for days in (40, 1, 0)] == ["40 days left", "1 day left", "no days left"]


def test_a_period_without_a_name_goes_by_its_days() -> None:
    ramp = Period("2026-08-15 .. 2027-04-01", date(2026, 8, 15), date(2027, 4, 1))
    assert written.period_name(ramp, US) == "Aug 15, 2026 – Mar 31, 2027"
    assert written.period(ramp, US) == "Aug 15, 2026 – Mar 31, 2027"
    assert written.within(ramp, US) == "from Aug 15, 2026 to Mar 31, 2027"
    for label in ("2026", "FY2027", "Q3 FY2027"):
        assert written.period_name(Period(label, ramp.start_on, ramp.end_on), US) == label


def test_days_inside_a_text() -> None:
    said = "first on 2026-10-16, not 2026-13-45"
    assert written.with_days(said, US) == "first on Oct 16, 2026, not 2026-13-45"
    assert written.days_in(said) == (date(2026, 10, 16),)


@pytest.mark.parametrize(("ppm", "shown"), [(643_835, "64.4%"), (643_499, "64.3%"), (1_000_000, "100%"), (0, "0%")])
def test_the_share_of_days_is_rounded_half_up(ppm: int, shown: str) -> None:
    assert written.rounded(ppm, US) == shown


def test_moments_are_on_the_readers_clock() -> None:
    at = datetime(2025, 11, 21, 23, 30, tzinfo=UTC)
    assert written.moment(at, DE) == "22 Nov 2025, 00:30"
    assert written.moment(at, Reader("en-US", "America/New_York")).replace("\u202f", " ") == "Nov 21, 2025, 6:30 PM"
    assert written.moment(at, Reader("en-US", "Mars/Olympus")).replace("\u202f", " ") == "Nov 21, 2025, 11:30 PM"


@pytest.mark.parametrize(
    ("ago", "shown"),
    [
        (timedelta(minutes=-5), "ahead of this clock"),
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=12), "12 min ago"),
        (timedelta(hours=47), "47 h ago"),
        (timedelta(days=3), "3 days ago"),
    ],
)
def test_age(ago: timedelta, shown: str) -> None:
    now = datetime(2025, 11, 21, 14, tzinfo=UTC)
    assert written.age(now - ago, Reader(now=now)) == shown
    assert written.age(now - ago, Reader()) == ""
