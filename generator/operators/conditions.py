"""Conditions: what they ask about, and what they settle."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import libcst as cst

from generator.operators.nodes import is_annotated, last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.operators.context import Context

SEVERAL = ("|", "Union[", "Optional[", "object")
"""What the type of a value that may be of several kinds looks like."""


def checked(test: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """The expressions about which a condition asks what they are: `x` in `x is None`, `not x`, `isinstance(x, C)`."""
    match test:
        case cst.Name() | cst.Attribute() | cst.Subscript():
            yield test
        case cst.UnaryOperation(operator=cst.Not(), expression=inner):
            yield from checked(inner)
        case cst.BooleanOperation(left=left, right=right):
            yield from checked(left)
            yield from checked(right)
        case cst.Comparison(
            left=left, comparisons=[cst.ComparisonTarget(operator=cst.Is() | cst.IsNot())]
        ):
            yield left
        case cst.Call(
            func=cst.Name("isinstance" | "issubclass" | "callable" | "hasattr"), args=[first, *_]
        ):
            yield first.value


def tests_in(at: Context, node: cst.CSTNode) -> Iterator[cst.BaseExpression]:
    """What is asked by each `if` inside a node."""
    yield from (each.test for each in at.within(node, cst.If))
    yield from (each.test for each in at.within(node, cst.IfExp))
    yield from (each.test for each in at.within(node, cst.CompIf))


def settles(at: Context, test: cst.BaseExpression, *read: cst.CSTNode) -> bool:
    """Whether a condition is what tells a type checker that the things read in these nodes fit where they are used:
    `x is None`, `isinstance(x, C)`, for an `x` that is annotated."""
    function = at.around(cst.FunctionDef, node=test)
    if function is None or not is_annotated(function):
        return False
    texts = {at.text(each) for node in read for each in _readable(at, node)}
    return any(at.text(each) in texts and _is_of_several_kinds(at, each) for each in checked(test))


def _is_of_several_kinds(at: Context, asked: cst.BaseExpression) -> bool:
    """Whether what a condition asks about may be of more than one kind: certainly, or, unless only its truth is asked,
    perhaps."""
    told, parent = at.type_of(asked), at.parent(asked)
    if isinstance(parent, cst.Arg) or at.can_be_none(asked):
        return True
    if told is None:
        return isinstance(parent, cst.Comparison)
    return any(each in told for each in SEVERAL)


def _readable(at: Context, node: cst.CSTNode) -> Iterator[cst.BaseExpression]:
    yield from at.source.names_in(node)
    yield from at.within(node, cst.Attribute, cst.Subscript)


def is_one_of_a_row(at: Context, statement: cst.If) -> bool:
    """Whether it is one of three `if`s or more that ask the same of other things: a gap there catches the eye."""
    asked = _form(statement.test)

    def is_alike(other: cst.CSTNode) -> bool:
        return isinstance(other, cst.If) and _form(other.test) == asked

    rows = (itertools.takewhile(is_alike, some(statement)) for some in (at.before, at.after))
    return sum(1 for row in rows for _ in row) > 1


def _form(test: cst.BaseExpression) -> tuple[object, ...]:
    """How a condition is put together, whatever it is about."""
    match test:
        case cst.Call():
            return cst.Call, last_name(test), len(test.args)
        case cst.Comparison():
            return cst.Comparison, *(type(each.operator) for each in test.comparisons)
        case cst.UnaryOperation():
            return type(test.operator), *_form(test.expression)
    return (type(test),)
