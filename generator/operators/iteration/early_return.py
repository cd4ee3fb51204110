"""Return within a loop what was to be returned after it: the first round is also the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import move
from generator.operators import Example, operator
from generator.operators.context import is_annotated, jumps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context


@operator(
    family="iteration",
    change="structure",
    story="One level of indentation too many; with a single item, as it was tried out, it makes no difference.",
    symptom="Only the first of several items counts, and where there is none, None comes back.",
    hint="Look at how far each return is indented, and try the function with none, one and two items.",
    evidence=[
        "written from experience: no study at hand counts returns that stand too deep",
        "Python has no end of a block but its indentation; two rounds are needed to see the difference",
    ],
    examples=[
        Example(
            "def total(rows):\n    n = 0\n    for row in rows:\n        n += row.n\n    return n  # größe\n",
            "def total(rows):\n    n = 0\n    for row in rows:\n        n += row.n\n        return n  # größe\n",
        ),
        Example(
            "def names(rows):\n\tfound = []\n\tfor row in rows:\n\t\tif row.open:\n\t\t\tfound.append(row)\n\n\t# in order\n\treturn sorted(found)\n",
            "def names(rows):\n\tfound = []\n\tfor row in rows:\n\t\tif row.open:\n\t\t\tfound.append(row)\n\t\t# in order\n\t\treturn sorted(found)\n",
        ),
        Example(
            "def left(n, rates):\n    while rates:\n        n -= rates.pop()\n    return n, '''\n  a'''\n",
            "def left(n, rates):\n    while rates:\n        n -= rates.pop()\n        return n, '''\n  a'''\n",
        ),
    ],
    untouched=[
        "def f(rows) -> int:\n    n = 0\n    for row in rows:\n        n += row.n\n    return n\n",
        "def f(rows):\n    for row in rows:\n        if row.n:\n            return row\n    return None\n",
        "def f(rows, a):\n    for row in rows:\n        row.go()\n    return a\n",
        "def f(rows):\n    n = 0\n    for row in rows:\n        n += row.n\n    else:\n        n = 2\n    return n\n",
        "def f(rows):\n    n = 0\n    while True:\n        n += 1\n        if n > rows:\n            break\n    return n\n",
    ],
)
def early_return(target: cst.Return, at: Context) -> Iterator[Change]:
    """Yield the function with the `return` at the end of the loop above it."""
    line, function = at.parent(), at.function
    if target.value is None or not isinstance(line, cst.SimpleStatementLine) or function is None:
        return
    above = at.before(line)
    loop = above[0] if above else None
    if is_annotated(function) or not isinstance(loop, cst.For | cst.While) or len(line.body) > 1:
        return
    if loop.orelse is not None or not isinstance(loop.body, cst.IndentedBlock) or jumps(loop.body):
        return
    if next(at.within(loop.body, cst.Break, cst.Return), None) is None and _gathers(
        loop, target, at
    ):
        yield move(line, after=loop.body.body[-1])


def _gathers(loop: cst.For | cst.While, target: cst.Return, at: Context) -> bool:
    """Whether the loop builds what is returned."""
    read = at.names(target)
    return bool(read & (at.bound(loop.body) | at.names(loop.body)))
