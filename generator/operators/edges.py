"""Comparisons by size, and the twin of each: the same but where both sides are equal."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import libcst as cst

from generator.operators.nodes import left_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.operators.context import Context
    from generator.operators.type_inference import Class

TWINS: Mapping[type[cst.CSTNode], str] = {
    cst.LessThan: "<=",
    cst.LessThanEqual: "<",
    cst.GreaterThan: ">=",
    cst.GreaterThanEqual: ">",
}
COMPARING = frozenset({"__lt__", "__le__", "__gt__", "__ge__"})


class Edge(NamedTuple):
    """One comparison: the twin of its operator, and what is compared."""

    twin: str
    sides: tuple[cst.BaseExpression, cst.BaseExpression]


def edge_of(target: cst.ComparisonTarget, at: Context) -> Edge | None:
    """The edge of a comparison; None where it is not by size, or the left side's class, one of the project, has no twin."""
    twin, comparison = TWINS.get(type(target.operator)), at.parent(target)
    if twin is None or not isinstance(comparison, cst.Comparison):
        return None
    left = left_of(comparison, target)
    described = at.facts.types.class_of(at.source, left)
    if described is not None and not _has_both(described):
        return None
    return Edge(twin, (left, target.comparator))


def _has_both(described: Class) -> bool:
    """Whether a class that says how its objects are compared says it for more than one operator."""
    completed = any(
        "total_ordering" in described.source.text(each.decorator)
        for each in described.node.decorators
    )
    return completed or len(COMPARING & described.methods.keys()) != 1
