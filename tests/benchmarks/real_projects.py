"""Real projects, unpacked from their sdists: a challenge is made of each, proven, judged, solved; and what each is worth.

    python -m tests.benchmarks.real_projects [NAMES...] [--tried 40] [--place DIR]

Each gets an environment with pytest, coverage and what its own tests need, and never itself. Prints one row of the table in
tests/README.md a project: tests that pass clean, sites, how many of the first `--tried` mutants in the seeded order are
admitted, seconds of a first `new` with nothing known. For one that can't serve it prints the tool's sentence. Ends with 1
where one that should serve does not, or one that should not does. `--place` keeps archives and environments for the next run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from generator import admit, bench, machine, seeds, select
from generator.trial.engine import Engine
from tests.benchmarks.thirty_challenges import BUGSQUASH

RANDOM_SEED = 1
Run: TypeAlias = Callable[..., subprocess.CompletedProcess[str]]
"""Runs the command with these arguments, somewhere below a directory of its own."""


@dataclass(frozen=True, slots=True)
class Project:
    """One release, and what has to be known to run its tests."""

    name: str
    version: str
    layout: str
    needs: tuple[str, ...] = ()
    """What its tests need beside pytest and coverage."""
    options: tuple[str, ...] = ()
    """For `new`."""
    because: str = ""
    """Why these options."""
    refused: str = ""
    """Of one that can't serve: words of the sentence that says so."""


PROJECTS = (
    Project("simpleeval", "1.0.8", "one module; unittest classes"),
    Project("xmltodict", "1.0.4", "one module"),
    Project("schema", "0.7.8", "flat; one test file at the root"),
    Project(
        "python-slugify", "9.2.0", "flat, scripts; unittest classes", needs=("text-unidecode",)
    ),
    Project(
        "asyncstdlib",
        "3.14.0",
        "flat; asyncio on a loop of its own, unittests/",
        needs=("typing_extensions",),
    ),
    Project("cachetools", "8.0.2", "src; unittest classes, threads"),
    Project("itsdangerous", "2.2.0", "src; tests in directories", needs=("freezegun",)),
    Project("toolz", "1.2.0", "two flat packages; tests inside, strict options"),
    Project("h11", "0.16.0", "flat; tests inside"),
    Project("wsproto", "1.3.2", "src", needs=("h11",)),
    Project("voluptuous", "0.16.0", "flat; tests.py inside, doctest options"),
    Project("pyflakes", "4.1.0", "flat; unittest classes inside"),
    Project("sqlparse", "0.6.1", "flat; nothing said to pytest"),
    Project("tomlkit", "0.15.2", "flat; cases from files", needs=("pyyaml",)),
    Project(
        "async-lru",
        "2.4.0",
        "flat, setup.cfg; pytest-asyncio, options of pytest-cov",
        # Under pytest 9 a warning of pytest-asyncio's own is an error here.
        needs=("pytest<9", "pytest-asyncio", "pytest-timeout"),
    ),
    Project("asgiref", "3.13.0", "flat, setup.cfg; pytest-asyncio", needs=("pytest-asyncio",)),
    Project(
        "tenacity",
        "9.2.1",
        "flat; asyncio and trio in unittest classes",
        needs=("tornado", "trio", "pytest-asyncio"),
    ),
    Project(
        "inflect",
        "7.6.0",
        "flat, pytest.ini; import mode importlib",
        needs=("jaraco.functools", "more_itertools", "typeguard"),
    ),
    Project(
        "more-itertools",
        "11.2.1",
        "flat; unittest classes",
        options=("--budget", "600"),
        because="its suite takes 48 s of CPU, and with the line map more than the 120 s that are given",
    ),
    Project(
        "natsort",
        "8.4.0",
        "flat; hypothesis",
        needs=("hypothesis", "pytest-mock"),
        options=("--allow-failing",),
        because="59 tests want locales that few machines have",
    ),
    Project(
        "marshmallow",
        "4.4.0",
        "src; classes, parameters",
        needs=("simplejson",),
        options=("--allow-failing",),
        because="some test ids hold the time of day",
    ),
    Project(
        "click",
        "8.5.1",
        "src, 13,000 lines; asks for its own version",
        options=("--allow-failing",),
        because="2 tests start an interpreter of their own, where it is not installed",
    ),
    Project("boltons", "26.2.0", "flat; 17,000 lines in 30 modules"),
    Project(
        "aiosqlite",
        "0.22.1",
        "flat; tests inside, in files that pytest does not collect",
        refused="no tests that pytest collects",
    ),
    Project(
        "jmespath",
        "1.1.0",
        "flat; the sdist lacks tests/__init__.py",
        refused="cannot import name 'OrderedDict' from 'tests'",
    ),
    Project(
        "markdown",
        "3.11.3",
        "flat; tests that turn warnings into errors",
        needs=("pyyaml",),
        refused="cannot collect test class 'TestSuite'",
    ),
    Project("pluggy", "1.7.0", "src, tox.ini", refused="pytest itself runs on pluggy"),
    Project("wcwidth", "0.9.4", "flat, tox.ini; a compiled part", refused="C extension not loaded"),
)


class ServingError(Exception):
    """A project did not do what its record says."""


@dataclass(frozen=True, slots=True)
class Served:
    """What came of one project: `refusal`, or a solved challenge with `tests` in all."""

    root: Path
    python: Path
    seconds: float
    tests: int = 0
    refusal: str = ""


def fetch(project: Project, place: Path) -> Path:
    """The project's directory, as its sdist holds it."""
    archives = place / "archives" / project.name
    if not archives.exists():
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        wanted = ["--no-binary", project.name, f"{project.name}=={project.version}"]
        subprocess.run([*pip, "--dest", str(archives), *wanted], check=True)
    (sdist,) = archives.glob("*.tar.gz")
    unpacked = place / "unpacked" / project.name
    with tarfile.open(sdist) as archive:
        archive.extractall(unpacked, filter="data")
    return unpacked / sdist.name.removesuffix(".tar.gz")


def environment(project: Project, place: Path, base: Path = Path(sys.executable)) -> Path:
    """The interpreter of an environment, made with another, that has what the project's tests need, and not the project."""
    version = subprocess.run([str(base), "--version"], check=True, capture_output=True, text=True)
    here = place / "environments" / version.stdout.split()[1] / project.name
    python = here / "bin" / "python"
    if not python.exists():
        subprocess.run([str(base), "-m", "venv", str(here)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "pytest", "coverage"]
        subprocess.run([*pip, *project.needs], check=True)
    return python


def serve(project: Project, place: Path, run: Run) -> Served:
    """Make a challenge, prove it, fail it, fix it, pass it; or have the project refused, as its record says.

    Raises ServingError where anything goes another way.
    """
    root, python = fetch(project, place), environment(project, place)
    new = partial(run, "new", str(root), "--python", str(python), "--seed", str(RANDOM_SEED))
    started = time.perf_counter()
    told = new(*project.options, "--json")
    seconds = time.perf_counter() - started
    if project.refused:
        _expect(told, 3, project.refused)
        return Served(root, python, seconds, refusal=told.stderr.strip())
    path = json.loads(_expect(told, 0))["path"]
    _expect(run("verify", path), 0)
    _expect(run("check", path), 1)
    key = json.loads(_expect(run("key", "show", path, "--json"), 0))
    for bug in key["bugs"]:
        subprocess.run(["git", "apply"], cwd=path, input=bug["fix_patch"].encode(), check=True)
    _expect(run("check", path), 0)
    return Served(root, python, seconds, tests=len(key["tests"]))


def _expect(told: subprocess.CompletedProcess[str], status: int, words: str = "") -> str:
    if told.returncode != status or words not in told.stderr:
        command = " ".join(told.args[1:])
        raise ServingError(
            f"{command} ended with {told.returncode}: {told.stdout}{told.stderr}".strip()
        )
    return told.stdout


def admitted(served: Served, tried: int, *, allow_failing: bool) -> int:
    """How many of the first mutants in the seeded order make a fair exercise, as far as one trial shows."""
    prepared = bench.prepare(
        seeds.load(str(served.root)),
        None,
        lambda _: None,
        served.python,
        allow_failing=allow_failing,
    )
    engine = Engine(
        prepared.seed,
        prepared.baseline,
        served.python,
        jobs=machine.workers(),
        give_up_after=admit.most_failures(prepared.baseline),
    )
    first = islice(select.order(prepared.mutants, RANDOM_SEED), tried)
    return sum(
        admit.refusal(prepared, mutant, verdict) is None
        for mutant, verdict in engine.verdicts(first)
    )


def row(project: Project, place: Path, tried: int) -> str:
    """The project's row of the table, or its sentence."""
    with tempfile.TemporaryDirectory(dir=place) as own:
        # Nothing is known of it, and its challenges lie where its home is.
        os.environ["BUGSQUASH_HOME"] = f"{own}/home"
        run = partial(_bugsquash, Path(own))
        served = serve(project, place, run)
        if served.refusal:
            return f"{project.name} {project.version}: {served.refusal}"
        sites = _expect(run("mutants", str(served.root), "--json"), 0).count("\n")
        fit = admitted(served, tried, allow_failing="--allow-failing" in project.options)
    cells = (
        project.name,
        project.version,
        project.layout,
        f"{served.tests:,}",
        f"{sites:,}",
        f"{fit} of {min(tried, sites)}",
        f"{served.seconds:.0f}",
    )
    return f"| {' | '.join(cells)} |"


def _bugsquash(cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [BUGSQUASH, *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def main() -> None:
    """Serve one after the other, and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    names = [project.name for project in PROJECTS]
    parser.add_argument("names", nargs="*", metavar="NAME", help="all of them, if left out")
    parser.add_argument("--tried", type=int, default=40)
    parser.add_argument("--place", type=Path, help="kept; by default a temporary directory")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(names):
        parser.error(f"no project named {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    broken = False
    with tempfile.TemporaryDirectory() as scratch:
        place = (arguments.place or Path(scratch)).absolute()
        place.mkdir(parents=True, exist_ok=True)
        for project in PROJECTS:
            if arguments.names and project.name not in arguments.names:
                continue
            try:
                print(row(project, place, arguments.tried), flush=True)
            except ServingError as error:
                broken = True
                print(f"{project.name} {project.version}: {error}", flush=True)
    sys.exit(broken)


if __name__ == "__main__":
    main()
