"""Where a test on buggy code first parts from the same test on clean code, and what is wrong from there on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from generator.debrief import Distance, Kind, Link, Wrong
from generator.divergence import alignment
from generator.divergence import noise as noises
from generator.divergence.side_by_side import Walk
from generator.execution import End

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from generator.divergence.alignment import Alignment
    from generator.divergence.side_by_side import Difference, Fault
    from generator.execution import Execution, Executions, Invocation
    from generator.records import Mutant, Seed

_BULKY = re.compile(r"…|.{80}")
"""Larger than the part of it that is wrong: it says less than what is made of it."""
_COMPOUND = re.compile(r"[\[({]|\w+\(")


class Reason(Enum):
    """Why there is no divergence to show."""

    PASSES = "the test passes with the bug in it"
    NOT_DETERMINISTIC = "two runs of the clean code differ as much"
    DID_NOT_FINISH = "one of the runs did not come to its end within its limits"
    NOT_REACHED = (
        "the changed lines do not run while the test does: what they made was there before"
    )
    ONLY_IN_THREADS = "the changed lines run in threads only, whose work can't be laid side by side"
    TOO_LONG = "the record ends before anything differs"
    NOTHING_SEEN = "all that was recorded is the same: it happens in C code, or inside values too large to show"


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first difference between a test on clean and on buggy code, and what became of it."""

    seen: tuple[Difference, ...]
    """The first one, and after it the first wrong value of each call around it, from the innermost to the test."""
    chain: tuple[Link, ...]
    """From the test down to it."""
    fault_to_first: Distance | None
    """From the first execution of the fault; None where that did not run before, while the test did."""
    first_to_failure: Distance
    sparse: bool
    """From some place on there are no lines in one of the records."""

    @property
    def first(self) -> Wrong:
        """What parts the two."""
        return self.seen[0].wrong

    @property
    def later(self) -> tuple[Wrong, ...]:
        """What came of it."""
        return tuple(one.wrong for one in self.seen[1:])


_BY_TESTS = (Kind.LOCAL, Kind.ATTRIBUTE, Kind.RETURN, Kind.ARGUMENT, Kind.EXCEPTION)
"""What a test may be the first to show."""
_FAILS = ("AssertionError(", "Failed(")
"""How the exceptions begin with which a test says that it fails, which is no news."""


def parted_by(mutant: Mutant, seed: Seed, executions: Executions) -> Divergence | Reason:
    """What the mutant makes of a test, or why that can't be said."""
    aligned = alignment.through(seed.contents, mutant.edits)
    return parted(executions, aligned, seed.source)


def parted(
    executions: Executions, aligned: Alignment, source: Collection[str]
) -> Divergence | Reason:
    """Compare the buggy execution with the clean one. `source` are the paths of the files that bugs go into: others are tests."""
    clean, again, buggy = executions.clean, executions.again, executions.buggy
    if not (clean.finished and again.finished and buggy.finished):
        return Reason.DID_NOT_FINISH
    if clean.failure or again.failure:
        return Reason.NOT_DETERMINISTIC
    if not buggy.failure:
        return Reason.PASSES
    noise = noises.between(clean, again)
    walk = Walk(clean, buggy, aligned)
    every = walk.differences()
    real = [one for one in every if not noises.hides(noise, one)]
    shown = [one for one in real if one.wrong.path in source or _is_news(one.wrong)]
    threaded = any(stream.kind == "thread" for stream in buggy.streams)
    # The first of those that say most.
    first = min(
        shown,
        key=lambda one: (one.is_edit, threaded and _may_be_shared(one.wrong)),
        default=None,
    )
    if first is None:
        told = [one for one in every if one.wrong.path in source]
        return _why_not(clean, buggy, aligned, is_noisy=bool(told))
    return _told(first, real, executions, walk.faults, source)


def _may_be_shared(wrong: Wrong) -> bool:
    """Whether it is a value that other threads can change: when that is seen is chance."""
    is_kept = wrong.kind in (Kind.LOCAL, Kind.ATTRIBUTE)
    return is_kept and bool(_COMPOUND.match(wrong.expected) or _COMPOUND.match(wrong.actual))


def _is_news(wrong: Wrong) -> bool:
    return wrong.kind in _BY_TESTS and _is_told(wrong)


def _why_not(clean: Execution, buggy: Execution, aligned: Alignment, *, is_noisy: bool) -> Reason:
    if is_noisy:
        return Reason.NOT_DETERMINISTIC
    if clean.is_cut or buggy.is_cut or clean.sparse or buggy.sparse:
        return Reason.TOO_LONG
    guilty = {
        call.number
        for call in buggy.calls
        if any(aligned.is_guilty(call.function.path, step.line) for step in call.steps)
    }
    if not guilty:
        return Reason.NOT_REACHED
    return Reason.ONLY_IN_THREADS if guilty <= buggy.in_threads() else Reason.NOTHING_SEEN


def _told(
    first: Difference,
    real: Sequence[Difference],
    executions: Executions,
    faults: Sequence[Fault],
    source: Collection[str],
) -> Divergence:
    buggy = executions.buggy
    calls = [buggy.calls[first.call], *_callers(buggy, first.call)]
    later = _later(first, real, {call.number for call in calls})
    failed_at = max(_failed_at(buggy, source), first.at)
    return Divergence(
        seen=(first, *(later[call.number] for call in calls if call.number in later)),
        chain=tuple(_chain(first, calls, later))[::-1],
        fault_to_first=_since_fault(first, faults, buggy),
        first_to_failure=_distance(buggy, first.at, failed_at),
        sparse=bool(executions.clean.sparse or buggy.sparse),
    )


def _callers(execution: Execution, number: int) -> Iterator[Invocation]:
    caller = execution.calls[number].caller
    while caller is not None:
        yield execution.calls[caller]
        caller = execution.calls[caller].caller


def _chain(
    first: Difference, calls: Sequence[Invocation], later: Mapping[int, Difference]
) -> Iterator[Link]:
    """From the innermost call, without comprehensions: they are no calls to whoever reads them."""
    lines = [first.line, *(call.site for call in calls)]
    shown = [
        n for n, call in enumerate(calls) if n == 0 or not calls[n - 1].function.is_comprehension
    ]
    for n in shown:
        function = calls[n].function
        whole = calls[n : n + 1 + function.is_comprehension]
        wrong = next((later[call.number].wrong for call in whole if call.number in later), None)
        yield Link(function.path, lines[n], function.title, wrong)


def _later(
    first: Difference, real: Sequence[Difference], calls: Collection[int]
) -> dict[int, Difference]:
    """Of each of these calls the wrong value that says most; of the call that parted itself what it came to."""
    found: dict[int, Difference] = {}
    for one in sorted(real, key=lambda one: _BULKY.search(one.wrong.actual) is not None):
        if one.at > first.at and one.call in calls and _is_told(one.wrong):
            found.setdefault(one.call, one)
    return found


def _is_told(wrong: Wrong) -> bool:
    return wrong.kind is not Kind.BRANCH and not wrong.actual.startswith(_FAILS)


def _failed_at(buggy: Execution, source: Collection[str]) -> int:
    """Where the test was left by what failed it."""
    roots = [buggy.calls[root] for root in buggy.streams[0].roots]
    raised = [
        step.raised[1]
        for call in roots
        if call.end is End.RAISED and call.function.path not in source
        for step in call.steps
        if step.raised
    ]
    return max(raised, default=buggy.length)


def _since_fault(first: Difference, faults: Sequence[Fault], buggy: Execution) -> Distance | None:
    """From the last time that the fault was executed: before that it did no harm."""
    before = [fault for fault in faults if fault.begin <= first.at]
    if not before:
        return None
    fault = max(before, key=lambda fault: fault.begin)
    if first.call == fault.call and first.at <= fault.end:
        return Distance(0, 0)
    return _distance(buggy, fault.begin, first.at)


def _distance(buggy: Execution, start: int, end: int) -> Distance:
    return Distance(
        calls=sum(start < call.at <= end for call in buggy.calls),
        lines=sum(
            start < step.at <= end for call in buggy.calls for step in call.steps if step.line
        ),
    )
