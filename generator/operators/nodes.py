"""What can be told of a node by looking at it and at what stands around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.source import Source


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
