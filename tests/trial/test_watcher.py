"""Traces in forks are those of fresh processes."""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator import bench as benches
from generator import seeds, select
from generator.trial import suite
from generator.trial.engine import Engine
from generator.trial.watcher import HASH_SEEDS, Watcher
from tests.conftest import measured_seed, mutant_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.records import Baseline, Mutant, Seed, Trace

PATH = "src/shop/core.py"
CORE = """\
import functools


class Till:
    def __init__(self, coins):
        self.coins = list(coins)
        self._limit = 10

    @property
    def limit(self):
        return self._limit

    @limit.setter
    def limit(self, value):
        self._limit = self.checked(value)

    def checked(self, value):
        if value < 0:
            raise ValueError(f"{value} is below zero")
        return value

    def pay(self, coin, by="cash"):
        self.coins.append(coin)
        return [name for name in (by, str(coin))]

    def each(self):
        yield from self.coins


def kept(call):
    @functools.wraps(call)
    def inner(*given):
        return call(*given)

    return inner


@kept
def total(coins, rate=2):
    return sum(coins) * rate


def kinds():
    return list({"cash", "card", "cheque", "gift"})
"""
TESTS = """\
import pytest

from shop.core import Till, kinds, total


@pytest.fixture
def till():
    return Till([1, 2])


def test_total(till):
    assert total(till.each()) == 6


def test_limit(till):
    till.limit = 7
    assert till.limit == 7


def test_refused(till):
    with pytest.raises(ValueError, match="below zero"):
        till.limit = -1
    assert till.checked(3) == 3


@pytest.mark.parametrize("coin", [5, 20])
def test_pay(till, coin):
    assert till.pay(coin) == ["cash", str(coin)]
    assert till.coins == [1, 2, coin]


def test_kinds():
    assert len(kinds()) == 4
"""
FILES = {
    "src/shop/__init__.py": "",
    PATH: CORE,
    "tests/test_shop.py": TESTS,
}
LONGER = "kept = [\n            self._limit,\n            1,\n            2,\n        ]\n        return kept[1]"
MUTANTS = {
    "wrapped by a decorator": ("total", "sum(coins) * rate", "sum(coins) + rate"),
    # The function of the same name below it then stands where this one did not end before.
    "longer than it was": ("Till.limit", "return self._limit", LONGER),
    "raises": ("Till.checked", "value < 0", "value <= 7"),
    "a default, which is imported": ("Till.pay", 'by="cash"', 'by="card"'),
    "a generator": ("Till.each", "yield from self.coins", "yield from self.coins[1:]"),
}


def mutant(function: str, old: str, new: str) -> Mutant:
    return replace(mutant_of(PATH, CORE, old, new), function=function)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Seed, Baseline]]:
    with measured_seed(tmp_path_factory.mktemp("bench"), FILES) as both:
        yield both


def watched(
    bench: tuple[Seed, Baseline], mutant: Mutant, tests: tuple[str, ...]
) -> list[dict[str, Trace]]:
    """On the buggy code, and on the clean code with each hash seed."""
    with closing(Watcher(*bench, Path(sys.executable))) as watcher:
        buggy = watcher.buggy(mutant, tests)
        return [buggy, *(watcher.clean(tests, hash_seed) for hash_seed in HASH_SEEDS)]


def without_forks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing that is known is known any more, and only fresh processes can tell."""
    monkeypatch.setenv("BUGSQUASH_HOME", str(tmp_path / "another-home"))
    monkeypatch.setattr("generator.trial.watcher.Forks.run", lambda *_: None)


def counted(monkeypatch: pytest.MonkeyPatch) -> list[suite.Job]:
    """The jobs that fresh processes get from here on."""
    jobs: list[suite.Job] = []
    real = suite.run

    def run(tree: suite.Tree, job: suite.Job, **how: Path) -> suite.SuiteRun:
        jobs.append(job)
        return real(tree, job, **how)

    monkeypatch.setattr(suite, "run", run)
    return jobs


@pytest.mark.parametrize("change", MUTANTS.values(), ids=MUTANTS)
@pytest.mark.slow
def test_a_fork_shows_what_a_fresh_process_shows(
    bench: tuple[Seed, Baseline],
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: tuple[str, str, str],
) -> None:
    jobs = counted(monkeypatch)
    forked = watched(bench, mutant(*change), bench[1].tests)
    assert not jobs
    assert any(trace.failure for trace in forked[0].values())
    without_forks(monkeypatch, tmp_path)
    assert watched(bench, mutant(*change), bench[1].tests) == forked


@pytest.mark.parametrize(
    "code",
    [
        "__import__('os')._exit(3)",
        pytest.param("open('src/shop/new', 'w').close()", marks=pytest.mark.slow),
    ],
)
def test_what_a_fork_can_not_tell_a_fresh_process_is_asked(
    bench: tuple[Seed, Baseline], home: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    jobs = counted(monkeypatch)
    last = bench[1].tests[-3:]
    buggy, clean, _ = watched(bench, mutant("Till.pay", "self.coins.append(coin)", code), last)
    assert [job.wanted for job in jobs] == [last]
    assert [trace.finished for trace in clean.values()] == [True] * 3
    assert not buggy[last[0]].finished or buggy[last[0]].failure


@pytest.mark.slow
def test_a_test_that_never_ends_leaves_a_trace_without_calls(
    bench: tuple[Seed, Baseline], home: Path
) -> None:
    endless = mutant("Till.pay", "self.coins.append(coin)", "while True: pass")
    buggy, clean, _ = watched(bench, endless, bench[1].tests[-2:-1])
    assert [(trace.finished, trace.calls) for trace in buggy.values()] == [(False, ())]
    assert [trace.finished for trace in clean.values()] == [True]


def test_what_hangs_on_the_order_of_a_set_differs_between_the_hash_seeds(
    bench: tuple[Seed, Baseline], home: Path
) -> None:
    _, clean, again = watched(bench, mutant(*MUTANTS["raises"]), bench[1].tests)
    kinds = "tests/test_shop.py::test_kinds"
    assert clean[kinds].calls[-1].result != again[kinds].calls[-1].result
    assert {test for test in clean if clean[test] != again[test]} == {kinds}


@pytest.mark.slow
@pytest.mark.parametrize("name", seeds.builtin())
def test_eight_bugs_of_a_seed_are_watched_in_forks_as_in_fresh_processes(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    bench = benches.prepare(seeds.load(name), None, lambda _: None)
    verdicts = Engine(bench.seed, bench.baseline).verdicts(select.order(bench.mutants, 1))
    failing = (
        (mutant, tuple(failure.test for failure in verdict.failures)[:6])
        for mutant, verdict in verdicts
        if verdict.failures
    )
    some = list(islice(failing, 8))
    both = bench.seed, bench.baseline
    forked = [watched(both, *one) for one in some]
    without_forks(monkeypatch, tmp_path)
    compared = 0
    for one, found in zip(some, forked, strict=True):
        buggy, clean, again = watched(both, *one)
        # The others show the clock, an id that was drawn, or threads that nobody holds back.
        steady = [test for test in clean if clean[test] == again[test] and not buggy[test].threaded]
        for test in steady:
            assert [seen[test] for seen in found] == [buggy[test], clean[test], again[test]], one
        compared += bool(steady)
    assert compared >= 6
