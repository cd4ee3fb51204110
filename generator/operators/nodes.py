"""What can be told of a node by looking at it and at what stands around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.source import Source

JUMPS = cst.Raise | cst.Return | cst.Continue | cst.Break
WRITTEN = cst.AssignTarget | cst.AnnAssign | cst.AugAssign | cst.Del | cst.For | cst.NamedExpr


def class_around(source: Source, function: cst.FunctionDef) -> cst.ClassDef | None:
    """The class that a function is a method of."""
    block = source.parent(function)
    around = source.parent(block) if block is not None else None
    return around if isinstance(around, cst.ClassDef) else None


def small_statements(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Every small statement inside a block, blocks within blocks included."""
    match node:
        case cst.BaseSmallStatement():
            yield node
        case cst.IndentedBlock() | cst.SimpleStatementLine() | cst.SimpleStatementSuite():
            for each in node.body:
                yield from small_statements(each)
        case cst.Match(cases=cases):
            for case in cases:
                yield from small_statements(case.body)
        case cst.BaseCompoundStatement():
            for part in (node.body, getattr(node, "orelse", None)):
                yield from small_statements(part) if part is not None else ()
        case cst.Else():
            yield from small_statements(node.body)


def last_name(node: cst.CSTNode) -> str:
    """The name that tells what an expression stands for: of `a.b`, `a.b(c)` and `a.b[0]` it is `b`."""
    match node:
        case cst.Name(value=value):
            return value
        case cst.Attribute(attr=attr):
            return attr.value
        case cst.Call(func=inner) | cst.Subscript(value=inner) | cst.Await(expression=inner):
            return last_name(inner)
        case cst.UnaryOperation(expression=inner):
            return last_name(inner)
        case cst.BinaryOperation(left=left, right=right):
            return f"{last_name(left)}_{last_name(right)}"
    return ""


def left_of(comparison: cst.Comparison, target: cst.ComparisonTarget) -> cst.BaseExpression:
    """What stands left of an operator: in a chain, the operand before."""
    left = comparison.left
    for each in comparison.comparisons:
        if each is target:
            break
        left = each.comparator
    return left


def assigned(statement: cst.CSTNode) -> tuple[cst.BaseExpression, ...]:
    """What a statement writes to."""
    match statement:
        case cst.Assign(targets=targets):
            return tuple(each.target for each in targets)
        case cst.AnnAssign(target=target) | cst.AugAssign(target=target):
            return (target,)
    return ()


def is_read(source: Source, node: cst.CSTNode) -> bool:
    """Whether a name, attribute or item is read, and not written, deleted or called."""
    parent = source.parent(node)
    while isinstance(parent, cst.Element | cst.Tuple | cst.List):
        node, parent = parent, source.parent(parent)
    if isinstance(parent, cst.Call):
        return parent.func is not node
    return not isinstance(parent, WRITTEN) or getattr(parent, "target", None) is not node


def is_annotated(function: cst.FunctionDef) -> bool:
    """Whether a type checker looks at what a function does."""
    params = function.params
    every = (*params.posonly_params, *params.params, *params.kwonly_params)
    return function.returns is not None or any(each.annotation is not None for each in every)


def jumps(statement: cst.CSTNode) -> bool:
    """Whether a block (or what stands behind the colon) ends by leaving: raise, return, continue or break."""
    if isinstance(
        statement, cst.IndentedBlock | cst.SimpleStatementSuite | cst.SimpleStatementLine
    ):
        return bool(statement.body) and jumps(statement.body[-1])
    return isinstance(statement, JUMPS)
