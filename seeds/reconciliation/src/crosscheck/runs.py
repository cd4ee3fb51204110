"""Runs: what is open on both sides is compared, once for each state of affairs."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from crosscheck.ambient import Clock, log_event
from crosscheck.audit import announce, note
from crosscheck.lines import Line, Side, has_reference
from crosscheck.outcomes import Spot, carry_over, keep_match, unsettled
from crosscheck.pairing import Bench, alone, groups, is_awaited, settle
from crosscheck.refusals import Refused
from crosscheck.shelf import next_number, of_account, open_lines, was_paired
from crosscheck.spill import Tally, in_order

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from crosscheck.shelf import Shelf

NOT_YET: Final = ""

logger = logging.getLogger("crosscheck.runs")


@dataclass(frozen=True, slots=True)
class Run:
    """What a run did. `mark` is the state of affairs that it left behind."""

    account: str
    number: int
    through: date
    at: datetime
    terms_version: int
    matched: int = 0
    findings: int = 0
    fresh: int = 0
    awaited: int = 0
    spilled: int = 0
    most_in_memory: int = 0
    mark: str = NOT_YET


def find_run(shelf: Shelf, account: str, number: int) -> Run:
    """The run of a number."""
    if (account, number) not in shelf.runs:
        raise Refused("R501", number=number)
    return shelf.runs[account, number]


def mark_of(shelf: Shelf, account: str, through: date) -> str:
    """The state of affairs, condensed: two runs that meet the same one would do the same."""
    facts = [through.isoformat(), str(shelf.terms[account].version)]
    for side in Side:
        facts.append(side.value)
        facts += [line.name for line in open_lines(shelf, account, side, through)]
    facts += [f"{booked} {banked}" for booked, banked in sorted(shelf.apart[account])]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def reconcile(shelf: Shelf, clock: Clock, account: str, through: date, chunk: int) -> Run:
    """Compare both sides up to a day. Where nothing is different since the last run, that is the answer."""
    before = of_account(shelf.runs, account)
    if before:
        last = before[-1]
        if through < last.through:
            raise Refused("R502", last=last.through)
        if mark_of(shelf, account, through) == last.mark:
            log_event(logger, "run.repeated", account=account, run=last.number)
            return last
    with shelf.transaction():
        number = next_number(shelf, f"runs of {account}")
        begun = Run(account, number, through, clock.now(), shelf.terms[account].version)
        run = _compare(shelf, begun, chunk)
        shelf.runs[account, number] = run
        note(shelf, clock, account, "reconcile", f"run {number}")
        if run.fresh:
            announce(shelf, clock, account, f"new findings: {run.fresh}, through {through}")
    log_event(logger, "run.done", account=account, run=number, matched=run.matched)
    return run


def _compare(shelf: Shelf, run: Run, chunk: int) -> Run:
    """Settle what can be settled; what can't be becomes findings, unless its counterpart may still come."""
    spots: list[Spot] = []
    pairs = awaited = 0
    tally = Tally()
    for bench in map(settle, _benches(shelf, run, chunk, tally)):
        for pair in bench.pairs:
            keep_match(shelf, run.account, pair, run.number)
        pairs += len(bench.pairs)
        alone_there = list(_left_over(shelf, run, bench))
        spots += [*bench.spots, *alone_there]
        awaited += len(bench.left) - len(alone_there)
    fresh = carry_over(shelf, run.account, spots, run.number, run.through)
    return replace(
        run,
        matched=pairs,
        findings=sum(1 for _ in unsettled(shelf, run.account)),
        fresh=fresh,
        awaited=awaited,
        spilled=tally.spilled,
        most_in_memory=tally.most_in_memory,
        mark=mark_of(shelf, run.account, run.through),
    )


def _benches(shelf: Shelf, run: Run, chunk: int, tally: Tally) -> Iterator[Bench]:
    """What is open on both sides up to the last day, in order and by groups."""
    books, bank = (
        in_order(open_lines(shelf, run.account, side, run.through), chunk, tally) for side in Side
    )
    return groups(books, bank, shelf.terms[run.account], shelf.apart[run.account])


def _left_over(shelf: Shelf, run: Run, bench: Bench) -> Iterator[Spot]:
    """What lies on a bench at the end and is not awaited any more."""
    for line in bench.left:
        twice = _is_there_twice(shelf, line)
        if twice or not is_awaited(bench.terms, line, run.through):
            yield alone(line, twice=twice)


def _is_there_twice(shelf: Shelf, line: Line) -> bool:
    """Whether the counterpart of a line has gone to another one that says the same."""
    return has_reference(line.key) and was_paired(shelf, line)
