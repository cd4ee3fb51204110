"""Say that there is more where the last page is just full: `len(rows) > size` becomes `>=`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import replace
from generator.operators import Example, operator
from generator.operators.edges import edge_of
from generator.operators.nodes import assigned, last_name
from generator.operators.words import speaks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

PAGES = frozenset(
    "page pages size limit batch chunk per count fetch window slice total end stop".split()
)
"""Words for how many fit on a page, or how many there are."""
MORE = frozenset(
    "more next last end full done complete finished exhausted final remaining rest continues truncated".split()
)
"""Words for whether anything follows."""


@operator(
    family="boundary",
    change="expression",
    story="One row too many is fetched to see whether another page follows, and the count was compared as if it were not.",
    symptom="After a page that is just full comes an empty one, or the last row is never offered.",
    hint="Try it with exactly as many rows as fit on a page, with one fewer and with one more.",
    evidence=[
        "change of a comparison operator: a pattern of its own in ManySStuBs4J",
        "written from experience: no study at hand counts empty last pages",
    ],
    examples=[
        Example("has_more = len(rows) > size\n", "has_more = len(rows) >= size\n"),
        Example(
            "def is_last(self):\n    return self.end>=self.total  # é\n",
            "def is_last(self):\n    return self.end>self.total  # é\n",
        ),
        Example(
            "page = Page(\n    rows,\n    more=offset + limit < total,  # of all\n)\n",
            "page = Page(\n    rows,\n    more=offset + limit <= total,  # of all\n)\n",
        ),
        Example(
            "following = at + 1 if len(rows) > limit else None\nnext_at = at if len(rows) > limit else None\n",
            "following = at + 1 if len(rows) > limit else None\nnext_at = at if len(rows) >= limit else None\n",
        ),
    ],
    untouched=[
        "over = len(rows) > size\n",
        "has_more = len(rows) == size\n",
        "has_more = bool(rows)\n",
        "has_more = age > 3\n",
        "if used > limit:\n    refuse()\n",
    ],
)
def has_more_edge(target: cst.ComparisonTarget, at: Context) -> Iterator[Change]:
    """Yield the twin of the operator."""
    edge = edge_of(target, at)
    if edge and any(map(_is_full, edge.sides)) and speaks_of(_answered(target, at), MORE):
        yield replace(target.operator, edge.twin)


def _is_full(node: cst.BaseExpression) -> bool:
    return speaks_of(last_name(node), PAGES)


def _answered(node: cst.CSTNode, at: Context) -> str:
    """The name of what an expression gives a value: a variable, an argument, or the function that returns it."""
    for around in at.ancestors(node):
        match around:
            case cst.Arg(keyword=cst.Name(value=name)):
                return name
            case cst.Assign() | cst.AnnAssign():
                return last_name(assigned(around)[0])
            case cst.Return():
                return at.function.name.value if at.function is not None else ""
            case cst.Arg() | cst.BaseSmallStatement() | cst.BaseCompoundStatement():
                return ""
    return ""
