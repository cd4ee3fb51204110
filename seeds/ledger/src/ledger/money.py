"""Amounts of money in whole minor units, with the arithmetic a ledger needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from ledger.errors import AmountError, CurrencyError

EXPONENTS = {
    "BHD": 3,
    "CHF": 2,
    "CZK": 2,
    "EUR": 2,
    "GBP": 2,
    "ISK": 0,
    "JPY": 0,
    "KRW": 0,
    "KWD": 3,
    "PLN": 2,
    "SEK": 2,
    "TND": 3,
    "USD": 2,
}
LARGEST_MINOR = 10**14
BASIS = 10_000
AMOUNT = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?")


def currency_code(text: str) -> str:
    """Return the three-letter code meant by a customer's input."""
    code = text.strip().upper()
    if code not in EXPONENTS:
        raise CurrencyError(f"{code or 'nothing'} is not a currency we keep accounts in")
    return code


def decimal_from(text: str) -> Decimal:
    """Read a number as people type it."""
    cleaned = text.strip()
    if not AMOUNT.fullmatch(cleaned):
        raise AmountError(f"“{text}” is not an amount")
    return Decimal(cleaned.replace(",", ""))


@dataclass(frozen=True, slots=True)
class Money:
    """A number of minor units of one currency."""

    minor: int
    currency: str

    @classmethod
    def of(cls, text: str, currency: str) -> Money:
        """Read an amount in major units."""
        code = currency_code(currency)
        scaled = decimal_from(text).scaleb(EXPONENTS[code])
        minor = int(scaled)
        if minor != scaled:
            raise AmountError(f"{text.strip()} is finer than {code} can be paid")
        if abs(minor) > LARGEST_MINOR:
            raise AmountError(f"{text.strip()} {code} is more than an account can hold")
        return cls(minor, code)

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Nothing, in the given currency."""
        return cls(0, currency)

    @classmethod
    def total(cls, amounts: Iterable[Money], currency: str) -> Money:
        """Add up any number of amounts."""
        result = cls.zero(currency)
        for amount in amounts:
            result = result + amount
        return result

    def _minor_of(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrencyError(f"{self.currency} and {other.currency} cannot be mixed")
        return other.minor

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._minor_of(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._minor_of(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __abs__(self) -> Money:
        return Money(abs(self.minor), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._minor_of(other)

    def portion(self, basis_points: int, rounding: str = ROUND_HALF_EVEN) -> Money:
        """Return so many hundredths of a per cent of the amount."""
        exact = Decimal(self.minor * basis_points) / BASIS
        return Money(int(exact.to_integral_value(rounding=rounding)), self.currency)

    def allocate(self, weights: Sequence[int]) -> list[Money]:
        """Distribute the amount in proportion to whole-number weights."""
        whole = sum(weights)
        if whole <= 0 or min(weights) < 0:
            raise AmountError("shares must not be negative and must not all be zero")
        minors = [self.minor * weight // whole for weight in weights]
        left = self.minor - sum(minors)
        queue = sorted(
            range(len(weights)),
            key=lambda index: (-(self.minor * weights[index] % whole), -weights[index]),
        )
        for index in queue[:left]:
            minors[index] += 1
        return [Money(minor, self.currency) for minor in minors]

    def plain(self, decimal_mark: str = ".") -> str:
        """Render for machines: no grouping, no currency."""
        exponent = EXPONENTS[self.currency]
        sign = "-" if self.minor < 0 else ""
        whole, fraction = divmod(abs(self.minor), 10**exponent)
        if exponent == 0:
            return f"{sign}{whole}"
        return f"{sign}{whole}{decimal_mark}{fraction:0{exponent}d}"

    def __str__(self) -> str:
        digits = self.plain().lstrip("-")
        whole, mark, fraction = digits.partition(".")
        sign = "-" if self.minor < 0 else ""
        return f"{sign}{int(whole):,}{mark}{fraction} {self.currency}"


def check_positive(amount: Money, what: str = "an amount") -> None:
    """Refuse an amount that moves nothing or moves backwards."""
    if amount.minor <= 0:
        raise AmountError(f"{what} must be more than zero, not {amount}")
