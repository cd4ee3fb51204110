"""What differs between two runs of the clean code, and is no difference therefore."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from generator.debrief import DEEDS
from generator.divergence.alignment import SAME
from generator.divergence.side_by_side import Place, Walk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.divergence.side_by_side import Difference
    from generator.execution import Execution

Noise: TypeAlias = "Mapping[Place, frozenset[int] | None]"
"""Place → which tokens of the texts differ between two clean runs; None: all of it."""

_TOKEN = re.compile(
    r"datetime\.\w+\([\d, ]+"
    r"|\d{4}-\d\d-\d\d[T ][\d:.+Z]+"
    r"|\d+(?:\.\d+)?(?:e[+-]?\d+)?(?!\w)"
    r"|\w+|\W"
)
"""A time is one, since which of its parts the clock has moved on is chance, and so is an identifier, whatever it begins with."""


def between(clean: Execution, again: Execution) -> Noise:
    """What differs between two executions of the same code."""
    noise: dict[Place, frozenset[int] | None] = {}
    for one in Walk(clean, again, SAME).differences():
        tokens = _unlike(one.wrong.expected, one.wrong.actual)
        if one.wrong.kind in DEEDS:
            tokens = None
        known = noise.get(one.place, frozenset())
        noise[one.place] = None if tokens is None or known is None else known | tokens
    return noise


def hides(noise: Noise, one: Difference) -> bool:
    """Whether this differs in nothing but what differs anyway."""
    if one.place not in noise:
        return False
    hidden = noise[one.place]
    if hidden is None:
        return True
    tokens = _unlike(one.wrong.expected, one.wrong.actual)
    return tokens is not None and tokens <= hidden


def _unlike(one: str, other: str) -> frozenset[int] | None:
    """Which tokens of two texts differ; None where one has more of them."""
    pair = _TOKEN.findall(one), _TOKEN.findall(other)
    if len(pair[0]) != len(pair[1]):
        return None
    return frozenset(n for n, (a, b) in enumerate(zip(*pair, strict=True)) if a != b)
