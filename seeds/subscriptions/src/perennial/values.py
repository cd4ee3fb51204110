"""Value objects: money, intervals, periods and the day that bills fall on.

All of them are immutable, compare by value and know nothing of subscriptions.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum
from typing import Self

from perennial.errors import InvalidRequestError

EXPONENTS = {"EUR": 2, "USD": 2, "GBP": 2, "CHF": 2, "SEK": 2, "JPY": 0, "KWD": 3}
WHOLE = 10_000
"""Rates are in hundredths of a per cent."""

_MONEY = re.compile(r"(-?)(\d+)(?:\.(\d+))?\s+([A-Za-z]{3})")
_RATE = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?")


class Value:
    """Never changes, so that the original is as good as a copy."""

    def __deepcopy__(self, _memo: dict[int, object]) -> Self:
        return self


@dataclass(frozen=True)
class Money(Value):
    """An amount in the smallest unit of its currency."""

    minor: int
    currency: str

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Nothing, but in a currency."""
        return cls(0, currency)

    @classmethod
    def parse(cls, text: str) -> Money:
        """Read an amount, `29.00 EUR`. Decimals may be fewer than the currency has, never more."""
        found = _MONEY.fullmatch(text.strip())
        if found is None:
            raise InvalidRequestError("bad_amount", f"“{text}” is not an amount")
        sign, whole, decimals, currency = found.groups(default="")
        currency = currency.upper()
        if currency not in EXPONENTS:
            raise InvalidRequestError("bad_currency", f"we do not bill in {currency}")
        exponent = EXPONENTS[currency]
        if len(decimals) > exponent:
            raise InvalidRequestError("bad_amount", f"{currency} has {exponent} decimals")
        minor = int(whole + decimals.ljust(exponent, "0"))
        return cls(-minor if sign else minor, currency)

    def __str__(self) -> str:
        """The amount as it stands on bills, with the decimals of its currency."""
        exponent = EXPONENTS[self.currency]
        digits = str(abs(self.minor)).rjust(exponent + 1, "0")
        whole, decimals = digits[: len(digits) - exponent], digits[len(digits) - exponent :]
        sign = "-" if self.minor < 0 else ""
        return f"{sign}{whole}.{decimals} {self.currency}" if exponent else f"{sign}{whole} {self.currency}"

    def __bool__(self) -> bool:
        return self.minor != 0

    def __add__(self, other: Money) -> Money:
        return replace(self, minor=self.minor + self._alike(other))

    def __sub__(self, other: Money) -> Money:
        return replace(self, minor=self.minor - self._alike(other))

    def __neg__(self) -> Money:
        return replace(self, minor=-self.minor)

    def __mul__(self, count: int) -> Money:
        return replace(self, minor=self.minor * count)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._alike(other)

    def at_least_zero(self) -> Money:
        """The amount, or nothing where it is negative."""
        return replace(self, minor=max(0, self.minor))

    def share(self, part: int, whole: int) -> Money:
        """A share of the amount, so many parts of the whole. Halves of a cent go away from zero, so that a credit mirrors its charge."""
        share, rest = divmod(abs(self.minor) * part, whole)
        rounded = share + (1 if 2 * rest >= whole else 0)
        return replace(self, minor=-rounded if self.minor < 0 else rounded)

    def percent(self, rate: int) -> Money:
        """A percentage of the amount; rates are in hundredths of a per cent."""
        return self.share(rate, WHOLE)

    def allocate(self, weights: Sequence[int]) -> list[Money]:
        """Divide the amount in proportion, to the last cent. What can't be divided goes to the largest fractions, the first of equal ones first."""
        whole = sum(weights)
        parts = [self.minor * weight // whole for weight in weights]
        left = self.minor - sum(parts)
        order = sorted(range(len(weights)), key=lambda at: -(self.minor * weights[at] % whole))
        for at in order[:left]:
            parts[at] += 1
        return [replace(self, minor=part) for part in parts]

    def _alike(self, other: Money) -> int:
        """The other amount, if it is in the same currency."""
        if other.currency != self.currency:
            raise InvalidRequestError("currency_mismatch", f"{other.currency} does not go with {self.currency}")
        return other.minor


def total_of(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of amounts, also of none."""
    return sum(amounts, start=Money.zero(currency))


def parse_rate(text: str) -> int:
    """Read a percentage, `12.5`, as hundredths of a per cent; 100 is the most."""
    found = _RATE.fullmatch(text.strip().removesuffix("%").rstrip())
    if found is None:
        raise InvalidRequestError("bad_percentage", f"“{text}” is not a percentage")
    whole, decimals = found.groups(default="")
    rate = int(whole) * 100 + int(decimals.ljust(2, "0"))
    if rate > WHOLE:
        raise InvalidRequestError("bad_percentage", f"“{text}” is more than all of it")
    return rate


def parse_date(text: str) -> date:
    """Read a day, as an ISO date."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidRequestError("bad_date", f"“{text}” is not a date") from None


class Unit(Enum):
    """What intervals are counted in."""

    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True)
class BillingDay(Value):
    """The day of the month that bills fall on. Shorter months have theirs on the last day."""

    day: int

    def within(self, year: int, month: int) -> date:
        """The day that bills fall on in a month."""
        return date(year, month, min(self.day, monthrange(year, month)[1]))


@dataclass(frozen=True)
class Interval(Value):
    """How often something is billed."""

    unit: Unit
    every: int

    @classmethod
    def of(cls, unit: str, every: int) -> Interval:
        """Read how often a plan is billed: every so many weeks, months or years, three years at most."""
        try:
            known = Unit(unit.strip().lower())
        except ValueError:
            raise InvalidRequestError("bad_interval", f"“{unit}” is no interval") from None
        if every < 1:
            raise InvalidRequestError("bad_interval", f"every {every} {known.value}s can't be billed")
        interval = cls(known, every)
        if interval.months > 36:
            raise InvalidRequestError("bad_interval", "nothing is billed less than every 3 years")
        return interval

    def __str__(self) -> str:
        """The interval as the list of plans has it."""
        return self.unit.value if self.every == 1 else f"{self.every} {self.unit.value}s"

    @property
    def months(self) -> int:
        """The length of the interval in full months; none for weeks."""
        lengths = {Unit.WEEK: 0, Unit.MONTH: 1, Unit.YEAR: 12}
        return self.every * lengths[self.unit]

    def after(self, start: date, billing_day: BillingDay) -> date:
        """The day of the bill that follows the one at `start`."""
        if self.unit is Unit.WEEK:
            return start + timedelta(weeks=self.every)
        index = start.year * 12 + start.month - 1 + self.months
        return billing_day.within(index // 12, index % 12 + 1)


@dataclass(frozen=True)
class Period(Value):
    """Days from the first one on, the day after the last one not included."""

    start: date
    end: date

    def __str__(self) -> str:
        return f"{self.start} to {self.end - timedelta(days=1)}"

    @classmethod
    def of(cls, start: date, days: int) -> Period:
        """So many days from the first one on."""
        return cls(start, start + timedelta(days=days))

    @property
    def days(self) -> int:
        """How many days the period has."""
        return (self.end - self.start).days

    def days_left(self, on: date) -> int:
        """How many days of the period are left, the given one among them."""
        return max(0, min(self.days, (self.end - on).days))

    def later(self, days: int) -> Period:
        """The same number of days, from a later one on."""
        return Period.of(self.start + timedelta(days=days), self.days)

    def by_month(self) -> list[tuple[date, int]]:
        """The months that the period touches, by their first day, and its days in each."""
        found = []
        month = self.start.replace(day=1)
        while month < self.end:
            following = (month + timedelta(days=31)).replace(day=1)
            found.append((month, (min(following, self.end) - max(month, self.start)).days))
            month = following
        return found
