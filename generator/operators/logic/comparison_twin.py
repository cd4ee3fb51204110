"""Compare in a way that is nearly the same: `in` for `==`, `type(x) is` for `isinstance`, `<` for `<=`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import replace, rewrite
from generator.operators import Example, operator
from generator.operators.edges import edge_of
from generator.operators.nodes import last_name
from generator.operators.words import TEXTS, speaks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

VALUES = (cst.Name, cst.Attribute, cst.Subscript)
FEW = range(2, 5)
"""How many characters a text of characters has that one of them is taken for."""
UNORDERED = cst.Set | cst.SetComp | cst.Tuple | cst.List | cst.BaseString
TABLES = frozenset({"set", "frozenset", "dict", "Set", "tuple"})


@operator(
    family="logic",
    change="expression",
    story="Both forms do the same for the values that were tried; that they differ for others was not known, or not thought of.",
    symptom="All is well but for values at the edge: a longer text, a subclass, two that are equal.",
    hint="List the values for which the two ways of asking differ, and try one of them.",
    evidence=[
        "werkzeug, agate: isinstance let subclasses in where only the very type was meant",
        "QuixBugs quicksort: items equal to the pivot were lost, > for >=",
        "black: only the blank was looked for where a tab counts too",
    ],
    examples=[
        Example("if char in ' \\t':\n    go()\n", "if char == ' ':\n    go()\n"),
        Example(
            "if type(row_name) is int:\n    go()\n", "if isinstance(row_name, int):\n    go()\n"
        ),
        Example(
            "more = [x for x in arr if x >= pivot]\n", "more = [x for x in arr if x > pivot]\n"
        ),
        Example("if 'paid' in line:\n    go()\n", "if line == 'paid':\n    go()\n"),
    ],
    untouched=[
        "if kind == 'paid':\n    go()\n",
        "if sys.version_info >= (3, 12):\n    go()\n",
        "small = {1} <= tags\n",
        "if path == '/pay':\n    go()\n",
        "ok = isinstance(x, Decimal)\n",
        "if x is None:\n    go()\n",
        "if name in NAMES:\n    go()\n",
    ],
    general=True,
)
def comparison_twin(target: cst.Comparison, at: Context) -> Iterator[Change]:
    """Yield the other way of asking."""
    match target:
        case cst.Comparison(
            left=cst.Call(func=cst.Name("type"), args=[only]),
            comparisons=[cst.ComparisonTarget(operator=cst.Is() | cst.In(), comparator=kind)],
        ):
            yield rewrite(target, f"isinstance({at.text(only.value)}, {at.text(kind)})")
        case cst.Comparison(
            left=left, comparisons=[cst.ComparisonTarget(operator=cst.In(), comparator=right)]
        ):
            yield from _equal(target, left, right, at)
        case cst.Comparison(comparisons=comparisons):
            for each in comparisons:
                yield from _edge(each, at)


def _equal(
    target: cst.Comparison, left: cst.BaseExpression, right: cst.BaseExpression, at: Context
) -> Iterator[Change]:
    """`char in ' \\t'` → `char == ' '`, `'paid' in line` → `line == 'paid'`."""
    if isinstance(right, cst.SimpleString) and isinstance(left, VALUES):
        text = right.raw_value
        if len(text) in FEW and not text.startswith("\\"):
            yield rewrite(
                target, f"{at.text(left)} == {right.prefix}{right.quote}{text[0]}{right.quote}"
            )
    elif isinstance(left, cst.SimpleString) and _is_a_text(right, at) and _is_long(left):
        yield rewrite(target, f"{at.text(right)} == {at.text(left)}")


def _is_a_text(node: cst.BaseExpression, at: Context) -> bool:
    kind, name = at.type_of(node), last_name(node)
    plural = name.endswith("s") and not name.endswith("ss")
    named = kind is None and speaks_of(name, TEXTS) and not plural
    return isinstance(node, VALUES) and (kind == "str" or named)


def _is_long(node: cst.SimpleString) -> bool:
    return len(node.raw_value) > 1 and "b" not in node.prefix


def _edge(part: cst.ComparisonTarget, at: Context) -> Iterator[Change]:
    """`<` → `<=`."""
    edge = edge_of(part, at)
    if edge is None or any(isinstance(each, UNORDERED) for each in edge.sides):
        return
    kinds = {(at.type_of(each) or "").partition("[")[0] for each in edge.sides}
    if kinds.isdisjoint(TABLES):
        yield replace(part.operator, edge.twin)
