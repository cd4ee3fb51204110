"""The clean suite in other orders, and again in its own: which tests can't be relied on though two runs saw them pass."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from enum import Enum
from random import Random
from typing import TYPE_CHECKING

from generator import process
from generator.trial import baseline as baselines
from generator.trial import interpreter, store, suite
from generator.trial.in_order import in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from pathlib import Path

    from generator.records import Baseline, Seed

ORDERS = 5
REPETITIONS = 3
"""In the suite's own order."""


class Cause(Enum):
    """What a test that passes only sometimes hangs on."""

    ORDER = "on the order of the tests"
    ITSELF = "not on the order: it passes and fails in the same one"


@dataclass(frozen=True, slots=True)
class Wavering:
    """A test that does not always pass on the clean code."""

    test: str
    cause: Cause
    failed: int
    runs: int
    """How many it had: those in other orders, or those in the same."""


@dataclass(frozen=True, slots=True)
class _Run:
    """One run of the whole suite: which order (0: its own), and which time."""

    order: int
    time: int


_RUNS = (
    *(_Run(0, time) for time in range(REPETITIONS)),
    *(_Run(order, 0) for order in range(1, ORDERS + 1)),
)


def wavering(
    seed: Seed,
    baseline: Baseline,
    python: Path,
    jobs: int,
    listen: Callable[[int, int], None],
) -> tuple[Wavering, ...]:
    """The tests of the baseline that fail in one of these runs, in the suite's order. `listen` is told how many runs are
    done, and of how many."""

    def run(which: _Run) -> tuple[str, ...]:
        return _not_passed(seed, baseline, python, which)

    seen: dict[_Run, tuple[str, ...]] = {}

    def go(runs: Collection[_Run]) -> None:
        of = len(seen) + len(runs)
        for which, failed in in_order(runs, run, jobs):
            seen[which] = failed
            listen(len(seen), of)

    go(_RUNS)
    # An order that some test does not stand, once more: does it fail there again?
    go([_Run(which.order, 1) for which in _RUNS if which.order and seen[which]])
    return tuple(
        _told(test, seen)
        for test in baseline.tests
        if any(test in failed for failed in seen.values())
    )


def _told(test: str, seen: Mapping[_Run, tuple[str, ...]]) -> Wavering:
    own = [test in failed for which, failed in seen.items() if which.order == 0]
    if any(own):
        return Wavering(test, Cause.ITSELF, sum(own), len(own))
    first = {which.order: test in seen[which] for which in _RUNS if which.order}
    again = {which.order: test in seen[which] for which in seen if which.order and which.time}
    if any(first[order] != failed for order, failed in again.items()):
        return Wavering(test, Cause.ITSELF, 1, 2)
    return Wavering(test, Cause.ORDER, sum(first.values()), len(first))


def _not_passed(seed: Seed, baseline: Baseline, python: Path, which: _Run) -> tuple[str, ...]:
    """The tests that this run does not see pass; of a run that does not come to its end, those that it saw fail and the
    one that it ended in."""
    tests = baseline.tests
    name = store.key(
        "order", seed.digest, interpreter.fingerprint(python), tests, which.order, which.time
    )
    stored = store.load("orders", name)
    if stored is not None:
        return tuple(stored)
    job = suite.Job(
        baselines.limits(baseline, tests),
        wanted=shuffled(tests, which.order) if which.order else tests,
    )
    run = suite.run(suite.tree_of(seed), job, python=python)
    failed = _failed(run, job.wanted or ())
    if run.ended is process.Ended.EXITED:
        store.save("orders", name, failed)
    return failed


def _failed(run: suite.SuiteRun, wanted: tuple[str, ...]) -> tuple[str, ...]:
    if run.finished:
        passed = set(run.of("passed"))
        return tuple(test for test in wanted if test not in passed)
    missing = (test for test in wanted if test not in run.outcomes)
    return (*run.of("failed"), *itertools.islice(missing, 1))


def shuffled(tests: Iterable[str], order: int) -> tuple[str, ...]:
    """The files in a random order, and in each its tests, as pytest's plugins for it do: what the tests of a file share is
    still set up once. The same number gives the same order."""
    random = Random(f"order {order}")  # noqa: S311 - must repeat
    files: dict[str, list[str]] = {}
    for test in tests:
        files.setdefault(test.partition("::")[0], []).append(test)
    for some in files.values():
        random.shuffle(some)
    names = list(files)
    random.shuffle(names)
    return tuple(test for name in names for test in files[name])
