"""A fit mutant → a candidate: its failing tests are watched, the one that is told is chosen, and how hard it is is measured."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from generator import diagnostics, difficulty, records
from generator.admit import Refusal
from generator.challenge import wording
from generator.challenge.tickets.telling import FATAL
from generator.divergence.find import Reason, parted_by
from generator.records import Candidate, Mode

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable

    from generator.divergence.find import Divergence
    from generator.records import Bench, Mutant, Request, Seed, Trace, Verdict
    from generator.trial.watcher import Watcher

_WITNESSES = 6
"""How many failing tests are watched before one is chosen to be told."""
_WORTH_STEPS = 2


def seen_by_tools(seed: Seed, mutant: Mutant) -> Refusal | None:
    """Whether a linter, the formatter or the compiler has something to say of it that it has not of the clean code."""
    (findings,) = diagnostics.new_findings(seed.contents, [mutant])
    return Refusal.TOOL_SEES_IT if findings else None


def examine(
    bench: Bench,
    watcher: Watcher,
    mutant: Mutant,
    verdict: Verdict,
    request: Request,
    *,
    refused: Counter[Refusal],
    executed: difficulty.ExecutedBy,
) -> Candidate | Refusal:
    """Watch the failing tests on the clean and on the buggy code, choose the one that is told, and measure.

    `refused` counts what was passed over before, `executed` is what `difficulty.executed_by` says.
    """
    possible = tellable(bench, watcher, mutant, verdict, request, executed)
    if isinstance(possible, Refusal):
        return possible
    passed_over = {reason.name.lower(): refused[reason] for reason in Refusal if refused[reason]}
    return replace(chosen(bench, watcher, possible, request), passed_over=passed_over)


def chosen(
    bench: Bench, watcher: Watcher, possible: Iterable[Candidate], request: Request
) -> Candidate:
    """Of the candidates that one mutant makes, each told by another test, the one for this request, with how far its wrong value
    travels where that can make it of the level. Where a level was asked for, the first that keeps it once that is known."""
    left = sorted(possible, key=lambda candidate: _off_the_mark(bench.seed, candidate, request))
    if request.bugs == 1 and left[0].level < request.level:
        # To know it makes nothing harder, and takes runs line by line.
        return left[0]
    if not request.strict:
        return travelled(bench, watcher, left[0])
    hopeful = [one for one in left if one.level == request.level] or left[:1]
    known = (travelled(bench, watcher, one) for one in hopeful)
    first = next(known)
    return next((one for one in (first, *known) if one.level == request.level), first)


def travelled(bench: Bench, watcher: Watcher, candidate: Candidate) -> Candidate:
    """The same once it is known how far its wrong value travels."""
    executions = watcher.executions(candidate.mutant, candidate.witness[0])
    return with_distance(candidate, parted_by(candidate.mutant, bench.seed, executions))


def with_distance(candidate: Candidate, parted: Divergence | Reason) -> Candidate:
    """The same, with the distances and the level that follow from where its test first goes wrong."""
    if isinstance(parted, Reason):
        return candidate
    measured = replace(
        candidate.measurements,
        infection=parted.fault_to_first.lines if parted.fault_to_first else None,
        propagation=parted.first_to_failure.lines,
    )
    return replace(candidate, measurements=measured, level=difficulty.level(measured))


def best(seed: Seed, possible: Iterable[Candidate], request: Request) -> Candidate:
    """Of the candidates that one mutant makes, each told by another test, the one for this request."""
    return min(possible, key=lambda candidate: _off_the_mark(seed, candidate, request))


def tellable(
    bench: Bench,
    watcher: Watcher,
    mutant: Mutant,
    verdict: Verdict,
    request: Request,
    executed: difficulty.ExecutedBy,
) -> list[Candidate] | Refusal:
    """A candidate for each failing test function that could be told. Never none: then it is said why."""
    seed = bench.seed
    random = Random(f"{request.random_seed} {mutant.edits}")  # noqa: S311 - must repeat
    told = _could_be_told(bench, verdict, request.mode, random)
    if not told:
        return Refusal.CANT_BE_HIDDEN
    if request.strict and _is_too_easy(mutant, told, request, executed):
        return Refusal.WRONG_LEVEL
    told = [cases for cases in told if not wording.acts_unseen(seed, cases[0])]
    if not told:
        return Refusal.UNTELLABLE
    tests = tuple(cases[0] for cases in told)
    buggy, clean = watcher.buggy(mutant, tests), watcher.clean(tests)
    # What hangs on the clock or on hash order differs by itself: no bug made it.
    again = watcher.clean(tests, hash_seed="1")
    steady = [
        cases
        for cases in told
        if buggy[cases[0]].finished
        and wording.repeats(seed.words, clean[cases[0]], again[cases[0]], buggy[cases[0]])
    ]
    if not steady:
        return Refusal.UNSTEADY
    traces = [(clean[cases[0]], buggy[cases[0]]) for cases in steady]
    return [
        _candidate(bench, mutant, verdict, cases, both, executed)
        for cases, both in zip(steady, traces, strict=True)
        if not wording.flaws(seed.words, *both) & FATAL
    ] or Refusal.UNTELLABLE


def _is_too_easy(
    mutant: Mutant,
    told: list[tuple[str, ...]],
    request: Request,
    executed: difficulty.ExecutedBy,
) -> bool:
    """Whether no test that could be told makes it of the level asked for; to know the level itself takes a run each. Of
    several bugs, easier ones serve beside one of the level."""
    ranks = (difficulty.suspect_rank(executed, mutant, cases) for cases in told)
    return request.bugs == 1 and max(map(difficulty.at_most, ranks)) < request.level


def _candidate(
    bench: Bench,
    mutant: Mutant,
    verdict: Verdict,
    witness: tuple[str, ...],
    traces: tuple[Trace, Trace],
    executed: difficulty.ExecutedBy,
) -> Candidate:
    clean, buggy = traces
    measured = difficulty.measure(
        bench,
        mutant,
        verdict,
        witness,
        trace=buggy,
        wrong=wording.wrong_answers(bench.seed.words, clean, buggy),
        executed=executed,
    )
    candidate = Candidate(
        mutant=mutant,
        verdict=verdict,
        witness=witness,
        trace=buggy,
        clean=clean,
        measurements=measured,
        level=difficulty.level(measured),
        passed_over={},
    )
    return _searched(bench, candidate)


def _searched(bench: Bench, candidate: Candidate) -> Candidate:
    """The same, and how soon a search for the words of its ticket finds it. A transcript is the test itself, in the code's own
    words: only the test's name counts there."""
    ticket = wording.write(bench, candidate, number=0) if bench.seed.words else ""
    rank = difficulty.search_rank(bench, candidate.mutant, candidate.witness, ticket)
    measured = replace(candidate.measurements, search_rank=rank)
    return replace(candidate, measurements=measured, level=difficulty.level(measured))


def _off_the_mark(seed: Seed, candidate: Candidate, request: Request) -> tuple[int, ...]:
    """A level that was asked for comes before a story that is to the point and plain, and that before a level that was
    drawn. Readers rather follow few steps than read a rule that speaks of the answer: it is worth two of them."""
    traces = candidate.clean, candidate.trace
    relevance = wording.relevance(seed, candidate.mutant, candidate.witness[0], *traces)
    level = abs(candidate.level - request.level)
    flaws = len(wording.flaws(seed.words, *traces))
    length = wording.steps(seed.words, *traces) - _WORTH_STEPS * relevance
    return (level, flaws, length) if request.strict else (flaws, length, level)


def _could_be_told(
    bench: Bench, verdict: Verdict, mode: Mode, random: Random
) -> list[tuple[str, ...]]:
    """The cases of some failing test functions: of the one that can't be hidden, where there is one, else of several.
    None, where that one would have to be hidden."""
    failing = [failure.test for failure in verdict.failures]
    unfit = {records.function_of(test) for test in bench.baseline.unfit}
    functions = sorted({records.function_of(test) for test in failing} - unfit)
    stuck = [function for function in functions if function not in bench.hideable]
    if stuck and mode is Mode.TICKET:
        return []
    some = random.sample(stuck or functions, min(_WITNESSES, len(stuck or functions)))
    return [
        tuple(test for test in failing if records.function_of(test) == function)
        for function in some
    ]
