"""What people decide: differences that are written off, matches by hand, months that are closed.

Each decision is somebody's. It is checked before anything changes, and recorded together with the change.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crosscheck.audit import announce, note
from crosscheck.lines import Line, Side, State
from crosscheck.measures import month_end
from crosscheck.outcomes import (
    Finding,
    How,
    Match,
    Pair,
    Status,
    bring_together,
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
from crosscheck.shelf import closed_through, find_line, of_account
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


def accept(shelf: Shelf, clock: Clock, account: str, number: int, by: str, reason: str) -> Finding:
    """Write a difference off, or propose to where a second person has to confirm it."""
    finding = _standing(shelf, account, number, Status.OPEN)
    person = named(by)
    if not reason.strip():
        raise Refused("R602")
    proposed = needs_confirmation(shelf.terms[account], finding.amount)
    status = Status.PROPOSED if proposed else Status.ACCEPTED
    decided = replace(finding, status=status, by=person, reason=reason.strip())
    _decide(shelf, clock, decided, "propose" if proposed else "accept", person)
    return decided


def confirm(shelf: Shelf, clock: Clock, account: str, number: int, by: str) -> None:
    """Write off what somebody else has proposed to."""
    finding = _standing(shelf, account, number, Status.PROPOSED)
    person = named(by)
    if person.casefold() == finding.by.casefold():
        raise Refused("R605", by=finding.by)
    _decide(shelf, clock, replace(finding, status=Status.ACCEPTED), "confirm", person)


def decline(shelf: Shelf, clock: Clock, account: str, number: int, by: str) -> None:
    """Don't write off what was proposed; whoever proposed it may decline it too."""
    finding = _standing(shelf, account, number, Status.PROPOSED)
    _decide(shelf, clock, _untouched(finding), "decline", named(by))


def undo(shelf: Shelf, clock: Clock, account: str, number: int, by: str) -> None:
    """Take back that a difference was written off."""
    finding = _standing(shelf, account, number, Status.ACCEPTED)
    person = named(by)
    _check_open_month(shelf, account, finding.lines)
    with shelf.transaction():
        open_lines_again(shelf, finding)
        _decide(shelf, clock, _untouched(finding), "undo", person)


def _untouched(finding: Finding) -> Finding:
    """A finding as it was before anybody decided on it."""
    return replace(finding, status=Status.OPEN, by="", reason="")


def _decide(shelf: Shelf, clock: Clock, decided: Finding, what: str, person: str) -> None:
    """Keep what was decided on a finding, with what it means for its lines and for others."""
    account, number = decided.account, decided.number
    with shelf.transaction():
        save_finding(shelf, decided)
        if decided.status is Status.ACCEPTED:
            close_lines(shelf, decided)
        note(shelf, clock, account, what, f"finding {number}", by=person)
        if decided.status is Status.PROPOSED:
            announce(shelf, clock, account, f"finding {number} waits for a second person")


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
        bring_together(shelf, made)
        clear_findings(shelf, account, made.lines)
        note(shelf, clock, account, "match", " ".join(made.lines), by=person)
    return made


def release(shelf: Shelf, clock: Clock, account: str, number: int, by: str) -> None:
    """Take a match apart; runs do not put its lines together again."""
    if (account, number) not in shelf.matches:
        raise Refused("R607", number=number)
    made = shelf.matches[account, number]
    person = named(by)
    _check_open_month(shelf, account, made.lines)
    with shelf.transaction():
        drop_match(shelf, made)
        keep_apart(shelf, made)
        note(shelf, clock, account, "release", f"match {number}", by=person)


def close_month(shelf: Shelf, clock: Clock, account: str, month: str, by: str) -> None:
    """Close a month: nothing is entered into it any more, and nothing in it undone."""
    end = month_end(month)
    person = named(by)
    closed = closed_through(shelf, account)
    if closed is not None and end <= closed:
        raise Refused("R701", month=month.strip())
    runs = of_account(shelf.runs, account)
    if not runs or runs[-1].through < end:
        raise Refused("R702", end=end)
    waiting = sum(
        any(line.day <= end for line in _found(shelf, account, finding.lines))
        for finding in unsettled(shelf, account)
    )
    if waiting:
        raise Refused("R703", count=waiting, end=end)
    with shelf.transaction():
        shelf.closings[account] += (end,)
        note(shelf, clock, account, "close", month.strip(), by=person)
        announce(shelf, clock, account, f"{month.strip()} is closed")


def reopen_month(shelf: Shelf, clock: Clock, account: str, month: str, by: str) -> None:
    """Open the month again that was closed last."""
    person = named(by)
    if closed_through(shelf, account) != month_end(month):
        raise Refused("R705", month=month.strip())
    with shelf.transaction():
        shelf.closings[account] = shelf.closings[account][:-1]
        note(shelf, clock, account, "reopen", month.strip(), by=person)


def _standing(shelf: Shelf, account: str, number: int, status: Status) -> Finding:
    """The finding of a number, where it stands as it has to."""
    finding = find_finding(shelf, account, number)
    if finding.status is not status:
        raise Refused("R603", number=number, state=finding.status.value)
    return finding


def _found(shelf: Shelf, account: str, names: Iterable[str]) -> tuple[Line, ...]:
    """The lines of these names."""
    return tuple(find_line(shelf, account, name) for name in names)


def _side(shelf: Shelf, account: str, names: Iterable[str], side: Side) -> tuple[Line, ...]:
    """The lines of these names, each of them once, all of one side."""
    lines = dict.fromkeys(_found(shelf, account, names))
    for line in lines:
        if line.side is not side:
            raise Refused("R612", line=line.name, side=side.value)
    return tuple(lines)


def _check_open_month(shelf: Shelf, account: str, names: Iterable[str]) -> None:
    """Refuse what would undo something of a closed month."""
    closed = closed_through(shelf, account)
    for line in _found(shelf, account, names):
        if closed is not None and line.day <= closed:
            raise Refused("R606", line=line.name)


def _check_near(shelf: Shelf, account: str, pair: Pair) -> None:
    """Both sides are in one currency, and no further apart than was agreed."""
    gap = pair.gap
    if abs(gap.minor) > allowance(shelf.terms[account], pair.booked):
        raise Refused("R610", gap=gap)
