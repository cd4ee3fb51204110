"""The clean suite in other orders, and again in its own."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator.trial import baseline, orders, suite
from generator.trial.orders import Cause
from tests.conftest import stored

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.records import Seed

NUMBERED = """\
import pathlib


def test_bad():
    assert pathlib.Path("number.txt").read_text() != "{bad}"


def test_steady():
    import shop
"""


@pytest.fixture(autouse=True)
def _each_run_finds_its_number(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = itertools.count(1)
    real = suite.run

    def run(tree: suite.Tree, job: suite.Job, *, python: Path) -> suite.SuiteRun:
        number = f"{next(numbers)}".encode()
        return real(tree.with_files({"number.txt": number}), job, python=python)

    monkeypatch.setattr(suite, "run", run)


def wavering(seed: Seed) -> tuple[orders.Wavering, ...]:
    clean = baseline.measure(seed)
    return orders.wavering(seed, clean, Path(sys.executable), 1, lambda _done, _of: None)


@pytest.mark.slow
@pytest.mark.parametrize(("bad", "failed", "runs"), [(4, 1, 3), (7, 1, 2)], ids=["own", "other"])
def test_a_test_that_fails_once_and_not_again_wavers_by_itself(
    make_seed: Callable[..., Seed], bad: int, failed: int, runs: int
) -> None:
    # The baseline takes two runs, then come three in the same order.
    seed = make_seed({"shop.py": "x = 1\n", "test_shop.py": NUMBERED.format(bad=bad)})
    (found,) = wavering(seed)
    assert found == orders.Wavering("test_shop.py::test_bad", Cause.ITSELF, failed, runs)
    # What was seen is kept: the same check says the same.
    assert stored("orders") == len(orders._RUNS) + (runs == 2)
    assert wavering(seed) == (found,)


@pytest.mark.slow
def test_a_run_that_ends_early_is_laid_to_the_test_it_ended_in(
    make_seed: Callable[..., Seed],
) -> None:
    text = NUMBERED.format(bad=4).replace("assert ", "").replace('"4"', '"4" or exit_now()')
    text += "\n\ndef exit_now():\n    import os\n    os._exit(0)\n"
    seed = make_seed({"shop.py": "x = 1\n", "test_shop.py": text})
    assert [one.test for one in wavering(seed)] == ["test_shop.py::test_bad"]


def test_an_order_keeps_the_tests_of_a_file_together_and_is_the_same_again() -> None:
    tests = [f"test_{file}.py::test_{number}" for file in "abc" for number in range(4)]
    found = orders.shuffled(tests, 1)
    assert found == orders.shuffled(tests, 1) != orders.shuffled(tests, 2)
    assert sorted(found) == sorted(tests)
    files = [test.partition("::")[0] for test in found]
    assert files == [file for file in dict.fromkeys(files) for _ in range(4)]
    assert found != tuple(sorted(tests))
