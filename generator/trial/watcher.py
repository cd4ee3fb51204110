"""Watches tests of one seed, clean and with a mutant in it: in forks, which take a hundredth of a second each, or else in fresh
processes, which take most of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator import edits, guilt
from generator.execution import Executions
from generator.trial import baseline as baselines
from generator.trial import debugger, steps, suite, swap, tracing
from generator.trial.forks import Forks
from generator.trial.server import Trial

if TYPE_CHECKING:
    from pathlib import Path

    from generator.execution import Execution
    from generator.records import Baseline, Mutant, Seed, Trace
    from generator.trial.debugger import Session
    from generator.trial.swap import Swap

HASH_SEEDS = ("0", "1")
"""What hangs on the order of a set shows in one of them."""


class Watcher:
    """Any number of threads may ask at once."""

    def __init__(self, seed: Seed, baseline: Baseline, python: Path) -> None:
        """Nothing is started before it is asked for."""
        self.seed, self._baseline, self._python = seed, baseline, python
        self._forks = {one: Forks(seed, baseline, python, one) for one in HASH_SEEDS}

    def clean(self, tests: tuple[str, ...], hash_seed: str = "0") -> dict[str, Trace]:
        """What each of these tests does on the clean code."""
        return self._traces({}, (), tests, None, hash_seed)

    def buggy(self, mutant: Mutant, tests: tuple[str, ...]) -> dict[str, Trace]:
        """What each of these tests does with the mutant in it, and what its first changed line sees."""
        path = mutant.path
        changed = edits.apply(self.seed.contents, mutant.edits)
        first, last = guilt.guilty_lines(self.seed.contents[path], mutant)
        watch = tracing.watch(changed[path], path, mutant.function, first, last)
        swaps = swap.swaps(self.seed, self._baseline, mutant)
        return self._traces(changed, swaps, tests, watch)

    def executions(self, mutant: Mutant, test: str) -> Executions:
        """All that this test does, on the clean code and with the mutant in it."""
        changed = edits.apply(self.seed.contents, mutant.edits)
        swaps = swap.swaps(self.seed, self._baseline, mutant)
        clean, again = (self._steps({}, (), test, hash_seed) for hash_seed in HASH_SEEDS)
        return Executions(clean, again, self._steps(changed, swaps, test))

    def debugged(
        self, mutant: Mutant | None, test: str, commands: tuple[str, ...]
    ) -> Session | None:
        """What pdb shows when these commands are typed in this test with the mutant in it, or on the clean code; None where it
        does not come to its end. Always in a fresh process."""
        # In a fork, functions that stand below a change have the line numbers of the clean file.
        changed = edits.apply(self.seed.contents, mutant.edits) if mutant else {}
        return debugger.debugged(
            suite.tree_of(self.seed).with_files(changed),
            test,
            commands,
            limits=baselines.limits(self._baseline, (test,)),
            python=self._python,
        )

    def close(self) -> None:
        """End what was started."""
        for forks in self._forks.values():
            forks.close()

    def _traces(
        self,
        changed: dict[str, bytes],
        swaps: tuple[Swap, ...] | None,
        tests: tuple[str, ...],
        watch: tracing.Watch | None,
        hash_seed: str = "0",
    ) -> dict[str, Trace]:
        return tracing.traces(
            suite.tree_of(self.seed).with_files(changed),
            tests,
            limits=baselines.limits(self._baseline, tests),
            watch=watch,
            python=self._python,
            hash_seed=hash_seed,
            forked=self._forked(changed, swaps, hash_seed, tracing.SLOWER),
        )

    def _steps(
        self,
        changed: dict[str, bytes],
        swaps: tuple[Swap, ...] | None,
        test: str,
        hash_seed: str = "0",
    ) -> Execution:
        return steps.recorded(
            suite.tree_of(self.seed).with_files(changed),
            test,
            own=self._baseline.seconds[test],
            limits=baselines.limits(self._baseline, (test,)),
            python=self._python,
            hash_seed=hash_seed,
            forked=self._forked(changed, swaps, hash_seed, steps.SLOWER),
        )

    def _forked(
        self,
        changed: dict[str, bytes],
        swaps: tuple[Swap, ...] | None,
        hash_seed: str,
        slower: int,
    ) -> tracing.Forked:
        def forked(job: suite.Job) -> suite.SuiteRun | None:
            trial = Trial(
                changed,
                swaps,
                job.wanted or (),
                task=job.task,
                watch=job.watch,
                slower=slower,
            )
            return self._forks[hash_seed].run(trial)

        return forked
