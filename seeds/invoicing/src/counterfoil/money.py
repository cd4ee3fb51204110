"""Amounts in whole minor units, percentages in hundredths, and how both are rounded and divided."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from enum import Enum
from typing import TYPE_CHECKING

from counterfoil.problems import CurrencyError, LimitError, WordingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DECIMALS = {"EUR": 2, "GBP": 2, "USD": 2, "CHF": 2, "JPY": 0, "ISK": 0, "KWD": 3, "TND": 3}
WHOLE = 10_000
"""A hundred per cent: rates are whole hundredths of a per cent."""

_FIGURE = re.compile(r"(?:\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(?:\.(\d+))?")


class Rounding(Enum):
    """What becomes of half a minor unit; agreed on with each customer."""

    HALF_UP = "half up"
    HALF_EVEN = "half even"

    @classmethod
    def parse(cls, text: str) -> Rounding:
        """The agreed rounding by its name."""
        try:
            return cls(" ".join(text.casefold().split()))
        except ValueError as error:
            raise WordingError("way of rounding", text) from error


_MODES = {Rounding.HALF_UP: ROUND_HALF_UP, Rounding.HALF_EVEN: ROUND_HALF_EVEN}


def rounded(value: Decimal, how: Rounding) -> int:
    """The whole number next to a value; halves go as agreed, on both sides of nought."""
    return int(value.quantize(Decimal(1), rounding=_MODES[how]))


def decimals_of(currency: str) -> int:
    """How many decimals a currency is written with."""
    if currency not in DECIMALS:
        raise WordingError("currency", currency)
    return DECIMALS[currency]


def figure_of(text: str, what: str, decimals: int) -> Decimal:
    """A figure as people type it, `1,250.50`, with so many decimals at most."""
    match = _FIGURE.fullmatch(text.strip())
    if match is None or len(match[1] or "") > decimals:
        raise WordingError(what, text)
    return Decimal(match[0].replace(",", ""))


def percent_of(text: str, what: str = "percentage") -> int:
    """`7.5 %` → 750. The sign may be left out; more than all of it is refused."""
    figure = figure_of(text.strip().removesuffix("%"), what, 2)
    rate = int(figure * 100)
    if rate > WHOLE:
        raise LimitError(what, "100 %", f"{figure} %")
    return rate


@dataclass(frozen=True)
class Money:
    """So many minor units of a currency; less than nought where somebody has paid too much."""

    minor: int
    currency: str

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """An amount as people type it, without its currency."""
        decimals = decimals_of(currency)
        return cls(int(figure_of(text, "amount", decimals).scaleb(decimals)), currency)

    @classmethod
    def nought(cls, currency: str) -> Money:
        """Nothing of a currency."""
        return cls(0, currency)

    @classmethod
    def total(cls, amounts: Iterable[Money], currency: str) -> Money:
        """The sum of some amounts, of none of them too."""
        return sum(amounts, cls.nought(currency))

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._alike(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._alike(other).minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._alike(other).minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        decimals = decimals_of(self.currency)
        return f"{Decimal(self.minor).scaleb(-decimals):,.{decimals}f} {self.currency}"

    def share(self, part: int, whole: int, how: Rounding) -> Money:
        """So many parts of so many, rounded once."""
        return Money(rounded(Decimal(self.minor * part) / Decimal(whole), how), self.currency)

    def apportion(self, weights: Sequence[int]) -> list[Money]:
        """Divide it by weight so that nothing is lost.

        Units that are left over go to the largest remainders, among equals to the first. Weights of nothing take nothing.
        """
        whole = sum(weights)
        if not whole:
            return [Money.nought(self.currency) for _ in weights]
        shares = [self.minor * weight // whole for weight in weights]
        left = self.minor - sum(shares)
        places = range(len(weights))
        hungry = sorted(places, key=lambda place: (-(self.minor * weights[place] % whole), place))
        for place in hungry[:left]:
            shares[place] += 1
        return [Money(share, self.currency) for share in shares]

    def _alike(self, other: Money) -> Money:
        """Refuse an amount in another currency."""
        if other.currency != self.currency:
            raise CurrencyError(self.currency, other.currency)
        return other
