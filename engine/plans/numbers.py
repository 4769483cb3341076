"""An exact number as a reader wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from engine.money import Rate, divide


@dataclass(frozen=True, slots=True)
class Figure:
    """An exact number, whether it was written in percent, and with how many decimals."""

    value: Fraction | int
    is_percent: bool = False
    decimals: int = 0

    @classmethod
    def parse(cls, text: str) -> Figure:
        """The number that `1_250.00`, `-750`, `33.33%` or `1/3` writes.

        Raises:
            RateUnreadable: It is none of these.
        """
        rate = Rate.parse(text)
        plain = text.strip().removesuffix("%").rstrip()
        return cls(rate.fraction, text.strip().endswith("%"), len(plain.partition(".")[2]))

    def minor(self, exponent: int) -> Fraction:
        """The number in units of 10 to the minus `exponent`."""
        return Fraction(self.value) * Fraction(10**exponent)

    def agrees(self, found: Fraction) -> bool:
        """Whether `found`, rounded half up to the decimals that were written, is this number."""
        scale: int = 10**self.decimals * (100 if self.is_percent else 1)
        return divide(found.numerator * scale, found.denominator) == Fraction(self.value) * scale

    def __str__(self) -> str:
        scale = 100 if self.is_percent else 1
        whole = divide(Fraction(self.value).numerator * scale * 10**self.decimals, Fraction(self.value).denominator)
        digits = f"{abs(whole):0{self.decimals + 1}d}"
        body = f"{digits[: -self.decimals]}.{digits[-self.decimals :]}" if self.decimals else digits
        return f"{'-' if whole < 0 else ''}{body}{'%' if self.is_percent else ''}"


NOTHING = Figure(0)
