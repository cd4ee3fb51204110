"""Which mutants deserve a person's hour. Pure: everything was measured before."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from generator import outline
from generator.crashes import is_crash
from generator.records import VerdictKind, function_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.records import Baseline, Bench, Failure, Mutant, Seed, Span, Verdict


class Refusal(Enum):
    """Why a mutant is not handed out."""

    UNREACHED = "no test executes it"
    SURVIVED = "no test notices it"
    BROKEN = "it dies at import or collection"
    TIMED_OUT = "it runs into the time limit"
    OUT_OF_MEMORY = "it runs into the memory limit"
    TOO_LOUD = "too many tests fail"
    BREAKS_ITS_FUNCTION = "more than a third of the function's tests fail"
    DIES = "it dies of a wrong name or type"
    ONLY_FAILING_TESTS = "no passing test executes it"
    BLANK_IN_TEST_ID = "a test id holds white space"
    NOT_IN_THE_TEST = "it fails outside the test function"
    CANT_BE_HIDDEN = "it fails several tests that can't be taken out of their files"
    TOOL_SEES_IT = "a linter, the formatter or the compiler sees it"
    UNTELLABLE = "no failing test makes a ticket that can be followed"
    UNSTEADY = "its failures are not the same again"
    WRONG_LEVEL = "it is not of the level asked for"


_BY_VERDICT = {
    VerdictKind.UNREACHED: Refusal.UNREACHED,
    VerdictKind.SURVIVED: Refusal.SURVIVED,
    VerdictKind.BROKEN: Refusal.BROKEN,
    VerdictKind.TIMED_OUT: Refusal.TIMED_OUT,
    VerdictKind.OUT_OF_MEMORY: Refusal.OUT_OF_MEMORY,
}
_TEACHES_NOTHING = frozenset({"NameError", "UnboundLocalError", "AttributeError", "TypeError"})
"""Where the source does not mean to raise them, these name the cause: a wrong name, a lost check for None or conversion,
an argument too few."""
_COUNTED = "values to unpack"
"""So does this ValueError: one side has an element too few."""


_FEW = 3
_MANY = 10


def most_failures(baseline: Baseline) -> int:
    """How many tests a bug may fail: a tenth of the suite, three at least and ten at most. Nobody ships what more tests than that
    notice: readers took bugs of a large suite that failed 14 to 26 of its tests for holes, where the simplest use fails."""
    return max(_FEW, min(_MANY, len(baseline.tests) // 10))


def tests_around(seed: Seed, baseline: Baseline, mutant: Mutant) -> tuple[str, ...]:
    """The tests that execute the guilty function; of a change outside any function, those that execute its lines."""
    function = outline.enclosing(outline.functions(seed.contents[mutant.path]), mutant.line)
    first, last = (function.body, function.last) if function else (mutant.line, mutant.line)
    body = frozenset(range(first, last + 1))
    return tuple(
        test for test in baseline.tests if body & baseline.lines[test].get(mutant.path, frozenset())
    )


@dataclass(frozen=True, slots=True)
class _Case:
    bench: Bench
    mutant: Mutant
    failures: tuple[Failure, ...]

    @property
    def failing(self) -> set[str]:
        return {failure.test for failure in self.failures}


def refusal(bench: Bench, mutant: Mutant, verdict: Verdict) -> Refusal | None:
    """The first reason why this mutant is refused, in the order of the table below; None when it is fit.

    What the tools say of it, whether its failures repeat and how hard it is are judged later: they cost a run each.
    """
    if verdict.kind in _BY_VERDICT:
        return _BY_VERDICT[verdict.kind]
    case = _Case(bench, mutant, verdict.failures)
    return next((reason for reason, holds in _RULES if holds(case)), None)


def _too_loud(case: _Case) -> bool:
    return len(case.failing) > most_failures(case.bench.baseline)


def _breaks_its_function(case: _Case) -> bool:
    """Nobody ships a function that fails a third of its own tests, though only one of them is shown to the learner."""
    around = tests_around(case.bench.seed, case.bench.baseline, case.mutant)
    return len(case.failing) > _FEW and 3 * len(case.failing) > len(around)


def _blank_in_test_id(case: _Case) -> bool:
    return any(re.search(r"\s", test) for test in case.failing)


def _not_in_the_test(case: _Case) -> bool:
    return any(failure.phase != "call" for failure in case.failures)


def _dies(case: _Case) -> bool:
    seed = case.bench.seed
    return any(_names_its_cause(each) and is_crash(seed, each) for each in case.failures)


def _names_its_cause(failure: Failure) -> bool:
    return failure.exception in _TEACHES_NOTHING or _COUNTED in failure.message


def _only_failing_tests(case: _Case) -> bool:
    passing = [test for test in case.bench.baseline.tests if test not in case.failing]
    return not any(
        _lines_that_count(case.bench.seed, span)
        & case.bench.baseline.lines[test].get(span.path, frozenset())
        for span in case.mutant.touched
        for test in passing
    )


def _cant_be_hidden(case: _Case) -> bool:
    return len({function_of(test) for test in case.failing} - case.bench.hideable) > 1


_RULES: tuple[tuple[Refusal, Callable[[_Case], bool]], ...] = (
    (Refusal.TOO_LOUD, _too_loud),
    (Refusal.BREAKS_ITS_FUNCTION, _breaks_its_function),
    (Refusal.BLANK_IN_TEST_ID, _blank_in_test_id),
    (Refusal.NOT_IN_THE_TEST, _not_in_the_test),
    (Refusal.DIES, _dies),
    (Refusal.ONLY_FAILING_TESTS, _only_failing_tests),
    (Refusal.CANT_BE_HIDDEN, _cant_be_hidden),
)


def _lines_that_count(seed: Seed, span: Span) -> frozenset[int]:
    """The lines themselves; for lines executed at import (a default, a class body) those of the owning function or file."""
    function = outline.enclosing(outline.functions(seed.contents[span.path]), span.first)
    if function is None:
        return frozenset(range(1, seed.contents[span.path].count(b"\n") + 2))
    if span.first < function.body:
        return frozenset(range(function.body, function.last + 1))
    return frozenset(range(span.first, span.last + 1))
