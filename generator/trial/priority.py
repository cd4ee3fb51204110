"""Which tests are tried first where the first failure is enough: learned as it goes."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from generator import outline

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.records import Baseline, Failure, Mutant, Seed


class Priority:
    """Tests that execute the changed function itself, then those that noticed mutants of the same file lately, then the
    fastest. No answer hangs on it, only how soon it comes; so threads may share one without a lock."""

    def __init__(self, seed: Seed, baseline: Baseline) -> None:
        """Nothing is learned yet."""
        self._seed = seed
        self._baseline = baseline
        self._noticed: dict[tuple[str, str], int] = {}
        self._ticks = itertools.count(1)

    def of(self, mutant: Mutant, tests: Iterable[str]) -> tuple[str, ...]:
        """The tests, the likeliest to fail soon first."""
        own = self._own(mutant)

        def rank(test: str) -> tuple[bool, int, float]:
            executed = self._baseline.lines[test].get(mutant.path, frozenset())
            lately = self._noticed.get((mutant.path, test), 0)
            return own.isdisjoint(executed), -lately, self._baseline.seconds[test]

        return tuple(sorted(tests, key=rank))

    def learn(self, mutant: Mutant, failures: Iterable[Failure]) -> None:
        """These noticed it."""
        for failure in failures:
            self._noticed[mutant.path, failure.test] = next(self._ticks)

    def _own(self, mutant: Mutant) -> frozenset[int]:
        """The lines of the body of the function around; of what lies in none, none."""
        found = outline.enclosing(outline.functions(self._seed.contents[mutant.path]), mutant.line)
        return frozenset(range(found.body, found.last + 1)) if found else frozenset()
