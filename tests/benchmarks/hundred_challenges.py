"""A hundred challenges over the built-in seeds, in all modes and at all levels: made, proven, counted.

    python -m tests.benchmarks.hundred_challenges [--count 100] [--out DIR]

Seeds and modes take turns; every other wish asks for a level, in turn from 1 to 5. A wish that a seed can't meet (it has no
bug of that level) is told, counted, and followed by the next wish. Prints one line a wish, then how many challenges there
are by seed, mode, level, family and operator, why mutants were refused, and which wishes were not met. Ends with 1 where a
proof does not hold, where `new` ends in another way than these two, or where too many wishes were not met.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from generator import seeds
from generator.admit import Refusal
from generator.errors import UnfitError
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


@dataclass(frozen=True)
class Wish:
    """What came of one call of `new`: an opened key, or the sentence that says why there is none."""

    key: dict[str, Any] | None
    why_not: str = ""
    sound: bool = True
    """The challenge stands its proof, or the seed has no such bug and `new` said so."""


def wishes() -> Iterator[list[str]]:
    """What is asked of `new`, one wish after the other, without end."""
    names, modes = seeds.builtin(), list(MODES.values())
    for number in itertools.count():
        seed = names[number % len(names)]
        mode = modes[number // len(names) % len(modes)]
        level = ["--level", str(number // 2 % LEVELS + 1)] if number % 2 else []
        yield ["new", seed, *mode, *level, "--seed", str(number)]


def make(wish: list[str], out: Path) -> Wish:
    """Make one challenge and prove it."""
    started = time.perf_counter()
    told = bugsquash(*wish, "--json", "--out", str(out))
    seconds = time.perf_counter() - started
    if told.returncode:
        print(f"{' '.join(wish)}: {told.stderr.strip()}, {seconds:.1f} s", flush=True)
        return Wish(None, told.stderr.strip(), sound=told.returncode == UnfitError.exit_code)
    path = json.loads(told.stdout)["path"]
    proof = bugsquash("verify", path)
    key: dict[str, Any] = json.loads(bugsquash("key", "show", path, "--json").stdout)
    names = ", ".join(bug["operator"] for bug in key["bugs"])
    print(f"{' '.join(wish)}: level {key['level']}, {names}, {seconds:.1f} s", flush=True)
    if proof.returncode:
        print(proof.stdout, flush=True)
    return Wish(key, sound=proof.returncode == 0)


def made(count: int, out: Path) -> list[Wish]:
    """Wishes in turn, until so many challenges are made or as many wishes again were not met."""
    done: list[Wish] = []
    for wish in itertools.islice(wishes(), 2 * count):
        done.append(make(wish, out))
        if sum(one.key is not None for one in done) == count:
            break
    return done


def counted(done: list[Wish]) -> dict[str, Counter[str]]:
    """How many challenges, bugs and refusals there are, by each of the headings."""
    keys = [one.key for one in done if one.key is not None]
    bugs = [bug for key in keys for bug in key["bugs"]]
    refusals: Counter[str] = Counter()
    for key in keys:
        for reason, number in key["selection"]["passed_over"].items():
            refusals[Refusal[reason.upper()].value] += number
    return {
        "challenges by seed": Counter(key["seed"]["name"] for key in keys),
        "challenges by mode": Counter(key["mode"] for key in keys),
        "challenges by level": Counter(str(key["level"]) for key in keys),
        "challenges by mode and level": Counter(f"{key['mode']} {key['level']}" for key in keys),
        "bugs by family": Counter(bug["family"] for bug in bugs),
        "bugs by operator": Counter(bug["operator"] for bug in bugs),
        "mutants passed over, by reason": refusals,
        "wishes not met": Counter(one.why_not for one in done if one.key is None),
    }


def main() -> None:
    """Make, prove, count, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--out", type=Path, help="kept; by default a temporary directory")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        done = made(arguments.count, arguments.out or Path(scratch))
    proven = sum(one.sound for one in done if one.key)
    print(f"\n{proven} of {arguments.count} made and proven, of {len(done)} wishes")
    for heading, numbers in counted(done).items():
        table = Table(heading, "number", box=None)
        for name, number in sorted(numbers.items(), key=lambda pair: (-pair[1], pair[0])):
            table.add_row(name, f"{number:,}")
        Console().print(table)
    sys.exit(proven < arguments.count or not all(one.sound for one in done))


if __name__ == "__main__":
    main()
