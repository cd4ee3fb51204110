"""What the debriefs of many bugs come to: is a first difference found, does it lie at the fault or downstream of it, does pdb show it.

    python -m tests.benchmarks.debriefs [SEEDS...] [--each 6] [--random-seed 1]

Takes admitted bugs of each built-in seed in the order in which `new` would, one of each family and level as long as there are
others. Prints a line a bug and, last, the shares.

- `first`: the kind of the first difference; or why there is none
- `at`: `fault`, it lies in a line that the bug changed; `fed`, in one that was executed after such a line; `before`, in neither
- `pdb`: `exact`, the session ends with the very value that is claimed; `shown`, with another way to write it, or with the line
  that comes next; `fault`, pdb stops at the fault and no further; `none`
- `infection`, `propagation`: lines executed from the fault to the first wrong value, and from there to the failure
- seconds of the recording and of pdb, wall
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator import admit, difficulty, guilt, machine, seeds, select
from generator import bench as benches
from generator.debrief import DEEDS
from generator.divergence import alignment
from generator.examine import examine, seen_by_tools
from generator.records import Candidate, Request
from generator.retrace import retraced
from generator.trial.engine import Engine
from generator.trial.watcher import Watcher

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.records import Bench

COLUMNS = "{:<18} {:<22} {:<12} {:>5}  {:<10} {:<6} {:<6} {:>9} {:>11} {:>7}"


@dataclass(frozen=True)
class Row:
    """One bug."""

    seed: str
    operator: str
    family: str
    level: int
    first: str
    at: str
    pdb: str
    infection: int | None
    propagation: int | None
    seconds: float

    def __str__(self) -> str:
        numbers = (
            "" if each is None else f"{each:,}" for each in (self.infection, self.propagation)
        )
        return COLUMNS.format(
            *(self.seed, self.operator, self.family, self.level, self.first, self.at, self.pdb),
            *numbers,
            f"{self.seconds:.2f}",
        )


def rows(name: str, each: int, random_seed: int) -> Iterator[Row]:
    """So many bugs of one seed, told."""
    bench = benches.prepare(seeds.load(name), None, lambda _: None)
    with closing(Watcher(bench.seed, bench.baseline, bench.python)) as watcher:
        taken: set[tuple[str, int]] = set()
        for candidate in admitted(bench, watcher, random_seed):
            kind = candidate.mutant.family, candidate.level
            if kind in taken:
                continue
            taken.add(kind)
            began = time.perf_counter()
            yield row(bench, retraced(bench, watcher, candidate), time.perf_counter() - began)
            if len(taken) == each:
                return


def admitted(bench: Bench, watcher: Watcher, random_seed: int) -> Iterator[Candidate]:
    """Fit bugs, in the order of this random seed."""
    engine = Engine(
        *(bench.seed, bench.baseline, bench.python),
        jobs=machine.workers(),
        give_up_after=admit.most_failures(bench.baseline),
    )
    executed = difficulty.executed_by(bench.seed, bench.baseline)
    request = Request(bench.seed.name, random_seed, level=3)
    for mutant, verdict in engine.verdicts(select.order(bench.mutants, random_seed)):
        if admit.refusal(bench, mutant, verdict) or seen_by_tools(bench.seed, mutant):
            continue
        found = examine(
            *(bench, watcher, mutant, verdict, request), refused=Counter(), executed=executed
        )
        if isinstance(found, Candidate):
            yield found


def row(bench: Bench, candidate: Candidate, seconds: float) -> Row:
    """What its debrief says."""
    mutant, told = candidate.mutant, candidate.debrief
    assert told is not None
    return Row(
        seed=bench.seed.name,
        operator=mutant.operator,
        family=mutant.family,
        level=candidate.level,
        first=told.first.kind if told.first else told.why_not[:30],
        at=_at(bench, candidate),
        pdb=_pdb(bench, candidate),
        infection=candidate.measurements.infection,
        propagation=candidate.measurements.propagation,
        seconds=seconds,
    )


def _at(bench: Bench, candidate: Candidate) -> str:
    told = candidate.debrief
    if not told or not told.first:
        return ""
    aligned = alignment.through(bench.seed.contents, candidate.mutant.edits)
    if aligned.is_guilty(told.first.path, told.first.line):
        return "fault"
    return "fed" if told.fault_to_first else "before"


def _pdb(bench: Bench, candidate: Candidate) -> str:
    told, mutant = candidate.debrief, candidate.mutant
    if not told or not told.session:
        return "none"
    line, _ = guilt.guilty_lines(bench.seed.contents[mutant.path], mutant)
    wrongs = [told.first, *(link.wrong for link in told.chain)]
    last = told.session[-1].shows.strip()
    if any(wrong and wrong.kind not in DEEDS and wrong.actual == last for wrong in wrongs):
        return "exact"
    is_fault = told.session[0].command == f"b {mutant.path}:{line}" and not told.first
    return "fault" if is_fault else "shown"


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("seeds", nargs="*", default=seeds.builtin())
    parser.add_argument("--each", type=int, default=6)
    parser.add_argument("--random-seed", type=int, default=1)
    asked = parser.parse_args()
    print(
        COLUMNS.format(
            "seed",
            "operator",
            "family",
            "level",
            "first",
            "at",
            "pdb",
            "infection",
            "propagation",
            "seconds",
        )
    )
    found = []
    for name in asked.seeds:
        for one in rows(name, asked.each, asked.random_seed):
            print(one, flush=True)
            found.append(one)
    for what, counted in (
        ("a first difference", sum(bool(one.at) for one in found)),
        ("at the fault or fed by it", sum(one.at in {"fault", "fed"} for one in found)),
        ("pdb shows it", sum(one.pdb in {"exact", "shown"} for one in found)),
        ("pdb shows the very value", sum(one.pdb == "exact" for one in found)),
    ):
        print(f"{what}: {counted} of {len(found)}, {counted / max(1, len(found)):.0%}")
    levels = Counter(one.level for one in found)
    print(f"families: {len({one.family for one in found})}, levels: {dict(sorted(levels.items()))}")


if __name__ == "__main__":
    main()
