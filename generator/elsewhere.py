"""Where else a person could have made the same mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.debrief import Place
from generator.divergence import alignment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from generator.records import Mutant, Seed

_MOST = 4


def elsewhere(seed: Seed, mutants: Iterable[Mutant], mutant: Mutant) -> tuple[Place, ...]:
    """Places of the buggy code where the same operator has something to change, those of the mutant's file first, one of a
    function and a few at most."""
    alike = [other for other in mutants if other.operator == mutant.operator]
    # A stable sort: within a file they stay in its order.
    alike.sort(key=lambda other: other.path != mutant.path)
    return tuple(_places(seed, alike, mutant))[:_MOST]


def _places(seed: Seed, alike: Iterable[Mutant], mutant: Mutant) -> Iterator[Place]:
    aligned = alignment.through(seed.contents, mutant.edits)
    known = {(mutant.path, mutant.function)}
    for other in alike:
        line = aligned.buggy_line(other.path, other.line)
        if (other.path, other.function) in known or line is None:
            continue
        known.add((other.path, other.function))
        text = seed.contents[other.path].splitlines()[other.line - 1].decode("utf-8", "replace")
        yield Place(other.path, line, other.function, text.strip())
