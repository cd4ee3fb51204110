"""A candidate's failing test, done again step by step: where it first goes wrong, how far that travels, and how pdb shows it."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from generator import edits, guilt
from generator.debrief import Debrief, Kind, Typed
from generator.divergence import way
from generator.divergence.find import Reason, parted_by
from generator.elsewhere import elsewhere
from generator.examine import with_distance

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from generator.divergence.find import Divergence
    from generator.records import Bench, Candidate, Failure
    from generator.trial.watcher import Watcher

_WAYS = 6
"""That pdb is asked to go before it is given up."""


def retraced(bench: Bench, watcher: Watcher, candidate: Candidate) -> Candidate:
    """The same with its debrief, for which pdb is really asked, and the level that it has once all is known."""
    mutant, clean = candidate.mutant, bench.seed.contents
    buggy = {**clean, **edits.apply(clean, mutant.edits)}
    executions = watcher.executions(mutant, candidate.witness[0])
    parted = parted_by(mutant, bench.seed, executions)
    about = Debrief(
        candidate.witness[0],
        _in_words(candidate.trace.failure),
        elsewhere=elsewhere(bench.seed, bench.mutants, mutant),
    )
    if isinstance(parted, Reason):
        told = replace(about, why_not=parted.value)
        ways: Iterator[way.Way] = iter(())
    else:
        told = _parted(about, parted, clean, buggy)
        ways = islice(way.ways(parted, executions.buggy, way.Sources(buggy, clean)), _WAYS)
    session = _session(watcher, candidate, ways) or _at_the_fault(watcher, candidate, clean)
    debrief = replace(told, session=session)
    return replace(with_distance(candidate, parted), debrief=debrief)


def _in_words(failure: Failure | None) -> str:
    if failure is None:
        return ""
    said = failure.message.partition("\n")[0]
    return f"{failure.exception}: {said}" if said else failure.exception


def _parted(
    about: Debrief, parted: Divergence, clean: Mapping[str, bytes], buggy: Mapping[str, bytes]
) -> Debrief:
    first = parted.first
    if first.kind is Kind.BRANCH:
        # By its number nobody knows a line of the clean file, which is not there.
        first = replace(
            first,
            expected=_line(clean[first.path], first.expected),
            actual=_line(buggy[first.path], first.actual),
        )
    return replace(
        about,
        first=first,
        chain=parted.chain,
        fault_to_first=parted.fault_to_first,
        first_to_failure=parted.first_to_failure,
        sparse=parted.sparse,
    )


def _line(source: bytes, told: str) -> str:
    """`line 12` → what stands there."""
    number = told.removeprefix("line ")
    if not number.isdigit():
        return told
    return source.splitlines()[int(number) - 1].decode("utf-8", "replace").strip()


def _session(
    watcher: Watcher, candidate: Candidate, ways: Iterable[way.Way]
) -> tuple[Typed, ...] | None:
    """The first of the ways on which pdb shows what is wrong."""
    for one in ways:
        seen = watcher.debugged(candidate.mutant, candidate.witness[0], one.commands)
        session = way.shows(one, seen.shown) if seen else None
        if session:
            return session
    return None


def _at_the_fault(
    watcher: Watcher, candidate: Candidate, clean: Mapping[str, bytes]
) -> tuple[Typed, ...]:
    """What pdb shows where the fault is, as far as it stops there."""
    mutant = candidate.mutant
    line, _ = guilt.guilty_lines(clean[mutant.path], mutant)
    commands = (f"b {mutant.path}:{line}", "c", *(f"p {name}" for name in candidate.trace.values))
    seen = watcher.debugged(mutant, candidate.witness[0], commands)
    both = zip(commands, seen.shown, strict=True) if seen else ()
    return tuple(Typed(command, said) for command, said in both if said and way.is_answer(said))
