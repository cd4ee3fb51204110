"""Thirty challenges on a seed, evenly over the operators: made, proven, and what they are like.

    python -m tests.benchmarks.thirty_challenges [--seed ledger] [--count 30] [--out DIR]

Prints one line a challenge, the spread of levels and operators, and whether two tickets of one operator share a sentence.
Ends with 1 where a proof does not hold or a sentence is shared. An operator with fewer fit bugs than its share gives what
it has.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.operators import discover

BUGSQUASH = str(Path(sys.executable).with_name("bugsquash"))


@dataclass(frozen=True)
class Made:
    """One challenge: its opened key, its ticket, and how long `new` took."""

    key: dict[str, Any]
    path: Path
    ticket: str
    seconds: float

    @property
    def operator(self) -> str:
        """The operator of its bug."""
        return str(self.key["bugs"][0]["operator"])


def bugsquash(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a script does."""
    return subprocess.run([BUGSQUASH, *arguments], capture_output=True, text=True, check=False)


def operators() -> list[str]:
    """Every operator's name."""
    return list(discover())


def make(seed: str, operator: str, random_seed: int, out: Path) -> Made | None:
    """One challenge, or None where nothing fits."""
    started = time.perf_counter()
    told = bugsquash(
        "new", seed, "--operator", operator, "--seed", str(random_seed), "--json", "--out", str(out)
    )
    seconds = time.perf_counter() - started
    if told.returncode:
        print(f"{operator:22} seed {random_seed:3}  none: {told.stderr.strip()}")
        return None
    path = Path(json.loads(told.stdout)["path"])
    key = json.loads(bugsquash("key", "show", str(path), "--json").stdout)
    return Made(key, path, (path / "TICKET.md").read_text(), seconds)


def thirty(seed: str, count: int, out: Path) -> list[Made]:
    """Challenges with different bugs, the operators in turn."""
    made: list[Made] = []
    taken: set[str] = set()
    for random_seed in range(count):
        for operator in operators():
            if len(made) == count:
                return made
            one = make(seed, operator, random_seed, out)
            if one is None or one.key["bugs"][0]["bug_patch"] in taken:
                continue
            taken.add(one.key["bugs"][0]["bug_patch"])
            made.append(one)
            print(
                f"{one.operator:22} level {one.key['level']}  {len(one.key['bugs'][0]['failing'])} visible, "
                f"{len(one.key['bugs'][0]['hidden'])} hidden  {one.seconds:5.1f} s  {one.ticket.splitlines()[0]}",
                flush=True,
            )
    return made


def sentences(ticket: str) -> set[str]:
    """Every sentence and title of a ticket, without ornament; a list is one sentence with what it hangs on."""
    parts: set[str] = set()
    ticket = re.sub(r"\n+(\d+\. )", r" \1", ticket)
    for line in ticket.splitlines():
        text = re.sub(r"^(#+ [A-Z]+-\d+ · |> |[-*] )", "", line.strip()).strip()
        parts |= {part.strip() for part in re.split(r"(?<=[.!?”\"])\s+(?=[A-Z“\"])", text)}
    return parts - {""}


def shared(made: list[Made]) -> list[str]:
    """The sentences that two tickets of one operator have in common."""
    by_operator: defaultdict[str, list[Made]] = defaultdict(list)
    for one in made:
        by_operator[one.operator].append(one)
    return [
        f"{operator}: {sentence}"
        for operator, some in by_operator.items()
        for one, two in itertools.combinations(some, 2)
        for sentence in sorted(sentences(one.ticket) & sentences(two.ticket))
    ]


def main() -> None:
    """Make, prove, count, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", default="ledger")
    parser.add_argument("--count", type=int, default=30)
    parser.add_argument("--out", type=Path, help="kept; by default a temporary directory")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        made = thirty(arguments.seed, arguments.count, arguments.out or Path(scratch))
        proven = [bugsquash("verify", str(one.path)) for one in made]
    bad = [told.stdout for told in proven if told.returncode]
    alike = shared(made)
    print(f"\n{len(made)} made, {len(made) - len(bad)} proven by verify")
    print("operators ", dict(sorted(Counter(one.operator for one in made).items())))
    print("levels    ", dict(sorted(Counter(one.key["level"] for one in made).items())))
    times = [one.seconds for one in made]
    print(
        f"new        min {min(times):.1f}  median {statistics.median(times):.1f}  max {max(times):.1f} s"
    )
    print(f"sentences shared by two tickets of one operator: {len(alike)}")
    for line in [*bad, *alike]:
        print("   ", line)
    sys.exit(bool(bad or alike))


if __name__ == "__main__":
    main()
