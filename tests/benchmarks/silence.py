"""How many caught mutants a linter and a type checker stay silent on, by operator, before anything is filtered.

    python -m tests.benchmarks.silence [SEED ...] [--each N]

Of the mutants of each seed (built-in name or directory; all built-in ones, if none is named) at most N of each operator, in the
seeded order, that some test notices. `ruff check` with E, F, W, B, C4, SIM, RUF and PL, and `mypy --strict`, both without
configuration, but for the length of lines, which is that of the seed's longest: silent is a mutant of which they say nothing that
they do not say of the clean seed. mypy runs as a daemon, which
looks again at what a mutant changes only; of findings the line number is not compared.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from generator import bench, edits, machine, seeds, select
from generator.trial.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.records import Bench, Mutant, Seed

RULES = "E,F,W,B,C4,SIM,RUF,PL"
RANDOM_SEED = 1
EACH = 40
LINE = re.compile(r":\d+(:\d+)?: ")
ON_LINE = re.compile(r"\bline \d+|(?<=Line too long )\(\d+ > \d+\)")


@dataclass(frozen=True, slots=True)
class Heard:
    """One mutant and what each tool says of it that it does not say of the clean code."""

    mutant: Mutant
    ruff: Counter[str]
    mypy: Counter[str]


class Tools:
    """Both tools on one copy of a seed's source. A context manager: the daemon ends with it."""

    def __init__(self, seed: Seed, root: Path) -> None:
        self.seed = seed
        self.root = root
        self.status = root / ".status.json"
        for path in seed.source:
            self.write(path, seed.contents[path])
        lines = (line for path in seed.source for line in seed.contents[path].decode().splitlines())
        self.width = max(map(len, lines))
        self.clean_ruff = self.ruff(seed.source)
        self.clean_mypy = self.started()

    def __enter__(self) -> Tools:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def started(self) -> Counter[str]:
        """What a new daemon says of the clean code."""
        options = ("--strict", "--config-file=", "--follow-imports=error")
        return self.mypy("run", "--", *options, str(self.seed.import_root))

    def stop(self) -> None:
        """End the daemon."""
        self._python("mypy.dmypy", f"--status-file={self.status}", "stop")

    def write(self, path: str, data: bytes) -> None:
        """Put a file of the seed in its place."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)

    def heard(self, mutant: Mutant) -> Heard:
        """What they say of a mutant."""
        changed = edits.apply(self.seed.contents, mutant.edits)
        for path, data in changed.items():
            self.write(path, data)
        ruff = self.ruff(tuple(changed)) - self.clean_ruff
        mypy = self.mypy("recheck", "--update", *changed) - self.clean_mypy
        for path in changed:
            self.write(path, self.seed.contents[path])
        if self.mypy("recheck", "--update", *changed) != self.clean_mypy:
            # Some findings stay with the daemon though their cause went.
            self.stop()
            self.started()
        return Heard(mutant, ruff, mypy)

    def ruff(self, paths: tuple[str, ...]) -> Counter[str]:
        """Its findings in some files."""
        told = self._python(
            "ruff", "check", "--isolated", "--no-cache", "--exit-zero", "--output-format=json",
            f"--line-length={self.width}", f"--select={RULES}", *paths,
        )  # fmt: skip
        return Counter(
            f"{Path(one['filename']).name} {one['code']} {ON_LINE.sub('line', one['message'])}"
            for one in json.loads(told)
        )

    def mypy(self, *arguments: str) -> Counter[str]:
        """The daemon's findings in all of the source."""
        told = self._python("mypy.dmypy", f"--status-file={self.status}", *arguments)
        return Counter(
            ON_LINE.sub("line", LINE.sub(": ", row))
            for row in told.splitlines()
            if ": error: " in row
        )

    def _python(self, module: str, *arguments: str) -> str:
        command = [sys.executable, "-m", module, *arguments]
        told = subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False)
        if told.returncode not in {0, 1}:  # 1: findings
            raise RuntimeError(f"{module} gave up: {told.stderr or told.stdout}")
        return told.stdout


def caught(prepared: Bench, each: int) -> Iterator[Mutant]:
    """Of each operator's mutants the first few that some test notices."""
    by_operator: defaultdict[str, list[Mutant]] = defaultdict(list)
    for mutant in select.order(prepared.mutants, RANDOM_SEED):
        by_operator[mutant.operator].append(mutant)
    trials = Engine(prepared.seed, prepared.baseline, prepared.python, jobs=machine.workers())
    for some in by_operator.values():
        noticed = (mutant for mutant, seen in trials.noticed(tuple(some)[: 3 * each]) if seen)
        yield from islice(noticed, each)


def heard(name: str, each: int) -> Iterator[Heard]:
    """Each of a seed's mutants and what was said of it."""
    prepared = bench.prepare(seeds.load(name), None, lambda _: None)
    some = tuple(caught(prepared, each))
    with tempfile.TemporaryDirectory() as scratch, Tools(prepared.seed, Path(scratch)) as tools:
        yield from map(tools.heard, some)


def table(every: list[Heard]) -> Table:
    """By operator, and in all; the least silent first."""
    shown = Table(box=None)
    for heading in (
        "operator",
        "caught",
        "silent to ruff",
        "silent to mypy",
        "silent",
        "share",
        "most often said",
    ):
        shown.add_column(
            heading, justify="left" if heading in {"operator", "most often said"} else "right"
        )
    by_operator: defaultdict[str, list[Heard]] = defaultdict(list)
    for one in every:
        by_operator[one.mutant.operator].append(one)
    rows = [
        (name, some) for name, some in sorted(by_operator.items(), key=lambda row: _share(row[1]))
    ]
    for name, some in [*rows, ("all", every)]:
        said = Counter(
            re.sub(r"\S+: error: |\S+ (?=[A-Z]+\d+ )", "", words)
            for one in some
            for words in one.ruff + one.mypy
        )
        often = f"{said.most_common(1)[0][0][:90]}" if said else ""
        silent = [not one.ruff and not one.mypy for one in some]
        shown.add_row(
            name, str(len(some)), str(sum(not one.ruff for one in some)), str(sum(not one.mypy for one in some)),
            str(sum(silent)), f"{100 * _share(some):.0f} %", often,
        )  # fmt: skip
    return shown


def _share(some: list[Heard]) -> float:
    return sum(not one.ruff and not one.mypy for one in some) / max(1, len(some))


def main() -> None:
    """Ask, and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("seeds", nargs="*", metavar="SEED", default=seeds.builtin())
    parser.add_argument(
        "--each", type=int, default=EACH, metavar="N", help="of each operator and seed"
    )
    arguments = parser.parse_args()
    every = [one for name in arguments.seeds for one in heard(name, arguments.each)]
    Console(width=170 if not sys.stdout.isatty() else None).print(table(every))


if __name__ == "__main__":
    main()
