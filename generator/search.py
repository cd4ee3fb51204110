"""How soon a search of the source finds a function, by the words of a text. Pure."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from generator import outline

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

_WORD = re.compile(r"[a-z]{3,}")

Function = tuple[str, str]
"""Path and name."""


def words(text: str) -> frozenset[str]:
    """The words of a text, in lower case; those of a test's name stand between underscores."""
    return frozenset(_WORD.findall(text.lower())) - {"test", "tests"}


def functions(contents: Mapping[str, bytes], paths: Iterable[str]) -> dict[Function, str]:
    """Every function of these files and its text in lower case; what does not parse has none."""
    found: dict[Function, str] = {}
    for path in paths:
        lines = contents[path].decode("utf-8", "replace").lower().splitlines()
        try:
            outlined = outline.functions(contents[path])
        except SyntaxError:
            continue
        for each in outlined:
            found[path, each.name] = "\n".join(lines[each.start - 1 : each.last])
    return found


def rank(guilty: Function, texts: Mapping[Function, str], searched: Collection[str]) -> int:
    """How many functions hold as much of the searched words as the guilty one or more, itself included: equal ones share the
    last of their ranks. Words count in any case and within other words.

    A word counts for more the fewer functions hold it: the logarithm of the inverse share, as in Spärck Jones, Journal of
    Documentation 1972. A function that is not there comes last.
    """
    holders = {word: [name for name, text in texts.items() if word in text] for word in searched}
    weights = {word: math.log(len(texts) / len(of)) for word, of in holders.items() if of}
    scores = {
        name: sum(weight for word, weight in weights.items() if word in text)
        for name, text in texts.items()
    }
    return max(1, sum(score >= scores.get(guilty, 0.0) for score in scores.values()))
