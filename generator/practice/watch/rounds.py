"""The learner's files as they lie there → which tests pass, as soon as that can be told.

A round in which more than the content of source files has changed is a fresh process. For the others a process stays that
has imported what others have written, and forks: first the tests that failed last, then the rest.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from generator import process
from generator.judge import as_it_lies, rule
from generator.judge.problems import problems_of
from generator.records import Baseline
from generator.trial import forks, suite
from generator.trial.server import Server, Trial, Way

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.judge.challenge_directory import Found
    from generator.records import Seed


@dataclass(frozen=True, slots=True)
class Round:
    """What a run of the tests has shown so far."""

    states: Mapping[str, str] = field(default_factory=dict)
    """Test → passed, failed or skipped."""
    messages: Mapping[str, str] = field(default_factory=dict)
    """Failing test → how, in one line."""
    problems: tuple[str, ...] = ()
    """What went wrong with the run as a whole, as sentences."""
    total: int = 0
    """How many tests there are, as far as that is known."""
    seconds: float = 0.0
    """On the wall clock, from the reading of the files on."""

    def of(self, state: str) -> tuple[str, ...]:
        """The tests with this state."""
        return tuple(test for test, each in self.states.items() if each == state)


def as_handed_out(found: Found) -> Round | None:
    """How the visible tests stood in the challenge as it was made; None without the key."""
    key = found.key
    if key is None:
        return None
    failing = set(key.failing)
    return Round({test: "failed" if test in failing else "passed" for test in key.visible})


@dataclass(slots=True)
class Rounds:
    """Runs one round after the other. What stays between them ends with `close`."""

    found: Found
    _seed: Seed | None = None
    _measured: Baseline | None = None
    """The last fresh run: of which tests are known, and how long each takes."""
    _server: Server | None = None
    _stays: suite.Stays | None = None
    _failing: tuple[str, ...] = ()

    def run(self) -> Iterator[Round]:
        """Run all tests on the files as they lie there now; the round as far as it is known, at last the whole.

        Raises UnfitError where there is nothing to run, StoppedError where a `Stop` that covers it was pulled.
        """
        started = time.monotonic()
        seed = as_it_lies.seed(self.found.root)
        shown = Round()
        try:
            for run in self._runs(seed):
                shown = _with(shown, run, self._total(run), self._limits, started)
                yield shown
        except process.StoppedError:
            self.close()
            raise
        self._failing = shown.of("failed")

    def warm_up(self) -> None:
        """Have ready what the next round forks. Where that can't be had, rounds are slower and nothing else."""
        if self._server is None and self._seed is not None and self._measured is not None:
            try:
                self._server = Server(self._seed, self._measured, Way.IMPORTS, self.found.python)
            except process.GoneError:
                self._measured = None  # until the next fresh run it is not tried again

    def close(self) -> None:
        """End what stays."""
        if self._server is not None:
            self._server.close()
        self._server = self._stays = None

    def _runs(self, seed: Seed) -> Iterator[suite.SuiteRun]:
        portions = self._portions(seed)
        for tests in portions:
            run = self._forked(seed, tests)
            if run is None:
                break
            yield run
        else:
            if portions:
                return
        yield self._fresh(seed)

    def _portions(self, seed: Seed) -> tuple[tuple[str, ...], ...]:
        """The tests that failed last, and the others; nothing where only a fresh process can tell."""
        if (
            self._server is None
            or self._measured is None
            or not _differs_in_source(self._seed, seed)
        ):
            return ()
        known = self._measured.tests
        first = tuple(test for test in known if test in self._failing)
        rest = tuple(test for test in known if test not in self._failing)
        return tuple(filter(None, (first, rest)))

    def _forked(self, seed: Seed, tests: tuple[str, ...]) -> suite.SuiteRun | None:
        if self._server is None or self._seed is None:
            return None
        before = self._seed.contents
        changed = {path: text for path, text in seed.contents.items() if text != before[path]}
        try:
            run = self._server.run(Trial(changed, None, tests), self._stays)
        except process.GoneError:
            self.close()
            return None
        if not self._server.is_clean() or not forks.is_ordinary(run):
            self.close()
            return None
        # Not the modules: nobody has tried whether the tests pass where they are imported beforehand.
        self._stays = self._stays or replace(run.stays, modules=())
        return run

    def _fresh(self, seed: Seed) -> suite.SuiteRun:
        self.close()
        job = suite.Job(self.found.limits)
        run = suite.run(suite.tree_of(seed), job, python=self.found.python)
        self._seed = seed
        self._measured = _baseline(run) if run.finished and run.outcomes else None
        return run

    @property
    def _limits(self) -> process.Limits:
        """Of the run that is under way; of a fork it is its server that knows how long it may take."""
        limits = self.found.limits
        return replace(limits, cpu=None) if self._server else limits

    def _total(self, run: suite.SuiteRun) -> int:
        return len(self._measured.tests if self._measured else run.collected or run.outcomes)


def _differs_in_source(one: Seed | None, other: Seed) -> bool:
    """Whether nothing but the content of source files is another."""
    if one is None or one.contents.keys() != other.contents.keys():
        return False
    source = set(one.source)
    return all(
        path in source or one.contents[path] == content for path, content in other.contents.items()
    )


def _baseline(run: suite.SuiteRun) -> Baseline:
    return Baseline(
        tests=tuple(run.outcomes),
        skipped=(),
        seconds={test: one.seconds for test, one in run.outcomes.items()},
        lines={},
        import_lines={},
        suite_seconds=run.cpu,
        memory=run.memory,
        imported_from="",
        waited={test: one.waited for test, one in run.outcomes.items()},
    )


def _with(
    shown: Round, run: suite.SuiteRun, total: int, limits: process.Limits, started: float
) -> Round:
    """A round with what one more run has shown. A fresh run shows all there is, so it counts alone."""
    states = {test: one.outcome for test, one in run.outcomes.items()}
    if run.unfinished:
        states[run.unfinished] = "failed"
    messages = {failure.test: rule.message_of(failure) for failure in run.failures}
    problems = tuple(problems_of(run, frozenset(states), limits))
    return Round(
        {**shown.states, **states},
        {**shown.messages, **messages},
        tuple(dict.fromkeys((*shown.problems, *problems))),
        total,
        time.monotonic() - started,
    )
