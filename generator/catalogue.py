"""What the catalogue of operators comes to, over seeds that were appraised: by operator, and in what `new` hands out. Pure."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import islice
from random import Random
from statistics import median
from typing import TYPE_CHECKING

from generator import select
from generator.pipeline import NEAR_ENOUGH
from generator.records import VerdictKind
from generator.wish import drawn_level

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from generator.operators import Operator
    from generator.records import Mutant
    from generator.worth import Judged, Worth

DRAWS = 200


@dataclass(frozen=True, slots=True)
class Yield:
    """What one operator yields."""

    operator: str
    mutants: int
    caught: int
    fit: int
    seeds: int
    """In how many of the seeds one is fit."""
    failing: float | None
    """The median of how many tests a fit mutant fails; None where none is fit."""


@dataclass(frozen=True, slots=True)
class Stats:
    """The whole answer."""

    operators: tuple[Yield, ...]
    failing: float | None
    """The median of how many tests a fit mutant fails, over all operators."""
    drawn: tuple[Mutant, ...]
    """What so many calls of `new`, without any option, would hand out."""

    @property
    def kinds(self) -> Mapping[str, float]:
        """Kind of change → its share of what was drawn, in per cent."""
        return _shares((one.change for one in self.drawn), select.TARGET_MIX)

    @property
    def reaches(self) -> Mapping[str, float]:
        """Reach → its share of what was drawn, in per cent."""
        return _shares((one.reach for one in self.drawn), select.TARGET_REACH)

    @property
    def divergence(self) -> float:
        """From the target mix of the kinds of change: 0 where they are the same, 1 where they have nothing in common."""
        return divergence(self.kinds, select.TARGET_MIX)


def stats(worths: Sequence[Worth], operators: Mapping[str, Operator]) -> Stats:
    """Of seeds of which every mutant was judged and every fit one watched."""
    by_operator: defaultdict[str, list[Judged]] = defaultdict(list)
    lived_in: Counter[str] = Counter()
    for worth in worths:
        for one in worth.judged:
            by_operator[one.mutant.operator].append(one)
        lived_in.update({one.mutant.operator for one in worth.judged if one.refusal is None})
    fertile = [one for one in worths if any(each.refusal is None for each in one.judged)]
    return Stats(
        operators=tuple(_yield(name, by_operator[name], lived_in[name]) for name in operators),
        failing=_loudness(one for worth in worths for one in worth.judged),
        drawn=tuple(_drawn(fertile, number) for number in range(DRAWS)) if fertile else (),
    )


def _yield(name: str, judged: Sequence[Judged], seeds: int) -> Yield:
    return Yield(
        operator=name,
        mutants=len(judged),
        caught=sum(one.kind is VerdictKind.CAUGHT for one in judged),
        fit=sum(one.refusal is None for one in judged),
        seeds=seeds,
        failing=_loudness(judged),
    )


def _loudness(judged: Iterable[Judged]) -> float | None:
    failing = [one.failing for one in judged if one.refusal is None]
    return median(failing) if failing else None


def _drawn(worths: Sequence[Worth], random_seed: int) -> Mutant:
    """As `new` draws: a seed, a level, and of the first fit mutants of the order the one that is nearest to it."""
    worth = Random(random_seed).choice(worths)  # noqa: S311 - must repeat
    levels = {one.mutant: one.levels for one in worth.watched}
    fit = [one.mutant for one in worth.judged if one.refusal is None]
    wanted = drawn_level(random_seed)
    near = islice(select.order(fit, random_seed), NEAR_ENOUGH)
    return min(near, key=lambda mutant: min(abs(level - wanted) for level in levels[mutant]))


def _shares(found: Iterable[str], names: Iterable[str]) -> Mapping[str, float]:
    counted = Counter(found)
    return {name: 100 * counted[name] / max(1, counted.total()) for name in names}


def divergence(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """The Jensen-Shannon divergence, to base 2, of two distributions given as shares of any total (Lin 1991)."""
    mine, theirs = _whole(one), _whole(other)
    names = mine.keys() | theirs.keys()
    middle = {name: (mine.get(name, 0) + theirs.get(name, 0)) / 2 for name in names}
    return (_from(mine, middle) + _from(theirs, middle)) / 2


def _whole(shares: Mapping[str, float]) -> Mapping[str, float]:
    total = sum(shares.values())
    return {name: share / total for name, share in shares.items()} if total else {}


def _from(one: Mapping[str, float], middle: Mapping[str, float]) -> float:
    return sum(share * math.log2(share / middle[name]) for name, share in one.items() if share)
