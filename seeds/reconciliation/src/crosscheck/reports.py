"""What can be read: lists by pages, a summary that proves itself, ages, a file for spreadsheets. All of it plain values."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from crosscheck.ambient import Clock, today
from crosscheck.audit import Notice, parked
from crosscheck.intake import Statement, statements_of
from crosscheck.lines import Line, Side, State
from crosscheck.measures import Amount, days_between, month_end, total
from crosscheck.outcomes import UNSETTLED, Finding, How, Kind, Match, Status, unsettled
from crosscheck.refusals import Refused
from crosscheck.runs import Run, find_run
from crosscheck.shelf import ViewKey, fetch_view, find_line, lines_of, of_account, open_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from crosscheck.audit import Entry
    from crosscheck.shelf import Shelf
    from crosscheck.terms import Terms

PAGE: Final = 20
LONGEST_PAGE: Final = 100
AGES: Final = (7, 30)
MOMENT: Final = "%Y-%m-%d %H:%M"
HEADINGS: Final = ("number", "kind", "books", "bank", "amount", "since", "status")

T = TypeVar("T")
V = TypeVar("V")
E = TypeVar("E", bound=Enum)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows, and the place to go on from; None where nothing follows."""

    rows: tuple[T, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class LineView:
    """A line as it is shown. `match` is the number of its match, if it has one."""

    name: str
    day: str
    amount: str
    reference: str
    text: str
    source: str
    state: str
    match: int | None


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding as it is shown. `run` is the last one that has seen it."""

    number: int
    kind: str
    books: str
    bank: str
    amount: str
    since: str
    run: int
    status: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class MatchView:
    """A match as it is shown."""

    number: int
    how: str
    books: str
    bank: str
    gap: str
    run: int | None


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as it is shown."""

    number: int
    at: str
    through: str
    terms_version: int
    matched: int
    findings: int
    fresh: int
    awaited: int
    spilled: int
    most_in_memory: int


@dataclass(frozen=True, slots=True)
class TermsView:
    """What is agreed for an account. `confirm_above` is None where nothing has to be confirmed."""

    currency: str
    tolerance: str
    percent: str
    early: int
    late: int
    working_days: bool
    mark: str
    offset: int
    confirm_above: str | None
    version: int


@dataclass(frozen=True, slots=True)
class StatementView:
    """A statement as it is shown."""

    number: str
    lines: str
    opening: str | None
    closing: str | None


@dataclass(frozen=True, slots=True)
class Summary:
    """Both sides of an account and what lies between them, in the currency of the account.

    What the bank has more than the books is open, was rounded or was written off; `unexplained` is what is left.
    """

    books: str
    bank: str
    open_books: str
    open_bank: str
    rounding: str
    written_off: str
    unexplained: str


@dataclass(frozen=True, slots=True)
class Age:
    """Findings that wait for so many days. `days_most` is None for the oldest ones."""

    days_most: int | None
    count: int
    stake: str


@dataclass(frozen=True, slots=True)
class Turnover:
    """What one side has for a month."""

    lines: int
    incoming: str
    outgoing: str


def one_of(kinds: type[E], word: str) -> E:
    """The member that is meant by a word."""
    wanted = " ".join(word.split()).casefold()
    for member in kinds:
        if member.value == wanted:
            return member
    words = ", ".join(member.value for member in kinds)
    raise Refused("R802", word=word.strip() or "nothing", words=words)


def some_of(kinds: type[E], word: str | None) -> frozenset[E]:
    """The members that are asked for: one by its word, else all."""
    return frozenset(kinds) if word is None else frozenset({one_of(kinds, word)})


def paged(
    rows: Iterable[T],
    show: Callable[[T], V],
    place: Callable[[T], int],
    *,
    after: int,
    limit: int | None,
) -> Page[V]:
    """The rows behind a place, as many as fit on a page, as they are shown."""
    size = PAGE if limit is None else limit
    if not 1 <= size <= LONGEST_PAGE:
        raise Refused("R801", most=LONGEST_PAGE, limit=size)
    behind = [row for row in rows if place(row) > after]
    page = behind[:size]
    more = len(behind) > size
    return Page(tuple(map(show, page)), place(page[-1]) if more else None)


def by_number(row: Finding | Match | Run | Line | Entry) -> int:
    """The place of a row among its like."""
    return row.number


def line(shelf: Shelf, account: str, name: str) -> LineView:
    """One line, and what has become of it."""
    return _line_view(shelf, find_line(shelf, account, name))


def lines(
    shelf: Shelf,
    account: str,
    side: str,
    state: str | None,
    *,
    after: int,
    limit: int | None,
) -> Page[LineView]:
    """The lines of one side in the order they came, perhaps only those in one state."""
    states = some_of(State, state)
    rows = [
        each
        for each in lines_of(shelf, account, one_of(Side, side))
        if shelf.states[account, each.name] in states
    ]
    return paged(rows, lambda each: _line_view(shelf, each), by_number, after=after, limit=limit)


def _line_view(shelf: Shelf, of: Line) -> LineView:
    """A line as it is shown."""
    return LineView(
        name=of.name,
        day=of.day.isoformat(),
        amount=str(of.amount),
        reference=of.reference,
        text=of.text,
        source=of.source,
        state=shelf.states[of.account, of.name].value,
        match=shelf.match_of.get((of.account, of.name)),
    )


def finding(of: Finding) -> FindingView:
    """A finding as it is shown."""
    return FindingView(
        number=of.number,
        kind=of.kind.value,
        books=" ".join(of.books),
        bank=" ".join(of.bank),
        amount=str(of.amount),
        since=of.since.isoformat(),
        run=of.run,
        status=of.status.value,
        by=of.by,
        reason=of.reason,
    )


def findings(
    shelf: Shelf,
    account: str,
    kind: str | None,
    status: str | None,
    *,
    after: int,
    limit: int | None,
) -> Page[FindingView]:
    """Findings by their numbers; those that are unsettled, where no status is asked for."""
    kinds = some_of(Kind, kind)
    standing = UNSETTLED if status is None else some_of(Status, status)
    rows = [
        each
        for each in of_account(shelf.findings, account)
        if each.status in standing and each.kind in kinds
    ]
    return paged(rows, finding, by_number, after=after, limit=limit)


def largest(shelf: Shelf, account: str, count: int) -> tuple[FindingView, ...]:
    """The unsettled findings about most money of the account's currency; among equals, the oldest."""
    currency = shelf.terms[account].currency
    rows = [each for each in unsettled(shelf, account) if each.amount.currency == currency]
    rows.sort(key=lambda each: (-abs(each.amount.minor), each.since, each.number))
    return tuple(finding(each) for each in rows[: max(0, count)])


def match(of: Match) -> MatchView:
    """A match as it is shown."""
    books, bank = " ".join(of.books), " ".join(of.bank)
    return MatchView(of.number, of.how.value, books, bank, str(of.gap), of.run)


def matches(
    shelf: Shelf, account: str, how: str | None, *, after: int, limit: int | None
) -> Page[MatchView]:
    """Matches by their numbers, perhaps only those that were made in one way."""
    ways = some_of(How, how)
    rows = [each for each in of_account(shelf.matches, account) if each.how in ways]
    return paged(rows, match, by_number, after=after, limit=limit)


def run(shelf: Shelf, account: str, number: int) -> RunView:
    """One run."""
    return run_view(find_run(shelf, account, number))


def runs(shelf: Shelf, account: str, *, after: int, limit: int | None) -> Page[RunView]:
    """The runs of an account."""
    rows = of_account(shelf.runs, account)
    return paged(rows, run_view, by_number, after=after, limit=limit)


def run_view(of: Run) -> RunView:
    """A run as it is shown."""
    return RunView(
        number=of.number,
        at=of.at.strftime(MOMENT),
        through=of.through.isoformat(),
        terms_version=of.terms_version,
        matched=of.matched,
        findings=of.findings,
        fresh=of.fresh,
        awaited=of.awaited,
        spilled=of.spilled,
        most_in_memory=of.most_in_memory,
    )


def terms(agreed: Terms) -> TermsView:
    """What is agreed."""
    limit = agreed.confirm_above
    return TermsView(
        currency=agreed.currency,
        tolerance=str(Amount(agreed.tolerance, agreed.currency)),
        percent=f"{agreed.basis_points / 100:.2f} %",
        early=agreed.early,
        late=agreed.late,
        working_days=agreed.working_days,
        mark=agreed.style.mark,
        offset=agreed.style.offset,
        confirm_above=None if limit is None else str(Amount(limit, agreed.currency)),
        version=agreed.version,
    )


def statements(shelf: Shelf, account: str) -> tuple[StatementView, ...]:
    """The statements of an account in the order they came."""
    return tuple(_statement_view(each) for each in statements_of(shelf, account))


def _statement_view(of: Statement) -> StatementView:
    """A statement as it is shown."""
    opening, closing = (None if one is None else str(one) for one in (of.opening, of.closing))
    return StatementView(of.number, " ".join(of.lines), opening, closing)


def summary(shelf: Shelf, account: str) -> Summary:
    """Both sides, and what explains the difference."""
    return fetch_view(shelf, (account, "summary"), lambda: _summed(shelf, account))


def _summed(shelf: Shelf, account: str) -> Summary:
    """The summary of an account worked out: both sides, what is open, rounding and what was written off."""
    currency = shelf.terms[account].currency
    books, bank = (_sum(lines_of(shelf, account, side), currency) for side in Side)
    open_books, open_bank = (_sum(open_lines(shelf, account, side), currency) for side in Side)
    rounding = Amount(shelf.rounding[account], currency)
    written_off = Amount(shelf.written_off[account], currency)
    unexplained = bank - books - (open_bank - open_books) - rounding - written_off
    shown = books, bank, open_books, open_bank, rounding, written_off, unexplained
    return Summary(*map(str, shown))


def _sum(rows: Iterable[Line], currency: str) -> Amount:
    """What lines come to in one currency."""
    return total((each.amount for each in rows), currency)


def counts(shelf: Shelf, account: str) -> dict[str, int]:
    """How many findings of each kind are unsettled. It is the reader's own."""
    return dict(fetch_view(shelf, (account, "counts"), lambda: _counted(shelf, account)))


def _counted(shelf: Shelf, account: str) -> dict[str, int]:
    """The findings of each kind counted."""
    return dict(Counter(each.kind.value for each in unsettled(shelf, account)))


def turnover(shelf: Shelf, account: str, side: str, month: str) -> Turnover:
    """What one side has for a month, in the currency of the account."""
    of, end = one_of(Side, side), month_end(month)
    key: ViewKey = account, "turnover", of.value, end.isoformat()
    return fetch_view(shelf, key, lambda: _turned_over(shelf, account, of, end))


def _turned_over(shelf: Shelf, account: str, side: Side, end: date) -> Turnover:
    """The turnover of a month worked out: what came in and what went out on its days."""
    currency = shelf.terms[account].currency
    moved = [
        each.amount.minor
        for each in lines_of(shelf, account, side)
        if end.replace(day=1) <= each.day <= end and each.amount.currency == currency
    ]
    incoming = Amount(sum(max(0, minor) for minor in moved), currency)
    outgoing = Amount(-sum(min(0, minor) for minor in moved), currency)
    return Turnover(len(moved), str(incoming), str(outgoing))


def ages(shelf: Shelf, clock: Clock, account: str) -> tuple[Age, ...]:
    """For how long findings wait, with what is at stake in the currency of the account."""
    agreed = shelf.terms[account]
    now = today(clock, agreed.style.offset)
    groups: dict[int | None, list[Finding]] = {days: [] for days in (*AGES, None)}
    for each in unsettled(shelf, account):
        days = days_between(each.since, now)
        groups[next((most for most in AGES if days <= most), None)].append(each)
    return tuple(
        Age(most, len(rows), str(_stake(rows, agreed.currency))) for most, rows in groups.items()
    )


def _stake(rows: Iterable[Finding], currency: str) -> Amount:
    """What findings have at stake, whichever way the money goes."""
    amounts = (each.amount for each in rows)
    return total((Amount(abs(one.minor), one.currency) for one in amounts), currency)


def history(
    shelf: Shelf, account: str, by: str | None, *, after: int, limit: int | None
) -> Page[str]:
    """What was done to an account, perhaps only by one person."""
    wanted = None if by is None else " ".join(by.split()).casefold()
    rows = [
        each
        for each in shelf.entries.values()
        if each.account == account and (wanted is None or each.by.casefold() == wanted)
    ]
    return paged(rows, _told, by_number, after=after, limit=limit)


def _told(entry: Entry) -> str:
    """A row of the history: number, time, request, what was done and by whom."""
    at = entry.at.strftime(MOMENT)
    by = f" by {entry.by}" if entry.by else ""
    return f"{entry.number} {at} {entry.request} {entry.what}{by}: {entry.about}"


def parked_notices(shelf: Shelf) -> tuple[str, ...]:
    """The notices that were given up, by their numbers."""
    return tuple(_notice_told(each) for each in parked(shelf))


def _notice_told(notice: Notice) -> str:
    """A parked notice by its number."""
    return f"{notice.number} {notice.text}"


def export(shelf: Shelf, account: str, delimiter: str, mark: str) -> str:
    """The unsettled findings as a file for spreadsheets."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
    writer.writerow(HEADINGS)
    for each in map(finding, unsettled(shelf, account)):
        amount = each.amount.replace(".", mark)
        writer.writerow(
            (each.number, each.kind, each.books, each.bank, amount, each.since, each.status)
        )
    return file.getvalue()
