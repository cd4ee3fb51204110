"""Count one too few or one too many: a range that stops or starts beside its edge, a `+ 1` or `- 1` forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import continues, drop_item, drop_operand, operands, replace
from generator.operators import Example, operator
from generator.operators.repetition import would_only_copy, would_repeat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

COUNTS = frozenset({"range", "islice", "itertools.islice"})
FEWEST = 3
"""Of fewer rounds than these, one that is missing is no slip."""


@operator(
    family="boundary",
    change="expression",
    story="Whether the last one still belongs, and whether counting starts at nought or at one, was settled by feeling.",
    symptom="The first or the last one is left out, or there is one more than there should be.",
    hint="Write down the first and the last number that the code really uses, for one thing, for two and for none.",
    evidence=[
        "QuixBugs pascal: range(0, r) where r + 1 was right; find_in_sorted: mid where mid + 1 was right",
        "celery: a stress test repeated one time too few, without the + 1",
        "operand or operator in an expression: 14.8 % of labelled single-statement fixes in Python",
    ],
    examples=[
        Example(
            "for n in range( count ):\n    go(n)\n", "for n in range( count - 1 ):\n    go(n)\n"
        ),
        Example("for n in range(count):\n    go(n)\n", "for n in range(1, count):\n    go(n)\n"),
        Example(
            "for c in range(0, r+1):  # é\n    go(c)\n", "for c in range(0, r):  # é\n    go(c)\n"
        ),
        Example("for c in range(1, 13):\n    go(c)\n", "for c in range(1, 12):\n    go(c)\n"),
        Example("for c in range(1, n):\n    go(c)\n", "for c in range(n):\n    go(c)\n"),
        Example(
            "last = rows[\n    len(rows) - 1  # counted from nought\n]\n",
            "last = rows[\n    len(rows)  # counted from nought\n]\n",
        ),
        Example("return_to = search(mid+1, end)\n", "return_to = search(mid, end)\n"),
    ],
    untouched=[
        "for n in range(2):\n    go(n)\n",
        "n = n - 1\n",
        "text = '+ 1'\n",
        "used(n, n + 1)\n",
        "x = a + 2\n",
        "for row in rows:\n    go(row)\n",
    ],
)
def off_by_one(target: cst.Call | cst.BinaryOperation, at: Context) -> Iterator[Change]:
    """Yield what it would be with one less or one more."""
    if isinstance(target, cst.BinaryOperation):
        yield from _without_the_one(target, at)
    elif at.text(target.func) in COUNTS and not any(arg.star or arg.keyword for arg in target.args):
        yield from _another_range(target, at)


def _without_the_one(target: cst.BinaryOperation, at: Context) -> Iterator[Change]:
    """`n + 1` → `n`, `a - b + 1` → `a - b`."""
    if not isinstance(target.operator, cst.Add | cst.Subtract) or not _is_one(target.right):
        return
    left = target.left
    if continues(target, at.parent()) or would_repeat(at, target, at.text(left)):
        return
    if would_only_copy(at, target, left):
        return
    yield drop_operand(target, len(operands(target)) - 1)


def _another_range(target: cst.Call, at: Context) -> Iterator[Change]:
    """What else people write between the brackets of `range`."""
    match [arg.value for arg in target.args]:
        case [end] if at.text(target.func) == "range":
            yield from _less(end, at)
            if _is_long(end) and not _is_only_counted(at):
                yield replace(end, f"1, {at.text(end)}", parentheses=True)
        case [start, end]:
            yield from _less(end, at)
            if at.text(start) == "1" and at.text(target.func) == "range":
                yield drop_item(target.args[0], target.args, target)
            elif at.text(start) == "0":
                yield replace(start, "1")


def _less(end: cst.BaseExpression, at: Context) -> Iterator[Change]:
    """An end that lies one before the right one."""
    match end:
        case cst.Integer(value=value) if value.isdecimal() and int(value) >= FEWEST:
            yield replace(end, str(int(value) - 1))
        case cst.BinaryOperation() if _is_one(end.right):
            return
        case cst.BinaryOperation(operator=cst.Add() | cst.Subtract() | cst.Multiply()):
            text = at.source.inner_text(end)
            yield replace(end, f"{text} - 1" if " " in text else f"{text}-1")
        case cst.Name() | cst.Attribute() | cst.Call() | cst.Subscript():
            yield replace(end, f"{at.text(end)} - 1")


def _is_one(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Integer) and node.value == "1"


def _is_long(end: cst.BaseExpression) -> bool:
    return not isinstance(end, cst.Integer) or int(end.value, 0) >= FEWEST


def _is_only_counted(at: Context) -> bool:
    """Whether nobody asks for the number of a round: then it doesn't matter where counting starts."""
    match at.parent():
        case cst.For(target=cst.Name("_")) | cst.CompFor(target=cst.Name("_")):
            return True
    return False
