"""What reads absurd because it says the same twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.operators.conditions import tests_in
from generator.operators.nodes import assigned, last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.operators.context import Context

_PART_OF_A_CONDITION = (cst.Comparison, cst.ComparisonTarget, cst.UnaryOperation, cst.Attribute)


def would_repeat(at: Context, node: cst.CSTNode, text: str) -> bool:
    """Whether an expression becomes absurd with `text` in the place of a node: `x == x`, `f(a, a)`, `a = a`,
    `x if x is not None else None`."""
    if _says_what_was_asked(at, node, text):
        return True
    start, end = at.source.span(node)
    inner: cst.CSTNode = node
    for around in at.ancestors(node):
        if isinstance(around, cst.BaseSmallStatement | cst.BaseCompoundStatement | cst.CompFor):
            is_value = getattr(around, "value", None) is inner
            return is_value and text in {at.text(each) for each in assigned(around)}
        others = {bare(at.text(each)) for each in beside(inner, around)}
        first, last = at.source.outer(inner)
        head, tail = at.source.data[first:start], at.source.data[end:last]
        if bare(head.decode() + text + tail.decode()) in others:
            return True
        if not (isinstance(around, cst.ComparisonTarget) or is_continued(around, at)):
            inner = around
    return False


def _says_what_was_asked(at: Context, node: cst.CSTNode, text: str) -> bool:
    choice = at.parent(node)
    if not isinstance(choice, cst.IfExp) or choice.body is not node:
        return False
    return at.text(choice.orelse) == "None" and at.text(choice.test) == f"{text} is not None"


def would_only_copy(at: Context, node: cst.CSTNode, kept: cst.CSTNode) -> bool:
    """Whether a statement would do no more than give a variable an attribute's value under the attribute's own name:
    `level = queue.level` where `queue.level + cost` was worked out is a line that nobody writes."""
    statement = at.parent(node)
    names = [last_name(each) for each in assigned(statement)] if statement is not None else []
    return isinstance(kept, cst.Attribute) and names == [last_name(kept)]


def is_continued(node: cst.CSTNode, at: Context) -> bool:
    """Whether a node is a part of a longer `a and b or c`."""
    return isinstance(node, cst.BooleanOperation) and isinstance(
        at.parent(node), cst.BooleanOperation
    )


def bare(text: str) -> str:
    """The text of an expression without what sets it off: `not`, parentheses, commas."""
    return text.strip(" ,").removeprefix("not ").strip("()")


def beside(node: cst.CSTNode, around: cst.CSTNode) -> tuple[cst.CSTNode, ...]:
    """What must not look the same as `node`, one of the parts of `around`."""
    every: tuple[cst.CSTNode, ...] = ()
    match around:
        case cst.Call(args=parts):
            named = isinstance(node, cst.Arg) and node.keyword is not None
            every = () if named or around.func is node else tuple(parts)
        case cst.Tuple(elements=parts) | cst.List(elements=parts) | cst.Set(elements=parts):
            every = tuple(parts)
        case cst.BooleanOperation():
            asked = _conditions(around)
            every = tuple(each for each in asked if not isinstance(each, cst.BooleanOperation))
        case cst.BinaryOperation(left=left, right=right) | cst.IfExp(body=left, orelse=right):
            every = (left, right) if node in {left, right} else ()
        case cst.Comparison(left=left, comparisons=comparisons):
            every = (left, *(each.comparator for each in comparisons))
    return tuple(each for each in every if each is not node)


def would_ask_twice(at: Context, node: cst.CSTNode, text: str) -> bool:
    """Whether `text` in the place of a node makes a condition that the function asks elsewhere too: one of the two then
    decides nothing, and shows the other."""
    condition = node
    while isinstance(parent := at.parent(condition), _PART_OF_A_CONDITION):
        condition = parent
    function = at.around(cst.FunctionDef, node=node)
    asks = isinstance(parent, cst.BooleanOperation) or getattr(parent, "test", None) is condition
    if function is None or not asks:
        return False
    start, (first, _) = at.source.span(node)[0], at.source.outer(condition)
    whole, at_byte = at.text(condition).encode(), start - first
    becomes = whole[:at_byte] + text.encode() + whole[at_byte + len(at.text(node).encode()) :]
    asked = {
        at.text(each)
        for test in tests_in(at, function)
        for each in _conditions(test)
        if each is not condition
    }
    return becomes.decode() in asked


def _conditions(test: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """A condition and all that it is put together of."""
    yield test
    if isinstance(test, cst.BooleanOperation):
        yield from _conditions(test.left)
        yield from _conditions(test.right)
