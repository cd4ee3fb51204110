"""The clean run of a seed's suite: which tests pass, how long each takes, which lines each executes. Cached by content."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from generator import process
from generator.records import BUDGET, Baseline, Unfit
from generator.trial import fitness, interpreter, metadata, store, suite, told

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from generator.records import Seed

_BODY = re.compile(r"<body of (.+)>")
"""The context of a file's own statements in a line map. See the child's `bodies`."""


def measure(
    seed: Seed,
    *,
    python: Path = Path(sys.executable),
    allow_failing: bool = False,
    budget: float = BUDGET,
) -> Baseline:
    """Run the clean suite with the line map, and in the reverse order without it and with it, unless this content was
    measured before.

    `budget` is how many CPU seconds each run may take. Raises UnfitError where the suite can't serve: nothing
    collected, too slow, importing another copy, or, unless they are to be left out, tests that can't be relied on.
    """
    name = store.key("baseline", seed.digest, interpreter.fingerprint(python))
    stored = store.load("baselines", name)
    if stored is None:
        baseline = _measured(seed, python, budget, allow_failing=allow_failing)
        store.save("baselines", name, _to_json(baseline))
        return baseline
    known = _from_json(stored)
    fitness.refuse_slow(seed, known, budget)
    if not allow_failing:
        ran = len(known.tests) + len(known.unfit) + len(known.skipped)
        fitness.refuse_unfit(seed, known.unfit, ran)
        fitness.refuse_written(seed, known.written)
    return known


def _measured(seed: Seed, python: Path, budget: float, *, allow_failing: bool) -> Baseline:
    tree = suite.tree_of(seed)
    within = suite.start_up(budget)
    mapped = suite.run(tree, suite.Job(within, task="lines"), python=python)
    fitness.refuse_useless(seed, mapped, budget)
    unfit = fitness.unfit_tests(mapped)
    # Before anything is tolerated: its own metadata can be made.
    lacking = metadata.can_be_made(seed) and fitness.ask_for_metadata(unfit)
    if lacking or not allow_failing:
        fitness.refuse_unfit(seed, unfit, len(mapped.outcomes))
        fitness.refuse_written(seed, mapped.written)
    wanted = tuple(test for test in mapped.of("passed") if test not in unfit)
    # A challenge has to stand its proof in the reverse order: what can't would spoil every one of them.
    several = len(wanted) > 1
    backwards = suite.Job(within, wanted=wanted[::-1], hash_seed="1", then_mapped=several)
    plain, roomy = _narrowed(tree, backwards, mapped.memory, python)
    fitness.refuse_unrepeatable(seed, plain)
    unfit |= fitness.unsteady_tests(plain, wanted)
    if not allow_failing:
        fitness.refuse_unfit(seed, unfit, len(mapped.outcomes))
    steady = tuple(test for test in wanted if test not in unfit)
    if not steady:
        fitness.refuse_empty(seed, unfit)
    mapped_back = plain.then_mapped if several else mapped
    if (
        mapped_back is None
        or not mapped_back.finished
        or set(steady) - set(mapped_back.of("passed"))
    ):
        # Under the wide limits again: the map takes memory too.
        by_itself = replace(backwards, wanted=steady[::-1], task="lines", then_mapped=False)
        mapped_back = suite.run(tree, by_itself, python=python)
        fitness.refuse_unrepeatable(seed, mapped_back)
    return replace(_baseline(seed, mapped, mapped_back, plain, steady, unfit), roomy=roomy)


def _narrowed(
    tree: suite.Tree, job: suite.Job, memory: int, python: Path
) -> tuple[suite.SuiteRun, bool]:
    """The run of a job under the limits of memory and file size that trials have; where tests fail under these each time, and
    not under the job's own, the run under those, and True."""
    narrow = replace(job, limits=replace(job.limits, memory=_memory(memory), file=_FILE))
    first = suite.run(tree, narrow, python=python)
    if _pass(first, job) or first.ended in (process.Ended.CPU, process.Ended.WALL):
        return first, False
    wide = suite.run(tree, job, python=python)
    needing = set(wide.of("passed")) - set(first.of("passed"))
    if not needing or needing & set(suite.run(tree, narrow, python=python).of("passed")):
        # It was not the limits: they fail under any, or only sometimes.
        return first, False
    return wide, True


def _pass(run: suite.SuiteRun, job: suite.Job) -> bool:
    return run.finished and set(job.wanted or ()) <= set(run.of("passed"))


_FILE = 64 << 20
"""What fills files without end is to be stopped before the disk is full, with many trials at once."""


def _memory(resident: int) -> int:
    """A list without end is to be stopped while the machine has memory left, with many trials at once."""
    return max(2 << 30, 4 * resident)


def limits(baseline: Baseline, tests: tuple[str, ...]) -> process.Limits:
    """What a run of these tests may take: 6 times what they took clean, and start-up as measured with the whole suite.

    0.3 s plus six times the baseline cost no verdict on three open-source suites; a machine under load wants the
    generous side, since a limit that strikes is a mutant refused.

    All limits of runs of tests, in seconds and for each process; *inside* and *waited* are the sums over the tests that run and
    what they share (whichever of them comes first, it is set up), *longest* is the same for the one that took longest,
    *start-up* is the rest of the suite, and at least 0.5:

    | what runs | CPU | wall clock | neither works nor waits for a core | address space | one file |
    | --- | --- | --- | --- | --- | --- |
    | the clean suite, verify (`suite.start_up`) | budget | 2.5 budget | | 4 GiB | 256 MiB |
    | the clean suite backwards | budget | 2.5 budget | | as below | as below |
    | a fresh process, the proof of `new` (here) | 1.3 + 6 inside + 3 start-up | 15 + 4 (CPU + waited) | | 2 GiB, or 4 resident if more | 64 MiB |
    | a fork that collects or imports (`server`) | the same | the same | 5 + 4 waited | the same | the same |
    | a fork with the tests collected (`server`) | 0.3 + 6 inside | as for a fresh process | 5 + 4 waited | the same | the same |
    | one test in a fork of either kind (`server`) | 1 + 6 longest | | | | |
    | check (`challenge_directory`) | 3 + 10 suite | 15 + 3 CPU + 4 waited | | 4 GiB, or 4 resident if more | 256 MiB |

    What is watched (`tracing`) has five times as long. Where the clean suite does not pass under 2 GiB and 64 MiB, its trials
    have 4 GiB and 256 MiB too (`roomy`).
    """
    start_up = max(0.5, baseline.suite_seconds - sum(baseline.seconds.values()))
    cpu = 0.3 + 6 * inside(baseline, tests) + 3 * start_up + 1
    memory, file = _memory(baseline.memory), _FILE
    if baseline.roomy:
        memory, file = max(memory, suite.MEMORY), suite.FILE
    return process.Limits(
        wall=15 + 4 * (cpu + waited(baseline, tests)), cpu=cpu, memory=memory, file=file
    )


def inside(baseline: Baseline, tests: Collection[str]) -> float:
    """CPU seconds that these tests took clean, with what they share."""
    shared = (cpu for cpu, _ in _set_ups(baseline, tests))
    return sum(baseline.seconds.get(test, 0.0) for test in tests) + sum(shared)


def longest(baseline: Baseline, tests: Collection[str]) -> float:
    """CPU seconds that any one of these tests took clean at most, with what they share."""
    shared = (cpu for cpu, _ in _set_ups(baseline, tests))
    return max((baseline.seconds.get(test, 0.0) for test in tests), default=0.0) + sum(shared)


def waited(baseline: Baseline, tests: Collection[str]) -> float:
    """Seconds that these tests took beyond those, with what they share."""
    shared = (waited for _, waited in _set_ups(baseline, tests))
    return sum(baseline.waited.get(test, 0.0) for test in tests) + sum(shared)


def _set_ups(baseline: Baseline, tests: Collection[str]) -> Iterator[tuple[float, float]]:
    files = {"", *(test.partition("::")[0] for test in tests)}
    return (took for file, took in baseline.set_up.items() if file in files)


def _baseline(
    seed: Seed,
    mapped: suite.SuiteRun,
    mapped_back: suite.SuiteRun,
    plain: suite.SuiteRun,
    tests: tuple[str, ...],
    unfit: fitness.UnfitTests,
) -> Baseline:
    import_lines, file_lines = _outside_tests(seed, mapped)
    return Baseline(
        tests=tests,
        skipped=mapped.of("skipped"),
        seconds={test: plain.outcomes[test].seconds for test in tests},
        waited={test: plain.outcomes[test].waited for test in tests},
        lines={test: mapped.lines.get(test, {}) for test in tests},
        import_lines=import_lines,
        file_lines=file_lines,
        shared_lines=_shared(mapped, mapped_back, tests),
        suite_seconds=plain.cpu,
        memory=plain.memory,
        set_up=plain.set_up,
        imported_from=mapped.origin or "",
        unfit=unfit,
        written=mapped.written,
    )


_Lines = Mapping[str, frozenset[int]]


def _outside_tests(seed: Seed, mapped: suite.SuiteRun) -> tuple[_Lines, dict[str, _Lines]]:
    """The lines executed outside tests: those that concern all tests, and by test file those that concern its own."""
    bodies = {
        found[1]: lines
        for context, lines in mapped.lines.items()
        if (found := _BODY.match(context))
    }
    tested = {test.partition("::")[0] for test in mapped.outcomes}
    own = {path: bodies[path] for path in bodies if path in tested and not _is_imported(seed, path)}
    for_all: dict[str, frozenset[int]] = dict(mapped.lines.get("", {}))
    for path in bodies.keys() - own.keys():
        for file, lines in bodies[path].items():
            for_all[file] = for_all.get(file, frozenset()) | lines
    return for_all, own


def _shared(mapped: suite.SuiteRun, back: suite.SuiteRun, tests: tuple[str, ...]) -> _Lines:
    """The lines that a test executes in one order and not in the other. With the reverse one, whichever test comes first by
    itself comes last: cachetools makes what a class attribute stands for when it is first asked for it."""
    found: dict[str, frozenset[int]] = {}
    for test in tests:
        one, other = mapped.lines.get(test, {}), back.lines.get(test, {})
        for path in one.keys() | other.keys():
            differ = one.get(path, frozenset()) ^ other.get(path, frozenset())
            if differ:
                found[path] = found.get(path, frozenset()) | differ
    return found


def _is_imported(seed: Seed, path: str) -> bool:
    """Whether another file may import this one: what it makes is there for others too."""
    name = re.escape(PurePosixPath(path).stem)
    statement = re.compile(
        rf"^[ \t]*(?:from|import)\b(?:[^\n(]|\([^)]*\))*\b{name}\b".encode(), re.MULTILINE
    )
    dynamic = re.compile(rf"import\w*\([^)\n]*\b{name}\b".encode())
    others = (
        content for file, content in seed.contents.items() if file.endswith(".py") and file != path
    )
    return any(statement.search(content) or dynamic.search(content) for content in others)


def _to_json(baseline: Baseline) -> dict[str, Any]:
    return {
        "tests": baseline.tests,
        "unfit": {test: [why.name, what] for test, (why, what) in baseline.unfit.items()},
        "skipped": baseline.skipped,
        "seconds": baseline.seconds,
        "waited": baseline.waited,
        "lines": {test: told.from_lines(lines) for test, lines in baseline.lines.items()},
        "import_lines": told.from_lines(baseline.import_lines),
        "file_lines": {path: told.from_lines(lines) for path, lines in baseline.file_lines.items()},
        "shared_lines": told.from_lines(baseline.shared_lines),
        "suite_seconds": baseline.suite_seconds,
        "memory": baseline.memory,
        "set_up": baseline.set_up,
        "imported_from": baseline.imported_from,
        "written": baseline.written,
        "roomy": baseline.roomy,
    }


def _from_json(stored: dict[str, Any]) -> Baseline:
    return Baseline(
        tests=tuple(stored["tests"]),
        skipped=tuple(stored["skipped"]),
        seconds=stored["seconds"],
        waited=stored["waited"],
        lines={test: told.as_lines(lines) for test, lines in stored["lines"].items()},
        import_lines=told.as_lines(stored["import_lines"]),
        file_lines={path: told.as_lines(lines) for path, lines in stored["file_lines"].items()},
        shared_lines=told.as_lines(stored["shared_lines"]),
        suite_seconds=stored["suite_seconds"],
        memory=stored["memory"],
        set_up={file: (cpu, waited) for file, (cpu, waited) in stored["set_up"].items()},
        imported_from=stored["imported_from"],
        unfit={test: (Unfit[why], what) for test, (why, what) in stored["unfit"].items()},
        written=tuple(stored["written"]),
        roomy=stored["roomy"],
    )
