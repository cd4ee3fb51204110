"""Swap a strict comparison with its inclusive twin where a quantity meets its limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import replace
from generator.operators import Example, operator
from generator.operators.edges import edge_of
from generator.operators.words import LIMITS, TIMES, speaks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

MEASURES = frozenset({"len", "sum", "max", "min", "abs", "count"})


@operator(
    family="boundary",
    change="expression",
    story="The rule said 'fewer than'; it was remembered as 'up to' while the check was being written.",
    symptom="One too many is let through, or one too few, exactly at the limit.",
    hint="Try the value that sits exactly on the limit, and the ones on either side of it.",
    evidence=[
        "change of a comparison operator: a pattern of its own in ManySStuBs4J",
        "knapsack and quicksort of QuixBugs: < for <=, > for >=",
        "arrow: a sign chosen with > 0 where >= 0 was right",
    ],
    examples=[
        Example("if used < limit:\n    admit()\n", "if used <= limit:\n    admit()\n"),
        Example(
            "if used>=limit:  # full\n    refuse()\n", "if used>limit:  # full\n    refuse()\n"
        ),
        Example(
            "while (\n    len(queue)\n    > size\n):\n    queue.pop()\n",
            "while (\n    len(queue)\n    >= size\n):\n    queue.pop()\n",
        ),
        Example("ok = 0 < amount <= self.balance\n", "ok = 0 < amount < self.balance\n"),
        Example("é = [n for n in rows if n > 0]\n", "é = [n for n in rows if n >= 0]\n"),
    ],
    untouched=[
        "label = 'used < limit'\n",
        "if kind == 'paid':\n    ship()\n",
        "if created < deadline:\n    run()\n",
        "if sys.version_info >= (3, 12):\n    run()\n",
        "subset = {1} <= allowed_tags\n",
        "class Money:\n    def __lt__(self, other): ...\n\n\ndef f(held: Money, limit: Money):\n    return held < limit\n",
    ],
)
def limit_edge(target: cst.ComparisonTarget, at: Context) -> Iterator[Change]:
    """Yield the twin of the operator."""
    edge = edge_of(target, at)
    if edge is None or any(map(_is_no_limit, edge.sides)) or all(map(_is_number, edge.sides)):
        return
    timed = any(_is_time(side, at) for side in edge.sides)
    if not timed and any(_has_edge(side, at) for side in edge.sides):
        yield replace(target.operator, edge.twin)


def _is_number(node: cst.CSTNode) -> bool:
    bare = node.expression if isinstance(node, cst.UnaryOperation) else node
    return isinstance(bare, cst.BaseNumber)


def _is_no_limit(node: cst.CSTNode) -> bool:
    """Sets, tuples and texts are compared, but have no edge."""
    return isinstance(node, cst.Set | cst.SetComp | cst.Tuple | cst.List | cst.BaseString)


def _is_time(node: cst.CSTNode, at: Context) -> bool:
    """Whether a side is a point in time: these are for window_edge."""
    kind = at.type_of(node)
    if kind in {"datetime", "date", "time", "timedelta"}:
        return True
    if kind == "int" or _is_number(node):
        return False
    return speaks_of(_last_name(node, at), TIMES)


def _has_edge(node: cst.CSTNode, at: Context) -> bool:
    if _is_number(node):
        return True
    match node:
        case cst.Call(func=func):
            return at.text(func).rpartition(".")[2] in MEASURES or speaks_of(at.text(func), LIMITS)
        case cst.BinaryOperation():
            return _has_edge(node.left, at) or _has_edge(node.right, at)
    return at.type_of(node) in {"int", "Decimal", "Money"} or speaks_of(
        _last_name(node, at), LIMITS
    )


def _last_name(node: cst.CSTNode, at: Context) -> str:
    match node:
        case cst.Name():
            return node.value
        case cst.Attribute():
            return node.attr.value
        case cst.Subscript():
            return at.text(node)
        case cst.Call():
            return _last_name(node.func, at)
        case cst.BinaryOperation():
            return f"{_last_name(node.left, at)}_{_last_name(node.right, at)}"
    return ""
