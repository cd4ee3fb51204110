"""Amounts and days: what lines are measured by."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

from crosscheck.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

DECIMALS: Final = {"CHF": 2, "EUR": 2, "GBP": 2, "JPY": 0, "KWD": 3, "SEK": 2, "USD": 2}
BASIS: Final = 10_000
WEEKDAYS: Final = 5
NUMBER: Final = re.compile(r"([+-]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]+))?(-?)")
POINT_FOR_COMMA: Final = str.maketrans(",.", ".,")


@dataclass(frozen=True, slots=True)
class Amount:
    """Money that moves, in the smallest unit of its currency; what goes out is negative."""

    minor: int
    currency: str

    def __str__(self) -> str:
        decimals = DECIMALS[self.currency]
        whole, part = divmod(abs(self.minor), 10**decimals)
        sign = "-" if self.minor < 0 else ""
        tail = f".{part:0{decimals}d}" if decimals else ""
        return f"{sign}{whole}{tail} {self.currency}"

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.minor + _minor(other, self.currency), self.currency)

    def __sub__(self, other: Amount) -> Amount:
        return Amount(self.minor - _minor(other, self.currency), self.currency)


def _minor(amount: Amount, currency: str) -> int:
    """The smallest units of an amount of this currency; others do not go together with it."""
    if amount.currency != currency:
        raise Refused("R204", one=currency, other=amount.currency)
    return amount.minor


def read_currency(text: str) -> str:
    """The code of a currency, as somebody wrote it."""
    code = text.strip().upper()
    if code not in DECIMALS:
        raise Refused("R201", currency=code or "nothing")
    return code


def read_amount(text: str, mark: str = ".") -> Amount:
    """Read `1,234.50 EUR`, or `1.234,50 EUR` where decimals follow a comma.

    A minus may stand in front of the number or behind it.
    """
    number, _, code = " ".join(text.split()).rpartition(" ")
    currency = read_currency(code)
    found = NUMBER.fullmatch(number if mark == "." else number.translate(POINT_FOR_COMMA))
    if found is None or (found[1] and found[4]):
        raise Refused("R202", text=text.strip())
    part = found[3] or ""
    decimals = DECIMALS[currency]
    if len(part) > decimals:
        raise Refused("R203", text=text.strip(), currency=currency)
    minor = int(found[2].replace(",", "") + part.ljust(decimals, "0"))
    return Amount(-minor if "-" in (found[1], found[4]) else minor, currency)


def read_amount_in(currency: str, text: str, account: str) -> Amount:
    """Read an amount that has to be in the currency of the account."""
    amount = read_amount(text)
    if amount.currency != currency:
        raise Refused("R113", account=account, currency=currency)
    return amount


def total(amounts: Iterable[Amount], currency: str) -> Amount:
    """The sum of those that are in this currency."""
    return Amount(sum(one.minor for one in amounts if one.currency == currency), currency)


def portion(amount: Amount, basis_points: int) -> int:
    """So many hundredths of a per cent of an amount without its sign; what is less than a unit is dropped."""
    return abs(amount.minor) * basis_points // BASIS


def read_day(text: str, offset: int) -> date:
    """Read a day; of a moment, the day it is then for somebody whose clock is `offset` minutes ahead of UTC."""
    cleaned = text.strip().upper()
    try:
        if "T" not in cleaned:
            return date.fromisoformat(cleaned)
        moment = datetime.fromisoformat(cleaned)
    except ValueError as error:
        raise Refused("R205", text=text.strip() or "nothing") from error
    if moment.tzinfo is None:
        raise Refused("R206", text=text.strip())
    return moment.astimezone(timezone(timedelta(minutes=offset))).date()


def days_between(first: date, last: date, *, working: bool = False) -> int:
    """How many days later the last one is, negative where it is earlier.

    Of working days only Mondays to Fridays are counted.
    """
    if last < first:
        return -days_between(last, first, working=working)
    days = (last - first).days
    if not working:
        return days
    weeks, rest = divmod(days, 7)
    beyond = (first + timedelta(days=count) for count in range(1, rest + 1))
    return weeks * WEEKDAYS + sum(day.weekday() < WEEKDAYS for day in beyond)


def month_end(text: str) -> date:
    """The last day of a month such as `2027-03`."""
    try:
        first = date.fromisoformat(f"{text.strip()}-01")
    except ValueError as error:
        raise Refused("R207", text=text.strip() or "nothing") from error
    return first.replace(day=monthrange(first.year, first.month)[1])
