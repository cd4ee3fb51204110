"""What is agreed with customers: terms of payment, working days and month ends, discounts for early payers."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypedDict

from counterfoil.money import Money, Rounding, decimals_of, percent_of
from counterfoil.problems import NothingError, WordingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SATURDAY = 5
CLOSED_AT_MOST = 400
"""Days in a row that are looked through for a working day."""

_TERMS = re.compile(r"(?:(\d{1,3}) (day|month)s?)?(?:(?:^| )(end of month))?")
_EARLY = re.compile(r"(\S+ ?%) (\d{1,3}) days?")


def day_of(text: str) -> date:
    """A day as people type it: `2026-03-31`."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise WordingError("day", text) from error


def month_of(text: str) -> str:
    """A month as people type it: `2026-03`."""
    return day_of(f"{text.strip()}-01").isoformat()[:7]


def tidy(text: str) -> str:
    """A text without blanks that say nothing."""
    return " ".join(text.split())


def last_of_month(day: date) -> date:
    """The last day of the month that a day is in."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def months_later(day: date, count: int) -> date:
    """The same day so many months later, or the last day of that month where it is too short."""
    years, month = divmod(day.month - 1 + count, 12)
    first = date(day.year + years, month + 1, 1)
    return min(first + timedelta(days=day.day - 1), last_of_month(first))


class Calendar:
    """Working days: all but Saturdays, Sundays and the house's holidays."""

    def __init__(self, holidays: Iterable[date] = ()) -> None:
        self._holidays = frozenset(holidays)

    def is_working(self, day: date) -> bool:
        """Whether the office is open on a day."""
        return day.weekday() < SATURDAY and day not in self._holidays

    def following(self, day: date) -> date:
        """The day itself, or the next working day."""
        return self._first_working(day, 1)

    def preceding(self, day: date) -> date:
        """The day itself, or the last working day before."""
        return self._first_working(day, -1)

    def _first_working(self, day: date, step: int) -> date:
        """The first working day, forwards or backwards."""
        return next(each for each in _days_from(day, step) if self.is_working(each))


def _days_from(day: date, step: int) -> Iterator[date]:
    """The days from a day on, forwards or backwards."""
    for count in range(CLOSED_AT_MOST):
        yield day + timedelta(days=step * count)


@dataclass(frozen=True)
class Terms:
    """How long a customer may take: days or months from the day of the invoice, to the end of that month if agreed."""

    days: int = 0
    months: int = 0
    month_end: bool = False

    @classmethod
    def parse(cls, text: str) -> Terms:
        """`30 days`, `2 months`, `30 days end of month`, `end of month` or `on receipt`."""
        words = tidy(text).casefold()
        if words == "on receipt":
            return cls()
        match = _TERMS.fullmatch(words)
        if match is None or not words:
            raise WordingError("term of payment", text)
        count = int(match[1] or 0)
        by_month = match[2] == "month"
        return cls(0 if by_month else count, count if by_month else 0, match[3] is not None)

    def due(self, issued: date, calendar: Calendar) -> date:
        """The last day for paying. What falls on a day off is due on the next working day; the end of a month, on the
        last working day of that month."""
        day = months_later(issued, self.months) + timedelta(days=self.days)
        if self.month_end:
            return calendar.preceding(last_of_month(day))
        return calendar.following(day)


@dataclass(frozen=True)
class EarlyTerms:
    """The discount for those who pay early: a rate, and for how many days."""

    rate: int
    days: int

    @classmethod
    def parse(cls, text: str) -> EarlyTerms:
        """`2% 10 days`."""
        match = _EARLY.fullmatch(tidy(text).casefold())
        if match is None:
            raise WordingError("early payment discount", text)
        rate = percent_of(match[1], "early payment discount")
        if rate == 0:
            raise NothingError("a rate of discount")
        return cls(rate, int(match[2]))

    def last_day(self, issued: date, calendar: Calendar) -> date:
        """The last day on which the discount can be had."""
        return calendar.following(issued + timedelta(days=self.days))


class Wishes(TypedDict, total=False):
    """What a customer may ask for. What isn't mentioned stays as it is; an empty text takes something away."""

    terms: str
    early: str
    by_line: bool
    rounding: str
    reminders: bool
    credit_limit: str


@dataclass(frozen=True)
class Manner:
    """How a customer's invoices are worked out: taxes line by line or on the total, and which way halves go."""

    by_line: bool = False
    rounding: Rounding = Rounding.HALF_UP


@dataclass(frozen=True)
class Agreement:
    """A customer, and what was agreed. Invoices keep what held on the day they were issued."""

    name: str
    currency: str
    terms: str = "30 days"
    early: str = ""
    manner: Manner = Manner()
    reminders: bool = True
    credit_limit: Money | None = None
    """In the customer's currency; None is no limit, nought is nothing on credit."""

    @property
    def key(self) -> str:
        """What the customer is found by: capitals and blanks make no difference."""
        return key_of(self.name)

    def currency_for(self, wish: str | None) -> str:
        """The currency that was named, or else the customer's own."""
        code = self.currency if wish is None else wish.strip().upper()
        decimals_of(code)
        return code

    def changed(self, wishes: Wishes) -> Agreement:
        """The agreement as it is after some wishes; all of them make sense, or none is granted."""
        terms = wishes.get("terms", self.terms)
        early = tidy(wishes.get("early", self.early))
        Terms.parse(terms)
        if early:
            EarlyTerms.parse(early)
        rounding = self.manner.rounding
        if "rounding" in wishes:
            rounding = Rounding.parse(wishes["rounding"])
        limit = self.credit_limit
        if "credit_limit" in wishes:
            text = wishes["credit_limit"]
            limit = Money.parse(text, self.currency) if text else None
        return replace(
            self,
            terms=tidy(terms),
            early=early,
            manner=Manner(wishes.get("by_line", self.manner.by_line), rounding),
            reminders=wishes.get("reminders", self.reminders),
            credit_limit=limit,
        )


def key_of(name: str) -> str:
    """What a customer of that name is found by."""
    return tidy(name).casefold()
