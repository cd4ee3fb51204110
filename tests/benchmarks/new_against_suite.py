"""`bugsquash new` beside one cold run of the seed's suite, in turn, as whole processes.

    python -m tests.benchmarks.new_against_suite [--seed ledger] [--rounds 5] [--level N]

The baseline is known, as on the second evening. Each round makes a challenge whose bugs nobody has tried yet, makes the same
again with all of it known, proves it once more (`bugsquash verify`: the cold confirmations that `new` ends with), and runs
`python -m pytest -q` in a fresh copy of the seed without any cache. Prints wall and CPU seconds, minimum, median and maximum,
and what `new` takes beyond the confirmations, in suites.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from generator import seeds

if TYPE_CHECKING:
    from collections.abc import Iterable

BUGSQUASH = str(Path(sys.executable).with_name("bugsquash"))
SUITE = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of one process with all that it started."""

    wall: float
    cpu: float

    def beyond(self, other: Spent) -> Spent:
        """What this took more."""
        return Spent(self.wall - other.wall, self.cpu - other.cpu)


def run(command: list[str], cwd: Path, home: Path) -> tuple[Spent, str]:
    """A process to its end: what it took, and what it said."""
    env = {**os.environ, "BUGSQUASH_HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    started = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(command, cwd=cwd, env=env, stdout=out)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - started
        out.seek(0)
        said = out.read().decode()
    if child.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}")
    return Spent(wall, usage.ru_utime + usage.ru_stime), said


def new(seed: str, number: int, level: int | None, here: Path) -> tuple[Spent, Path]:
    """A challenge: what making it took, and where its key lies."""
    out = tempfile.mkdtemp(dir=here)
    command = [BUGSQUASH, "new", seed, "--seed", str(number), "--out", out, "--json"]
    command += ["--level", str(level)] if level else []
    spent, said = run(command, here, here / "home")
    return spent, Path(json.loads(said)["path"])


def suite(seed: str, here: Path) -> Spent:
    """One cold run of the clean tests."""
    tree = Path(tempfile.mkdtemp(dir=here)) / seed
    shutil.copytree(seeds.home() / seed, tree, ignore=shutil.ignore_patterns("__pycache__"))
    return run(SUITE, tree, here / "home")[0]


def row(label: str, measured: Iterable[Spent]) -> str:
    """One line: minimum, median and maximum of both."""
    spent = list(measured)
    columns = [[each.wall for each in spent], [each.cpu for each in spent]]
    told = [f"{min(c):6.2f} {statistics.median(c):6.2f} {max(c):6.2f}" for c in columns]
    return f"{label:34} {told[0]}    {told[1]}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", default="ledger")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--level", type=int)
    arguments = parser.parse_args()
    seed, level = arguments.seed, arguments.level
    with tempfile.TemporaryDirectory() as scratch:
        here = Path(scratch)
        first, _ = new(seed, 0, level, here)
        untried, known, proofs, suites = [], [], [], []
        for number in range(1000, 1000 + arguments.rounds):
            untried.append(new(seed, number, level, here)[0])
            spent, directory = new(seed, number, level, here)
            known.append(spent)
            proofs.append(run([BUGSQUASH, "verify", str(directory)], here, here / "home")[0])
            suites.append(suite(seed, here))
    print(f"{'seconds':34} {'wall: min, median, max':22}   CPU: min, median, max")
    print(row("first new, nothing known", [first]))
    print(row("new, its bugs not tried before", untried))
    print(row("the same again, all known", known))
    print(row("verify: the confirmations alone", proofs))
    print(row("suite, one cold run", suites))
    for label, some in (("not tried before", untried), ("all known", known)):
        beyond = [a.beyond(b) for a, b in zip(some, proofs, strict=True)]
        in_suites = [
            Spent(a.wall / b.wall, a.cpu / b.cpu) for a, b in zip(beyond, suites, strict=True)
        ]
        print(row(f"{label}: beyond, in suites", in_suites))


if __name__ == "__main__":
    main()
