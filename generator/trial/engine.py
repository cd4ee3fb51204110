"""Mutants → verdicts, in order: known ones from the store, the others by running the tests that matter."""

from __future__ import annotations

import sys
from contextlib import closing, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator import edits, outline, process
from generator.records import Verdict, VerdictKind
from generator.trial import baseline as baselines
from generator.trial import interpreter, store, suite, swap, told
from generator.trial.forks import Forks
from generator.trial.in_order import in_order
from generator.trial.priority import Priority
from generator.trial.server import Trial

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from generator.records import Baseline, Mutant, Seed

_MACHINE_INDEPENDENT = (process.Ended.EXITED, process.Ended.CPU, process.Ended.IDLE)
"""The wall clock or a signal can be the machine's doing; a verdict that hangs on it is not kept."""
_WAITS = 0.5
"""Seconds. A test that waits for nothing seems to for up to 0.3 s where it waits for a core."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Runs trials of one seed, `jobs` at a time."""

    seed: Seed
    baseline: Baseline
    python: Path = Path(sys.executable)
    jobs: int = 1
    give_up_after: int | None = None
    """Stop a trial once more tests than this failed: no exercise is made of it."""
    fresh: bool = False
    """A fresh process and a fresh tree for every mutant: the reference. Otherwise forks do what they can."""
    tried: list[Mutant] = field(default_factory=list, compare=False)
    """Those whose verdict was not known and had to be measured, as they came."""

    def verdicts(self, mutants: Iterable[Mutant]) -> Iterator[tuple[Mutant, Verdict]]:
        """One verdict per mutant, in the order of the mutants, each as soon as it and all before are known; some are tried
        beyond the one last taken. Stopping the iteration stops the work."""
        with self._forks() as forks:
            yield from in_order(mutants, lambda mutant: self._verdict(mutant, forks), self.jobs)

    def noticed(self, mutants: Iterable[Mutant]) -> Iterator[tuple[Mutant, bool]]:
        """Of each mutant whether any test notices it, in the same manner. Far quicker than a verdict: the tests that noticed
        others lately run first, then the fastest, and none after the first that fails."""
        priority = Priority(self.seed, self.baseline)
        with self._forks() as forks:
            yield from in_order(
                mutants, lambda mutant: self._noticed(mutant, forks, priority), self.jobs
            )

    def verdict(self, mutant: Mutant) -> Verdict:
        """The verdict of this one."""
        with self._forks() as forks:
            return self._verdict(mutant, forks)

    def _forks(self) -> AbstractContextManager[Forks | None]:
        return (
            nullcontext() if self.fresh else closing(Forks(self.seed, self.baseline, self.python))
        )

    def _verdict(self, mutant: Mutant, forks: Forks | None) -> Verdict:
        tests = tests_that_matter(self.seed, self.baseline, mutant)
        if not tests:
            return Verdict(VerdictKind.UNREACHED)
        name = self._name("verdict", mutant, tests, self.give_up_after)
        stored = store.load("verdicts", name)
        if stored is not None:
            return _from_json(stored)
        run = self._run(self._trial(mutant, tests, self.give_up_after), forks)
        self.tried.append(mutant)
        verdict = verdict_of(run, tests)
        if run.ended in _MACHINE_INDEPENDENT:
            store.save("verdicts", name, _to_json(verdict))
        return verdict

    def _noticed(self, mutant: Mutant, forks: Forks | None, priority: Priority) -> bool:
        tests = tests_that_matter(self.seed, self.baseline, mutant)
        if not tests:
            return False
        name = self._name("noticed", mutant, tests)
        stored = store.load("noticed", name)
        if stored is not None:
            return bool(stored)
        for trial in _portions(self._trial(mutant, priority.of(mutant, tests), 0)):
            run = self._run(trial, forks)
            # Whatever is no clean pass: which of several ways to fail came first hangs on the order.
            noticed = verdict_of(run, trial.tests).kind is not VerdictKind.SURVIVED
            if noticed:
                break
        priority.learn(mutant, run.failures)
        if run.ended in _MACHINE_INDEPENDENT:
            store.save("noticed", name, noticed)
        return noticed

    def _name(self, what: str, mutant: Mutant, tests: tuple[str, ...], *more: object) -> str:
        return store.key(
            what,
            self.seed.digest,
            [(edit.path, edit.start, edit.end, edit.text) for edit in mutant.edits],
            interpreter.fingerprint(self.python),
            tests,
            [baselines.limits(self.baseline, ()).memory, *more],
        )

    def _trial(self, mutant: Mutant, tests: tuple[str, ...], give_up_after: int | None) -> Trial:
        changed = edits.apply(self.seed.contents, mutant.edits)
        return Trial(changed, swap.swaps(self.seed, self.baseline, mutant), tests, give_up_after)

    def _run(self, trial: Trial, forks: Forks | None) -> suite.SuiteRun:
        run = forks.run(trial) if forks else None
        if run is not None and not (run.ended is process.Ended.IDLE and self._wait(trial.tests)):
            return run
        tree = suite.tree_of(self.seed).with_files(trial.changed)
        limits = baselines.limits(self.baseline, trial.tests)
        job = suite.Job(limits, wanted=trial.tests, give_up_after=trial.give_up_after)
        run = suite.run(tree, job, python=self.python)
        if run.ended is process.Ended.WALL:
            # Not the mutant's CPU time but the clock: a busy machine gets a second chance.
            run = suite.run(tree, job, python=self.python)
        return run

    def _wait(self, tests: tuple[str, ...]) -> bool:
        """Whether one of these waits for something clean: on a busy machine it may have to wait longer."""
        return any(self.baseline.waited.get(test, 0.0) > _WAITS for test in tests)


def _portions(trial: Trial) -> Iterator[Trial]:
    """The trial in parts, the first of which may be enough: tests that have to be collected again take longer to collect than
    to run. With those in the file of the likeliest, 19 of the 22 mutants of cachetools that are imported and noticed need no
    more; with ten of them, nine did."""
    file = trial.tests[0].partition("::")[0]
    first = tuple(test for test in trial.tests if test.partition("::")[0] == file)
    if trial.swaps is not None or len(first) == len(trial.tests):
        yield trial
        return
    yield replace(trial, tests=first)
    rest = (test for test in trial.tests if test.partition("::")[0] != file)
    yield replace(trial, tests=tuple(rest))


def tests_that_matter(seed: Seed, baseline: Baseline, mutant: Mutant) -> tuple[str, ...]:
    """The tests that execute a touched line, in the suite's order; all tests where a touched line runs at import, also one of
    a function that was called there: what came of it stays, and no test that only reads it executes the line. So it is where
    a test makes what others find. Where it was a test file's own statement that called, all tests of that file."""
    if not all(_inside_function(seed, span.path, span.first) for span in mutant.touched):
        return baseline.tests
    touched: dict[str, set[int]] = {}
    for span in mutant.touched:
        touched.setdefault(span.path, set()).update(range(span.first, span.last + 1))
    if _meet(touched, baseline.import_lines) or _meet(touched, baseline.shared_lines):
        return baseline.tests
    calling = {file for file, lines in baseline.file_lines.items() if _meet(touched, lines)}
    return tuple(
        test
        for test in baseline.tests
        if _meet(touched, baseline.lines[test]) or test.partition("::")[0] in calling
    )


def _meet(touched: Mapping[str, set[int]], lines: Mapping[str, frozenset[int]]) -> bool:
    return any(not numbers.isdisjoint(lines.get(path, ())) for path, numbers in touched.items())


def _inside_function(seed: Seed, path: str, line: int) -> bool:
    function = outline.enclosing(outline.functions(seed.contents[path]), line)
    return function is not None and line >= function.body


def verdict_of(run: suite.SuiteRun, wanted: tuple[str, ...]) -> Verdict:
    """What a run shows, decided from what was expected of it and not from what it claims."""
    if run.ended in (process.Ended.CPU, process.Ended.WALL, process.Ended.IDLE):
        return Verdict(VerdictKind.TIMED_OUT, ran=len(run.outcomes))
    whole = run.finished and (run.gave_up or set(wanted) <= set(run.outcomes))
    if run.starved:
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


def _why_broken(run: suite.SuiteRun) -> str:
    if run.broken:
        return run.broken[0][1]
    return f"the run ends inside {run.unfinished}" if run.unfinished else run.last_words


def _to_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "kind": verdict.kind.name,
        "ran": verdict.ran,
        "detail": verdict.detail,
        "failures": [told.from_failure(failure) for failure in verdict.failures],
    }


def _from_json(stored: dict[str, Any]) -> Verdict:
    failures = tuple(map(told.as_failure, stored["failures"]))
    return Verdict(VerdictKind[stored["kind"]], failures, stored["ran"], stored["detail"])
