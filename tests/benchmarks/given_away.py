"""How many bugs are given away: found by searching the source for the words of a failing test's name or of the ticket.

    python -m tests.benchmarks.given_away [--count 60] [--level 3] [--out DIR]

Challenges of this level and up over the built-in seeds, as `new` makes them. For each, the words of the failing tests' names, those
of the ticket, and both are searched for in every function of the source, in any case and within other words; a word counts for
more the fewer functions hold it (the logarithm of the inverse share, as in Spärck Jones, Journal of Documentation 1972). A
bug is located where the guilty function comes first, before all others, in one of the three orders. Prints one line a challenge, and the
shares located at the first, the first three and the first ten functions.
"""

from __future__ import annotations

import argparse
import itertools
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator import search, seeds
from tests.benchmarks.thirty_challenges import bugsquash

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST = (1, 3, 10)


@dataclass(frozen=True)
class Searched:
    """Ranks of the guilty function in each order, 1 the first to look at, and of how many."""

    ranks: dict[str, int]
    functions: int

    @property
    def best(self) -> int:
        """Of the order that serves best."""
        return min(self.ranks.values())


def searched(root: Path, key: dict[str, Any]) -> Searched:
    """The ranks of the guilty function of a challenge's first bug."""
    bug = key["bugs"][0]
    files = {
        path.relative_to(root).as_posix(): path for path in sorted((root / "src").rglob("*.py"))
    }
    contents = {name: path.read_bytes() for name, path in files.items()}
    texts = search.functions(contents, contents)
    names = search.words(" ".join(test.rpartition("::")[2] for test in bug["failing"]))
    ticket = search.words((root / "TICKET.md").read_text("utf-8"))
    orders = {"name": names, "ticket": ticket, "both": names | ticket}
    guilty = bug["path"], bug["function"]
    return Searched(
        {order: search.rank(guilty, texts, wanted) for order, wanted in orders.items()}, len(texts)
    )


def challenges(count: int, level: int, out: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Different bugs, the seeds and the levels in turn; what a seed has not is passed over."""
    taken: set[str] = set()
    levels = range(level, 6)
    wishes = itertools.product(range(count), levels, seeds.builtin())
    for number, at, seed in wishes:
        if len(taken) == count:
            return
        wish = ["new", seed, "--level", str(at), "--seed", str(number)]
        told = bugsquash(*wish, "--json", "--out", str(out / f"{seed}-{at}-{number}"))
        if told.returncode:
            continue
        root = Path(json.loads(told.stdout)["path"])
        key = json.loads(bugsquash("key", "show", str(root), "--json").stdout)
        if key["level"] >= level and key["bugs"][0]["bug_patch"] not in taken:
            taken.add(key["bugs"][0]["bug_patch"])
            yield root, key


def main() -> None:
    """Make, search, count, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--level", type=int, default=3)
    parser.add_argument("--out", type=Path, help="kept; by default a temporary directory")
    arguments = parser.parse_args()
    found: list[Searched] = []
    with tempfile.TemporaryDirectory() as scratch:
        out = arguments.out or Path(scratch)
        for root, key in challenges(arguments.count, arguments.level, out):
            found.append(searched(root, key))
            ranks = "  ".join(f"{order} {at:3}" for order, at in found[-1].ranks.items())
            bug = key["bugs"][0]
            print(f"{root.name:24} level {key['level']}  {ranks}  {bug['operator']}", flush=True)
    print(f"\n{len(found)} challenges")
    for first in FIRST:
        share = sum(one.best <= first for one in found) / max(1, len(found))
        chance = sum(first / one.functions for one in found) / max(1, len(found))
        print(f"guilty function among the first {first:2}: {share:.0%} (by chance {chance:.0%})")


if __name__ == "__main__":
    main()
