"""What comes of a comparison: matches, which settle lines, and findings, which wait for somebody.

A finding keeps its number for as long as the same lines are found in the same way; it is closed when a run does not see
it any more, and opened again when a later one does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Final

from crosscheck.lines import Line, Side, State, identity
from crosscheck.measures import Amount, total
from crosscheck.refusals import Refused
from crosscheck.shelf import find_line, forget_views, next_number, of_account, set_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from crosscheck.shelf import Shelf


class How(Enum):
    """How a match was made."""

    EXACT = "exact"
    TOLERATED = "tolerated"
    PARTS = "in parts"
    HAND = "by hand"


class Kind(Enum):
    """What is wrong."""

    NOT_AT_BANK = "missing at the bank"
    NOT_IN_BOOKS = "missing in the books"
    AMOUNT = "other amount"
    CURRENCY = "other currency"
    DAY = "other day"
    TWICE = "there twice"


class Status(Enum):
    """How a finding stands."""

    OPEN = "open"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    CLEARED = "cleared"


UNSETTLED: Final = frozenset({Status.OPEN, Status.PROPOSED})
"""What somebody has still to look at."""
SpotKey = tuple[Kind, tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Pair:
    """Lines that belong together."""

    how: How
    books: tuple[Line, ...]
    bank: tuple[Line, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """Both sides, the books first."""
        return self.books + self.bank

    @property
    def booked(self) -> Amount:
        """What the lines of the books come to."""
        return reduce(add, (line.amount for line in self.books))

    @property
    def gap(self) -> Amount:
        """What the bank has more than the books."""
        return reduce(add, (line.amount for line in self.bank)) - self.booked


@dataclass(frozen=True, slots=True)
class Spot:
    """Something that is wrong, as a run sees it."""

    kind: Kind
    books: tuple[Line, ...]
    bank: tuple[Line, ...]
    amount: Amount

    @property
    def key(self) -> SpotKey:
        """By what it is known when it is seen again."""
        return self.kind, names(self.books), names(self.bank)


@dataclass(frozen=True, slots=True)
class Match:
    """A match that is kept. `run` is None where it was made by hand."""

    account: str
    number: int
    how: How
    books: tuple[str, ...]
    bank: tuple[str, ...]
    gap: Amount
    run: int | None

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines that belong together, those of the books first."""
        return self.books + self.bank


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding that is kept. `since` is the day through which the run went that saw it first."""

    account: str
    number: int
    kind: Kind
    books: tuple[str, ...]
    bank: tuple[str, ...]
    amount: Amount
    since: date
    run: int
    status: Status = Status.OPEN
    by: str = ""
    reason: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines that it is about, those of the books first."""
        return self.books + self.bank

    @property
    def unsettled(self) -> bool:
        """Whether somebody has still to look at it."""
        return self.status in UNSETTLED


def names(lines: Iterable[Line]) -> tuple[str, ...]:
    """What lines are called."""
    return tuple(line.name for line in lines)


def keep_match(shelf: Shelf, account: str, pair: Pair, run: int | None) -> Match:
    """Settle the lines of a pair."""
    number = next_number(shelf, f"matches of {account}")
    books, bank = names(pair.books), names(pair.bank)
    match = Match(account, number, pair.how, books, bank, pair.gap, run)
    shelf.matches[account, number] = match
    for line in pair.lines:
        shelf.match_of[account, line.name] = number
        shelf.paired[identity(line)] = shelf.paired.get(identity(line), 0) + 1
        set_state(shelf, line, State.MATCHED)
    _add_rounding(shelf, account, match.gap, 1)
    return match


def drop_match(shelf: Shelf, match: Match) -> None:
    """Open the lines of a match again."""
    for name in match.lines:
        line = find_line(shelf, match.account, name)
        del shelf.match_of[match.account, name]
        shelf.paired[identity(line)] -= 1
        set_state(shelf, line, State.OPEN)
    del shelf.matches[match.account, match.number]
    _add_rounding(shelf, match.account, match.gap, -1)


def keep_apart(shelf: Shelf, match: Match) -> None:
    """Remember that these lines do not belong together."""
    shelf.apart[match.account] |= _two_and_two(match)


def bring_together(shelf: Shelf, match: Match) -> None:
    """Somebody thinks otherwise now: these lines do belong together."""
    shelf.apart[match.account] -= _two_and_two(match)


def _two_and_two(match: Match) -> frozenset[tuple[str, str]]:
    """Each line of the books with each of the bank."""
    return frozenset((booked, banked) for booked in match.books for banked in match.bank)


def _add_rounding(shelf: Shelf, account: str, gap: Amount, sign: int) -> None:
    """What a match in the currency of the account is apart is summed up as rounding."""
    if gap.currency == shelf.terms[account].currency:
        shelf.rounding[account] += sign * gap.minor


def find_finding(shelf: Shelf, account: str, number: int) -> Finding:
    """The finding of a number."""
    if (account, number) not in shelf.findings:
        raise Refused("R604", number=number)
    return shelf.findings[account, number]


def save_finding(shelf: Shelf, finding: Finding) -> None:
    """Keep how a finding stands now."""
    shelf.findings[finding.account, finding.number] = finding
    forget_views(shelf, finding.account)


def unsettled(shelf: Shelf, account: str) -> Iterator[Finding]:
    """The findings of an account that somebody has still to look at, the oldest number first."""
    return (finding for finding in of_account(shelf.findings, account) if finding.unsettled)


def carry_over(shelf: Shelf, account: str, spots: Iterable[Spot], run: int, through: date) -> int:
    """Bring the findings up to what a run has seen; how many are new, or open again, comes back."""
    fresh = 0
    seen = set()
    for spot in spots:
        finding, is_news = _seen(shelf, account, spot, run, through)
        save_finding(shelf, finding)
        fresh += is_news
        seen.add(finding.number)
    for finding in unsettled(shelf, account):
        if finding.number not in seen:
            save_finding(shelf, replace(finding, status=Status.CLEARED))
    return fresh


def _seen(shelf: Shelf, account: str, spot: Spot, run: int, through: date) -> tuple[Finding, bool]:
    """The finding that a spot is, and whether it is news."""
    number = shelf.known.get((account, spot.key))
    if number is not None:
        finding = find_finding(shelf, account, number)
        if finding.unsettled:
            return replace(finding, run=run), False
        again = replace(finding, status=Status.OPEN, since=through, run=run, by="", reason="")
        return again, True
    number = next_number(shelf, f"findings of {account}")
    shelf.known[account, spot.key] = number
    sides = names(spot.books), names(spot.bank)
    return Finding(account, number, spot.kind, *sides, spot.amount, through, run), True


def clear_findings(shelf: Shelf, account: str, lines: Iterable[str]) -> None:
    """Close the findings about any of these lines."""
    touched = frozenset(lines)
    for finding in unsettled(shelf, account):
        if not touched.isdisjoint(finding.lines):
            save_finding(shelf, replace(finding, status=Status.CLEARED))


def close_lines(shelf: Shelf, finding: Finding) -> None:
    """Nobody looks for a counterpart any more: the difference is written off."""
    _turn(shelf, finding, State.ACCEPTED, 1)


def open_lines_again(shelf: Shelf, finding: Finding) -> None:
    """The difference is not written off after all."""
    _turn(shelf, finding, State.OPEN, -1)


def _turn(shelf: Shelf, finding: Finding, state: State, sign: int) -> None:
    """Settle or open the lines of a finding, and sum up what is written off."""
    account = finding.account
    currency = shelf.terms[account].currency
    lines = [find_line(shelf, account, name) for name in finding.lines]
    for line in lines:
        set_state(shelf, line, state)
    bank = total((line.amount for line in lines if line.side is Side.BANK), currency)
    books = total((line.amount for line in lines if line.side is Side.BOOKS), currency)
    shelf.written_off[account] += sign * (bank - books).minor
