"""The order in which mutants are tried for one request. Pure: one seeded Random, and no other source of chance."""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING

from generator.records import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from generator.records import Mutant

TARGET_MIX: dict[ChangeKind, int] = {
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


def order(mutants: Iterable[Mutant], random_seed: int) -> Iterator[Mutant]:
    """Every mutant once. The next one is drawn by kind of change (weights of the target mix), then operator, then file
    (both by the root of how many sites are left there), then site. So one operator or one long file does not crowd out
    the rest, nor does the only site of a rare one come up again and again."""
    random = Random(random_seed)  # noqa: S311 - a draw that must repeat, not a secret
    left: dict[ChangeKind, dict[str, dict[str, list[Mutant]]]] = {}
    for mutant in mutants:
        files = left.setdefault(mutant.change, {}).setdefault(mutant.operator, {})
        files.setdefault(mutant.path, []).append(mutant)
    while left:
        kinds = sorted(left)
        kind = random.choices(kinds, [TARGET_MIX[kind] for kind in kinds])[0]
        operator = _drawn(
            random, {name: sum(map(len, files.values())) for name, files in left[kind].items()}
        )
        path = _drawn(random, {name: len(sites) for name, sites in left[kind][operator].items()})
        sites = left[kind][operator][path]
        yield sites.pop(random.randrange(len(sites)))
        if not sites:
            del left[kind][operator][path]
        if not left[kind][operator]:
            del left[kind][operator]
        if not left[kind]:
            del left[kind]


def _drawn(random: Random, sizes: dict[str, int]) -> str:
    names = sorted(sizes)
    return random.choices(names, [math.sqrt(sizes[name]) for name in names])[0]
