"""Account statements: lines with a running balance, pages, summaries and exports."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ledger.errors import CursorError, PeriodError
from ledger.money import Money

if TYPE_CHECKING:
    from ledger.accounts import Account
    from ledger.journal import Entry

DEFAULT_PAGE = 25
LARGEST_PAGE = 200
HEADER = ["date", "description", "reference", "amount", "balance"]


@dataclass(frozen=True)
class Line:
    """One movement as the account's owner sees it."""

    seq: int
    value_date: date
    description: str
    reference: str
    amount: Money
    balance: Money

    @property
    def position(self) -> tuple[date, int]:
        """Where the line stands in a statement."""
        return self.value_date, self.seq

    def __str__(self) -> str:
        text = f"{self.description} {self.reference}".strip()
        return f"{self.value_date} {text}, {self.amount}"


@dataclass(frozen=True)
class Span:
    """The days a statement covers; an open end covers all days on that side."""

    start: date | None = None
    end: date | None = None

    def check(self) -> None:
        """Refuse a span that ends before it starts."""
        if self.start is not None and self.end is not None and self.end < self.start:
            raise PeriodError(f"a statement cannot run from {self.start} to {self.end}")

    def covers(self, day: date) -> bool:
        """Tell whether the day lies in the span."""
        if self.start is not None and day < self.start:
            return False
        return self.end is None or day <= self.end


@dataclass(frozen=True)
class Page:
    """One page of a statement and the marker of the next."""

    lines: tuple[Line, ...]
    opening: Money
    closing: Money
    next_page: str | None


@dataclass(frozen=True)
class Summary:
    """The totals of a statement."""

    movements: int
    incoming: Money
    outgoing: Money
    opening: Money
    closing: Money
    largest: Line | None


@dataclass(frozen=True)
class Statement:
    """All lines of an account in a span, oldest first."""

    account: Account
    span: Span
    opening: Money
    lines: tuple[Line, ...]

    @property
    def closing(self) -> Money:
        """The balance after the last line."""
        return self.lines[-1].balance if self.lines else self.opening

    def page(self, limit: int, marker: str | None, *, newest_first: bool) -> Page:
        """Cut out one page."""
        if limit < 1 or limit > LARGEST_PAGE:
            raise CursorError(f"a page has 1 to {LARGEST_PAGE} lines, not {limit}")
        lines = sorted(
            self.lines, key=lambda line: (line.value_date, line.seq), reverse=newest_first
        )
        if marker is not None:
            mark = self._read_marker(marker, newest_first)
            lines = [line for line in lines if comes_after(line, mark, newest_first)]
        shown = lines[:limit]
        following = None
        if len(lines) > limit:
            following = self._marker(shown[-1], newest_first)
        return Page(tuple(shown), self.opening, self.closing, following)

    def _scope(self, newest_first: bool) -> list[str]:
        order = "desc" if newest_first else "asc"
        return [self.account.id, str(self.span.start), str(self.span.end), order]

    def _marker(self, line: Line, newest_first: bool) -> str:
        content = [*self._scope(newest_first), line.value_date.isoformat(), line.seq]
        return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()

    def _read_marker(self, marker: str, newest_first: bool) -> tuple[date, int]:
        try:
            content = json.loads(base64.urlsafe_b64decode(marker.strip().encode()))
            *scope, day, seq = content
            mark = date.fromisoformat(day), int(seq)
        except (binascii.Error, TypeError, ValueError) as error:
            raise CursorError("this page marker cannot be read") from error
        if scope != self._scope(newest_first):
            raise CursorError("this page marker belongs to another statement")
        return mark

    def summary(self) -> Summary:
        """Add the lines up."""
        zero = Money.zero(self.account.currency)
        incoming = outgoing = zero
        for line in self.lines:
            if line.amount > zero:
                incoming += line.amount
            else:
                outgoing -= line.amount
        largest = max(self.lines, key=lambda line: (abs(line.amount), line.seq), default=None)
        return Summary(len(self.lines), incoming, outgoing, self.opening, self.closing, largest)

    def to_csv(self, delimiter: str, decimal_mark: str) -> str:
        """Write the lines for a spreadsheet."""
        out = io.StringIO()
        writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
        writer.writerow(HEADER)
        for line in self.lines:
            day, texts = line.value_date.isoformat(), [line.description, line.reference]
            amounts = [line.amount.plain(decimal_mark), line.balance.plain(decimal_mark)]
            writer.writerow([day, *texts, *amounts])
        return out.getvalue()


def comes_after(line: Line, mark: tuple[date, int], newest_first: bool) -> bool:
    """Tell whether a line is still to be shown after the marked one."""
    return line.position < mark if newest_first else line.position > mark


def draw_up(account: Account, entries: Iterable[Entry], opening: Money, span: Span) -> Statement:
    """Turn journal entries into a statement."""
    balance = opening
    lines = []
    for entry in sorted(entries, key=lambda entry: (entry.value_date, entry.seq)):
        if not span.covers(entry.value_date):
            continue
        amount = entry.effect_on(account)
        balance += amount
        lines.append(
            Line(entry.seq, entry.value_date, entry.description, entry.reference, amount, balance)
        )
    return Statement(account, span, opening, tuple(lines))
