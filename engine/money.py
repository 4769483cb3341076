"""Money in integer minor units, exact rates, and the only places where anything is rounded or shared out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import total_ordering
from math import gcd
from typing import TYPE_CHECKING, Literal, get_args

from engine.errors import CurrencyMismatch, CurrencyUnknown, MoneyUnreadable, RateUnreadable, SplitImpossible

if TYPE_CHECKING:
    from collections.abc import Sequence

Rounding = Literal["half_up", "half_even", "down"]
ROUNDING_MODES: tuple[str, ...] = get_args(Rounding)

# ISO 4217, active codes. Two decimals unless listed in _EXPONENTS.
_CODES = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF
CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG
HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA
MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD
RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX
USD UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES = frozenset(_CODES.split())
_NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_EXPONENTS = {
    **dict.fromkeys(_NO_DECIMALS.split(), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}

_DECIMAL = re.compile(r"(?P<sign>[+-]?)(?P<whole>\d{1,3}(?:,\d{3})+|\d+(?:_\d+)*)(?:\.(?P<part>\d+))?", re.ASCII)
_LONGEST = 40  # no rate or amount that a person writes is longer; longer ones are an attack on exact arithmetic


def exponent(currency: str) -> int:
    """Decimals of the currency's minor unit: 2 for USD, 0 for JPY, 3 for KWD.

    Raises:
        CurrencyUnknown: The code is not an active one of ISO 4217.
    """
    if currency not in CURRENCIES:
        raise CurrencyUnknown(f"{currency!r} is no ISO 4217 currency code; use one such as USD, EUR or JPY")
    return _EXPONENTS.get(currency, 2)


def _decimal(text: str) -> Fraction | None:
    match = _DECIMAL.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        return None
    digits = match["whole"].replace("_", "").replace(",", "")
    part = match["part"] or ""
    value = Fraction(int(digits + part), 10 ** len(part))
    return -value if match["sign"] == "-" else value


def divide(num: int, den: int, mode: Rounding = "half_up") -> int:
    """`num / den` rounded to a whole number. `half_up` moves ties away from zero, `down` cuts towards zero.

    All modes mirror around zero, so that a negative amount takes back exactly what its positive twin gave.
    """
    if den < 0:
        num, den = -num, -den
    quotient, rest = divmod(abs(num), den)
    up = 2 * rest >= den if mode == "half_up" else 2 * rest > den or (2 * rest == den and quotient % 2 == 1)
    if mode != "down" and up:
        quotient += 1
    return -quotient if num < 0 else quotient


def apportion(total: int, shares: Sequence[int]) -> list[int]:
    """`total` shared in proportion to `shares` by largest remainder: whole numbers that sum to it exactly.

    Equal remainders go to the earlier share. A negative total is the mirror image of the positive one.

    Raises:
        SplitImpossible: A share is negative, or all are zero while there is something to share.
    """
    weight = sum(shares)
    if any(share < 0 for share in shares) or (weight == 0 and total != 0):
        raise SplitImpossible
    if weight == 0:
        return [0] * len(shares)
    parts = [divmod(abs(total) * share, weight) for share in shares]
    left = abs(total) - sum(whole for whole, _ in parts)
    favoured = set(sorted(range(len(parts)), key=lambda i: (-parts[i][1], i))[:left])
    sign = -1 if total < 0 else 1
    return [sign * (whole + (i in favoured)) for i, (whole, _) in enumerate(parts)]


@total_ordering
@dataclass(frozen=True, slots=True)
class Rate:
    """An exact rate `num/den`, lowest terms, positive denominator: a commission rate, a share, an exchange rate."""

    num: int
    den: int = 1

    def __post_init__(self) -> None:
        if self.den == 0:
            raise RateUnreadable("a rate cannot have the denominator 0")
        shared = gcd(self.num, self.den) * (1 if self.den > 0 else -1)
        object.__setattr__(self, "num", self.num // shared)
        object.__setattr__(self, "den", self.den // shared)

    @classmethod
    def parse(cls, text: str) -> Rate:
        """The exact rate that `8%`, `12.5 %`, `0.08`, `1_000` or `1/3` writes.

        Raises:
            RateUnreadable: The text is none of these.
        """
        plain = text.strip()
        top, slash, bottom = plain.partition("/")
        percent = plain.endswith("%") and not slash
        value = _decimal(plain[:-1].rstrip() if percent else top.strip())
        below = _decimal(bottom.strip()) if slash else Fraction(100 if percent else 1)
        if value is None or not below:
            raise RateUnreadable(
                f"{text[:60]!r} is no exact rate; write a percentage such as 8% or a decimal such as 0.08"
            )
        return cls.of(value / below)

    @classmethod
    def of(cls, value: Fraction) -> Rate:
        """The rate equal to an exact fraction."""
        return cls(value.numerator, value.denominator)

    @property
    def fraction(self) -> Fraction:
        """The rate as an exact `Fraction`."""
        return Fraction(self.num, self.den)

    @property
    def ppm(self) -> int:
        """Parts per million, rounded half up: for display and comparison, never for pay."""
        return divide(self.num * 1_000_000, self.den)

    @property
    def ppb(self) -> int:
        """Parts per billion, rounded half up: for display and comparison, never for pay."""
        return divide(self.num * 1_000_000_000, self.den)

    def percent(self, places: int = 6) -> str:
        """The percentage as people write it: `8%`, `12.5%`; at most `places` decimals, no trailing zeros."""
        scaled = divide(self.num * 100 * 10**places, self.den)
        whole, part = divmod(abs(scaled), 10**places)
        tail = f".{part:0{places}d}".rstrip("0").rstrip(".") if places else ""
        return f"{'-' if scaled < 0 else ''}{whole}{tail}%"

    def __lt__(self, other: Rate) -> bool:
        return self.num * other.den < other.num * self.den

    def __str__(self) -> str:
        return self.percent()


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount in integer minor units of one currency. Sums and comparisons refuse to mix currencies."""

    minor: int
    currency: str

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """The amount that `50_000`, `1,250` or `1_250.00` writes in major units of `currency`.

        Raises:
            MoneyUnreadable: The text is no number, or has more decimals than the currency.
            CurrencyUnknown: The currency is unknown.
        """
        value = _decimal(text.strip())
        minor = None if value is None else value * 10 ** exponent(currency)
        if minor is None or minor.denominator != 1:
            places = exponent(currency)
            raise MoneyUnreadable(
                f"{text[:60]!r} is no amount of {currency}; write 50_000, with at most {places} decimals"
            )
        return cls(minor.numerator, currency)

    @property
    def text(self) -> str:
        """The amount in major units with the currency's decimals and no grouping: `1250.00`."""
        places = exponent(self.currency)
        digits = f"{abs(self.minor):0{places + 1}d}"
        body = f"{digits[:-places]}.{digits[-places:]}" if places else digits
        return f"{'-' if self.minor < 0 else ''}{body}"

    def _same(self, other: Money) -> int:
        if not isinstance(other, Money) or other.currency != self.currency:
            raise CurrencyMismatch(f"{self} and {other} are not in one currency; convert one of them first")
        return other.minor

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __str__(self) -> str:
        return f"{self.text} {self.currency}"


@total_ordering
@dataclass(frozen=True, slots=True)
class Quantity:
    """A number that is no money, in exact millionths of a unit: credit that is counted, such as licences."""

    millionths: int
    unit: str = ""

    @property
    def currency(self) -> str:
        """None: it is no money, and differs from every currency."""
        return ""

    @property
    def minor(self) -> int:
        """The number in the smallest part that is counted, as `Money.minor` is for amounts."""
        return self.millionths

    @property
    def text(self) -> str:
        """The number without trailing zeros and without its unit: `12.5`."""
        whole, part = divmod(abs(self.millionths), 1_000_000)
        return f"{'-' if self.millionths < 0 else ''}{whole}" + (f".{part:06d}".rstrip("0") if part else "")

    def __bool__(self) -> bool:
        return self.millionths != 0

    def __lt__(self, other: Quantity) -> bool:
        return self.millionths < other.millionths

    def __str__(self) -> str:
        return f"{self.text} {self.unit}".rstrip()
