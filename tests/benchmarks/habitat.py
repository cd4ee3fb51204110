"""In which built-in seeds each operator has bugs that are fit for an hour.

    python -m tests.benchmarks.habitat [--enough N] [OPERATOR ...]

The mutants of each operator, all of them if none is named, are tried in the seeded order until N of a seed are admitted: by
their verdict, and by the linter and the compiler. Prints a row an operator, those that are at home in the fewest seeds first:
in how many seeds any is admitted, how many altogether as far as they were counted, and for each seed `admitted/tried`.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator import admit, bench, diagnostics, machine, seeds, select
from generator.operators import discover
from generator.trial.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.records import Bench, Mutant

RANDOM_SEED = 1
ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Home:
    """What one seed has of one operator."""

    admitted: int
    tried: int

    def __str__(self) -> str:
        return f"{self.admitted}/{self.tried}" if self.tried else "-"


def home(prepared: Bench, engine: Engine, mutants: Iterable[Mutant], enough: int) -> Home:
    """Try mutants until enough are admitted."""
    admitted = tried = 0
    for mutant, verdict in engine.verdicts(mutants):
        tried += 1
        if admit.refusal(prepared, mutant, verdict) is None:
            (findings,) = diagnostics.new_findings(prepared.seed.contents, [mutant])
            admitted += not findings
        if admitted == enough:
            break
    return Home(admitted, tried)


def homes(name: str, operators: Iterable[str], enough: int) -> dict[str, Home]:
    """What a built-in seed has of each operator."""
    prepared = bench.prepare(seeds.load(name), None, lambda _: None)
    engine = Engine(
        prepared.seed,
        prepared.baseline,
        prepared.python,
        jobs=machine.workers(),
        give_up_after=admit.most_failures(prepared.baseline),
    )
    ordered = tuple(select.order(prepared.mutants, RANDOM_SEED))
    return {
        operator: home(
            prepared, engine, [one for one in ordered if one.operator == operator], enough
        )
        for operator in operators
    }


def main() -> None:
    """Try, count, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("operators", nargs="*", metavar="OPERATOR", default=list(discover()))
    parser.add_argument("--enough", type=int, default=ENOUGH)
    arguments = parser.parse_args()
    if unknown := {*arguments.operators} - {*discover()}:
        parser.error(f"no operator is named {', '.join(sorted(unknown))}")
    found: dict[str, dict[str, Home]] = {}
    for name in seeds.builtin():
        found[name] = homes(name, arguments.operators, arguments.enough)
        print(name, {key: str(one) for key, one in found[name].items() if one.tried}, flush=True)
    print()
    print("operator                       seeds  admitted ", "  ".join(found))
    rows = {name: [of[name] for of in found.values()] for name in arguments.operators}
    for operator, row in sorted(rows.items(), key=lambda each: _at_home(each[1])):
        in_seeds, altogether = _at_home(row)
        told = "  ".join(f"{one!s:>{len(name)}}" for one, name in zip(row, found, strict=True))
        print(f"{operator:30} {in_seeds:5}  {altogether:8}  {told}")


def _at_home(row: Iterable[Home]) -> tuple[int, int]:
    return sum(one.admitted > 0 for one in row), sum(one.admitted for one in row)


if __name__ == "__main__":
    main()
