"""A hundred challenges over the built-in seeds, in all modes and at all levels: made, proven, counted.

    python -m tests.benchmarks.hundred_challenges [--count 100] [--out DIR]

Seeds and modes take turns; every other challenge asks for a level, in turn from 1 to 5. Prints one line a challenge, then
how many there are by seed, mode, level, family and operator, and why mutants were refused. Ends with 1 where a proof does
not hold, or where one could not be made at all.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from generator import seeds
from generator.admit import Refusal
from generator.records import Mode
from tests.benchmarks.thirty_challenges import bugsquash

if TYPE_CHECKING:
    from collections.abc import Iterator

MODES = {
    Mode.FAILING_TEST: (),
    Mode.TICKET: ("--mode", "ticket"),
    Mode.MULTI: ("--mode", "multi", "--bugs", "2"),
}
LEVELS = 5


def wishes(count: int) -> Iterator[list[str]]:
    """What is asked of `new`, one challenge after the other."""
    names, modes = seeds.builtin(), list(MODES.values())
    for number in range(count):
        seed = names[number % len(names)]
        mode = modes[number // len(names) % len(modes)]
        level = ["--level", str(number // 2 % LEVELS + 1)] if number % 2 else []
        yield ["new", seed, *mode, *level, "--seed", str(number)]


def make(wish: list[str], out: Path) -> dict[str, Any] | None:
    """The opened key of one challenge that stands its proof; None where there is none, or it does not stand."""
    started = time.perf_counter()
    told = bugsquash(*wish, "--json", "--out", str(out))
    seconds = time.perf_counter() - started
    if told.returncode:
        print(f"{' '.join(wish)}: {told.stderr.strip()}", flush=True)
        return None
    path = json.loads(told.stdout)["path"]
    proof = bugsquash("verify", path)
    key: dict[str, Any] = json.loads(bugsquash("key", "show", path, "--json").stdout)
    names = ", ".join(bug["operator"] for bug in key["bugs"])
    print(f"{' '.join(wish)}: level {key['level']}, {names}, {seconds:.1f} s", flush=True)
    if proof.returncode:
        print(proof.stdout, flush=True)
        return None
    return key


def counted(keys: list[dict[str, Any]]) -> dict[str, Counter[str]]:
    """How many challenges, bugs and refusals there are, by each of the headings."""
    bugs = [bug for key in keys for bug in key["bugs"]]
    refusals: Counter[str] = Counter()
    for key in keys:
        for reason, number in key["selection"]["passed_over"].items():
            refusals[Refusal[reason.upper()].value] += number
    return {
        "challenges by seed": Counter(key["seed"]["name"] for key in keys),
        "challenges by mode": Counter(key["mode"] for key in keys),
        "challenges by level": Counter(str(key["level"]) for key in keys),
        "bugs by family": Counter(bug["family"] for bug in bugs),
        "bugs by operator": Counter(bug["operator"] for bug in bugs),
        "mutants passed over, by reason": refusals,
    }


def main() -> None:
    """Make, prove, count, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--out", type=Path, help="kept; by default a temporary directory")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        made = [make(wish, arguments.out or Path(scratch)) for wish in wishes(arguments.count)]
    keys = [key for key in made if key is not None]
    print(f"\n{len(keys)} of {arguments.count} made and proven")
    for heading, numbers in counted(keys).items():
        table = Table(heading, "number", box=None)
        for name, number in sorted(numbers.items(), key=lambda pair: (-pair[1], pair[0])):
            table.add_row(name, f"{number:,}")
        Console().print(table)
    sys.exit(len(keys) < arguments.count)


if __name__ == "__main__":
    main()
