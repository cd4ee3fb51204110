"""The clean run of a seed's suite: which tests pass, how long each takes, which lines each executes. Cached by content."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator import process
from generator.errors import UnfitError
from generator.records import Baseline
from generator.trial import store, suite

if TYPE_CHECKING:
    from generator.records import Seed


def measure(
    seed: Seed, *, python: Path = Path(sys.executable), allow_failing: bool = False
) -> Baseline:
    """Run the clean suite once with the line map and once without it, unless this content was measured before.

    Raises UnfitError where the suite can't serve: nothing collected, importing another copy, or, unless they are to be
    left out, tests that fail or pass only sometimes.
    """
    name = store.key("baseline", seed.digest, suite.fingerprint(python))
    stored = store.load("baselines", name)
    if stored is not None:
        known = _from_json(stored)
        if not allow_failing:
            _refuse_red(seed, known.failing, len(known.tests) + len(known.failing))
            _refuse_flaky(seed, known.flaky)
        return known
    tree = suite.tree_of(seed)
    mapped = suite.run(tree, suite.Job(suite.START_UP, task="lines"), python=python)
    _refuse_unfit(seed, mapped)
    if not allow_failing:
        _refuse_red(seed, mapped.of("failed"), len(mapped.outcomes))
    plain = suite.run(
        tree, suite.Job(suite.START_UP, wanted=mapped.of("passed"), hash_seed="1"), python=python
    )
    steady = frozenset(plain.of("passed"))
    flaky = tuple(test for test in mapped.of("passed") if test not in steady)
    if not allow_failing:
        _refuse_flaky(seed, flaky)
    first = _baseline(mapped)
    baseline = replace(
        first,
        tests=tuple(test for test in first.tests if test in steady),
        flaky=flaky,
        seconds={test: plain.outcomes[test].seconds for test in plain.of("passed")},
        suite_seconds=plain.cpu,
        memory=plain.memory,
    )
    store.save("baselines", name, _to_json(baseline))
    return baseline


def limits(baseline: Baseline, tests: tuple[str, ...]) -> process.Limits:
    """What a run of these tests may take: 6 times what they took clean, and start-up as measured with the whole suite.

    0.3 s plus six times the baseline cost no verdict on three open-source suites; a machine under load wants the
    generous side, since a limit that strikes is a mutant refused.
    """
    inside = sum(baseline.seconds.get(test, 0.0) for test in tests)
    start_up = max(0.5, baseline.suite_seconds - sum(baseline.seconds.values()))
    cpu = 0.3 + 6 * inside + 3 * start_up + 1
    return process.Limits(
        wall=15 + 4 * cpu, cpu=cpu, memory=max(2 << 30, 4 * baseline.memory), file=64 << 20
    )


def _where(seed: Seed) -> str:
    return seed.name if seed.builtin else str(seed.root)


def _refuse_unfit(seed: Seed, clean: suite.SuiteRun) -> None:
    where = _where(seed)
    if not clean.finished or (clean.unfinished and not clean.broken):
        inside = f" inside {clean.unfinished}" if clean.unfinished else ""
        raise UnfitError(
            f"{where} has no passing test suite: its run {_ENDS[clean.ended]}{inside}, before any bug goes in. {clean.last_words}".rstrip()
        )
    if clean.broken:
        what, why = clean.broken[0]
        hint = _MISSING if "ModuleNotFoundError" in why else ""
        raise UnfitError(
            f"{where} has no passing test suite: {what} can't be collected ({why}).{hint}"
        )
    if not clean.of("passed"):
        raise UnfitError(
            f"{where} has no tests that pytest collects and passes. {clean.last_words}".rstrip()
        )
    if clean.origin is not None and Path(clean.origin).is_absolute():
        raise UnfitError(
            f"the tests import {seed.package} from an installed copy, not from this directory, so a bug put here would not show. "
            "Uninstall it there, or install this directory in editable mode."
        )


def _refuse_red(seed: Seed, failing: tuple[str, ...], ran: int) -> None:
    if failing:
        raise UnfitError(
            f"{_where(seed)} has no passing test suite: {len(failing)} of {ran} tests fail before any bug goes in "
            f"({_named(failing)}). Fix them, or leave them out with --allow-failing."
        )


def _refuse_flaky(seed: Seed, flaky: tuple[str, ...]) -> None:
    if flaky:
        raise UnfitError(
            f"the suite of {_where(seed)} is not steady: {_named(flaky)} passed once and not again, before any bug went in. "
            "Make it pass every time, or leave it out with --allow-failing."
        )


_MISSING = " Install it here, or name the interpreter that has it with --python."

_ENDS = {
    process.Ended.EXITED: "ends early",
    process.Ended.SIGNALLED: "dies of a signal",
    process.Ended.CPU: "takes more time than a suite may",
    process.Ended.WALL: "takes more time than a suite may",
}


def _named(tests: tuple[str, ...]) -> str:
    return tests[0] + (", …" if len(tests) > 1 else "")


def _baseline(clean: suite.SuiteRun) -> Baseline:
    passed = clean.of("passed")
    return Baseline(
        tests=passed,
        failing=clean.of("failed"),
        skipped=clean.of("skipped"),
        seconds={},
        lines={test: clean.lines.get(test, {}) for test in passed},
        import_lines=clean.lines.get("", {}),
        suite_seconds=clean.cpu,
        memory=clean.memory,
        imported_from=clean.origin or "",
    )


def _to_json(baseline: Baseline) -> dict[str, Any]:
    return {
        "tests": baseline.tests,
        "failing": baseline.failing,
        "flaky": baseline.flaky,
        "skipped": baseline.skipped,
        "seconds": baseline.seconds,
        "lines": {test: _plain(lines) for test, lines in baseline.lines.items()},
        "import_lines": _plain(baseline.import_lines),
        "suite_seconds": baseline.suite_seconds,
        "memory": baseline.memory,
        "imported_from": baseline.imported_from,
    }


def _plain(lines: Any) -> dict[str, list[int]]:
    return {path: sorted(numbers) for path, numbers in lines.items()}


def _sets(lines: dict[str, list[int]]) -> dict[str, frozenset[int]]:
    return {path: frozenset(numbers) for path, numbers in lines.items()}


def _from_json(stored: dict[str, Any]) -> Baseline:
    return Baseline(
        tests=tuple(stored["tests"]),
        failing=tuple(stored["failing"]),
        flaky=tuple(stored["flaky"]),
        skipped=tuple(stored["skipped"]),
        seconds=stored["seconds"],
        lines={test: _sets(lines) for test, lines in stored["lines"].items()},
        import_lines=_sets(stored["import_lines"]),
        suite_seconds=stored["suite_seconds"],
        memory=stored["memory"],
        imported_from=stored["imported_from"],
    )
