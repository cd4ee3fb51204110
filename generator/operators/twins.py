"""Functions of a project that are nearly the same: what was copied, or written after the same pattern."""

from __future__ import annotations

import functools
import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.operators.facts import Facts
    from generator.source import Source

TOKEN = re.compile(r"\w+|[^\w\s]")
LEAST = 24
"""Fewer tokens say too little."""
ALIKE = 0.7
"""The share of tokens, in order, that twins have in common."""


@dataclass(frozen=True, eq=False)
class Twin:
    """A function nearly the same as another one, and what its words are there."""

    source: Source
    node: cst.FunctionDef
    renamed: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class _Body:
    source: Source
    node: cst.FunctionDef
    tokens: tuple[str, ...]
    counts: Counter[str]


@functools.lru_cache(maxsize=2)
def twins(facts: Facts) -> Mapping[cst.FunctionDef, tuple[Twin, ...]]:
    """The twins of every function of a project that has any."""
    bodies = list(_bodies(facts))
    found: dict[cst.FunctionDef, list[Twin]] = {}
    for n, one in enumerate(bodies):
        for other in bodies[n + 1 :]:
            if one.tokens == other.tokens or _at_most(one, other) < ALIKE:
                continue
            if _is_around(one, other) or _is_around(other, one):
                continue
            matcher = SequenceMatcher(None, one.tokens, other.tokens, autojunk=False)
            if matcher.ratio() < ALIKE:
                continue
            renamed = dict(_renamed(matcher, one.tokens, other.tokens))
            found.setdefault(one.node, []).append(Twin(other.source, other.node, renamed))
            back = {new: old for old, new in renamed.items()}
            found.setdefault(other.node, []).append(Twin(one.source, one.node, back))
    return {node: tuple(some) for node, some in found.items()}


def _bodies(facts: Facts) -> Iterator[_Body]:
    for source in facts.project.readable():
        for node in source.nodes(cst.FunctionDef):
            if isinstance(node, cst.FunctionDef) and isinstance(node.body, cst.IndentedBlock):
                tokens = tuple(TOKEN.findall(_code(source, node.body)))
                if len(tokens) >= LEAST:
                    yield _Body(source, node, tokens, Counter(tokens))


def _code(source: Source, body: cst.IndentedBlock) -> str:
    """The text of a body without its docstring."""
    statements = list(body.body)
    match statements[0]:
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.BaseString())]):
            statements = statements[1:]
    return "\n".join(source.text(each) for each in statements)


def _at_most(one: _Body, other: _Body) -> float:
    """No more of the tokens, in order, can be shared."""
    lengths = len(one.tokens), len(other.tokens)
    most = 2 * min(lengths) / sum(lengths)
    return most if most < ALIKE else 2 * (one.counts & other.counts).total() / sum(lengths)


def _is_around(one: _Body, other: _Body) -> bool:
    """Whether the other function is defined inside this one."""
    return one.source is other.source and one.node in one.source.ancestors(other.node)


def _renamed(
    matcher: SequenceMatcher[str], one: tuple[str, ...], other: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """What stands in the one where something else stands in the other."""
    for kind, start, end, first, last in matcher.get_opcodes():
        if kind == "replace" and end - start == last - first:
            yield from zip(one[start:end], other[first:last], strict=True)
