"""`bugsquash new` with a warm cache against one cold run of the seed's suite, in turn, as whole processes.

    python -m tests.benchmarks.new_against_suite [--seed ledger] [--pairs 10] [--level N]

Warm: the baseline is known, as on the second evening; the verdicts of bugs not tried before are not. Cold: `python -m pytest`
in a fresh copy of the seed without any cache. Prints minimum, median and maximum seconds, and the ratio pair by pair.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from generator import seeds


def seconds(command: list[str], cwd: Path, env: dict[str, str]) -> float:
    """Wall seconds of one process, from start to end."""
    started = time.perf_counter()
    subprocess.run(command, cwd=cwd, env=env, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", default="ledger")
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--level", type=int)
    arguments = parser.parse_args()
    bugsquash = [str(Path(sys.executable).with_name("bugsquash")), "new", arguments.seed, "--json"]
    if arguments.level:
        bugsquash += ["--level", str(arguments.level)]
    suite = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    with tempfile.TemporaryDirectory() as scratch:
        here = Path(scratch)
        env = {**os.environ, "BUGSQUASH_HOME": str(here / "home")}
        first = seconds([*bugsquash, "--seed", "0"], here, env)
        new, cold = [], []
        for number in range(arguments.pairs):
            tree = here / f"tree{number}"
            shutil.copytree(
                seeds.home() / arguments.seed, tree, ignore=shutil.ignore_patterns("__pycache__")
            )
            cold.append(seconds(suite, tree, {**env, "PYTHONDONTWRITEBYTECODE": "1"}))
            new.append(seconds([*bugsquash, "--seed", str(1000 + number)], here, env))
    print(f"first new, nothing known   {first:6.2f} s")
    for label, times in (("new, warm cache", new), ("suite, one cold run", cold)):
        middle = statistics.median(times)
        print(f"{label:24}   min {min(times):.2f}  median {middle:.2f}  max {max(times):.2f} s")
    ratios = [a / b for a, b in zip(new, cold, strict=True)]
    print(
        f"new / suite                min {min(ratios):.1f}  median {statistics.median(ratios):.1f}  max {max(ratios):.1f}"
    )


if __name__ == "__main__":
    main()
