"""What people decide: differences that are written off, matches by hand, months that are closed.

Each decision is somebody's. It is checked before anything changes, and recorded together with the change.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crosscheck.audit import announce, note
from crosscheck.lines import Line, Side, State
from crosscheck.measures import month_end, total
from crosscheck.outcomes import (
    Finding,
    How,
    Match,
    Pair,
    Status,
    clear_findings,
    close_lines,
    drop_match,
    find_finding,
    keep_apart,
    keep_match,
    open_lines_again,
    save_finding,
    unsettled,
)
from crosscheck.refusals import Refused
from crosscheck.runs import last_run
from crosscheck.shelf import closed_through, find_line
from crosscheck.terms import allowance, needs_confirmation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crosscheck.ambient import Clock
    from crosscheck.shelf import Shelf


def named(by: str) -> str:
    """Whoever answers for it."""
    person = " ".join(by.split())
    if not person:
        raise Refused("R601")
    return person


def same_person(one: str, other: str) -> bool:
    """Whether two names are those of one person; capitals make no difference."""
    return one.casefold() == other.casefold()


def accept(shelf: Shelf, clock: Clock, account: str, number: int, by: str, reason: str) -> Finding:
    """Write a difference off, or propose to where a second person has to confirm it."""
    finding = _standing(shelf, account, number, Status.OPEN)
    person = named(by)
    if not reason.strip():
        raise Refused("R602")
    proposed = needs_confirmation(shelf.terms[account], finding.amount)
    status = Status.PROPOSED if proposed else Status.ACCEPTED
    with shelf.transaction():
        decided = replace(finding, status=status, by=person, reason=reason.strip())
        save_finding(shelf, decided)
        if proposed:
            announce(shelf, clock, account, f"finding {number} waits for a second person")
        else:
            close_lines(shelf, decided)
        _note(shelf, clock, finding, "propose" if proposed else "accept", person)
    return decided


def confirm(shelf: Shelf, clock: Clock, account: str, number: int, by: str) -> Finding:
    """Write off what somebody else has proposed to."""
    finding = _standing(shelf, account, number, Status.PROPOSED)
    person = named(by)
    if same_person(person, finding.by):
        raise Refused("R605", by=finding.by)
    with shelf.transaction():
        decided = replace(finding, status=Status.ACCEPTED)
        save_finding(shelf, decided)
        close_lines(shelf, decided)
        _note(shelf, clock, finding, "confirm", person)
    return decided


def decline(shelf: Shelf, clock: Clock, account: str, number: int, by: str) -> Finding:
    """Don't write off what was proposed; whoever proposed it may decline it too."""
    finding = _standing(shelf, account, number, Status.PROPOSED)
    person = named(by)
    with shelf.transaction():
        decided = replace(finding, status=Status.OPEN, by="", reason="")
        save_finding(shelf, decided)
        _note(shelf, clock, finding, "decline", person)
    return decided


def undo(shelf: Shelf, clock: Clock, account: str, number: int, by: str) -> Finding:
    """Take back that a difference was written off."""
    finding = _standing(shelf, account, number, Status.ACCEPTED)
    person = named(by)
    _check_open_month(shelf, account, _found(shelf, account, finding.lines))
    with shelf.transaction():
        decided = replace(finding, status=Status.OPEN, by="", reason="")
        save_finding(shelf, decided)
        open_lines_again(shelf, decided)
        _note(shelf, clock, finding, "undo", person)
    return decided


def match(
    shelf: Shelf, clock: Clock, account: str, books: Sequence[str], bank: Sequence[str], by: str
) -> Match:
    """Settle lines that somebody has found to belong together."""
    person = named(by)
    sides = _side(shelf, account, books, Side.BOOKS), _side(shelf, account, bank, Side.BANK)
    if not all(sides):
        raise Refused("R608")
    pair = Pair(How.HAND, *sides)
    for line in pair.lines:
        state = shelf.states[account, line.name]
        if state is not State.OPEN:
            raise Refused("R609", line=line.name, state=state.value)
    _check_near(shelf, account, pair)
    with shelf.transaction():
        made = keep_match(shelf, account, pair, None)
        names = made.books + made.bank
        clear_findings(shelf, account, names)
        note(shelf, clock, account, "match", by=person, about=" ".join(names))
    return made


def release(shelf: Shelf, clock: Clock, account: str, number: int, by: str) -> None:
    """Take a match apart; runs do not put its lines together again."""
    made = shelf.matches.get((account, number))
    if made is None:
        raise Refused("R607", number=number)
    person = named(by)
    _check_open_month(shelf, account, _found(shelf, account, made.books + made.bank))
    with shelf.transaction():
        drop_match(shelf, made)
        keep_apart(shelf, made)
        note(shelf, clock, account, "release", by=person, about=f"match {number}")


def close_month(shelf: Shelf, clock: Clock, account: str, month: str, by: str) -> None:
    """Close a month: nothing is entered into it any more, and nothing in it undone."""
    end = month_end(month)
    person = named(by)
    closed = closed_through(shelf, account)
    if closed is not None and end <= closed:
        raise Refused("R701", month=month.strip())
    last = last_run(shelf, account)
    if last is None or last.through < end:
        raise Refused("R702", end=end)
    waiting = sum(
        any(line.day <= end for line in _found(shelf, account, finding.lines))
        for finding in unsettled(shelf, account)
    )
    if waiting:
        raise Refused("R703", count=waiting, end=end)
    with shelf.transaction():
        shelf.closings[account] = (*shelf.closings.get(account, ()), end)
        note(shelf, clock, account, "close", by=person, about=month.strip())
        announce(shelf, clock, account, f"{month.strip()} is closed")


def reopen_month(shelf: Shelf, clock: Clock, account: str, month: str, by: str) -> None:
    """Open the month again that was closed last."""
    person = named(by)
    if closed_through(shelf, account) != month_end(month):
        raise Refused("R705", month=month.strip())
    with shelf.transaction():
        shelf.closings[account] = shelf.closings[account][:-1]
        note(shelf, clock, account, "reopen", by=person, about=month.strip())


def _standing(shelf: Shelf, account: str, number: int, status: Status) -> Finding:
    """The finding of a number, where it stands as it has to."""
    finding = find_finding(shelf, account, number)
    if finding.status is not status:
        raise Refused("R603", number=number, state=finding.status.value)
    return finding


def _found(shelf: Shelf, account: str, names: Iterable[str]) -> tuple[Line, ...]:
    return tuple(find_line(shelf, account, name) for name in names)


def _side(shelf: Shelf, account: str, names: Iterable[str], side: Side) -> tuple[Line, ...]:
    """The lines of these names, each of them once, all of one side."""
    lines = dict.fromkeys(_found(shelf, account, names))
    for line in lines:
        if line.side is not side:
            raise Refused("R612", line=line.name, side=side.value)
    return tuple(lines)


def _check_open_month(shelf: Shelf, account: str, lines: Iterable[Line]) -> None:
    closed = closed_through(shelf, account)
    for line in lines:
        if closed is not None and line.day <= closed:
            raise Refused("R606", line=line.name)


def _check_near(shelf: Shelf, account: str, pair: Pair) -> None:
    """Both sides are in one currency, and no further apart than was agreed."""
    currency = pair.books[0].amount.currency
    for line in pair.lines:
        if line.amount.currency != currency:
            raise Refused("R204", one=currency, other=line.amount.currency)
    booked = total((line.amount for line in pair.books), currency)
    if abs(pair.gap.minor) > allowance(shelf.terms[account], booked):
        raise Refused("R610", gap=pair.gap)


def _note(shelf: Shelf, clock: Clock, finding: Finding, what: str, by: str) -> None:
    note(shelf, clock, finding.account, what, by=by, about=f"finding {finding.number}")
