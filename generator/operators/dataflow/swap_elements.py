"""Let two neighbours of a tuple change places: what is returned or handed over, or what a value is unpacked to."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import swap
from generator.operators import Example, operator
from generator.operators.nodes import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

PLACES = (cst.Name, cst.Attribute, cst.Subscript, cst.Call)
"""What can be mistaken for its neighbour."""
LONGEST = 6
"""Longer ones are tables, whose order is another matter."""
UNORDERED = frozenset(
    "isinstance issubclass startswith endswith set frozenset sum min max any all sorted union".split()
)
"""Functions to which the order makes no difference."""
SINGLE = frozenset({"None", "True", "False", "Ellipsis", "_", "self", "cls"})


@operator(
    family="dataflow",
    change="element",
    story="Which of the two comes first is a matter of habit, and the habit of the other place was the other way round.",
    symptom="Two values have changed places, and each looks possible where the other belongs.",
    hint="Follow a pair from where it is made to where it is taken apart, and say the order aloud each time.",
    evidence=[
        "celery: (value, time) was looked for in a heap of (time, value)",
        "arguments swapped or wrong: part of the 15.3 % of fixes to arguments in Python",
    ],
    examples=[
        Example("heap.remove((at, value))\n", "heap.remove((value, at))\n"),
        Example(
            "def where(p):\n    return p.lon,  p.lat  # é\n",
            "def where(p):\n    return p.lat,  p.lon  # é\n",
        ),
        Example(
            "host, port = split(address)\nuse(host, port)\n",
            "port, host = split(address)\nuse(host, port)\n",
        ),
        Example(
            "text = '%s of %s' % (\n    done,  # so far\n    total,\n)\n",
            "text = '%s of %s' % (\n    total,  # so far\n    done,\n)\n",
        ),
        Example(
            "rows.sort(key=lambda r: (r.day, r.id))\n", "rows.sort(key=lambda r: (r.id, r.day))\n"
        ),
    ],
    untouched=[
        "ok = isinstance(x, (A, B))\n",
        "def f() -> tuple[int, str]:\n    return x.a, x.b\n",
        "def f():\n    return None, x\n",
        "a, b = b, a\n",
        "name, _ = split(x)\n",
        "def f(n: int, name: str):\n    keep((n, name))\n",
        "pair = a, 'é'\n",
    ],
)
def swap_elements(target: cst.Tuple, at: Context) -> Iterator[Change]:
    """Yield each pair of neighbours the other way round."""
    if len(target.elements) > LONGEST or not _has_an_order(target, at):
        return
    for one, other in pairwise(each.value for each in target.elements):
        if _could_be_either(one, other, at) and _are_alike(one, other, at):
            yield swap(one, other)


def _could_be_either(one: cst.BaseExpression, other: cst.BaseExpression, at: Context) -> bool:
    made = isinstance(one, cst.Call) and isinstance(other, cst.Call)
    table = made and isinstance(at.parent(), cst.Arg)
    names = {last_name(one), last_name(other)}
    sides = isinstance(one, PLACES) and isinstance(other, PLACES)
    return sides and not table and names.isdisjoint(SINGLE)


def _are_alike(one: cst.BaseExpression, other: cst.BaseExpression, at: Context) -> bool:
    """Whether two values are of the same type, as far as it is known."""
    kinds = {at.type_of(one), at.type_of(other)}
    known = kinds - {None}
    typed = at.function is not None and at.function.returns is not None
    if typed and isinstance(at.parent(), cst.Return) and kinds != known:
        return False
    return at.text(one) != at.text(other) and len(known) <= 1


def _has_an_order(target: cst.Tuple, at: Context) -> bool:
    """Whether a tuple is handed over, returned or filled, so that each place means something."""
    parent = at.parent()
    match parent:
        case cst.Return() | cst.Lambda():
            return True
        case cst.BinaryOperation(operator=cst.Modulo(), right=right):
            return right is target
        case cst.Arg(star=""):
            call = at.parent(parent)
            return isinstance(call, cst.Call) and last_name(call.func) not in UNORDERED
        case cst.AssignTarget():
            return _is_unpacked(at.parent(parent), at)
    return False


def _is_unpacked(statement: cst.CSTNode | None, at: Context) -> bool:
    """Whether a value that says nothing of its parts is taken apart."""
    match statement:
        case cst.Assign(targets=[_], value=cst.Call() | cst.Name() | cst.Attribute() as value):
            return at.type_of(value) in {None, "list", "tuple"}
    return False
