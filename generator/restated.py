"""Comments and docstrings that say what an edit takes away: they would contradict the mutant, and give it away."""

from __future__ import annotations

import re

from generator.operators.words import words

_NAME = re.compile(r"[^\W\d]\w*")
_MARKED = re.compile(r"(?<=[`:])[^\W\d]\w*(?=[`:])")
_LOOKS_LIKE_CODE = re.compile(r"\w[A-Z_\d]")
_NUMBER = re.compile(r"\d[\d_.]*")
_COMPARISON = re.compile(r"[<>]=?|[=!]=")
_OF_EDGES = re.compile(
    r"\b(?:in|ex)clusive(?:ly)?\b|\bstrict(?:ly)?\b|\bat (?:most|least)\b|\bup to\b|\b(?:no )?(?:more|less|fewer) than\b|"
    r"\bexactly\b|\bnot (?:before|after)\b|[<>≤≥]",
    re.IGNORECASE,
)
"""How people say on which side of an edge they stand."""
_SAY_LITTLE = frozenset(
    "self cls none true false not and or if else elif for in is return raise continue break with as try except len str int".split()
)
_SHORTEST = 3


def is_told(comment: str, gone: str, new: str) -> bool:
    """Whether a comment speaks of most of what an edit takes away: its names, its numbers, or the side of an edge."""
    if _COMPARISON.findall(gone) != _COMPARISON.findall(new) and _OF_EDGES.search(comment):
        return True
    numbers = set(_NUMBER.findall(gone)) - set(_NUMBER.findall(new))
    if numbers & set(_NUMBER.findall(comment)):
        return True
    lost = _said(gone) - _said(new)
    return bool(lost) and 2 * len(lost & _said(comment)) >= len(lost)


def is_documented(docstring: str, lost: frozenset[str]) -> bool:
    """Whether a docstring speaks of a name that is lost: written as code is, or with a mark that says it is code."""
    return any(
        name in lost and (name in _MARKED.findall(docstring) or _LOOKS_LIKE_CODE.search(name))
        for name in _NAME.findall(docstring)
    )


def names(text: str) -> frozenset[str]:
    """The names in a piece of code."""
    return frozenset(_NAME.findall(text))


def _said(text: str) -> frozenset[str]:
    """The words in names and prose, each without its ending: `expired_ids`, "expires" → expir, id."""
    every = (part for name in _NAME.findall(text) for part in words(name))
    return frozenset(
        _stem(each) for each in every if len(each) >= _SHORTEST and each not in _SAY_LITTLE
    )


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "y", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            return word.removesuffix(ending)
    return word
