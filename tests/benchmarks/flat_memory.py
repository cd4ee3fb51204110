"""Memory of the engine and of what it started, over many mutants in one go.

    python -m tests.benchmarks.flat_memory [--seed ledger] [--mutants 10000]

Tries the seed's mutants over and over, as if none were known, until there were that many, and prints after each tenth the
resident megabytes of this process and of the largest that it has running: the peaks until then.
"""

from __future__ import annotations

import argparse
import itertools
import os
import resource
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator import bench, machine, seeds
from generator.trial import store
from generator.trial.engine import Engine
from tests.conftest import descendants

if TYPE_CHECKING:
    from generator.records import Bench


def peak(pid: int | str) -> int:
    """Resident megabytes of a process at its largest; 0 once it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) >> 10 for line in lines if line.startswith("VmHWM")), 0)


def measure(prepared: Bench, count: int, patch: pytest.MonkeyPatch) -> None:
    """Print a line after each tenth, and at the end the largest of all processes, forks too."""
    known, me = store.load, os.getpid()

    def load(kind: str, name: str) -> object:
        return None if kind == "noticed" else known(kind, name)

    patch.setattr(store, "load", load)
    trials = Engine(prepared.seed, prepared.baseline, prepared.python, jobs=machine.workers())
    mutants = itertools.islice(itertools.cycle(prepared.mutants), count)
    for number, _ in enumerate(trials.noticed(mutants), 1):
        if number % (count // 10) == 0:
            largest = max(map(peak, descendants(me)), default=0)
            print(
                f"{number:7,} mutants   engine {peak(me):4} MB   server {largest:4} MB", flush=True
            )
    print(f"largest process {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10} MB")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", default="ledger")
    parser.add_argument("--mutants", type=int, default=10_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home, pytest.MonkeyPatch.context() as patch:
        patch.setenv("BUGSQUASH_HOME", home)
        prepared = bench.prepare(seeds.load(arguments.seed), None, lambda _: None)
        measure(prepared, arguments.mutants, patch)


if __name__ == "__main__":
    main()
