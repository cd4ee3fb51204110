from __future__ import annotations

from typing import TYPE_CHECKING

from generator.records import Baseline, ChangeKind, Edit, Failure, Family, Mutant
from generator.trial.priority import Priority

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.records import Seed

PATH = "shop/core.py"
SOURCE = "LIMIT = 3\n\n\ndef allowed(n, limit=LIMIT):\n    return n < limit\n\n\ndef other(n):\n    return n\n"
BASELINE = Baseline(
    tests=("slow", "quick", "other"),
    skipped=(),
    seconds={"slow": 2.0, "quick": 0.1, "other": 0.01},
    lines={
        "slow": {PATH: frozenset({5, 9})},
        "quick": {PATH: frozenset({5})},
        "other": {PATH: frozenset({9})},
    },
    import_lines={},
    suite_seconds=3.0,
    memory=0,
    imported_from="",
)


def mutant(line: int) -> Mutant:
    return Mutant("o", Family.LOGIC, ChangeKind.NAME, PATH, line, "", (Edit(PATH, 0, 0, ""),), ())


def priority(make_seed: Callable[..., Seed]) -> Priority:
    seed = make_seed({"shop/__init__.py": "", PATH: SOURCE, "tests/test_a.py": "import shop"})
    return Priority(seed, BASELINE)


def test_the_fastest_runs_first_while_nothing_is_learned(make_seed: Callable[..., Seed]) -> None:
    assert priority(make_seed).of(mutant(1), BASELINE.tests) == ("other", "quick", "slow")


def test_of_a_default_the_tests_of_its_function_run_first(make_seed: Callable[..., Seed]) -> None:
    assert priority(make_seed).of(mutant(4), BASELINE.tests) == ("quick", "slow", "other")


def test_who_noticed_one_lately_runs_before_those_that_are_faster(
    make_seed: Callable[..., Seed],
) -> None:
    learned = priority(make_seed)
    learned.learn(mutant(5), [Failure("slow", "AssertionError", "", ())])
    assert learned.of(mutant(5), BASELINE.tests) == ("slow", "quick", "other")
    learned.learn(mutant(5), [Failure("quick", "AssertionError", "", ())])
    assert learned.of(mutant(5), BASELINE.tests) == ("quick", "slow", "other")
