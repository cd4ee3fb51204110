"""Sheets for a blind reading: injected bugs among real ones, and what the readers made of them.

    python -m tests.benchmarks.blind_reading PAIRS DIR [--count 40] [--random-seed 1] [--host seeds|pairs]
    python -m tests.benchmarks.blind_reading --answers FILE DIR

The first writes `sheet.md` with that many injected bugs and as many real ones, shuffled, each a diff from the right code to the
wrong one, and `key.json`. PAIRS is a file of real bugs, one JSON object a line (gzip): `fixed` and `buggy` text, `id`, `source`;
used are those of a project's history that touch one place. The injected ones are admitted mutants of the built-in seeds, or, so
that nobody tells the two apart by whose code it is, mutants of the fixed files of other pairs, of which no tool says a word.

The second compares FILE, a line `number real` or `number injected` for each, with the key: the confusion table, and which
operators were found out.
"""

from __future__ import annotations

import argparse
import difflib
import gzip
import json
import re
from collections import Counter
from itertools import islice
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from generator import admit, bench, diagnostics, edits, inject, machine, seeds, select
from generator.examine import seen_by_tools
from generator.records import Reach
from generator.trial.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.records import Mutant

CONTEXT = 12
REAL, INJECTED = "real", "injected"


def diff(clean: str, buggy: str, context: int = CONTEXT) -> str:
    """The change, with enough around it to judge; without a path, which would tell."""
    both = (clean.splitlines(), buggy.splitlines())
    return "\n".join(islice(difflib.unified_diff(*both, lineterm="", n=context), 2, None))


def is_one_place(clean: str, buggy: str) -> bool:
    """Whether one run of lines differs."""
    return len(re.findall("^@@", diff(clean, buggy, 0), re.MULTILINE)) == 1


def one_place(pairs: Path) -> list[dict[str, Any]]:
    """The real bugs whose fix touches one run of lines."""
    with gzip.open(pairs, "rt", encoding="utf-8") as file:
        every = [json.loads(line) for line in file]
    return [
        pair
        for pair in every
        if pair["source"] == "history" and is_one_place(pair["fixed"], pair["buggy"])
    ]


def of_seeds(count: int, random_seed: int) -> Iterator[tuple[str, str]]:
    """Operator and diff of admitted mutants, the seeds in turn."""
    names = seeds.builtin()
    for number, name in enumerate(names):
        share = count // len(names) + (number < count % len(names))
        prepared = bench.prepare(seeds.load(name), None, lambda _: None)
        engine = Engine(
            prepared.seed, prepared.baseline, prepared.python, jobs=machine.workers(),
            give_up_after=admit.most_failures(prepared.baseline),
        )  # fmt: skip
        verdicts = engine.verdicts(select.order(prepared.mutants, random_seed))
        fit = (
            mutant
            for mutant, verdict in verdicts
            if admit.refusal(prepared, mutant, verdict) is None
            and seen_by_tools(prepared.seed, mutant) is None
            and mutant.reach is Reach.ONE_PLACE
        )
        for mutant in islice(fit, share):
            yield mutant.operator, _diff_of(prepared.seed.contents[mutant.path], mutant)


def of_pairs(
    pairs: Sequence[dict[str, Any]], count: int, random_seed: int
) -> Iterator[tuple[str, str]]:
    """Operator and diff of mutants of fixed files, one a file."""
    found = (_one_of(pair, 1000 * random_seed + n) for n, pair in enumerate(pairs))
    yield from islice((each for each in found if each is not None), count)


def _one_of(pair: dict[str, Any], random_seed: int) -> tuple[str, str] | None:
    data = pair["fixed"].encode()
    name = Path(pair["path"]).name
    for mutant in select.order(inject.mutants_of_file(name, data).mutants, random_seed):
        silent = not diagnostics.new_findings({mutant.path: data}, [mutant])[0]
        if silent and mutant.reach is Reach.ONE_PLACE:
            return mutant.operator, _diff_of(data, mutant)
    return None


def _diff_of(data: bytes, mutant: Mutant) -> str:
    return diff(data.decode(), edits.apply_to_file(data, mutant.edits).decode())


def write(arguments: argparse.Namespace) -> None:
    """Both kinds, shuffled, and the key."""
    random = Random(arguments.random_seed)  # noqa: S311 - must repeat
    pairs = one_place(arguments.pairs)
    random.shuffle(pairs)
    real, hosts = pairs[: arguments.count], pairs[arguments.count :]
    if arguments.host == "seeds":
        injected = [*of_seeds(arguments.count, arguments.random_seed)]
    else:
        injected = [*of_pairs(hosts, arguments.count, arguments.random_seed)]
    cards = [(INJECTED, *each) for each in injected]
    cards += [(REAL, pair["id"], diff(pair["fixed"], pair["buggy"])) for pair in real]
    random.shuffle(cards)
    arguments.directory.mkdir(parents=True, exist_ok=True)
    sheet = "\n".join(
        f"## {n}\n\n```diff\n{shown}\n```\n" for n, (_, _, shown) in enumerate(cards, 1)
    )
    (arguments.directory / "sheet.md").write_text(sheet)
    key = {n: [kind, name] for n, (kind, name, _) in enumerate(cards, 1)}
    (arguments.directory / "key.json").write_text(json.dumps(key, indent=1))


def compare(arguments: argparse.Namespace) -> None:
    """The confusion table, and the operators by how often they were found out."""
    key = json.loads((arguments.directory / "key.json").read_text())
    answers = dict(line.split()[:2] for line in arguments.answers.read_text().splitlines() if line)
    table = Counter((key[n][0], said) for n, said in answers.items())
    for kind in (REAL, INJECTED):
        print(f"{kind:10}", {said: table[kind, said] for said in (REAL, INJECTED)})
    print(f"right: {sum(table[kind, kind] for kind in (REAL, INJECTED))} of {table.total()}")
    out = Counter(
        key[n][1] for n, said in answers.items() if key[n][0] == INJECTED and said == INJECTED
    )
    print("found out:", dict(out.most_common()))


def main() -> None:
    """Write a sheet, or compare answers with its key."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("pairs", type=Path, nargs="?")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--random-seed", type=int, default=1)
    parser.add_argument("--host", choices=("seeds", "pairs"), default="pairs")
    parser.add_argument("--answers", type=Path)
    arguments = parser.parse_args()
    if arguments.answers:
        compare(arguments)
    elif arguments.pairs:
        write(arguments)
    else:
        parser.error("PAIRS is missing: the file of real bugs")


if __name__ == "__main__":
    main()
