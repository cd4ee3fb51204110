"""What is kept: rows in tables, the indexes beside them, and the transaction around a change.

Rows are frozen and sets of numbers are replaced, never changed, so that a copy of the tables is a copy of everything.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Final, TypeVar, cast

from crosscheck.lines import (
    Draft,
    Identity,
    Line,
    LineKey,
    Side,
    State,
    identity,
    key_of,
    line_name,
)
from crosscheck.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from crosscheck.audit import Entry, Notice
    from crosscheck.intake import Batch, Statement
    from crosscheck.outcomes import Finding, Match, SpotKey
    from crosscheck.runs import Run
    from crosscheck.terms import Terms

VIEWS: Final = "views worked out"
VIEWS_MOST: Final = 6

T = TypeVar("T")
ViewKey = tuple[str, ...]
"""Account, what is shown of it, and for what."""


@dataclass
class Shelf:
    """All tables. Most keys begin with the account."""

    terms: dict[str, Terms] = field(default_factory=dict)
    closings: dict[str, tuple[date, ...]] = field(default_factory=dict)
    lines: dict[LineKey, Line] = field(default_factory=dict)
    states: dict[LineKey, State] = field(default_factory=dict)
    open: dict[tuple[str, Side], frozenset[int]] = field(default_factory=dict)
    paired: dict[Identity, int] = field(default_factory=dict)
    match_of: dict[LineKey, int] = field(default_factory=dict)
    apart: dict[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    batches: dict[tuple[str, str], Batch] = field(default_factory=dict)
    statements: dict[tuple[str, str], Statement] = field(default_factory=dict)
    runs: dict[tuple[str, int], Run] = field(default_factory=dict)
    matches: dict[tuple[str, int], Match] = field(default_factory=dict)
    findings: dict[tuple[str, int], Finding] = field(default_factory=dict)
    known: dict[tuple[str, SpotKey], int] = field(default_factory=dict)
    rounding: dict[str, int] = field(default_factory=dict)
    written_off: dict[str, int] = field(default_factory=dict)
    entries: dict[int, Entry] = field(default_factory=dict)
    notices: dict[int, Notice] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    views: dict[ViewKey, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lock = threading.RLock()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of what happens inside, or nothing where it fails."""
        names = [table.name for table in fields(self)]
        before = {name: dict(getattr(self, name)) for name in names}
        try:
            yield
        except BaseException:
            for name, rows in before.items():
                setattr(self, name, rows)
            raise


def begin(shelf: Shelf, account: str) -> None:
    """Make the rows of a new account that are counted on from."""
    shelf.closings[account] = ()
    shelf.apart[account] = frozenset()
    shelf.rounding[account] = shelf.written_off[account] = 0
    for side in Side:
        shelf.open[account, side] = frozenset()


def next_number(shelf: Shelf, what: str) -> int:
    """Count one further."""
    shelf.counters[what] = shelf.counters.get(what, 0) + 1
    return shelf.counters[what]


def of_account(rows: dict[tuple[str, int], T], account: str) -> list[T]:
    """The rows of an account by their numbers."""
    return [row for (owner, _), row in sorted(rows.items(), key=_place) if owner == account]


def _place(item: tuple[tuple[str, int], object]) -> tuple[str, int]:
    """The key of a row."""
    return item[0]


def add_line(shelf: Shelf, account: str, side: Side, draft: Draft, source: str = "") -> Line:
    """Give a line its place; it is open."""
    number = next_number(shelf, f"{side.value} of {account}")
    line = Line(
        account=account,
        side=side,
        number=number,
        day=draft.day,
        amount=draft.amount,
        key=key_of(draft),
        reference=draft.reference,
        text=draft.text,
        source=source,
    )
    shelf.lines[account, line.name] = line
    set_state(shelf, line, State.OPEN)
    return line


def set_state(shelf: Shelf, line: Line, state: State) -> None:
    """Note what has become of a line, in its row and in the index of open ones."""
    where = line.account, line.side
    others = shelf.open[where] - {line.number}
    shelf.open[where] = others | {line.number} if state is State.OPEN else others
    shelf.states[line.account, line.name] = state
    forget_views(shelf, line.account)


def find_line(shelf: Shelf, account: str, name: str) -> Line:
    """The line that goes by a name; small letters serve too."""
    key = account, name.strip().upper()
    if key not in shelf.lines:
        raise Refused("R611", line=name.strip() or "without a name")
    return shelf.lines[key]


def lines_of(shelf: Shelf, account: str, side: Side) -> list[Line]:
    """The lines of one side in the order they came."""
    return [
        line for (owner, _), line in shelf.lines.items() if owner == account and line.side is side
    ]


def open_lines(
    shelf: Shelf, account: str, side: Side, through: date | None = None
) -> Iterator[Line]:
    """The open lines of one side in the order they came, perhaps only those up to a day."""
    for number in sorted(shelf.open[account, side]):
        line = shelf.lines[account, line_name(side, number)]
        if through is None or line.day <= through:
            yield line


def was_paired(shelf: Shelf, line: Line) -> bool:
    """Whether another line that says the same has its counterpart."""
    return shelf.paired.get(identity(line), 0) > 0


def fetch_view(shelf: Shelf, key: ViewKey, work_out: Callable[[], T]) -> T:
    """What is shown of an account: as it was worked out before, unless something has changed since."""
    if key in shelf.views:
        return cast("T", shelf.views[key])
    view = work_out()
    next_number(shelf, VIEWS)
    if len(shelf.views) >= VIEWS_MOST:
        del shelf.views[next(iter(shelf.views))]
    shelf.views[key] = view
    return view


def forget_views(shelf: Shelf, account: str) -> None:
    """Something about an account has changed: what was worked out for it is out of date."""
    for key in list(shelf.views):
        if key[0] == account:
            del shelf.views[key]


def closed_through(shelf: Shelf, account: str) -> date | None:
    """The end of the last month that is closed."""
    closings = shelf.closings[account]
    return closings[-1] if closings else None
