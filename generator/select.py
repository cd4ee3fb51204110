"""The order in which mutants are tried for one request. Pure: one seeded Random, and no other source of chance."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from generator.records import ChangeKind, Reach

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from generator.records import Mutant

TARGET_REACH: Mapping[str, int] = {
    Reach.ONE_PLACE: 45,
    Reach.SEVERAL_PLACES: 40,
    Reach.SEVERAL_FILES: 15,
}
"""Shares, in per cent, of what a fix has to touch: about those of 499 real fixes (BugsInPy)."""

TARGET_MIX: Mapping[str, int] = {
    ChangeKind.NAME: 20,
    ChangeKind.ARGUMENT: 14,
    ChangeKind.CALL: 10,
    ChangeKind.CONSTANT: 7,
    ChangeKind.EXPRESSION: 14,
    ChangeKind.CONDITION: 12,
    ChangeKind.ELEMENT: 3,
    ChangeKind.STRUCTURE: 20,
}
"""Shares, in per cent, of the kinds of change in what is handed out: about what studies count in real fixes
(TSSB-3M, BugsInPy)."""


_DRAWN_BY: tuple[tuple[Callable[[Mutant], str], Mapping[str, int]], ...] = (
    (lambda mutant: mutant.reach, TARGET_REACH),
    (lambda mutant: mutant.change, TARGET_MIX),
    (lambda mutant: mutant.operator, {}),
    (lambda mutant: mutant.path, {}),
)
"""What is drawn one after the other, and with what shares; without any, by the root of how many sites are left there."""


@dataclass(slots=True)
class _Left:
    """The mutants that are left to draw, as a tree: below each reach its kinds of change, and so on down to the sites."""

    size: int = 0
    below: dict[str, _Left] = field(default_factory=dict)
    sites: list[Mutant] = field(default_factory=list)


def order(mutants: Iterable[Mutant], random_seed: int) -> Iterator[Mutant]:
    """Every mutant once. The next one is drawn by reach and kind of change (weights of the targets), then operator, then file
    (both by the root of how many sites are left there), then site. So one operator or one long file does not crowd out
    the rest, nor does the only site of a rare one come up again and again."""
    random = Random(random_seed)  # noqa: S311 - a draw that must repeat, not a secret
    left = _Left()
    for mutant in mutants:
        _add(left, mutant)
    while left.size:
        yield _drawn(left, random)


def _add(left: _Left, mutant: Mutant) -> None:
    left.size += 1
    for part, _ in _DRAWN_BY:
        left = left.below.setdefault(part(mutant), _Left())
        left.size += 1
    left.sites.append(mutant)


def _drawn(left: _Left, random: Random) -> Mutant:
    """One of them, which is taken out."""
    left.size -= 1
    for _, shares in _DRAWN_BY:
        names = sorted(left.below)
        weights = [shares.get(name) or math.sqrt(left.below[name].size) for name in names]
        chosen = random.choices(names, weights)[0]
        chosen_left = left.below[chosen]
        chosen_left.size -= 1
        if not chosen_left.size:
            del left.below[chosen]
        left = chosen_left
    return left.sites.pop(random.randrange(len(left.sites)))
