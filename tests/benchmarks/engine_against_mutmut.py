"""Mutants per second of the engine and of mutmut 3, on the same modules of the same releases, with the same cores.

    python -m tests.benchmarks.engine_against_mutmut [NAMES...] [--python PATH ...] [--rounds 3] [--place DIR]

Names are cachetools, toolz and sqlparse, or all. Each round is a cold one: theirs, ours on the very same mutants, and ours on
our own; the medians are printed as the table in tests/benchmarks/README.md. Ours tells of each mutant whether any test notices
it (`Engine.noticed`); theirs is `mutmut run`. Both stop at a mutant's first failing test. Beside them stands what no tool can
do without: the limit. The last row is what our commands ask for, whole verdicts: how each test fails, unless so many do that
no exercise is made of it.

Each interpreter given needs pip; the tools get environments of their own, ours without the project. `--place` keeps archives
and environments for the next run.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator import admit, bench, edits, machine, process, seeds
from generator.records import VerdictKind
from generator.trial import swap
from generator.trial.engine import Engine, tests_that_matter
from generator.trial.forks import Forks
from generator.trial.server import Trial
from tests.benchmarks import mutmut_mutants, real_projects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from generator.records import Bench, Mutant
    from generator.trial import suite

MUTMUT = "mutmut>=3,<4"
ROOT = Path(__file__).parents[2]
HEAD = """\
| tool | project | Python | mutants | survived | timed out | prepared | wall | CPU | per second | times mutmut | to the limit | ms above | MB |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"""


@dataclass(frozen=True, slots=True)
class Subject:
    """A project, the modules that are mutated, and what mutmut has to be told."""

    name: str
    modules: tuple[str, ...]
    mutmut: str
    """TOML."""

    @property
    def project(self) -> real_projects.Project:
        """Its record."""
        return next(one for one in real_projects.PROJECTS if one.name == self.name)


SUBJECTS = (
    Subject(
        "cachetools",
        (
            "src/cachetools/__init__.py",
            "src/cachetools/_cached.py",
            "src/cachetools/_cachedmethod.py",
            "src/cachetools/_decorator.py",
            "src/cachetools/_descriptor.py",
            "src/cachetools/func.py",
            "src/cachetools/keys.py",
        ),
        'source_paths = ["src"]\npytest_add_cli_args_test_selection = ["tests"]\n',
    ),
    Subject(
        "toolz",
        ("toolz/itertoolz.py",),
        # Its own metadata, which a test asks for, lies beside it in the sdist.
        'source_paths = ["toolz"]\nalso_copy = ["tlz", "toolz.egg-info"]\n'
        'pytest_add_cli_args_test_selection = ["toolz/tests"]\n',
    ),
    Subject(
        "sqlparse",
        ("sqlparse/engine/grouping.py", "sqlparse/sql.py"),
        'source_paths = ["sqlparse"]\npytest_add_cli_args_test_selection = ["tests"]\n',
    ),
)


@dataclass(frozen=True, slots=True)
class Round:
    """One cold run of one tool."""

    mutants: int
    survived: int
    """No test notices them, or reaches them."""
    timed_out: int | None
    """None where it was not looked for."""
    prepared: float
    """Wall seconds before the first mutant is tried: enumeration, clean runs, in forks too, and starting what stays."""
    wall: float
    """Seconds of trying them all."""
    cpu: float
    """Of all processes in that time; of mutmut, which does not part them, of the whole run."""
    memory: int
    """Largest resident bytes of any one process."""
    limit: float = 0.0
    """CPU seconds that no tool can do without."""


def ours(
    subject: Subject,
    place: Path,
    python: Path,
    written: Path | None = None,
    *,
    limit: bool = False,
    whole: bool = False,
) -> Round:
    """A run of the engine with nothing known, in a process of its own; on the mutants that mutmut has written there, or on our
    own; for whole verdicts, or until a test fails."""
    with tempfile.TemporaryDirectory(dir=place) as home:
        command = [sys.executable, "-m", "tests.benchmarks.engine_against_mutmut", subject.name]
        command += ["--place", str(place), "--python", str(python), "--engine"]
        command += ["--limit"] if limit else []
        command += ["--whole"] if whole else []
        command += ["--written", str(written)] if written else []
        told, _ = _measured(command, ROOT, {**os.environ, "BUGSQUASH_HOME": home})
    return Round(**json.loads(told.splitlines()[-1]))


def engine(
    subject: Subject, place: Path, python: Path, written: Path | None, *, limit: bool, whole: bool
) -> dict[str, Any]:
    """The fields of a round, in this process."""
    begun = time.monotonic()
    prepared = _prepared(subject, place, python)
    with closing(Forks(prepared.seed, prepared.baseline, prepared.python)) as forks:
        # A clean run, as those that mutmut begins with.
        forks.prove()
    mutants = _mutants(prepared, subject, written)
    trials = Engine(
        prepared.seed,
        prepared.baseline,
        prepared.python,
        jobs=machine.workers(),
        give_up_after=admit.most_failures(prepared.baseline),
    )
    tried = functools.partial(_whole, trials) if whole else trials.noticed
    preparing = time.monotonic() - begun
    clean = _clean_runs(prepared)
    starting = _spent(lambda: _on_each_core(prepared, Trial({}, (), ())))
    noticed: list[bool] = []
    trying = _spent(lambda: noticed.extend(answer for _, answer in tried(mutants)))
    # Before the limit is looked for, which is other work.
    memory = max(_peak(resource.RUSAGE_SELF), _peak(resource.RUSAGE_CHILDREN))
    clean += _clean_runs(prepared)
    least = the_limit(prepared, mutants, _seconds(clean)) if limit else []
    return {
        "mutants": len(mutants),
        "survived": noticed.count(False),
        # What stays is started by the first trials, and all that mutmut starts is there before: it is moved.
        "prepared": preparing + starting[0],
        "wall": trying[0] - starting[0],
        "cpu": trying[1] - starting[1],
        "memory": memory,
        "timed_out": sum(one.timed_out for one in least) if limit else None,
        "limit": sum(one.cpu for one in least),
    }


def _whole(trials: Engine, mutants: Iterable[Mutant]) -> Iterator[tuple[Mutant, bool]]:
    """Of each mutant whether any test notices it, by its verdict."""
    unseen = (VerdictKind.SURVIVED, VerdictKind.UNREACHED)
    return ((mutant, verdict.kind not in unseen) for mutant, verdict in trials.verdicts(mutants))


def _mutants(prepared: Bench, subject: Subject, written: Path | None) -> list[Mutant]:
    if written is None:
        return [one for one in prepared.mutants if one.path in subject.modules]
    return [
        one
        for path in subject.modules
        for one in mutmut_mutants.mutants(
            path, prepared.seed.contents[path].decode(), (written / path).read_text("utf-8")
        )
    ]


def _spent(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds, those of all processes."""
    started, before = time.monotonic(), _cpu()
    work()
    return time.monotonic() - started, _cpu() - before


def _prepared(subject: Subject, place: Path, python: Path) -> Bench:
    root = real_projects.fetch(subject.project, place)
    return bench.prepare(seeds.load(str(root)), None, lambda _: None, python)


def _on_each_core(prepared: Bench, trial: Trial) -> list[suite.SuiteRun | None]:
    """The trial in forks of processes that are started for it, as many at once as there are cores."""
    cores = machine.workers()
    with (
        closing(Forks(prepared.seed, prepared.baseline, prepared.python)) as forks,
        ThreadPoolExecutor(cores) as pool,
    ):
        return list(pool.map(forks.run, [trial] * cores))


def _clean_runs(prepared: Bench) -> list[suite.SuiteRun]:
    """What the tests take while the cores are as busy as they are with mutants, and at about the same time: machines are
    faster and slower by the minute."""
    runs = _on_each_core(prepared, Trial({}, (), prepared.baseline.tests))
    return [run for run in runs if run is not None]


def _seconds(clean: Sequence[suite.SuiteRun]) -> dict[str, float]:
    """Of each test, on the mean."""
    tests = clean[0].outcomes
    return {test: statistics.fmean(run.outcomes[test].seconds for run in clean) for test in tests}


@dataclass(frozen=True, slots=True)
class Least:
    """CPU seconds that no tool can do without for one mutant."""

    cpu: float = 0.0
    timed_out: bool = False


def the_limit(
    prepared: Bench, mutants: Iterable[Mutant], seconds: Mapping[str, float]
) -> list[Least]:
    """What the tests themselves take clean (`seconds`), of each mutant those that execute its lines, the fastest first, to the first that
    fails. Of one that never ends, which a tool can only wait for, the time that it is given; of one that is told by no test,
    since it can't be imported, nothing."""
    with (
        closing(Forks(prepared.seed, prepared.baseline, prepared.python)) as forks,
        ThreadPoolExecutor(machine.workers()) as pool,
    ):
        return list(pool.map(lambda mutant: _least(prepared, forks, mutant, seconds), mutants))


def _least(prepared: Bench, forks: Forks, mutant: Mutant, seconds: Mapping[str, float]) -> Least:
    seed = prepared.seed
    tests = tests_that_matter(seed, prepared.baseline, mutant)
    if not tests:
        return Least()
    fastest = tuple(sorted(tests, key=seconds.__getitem__))
    swaps = swap.swaps(seed, prepared.baseline, mutant)
    run = forks.run(Trial(edits.apply(seed.contents, mutant.edits), swaps, fastest, 0))
    if run is None:
        return Least()
    before = sum(seconds[test] for test in run.outcomes)
    if run.ended is not process.Ended.EXITED:
        one, together = 1 + 6 * seconds[fastest[-1]], 0.3 + 6 * sum(seconds[test] for test in tests)
        return Least(min(before + one, together), timed_out=True)
    return Least(before)


def theirs(subject: Subject, place: Path, python: Path, written: Path) -> Round:
    """A run of mutmut in a copy that has not seen one. The modules as it has written them, with all mutants, go below
    `written`."""
    mutmut = _mutmut(place, python)
    with tempfile.TemporaryDirectory(dir=place) as scratch:
        root = Path(scratch) / subject.name
        shutil.copytree(real_projects.fetch(subject.project, place), root)
        only = f"only_mutate = {json.dumps(subject.modules)}\n"
        with (root / "pyproject.toml").open("a") as file:
            file.write(f"\n[tool.mutmut]\n{subject.mutmut}{only}")
        begun = time.monotonic()
        command = [str(mutmut), "run", "--max-children", str(machine.workers())]
        told, usage = _measured(command, root, dict(os.environ))
        whole = time.monotonic() - begun
        for path in subject.modules:
            (written / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / "mutants" / path, written / path)
    results = re.findall(r"(\d+)/(\d+) ", told)[-1]
    timed_out, survived, unreached = (
        int(re.findall(rf"{sign} +(\d+)", told)[-1]) for sign in "⏰🙁🫥"
    )
    rate = re.findall(r"([\d.]+) mutations/second", told)[-1]
    wall = int(results[1]) / float(rate)
    return Round(
        mutants=int(results[1]),
        survived=survived + unreached,
        timed_out=timed_out,
        prepared=whole - wall,
        wall=wall,
        cpu=usage.ru_utime + usage.ru_stime,
        memory=usage.ru_maxrss << 10,
    )


@functools.cache
def _mutmut(place: Path, python: Path) -> Path:
    here = place / "mutmut" / version(python)
    if not (here / "bin" / "mutmut").exists():
        subprocess.run([str(python), "-m", "venv", str(here)], check=True)
        pip = [str(here / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, MUTMUT, "pytest"], check=True)
    return here / "bin" / "mutmut"


@functools.cache
def version(python: Path) -> str:
    """Major and minor."""
    asked = "import sys; print('%d.%d' % sys.version_info[:2])"
    told = subprocess.run([str(python), "-c", asked], check=True, capture_output=True, text=True)
    return told.stdout.strip()


def _measured(
    command: Sequence[str], cwd: Path, env: Mapping[str, str]
) -> tuple[str, resource.struct_rusage]:
    """What a program says, and what it and all that it waited for took. Raises where it fails."""
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(command, cwd=cwd, env=env, stdout=out, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        told = out.read().decode(errors="replace")
    if child.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}: {told[-2000:]}")
    return told, usage


def _cpu() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def _peak(who: int) -> int:
    return resource.getrusage(who).ru_maxrss << 10


def rows(subject: Subject, place: Path, python: Path, rounds: int) -> list[str]:
    """The rows of the table for one project: mutmut, ours on its mutants, on our own, and for whole verdicts of these."""
    environment = real_projects.environment(subject.project, place, python)
    # With its environment and archives there, the measured runs only measure.
    others, same, own, whole = [], [], [], []
    with tempfile.TemporaryDirectory(dir=place) as scratch:
        for number in range(rounds):
            written = Path(scratch) / str(number)
            others.append(theirs(subject, place, python, written))
            same.append(ours(subject, place, environment, written, limit=number == 0))
            own.append(ours(subject, place, environment, limit=number == 0))
            whole.append(ours(subject, place, environment, whole=True))
    peer = _rate(others)
    return [
        _row("mutmut", subject, python, others, "", "", ""),
        _row("bugsquash, mutmut's mutants", subject, python, same, *_compared(same, peer)),
        _row("bugsquash", subject, python, own, *_compared(own, peer)),
        _row(
            "bugsquash, whole verdicts",
            subject,
            python,
            whole,
            f"{_rate(whole) / peer:.1f}",
            "",
            "",
        ),
    ]


def _rate(rounds: Sequence[Round]) -> float:
    return _median(each.mutants / each.wall for each in rounds)


def _compared(rounds: Sequence[Round], peer: float) -> tuple[str, str, str]:
    """Times the peer's mutants per second, wall time to the limit, CPU milliseconds above it."""
    first, cores = rounds[0], machine.workers()
    to_limit = _median(each.wall for each in rounds) * cores / first.limit
    above = _median(each.cpu - first.limit for each in rounds) / first.mutants * 1000
    return f"{_rate(rounds) / peer:.1f}", f"{to_limit:.2f}", f"{above:.1f}"


def _row(
    tool: str,
    subject: Subject,
    python: Path,
    rounds: Sequence[Round],
    *compared: str,
) -> str:
    cells = (
        tool,
        subject.name,
        version(python),
        f"{rounds[0].mutants:,}",
        str(rounds[0].survived),
        "" if rounds[0].timed_out is None else str(rounds[0].timed_out),
        f"{_median(each.prepared for each in rounds):.0f} s",
        f"{_median(each.wall for each in rounds):.1f} s",
        f"{_median(each.cpu for each in rounds):.1f} s",
        f"{_rate(rounds):.1f}",
        *compared,
        f"{max(each.memory for each in rounds) >> 20}",
    )
    return f"| {' | '.join(cells)} |"


def _median(values: Iterable[float]) -> float:
    return statistics.median(values)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    names = {subject.name: subject for subject in SUBJECTS}
    parser.add_argument("names", nargs="*", metavar="NAME", default=list(names))
    parser.add_argument("--python", type=Path, action="append", metavar="PATH")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--place", type=Path, help="kept; by default a temporary directory")
    parser.add_argument("--engine", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--limit", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--whole", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--written", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(names):
        parser.error(f"nothing is named {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    subjects = [names[name] for name in arguments.names]
    pythons = arguments.python or [Path(sys.executable)]
    if arguments.engine:
        found = engine(
            subjects[0],
            arguments.place,
            pythons[0],
            arguments.written,
            limit=arguments.limit,
            whole=arguments.whole,
        )
        print(json.dumps(found))
        return
    with tempfile.TemporaryDirectory() as scratch:
        place = (arguments.place or Path(scratch)).absolute()
        place.mkdir(parents=True, exist_ok=True)
        print(f"{machine.workers()} cores\n\n{HEAD}", flush=True)
        for python in pythons:
            for subject in subjects:
                print("\n".join(rows(subject, place, python, arguments.rounds)), flush=True)


if __name__ == "__main__":
    main()
