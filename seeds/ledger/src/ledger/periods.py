"""Months, the trial balance, and closing the books at the end of a month."""

from __future__ import annotations

import calendar
import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from ledger.accounts import Account, Side
from ledger.errors import PeriodError
from ledger.money import Money
from ledger.runtime import log_event

if TYPE_CHECKING:
    from ledger.bookkeeping import Books

MONTH = re.compile(r"(\d{4})-(\d{2})")
logger = logging.getLogger("ledger.periods")


@dataclass(frozen=True, order=True)
class Period:
    """One calendar month."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read a month as written in reports, such as 2026-03."""
        match = MONTH.fullmatch(text.strip())
        if match is None or not 1 <= int(match[2]) <= 12:
            raise PeriodError(f"“{text}” is not a month such as 2026-03")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> Period:
        """Return the month a day falls in."""
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """The last day."""
        return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    @property
    def next(self) -> Period:
        """The month after."""
        if self.month == 12:
            return Period(self.year + 1, 1)
        return Period(self.year, self.month + 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


@dataclass(frozen=True)
class Close:
    """A closed month with the balances it ended on."""

    period: Period
    closed_at: datetime
    balances: Mapping[str, Money]


@dataclass(frozen=True)
class TrialRow:
    """One account in a trial balance; the amount stands on one side only."""

    account: str
    debit: Money
    credit: Money

    def __str__(self) -> str:
        return f"{self.account}: {self.debit} / {self.credit}"


@dataclass(frozen=True)
class TrialBalance:
    """All accounts of one currency on one day."""

    currency: str
    as_of: date
    rows: tuple[TrialRow, ...]

    @property
    def debits(self) -> Money:
        """Sum of the left column."""
        return Money.total((row.debit for row in self.rows), self.currency)

    @property
    def credits(self) -> Money:
        """Sum of the right column."""
        return Money.total((row.credit for row in self.rows), self.currency)


def trial_row(account: Account, balance: Money) -> TrialRow:
    """Put a balance into the column it belongs to."""
    zero = Money.zero(account.currency)
    usual = account.kind.normal_side
    side = usual.opposite if balance < zero else usual
    amount = abs(balance)
    if side is Side.DEBIT:
        return TrialRow(account.name, amount, zero)
    return TrialRow(account.name, zero, amount)


def latest_close(closes: Iterable[Close], as_of: date | None) -> Close | None:
    """Return the last close that lies wholly before the end of a day."""
    fitting = [close for close in closes if as_of is None or close.period.last <= as_of]
    return max(fitting, key=lambda close: close.period, default=None)


class ClosingDesk:
    """Draws up trial balances and closes months."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._store = books.store

    def trial_balance(
        self, currency: str, as_of: date | None, *, include_empty: bool
    ) -> TrialBalance:
        """List every account of a currency with its balance."""
        accounts = [account for account in self._store.accounts() if account.currency == currency]
        accounts.sort(key=lambda account: (account.kind.rank, account.name.casefold()))
        rows = []
        for account in accounts:
            balance = self._books.balance(account, as_of)
            if balance.minor != 0 or include_empty:
                rows.append(trial_row(account, balance))
        day = self._books.today() if as_of is None else as_of
        return TrialBalance(currency, day, tuple(rows))

    def close(self, period: Period) -> Close:
        """Close a month for good."""
        today = self._books.today()
        if period.last >= today:
            raise PeriodError(f"{period} is not over yet")
        latest = latest_close(self._store.closes(), None)
        if latest is not None and period <= latest.period:
            raise PeriodError(f"{period} is already closed")
        expected = self._first_open(latest)
        if expected is not None and period > expected:
            raise PeriodError(f"{expected} must be closed before {period}")
        balances = {
            account.id: self._books.balance(account, period.last)
            for account in self._store.accounts()
        }
        close = Close(period, self._books.clock.now(), balances)
        self._store.save_close(close)
        log_event(logger, "period closed", period=str(period), accounts=len(balances))
        return close

    def _first_open(self, latest: Close | None) -> Period | None:
        if latest is not None:
            return latest.period.next
        days = [entry.value_date for entry in self._store.entries()]
        return Period.of(min(days)) if days else None

    def reopen(self, period: Period) -> None:
        """Undo the most recent close."""
        latest = latest_close(self._store.closes(), None)
        if latest is None or latest.period != period:
            raise PeriodError(f"only the month closed last can be reopened, not {period}")
        self._store.drop_close(period)
        log_event(logger, "period reopened", period=str(period))

    def closed(self) -> list[Period]:
        """Return the closed months in order."""
        return sorted(close.period for close in self._store.closes())
