"""What a way of running trials has to offer, and the plain way: a fresh process per mutant.

A faster engine (one warm process, a fork per mutant) takes the same place; the verdicts have to be the same.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from generator import edits, outline, process
from generator.records import Failure, Frame, Verdict, VerdictKind
from generator.trial import baseline as baselines
from generator.trial import store, suite

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Executor, Future

    from generator.records import Baseline, Mutant, Seed


class Engine(Protocol):
    """Runs trials. Verdicts come back in the order the mutants were given, each as soon as it and all before are known."""

    def verdicts(self, mutants: Iterable[Mutant]) -> Iterator[tuple[Mutant, Verdict]]:
        """One verdict per mutant. Stopping the iteration stops the work."""
        ...


@dataclass(frozen=True, slots=True)
class FreshEngine:
    """A fresh process and a fresh tree per mutant, `jobs` at a time."""

    seed: Seed
    baseline: Baseline
    python: Path = Path(sys.executable)
    jobs: int = 1
    give_up_after: int | None = None
    """Stop a trial once more tests than this failed: no exercise is made of it."""

    def verdicts(self, mutants: Iterable[Mutant]) -> Iterator[tuple[Mutant, Verdict]]:
        """One verdict per mutant, in order. At most `jobs` mutants are tried beyond the one last taken."""
        waiting = iter(mutants)
        stop = process.Stop()
        with ThreadPoolExecutor(self.jobs) as pool:
            try:
                under_way = self._started(pool, stop, waiting, self.jobs)
                while under_way:
                    mutant, future = under_way.pop(0)
                    verdict = future.result()
                    under_way += self._started(pool, stop, waiting, 1)
                    yield mutant, verdict
            finally:
                # Whoever took the last verdict has what they want; what runs beyond it is not waited for.
                stop.stop()

    def _started(
        self, pool: Executor, stop: process.Stop, waiting: Iterator[Mutant], count: int
    ) -> list[tuple[Mutant, Future[Verdict]]]:
        def verdict(mutant: Mutant) -> Verdict:
            with stop.covers():
                return self.verdict(mutant)

        return [(mutant, pool.submit(verdict, mutant)) for mutant in islice(waiting, count)]

    def verdict(self, mutant: Mutant) -> Verdict:
        """The stored verdict of this mutant, or a new one."""
        tests = tests_that_matter(self.seed, self.baseline, mutant)
        if not tests:
            return Verdict(VerdictKind.UNREACHED)
        limits = baselines.limits(self.baseline, tests)
        name = store.key(
            "verdict",
            self.seed.digest,
            [(edit.path, edit.start, edit.end, edit.text) for edit in mutant.edits],
            suite.fingerprint(self.python),
            [limits.memory, self.give_up_after],
        )
        stored = store.load("verdicts", name)
        if stored is not None:
            return _from_json(stored)
        tree = suite.tree_of(self.seed).with_files(edits.apply(self.seed.contents, mutant.edits))
        job = suite.Job(limits, wanted=tests, give_up_after=self.give_up_after)
        run = suite.run(tree, job, python=self.python)
        if run.ended is process.Ended.WALL:
            # Not the mutant's CPU time but the clock: a busy machine gets a second chance.
            run = suite.run(tree, job, python=self.python)
        verdict = verdict_of(run, tests)
        if run.ended is process.Ended.EXITED:
            # A limit or a signal can be the machine's doing; such a verdict is not kept.
            store.save("verdicts", name, _to_json(verdict))
        return verdict


def tests_that_matter(seed: Seed, baseline: Baseline, mutant: Mutant) -> tuple[str, ...]:
    """The tests that execute a touched line, in the suite's order; all tests where a touched line runs at import."""
    if not all(_inside_function(seed, span.path, span.first) for span in mutant.touched):
        return baseline.tests
    touched: dict[str, set[int]] = {}
    for span in mutant.touched:
        touched.setdefault(span.path, set()).update(range(span.first, span.last + 1))
    return tuple(
        test
        for test in baseline.tests
        if any(
            numbers & baseline.lines[test].get(path, frozenset())
            for path, numbers in touched.items()
        )
    )


def _inside_function(seed: Seed, path: str, line: int) -> bool:
    function = outline.enclosing(outline.functions(seed.contents[path]), line)
    return function is not None and line >= function.body


def verdict_of(run: suite.SuiteRun, wanted: tuple[str, ...]) -> Verdict:
    """What a run shows, decided from what was expected of it and not from what it claims."""
    if run.ended in (process.Ended.CPU, process.Ended.WALL):
        return Verdict(VerdictKind.TIMED_OUT, ran=len(run.outcomes))
    whole = run.finished and (run.gave_up or set(wanted) <= set(run.outcomes))
    if _out_of_memory(run, whole=whole):
        return Verdict(VerdictKind.OUT_OF_MEMORY, ran=len(run.outcomes))
    if run.broken or not whole or not set(wanted) <= set(run.collected):
        return Verdict(VerdictKind.BROKEN, ran=len(run.outcomes), detail=_why_broken(run))
    skipped = [
        test for test in wanted if test in run.outcomes and run.outcomes[test].outcome == "skipped"
    ]
    if skipped:
        return Verdict(VerdictKind.BROKEN, ran=len(run.outcomes), detail=f"{skipped[0]} is skipped")
    failures = run.failures
    return Verdict(
        VerdictKind.CAUGHT if failures else VerdictKind.SURVIVED, failures, ran=len(run.outcomes)
    )


def _out_of_memory(run: suite.SuiteRun, *, whole: bool) -> bool:
    said = [why for _, why in run.broken] + ([] if whole else [run.last_words])
    return any("MemoryError" in words for words in said) or any(
        failure.exception == "MemoryError" for failure in run.failures
    )


def _why_broken(run: suite.SuiteRun) -> str:
    if run.broken:
        return run.broken[0][1]
    return f"the run ends inside {run.unfinished}" if run.unfinished else run.last_words


def _to_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "kind": verdict.kind.name,
        "ran": verdict.ran,
        "detail": verdict.detail,
        "failures": [
            [
                f.test,
                f.exception,
                f.message,
                [[w.path, w.line, w.function] for w in f.frames],
                f.phase,
            ]
            for f in verdict.failures
        ],
    }


def _from_json(stored: dict[str, Any]) -> Verdict:
    failures = tuple(
        Failure(test, exception, message, tuple(Frame(*frame) for frame in frames), phase)
        for test, exception, message, frames, phase in stored["failures"]
    )
    return Verdict(VerdictKind[stored["kind"]], failures, stored["ran"], stored["detail"])
